"""Writes a document as a web page with remarks at their places: one file, no script, nothing loaded from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from assistant.documents.blocks import Document, Paragraph, RawTable


@dataclass(frozen=True, slots=True)
class Mark:
    """A remark.

    Attributes:
        kind: error, warning or info: its colour.
        label: before the text (错误 H1).
        block: index of the block, None for the document as a whole.
        cell: (row, column) in a table.
        span: (start, end) in a paragraph.
    """

    kind: str
    label: str
    text: str
    basis: str
    block: int | None = None
    cell: tuple[int, int] | None = None
    span: tuple[int, int] | None = None

    @property
    def placed(self) -> bool:
        """Whether it stands at a place of the document."""
        return self.block is not None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text, the remarks it is part of, and those that end with it."""

    text: str
    inside: tuple[int, ...]
    ending: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    rows: int
    columns: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    pieces: tuple[_Piece, ...] = ()
    rows: tuple[tuple[_Cell, ...], ...] = ()


def write_marked(document: Document, marks: Sequence[Mark], title: str, summary: str) -> bytes:
    """Return the page: the remarks in a list, then the document with each remark's number at its place."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    blocks = [
        _table(block, number, marks) if isinstance(block, RawTable) else _paragraph(block, number, marks)
        for number, block in enumerate(document.blocks)
    ]
    page = environment.get_template("marked.html")
    return page.render(notes=marks, blocks=blocks, title=title, summary=summary).encode()


def _paragraph(block: Paragraph, number: int, marks: Sequence[Mark]) -> _Block:
    """Cut the text at the ends of every remark; a remark's number stands after its last piece."""
    own = [(n, mark.span or (0, len(block.text))) for n, mark in enumerate(marks) if mark.block == number]
    edges = sorted({0, len(block.text), *(edge for _, span in own for edge in span)})
    pieces = []
    for start, end in pairwise(edges):
        inside = tuple(n for n, span in own if span[0] <= start and end <= span[1])
        ending = tuple(n for n, span in own if n in inside and span[1] == end)
        pieces.append(_Piece(block.text[start:end], inside, ending))
    return _Block(pieces=tuple(pieces))


def _table(block: RawTable, number: int, marks: Sequence[Mark]) -> _Block:
    own: dict[tuple[int, int], list[int]] = {}
    for n, mark in enumerate(marks):
        if mark.block == number:
            own.setdefault(mark.cell or (0, 0), []).append(n)
    rows = []
    for r, texts in enumerate(block.rows):
        cells = []
        for c, text in enumerate(texts):
            if (r, c) in block.covered:
                continue
            down, across = _extent(block, r, c)
            cells.append(_Cell(text, down, across, tuple(own.get((r, c), ()))))
        rows.append(tuple(cells))
    return _Block(rows=tuple(rows))


def _extent(raw: RawTable, row: int, column: int) -> tuple[int, int]:
    """Return how many rows and columns the cell covers; covered places repeat its text."""
    text, columns, rows = raw.rows[row][column], 1, 1
    while (row, column + columns) in raw.covered and raw.rows[row][column + columns] == text:
        columns += 1
    while (row + rows, column) in raw.covered and raw.rows[row + rows][column] == text:
        rows += 1
    return rows, columns
