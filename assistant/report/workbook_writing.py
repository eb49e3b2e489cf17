"""Writes the statistics workbook: the official layout, totals as formulas, validation, a row that shows what is off."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assistant.report.entry import HEAD_ROWS
from assistant.report.forms import Address, Form, Table
from assistant.report.tables import LEVELS, REGION_RANKS, Statistics, Value
from assistant.report.workbook_paper import fit_to_paper, give_height
from assistant.report.workbook_plan import (
    FEE_ROWS,
    GUIDE_SHEET,
    HEAD_SHEET,
    NOTE_HEADER,
    NOTE_TITLES,
    NOTES_SHEET,
    TOP,
    Place,
    PlannedCell,
    cell_name,
    places,
    plan_table,
    sum_formula,
    sums,
)

_EDGE = Side(style="thin")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_LABEL = PatternFill("solid", fgColor="F2F2F2")
_SUM = PatternFill("solid", fgColor="E2EFDA")
_ALARM = PatternFill("solid", bgColor="FFC7CE")
_NOTE_ROWS = 60
_NOTE_WIDTHS = (26, 80, 60)
_FEW = 5  # columns of a table that leave room for wide ones
_GUIDE = (
    "逐表填写，各格只填数字；没有的填 0，不要留空，不要填“/”、单位或逗号。",
    "绿色的格是总计，由公式自动算出，不用填写。",
    "表三下方“核对”一行显示“平”，才说明第一项加第二项等于第三项加第四项；显示“差”的请改到平。",
    "不要增删行、列，不要改工作表的名称。",
    "“文字材料”一行写一条；“上年问题及改进”一条写问题，同一行的第三列写改进情况。",
    "填好后保存为 .xlsx，用 gongkai draft 生成年度报告。",
)


def write_workbook(form: Form, statistics: Statistics | None = None) -> bytes:
    """Return the workbook of a form, empty or with the statistics in it."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    _write_guide(workbook.create_sheet(GUIDE_SHEET), form)
    _write_head(workbook.create_sheet(HEAD_SHEET), form, statistics)
    where = places(form)
    for table in form.tables.values():
        _write_table(workbook.create_sheet(table.name), form, table, statistics, where)
    _write_notes(workbook.create_sheet(NOTES_SHEET), statistics)
    across = {table.name for table in form.tables.values() if table.layout != "stacked"}
    for sheet in workbook.worksheets:
        fit_to_paper(sheet, lying=sheet.title in {*across, NOTES_SHEET}, whole=sheet.title in across)
    workbook.active = 1
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _write_guide(sheet: Worksheet, form: Form) -> None:
    sheet.column_dimensions["A"].width = 75
    sheet["A1"] = f"政府信息公开工作年度报告统计表（{form.id}年格式，{form.document_number}，用于{form.years}）"
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=14), _LEFT
    give_height(sheet, 1, str(sheet["A1"].value), 55, 14)  # its letters are larger
    for row, line in enumerate(_GUIDE, start=3):
        _at(sheet, row, 1, f"{row - 2}. {line}").alignment = _LEFT
        give_height(sheet, row, line, 70)


def _write_head(sheet: Worksheet, form: Form, statistics: Statistics | None) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 50
    values: dict[str, Any] = {"form": form.id}
    if statistics:
        rank = REGION_RANKS[statistics.region_rank] if statistics.region_rank else None
        values |= {"agency": statistics.agency, "level": LEVELS[statistics.level], "region_rank": rank}
        values |= {"year": statistics.year, "contact": statistics.contact or None}
    for row, (key, title) in enumerate(HEAD_ROWS.items(), start=1):
        _label(_at(sheet, row, 1, title))
        _entry(_at(sheet, row, 2), values.get(key), _LEFT)
    for row, (key, choices) in ((3, ("level", LEVELS)), (4, ("region_rank", REGION_RANKS))):
        _validate(sheet, f"B{row}", DataValidation(
            type="list", formula1=f'"{",".join(choices.values())}"',
            error=f"请从列表中选择{HEAD_ROWS[key]}。", allow_blank=True,
        ))  # fmt: skip
    last = form.until or 2100
    _validate(sheet, "B5", _whole(form.first_year, last, f"本表式用于{form.years}。"))
    if not form.processing_fee:
        return
    for row, (column, title) in enumerate(FEE_ROWS.items(), start=len(HEAD_ROWS) + 1):
        _label(_at(sheet, row, 1, title))
        value = statistics.cells[Address("processing_fee", "", column)] if statistics else None
        _entry(_at(sheet, row, 2), value, _LEFT)
        _validate(sheet, f"B{row}", _whole(0, None) if column == "cases" else _amount())


