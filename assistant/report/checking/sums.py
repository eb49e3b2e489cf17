"""H1 to H4: sums within a table. A sum with a cell that is not entered cannot be told and is left to W6."""

from collections.abc import Iterator, Mapping
from typing import Any

from assistant.report.checking.case import Case
from assistant.report.findings import Finding, show
from assistant.report.forms import Address, Node, Table


def check_columns_balance(case: Case) -> Iterator[Finding]:
    """H1: what came in equals what was done and carried over."""
    return _check_sums(case, "H1")


def check_result_totals(case: Case) -> Iterator[Finding]:
    """H2: the total of the results equals their sum."""
    return _check_sums(case, "H2")


def check_row_totals(case: Case) -> Iterator[Finding]:
    """H3: a row's total equals its columns."""
    return _check_sums(case, "H3")


def check_review_totals(case: Case) -> Iterator[Finding]:
    """H4: a block's total equals its four results."""
    return _check_sums(case, "H4")


def _check_sums(case: Case, code: str) -> Iterator[Finding]:
    for constraint, table in case.constraints(code):
        axis = constraint["each"]
        block = table.blocks[0]
        for line in block.column_leaves if axis == "column" else block.row_leaves:
            yield from _check_line(case, code, constraint, table, line)


def _check_line(case: Case, code: str, constraint: Mapping[str, Any], table: Table, line: Node) -> Iterator[Finding]:
    left = _side(table, constraint["each"], constraint["left"], line.key)
    right = _side(table, constraint["each"], constraint["right"], line.key)
    sums = [case.statistics.total(tuple(address for _, address in side)) for side in (left, right)]
    if sums[0] is None or sums[1] is None or sums[0] == sums[1]:
        return
    yield case.finding(
        code,
        f"{table.name}“{line.name}”{'列' if constraint['each'] == 'column' else '行'}",
        anchor=left[0][1],
        expected=sums[1],
        actual=sums[0],
        table=table.name,
        name=line.name,
        left=_told(case, left),
        right=_told(case, right),
        left_sum=sums[0],
        right_sum=sums[1],
        difference=abs(sums[0] - sums[1]),
    )


def _side(table: Table, axis: str, keys: list[str], line: str) -> list[tuple[Node, Address]]:
    """The cells of one side of the sum in that line, each with the node that names it."""
    across = "row" if axis == "column" else "column"
    cells = []
    for key in keys:
        for node in table.node(across, key).leaves():
            row, column = (node.key, line) if axis == "column" else (line, node.key)
            cells.append((node, Address(table.key, row, column)))
    return cells


def _told(case: Case, side: list[tuple[Node, Address]]) -> str:
    """One side of a sum in words; in a long one the zeros are left out, as they add nothing."""
    terms = [(node, case.statistics.cells[address]) for node, address in side]
    shown = [(node, value) for node, value in terms if value != 0] if len(terms) > 3 else terms
    if not shown:
        return "各项"
    told = "＋".join(f"“{node.short}”{show(value)}" for node, value in shown)
    return told if len(shown) == len(terms) else f"{told}（其余为0）"
