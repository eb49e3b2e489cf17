"""S2, S3 and W6 of a finished report: the tables as printed, before any sum is looked at."""

from collections.abc import Iterator

from assistant.report.checking.case import Case
from assistant.report.findings import Finding
from assistant.report.forms import Address, Table

_MOST_ROWS = 4


def check_tables(case: Case) -> Iterator[Finding]:
    """S2 and S3: tables of another form, missing, incomplete or not to be read for sure."""
    if case.report is None:
        return
    for defect in case.report.defects:
        table = case.statistics.form.tables.get(defect.table)
        first = next((a for a in case.report.places if a.table == defect.table), None)
        location = table.name if table else "各表"
        yield case.finding(defect.code, location, defect.variant, first, **defect.values)


def check_printed_cells(case: Case) -> Iterator[Finding]:
    """W6: cells left blank or with 「/」, told table by table, and cells with more in them than a figure."""
    if case.report is None:
        return
    for table in case.statistics.form.tables.values():
        yield from _unfilled(case, table)
    for remark in case.statistics.remarks:
        if remark.kind in ("not_number", "slash"):
            continue
        cell = case.statistics.form.cells[remark.address]
        value = case.statistics.cells[remark.address]
        yield case.finding(
            "W6", cell.name, remark.kind, remark.address, actual=remark.raw, cell=cell.name, raw=remark.raw, value=value
        )


def _unfilled(case: Case, table: Table) -> Iterator[Finding]:
    assert case.report is not None
    told = {remark.address for remark in case.statistics.remarks if remark.kind == "not_number"}
    unfilled = [
        cell
        for cell in table.cells
        if case.statistics.cells[cell.address] is None
        and cell.address in case.report.places
        and cell.address not in told
    ]
    if not unfilled:
        return
    slashes = [r for r in case.statistics.remarks if r.kind == "slash" and r.address.table == table.key]
    if len(unfilled) == 1:
        raw = slashes[0].raw if slashes else ""
        variant = "printed_slash" if slashes else "blank"
        yield case.finding(
            "W6", unfilled[0].name, variant, unfilled[0].address, actual=raw, cell=unfilled[0].name, raw=raw
        )
        return
    place = (
        table.name
        if len({cell.address.row for cell in unfilled}) > 1
        else f"{table.name}“{_row(table, unfilled[0].address)}”行"
    )
    yield case.finding(
        "W6", place, "printed", unfilled[0].address, table=table.name, count=len(unfilled), slashes=len(slashes),
        rows=_rows(table, [cell.address for cell in unfilled]),
    )  # fmt: skip


def _rows(table: Table, addresses: list[Address]) -> str:
    counts: dict[str, int] = {}
    for address in addresses:
        counts[_row(table, address)] = counts.get(_row(table, address), 0) + 1
    told = [f"“{name}”{count}格" for name, count in counts.items()]
    return "、".join(told[:_MOST_ROWS]) + ("等" if len(told) > _MOST_ROWS else "")


def _row(table: Table, address: Address) -> str:
    return table.node("row", address.row).name
