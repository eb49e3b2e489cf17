"""Reads the figures of the three tables from rows of labels and values, and what is wrong with the tables as tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.documents.blocks import Document, RawTable
from assistant.report.forms import Address, Form, Table
from assistant.report.reading.labels import Label, LabelBook
from assistant.report.reading.placing import Header, place_row, read_header
from assistant.report.reading.rows import Cell, Row, is_value
from assistant.report.reading.wording import fold, fold_label, numbering

_FEW = 5
_CONFLICTS = 5
_SUBTOTAL = "小计"
_TELLS_NOTHING = 2  # letters of a label that may be a piece of another table's


@dataclass
class Figures:
    """What was read.

    Attributes:
        cells: the printed cell of every value that was found.
        torn: (table, row) of the rows whose label was found while its figures could not be told apart.
        added: (table, label) of rows or columns that the form does not have.
        headless: tables read without any label of their own.
        headings: headings over rows on which figures stand themselves.
        again: values that stand twice in the document and differ, by table.
        repeated: values that stand twice in the document and agree.
        used: blocks whose text belongs to the tables.
    """

    cells: dict[Address, Cell] = field(default_factory=dict)
    torn: set[tuple[str, str]] = field(default_factory=set)
    added: list[tuple[str, str]] = field(default_factory=list)
    headless: set[str] = field(default_factory=set)
    headings: list[Label] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    used: set[int] = field(default_factory=set)

    @property
    def tables(self) -> frozenset[str]:
        """The tables of which something was found."""
        return frozenset(address.table for address in self.cells) | frozenset(table for table, _ in self.torn)

    @property
    def doubled(self) -> bool:
        """Whether the document holds the tables of another report, too."""
        return sum(self.again.values()) >= _CONFLICTS


def read_figures(
    document: Document, form: Form, book: LabelBook, rows: Iterable[Row], skipped: frozenset[str] = frozenset()
) -> Figures:
    """Return the figures of the form's tables; a table of `skipped` follows another form and is left unread."""
    reader = _Reader(document, form, book, skipped)
    for row in rows:
        reader.take(row)
    return reader.figures


