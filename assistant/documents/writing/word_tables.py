"""Tables with merged cells in Word.

The table is written as WordprocessingML at once: building 250 cells and merging them one by one through the library
takes longer than everything else that a report needs.
"""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement

from assistant.documents.writing.paper import Grid, GridCell
from assistant.documents.writing.word_styles import NUMBER_FONT

_ROW_HEIGHT = 357  # twentieths of a point: 6.3 mm, so that the 25 rows of the longest table stand on one page
_CELL_MARGIN = 28
_LINE = 1.2
_EMU_PER_TWENTIETH = 635


def add_table(document: Document, grid: Grid, width: int) -> None:
    """Add the table at the end of the document, `width` wide (English metric units)."""
    body: Any = document.element.body
    body.insert(len(body) - 1, make_table(grid, width))  # the last element is the section's own


def make_table(grid: Grid, width: int) -> BaseOxmlElement:
    """Return the table as an XML element."""
    shares = [int(width / _EMU_PER_TWENTIETH * share / sum(grid.widths)) for share in grid.widths]
    lines: list[dict[int, tuple[GridCell, bool]]] = [{} for _ in grid.rows]
    for row, column, cell in grid.placed():
        for down in range(cell.rows):
            lines[row + down][column] = (cell, down > 0)
    rows = "".join(_row(grid, index, line, shares) for index, line in enumerate(lines))
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    columns = "".join(f'<w:gridCol w:w="{share}"/>' for share in shares)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(shares)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{_CELL_MARGIN}" w:type="dxa"/><w:right w:w="{_CELL_MARGIN}" w:type="dxa"/></w:tblCellMar>'
        f"<w:tblCaption w:val={quoteattr(grid.caption)}/></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(grid: Grid, index: int, line: dict[int, tuple[GridCell, bool]], shares: list[int]) -> str:
    header = "<w:tblHeader/>" if index < grid.header_rows else ""
    cells = "".join(
        _cell(cell, covered, sum(shares[column : column + cell.columns]), grid.size, _ends(grid, index))
        for column, (cell, covered) in sorted(line.items())
    )
    height = f'<w:trHeight w:val="{_ROW_HEIGHT}" w:hRule="atLeast"/>'
    return f"<w:tr><w:trPr><w:cantSplit/>{height}{header}</w:trPr>{cells}</w:tr>"


def _ends(grid: Grid, index: int) -> bool:
    """Whether a page may end after this row: an upright table that fits one page stays on it."""
    return index + 1 == len(grid.rows) or (grid.landscape and index >= grid.header_rows)


def _cell(cell: GridCell, covered: bool, width: int, size: float, ends: bool) -> str:
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    merge = "" if cell.rows == 1 else "<w:vMerge/>" if covered else '<w:vMerge w:val="restart"/>'
    text = "" if covered else _run(cell.text, size)
    keep = "" if ends else "<w:keepNext/>"
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{keep}<w:spacing w:line="{int(size * 20 * _LINE)}" w:lineRule="exact"/>'
        f'<w:jc w:val="{"left" if cell.left else "center"}"/></w:pPr>{text}</w:p></w:tc>'
    )


def _run(text: str, size: float) -> str:
    fonts = " ".join(f'w:{script}="{NUMBER_FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    sizes = f'<w:sz w:val="{int(size * 2)}"/><w:szCs w:val="{int(size * 2)}"/>'
    return (
        f'<w:r><w:rPr><w:rFonts {fonts} w:hint="eastAsia"/>{sizes}</w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    )
