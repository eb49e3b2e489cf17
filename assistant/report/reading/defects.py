"""What is wrong with the tables as tables: missing, incomplete, with rows added, or not to be read for sure."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from assistant.documents.blocks import Document
from assistant.report.forms import Form, Table
from assistant.report.published import Defect
from assistant.report.reading.figures import Figures, missing_rows

_MOST_NAMED = 6


def find_defects(document: Document, form: Form, figures: Figures, others: Mapping[str, Form]) -> Iterator[Defect]:
    """Yield the defects of the tables, table by table; one that follows another form is left to S2."""
    pictured = any("图片" in note for note in document.notes)
    for key, table in form.tables.items():
        if key in others:
            continue
        if key not in figures.tables:
            yield _defect("picture" if pictured else "missing_table", table)
            continue
        yield from _rows(table, figures)
        for place, label in dict.fromkeys(figures.added):
            if place == key:
                yield _defect("added", table, label="".join(label.split()))
        if key in figures.headless:
            yield _defect("headless", table)
        unsure = [cell for cell in table.cells if (c := figures.cells.get(cell.address)) is not None and c.unsure]
        if unsure:
            yield _defect("unsure", table, count=len(unsure), cells=_named([cell.name for cell in unsure]))


def _rows(table: Table, figures: Figures) -> Iterator[Defect]:
    missing = missing_rows(table, figures)
    headed = {label.key for label in figures.headings if label.table == table.key}
    undivided = [node for node in _headings(table) if node in headed and set(table.expand("row", node)) <= set(missing)]
    for node in undivided:
        rows = table.expand("row", node)
        missing = [key for key in missing if key not in rows]
        yield _defect("undivided", table, label=table.node("row", node).label, rows=_row_names(table, rows))
    for node in headed - set(undivided):
        yield _defect("added", table, label=table.node("row", node).label)
    if missing:
        yield _defect("missing_rows", table, count=len(missing), rows=_row_names(table, missing))
    torn = [row for name, row in sorted(figures.torn) if name == table.key]
    torn = [row for row in torn if not any(a.table == table.key and a.row == row for a in figures.cells)]
    if torn:
        yield _defect("torn_rows", table, count=len(torn), rows=_row_names(table, torn))


def _headings(table: Table) -> list[str]:
    return [node.key for block in table.blocks for outer in block.rows for node in outer.walk() if node.children]


def _row_names(table: Table, keys: "list[str] | tuple[str, ...]") -> str:
    return _named([table.node("row", key).name for key in keys])


def _named(names: list[str]) -> str:
    shown = "、".join(f"“{name}”" for name in names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown}等"


def _defect(variant: str, table: Table, **values: object) -> Defect:
    return Defect("S3", variant, table.key, MappingProxyType({"table": table.name, **values}))
