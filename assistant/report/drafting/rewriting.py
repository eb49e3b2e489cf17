"""The prompt that asks for a chapter in better words, with the way past reports of the corpus put that chapter."""

import re
from collections.abc import Mapping
from pathlib import Path

from assistant.report.drafting.draft import ReportRules, draft_report
from assistant.report.drafting.sections import Draft, Section
from assistant.report.statistics_files import load_statistics

_SENTENCE = re.compile(r"[^。\n]*[。\n]?")
_MOST_EXAMPLES, _MOST_CHARACTERS = 2, 400
_NONE = "（没有）"


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


def fill_prompt(template: str, section: Section, limit: int, examples: tuple[str, ...]) -> str:
    """Return the prompt for one chapter; what was entered is put in as it is, never read as a template."""
    values = {"limit": str(limit), "examples": "\n\n".join(examples) or _NONE, "text": section.text.text}
    return re.sub(r"\{(limit|examples|text)\}", lambda match: values[match[1]], template)


def _whole_sentences(section: Section) -> str:
    """The beginning of a chapter without headings and without sentences that hold a gap."""
    text = "\n".join(paragraph.text.text for paragraph in section.paragraphs if not paragraph.heading)
    told = ""
    for sentence in _SENTENCE.findall(text):
        if "【" not in sentence and len(told) + len(sentence) <= _MOST_CHARACTERS:
            told += sentence
    return told.strip()
