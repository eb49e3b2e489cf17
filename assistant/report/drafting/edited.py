"""A draft whose chapters somebody has edited: numbers keep their cells where they still stand, the rest is checked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from assistant.documents.blocks import Document
from assistant.documents.blocks import Paragraph as Printed
from assistant.numerals import find_numerals
from assistant.report.checking.case import Case, Check
from assistant.report.checking.claimed import check_claims
from assistant.report.checking.constraints import run_checks
from assistant.report.checking.counted import check_counted_lists, check_slips
from assistant.report.checking.identity import check_identity
from assistant.report.checking.percentages import check_percentages
from assistant.report.checking.structure import check_closing_chapters, check_overview
from assistant.report.checking.texts import check_copied_report, check_printed_fee, check_processing_fee
from assistant.report.drafting.sections import Draft, Paragraph, Section
from assistant.report.drafting.texts import Figure, Text
from assistant.report.findings import Finding, Rule, Span
from assistant.report.prose.words import ProseWords
from assistant.report.published import LEAD_IN, Heading, Passage, PublishedReport
from assistant.report.tables import Statistics

_ASPECT = re.compile("[（(][一二三四五六七八九十]{1,3}[）)][^，。；：]{1,20}")
_PROSE_CHECKS: tuple[Check, ...] = (
    check_claims,
    check_identity,
    check_processing_fee,
    check_printed_fee,
    check_copied_report,
    check_percentages,
    check_overview,
    check_closing_chapters,
    check_counted_lists,
    check_slips,
)
# What is found in the notes does not hold for a chapter that was written by hand.
_OF_NOTES = {"S4", "S5", "W7"}
# What a note can say against the tables or against itself; of a chapter that nobody edited only these are looked for.
_AGAINST_TABLES = {"N1", "N2", "N3", "N4", "N5"}
_IN_NOTES = {"N1", "N2", "N3", "N4", "N5", "N6", "S6", "P1"}


@dataclass(frozen=True)
class Edited:
    """A draft with edited chapters.

    Attributes:
        findings: of the figures, the notes and the edited chapters.
        places: for each finding in the prose of a chapter its key, paragraph, start and end.
    """

    draft: Draft
    findings: tuple[Finding, ...]
    places: Mapping[int, tuple[str, int, int, int]]


def edit_draft(
    draft: Draft,
    chapters: Mapping[str, str],
    rules: Mapping[str, Rule],
    prose: ProseWords,
    previous: Statistics | None = None,
    previous_chapters: Mapping[str, str] | None = None,
) -> Edited:
    """Return the draft with `chapters` (key → text, a line a paragraph) in the place of its own, checked.

    What contradicts the tables is marked in the paragraphs, so that it stands out in every file that is written.
    """
    sections = tuple(
        _edited(section, chapters[section.chapter.key]) if section.chapter.key in chapters else section
        for section in draft.sections
    )
    edited = replace(draft, sections=sections)
    if not sections:
        return Edited(edited, draft.warnings, {})
    report, where = _as_report(edited)
    texts = {key: report.chapter(key) for key in ("overview", "problems", "other")}
    case = Case(rules, draft.statistics, previous, texts, previous_chapters or {}, report, prose)
    titles = {section.chapter.title for section in sections if section.chapter.key in chapters}
    kept = [f for f in draft.warnings if not (f.code in _OF_NOTES and _of(f, titles))]
    found = [
        f if _concerns(f, where, chapters, titles) else _doubt(f)
        for f in _once(run_checks(case, _PROSE_CHECKS))
        if _concerns(f, where, chapters, titles) or f.code in _IN_NOTES
    ]
    findings = (*kept, *(f for f in found if (f.code, f.message) not in {(k.code, k.message) for k in kept}))
    places = {
        index: (*where[f.anchor.block], f.anchor.start, f.anchor.end)
        for index, f in enumerate(findings)
        if isinstance(f.anchor, Span) and f.anchor.block in where
    }
    return Edited(_mark(edited, findings, places), findings, places)


def check_notes(draft: Draft, rules: Mapping[str, Rule], prose: ProseWords, previous: Statistics | None) -> Draft:
    """Return the draft with what its notes say against the tables marked and among its warnings."""
    checked = edit_draft(draft, {}, rules, prose, previous)
    return replace(checked.draft, warnings=checked.findings)


def _edited(section: Section, text: str) -> Section:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    figures = _figures(section.text, "\n".join(lines))
    paragraphs, start = [], 0
    for line in lines:
        end = start + len(line)
        own = tuple(replace(f, start=f.start - start) for f in figures if start <= f.start < end)
        paragraphs.append(Paragraph(Text(line, own), heading=bool(_ASPECT.fullmatch(line))))
        start = end + 1
    return replace(section, paragraphs=tuple(paragraphs))


def _figures(before: Text, text: str) -> list[Figure]:
    """The numbers of `text` that are those of the draft, in the same order, each with its source."""
    sources = {figure.start: figure for figure in before.figures}
    was, now = find_numerals(before.text), find_numerals(text)
    one, other = ([(numeral.text, numeral.unit) for numeral in numerals] for numerals in (was, now))
    found = []
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            old, new = was[block.a + offset], now[block.b + offset]
            if old.start in sources:
                found.append(replace(sources[old.start], start=new.start))
    return found


def _as_report(draft: Draft) -> tuple[PublishedReport, dict[int, tuple[str, int]]]:
    """The draft as a finished report, and for each block of prose the chapter and the paragraph."""
    blocks = [Printed(draft.title.text)]
    headings, passages = [], []
    where: dict[int, tuple[str, int]] = {}
    for paragraph in draft.lead_in:
        passages.append(Passage(LEAD_IN, paragraph.text.text, len(blocks)))
        blocks.append(Printed(paragraph.text.text))
    for section in draft.sections:
        key = section.chapter.key
        headings.append(Heading(section.chapter.title, key, len(blocks)))
        blocks.append(Printed(section.chapter.title, level=1))
        for index, paragraph in enumerate(section.paragraphs):
            where[len(blocks)] = (key, index)
            passages.append(Passage(key, paragraph.text.text, len(blocks)))
            blocks.append(Printed(paragraph.text.text))
    document = Document(Path("draft"), "txt", tuple(blocks))
    form = draft.statistics.form
    report = PublishedReport(
        document, draft.title.text, form, draft.statistics, tuple(headings), tuple(passages),
        read_tables=frozenset(form.tables),
    )  # fmt: skip
    return report, where


def _once(findings: Iterable[Finding]) -> list[Finding]:
    return list({(finding.code, finding.message): finding for finding in findings}.values())


def _of(finding: Finding, titles: Iterable[str]) -> bool:
    """Whether a finding is of one of the chapters: 第五部分, or its title."""
    return any(title in finding.location or f"第{title[0]}部分" in finding.location for title in titles)


def _concerns(
    finding: Finding, where: Mapping[int, tuple[str, int]], chapters: Mapping[str, str], titles: Iterable[str]
) -> bool:
    anchor = finding.anchor
    if isinstance(anchor, Span) and anchor.block in where:
        return where[anchor.block][0] in chapters
    return _of(finding, titles)


def _doubt(finding: Finding) -> Finding:
    """What a note seems to say wrongly is for its writer to judge: it may count something else."""
    return replace(finding, severity="warning") if finding.severity == "error" else finding


def _mark(draft: Draft, findings: Iterable[Finding], places: Mapping[int, tuple[str, int, int, int]]) -> Draft:
    wrong = [
        places[index]
        for index, f in enumerate(findings)
        if (f.severity == "error" or f.code in _AGAINST_TABLES) and index in places
    ]
    sections = [
        replace(
            section,
            paragraphs=tuple(
                replace(
                    paragraph,
                    marked=tuple(
                        (start, end) for key, at, start, end in wrong if (key, at) == (section.chapter.key, index)
                    ),
                )
                for index, paragraph in enumerate(section.paragraphs)
            ),
        )
        for section in draft.sections
    ]
    return replace(draft, sections=tuple(sections))
