"""A finished report checked: read, judged by every check, compared with last year."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.documents.confined import confined
from assistant.documents.opening import load_document
from assistant.report.changes import Change, compare_years
from assistant.report.checking.case import NO_TEXT, Case
from assistant.report.checking.constraints import run_checks
from assistant.report.checking.finished import FINISHED
from assistant.report.checking.identity import same_body
from assistant.report.entry import plain_statistics
from assistant.report.errors import ReportError
from assistant.report.findings import Finding, Rule, load_rules
from assistant.report.form_files import load_forms
from assistant.report.forms import FEE_TABLE, Form
from assistant.report.prose.words import ProseWords, load_prose_words
from assistant.report.published import PublishedReport
from assistant.report.reading.report import read_report
from assistant.report.reading.wording import ReadingWords, load_reading_words
from assistant.report.statistics_files import load_statistics
from assistant.report.tables import Statistics

SEVERITIES = {"error": "错误", "warning": "提醒", "info": "说明"}
_PROSE = ("overview", "problems", "other")
_STATISTICS_SUFFIXES = {".yaml", ".yml", ".json"}


@dataclass(frozen=True)
class CheckRules:
    """Everything of the corpus that checking a finished report stands on."""

    forms: Mapping[str, Form]
    rules: Mapping[str, Rule]
    words: ReadingWords
    prose: ProseWords


def load_check_rules(corpus: Path) -> CheckRules:
    """Return forms, checks and reading words of the corpus folder.

    Raises:
        CorpusFileError: one of the files is broken.
    """
    return CheckRules(
        load_forms(corpus / "forms"),
        load_rules(corpus / "checks.yaml"),
        load_reading_words(corpus / "report_reading.yaml"),
        load_prose_words(corpus / "report_claims.yaml"),
    )


@dataclass(frozen=True)
class CheckedReport:
    """What a check of one report found.

    Attributes:
        findings: errors first, then warnings, then infos; within a severity in the order of the checks.
        changes: this year against last year; empty without a previous year.
    """

    path: Path
    report: PublishedReport
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    previous: Statistics | None = None

    @property
    def statistics(self) -> Statistics:
        """The figures of the report."""
        return self.report.statistics

    @property
    def notice(self) -> str:
        """What to know before the comparison with last year is read: another body's name; "" for nothing."""
        if self.previous is None or not (self.previous.agency and self.statistics.agency):
            return ""
        if same_body(self.previous.agency, self.statistics.agency):
            return ""
        return (
            f"注意：上一年度的材料是“{self.previous.agency}”的，这份报告是“{self.statistics.agency}”的，名称不同。"
            "如果是机构改革更名、合并，可以接着看对照，职责划转会使结转和现行有效件数对不上；如果拿错了文件，请换成本机关的。"
        )

    @property
    def failed(self) -> bool:
        """Whether there is an error among the findings."""
        return any(finding.severity == "error" for finding in self.findings)

    def of(self, severity: str) -> tuple[Finding, ...]:
        """The findings of one severity: error, warning or info."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    def plain(self) -> dict[str, Any]:
        """The result as the contract's JSON."""
        statistics = plain_statistics(self.statistics)
        tables = (*self.statistics.form.tables, *([FEE_TABLE] if self.statistics.form.processing_fee else []))
        return {
            "form": self.report.form.id,
            "agency": self.statistics.agency,
            "year": self.statistics.year or None,
            "tables": {key: _numbers(statistics[key]) for key in tables},
            "findings": [finding.plain() for finding in self.findings],
        }


def _numbers(value: object) -> object:
    """The plain data with every fraction as a JSON number; the shortest float prints as the decimal that was read."""
    if isinstance(value, dict):
        return {key: _numbers(inner) for key, inner in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def check_report(path: Path, previous: Path | None, rules: CheckRules) -> CheckedReport:
    """Return what is found in the report `path`, compared with last year's report or statistics where given.

    Raises:
        DocumentError: a file that cannot be read.
        ReportError: no annual report; a previous year that is not the year before.
        StatisticsError: statistics that cannot be read.
    """
    report = load_report(path, rules)
    last = load_previous(previous, rules) if previous else None
    before = last if last is None or isinstance(last, Statistics) else last.statistics
    if before is not None:
        _refuse_previous(report.statistics, before)
    case = Case(
        rules.rules,
        report.statistics,
        before,
        {key: report.chapter(key) for key in _PROSE},
        {key: last.chapter(key) for key in _PROSE} if isinstance(last, PublishedReport) else NO_TEXT,
        report,
        rules.prose,
    )
    order = list(SEVERITIES)
    findings = sorted(run_checks(case, FINISHED), key=lambda finding: order.index(finding.severity))
    changes = compare_years(report.statistics, before) if before is not None else ()
    return CheckedReport(path, report, tuple(findings), changes, before)


def load_report(path: Path, rules: CheckRules) -> PublishedReport:
    """Return the report in a file of any kind that is read.

    Raises:
        DocumentError: the file cannot be read.
        ReportError: it is no annual report.
    """
    return read_report(load_document(path), rules.forms, rules.words)


def load_previous(path: Path, rules: CheckRules) -> Statistics | PublishedReport:
    """Return the figures of a year from a statistics file, or the finished report that a document holds.

    Raises:
        InputError: the file cannot be read, or is neither.
    """
    workbook = path.suffix.lower() == ".xlsx" and path.is_file() and confined(_is_workbook, path)
    if path.suffix.lower() in _STATISTICS_SUFFIXES or workbook:
        return load_statistics(path, rules.forms)
    return load_report(path, rules)


def _is_workbook(path: Path) -> bool:
    """Whether an .xlsx is the statistics workbook, which has a sheet for the head, and no report."""
    import zipfile
    import zlib

    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (OSError, KeyError, ValueError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile, zlib.error):
        return False
    try:
        return "基本信息" in book.sheetnames
    finally:
        book.close()


def _refuse_previous(statistics: Statistics, previous: Statistics) -> None:
    if statistics.year and previous.year and previous.year != statistics.year - 1:
        raise ReportError(
            f"上一年度的材料是{previous.year}年度的，这份报告是{statistics.year}年度的；"
            f"请给出{statistics.year - 1}年度的报告或统计文件。"
        )
