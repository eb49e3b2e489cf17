"""The statistics workbook as it lies on paper and on the screen: nothing cut off, each sheet one page wide."""

from math import ceil
from unicodedata import east_asian_width

from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

_SIZE = 11  # points, of a workbook's letters unless told otherwise
_LINE = 15.0  # points that one line of a cell takes
_WIDE = "WFA"


def fit_to_paper(sheet: Worksheet, *, lying: bool, whole: bool) -> None:
    """Print the sheet on A4, one page wide; a `whole` one on one page, another on as many as it takes."""
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if lying else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1 if whole else 0
    sheet.print_options.horizontalCentered = True


def give_height(sheet: Worksheet, row: int, text: str, width: float, size: float = _SIZE) -> None:
    """Make the row high enough for a text of `size` points in a cell of that width (in half-width characters).

    It is never made lower.
    """
    lines = ceil(sum(2 if east_asian_width(ch) in _WIDE else 1 for ch in text) / max(width - 1, 1))
    height, needed = sheet.row_dimensions[row].height, lines * _LINE * size / _SIZE
    if lines > 1 and (height is None or height < needed):
        sheet.row_dimensions[row].height = needed
