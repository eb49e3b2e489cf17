"""Makes annual reports to be read: invented figures and bodies, in the styles in which offices and sites publish."""

import io
import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path
from types import MappingProxyType

from assistant.documents.writing.paper import Grid, Heading, Paper
from assistant.report.drafting.draft import ReportRules, draft_report
from assistant.report.forms import Address, Form
from assistant.report.layout import lay_out
from assistant.report.tables import Facts, Statistics, Value
from assistant.report.writing import render_draft

BODIES = (
    ("云岭市水务局", "department", "city"),
    ("青石县人民政府", "government", "county"),
    ("柳湾镇人民政府", "township", "county"),
    ("东港区市场监督管理局", "department", "county"),
    ("云岭市人民政府", "government", "city"),
)
NOTES = {
    "proactive": ("门户网站公开信息 {} 条", "政策解读 {} 篇", "召开新闻发布会 {} 场"),
    "on_request": ("完善登记、审核、答复、归档流程",),
    "management": ("清理规范性文件，标注效力状态",),
    "platform": ("政务新媒体发布信息 {} 条",),
    "supervision": ("举办业务培训 {} 次", "责任追究结果为零", "社会评议满意", "工作考核合格"),
    "problems": ("专业解读少", "目录更新不够及时"),
    "measures": ("每季度开展一次业务培训", "建立目录更新台账"),
    "other": ("办理政协提案 {} 件",),
}


@dataclass(frozen=True)
class Style:
    """How an office lays out its report: whether lines break labels, tables are ruled, 表三 is cut in two.

    `centred`: cells are centred both ways and stand close, as in the official form.
    """

    name: str
    broken: bool = False
    ruled: bool = True
    cut: bool = False
    size: float = 9.0
    centred: bool = False


STYLES = (Style("office"), Style("office, labels broken", broken=True, size=8.0), Style("office, 表三 cut", cut=True))


def make_statistics(seed: int, form: Form) -> Statistics:
    """Return figures that hold every sum; large, small and all-zero reports alike."""
    chance = random.Random(seed)
    agency, level, rank = BODIES[seed % len(BODIES)]
    cells: dict[Address, Value] = dict.fromkeys(form.cells, 0)
    most = (0, 3, 60, 2400)[seed % 4]
    for address, cell in form.cells.items():
        if address.table == "disclosure" and address.row != "rules":
            cells[address] = Decimal(chance.randrange(10**6)) / 10**4 if cell.decimal else chance.randrange(500)
    _fill(chance, form, cells, most)
    year = form.first_year + seed % (2 if form.until else 5)
    notes = {key: tuple(text.format(chance.randrange(2, 900)) for text in texts) for key, texts in NOTES.items()}
    return Statistics(form, agency, level, rank, year, MappingProxyType(cells), Facts(MappingProxyType(notes)))


