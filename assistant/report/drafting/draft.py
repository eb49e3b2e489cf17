"""Drafts the report of one body and one year: checks first, then chapters, then the proof of every number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from assistant.numbers import fold_width
from assistant.report.checking.case import Case
from assistant.report.checking.constraints import run_checks
from assistant.report.drafting.closing import draft_other, draft_problems
from assistant.report.drafting.overview import draft_overview
from assistant.report.drafting.provenance import verify_draft
from assistant.report.drafting.sections import Draft, Paragraph, Section
from assistant.report.drafting.sources import Derivation, tidy
from assistant.report.drafting.teller import Teller
from assistant.report.drafting.texts import Text, number, quoted, words
from assistant.report.drafting.wording import Wording, load_wording
from assistant.report.errors import StatisticsError
from assistant.report.findings import Finding, Rule, load_rules
from assistant.report.form_files import load_forms
from assistant.report.forms import Form
from assistant.report.interview_words import InterviewWords, load_interview_words
from assistant.report.prose.words import ProseWords, load_prose_words
from assistant.report.tables import Statistics

NO_MANNERS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class ReportRules:
    """Everything of the corpus that drafting and checking reports stand on."""

    forms: Mapping[str, Form]
    rules: Mapping[str, Rule]
    wording: Wording
    interview: InterviewWords
    prose: ProseWords


def load_report_rules(corpus: Path) -> ReportRules:
    """Return forms, checks and wording of the corpus folder.

    Raises:
        CorpusFileError: one of the files is broken.
    """
    return ReportRules(
        load_forms(corpus / "forms"),
        load_rules(corpus / "checks.yaml"),
        load_wording(corpus / "wording.yaml"),
        load_interview_words(corpus / "interview.yaml"),
        load_prose_words(corpus / "report_claims.yaml"),
    )


def draft_report(
    statistics: Statistics, previous: Statistics | None, rules: ReportRules, manners: Mapping[str, int] = NO_MANNERS
) -> Draft:
    """Return the report; with an error in the figures it has violations and no sections.

    Args:
        previous: the statistics of the year before, of the same body, or None.
        manners: chapter key → another of the ways to put that chapter.

    Raises:
        StatisticsError: `previous` is of another year or another body.
        UntraceableNumberError: never, unless a sentence of the draft is broken.
    """
    _refuse_other_previous(statistics, previous)
    case = Case(rules.rules, statistics, previous)
    findings = run_checks(case)
    violations = tuple(finding for finding in findings if finding.severity == "error")
    warnings = [finding for finding in findings if finding.severity != "error"]
    title = _title(statistics)
    if violations:
        return Draft(statistics, title, (), (), violations, tuple(warnings))
    teller = Teller(statistics, previous, rules.wording)
    sections, found = _sections(teller, case, manners)
    draft = Draft(statistics, title, _lead_in(teller), sections, (), tuple(warnings + found))
    verify_draft(draft, previous)
    return draft


def _sections(usual: Teller, case: Case, manners: Mapping[str, int]) -> tuple[tuple[Section, ...], list[Finding]]:
    sections: list[Section] = []
    found: list[Finding] = []
    for chapter in usual.statistics.form.chapters:
        teller = replace(usual, manner=manners.get(chapter.key, 0))
        if chapter.key in usual.statistics.form.tables:
            sections.append(Section(chapter, table=chapter.key))
        elif chapter.key == "overview":
            overview = draft_overview(teller, chapter, case)
            sections.append(overview.section)
            found.extend(overview.findings)
        elif chapter.key == "problems":
            sections.append(Section(chapter, tuple(draft_problems(teller))))
            found.extend(_missing_problems(case, chapter.title))
        else:
            sections.append(Section(chapter, tuple(draft_other(teller))))
    return tuple(sections), found


def _missing_problems(case: Case, place: str) -> list[Finding]:
    facts = case.statistics.facts
    found = [case.finding("S5", place, "problem")] if not facts.told("problems") else []
    if not facts.told("measures"):
        found.append(case.finding("S5", place, "measure"))
    told = [fold_width(entry.problem) for entry in facts.last_year_problems]
    for problem in case.previous.facts.told("problems") if case.previous else ():
        if not any(fold_width(problem) in text or text in fold_width(problem) for text in told):
            found.append(case.finding("S5", place, "follow_up", raw=problem))
    return found


def _title(statistics: Statistics) -> Text:
    # The form's title has the agency first, then the year; a numeral in the name (第三税务局) leads to the agency.
    before, after = statistics.form.report_title.split("{agency}{year}")
    year = number(statistics.year, Derivation("year"))
    return words(before) + quoted(statistics.agency, "agency") + year + words(after)


def _lead_in(teller: Teller) -> tuple[Paragraph, ...]:
    statistics = teller.statistics
    text = quoted(statistics.form.lead_in, "form.lead_in") + quoted(
        statistics.form.period.format(year=statistics.year), "form.period"
    )
    if statistics.contact:
        agency = quoted(statistics.agency, "agency")
        text = text + teller.say("contact", agency=agency, contact=quoted(tidy(statistics.contact), "contact"))
    return (Paragraph(text),)


def _refuse_other_previous(statistics: Statistics, previous: Statistics | None) -> None:
    if previous is None:
        return
    if previous.year != statistics.year - 1:
        raise StatisticsError(
            f"上年统计是{previous.year}年度的，本年是{statistics.year}年度；请给出{statistics.year - 1}年度的统计。"
        )
    if fold_width(previous.agency) != fold_width(statistics.agency):
        raise StatisticsError(f"上年统计是“{previous.agency}”的，本年是“{statistics.agency}”的；请给出同一机关的统计。")