def _write_table(
    sheet: Worksheet, form: Form, table: Table, statistics: Statistics | None, where: dict[Address, Place]
) -> None:
    grid, cells = plan_table(table)
    chapter = next(chapter for chapter in form.chapters if chapter.key == table.key)
    sheet["A1"] = f"{table.name}　{chapter.heading}"
    sheet["A1"].font = Font(bold=True, size=14)
    totals = sums(form)
    widths = [max(10 * share, 8) if len(grid.widths) > _FEW else 24 for share in grid.widths]
    entered: dict[str, list[str]] = {}
    for cell in cells:
        if cell.rows > 1 or cell.columns > 1:
            sheet.merge_cells(
                start_row=cell.row, start_column=cell.column,
                end_row=cell.row + cell.rows - 1, end_column=cell.column + cell.columns - 1,
            )  # fmt: skip
        target = _at(sheet, cell.row, cell.column)
        if cell.rows == 1:
            give_height(sheet, cell.row, cell.label, sum(widths[cell.column - 1 : cell.column - 1 + cell.columns]))
        if cell.address is None:
            _label(target, cell.label)
            _frame(sheet, cell)
            continue
        value = statistics.cells[cell.address] if statistics else None
        parts = totals.get(cell.address)
        if parts and (statistics is None or (value is not None and value == statistics.total(parts))):
            _entry(target, sum_formula(parts, where), _MIDDLE, formula=True)
            target.fill = _SUM
        else:
            _entry(target, value, _MIDDLE)
        _frame(sheet, cell)
        about = form.cells[cell.address]
        kind = "amount" if about.decimal else "signed" if about.signed else "count"
        if not isinstance(target.value, str):
            entered.setdefault(kind, []).append(target.coordinate)
    for kind, coordinates in entered.items():
        rule = _amount() if kind == "amount" else _whole(-999_999 if kind == "signed" else 0, None)
        _validate(sheet, " ".join(coordinates), rule)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    if table.layout != "stacked":
        sheet.freeze_panes = f"A{TOP + grid.header_rows}"
    _write_balance(sheet, form, table, where, TOP + len(grid.rows))


def _write_balance(sheet: Worksheet, form: Form, table: Table, where: dict[Address, Place], row: int) -> None:
    """Below the table, tell for every column whether both sides of its identity agree."""
    for constraint in form.constraints:
        if constraint["table"] != table.key or constraint["code"] != "H1":
            continue
        first = where[Address(table.key, constraint["left"][0], table.blocks[0].column_leaves[0].key)][2]
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=first - 1)
        _label(_at(sheet, row, 1, "核对（自动）"))
        for column in table.blocks[0].column_leaves:
            sides = [
                "+".join(cell_name(where[Address(table.key, key, column.key)]) for key in constraint[side])
                for side in ("left", "right")
            ]
            target = _at(sheet, row, where[Address(table.key, constraint["left"][0], column.key)][2])
            target.value = f'=IF({sides[0]}={sides[1]},"平","差"&ABS({sides[0]}-({sides[1]})))'
            target.alignment = _MIDDLE
            alarm = f'LEFT({target.coordinate},1)="差"'
            rule: Any = FormulaRule(formula=[alarm], fill=_ALARM)
            sheet.conditional_formatting.add(target.coordinate, rule)


def _write_notes(sheet: Worksheet, statistics: Statistics | None) -> None:
    for column, (title, width) in enumerate(zip(NOTE_HEADER, _NOTE_WIDTHS, strict=True), start=1):
        _label(_at(sheet, 1, column, title))
        sheet.column_dimensions[get_column_letter(column)].width = width
    rows: list[tuple[str, ...]] = []
    if statistics:
        for key, title in NOTE_TITLES.items():
            rows.extend((title, note) for note in statistics.facts.of(key))
        last = NOTE_TITLES["last_year_problems"]
        rows.extend((last, entry.problem, entry.done) for entry in statistics.facts.last_year_problems)
    else:
        rows = [(title,) for title in NOTE_TITLES.values()]
    for number, texts in enumerate(rows, start=2):
        for column, text in enumerate(texts, start=1):
            _entry(_at(sheet, number, column), text or None, _LEFT)
            give_height(sheet, number, text, _NOTE_WIDTHS[column - 1])
    options = ",".join(NOTE_TITLES.values())
    _validate(sheet, f"A2:A{len(rows) + _NOTE_ROWS}", DataValidation(type="list", formula1=f'"{options}"'))
    sheet.freeze_panes = "A2"


def _at(sheet: Worksheet, row: int, column: int, text: str | None = None) -> Cell:
    cell = sheet.cell(row, column, text)
    assert isinstance(cell, Cell)  # the plan names only the first cell of a merged range
    return cell


def _label(cell: Cell, text: str | None = None) -> None:
    if text is not None:
        cell.value = text
    cell.fill, cell.alignment, cell.border = _LABEL, _MIDDLE, _BORDER


def _entry(cell: Cell, value: Value | str, alignment: Alignment, *, formula: bool = False) -> None:
    cell.value = value
    if isinstance(value, str) and not formula:
        cell.data_type = "s"  # a note that begins with = is text, never a formula
    cell.alignment, cell.border, cell.protection = alignment, _BORDER, Protection(locked=False)


def _frame(sheet: Worksheet, cell: PlannedCell) -> None:
    for row in range(cell.row, cell.row + cell.rows):
        for column in range(cell.column, cell.column + cell.columns):
            sheet.cell(row, column).border = _BORDER


def _validate(sheet: Worksheet, places_: str, validation: DataValidation) -> None:
    validation.showErrorMessage = True
    sheet.add_data_validation(validation)
    for place in places_.split():
        validation.add(place)


def _whole(least: int, most: int | None, hint: str = "请填不小于0的整数，没有的填0。") -> DataValidation:
    if most is None:
        return DataValidation(type="whole", operator="greaterThanOrEqual", formula1=str(least), error=hint)
    return DataValidation(type="whole", operator="between", formula1=str(least), formula2=str(most), error=hint)


def _amount() -> DataValidation:
    return DataValidation(
        type="decimal", operator="greaterThanOrEqual", formula1="0", error="请填不小于0的金额，没有的填0。"
    )
