"""Spoils the tables of a sound report, one thing at a time: what each code of sums, cells and tables must find."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType
from typing import Any

from assistant.documents.writing.paper import Grid, Paper
from assistant.report.forms import Address, Form
from assistant.report.layout import lay_out_grid, printed
from assistant.report.tables import Statistics

Cells = dict[Address, Any]
Defect = Callable[[Random, Statistics], Cells | None]


def _columns(statistics: Statistics) -> list[str]:
    return [leaf.key for leaf in statistics.form.tables["requests"].blocks[0].column_leaves]


def _more(random: Random, statistics: Statistics, table: str, row: str, column: str) -> Cells:
    address = Address(table, row, column)
    return {address: (statistics.cells[address] or 0) + random.choice([1, 3, 10, 111])}


def _balance(random: Random, statistics: Statistics) -> Cells:
    return _more(
        random, statistics, "requests", random.choice(["received", "carried_out"]), random.choice(_columns(statistics))
    )


def _results(random: Random, statistics: Statistics) -> Cells:
    rows = list(statistics.form.tables["requests"].expand("row", "results"))
    return _more(random, statistics, "requests", random.choice(rows), random.choice(_columns(statistics)))


def _row_total(random: Random, statistics: Statistics) -> Cells:
    row = random.choice(statistics.form.tables["requests"].blocks[0].row_leaves).key
    return _more(random, statistics, "requests", row, "total")


def _cases(random: Random, statistics: Statistics) -> Cells:
    block = statistics.form.tables["reviews"].blocks[0]
    return _more(
        random, statistics, "reviews", random.choice(block.row_leaves).key, random.choice(block.column_leaves).key
    )


def _no_count(random: Random, statistics: Statistics) -> Cells:
    address = random.choice([cell.address for cell in statistics.form.tables["requests"].cells])
    return {address: random.choice(["-2", "1.5", "若干", "三"])}


def _issued(random: Random, statistics: Statistics) -> Cells:
    held = [statistics.value("disclosure", "normative_documents", key) or 0 for key in ("repealed", "in_force")]
    return {Address("disclosure", "normative_documents", "issued"): sum(held) + random.randrange(1, 9)}


def _rules(random: Random, statistics: Statistics) -> Cells:
    return {Address("disclosure", "rules", random.choice(["issued", "repealed", "in_force"])): random.randrange(1, 9)}


def _result_without_request(random: Random, statistics: Statistics) -> Cells | None:
    empty = [
        key
        for key in _columns(statistics)
        if all(statistics.value("requests", row, key) == 0 for row in ("received", "carried_in"))
    ]
    if not empty:
        return None
    rows = list(statistics.form.tables["requests"].expand("row", "results"))
    return {Address("requests", random.choice(rows), random.choice(empty)): random.randrange(1, 9)}


def _unfilled(random: Random, statistics: Statistics) -> Cells:
    tables = [table for key, table in statistics.form.tables.items() if key != "requests"]
    cell = random.choice([cell for table in tables for cell in table.cells])
    # The unit of the cell itself: 件 in a cell of 万元 is no count at all (H5).
    return {cell.address: random.choice(["/", "", "3万元" if cell.decimal else "3件", "+2", "—"])}


DEFECTS: Mapping[str, Defect] = MappingProxyType(
    {
        "H1": _balance,
        "H2": _results,
        "H3": _row_total,
        "H4": _cases,
        "H5": _no_count,
        "W2": _issued,
        "W3": _rules,
        "W4": _result_without_request,
        "W6": _unfilled,
    }
)


def year_before(statistics: Statistics) -> Statistics:
    """Return sound figures of the year before, from which these follow in every column."""
    cells = dict(statistics.cells)
    for column in _columns(statistics):
        row = {key: Address("requests", key, column) for key in ("received", "carried_in", "total", "carried_out")}
        cells[row["carried_out"]] = statistics.cells[row["carried_in"]] or 0
        came = (cells[row["total"]] or 0) + (cells[row["carried_out"]] or 0)
        cells[row["carried_in"]] = min(cells[row["carried_in"]] or 0, came)
        cells[row["received"]] = came - (cells[row["carried_in"]] or 0)
    for key in ("received", "carried_in", "carried_out"):
        total = sum(
            cells[Address("requests", key, column)] or 0 for column in _columns(statistics) if column != "total"
        )
        cells[Address("requests", key, "total")] = total
    # What is in force is raised so far that nothing was repealed that there was not.
    issued, repealed, force = (
        Address("disclosure", "normative_documents", key) for key in ("issued", "repealed", "in_force")
    )
    cells[force] = (cells[force] or 0) - (cells[issued] or 0) + (cells[repealed] or 0)
    cells[issued] = cells[repealed] = 0
    return replace(statistics, year=statistics.year - 1, cells=MappingProxyType(cells))


def _carried(random: Random, now: Statistics, before: Statistics) -> tuple[Cells, Cells]:
    return _more(random, now, "requests", "carried_in", random.choice(_columns(now))), {}


def _in_force(random: Random, now: Statistics, before: Statistics) -> tuple[Cells, Cells]:
    return _more(random, now, "disclosure", "normative_documents", "in_force"), {}


def _pending(random: Random, now: Statistics, before: Statistics) -> tuple[Cells, Cells]:
    kind = random.choice(now.form.tables["reviews"].blocks[0].row_leaves).key
    nothing: Cells = {cell.address: 0 for cell in now.form.tables["reviews"].cells}
    pending = random.randrange(1, 5)
    left = nothing | {Address("reviews", kind, "pending"): pending, Address("reviews", kind, "total"): pending}
    return nothing, left


# What is wrong only beside the year before: cells of this year's report, and of last year's.
DEFECTS_OF_YEARS: Mapping[str, Callable[[Random, Statistics, Statistics], tuple[Cells, Cells]]] = MappingProxyType(
    {"H6": _carried, "W1": _in_force, "W8": _pending}
)


def with_cells(paper: Paper, statistics: Statistics, cells: Cells) -> Paper:
    """Return the paper with other texts in some cells of its tables."""

    def text(address: Address) -> str:
        return str(cells[address]) if address in cells else printed(statistics, address)

    form = statistics.form
    blocks = [lay_out_grid(form.tables[b.key], text) if isinstance(b, Grid) else b for b in paper.blocks]
    return replace(paper, blocks=tuple(blocks))


def with_other_form(random: Random, paper: Paper, other: Form) -> Paper:
    """Return the paper with 表二, or 表二 and 表三, of another year's form, all noughts."""
    keys = random.choice([("disclosure",), ("disclosure", "requests")])
    blocks = [
        lay_out_grid(other.tables[b.key], lambda address: "0") if isinstance(b, Grid) and b.key in keys else b
        for b in paper.blocks
    ]
    return replace(paper, blocks=tuple(blocks))


def with_torn_table(random: Random, paper: Paper) -> Paper:
    """Return the paper without one of its tables, or with some rows of one of the long ones gone."""
    grids = [block for block in paper.blocks if isinstance(block, Grid)]
    chosen = random.choice(grids)
    if chosen.key == "reviews" or random.random() < 0.5:
        return replace(paper, blocks=tuple(block for block in paper.blocks if block is not chosen))
    last = len(chosen.rows) - random.randrange(1, 5)
    cut = replace(chosen, rows=chosen.rows[:last])
    return replace(paper, blocks=tuple(cut if block is chosen else block for block in paper.blocks))
