"""Reads the statistics workbook; whatever was typed oddly is read with a remark that names the cell."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.numbers import fold_width
from assistant.report.entry import HEAD_ROWS, clean, parse_statistics
from assistant.report.errors import StatisticsError
from assistant.report.form_files import choose_form
from assistant.report.forms import Address, Form
from assistant.report.tables import Remark, Statistics, Value
from assistant.report.values import read_value
from assistant.report.workbook_plan import (
    FEE_ROWS,
    HEAD_SHEET,
    NOTE_TITLES,
    NOTES_SHEET,
    places,
    plan_table,
    sum_formula,
    sums,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MAX_UNPACKED, _MAX_RATIO, _MAX_FILES, _MAX_NOTE_ROWS = 60_000_000, 200, 500, 2000


def read_workbook(content: bytes, name: str, forms: Mapping[str, Form]) -> Statistics:
    """Return the statistics that a workbook holds.

    Raises:
        StatisticsError: no workbook of ours, a sheet renamed, a row or column removed, added or renamed.
        FormError: an unknown form, or one that does not serve the year.
    """
    _refuse_bad_archive(content, name)
    workbook = _open(content, name, formulas=True)
    data = _read_head(_sheet(workbook, HEAD_SHEET, name))
    data["facts"] = _read_notes(_sheet(workbook, NOTES_SHEET, name))
    statistics = parse_statistics(data, forms)
    form = choose_form(forms, statistics.form.id, statistics.year)
    for table in form.tables.values():
        _check_labels(_sheet(workbook, table.name, name), form, table.key)
    if form.processing_fee:
        _check_fee_labels(workbook[HEAD_SHEET])
    cells, remarks = _read_cells(workbook, form, lambda: _open(content, name, formulas=False))
    return replace(statistics, cells=MappingProxyType(cells), remarks=remarks)


def _refuse_bad_archive(content: bytes, name: str) -> None:
    """An .xlsx is a zip archive: one that unpacks to far more than it is, is refused before it is opened."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise StatisticsError(f"{name} 是旧的 .xls 格式或者加了密码，请去掉密码并另存为 .xlsx 再用。")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise StatisticsError(f"{name} 不是完好的 .xlsx 文件，请重新保存一份。") from error
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MAX_UNPACKED or unpacked > _MAX_RATIO * max(len(content), 1) or len(entries) > _MAX_FILES:
        raise StatisticsError(f"{name} 解开后过大，不像一份统计文件，没有打开。")


def _open(content: bytes, name: str, *, formulas: bool) -> "Workbook":
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(BytesIO(content), data_only=not formulas)
    # What the library raises on a broken part is not declared; these are what broken files were seen to raise.
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        raise StatisticsError(f"{name} 不是完好的 .xlsx 文件，请重新保存一份。") from error
    except (AttributeError, IndexError, EOFError, AssertionError, zlib.error, OverflowError) as error:
        raise StatisticsError(f"{name} 的内容已损坏，请重新保存一份。") from error


def _sheet(workbook: "Workbook", title: str, name: str) -> "Worksheet":
    for sheet in workbook.worksheets:
        if fold_width(sheet.title) == title:
            return sheet
    raise StatisticsError(
        f"{name} 中没有工作表“{title}”（现有 {'、'.join(sheet.title for sheet in workbook.worksheets)}）；"
        "请不要改工作表的名称，或用 gongkai statistics template 重新生成模板。"
    )


def _read_head(sheet: "Worksheet") -> dict[str, Any]:
    data: dict[str, Any] = {}
    for row, (key, title) in enumerate(HEAD_ROWS.items(), start=1):
        if fold_width(str(sheet.cell(row, 1).value or "")) != title:
            raise StatisticsError(f"工作表“{HEAD_SHEET}”第{row}行应当是“{title}”；请不要增删行，或重新生成模板。")
        value = sheet.cell(row, 2).value
        # Excel keeps 2025 as 2025.0 at times.
        data[key] = int(value) if isinstance(value, float) and value.is_integer() else value
    data["contact"] = str(data["contact"] or "")
    return data


