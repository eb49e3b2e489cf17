"""What every reader yields: paragraphs and raw tables in reading order, and the sections they make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph.

    Attributes:
        text: without line breaks; runs of white space are one space.
        level: 0 for body text, 1 (highest) to 9 for a heading that the document itself marks as one.
        page: 1-based, or None where the format has no pages.
    """

    text: str
    level: int = 0
    page: int | None = None


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as printed, merged cells resolved: every place that a merged cell covers repeats its text.

    Attributes:
        rows: all of one width; "" is an empty cell.
        covered: (row, column) of the places that repeat a merged cell, its own first place left out.
        unsure: (row, column) of the cells that a recognizer read with little confidence.
        page: 1-based page on which the table begins, or None.
        nested_in: (row, column) of the cell of the table before it in which this one stands, or None.
    """

    rows: tuple[tuple[str, ...], ...]
    covered: frozenset[Place] = frozenset()
    unsure: frozenset[Place] = frozenset()
    page: int | None = None
    nested_in: Place | None = None

    @property
    def text(self) -> str:
        """The cells of a row joined by 「 | 」, a line each row, merged cells once."""
        return "\n".join(
            " | ".join(cell for column, cell in enumerate(row) if (number, column) not in self.covered)
            for number, row in enumerate(self.rows)
        )


Block = Paragraph | RawTable


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading.

    Attributes:
        heading: the path of headings from the highest down; empty before the first heading.
        text: the paragraphs and the tables' text, a line each.
        page: 1-based page of its heading (or of its first block), or None.
        tables: the raw tables in it.
    """

    heading: tuple[str, ...]
    text: str
    page: int | None
    tables: tuple[RawTable, ...]


@dataclass(frozen=True)
class Document:
    """A document as read.

    Attributes:
        path: the file.
        kind: md, txt, docx, pdf, html, xlsx or picture.
        blocks: everything in reading order.
        declared: what the file itself declares outside its text (`title`, `number`, `issuer`, `published`), as given.
        notes: Chinese lines on what a reader should check: recognized pages, pictures left unread.
    """

    path: Path
    kind: str
    blocks: tuple[Block, ...]
    declared: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs alone."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @cached_property
    def tables(self) -> tuple[RawTable, ...]:
        """The raw tables alone."""
        return tuple(block for block in self.blocks if isinstance(block, RawTable))

    @cached_property
    def text(self) -> str:
        """The whole text, a line each paragraph and each row."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The document cut at its headings, those it marks and those that its numbering shows."""
        from assistant.documents.sections import cut_sections

        return cut_sections(self.blocks)
