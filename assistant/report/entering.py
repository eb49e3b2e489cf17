"""Figures said in a message, read into cells: 「新收：自然人12，企业3」, 「表三其余都是0」, 「没有行政处罚」."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.report.forms import FEE_TABLE, Address, Form
from assistant.report.interview_words import InterviewWords, Name, Token
from assistant.report.tables import Value

_MOST_DIGITS = 12
Row = tuple[str, str]  # table and row


@dataclass
class Entries:
    """What a message says.

    Attributes:
        values: the cells that were said.
        rest: what is 0 as far as it is open: a row, a table with "" for the row, or ("", "") for what was asked about.
        every: rows of which all belongs to one column: 「都是自然人」.
        unclear: what could not be taken, each a sentence that asks back.
        row: the row spoken of last.
        column: the only column named, without any number.
    """

    values: dict[Address, Value] = field(default_factory=dict)
    rest: list[Row] = field(default_factory=list)
    every: dict[Row, str] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    row: Row | None = None
    column: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was said of any figure."""
        return not (self.values or self.rest or self.every or self.unclear or self.column)


def read_entries(message: str, form: Form, words: InterviewWords, row: Row | None = None, table: str = "") -> Entries:
    """Return what `message` says of the figures of `form`.

    Args:
        row: the row that was spoken of before, for 「自然人改成13」.
        table: the table that was asked about, for words that several tables have.
    """
    reader = _Reader(form, words, row, table)
    for token in _in_order(words.tokens(message, form)):
        reader.take(token)
    return reader.done()