def _fill(chance: random.Random, form: Form, cells: dict[Address, Value], most: int) -> None:
    requests, reviews = form.tables["requests"], form.tables["reviews"]
    columns = [leaf.key for leaf in requests.blocks[0].column_leaves]
    results = [key for key in requests.expand("row", "results") if key != "total"]
    rows = {row: dict.fromkeys(columns, 0) for row in (leaf.key for leaf in requests.blocks[0].row_leaves)}
    for column in columns[:-1]:
        for row in results:
            rows[row][column] = chance.choice([0, 0, 0, chance.randrange(most + 1)])
        rows["total"][column] = sum(rows[row][column] for row in results)
        rows["carried_out"][column] = chance.randrange(most // 8 + 1)
        whole = rows["total"][column] + rows["carried_out"][column]
        rows["carried_in"][column] = chance.randrange(min(whole, most // 8) + 1)
        rows["received"][column] = whole - rows["carried_in"][column]
    for row, figures in rows.items():
        figures["total"] = sum(figures[column] for column in columns[:-1])
        cells.update({Address("requests", row, column): figure for column, figure in figures.items()})
    for leaf in reviews.blocks[0].row_leaves:
        parts = {column.key: chance.randrange(most // 40 + 1) for column in reviews.blocks[0].column_leaves}
        parts["total"] = sum(figure for key, figure in parts.items() if key != "total")
        cells.update({Address("reviews", leaf.key, key): figure for key, figure in parts.items()})


def draft_word(statistics: Statistics, rules: ReportRules) -> bytes:
    """Return the report as this product writes it."""
    return render_draft(draft_report(statistics, None, rules), ".docx")


def drafted(statistics: Statistics, rules: ReportRules) -> Paper:
    """Return the report that is drafted of these figures."""
    return lay_out(draft_report(statistics, None, rules), date(statistics.year + 1, 1, 20))


def office_word(paper: Paper, style: Style) -> bytes:
    """Return the report as an office types it: no heading styles, tables merged by hand."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.size = Pt(12)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Noto Serif CJK SC")
    for line in paper.title_lines:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in paper.blocks:
        if isinstance(block, Grid):
            for part in _parts(block, style):
                _add_table(document, part, style)
        else:
            paragraph = document.add_paragraph()
            paragraph.add_run(block.text).bold = isinstance(block, Heading) and block.level == 1
            paragraph.paragraph_format.first_line_indent = Pt(24)
    for line in filter(None, (paper.signature, paper.date)):
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _parts(grid: Grid, style: Style) -> list[list[tuple[int, int, str, int, int]]]:
    """Return the cells (row, column, text, rows, columns) of the table, in two parts where the style cuts 表三."""
    cells = [(row, column, cell.text, cell.rows, cell.columns) for row, column, cell in grid.placed()]
    cut = grid.header_rows + 6
    if not style.cut or len(grid.rows) < 20:
        return [cells]
    upper = [(r, c, text, min(height, cut - r), width) for r, c, text, height, width in cells if r < cut]
    # What the cut goes through is written on both sides, as an office does that makes two tables of one.
    lower = [
        (max(r, cut) - cut, c, text, height - max(0, cut - r), width)
        for r, c, text, height, width in cells
        if r + height > cut
    ]
    return [upper, lower]


def _add_table(document: object, cells: Sequence[tuple[int, int, str, int, int]], style: Style) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    rows, columns = max(r + h for r, _, _, h, _ in cells), max(c + w for _, c, _, _, w in cells)
    table = document.add_table(rows=rows, cols=columns)  # type: ignore[attr-defined]
    table.style = "Table Grid" if style.ruled else "Normal Table"
    for row, column, text, height, width in cells:
        cell = table.cell(row, column)
        if height * width > 1:
            cell = cell.merge(table.cell(row + height - 1, column + width - 1))
        parts = [text[at : at + 4] for at in range(0, len(text), 4)] if style.broken and len(text) < 12 else [text]
        cell.text = "\n".join(parts)
        if style.centred:
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for paragraph in cell.paragraphs:
            if style.centred:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                paragraph.paragraph_format.space_after = Pt(0)
            for run in paragraph.runs:
                run.font.size = Pt(style.size)
    document.add_paragraph()  # type: ignore[attr-defined]


def site_page(paper: Paper) -> bytes:
    """Return the report as a page of a government site."""
    parts = [f"<h1>{escape(paper.title)}</h1><div class='TRS_Editor'>"]
    for block in paper.blocks:
        if isinstance(block, Grid):
            parts.append(_page_table(block))
        else:
            parts.append(f"<p>&emsp;&emsp;<span>{escape(block.text)}</span></p>")
    head = f"<head><meta charset='utf-8'><title>{escape(paper.title)}</title></head>"
    return f"<html>{head}<body>{''.join([*parts, '</div>'])}</body></html>".encode()


def _page_table(grid: Grid) -> str:
    rows = "".join(
        "<tr>"
        + "".join(f"<td rowspan='{cell.rows}' colspan='{cell.columns}'><p>{escape(cell.text)}</p></td>" for cell in row)
        + "</tr>"
        for row in grid.rows
    )
    return f"<table border='1' cellspacing='0'><tbody>{rows}</tbody></table>"


def workbook(paper: Paper) -> bytes:
    """Return the report in a workbook: prose on the first sheet, a sheet a table."""
    import openpyxl

    book = openpyxl.Workbook()
    prose = book.active
    prose.title = "正文"
    prose.append([paper.title])
    for block in paper.blocks:
        if not isinstance(block, Grid):
            prose.append([block.text])
            continue
        sheet = book.create_sheet(block.caption)
        for row, column, cell in block.placed():
            text = int(cell.text) if cell.value and cell.text.isdigit() else cell.text
            sheet.cell(row + 1, column + 1, text)
            if cell.rows * cell.columns > 1:
                sheet.merge_cells(None, row + 1, column + 1, row + cell.rows, column + cell.columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def to_pdf(paths: Sequence[Path], folder: Path) -> None:
    """Convert Word files with LibreOffice."""
    office = shutil.which("soffice") or shutil.which("libreoffice") or ""
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder),
         *map(str, paths)],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip


def to_scan(pdf: Path, out: Path, dpi: int = 150, skew: float = 0.5, noise: float = 8.0) -> int:
    """Write the pages of a PDF as a scanner gives them, grey, a little turned and specked; return their number."""
    import numpy
    import pypdfium2
    from PIL import Image

    opened, pages = pypdfium2.PdfDocument(pdf), []
    for page in opened:
        picture = page.render(scale=dpi / 72).to_pil().convert("L")
        grey = numpy.asarray(picture.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)).astype(float)
        grey += numpy.random.default_rng(7).normal(0, noise, grey.shape)
        pages.append(Image.fromarray(grey.clip(0, 255).astype("uint8")))
    opened.close()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=80)
    return len(pages)
