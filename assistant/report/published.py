"""A report as published: what was found in a finished document, before anything is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from assistant.documents.blocks import Document
from assistant.report.findings import Span
from assistant.report.forms import Address, Form
from assistant.report.tables import Statistics

LEAD_IN = "lead_in"  # what stands before the first chapter, the title apart


class CellPlace(NamedTuple):
    """Where a figure is printed: the block of the document, and row and column in it (0 in a paragraph)."""

    block: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of prose outside the tables.

    Attributes:
        chapter: key of the chapter it stands in (overview, disclosure, requests, reviews, problems, other), or LEAD_IN.
        text: the paragraph, white space as the reader left it.
        block: index of the paragraph in `Document.blocks`.
        page: 1-based, or None where the format has no pages.
    """

    chapter: str
    text: str
    block: int
    page: int | None = None

    def span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]` in the document."""
        return Span(self.block, start, end)


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter heading as printed; `chapter` is the key of the form's chapter it stands for, "" for no such."""

    text: str
    chapter: str
    block: int


@dataclass(frozen=True, slots=True)
class Defect:
    """What reading found wrong with the tables themselves, for S2 and S3; `variant` names a message of checks.yaml.

    Attributes:
        table: key of the table, or "".
        values: what the message's names stand for.
    """

    code: str
    variant: str
    table: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class PublishedReport:
    """A finished annual report as read.

    Attributes:
        title: as printed; "" where there is none.
        form: told by the labels of the tables, whatever the title says.
        statistics: the figures of the three tables; a cell that was not found is None. `facts` is empty, and the
            processing fee is what chapter six says of it.
        headings: the chapter headings in the order of the document.
        passages: the prose in the order of the document.
        defects: what was wrong with the tables as tables.
        read_tables: keys of the tables that were found, whole or in part.
        unsure: cells that were recognized with little confidence; S3 names them.
        places: where each figure is printed; a cell without a place was not found, which S3 tells, not W6.
    """

    document: Document
    title: str
    form: Form
    statistics: Statistics
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    defects: tuple[Defect, ...] = ()
    read_tables: frozenset[str] = frozenset()
    unsure: frozenset[Address] = frozenset()
    places: Mapping[Address, CellPlace] = field(default_factory=lambda: MappingProxyType({}))

    def chapter(self, key: str) -> str:
        """The prose of a chapter, a line a paragraph; "" where there is none."""
        return "\n".join(passage.text for passage in self.passages if passage.chapter == key)
