"""Reads .xlsx: every sheet a section with one raw table, merged cells resolved, numbers as they are shown."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.documents.blocks import Block, Document, Paragraph, RawTable
from assistant.documents.characters import clean_line
from assistant.documents.grid import Grid
from assistant.errors import DamagedDocumentError, OversizedDocumentError

_MOST_CELLS = 2_000_000
# What the library was seen to raise on broken parts, beside what it declares.
_ODD = (zlib.error, AttributeError, IndexError, EOFError, AssertionError, RecursionError, OverflowError)


def load_workbook(path: Path, data: bytes) -> Document:
    """Return a workbook; a formula that was never computed leaves its cell empty, and a note says so.

    Raises:
        DamagedDocumentError: broken, or nothing in any sheet.
        OversizedDocumentError: a sheet of too many rows and columns.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data))
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        SyntaxError,
        OSError,
        *_ODD,
    ) as error:
        raise DamagedDocumentError(path, "Excel 文件不完整或已损坏，请用 Excel 或 WPS 打开并另存后再试。") from error
    blocks: list[Block] = []
    notes: list[str] = []
    for sheet in book.worksheets:
        table = _table(path, sheet)
        if table is None:
            continue
        blocks += [Paragraph(clean_line(sheet.title), level=1), table]
        empty = _uncomputed(sheet, formulas[sheet.title])
        if empty:
            notes.append(
                f"工作表“{sheet.title}”的 {'、'.join(empty)} 有公式而没有结果，请用 Excel 或 WPS 打开并保存一次。"
            )
    if not blocks:
        raise DamagedDocumentError(path, "工作簿里没有内容，请检查文件。")
    return Document(path, "xlsx", tuple(blocks), notes=tuple(notes))


def _table(path: Path, sheet: Any) -> RawTable | None:
    """Return what stands on the sheet, empty rows and columns around it cut off, or None for an empty sheet."""
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise OversizedDocumentError(
            path, f"工作表“{sheet.title}”占到第{sheet.max_row}行第{sheet.max_column}列，太大；请删去空行空列后另存。"
        )
    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    if not filled:
        return None
    top, left = min(cell.row for cell in filled), min(cell.column for cell in filled)
    bottom, right = max(cell.row for cell in filled), max(cell.column for cell in filled)
    grid = Grid()
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= bottom and merged.min_col <= right and merged.max_row >= top and merged.max_col >= left:
            grid.place(
                merged.min_row - top,
                merged.min_col - left,
                show(sheet.cell(merged.min_row, merged.min_col)),
                min(merged.max_row, bottom) - merged.min_row + 1,
                min(merged.max_col, right) - merged.min_col + 1,
            )
    for row in sheet.iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right):
        for cell in row:
            grid.place(cell.row - top, cell.column - left, show(cell))
    return grid.table()


def show(cell: Any) -> str:
    """Return the value of a cell as a person reads it: whole numbers without a point, percentages with their sign."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        # repr of a float is the shortest decimal that means it, which is what was typed.
        number = Decimal(repr(value) if isinstance(value, float) else str(value))
        percent = "%" in str(cell.number_format)
        number = number * 100 if percent else number
        whole = number == number.to_integral_value()
        return (f"{number:.0f}" if whole else f"{number.normalize():f}") + ("%" if percent else "")
    return "\n".join(filter(None, map(clean_line, str(value).splitlines())))


def _uncomputed(shown: Any, written: Any) -> list[str]:
    return list(_empty_formulas(shown, written))


def _empty_formulas(shown: Any, written: Any) -> Iterator[str]:
    for row in written.iter_rows():
        for cell in row:
            if cell.data_type == "f" and shown[cell.coordinate].value is None:
                yield cell.coordinate
