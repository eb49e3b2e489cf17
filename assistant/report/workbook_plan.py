"""Where everything stands in the statistics workbook; writing and reading follow one plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.documents.writing.paper import Grid
from assistant.report.entry import HEAD_ROWS, NOTE_KEYS
from assistant.report.forms import FEE_TABLE, Address, Form, Table
from assistant.report.layout import lay_out_grid

HEAD_SHEET, NOTES_SHEET, GUIDE_SHEET = "基本信息", "文字材料", "填写说明"
FEE_ROWS = MappingProxyType({"cases": "信息处理费收取件数（件）", "amount": "信息处理费收取金额（元）"})
NOTE_TITLES: Mapping[str, str] = MappingProxyType({**NOTE_KEYS, "last_year_problems": "上年问题及改进"})
NOTE_HEADER = ("类别", "内容", "改进情况（只填“上年问题及改进”）")
TOP = 3  # a table begins below its title and its hint


Place = tuple[str, int, int]  # sheet, row and column, 1-based


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """A cell of a table sheet: its place (1-based), its label or its value's address."""

    row: int
    column: int
    rows: int
    columns: int
    label: str
    address: Address | None


def plan_table(table: Table) -> tuple[Grid, tuple[PlannedCell, ...]]:
    """Return the table's grid and its cells on the sheet, labels and values."""
    addresses: Iterator[Address] = iter([cell.address for cell in table.cells])
    grid = lay_out_grid(table, lambda address: "")
    cells = tuple(
        PlannedCell(
            row + TOP,
            column + 1,
            cell.rows,
            cell.columns,
            "" if cell.value else cell.text,
            next(addresses) if cell.value else None,
        )
        for row, column, cell in grid.placed()
    )
    return grid, cells


def places(form: Form) -> dict[Address, Place]:
    """Return sheet, row and column of every value."""
    found = {
        cell.address: (table.name, cell.row, cell.column)
        for table in form.tables.values()
        for cell in plan_table(table)[1]
        if cell.address
    }
    if form.processing_fee:
        for index, column in enumerate(FEE_ROWS):
            found[Address(FEE_TABLE, "", column)] = (HEAD_SHEET, len(HEAD_ROWS) + 1 + index, 2)
    return found


def sums(form: Form) -> dict[Address, tuple[Address, ...]]:
    """Return the parts of every total that the form's constraints define (its left side is a single row or column)."""
    found: dict[Address, tuple[Address, ...]] = {}
    for constraint in form.constraints:
        if "left" not in constraint or len(constraint["left"]) != 1:
            continue
        table = form.tables[constraint["table"]]
        across = "row" if constraint["each"] == "column" else "column"
        block = table.blocks[0]
        parts = [key for name in constraint["right"] for key in table.expand(across, name)]
        for line in block.column_leaves if constraint["each"] == "column" else block.row_leaves:
            total = constraint["left"][0]
            if constraint["each"] == "column":
                found.setdefault(
                    Address(table.key, total, line.key), tuple(Address(table.key, part, line.key) for part in parts)
                )
            else:
                found[Address(table.key, line.key, total)] = tuple(Address(table.key, line.key, part) for part in parts)
    return found


def cell_name(place: Place) -> str:
    """Return D7 for row 7, column 4."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(place[2])}{place[1]}"


def sum_formula(parts: tuple[Address, ...], where: Mapping[Address, Place]) -> str:
    """Return =SUM over the parts, neighbours as ranges."""
    ranges: list[tuple[Place, Place]] = []
    for place in (where[part] for part in parts):
        start, end = ranges[-1] if ranges else (place, place)
        beside = end[1] == place[1] and end[2] + 1 == place[2] and start[1] == place[1]
        below = end[2] == place[2] and end[1] + 1 == place[1] and start[2] == place[2]
        if ranges and (beside or below):
            ranges[-1] = (start, place)
        else:
            ranges.append((place, place))
    named = [cell_name(start) + (f":{cell_name(end)}" if end != start else "") for start, end in ranges]
    return f"=SUM({','.join(named)})"