class _Reader:
    """Takes row after row; remembers which table the words last seen belong to."""

    def __init__(self, document: Document, form: Form, book: LabelBook, skipped: frozenset[str]) -> None:
        self._document, self._form, self._book, self._skipped = document, form, book, skipped
        self.figures = Figures()
        self._table = ""
        self._cases: list[str] = []
        self._subtotal = False  # the head of 表三 has a column that the form does not have
        self._headers: dict[int, Header | None] = {}

    def take(self, row: Row) -> None:
        """Read one row."""
        self._subtotal = self._subtotal or any(fold(cell.text) == _SUBTOTAL for cell in (*row.labels, *row.values))
        if row.values:
            self._see(row.labels[:-1])
        label = self._label(row)
        if row.values and self._table == "reviews" and self._take_result(row):
            return
        bare = label is None or label.table != "reviews"
        if row.values and self._table == "reviews" and bare and self._take_bare_cases(row):
            return
        if label is not None and row.values:
            if label.table in self._skipped:
                self._table = label.table
                self._use(row)
            elif label.leaf:
                self._take_row(row, label)
            else:
                self._take_heading(row, label)
            return
        if row.labels and row.values and self._added(row):
            return
        if not self._take_headless(row):
            self._see(row.labels)

    def _take_row(self, row: Row, label: Label) -> None:
        takers = {"disclosure": self._take_disclosure, "requests": self._take_requests, "reviews": self._take_cases}
        self._table = label.table
        takers[label.table](row, label)

    def _take_heading(self, row: Row, label: Label) -> None:
        """Note figures that stand on a heading itself: a subtotal, or a part that another form does not divide."""
        self._see(row.labels)
        if sum(1 for cell in row.values if is_value(cell.text)) >= _FEW and label.table == "requests":
            self.figures.headings.append(label)
            self._use(row)

    def _label(self, row: Row) -> Label | None:
        """The row of the form that the row's last label stands for."""
        if not row.labels:
            return None
        text = row.labels[-1].text
        here = self._book.find(text, "rows", [self._table]) if self._table else None
        found = here or self._book.find(text, "rows")
        filled = any(cell.text.strip() for cell in row.values)
        # 其他 and 总计 head columns too, and so do the kinds of cases; （七）总计 has the number of a row.
        heads = self._book.find(text, "columns") is not None and not numbering(text)[0]
        if found is not None and not filled and (found.table == "reviews" or heads):
            return None
        return found

    def _see(self, labels: Sequence[Cell]) -> None:
        """Follow words without figures: which table they belong to, which kinds of cases they name."""
        for cell in labels:
            heading = self._book.find(cell.text, "heading")
            tables = self._book.tables_of(cell.text) if heading is None else {heading.table}
            # 其他 alone may be half of 其他结果, which a line break tore.
            if len(tables) == 1 and len(fold_label(cell.text)) > _TELLS_NOTHING:
                (self._table,) = tables
            case = self._book.find(cell.text, "rows", ["reviews"])
            if case is not None and case.leaf:
                self._cases.append(case.key)
            if self._book.knows(cell.text):
                self.figures.used.add(cell.block)

    def _take_disclosure(self, row: Row, label: Label) -> None:
        blocks = self._form.tables[label.table].blocks
        block = next(block for block in blocks if any(leaf.key == label.key for leaf in block.row_leaves))
        keys = [leaf.key for leaf in block.column_leaves]
        values = list(row.values)
        texts = {cell.text.strip() for cell in values}
        if len(keys) == 1 and len(values) > 1 and len(texts) == 1:
            values = values[:1]  # the merged cell was left in parts, each with the same figure
        while len(values) > len(keys) and not values[-1].text.strip():
            values.pop()
        while len(values) > len(keys) and not values[0].text.strip():
            values.pop(0)
        self._store(label, dict(zip(keys, values, strict=True)) if len(values) == len(keys) else None, row)

    def _take_requests(self, row: Row, label: Label) -> None:
        table = self._form.tables[label.table]
        header = self._header(row, label.table) if row.grid else None
        keys = [leaf.key for leaf in table.blocks[0].column_leaves]
        placed = place_row(row.values, keys, header)
        if placed is None and self._subtotal:
            # Without a grid only the word in the head tells that the figure before the total is a subtotal.
            filled = [number for number, cell in enumerate(row.values) if cell.text.strip()]
            values = row.values[filled[0] : filled[-1] + 1] if filled else ()
            if len(values) == len(keys) + 1:
                placed = place_row((*values[:-2], values[-1]), keys)
                self.figures.added.append((label.table, _SUBTOTAL))
        self._store(label, placed, row)

    def _take_cases(self, row: Row, label: Label) -> None:
        """Read a row of 表四 that is labelled with one kind of case: five results after it."""
        keys = [leaf.key for leaf in self._form.tables["reviews"].blocks[0].column_leaves]
        self._store(label, place_row(row.values, keys, self._header(row, "reviews") if row.grid else None), row)

    def _take_result(self, row: Row) -> bool:
        """Read a row of a 表四 that lies on its side: one result, a figure for each kind of case named in the head."""
        kinds = self._cases[-len(self._form.tables["reviews"].blocks[0].row_leaves) :]
        column = self._book.find(row.labels[-1].text, "columns", ["reviews"]) if row.labels else None
        if column is None or not column.leaf or len(set(kinds)) != len(row.values) or len(row.values) != len(kinds):
            return False
        for kind, cell in zip(kinds, row.values, strict=True):
            self._put(Address("reviews", kind, column.key), cell)
        self._use(row)
        return True

    def _take_bare_cases(self, row: Row) -> bool:
        """Read a row of figures under the head of 表四: fifteen in a row, or five or ten of the kinds last named."""
        table = self._form.tables["reviews"]
        order = [leaf.key for leaf in table.blocks[0].row_leaves]
        columns = [leaf.key for leaf in table.blocks[0].column_leaves]
        for kinds in (order, self._cases[-2:], self._cases[-1:]):
            keys = [f"{kind}.{column}" for kind in kinds for column in columns]
            placed = place_row(row.values, keys) if kinds else None
            if placed is None or (len(kinds) < len(order) and len(row.values) != len(keys)):
                continue
            if not any(cell.text.strip() for cell in row.values) and len(row.values) != len(keys):
                continue
            for key, cell in placed.items():
                kind, column = key.split(".")
                self._put(Address("reviews", kind, column), cell)
            self._use(row)
            return True
        return False

    def _take_headless(self, row: Row) -> bool:
        """Read fifteen figures that stand after 表三 without any label: only 表四 has such a row."""
        table = self._form.tables.get("reviews")
        if table is None or self._table != "requests" or "reviews" in self.figures.tables or row.labels:
            return False
        if len(row.values) != len(table.cells) or not all(is_value(cell.text) for cell in row.values):
            return False
        self._table = "reviews"
        self.figures.headless.add("reviews")
        return self._take_bare_cases(row)

    def _added(self, row: Row) -> bool:
        """Note a row with figures whose label is none of the form's, within a ruled table of the form."""
        figures = sum(1 for cell in row.values if is_value(cell.text))
        fewest = {"requests": _FEW, "disclosure": 1}.get(self._table, 99)
        inside = any(cell.block == row.table for cell in self.figures.cells.values())
        if not row.grid or figures < fewest or not inside or self._book.knows(row.labels[-1].text):
            return False
        self.figures.added.append((self._table, row.labels[-1].text))
        self._use(row)
        return True

    def _header(self, row: Row, table: str) -> Header | None:
        if row.table not in self._headers:
            raw = self._document.blocks[row.table]
            form = self._form.tables[table]
            self._headers[row.table] = read_header(raw, self._book, form) if isinstance(raw, RawTable) else None
            header = self._headers[row.table]
            keys = {leaf.key for leaf in form.blocks[0].column_leaves}
            if header is not None and keys <= set(header.order):
                self.figures.added += [(table, label) for label in header.extra]
        return self._headers[row.table]

    def _store(self, label: Label, placed: Mapping[str, Cell] | None, row: Row) -> None:
        self._use(row)
        if placed is None:
            self.figures.torn.add((label.table, label.key))
            return
        for column, cell in placed.items():
            self._put(Address(label.table, label.key, column), cell)

    def _put(self, address: Address, cell: Cell) -> None:
        held = self.figures.cells.get(address)
        if held is None or not held.text.strip():
            self.figures.cells[address] = cell
        elif cell.text.strip() and "".join(cell.text.split()) != "".join(held.text.split()):
            self.figures.again[address.table] = self.figures.again.get(address.table, 0) + 1
        elif cell.text.strip() and cell.block != held.block:
            self.figures.repeated += 1

    def _use(self, row: Row) -> None:
        self.figures.used.update(cell.block for cell in (*row.labels[-1:], *row.values))


def missing_rows(table: Table, figures: Figures) -> list[str]:
    """Return the keys of the rows of which nothing was found."""
    found = {address.row for address in figures.cells if address.table == table.key}
    torn = {row for key, row in figures.torn if key == table.key}
    return [
        leaf.key
        for block in table.blocks
        for leaf in block.row_leaves
        if leaf.key not in found and leaf.key not in torn
    ]
