"""Puts the cells of a printed row on the columns of the form, or says why it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.blocks import RawTable
from assistant.report.forms import Table
from assistant.report.reading.labels import LabelBook
from assistant.report.reading.rows import Cell, is_value

_EXTRA = "+"
_FEWEST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a ruled table says of its value columns.

    Attributes:
        keys: the form's key by column of the table; a column that the form does not have stands as + and its label.
    """

    keys: Mapping[int, str]

    @property
    def order(self) -> tuple[str, ...]:
        """The keys from the left, each once."""
        keys = list(self.keys.values())
        return tuple(key for number, key in enumerate(keys) if number == 0 or key != keys[number - 1])

    @property
    def extra(self) -> tuple[str, ...]:
        """The labels of columns that the form does not have."""
        return tuple(key.removeprefix(_EXTRA) for key in self.order if key.startswith(_EXTRA))


def read_header(raw: RawTable, book: LabelBook, form: Table) -> Header | None:
    """Return the head of a table whose columns the form names over it (表三); None where it shows none.

    One that parts what stands under one heading of the form comes of wrong spans and is none either.
    """
    table = form.key
    head = _head_rows(raw, book, table)
    keys: dict[int, str] = {}
    for column in range(len(raw.rows[0]) if raw.rows else 0):
        texts = [raw.rows[row][column] for row in reversed(head) if raw.rows[row][column].strip()]
        labels = [book.find(text, "columns", [table]) for text in texts]
        leaf = next((label.key for label in labels if label is not None and label.leaf), None)
        if leaf is not None:
            keys[column] = leaf
        elif keys and texts and (labels[0] is None):
            keys[column] = _EXTRA + "".join(texts[0].split())
    header = Header(keys)
    known = [key for key in header.order if not key.startswith(_EXTRA)]
    return header if len(set(known)) >= _FEWEST_COLUMNS and _keeps_together(header.order, form) else None


def _keeps_together(order: tuple[str, ...], form: Table) -> bool:
    for node in (inner for outer in form.blocks[0].columns for inner in outer.walk() if inner.children):
        places = [order.index(leaf.key) for leaf in node.leaves() if leaf.key in order]
        between = set(order[min(places) : max(places) + 1]) if places else set()
        if any(not key.startswith(_EXTRA) and key not in {leaf.key for leaf in node.leaves()} for key in between):
            return False
    return True


def _head_rows(raw: RawTable, book: LabelBook, table: str) -> list[int]:
    rows: list[int] = []
    for number, texts in enumerate(raw.rows):
        labelled = [text for text in set(texts) if text.strip() and book.find(text, "rows", [table])]
        columns = [text for text in set(texts) if text.strip() and book.find(text, "columns", [table])]
        if labelled and len(columns) < 2 and any(is_value(text) or not text.strip() for text in texts):
            if rows:
                break
            continue
        if columns:
            rows.append(number)
        elif rows:
            break
    return rows


def place_row(values: Sequence[Cell], keys: Sequence[str], header: Header | None = None) -> dict[str, Cell] | None:
    """Return the cell of every key, or None where it cannot be told which cell is whose.

    Args:
        values: what stands after the label, from the left; more than `keys` where blank cells stand around the figures.
        keys: of the form's columns in the order printed.
        header: the head of the ruled table in which the row stands.
    """
    order = tuple(keys)
    if header is not None and set(keys) <= set(header.order):
        # Where the spans of a page are wrong, cells stand under other columns than they seem to.
        aligned = all(header.keys.get(cell.column) == key for cell, key in zip(values, header.order, strict=False))
        if aligned and len(values) == len(header.order):
            order = header.order
    else:
        header = None
    if len(values) == len(order):
        return {key: cell for key, cell in zip(order, values, strict=True) if not key.startswith(_EXTRA)}
    if header is not None and len(values) > len(order) // 2:
        placed: dict[str, Cell] = {}
        for cell in values:
            key = header.keys.get(cell.column, _EXTRA)
            if not key.startswith(_EXTRA) and key not in placed:
                placed[key] = cell
        if len(placed) == len(keys):
            return placed
    return _window(values, order)


def _window(values: Sequence[Cell], order: Sequence[str]) -> dict[str, Cell] | None:
    """Find the run of cells that holds every figure of the row; blank ones before and after it are left by spans."""
    width = len(order)
    filled = [number for number, cell in enumerate(values) if cell.text.strip()]
    if len(values) < width or (filled and filled[-1] - filled[0] + 1 > width):
        return None
    # The last column is the total, which hardly anybody leaves blank; where it may be, nothing can be told.
    if filled and filled[-1] < width - 1:
        return None
    start = filled[-1] - width + 1 if filled else 0
    return {
        key: cell for key, cell in zip(order, values[start : start + width], strict=True) if not key.startswith(_EXTRA)
    }
