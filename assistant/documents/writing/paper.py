"""A paper to be written: title, headings, paragraphs, tables, signature; no word of what it is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a table, possibly over several rows and columns.

    Attributes:
        value: it holds a figure; otherwise it is a label.
        left: the text begins at the left edge instead of standing in the middle.
    """

    text: str
    rows: int = 1
    columns: int = 1
    value: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with merged cells, row by row; a cell that another one covers is left out, as in HTML.

    Attributes:
        key: names the table for an office's own template.
        caption: its name, for readers who cannot see the page.
        widths: share of each column in the width of the page.
        header_rows: rows repeated on a further page.
        size: of the letters, in points.
        landscape: it does not fit an upright page.
    """

    key: str
    caption: str
    widths: tuple[float, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    header_rows: int
    size: float
    landscape: bool = False

    def placed(self) -> list[tuple[int, int, GridCell]]:
        """Return every cell with its row and column."""
        taken: set[tuple[int, int]] = set()
        placed = []
        for row, cells in enumerate(self.rows):
            column = 0
            for cell in cells:
                while (row, column) in taken:
                    column += 1
                placed.append((row, column, cell))
                taken |= {(row + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
                column += cell.columns
        return placed


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a chapter (一、), level 2 a part of it (（一）).

    Attributes:
        new_page: it begins a page, as a long table below it needs one of its own.
    """

    text: str
    level: int
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A paragraph; `marked` are the passages that a reader must not overlook, start and end."""

    text: str
    marked: tuple[tuple[int, int], ...] = ()

    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is marked."""
        pieces, position = [], 0
        for start, end in self.marked:
            pieces += [(self.text[position:start], False), (self.text[start:end], True)]
            position = end
        return [(text, marked) for text, marked in [*pieces, (self.text[position:], False)] if text]


Block = Heading | Body | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper.

    Attributes:
        title_lines: the title, broken where the sense allows it.
        signature: who signs, "" for nobody.
        date: as printed below the signature.
        language: of the text, for readers and spelling.
    """

    title_lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    signature: str
    date: str
    language: str = "zh-CN"

    @property
    def title(self) -> str:
        """The title in one line."""
        return "".join(self.title_lines)
