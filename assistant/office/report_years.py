"""The figures of one body's held reports, year beside year: requests and their results, reviews and lawsuits."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from assistant.report.errors import FormError
from assistant.report.forms import Address, Form
from assistant.report.shelf import KeptReport
from assistant.report.tables import Statistics

_COUNTED = ("received", "carried_in", "carried_out")


def result_groups(form: Form) -> dict[str, tuple[str, ...]]:
    """Return the groups of results of 表三 as the form heads them: short name → its rows."""
    table = form.tables["requests"]
    children = table.node("row", "results").children
    return {node.short: table.expand("row", node.key) for node in children if node.key != "total"}


def compare_reports(
    reports: Sequence[KeptReport], agency: str, form: Form
) -> tuple[tuple[int, ...], Mapping[str, tuple[int | Decimal | None, ...]]]:
    """Return the years held of `agency`, and name → the figure of every year; None where it is not known.

    Args:
        form: the newest; its rows name the figures, and an older form gives those that it has.
    """
    kept = {r.statistics.year: r.statistics for r in reports if r.statistics.agency == agency}
    years = tuple(sorted(kept))
    table = form.tables["requests"]
    wanted: list[tuple[str, str, tuple[str, ...]]] = []
    wanted += [("requests", table.node("row", key).short, (key,)) for key in _COUNTED[:2]]
    wanted += [("requests", name, rows) for name, rows in result_groups(form).items()]
    wanted += [("requests", table.node("row", key).short, (key,)) for key in _COUNTED[2:]]
    reviews = {node.short: node.key for block in form.tables["reviews"].blocks for node in block.rows}
    wanted += [("reviews", name, form.tables["reviews"].expand("row", key)) for name, key in reviews.items()]
    return years, {name: tuple(_total(kept[year], key, rows) for year in years) for key, name, rows in wanted}


def _total(statistics: Statistics, table: str, rows: Sequence[str]) -> int | Decimal | None:
    """The sum of the 总计 column over `rows`; a row that the form does not have is in another one of it."""
    held = statistics.form.tables[table]
    present = []
    for row in rows:
        try:
            held.node("row", row)
        except FormError:
            continue
        present.append(Address(table, row, "total"))
    return statistics.total(tuple(present)) if present else None