def _in_order(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with every number after what it counts: 「12件自然人」 as 「自然人12」."""
    clause: list[Token] = []
    for token in [*tokens, Token("strong", "")]:
        if token.kind not in ("strong", "weak"):
            clause.append(token)
            continue
        numbers = [item for item in clause if item.kind == "number"]
        clause = [item for item in clause if item.kind != "gap"] if _counts_first(clause) else clause
        if len(numbers) == 1 and clause[0] is numbers[0] and len(clause) > 1:
            clause = [*clause[1:], clause[0]]
        yield from clause
        yield token
        clause = []


def _counts_first(clause: list[Token]) -> bool:
    """Whether a clause begins with its number: 「12件是自然人」."""
    return bool(clause) and clause[0].kind == "number"


class _Reader:
    """Walks over a message with the row and the columns spoken of."""

    def __init__(self, form: Form, words: InterviewWords, row: Row | None, table: str) -> None:
        self._form, self._words, self._asked = form, words, table
        self._before = row
        self._table, self._label = "", ""
        self._rows: list[str] = []
        self._columns: list[str] = []
        self._said: list[Name] = []  # names without a number so far, for 「自然人、企业都没有」
        self._zero = self._every = self._told = self._skip = self._gap = False
        self._entries = Entries(row=row)

    def take(self, token: Token) -> None:
        getattr(self, f"_take_{token.kind}")(token)

    def done(self) -> Entries:
        return self._entries

    def _close(self) -> None:
        """At the end of a sentence: one column named without a number takes all of its row, or answers a question."""
        columns = {name.keys[0] for name in self._said if name.kind == "column"}
        if len(columns) != 1 or self._zero or self._told:
            return
        row = self._entries.row if self._rows else None
        told = [address for address in self._entries.values if row and address[:2] == row]
        if row and [address.column for address in told] == ["total"]:
            self._table = row[0]
            self._take_all([row[1]], columns.pop())
        elif not self._rows and not self._entries.values:
            self._entries.column = columns.pop()

    def _take_name(self, token: Token) -> None:
        name = self._meant(token.names)
        if name is None:
            return
        self._told = self._gap = False
        if name.kind == "table":
            self._table, self._rows, self._columns = name.table, [], []
        elif name.kind == "row":
            self._table, self._rows, self._label, self._columns = name.table, list(name.keys), name.label, []
            if len(name.keys) == 1:
                self._entries.row = (name.table, name.keys[0])
        else:
            self._columns = [name.keys[0]]
            if self._every and self._rows:
                self._take_all(self._rows, name.keys[0])
        self._said.append(name)
        if self._zero:
            self._set_zero()

    def _take_all(self, rows: list[str], column: str) -> None:
        """All of a row belongs to one column, where it has that column and a total."""
        for row in rows:
            if {column, "total"} <= set(columns_of(self._form, self._table, row)) and column != "total":
                self._entries.every[self._table, row] = column

    def _meant(self, names: tuple[Name, ...]) -> Name | None:
        """Of several meanings, that of the table spoken of or asked about, a column before a row once there is one."""
        here = self._table or (self._before[0] if self._before else "") or self._asked
        ordered = sorted(names, key=lambda name: (name.table != here, name.kind != "column" or not self._rows))
        return ordered[0] if ordered else None

    def _take_number(self, token: Token) -> None:
        self._told = True
        if self._skip:
            self._skip = False
            return
        rows = self._rows or ([self._before[1]] if self._before and self._columns else [])
        table = self._table if self._rows else self._before[0] if self._before and self._columns else ""
        if not rows or self._gap or len(token.text) > _MOST_DIGITS:
            self._entries.unclear.append(self._words.ask("nowhere", number=token.text))
        elif len(rows) > 1:
            names = [self._form.tables[table].node("row", row).short for row in rows]
            self._entries.unclear.append(self._words.ask("kinds", name=self._label, rows="、".join(names)))
        else:
            self._assign(table, rows[0], token)
        self._said, self._columns = [], []

    def _assign(self, table: str, row: str, token: Token) -> None:
        columns = columns_of(self._form, table, row)
        column = next((key for key in self._columns if key in columns), None)
        if column is None and self._columns:
            self._entries.unclear.append(self._words.ask("nowhere", number=token.text))
            return
        if column is None:
            column = columns[0] if len(columns) == 1 else "total" if "total" in columns else None
        if table == FEE_TABLE and column is None:
            column = "amount" if token.unit else "cases"
        if column is None:
            labels = "、".join(_column_names(self._form, table, row))
            self._entries.unclear.append(self._words.ask("columns", name=self._label or row, columns=labels))
            return
        address = Address(table, row, column)
        self._entries.row = (table, row)
        self._entries.values[address] = _in_unit(token, self._form.cells[address].unit)

    def _take_zero(self, _token: Token) -> None:
        if self._said and not self._told:
            self._set_zero()
        else:
            self._zero = True

    def _set_zero(self) -> None:
        """Every name said since the last number has nothing."""
        rows = {(name.table, key) for name in self._said if name.kind == "row" for key in name.keys}
        columns = [name.keys[0] for name in self._said if name.kind == "column"]
        if not rows and self._rows:
            rows = {(self._table, row) for row in self._rows}
        if not rows and self._before and columns:
            rows = {self._before}
        for table, row in rows:
            known = columns_of(self._form, table, row)
            chosen = [column for column in columns if column in known] or known
            self._entries.values.update({Address(table, row, column): 0 for column in chosen})

    def _take_rest(self, _token: Token) -> None:
        if self._rows and len(self._rows) == 1:
            self._entries.rest.append((self._table, self._rows[0]))
        else:
            self._entries.rest.append((self._table, ""))
        self._told = True

    def _take_every(self, _token: Token) -> None:
        self._every = True

    def _take_gap(self, _token: Token) -> None:
        """Words that are not known: a number right after them is not taken for the name before them."""
        self._gap = True

    def _take_unclear(self, token: Token) -> None:
        self._entries.unclear.append(token.text)
        self._rows, self._columns, self._skip = [], [], True

    def _take_weak(self, token: Token) -> None:
        self._gap = False
        if token.text == ",":
            self._zero = self._every = False
            if not self._told:
                return
            self._said = []

    def _take_strong(self, _token: Token) -> None:
        self._close()
        self._zero = self._every = self._told = self._skip = self._gap = False
        self._said, self._rows, self._columns, self._table = [], [], [], ""


def columns_of(form: Form, table: str, row: str) -> list[str]:
    """The columns that a row has values in."""
    return [address.column for address in form.cells if address[:2] == (table, row)]


def _column_names(form: Form, table: str, row: str) -> list[str]:
    if table == FEE_TABLE:
        return ["收取件数", "收取金额"]
    return [
        leaf.short
        for block in form.tables[table].blocks
        if any(leaf.key == row for leaf in block.row_leaves)
        for leaf in block.column_leaves
    ]


def _in_unit(token: Token, unit: str) -> int | Decimal:
    """The number in the cell's unit: 12.5万元 is 12.5 where the cell counts 万元, and 125000 where it counts 元."""
    value = token.value or Decimal(0)
    if unit != "万元":
        value *= token.factor
    elif token.unit and token.factor == 1:
        value /= 10_000
    return int(value) if value == value.to_integral_value() else value.normalize()


def close_rest(
    values: Mapping[Address, Value], entries: Entries, form: Form, scope: list[Address]
) -> dict[Address, Value]:
    """Return the zeros that 「其余都是0」 means: the open parts of its row, its table, or of `scope`.

    A row whose total is known but not its parts stays open: its parts cannot all be 0.
    """
    zeros: dict[Address, Value] = {}
    for table, row in entries.rest:
        places = [a for a in form.cells if a.table == table and row in ("", a.row)] if table else scope
        for address in places:
            total = values.get(address._replace(column="total"))
            parts = [values.get(other) for other in form.cells if other[:2] == address[:2] and other.column != "total"]
            used = total is None or sum(part for part in parts if part is not None) >= total
            if values.get(address) is None and address.column != "total" and address.row != "total" and used:
                zeros[address] = 0
    return zeros


def pairs_of_rows(addresses: Mapping[Address, Value]) -> list[tuple[Row, list[Address]]]:
    """The addresses row by row, in order."""
    rows: dict[Row, list[Address]] = {}
    for address in addresses:
        rows.setdefault((address.table, address.row), []).append(address)
    return list(rows.items())
