"""H6, W1, W2, W8: this year against last year."""

from collections.abc import Iterator
from typing import Any

from assistant.report.checking.case import Case
from assistant.report.findings import Finding
from assistant.report.forms import Address


def check_carried_over(case: Case) -> Iterator[Finding]:
    """H6: what was carried in equals what last year carried out, in every column."""
    if case.previous is None:
        return
    for constraint, table in case.constraints("H6"):
        for column in table.blocks[0].column_leaves:
            now = case.statistics.value(table.key, constraint["now"], column.key)
            before = case.previous.value(table.key, constraint["before"], column.key)
            if now is not None and before is not None and now != before:
                yield case.finding(
                    "H6",
                    f"{table.name}“{column.name}”列",
                    anchor=Address(table.key, constraint["now"], column.key),
                    expected=before,
                    actual=now,
                    table=table.name,
                    name=column.name,
                    now=now,
                    before=before,
                )


def check_in_force(case: Case) -> Iterator[Finding]:
    """W1: what is in force follows from last year's, what was issued and what was repealed."""
    for constraint, table in case.constraints("W1"):
        for row in constraint["rows"]:
            now, issued, repealed = (
                case.statistics.value(table.key, row, constraint[part]) for part in ("in_force", "issued", "repealed")
            )
            before = case.previous.value(table.key, row, constraint["in_force"]) if case.previous else None
            if now is None or issued is None or repealed is None or before is None:
                continue
            if now != before + issued - repealed:
                name = table.node("row", row).name
                yield case.finding(
                    "W1",
                    f"{table.name}“{name}”行",
                    anchor=Address(table.key, row, constraint["in_force"]),
                    expected=before + issued - repealed,
                    actual=now,
                    table=table.name,
                    name=name,
                    before=before,
                    issued=issued,
                    repealed=repealed,
                    now=now,
                )


def check_possible_counts(case: Case) -> Iterator[Finding]:
    """W2: no more can be repealed than there was, and no more issued than is in force or repealed."""
    for constraint, table in case.constraints("W2"):
        for row in constraint["rows"]:
            now, issued, repealed = (
                case.statistics.value(table.key, row, constraint[part]) for part in ("in_force", "issued", "repealed")
            )
            before = case.previous.value(table.key, row, constraint["in_force"]) if case.previous else None
            name = table.node("row", row).name
            values: dict[str, Any] = {
                "anchor": Address(table.key, row, constraint["issued"]),
                "table": table.name, "name": name, "before": before, "issued": issued, "repealed": repealed, "now": now
            }  # fmt: skip
            if before is not None and issued is not None and repealed is not None and repealed > before + issued:
                yield case.finding(
                    "W2", f"{table.name}“{name}”行", "repealed", expected=before + issued, actual=repealed, **values
                )
            if now is not None and issued is not None and repealed is not None and issued > now + repealed:
                yield case.finding(
                    "W2", f"{table.name}“{name}”行", "issued", expected=now + repealed, actual=issued, **values
                )


def check_pending_cases(case: Case) -> Iterator[Finding]:
    """W8: cases that were pending last year and appear nowhere this year."""
    if case.previous is None:
        return
    for constraint, table in case.constraints("W8"):
        if not case.statistics.all_zero(table.key):
            continue
        for row in table.blocks[0].row_leaves:
            before = case.previous.value(table.key, row.key, constraint["pending"])
            if before:
                yield case.finding(
                    "W8",
                    f"{table.name}“{row.name}”",
                    anchor=Address(table.key, row.key, constraint["pending"]),
                    actual=0,
                    table=table.name,
                    name=row.name,
                    before=before,
                )
