"""Reads one value as a clerk types it: 「１，２００ 件」 is 1200, 「/」 is not entered, each with a remark."""

import re
import unicodedata
from decimal import Decimal

from assistant.report.forms import Cell
from assistant.report.tables import Value

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?(?P<unit>\D*)")
_NONE_MARKS = {"/", "\\", "-", "--", "—", "——", "无", "N/A", "n/a"}
# A cell may say its own unit; 件 and 项, 个, 次 count alike, 元 and 万元 do not.
_COUNTERS = {"件", "项", "个", "次", "条", "宗"}
_MONEY = {"元", "万元"}
_WHOLE_DIGITS, _FRACTION_DIGITS = 12, 6


def read_value(raw: object, cell: Cell) -> tuple[Value, str]:
    """Return the value and the kind of remark it deserves ("" for none).

    A value that is no number is None with the remark `not_number`; a negative or fractional count is returned as it
    is, for H5 to find.
    """
    if raw is None:
        return None, ""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        return None, "not_number"
    if isinstance(raw, str):
        return _read_text(raw, cell)
    # repr of a float is the shortest decimal that means it: what the workbook showed.
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    return _fit(number)


def other_unit(raw: str, cell: Cell) -> str:
    """Return the unit of money after an amount in a cell of the other one, 元 or 万元 ("" if it is not so)."""
    match = _NUMBER.fullmatch(_folded(raw))
    unit = match["unit"] if match else ""
    return unit if {unit, cell.unit} == _MONEY else ""


def _folded(raw: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw)).replace("−", "-").replace("－", "-")


def _read_text(raw: str, cell: Cell) -> tuple[Value, str]:
    folded = _folded(raw)
    if not folded:
        return None, ""
    if folded in _NONE_MARKS:
        return None, "slash"
    match = _NUMBER.fullmatch(folded)
    if match is None or not _unit_fits(match["unit"], cell):
        return None, "not_number"
    value, problem = _fit(
        Decimal(match["sign"] + match["whole"].replace(",", "") + (match["fraction"] or ""))
        if len(folded) < 40
        else Decimal("NaN")
    )
    if problem:
        return value, problem
    return value, _remark(raw, match, cell)


def _remark(raw: str, match: re.Match[str], cell: Cell) -> str:
    if match["unit"]:
        return "unit"
    if unicodedata.normalize("NFKC", raw) != raw:
        return "full_width"
    if "," in match["whole"]:
        return "separator"
    if match["sign"] == "+":
        return "" if cell.signed else "sign"
    return "text_number"


def _unit_fits(unit: str, cell: Cell) -> bool:
    return not unit or unit == cell.unit or (unit in _COUNTERS and cell.unit in _COUNTERS)


def _fit(number: Decimal) -> tuple[Value, str]:
    if not number.is_finite() or number.adjusted() >= _WHOLE_DIGITS:
        return None, "not_number"
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _FRACTION_DIGITS:
        return None, "not_number"
    return (int(number) if number == number.to_integral_value() else number), ""
