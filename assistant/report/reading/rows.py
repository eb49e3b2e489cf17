"""Makes rows of labels and values out of whatever carries a table: ruled tables, 「|」 and tabs, one cell a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.documents.blocks import Document, Paragraph, RawTable
from assistant.report.reading.labels import LabelBook
from assistant.report.reading.wording import fold

_VALUE = re.compile(r"[+\-−－]{0,2}\d[\d,，.．]{0,15}[件项个次条宗元万]{0,2}|[/\\\-—－无]{1,2}|[Nn]/[Aa]")
_BARS = re.compile(r"[|｜]+")
_FEWEST_BARE = 5  # values that make a row of figures without a label
# A line with so many parts, nearly all of them figures or labels, is a table run together.
_WHOLE_TABLE, _MOSTLY = 9, 0.8
_LONGEST_LABEL = 6  # lines over which one label may be broken
_LONGEST_WORD, _MOST_WORDS = 4, 2  # letters of a word that stands for a figure, and such words in a row


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell; in a paragraph `row` and `column` are 0."""

    text: str
    block: int
    row: int = 0
    column: int = 0
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The labels of a row from the left, and what stands after them.

    Attributes:
        grid: whether `column` of a cell says where it stands, as in a table with resolved spans.
    """

    labels: tuple[Cell, ...]
    values: tuple[Cell, ...]
    grid: bool
    table: int


def is_value(text: str) -> bool:
    """Whether `text` is a figure, or a sign that stands for none."""
    return bool(_VALUE.fullmatch(fold(text)))


def rows_of(document: Document, book: LabelBook, headings: frozenset[int]) -> Iterator[Row]:
    """Yield the rows of every table of the document, drawn or flattened to text, in order.

    Args:
        headings: blocks that are chapter headings: no table runs over them.
    """
    flat = document.kind in {"txt", "md"}
    lines = _Lines(book, any(_BARS.fullmatch(fold(p.text)) or fold(p.text).endswith("|") for p in document.paragraphs))
    for number, block in enumerate(document.blocks):
        if number in headings:
            yield from lines.close()
        elif isinstance(block, Paragraph):
            yield from lines.add(block.text, number)
        else:
            # A single row in a text may be the label whose figures follow line by line.
            alone = flat and len(block.rows) == 1
            for row in _table_rows(block, number, book, grid=not flat):
                if alone and not row.values:
                    for cell in row.labels:
                        yield from lines.add_text(cell)
                else:
                    yield from lines.close()
                    yield row
    yield from lines.close()


def _table_rows(table: RawTable, block: int, book: LabelBook, *, grid: bool) -> Iterator[Row]:
    for number, texts in enumerate(table.rows):
        cells = [
            Cell(text, block, number, column, (number, column) in table.unsure)
            for column, text in enumerate(texts)
            if (number, column) not in table.covered
        ]
        last = _last_label(cells, book)
        yield Row(tuple(c for c in cells[:last] if c.text.strip()), tuple(cells[last:]), grid, block)


def _last_label(cells: list[Cell], book: LabelBook) -> int:
    """Return how many cells from the left are labels."""
    known = [number for number, cell in enumerate(cells) if cell.text.strip() and book.find(cell.text, "rows")]
    if known:
        return known[-1] + 1
    texts = [n for n, cell in enumerate(cells) if cell.text.strip() and not is_value(cell.text)]
    figures = [n for n, cell in enumerate(cells) if is_value(cell.text)]
    if not figures:
        return texts[-1] + 1 if texts else 0
    before = [n for n in texts if n < figures[0]]
    return before[-1] + 1 if before else 0


class _Lines:
    """Gathers rows from lines of text: cells one a line, closed by 「|」 or not, or several in a line."""

    def __init__(self, book: LabelBook, barred: bool) -> None:
        self._book, self._barred = book, barred
        self._labels: list[Cell] = []
        self._values: list[Cell] = []
        self._open: Cell | None = None

    def add(self, text: str, block: int) -> Iterator[Row]:
        folded = fold(text)
        if self._barred and _BARS.fullmatch(folded):
            if self._open is not None:
                cell, self._open = self._open, None
                yield from self._take(cell)
            elif len(folded) == 1 and (self._values or self._labels):
                self._values.append(Cell("", block))
            return
        if self._barred and folded.endswith("|"):
            cell = self._joined(Cell(text.rstrip("|｜ 　"), block))
            self._open = None
            yield from self._take(cell)
            return
        cells = [Cell(part, block) for part in self._split(text)]
        if self._open is not None:
            pending, self._open = self._open, None
            if len(cells) == 1 and not is_value(text) and not is_value(pending.text) and len(folded) < 40:
                self._open = Cell(pending.text + text, pending.block)
                return
            yield from self._take(pending)
        if self._barred and len(cells) == 1 and len(folded) < 60:
            self._open = cells[0]
            return
        for cell in cells:
            yield from self._take(cell)

    def add_text(self, cell: Cell) -> Iterator[Row]:
        yield from self._take(cell)

    def close(self) -> Iterator[Row]:
        """Yield the row that is under way, and begin anew."""
        if self._open is not None:
            cell, self._open = self._open, None
            yield from self._take(cell)
        if self._values:
            yield from self._rows()
        if self._labels:
            yield Row(self._label_cells(), (), False, -1)
        self._labels = []

    def _joined(self, cell: Cell) -> Cell:
        return Cell(self._open.text + cell.text, self._open.block) if self._open is not None else cell

    def _take(self, cell: Cell) -> Iterator[Row]:
        if is_value(cell.text) or self._strays(cell):
            self._values.append(cell)
            return
        if self._values:
            yield from self._rows()
        self._labels.append(cell)

    def _strays(self, cell: Cell) -> bool:
        """Whether a text may be a word in the place of a figure (若干): short, no label, in a row that lacks some."""
        short = 0 < len(fold(cell.text)) <= _LONGEST_WORD and not self._book.knows(cell.text)
        return short and bool(self._labels) and len(self._values) < self._width()

    def _width(self) -> int:
        """How many figures the row under way has in the form; 0 where its label is none of the form's."""
        label = self._book.find(self._label_cells()[-1].text, "rows")
        return self._book.width(label) if label is not None else 0

    def _rows(self) -> Iterator[Row]:
        """Yield the row under way; words count as its cells only where they make it as wide as the form's.

        Elsewhere they are pieces of labels: what follows them belongs to them.
        """
        cells, words = self._values, sum(1 for cell in self._values if _is_word(cell))
        if not words or (words <= _MOST_WORDS and words < len(cells) == self._width()):
            yield Row(self._label_cells(), tuple(cells), False, -1)
            self._labels, self._values = [], []
            return
        self._values = []
        for cell in cells:
            if not _is_word(cell):
                self._values.append(cell)
                continue
            if self._values:
                yield Row(self._label_cells(), tuple(self._values), False, -1)
                self._labels, self._values = [], []
            self._labels.append(cell)
        if self._values:
            yield Row(self._label_cells(), tuple(self._values), False, -1)
            self._labels, self._values = [], []

    def _label_cells(self) -> tuple[Cell, ...]:
        """The labels before the figures; the last one put together again where lines broke it."""
        labels = self._labels[-60:]
        for count in range(1, min(_LONGEST_LABEL, len(labels)) + 1):
            tail = labels[-count:]
            whole = "".join(cell.text for cell in tail)
            if self._book.find(whole, "rows"):
                return (*labels[:-count], Cell(whole, tail[0].block))
        return tuple(labels)

    def _split(self, text: str) -> list[str]:
        """Return the cells of one line that holds several, parted by white space; else the line."""
        parts = text.split()
        if len(parts) == 1:
            return [text]
        if len(parts) >= _WHOLE_TABLE:
            known = sum(1 for part in parts if is_value(part) or self._book.knows(part))
            if known >= _MOSTLY * len(parts):
                return parts
        figures = 0
        while figures < len(parts) and is_value(parts[len(parts) - 1 - figures]):
            figures += 1
        head = parts[: len(parts) - figures]
        if not head:
            return parts
        if figures and self._book.find("".join(head), "rows"):
            return ["".join(head), *parts[len(head) :]]
        if not figures and all(self._book.knows(part) for part in parts):
            return parts
        return [text]


def _is_word(cell: Cell) -> bool:
    return bool(cell.text.strip()) and not is_value(cell.text)
