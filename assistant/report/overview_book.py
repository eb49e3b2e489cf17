"""Writes what was found in many reports as a workbook: a row a report, the findings, totals by code."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.report.checked import SEVERITIES
from assistant.report.findings import Rule
from assistant.report.many import Outcome

if TYPE_CHECKING:
    from openpyxl import Workbook

_REPORTS = (("文件", 40), ("机关", 26), ("年度", 8), ("表式", 8), ("错误", 8), ("提醒", 8), ("结论", 14), ("说明", 60))
_FINDINGS = (
    ("文件", 40), ("机关", 26), ("代码", 8), ("程度", 8), ("位置", 36), ("问题", 70), ("应为", 14), ("实为", 18),
    ("依据", 50),
)  # fmt: skip
_TOTALS = (("代码", 8), ("核对内容", 30), ("程度", 8), ("处数", 8), ("涉及报告数", 12))
# What a sheet cannot hold, and what it would take for a formula in a file that is opened elsewhere.
_LONGEST_CELL = 32_000


def write_overview(outcomes: Sequence[Outcome], rules: Mapping[str, Rule], folder: Path) -> bytes:
    """Return the workbook.

    Args:
        folder: the paths of the files are shown from here.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    names = {outcome.path: _name(outcome.path, folder) for outcome in outcomes}
    _write_sheet(book, "报告", _REPORTS, [_report_row(outcome, names[outcome.path]) for outcome in outcomes])
    _write_sheet(
        book,
        "问题",
        _FINDINGS,
        [
            (names[outcome.path], outcome.agency, f.code, SEVERITIES[f.severity], f.location, f.message, f.expected,
             f.actual, f.basis)
            for outcome in outcomes
            for f in outcome.findings
        ],
    )  # fmt: skip
    _write_sheet(book, "分类合计", _TOTALS, _total_rows(outcomes, rules))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _report_row(outcome: Outcome, name: str) -> tuple[object, ...]:
    if outcome.problem:
        return name, "", None, "", None, None, "没有读出", outcome.problem
    errors, warnings = outcome.count("error"), outcome.count("warning")
    verdict = "有错误" if errors else "有提醒" if warnings else "未发现问题"
    notes = " ".join(outcome.notes)
    return name, outcome.agency, outcome.year or None, outcome.form, errors, warnings, verdict, notes


def _total_rows(outcomes: Sequence[Outcome], rules: Mapping[str, Rule]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for code, rule in rules.items():
        counts = [sum(1 for finding in outcome.findings if finding.code == code) for outcome in outcomes]
        if any(counts):
            rows.append((code, rule.title, SEVERITIES[rule.severity], sum(counts), sum(1 for n in counts if n)))
    return rows


def _write_sheet(
    book: "Workbook", title: str, columns: Sequence[tuple[str, int]], rows: Sequence[tuple[object, ...]]
) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    for number, (name, width) in enumerate(columns, start=1):
        sheet.cell(1, number, name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row_number, row in enumerate(rows, start=2):
        for number, value in enumerate(row, start=1):
            cell = sheet.cell(row_number, number)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(value, str):
                # Text from a report stays text, whatever sign it begins with.
                cell.value, cell.data_type = _writable(value), "s"
                cell.quotePrefix = value[:1] in tuple("=+-@\t")
            else:
                cell.value = value
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _writable(text: str) -> str:
    return "".join(ch for ch in text if ch in "\n\t" or ord(ch) >= 32)[:_LONGEST_CELL]
