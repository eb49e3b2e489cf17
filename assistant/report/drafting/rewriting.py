"""The prompt that asks for a chapter in better words, with the way past reports of the corpus put that chapter."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.numerals import find_numerals
from assistant.report.drafting.draft import ReportRules, draft_report
from assistant.report.drafting.sections import Draft, Section
from assistant.report.shelf import KeptReport
from assistant.report.statistics_files import load_statistics

_SENTENCE = re.compile(r"[^。\n]*[。\n]?")
_MOST_EXAMPLES, _MOST_CHARACTERS = 2, 400
_NONE = "（没有）"
_ANY_NUMBER = "×"


def style_examples(reports: Path, draft: Draft, rules: ReportRules) -> Mapping[str, tuple[str, ...]]:
    """Return how past reports in the folder `reports` put each chapter of prose: texts by chapter key.

    Those of the same sort of body come first; the report that is being drafted is none of them.

    Raises:
        InputError: a report of the corpus cannot be read.
    """
    own = draft.statistics
    past = [load_statistics(path, rules.forms) for path in sorted(reports.glob("*.yaml"))]
    others = [other for other in past if (other.agency, other.year) != (own.agency, own.year)]
    found: dict[str, tuple[str, ...]] = {}
    for other in sorted(others, key=lambda other: (other.level != own.level, -other.year)):
        for section in draft_report(other, None, rules).sections:
            text = _whole_sentences(section)
            if text and len(found.get(section.chapter.key, ())) < _MOST_EXAMPLES:
                found[section.chapter.key] = (*found.get(section.chapter.key, ()), text)
    return found


def own_manner(held: Sequence[KeptReport], draft: Draft) -> Mapping[str, str]:
    """Return how the body's own last report before this one puts each chapter: text by chapter key, numbers masked.

    Its manner is wanted, not its figures, which are another year's.
    """
    own = draft.statistics
    before = [r.statistics for r in held if r.passages and r.statistics.agency == own.agency]
    year = max((statistics.year for statistics in before if statistics.year < own.year), default=None)
    last = next((r for r in held if (r.statistics.agency, r.statistics.year) == (own.agency, year)), None)
    found: dict[str, str] = {}
    for chapter, text in last.passages if last else ():
        if "。" not in text:
            continue  # a heading
        found[chapter] = found.get(chapter, "") + _beginning(text, _MOST_CHARACTERS - len(found.get(chapter, "")))
    return {chapter: _without_numbers(text) for chapter, text in found.items() if text}


def _without_numbers(text: str) -> str:
    masked, end = "", 0
    for numeral in find_numerals(text):
        if numeral.figure:
            masked, end = masked + text[end : numeral.start] + _ANY_NUMBER, numeral.end
    return masked + text[end:]


def fill_prompt(template: str, section: Section, limit: int, examples: tuple[str, ...]) -> str:
    """Return the prompt for one chapter; what was entered is put in as it is, never read as a template."""
    values = {"limit": str(limit), "examples": "\n\n".join(examples) or _NONE, "text": section.text.text}
    return re.sub(r"\{(limit|examples|text)\}", lambda match: values[match[1]], template)


def _whole_sentences(section: Section) -> str:
    """The beginning of a chapter without headings and without sentences that hold a gap."""
    text = "\n".join(paragraph.text.text for paragraph in section.paragraphs if not paragraph.heading)
    return _beginning(text, _MOST_CHARACTERS).strip()


def _beginning(text: str, most: int) -> str:
    """The first whole sentences, `most` characters at most; one that holds a gap is left out."""
    told = ""
    for sentence in _SENTENCE.findall(text):
        if "【" not in sentence and len(told) + len(sentence) <= most:
            told += sentence
    return told
