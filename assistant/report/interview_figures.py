"""The figures of an interview: what a message adds to them, what is still open, and how both are told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.report.completing import complete, sum_rules
from assistant.report.entering import Entries, Row, close_rest, pairs_of_rows
from assistant.report.findings import show
from assistant.report.forms import FEE_TABLE, Address, Form
from assistant.report.interview_words import InterviewWords
from assistant.report.tables import Value

_MOST_ROWS, _FEW_ROWS = 6, 2
Given = Mapping[Address, Value]


@dataclass(frozen=True, slots=True)
class Taken:
    """The figures after a message, and what is to be said of it."""

    given: dict[Address, Value]
    told: tuple[str, ...]


def take_entries(
    given: Given, entries: Entries, form: Form, words: InterviewWords, scope: list[Address], split: Row | None
) -> Taken:
    """Return the figures with what a message says of them.

    Args:
        scope: the cells asked about, which 「其余都是0」 without a row or a table means.
        split: the row whose parts were asked for: a column named alone takes all of it.
    """
    before, new, told = complete(given, form), dict(given), []
    changed = [address for address, value in entries.values.items() if before.get(address) not in (None, value)]
    for address, value in entries.values.items():
        _drop_stale(new, before, address, entries, form)
        problem = _fit_total(new, before, address, value, form, words)
        if problem:
            told.append(problem)
        else:
            new[address] = value
    every = dict(entries.every)
    if split and Address(*split, entries.column) in form.cells:
        every[split] = entries.column
    for (table, row), column in every.items():
        total = complete(new, form)[Address(table, row, "total")]
        parts = [address for address in _row(form, table, row) if address.column != "total"]
        new.update({address: (total if address.column == column else 0) for address in parts})
    zeros = close_rest(complete(new, form), entries, form, scope)
    new |= zeros
    touched = list(dict.fromkeys([*entries.values, *(Address(*row, "total") for row in every)]))
    after = complete(new, form)
    noted = tell_rows(
        after, form, [(a.table, a.row) for a in touched if a in form.cells and new.get(a) != given.get(a)]
    )
    if zeros and (others := {(a.table, a.row) for a in zeros} - {(a.table, a.row) for a in touched}):
        noted.append(words.ask("rest_zero", count=len(others)))
    if noted:
        told.insert(0, words.ask("changed" if changed else "noted", cells="；".join(noted)))
    told += _mismatches(new, after, form, words, touched)
    return Taken(new, (*told, *entries.unclear))


def _drop_stale(new: dict[Address, Value], before: Given, address: Address, entries: Entries, form: Form) -> None:
    """Forget the totals that a changed part makes wrong; they follow anew from their parts."""
    stale = [address]
    while stale:
        part = stale.pop()
        for left, right in sum_rules(form):
            total = left[0]
            whole = all(before.get(other) is not None for other in right)
            if len(left) == 1 and part in right and whole and total in new and total not in entries.values:
                del new[total]
                # What followed from the total stays known: of six from five persons and a company nobody else asked.
                new.update({other: before[other] for other in right if other not in new and other != part})
                stale.append(total)


def _fit_total(
    new: dict[Address, Value], before: Given, address: Address, value: Value, form: Form, words: InterviewWords
) -> str:
    """Carry a changed total over to the only part there is; say what cannot be decided."""
    if address.column != "total" or value is None:
        return ""
    parts = {other: before.get(other) for other in _row(form, address.table, address.row) if other.column != "total"}
    known = [part for part in parts.values() if part is not None]
    if len(known) < len(parts) or sum(known) == value:
        return ""
    filled = [other for other, part in parts.items() if part]
    if len(filled) == 1:
        new[filled[0]] = value
        return ""
    if not filled:
        for other in parts:
            new.pop(other, None)
        return ""
    name = _row_name(form, address.table, address.row)
    return words.ask("mismatch", row=name, total=show(value), sum=show(sum(known)))


def _mismatches(new: Given, after: Given, form: Form, words: InterviewWords, touched: Iterable[Address]) -> list[str]:
    told = []
    for table, row in dict.fromkeys((address.table, address.row) for address in touched):
        total = new.get(Address(table, row, "total"))
        parts = [after.get(other) for other in _row(form, table, row) if other.column != "total"]
        known = [part for part in parts if part is not None]
        if total is not None and (sum(known) > total or (len(known) == len(parts) and sum(known) != total)):
            name = _row_name(form, table, row)
            told.append(words.ask("mismatch", row=name, total=show(total), sum=show(sum(known))))
    return told


def open_cells(values: Given, form: Form, group: Mapping[str, object]) -> list[Address]:
    """The cells of a group that are neither given nor follow from what was given."""
    return [address for address in group_cells(form, group) if values.get(address) is None]


def group_cells(form: Form, group: Mapping[str, object]) -> list[Address]:
    """The cells of a group of questions; rows that the form does not have are passed over."""
    table, rows = str(group["table"]), group["rows"]
    assert isinstance(rows, list)  # the file says so
    if table == FEE_TABLE:
        return [address for address in form.cells if address.table == FEE_TABLE]
    known = {node.key for block in form.tables[table].blocks for outer in block.rows for node in outer.walk()}
    keys = {leaf for row in rows if row in known for leaf in form.tables[table].expand("row", row)}
    return [address for address in form.cells if address.table == table and address.row in keys]


def row_to_split(values: Given, form: Form) -> Row | None:
    """The first row whose total is known and whose parts are not."""
    for (table, row), addresses in pairs_of_rows(dict.fromkeys(form.cells)):
        total = values.get(Address(table, row, "total"))
        if total and any(values.get(address) is None for address in addresses):
            return table, row
    return None


def suggest_carried_out(values: Given, form: Form) -> dict[Address, Value]:
    """What 结转下年度 would be by the sums of the columns; {} where they do not tell."""
    found: dict[Address, Value] = {}
    for address in _row(form, "requests", "carried_out"):
        came = [values.get(address._replace(row=row)) for row in ("received", "carried_in", "total")]
        known = [value for value in came if value is not None]
        if len(known) < len(came) or known[0] + known[1] < known[2]:
            return {}
        if address.column != "total":
            found[address] = known[0] + known[1] - known[2]
    return found


def tell_rows(values: Given, form: Form, rows: Iterable[Row]) -> list[str]:
    """Return 「本年新收政府信息公开申请：自然人12、总计12」 for each row; zeros are left out unless all are."""
    lines = []
    for table, row in dict.fromkeys(rows):
        told = [(address, value) for address in _row(form, table, row) if (value := values.get(address)) is not None]
        filled = [f"{_column_name(form, address)}{show(value)}" for address, value in told if value]
        open_ = len(told) < len(_row(form, table, row))
        if told:
            lines.append(f"{_row_name(form, table, row)}：{'、'.join(filled) or '0'}{'（未填完）' if open_ else ''}")
    return lines


def tell_open(form: Form, cells: list[Address]) -> str:
    """Return the open cells row by row, the first few."""
    rows = pairs_of_rows(dict.fromkeys(cells))
    told = []
    for (table, row), addresses in rows[:_MOST_ROWS]:
        columns = [_column_name(form, address) for address in addresses if address.column != "total"]
        whole = len(rows) > _FEW_ROWS or len(addresses) == len(_row(form, table, row)) or not columns
        told.append(_row_name(form, table, row) + ("" if whole else f"（{'、'.join(columns)}）"))
    return "、".join(told) + (f"等{len(rows)}行" if len(rows) > _MOST_ROWS else "")


def _row(form: Form, table: str, row: str) -> list[Address]:
    return [address for address in form.cells if address[:2] == (table, row)]


def _row_name(form: Form, table: str, row: str) -> str:
    return "信息处理费" if table == FEE_TABLE else form.tables[table].node("row", row).short


def _column_name(form: Form, address: Address) -> str:
    if address.table == FEE_TABLE:
        return "件数" if address.column == "cases" else "金额（元）"
    block = next(b for b in form.tables[address.table].blocks if any(r.key == address.row for r in b.row_leaves))
    return next(leaf.short for leaf in block.column_leaves if leaf.key == address.column)
