"""H5, W3, W4, W6, W9: single cells, and tables that are blank or all zero."""

from collections.abc import Iterator

from assistant.report.checking.case import Case
from assistant.report.findings import Finding, show
from assistant.report.forms import FEE_TABLE, Address, Cell, Table
from assistant.report.values import other_unit

_ALL_ZERO = {
    "requests": "没有收到政府信息公开申请，也没有上年结转的申请",
    "reviews": "没有政府信息公开行政复议和行政诉讼",
}


def check_counts(case: Case) -> Iterator[Finding]:
    """H5: a value that is negative, no integer, or no number."""
    for remark in case.statistics.remarks:
        if remark.kind == "not_number":
            cell = case.statistics.form.cells[remark.address]
            yield case.finding(
                "H5", remark.place or cell.name, "other_unit" if other_unit(remark.raw, cell) else "not_number",
                remark.address, actual=remark.raw, cell=_named(cell, remark.place), raw=remark.raw, unit=cell.unit,
            )  # fmt: skip
    for address, value in case.statistics.cells.items():
        cell = case.statistics.form.cells[address]
        if value is None:
            continue
        if value < 0 and not cell.signed:
            yield case.finding("H5", cell.name, "negative", address, actual=value, cell=cell.name, raw=value)
        elif not isinstance(value, int) and not cell.decimal:
            yield case.finding("H5", cell.name, "fraction", address, actual=value, cell=cell.name, raw=value)


def check_rule_making(case: Case) -> Iterator[Finding]:
    """W3: 规章 of a body that cannot make one."""
    for constraint, table in case.constraints("W3"):
        powerless = (
            case.statistics.level in constraint["levels"] or case.statistics.region_rank in constraint["region_ranks"]
        )
        for cell in table.cells if powerless else ():
            value = case.statistics.cells[cell.address]
            if cell.address.row in constraint["rows"] and value:
                yield case.finding(
                    "W3", cell.name, anchor=cell.address, expected=0, actual=value, cell=cell.name, raw=value
                )


def check_results_without_requests(case: Case) -> Iterator[Finding]:
    """W4: results in a column without any request."""
    for constraint, table in case.constraints("W4"):
        rows = [leaf for key in constraint["results"] for leaf in table.node("row", key).leaves()]
        for column in table.blocks[0].column_leaves:
            came = [case.statistics.value(table.key, row, column.key) for row in constraint["requests"]]
            if any(value != 0 for value in came):
                continue
            results = [(row, case.statistics.value(table.key, row.key, column.key)) for row in rows]
            found = [f"“{row.short}”{show(value)}" for row, value in results if value]
            if found:
                yield case.finding(
                    "W4", f"{table.name}“{column.name}”列",
                    anchor=Address(table.key, constraint["results"][0], column.key),
                    actual="、".join(found), table=table.name, name=column.name, results="、".join(found),
                )  # fmt: skip


def check_blanks(case: Case) -> Iterator[Finding]:
    """W6: cells that are not entered, and what was typed into a cell beside the number."""
    told: set[Address] = set()
    for remark in case.statistics.remarks:
        told.add(remark.address)
        if remark.kind == "not_number":
            continue
        cell = case.statistics.form.cells[remark.address]
        yield case.finding(
            "W6", remark.place or cell.name, remark.kind, actual=remark.raw, cell=_named(cell, remark.place),
            raw=remark.raw, value=case.statistics.cells[remark.address],
        )  # fmt: skip
    for table in case.statistics.form.tables.values():
        yield from _blanks_of(case, table, told)
    for address, cell in case.statistics.form.cells.items():
        if address.table == FEE_TABLE and case.statistics.cells[address] is None and address not in told:
            yield case.finding("W6", cell.name, "blank", cell=cell.name)


def _blanks_of(case: Case, table: Table, told: set[Address]) -> Iterator[Finding]:
    blank = [cell for cell in table.cells if case.statistics.cells[cell.address] is None and cell.address not in told]
    if len(blank) == len(table.cells):
        yield case.finding("W6", table.name, "blank_table", table=table.name)
        return
    for row in dict.fromkeys(cell.address.row for cell in blank):
        cells = [cell for cell in blank if cell.address.row == row]
        if len(cells) == 1:
            yield case.finding("W6", cells[0].name, "blank", cell=cells[0].name)
            continue
        name = table.node("row", row).name
        columns = [_column_label(table, cell) for cell in cells]
        yield case.finding(
            "W6", f"{table.name}“{name}”行", "blanks", table=table.name, name=name, count=len(cells),
            columns="、".join(columns),
        )  # fmt: skip


def check_all_zero(case: Case) -> Iterator[Finding]:
    """W9: a table of requests or of cases with nothing but zeros asks back."""
    for key, question in _ALL_ZERO.items():
        table = case.statistics.form.tables.get(key)
        if table is not None and case.statistics.all_zero(key):
            yield case.finding("W9", table.name, table=table.name, question=question)


def _named(cell: Cell, place: str) -> str:
    return f"{cell.name}（{place}）" if place else cell.name


def _column_label(table: Table, cell: Cell) -> str:
    return next(leaf.label for block in table.blocks for leaf in block.column_leaves if leaf.key == cell.address.column)
