"""A draft: title, lead-in, and the six chapters, of which three are tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.report.drafting.texts import Figure, Text, join, words
from assistant.report.findings import Finding
from assistant.report.forms import Chapter
from assistant.report.tables import Statistics


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph.

    Attributes:
        heading: it is the title of an aspect (（一）主动公开).
        marked: passages that a reader must not overlook, start and end.
    """

    text: Text
    heading: bool = False
    marked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Section:
    """One chapter; a chapter of prose has paragraphs, a chapter of figures the key of its table."""

    chapter: Chapter
    paragraphs: tuple[Paragraph, ...] = ()
    table: str | None = None

    @property
    def text(self) -> Text:
        """The prose, a line a paragraph."""
        return join((paragraph.text for paragraph in self.paragraphs), "\n")

    @property
    def length(self) -> int:
        """Characters without white space."""
        return len("".join(self.text.text.split()))


@dataclass(frozen=True)
class Draft:
    """The whole report, and what was found on the way; with violations there are no sections."""

    statistics: Statistics
    title: Text
    lead_in: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    violations: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    def section(self, key: str) -> Section:
        """The chapter with that key.

        Raises:
            KeyError: there is none.
        """
        return {section.chapter.key: section for section in self.sections}[key]

    def texts(self) -> list[tuple[str, Text]]:
        """Every text that the draft prints outside the tables, with the name of its place."""
        lead_in = join((paragraph.text for paragraph in self.lead_in), "\n")
        chapters = [(section.chapter.title, section.text) for section in self.sections if not section.table]
        return [("标题", self.title), ("导语", lead_in), *chapters] if self.sections else []

    def plain(self, output: str | None = None) -> dict[str, Any]:
        """The draft as the contract's JSON."""
        lead_in = join((paragraph.text for paragraph in self.lead_in), "\n")
        return {
            "title": self.title.text,
            "lead_in": {"text": lead_in.text, "figures": _figures(lead_in.figures)},
            "sections": [
                {
                    "heading": section.chapter.title,
                    "text": section.text.text,
                    "figures": _figures(section.text.figures),
                    "table": section.table,
                }
                for section in self.sections
            ],
            "violations": [finding.plain() for finding in self.violations],
            "warnings": [finding.plain() for finding in self.warnings],
            "output": output,
        }


def aspect(ordinal: str, title: str, paragraphs: Sequence[Text]) -> list[Paragraph]:
    """Return the heading of an aspect and its paragraphs."""
    return [Paragraph(words(f"（{ordinal}）{title}"), heading=True), *(Paragraph(text) for text in paragraphs)]


def _figures(figures: Sequence[Figure]) -> list[dict[str, str | int]]:
    return [figure.plain() for figure in figures]