def _check_fee_labels(sheet: "Worksheet") -> None:
    for row, title in enumerate(FEE_ROWS.values(), start=len(HEAD_ROWS) + 1):
        if fold_width(str(sheet.cell(row, 1).value or "")) != fold_width(title):
            raise StatisticsError(f"工作表“{HEAD_SHEET}”第{row}行应当是“{title}”；请不要增删行，或重新生成模板。")


def _check_labels(sheet: "Worksheet", form: Form, key: str) -> None:
    """Every label must stand where the form prints it: else figures would be read into the wrong cells."""
    table = form.tables[key]
    for cell in plan_table(table)[1]:
        found = clean(str(sheet.cell(cell.row, cell.column).value or ""))
        if cell.address is None and fold_width(found) != fold_width(cell.label):
            now = f"现在是“{found[:20]}”" if found else "现在是空的"
            raise StatisticsError(
                f"工作表“{table.name}”第{cell.row}行应当是“{cell.label}”，{now}；请不要增删行列，或用模板重新填写。"
            )


def _read_cells(
    workbook: "Workbook", form: Form, open_computed: Callable[[], "Workbook"]
) -> tuple[dict[Address, Value], tuple[Remark, ...]]:
    """Return values and remarks; the results that a program left for foreign formulas are looked up only if needed."""
    results: Workbook | None = None
    cells: dict[Address, Value] = {}
    remarks: list[Remark] = []
    computed: list[Address] = []
    totals = sums(form)
    where = places(form)
    for address, cell in form.cells.items():
        title, row, column = where[address]
        source = _sheet(workbook, title, "").cell(row, column)
        raw, kind = source.value, ""
        place = f"{title}!{source.coordinate}"
        if source.data_type == "f":
            if address in totals and str(raw).replace("$", "").upper() == sum_formula(totals[address], where):
                computed.append(address)
                continue
            results = results or open_computed()
            raw = _sheet(results, title, "").cell(row, column).value
            kind = "formula" if raw is None else ""
        value, oddity = read_value(raw, cell)
        cells[address] = value
        kind = kind or oddity
        if kind:
            remarks.append(Remark(address, kind, clean(str(source.value))[:30], place))
    # A total by formula is what its parts add up to, whether or not a program has computed it in the file.
    for address in sorted(computed, key=lambda address: any(part in computed for part in totals[address])):
        values = [cells.get(part) for part in totals[address]]
        known = [value for value in values if value is not None]
        cells[address] = sum(known) if len(known) == len(values) else None
    ordered = {address: cells[address] for address in form.cells}
    return ordered, tuple(remarks)


def _read_notes(sheet: "Worksheet") -> dict[str, Any]:
    keys = {title: key for key, title in NOTE_TITLES.items()}
    facts: dict[str, list[Any]] = {}
    if sheet.max_row > _MAX_NOTE_ROWS:
        raise StatisticsError(f"工作表“{NOTES_SHEET}”超过{_MAX_NOTE_ROWS}行，请删去多余的行。")
    for row in range(2, sheet.max_row + 1):
        title, text, done = (clean(str(sheet.cell(row, column).value or "")) for column in (1, 2, 3))
        if not text:
            if done:
                raise StatisticsError(f"工作表“{NOTES_SHEET}”第{row}行填了改进情况，但没有填问题，请补上。")
            continue
        if title not in keys:
            raise StatisticsError(
                f"工作表“{NOTES_SHEET}”第{row}行的类别“{title}”不认识；可用的有 {'、'.join(NOTE_TITLES.values())}。"
            )
        key = keys[title]
        entry = {"problem": text, "done": done} if key == "last_year_problems" else text
        facts.setdefault(key, []).append(entry)
    return facts
