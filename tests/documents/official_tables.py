"""The official table 三 of 2021 as offices lay it out, with made figures: as a Word file, a web page, a PDF, a scan."""

import io
import random
import shutil
import subprocess
from pathlib import Path

LABELS = [
    ("一、本年新收政府信息公开申请数量",),
    ("二、上年结转政府信息公开申请数量",),
    ("三、本年度办理结果", "（一）予以公开"),
    ("三、本年度办理结果", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ("三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"),
    ("三、本年度办理结果", "（三）不予公开", "2.其他法律行政法规禁止公开"),
    ("三、本年度办理结果", "（三）不予公开", "3.危及“三安全一稳定”"),
    ("三、本年度办理结果", "（三）不予公开", "4.保护第三方合法权益"),
    ("三、本年度办理结果", "（三）不予公开", "5.属于三类内部事务信息"),
    ("三、本年度办理结果", "（三）不予公开", "6.属于四类过程性信息"),
    ("三、本年度办理结果", "（三）不予公开", "7.属于行政执法案卷"),
    ("三、本年度办理结果", "（三）不予公开", "8.属于行政查询事项"),
    ("三、本年度办理结果", "（四）无法提供", "1.本机关不掌握相关政府信息"),
    ("三、本年度办理结果", "（四）无法提供", "2.没有现成信息需要另行制作"),
    ("三、本年度办理结果", "（四）无法提供", "3.补正后申请内容仍不明确"),
    ("三、本年度办理结果", "（五）不予处理", "1.信访举报投诉类申请"),
    ("三、本年度办理结果", "（五）不予处理", "2.重复申请"),
    ("三、本年度办理结果", "（五）不予处理", "3.要求提供公开出版物"),
    ("三、本年度办理结果", "（五）不予处理", "4.无正当理由大量反复申请"),
    ("三、本年度办理结果", "（五）不予处理", "5.要求行政机关确认或重新出具已获取信息"),
    ("三、本年度办理结果", "（六）其他处理", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    (
        "三、本年度办理结果",
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    ("三、本年度办理结果", "（六）其他处理", "3.其他"),
    ("三、本年度办理结果", "（七）总计"),
    ("四、结转下年度继续办理",),
]
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
ORGANISATIONS = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
FIRST_FIGURES = 3  # the header's rows; the label columns are as many


def made_figures(seed: int = 7) -> list[list[str]]:
    """Return 25 rows of seven figures: many noughts, small numbers, and a few of two to four digits."""
    chance = random.Random(seed)
    return [[str(chance.choice([0, 0, 0, 1, 2, 3, 7, 8, 10, 11, 46, 105, 1289])) for _ in range(7)] for _ in LABELS]


Cell = tuple[int, int, str, int, int]


def cells_of(figures: list[list[str]]) -> list[Cell]:
    """Return (row, column, text, rows, columns) of every cell of the table as printed."""
    cells: list[Cell] = [(0, 0, CORNER, 3, 3), (0, 3, "申请人情况", 1, 7), (1, 3, "自然人", 2, 1)]
    cells += [(1, 4, "法人或其他组织", 1, 5), (1, 9, "总计", 2, 1)]
    cells += [(2, 4 + i, name, 1, 1) for i, name in enumerate(ORGANISATIONS)]
    for number, labels in enumerate(LABELS):
        row = number + FIRST_FIGURES
        for depth, label in enumerate(labels):
            if number and LABELS[number - 1][: depth + 1] == labels[: depth + 1]:
                continue
            rows = sum(1 for other in LABELS[number:] if other[: depth + 1] == labels[: depth + 1])
            cells.append((row, depth, label, rows, 3 - depth if depth == len(labels) - 1 else 1))
        cells += [(row, 3 + i, figure, 1, 1) for i, figure in enumerate(figures[number])]
    return cells


def expected_rows(figures: list[list[str]]) -> list[list[str]]:
    """Return the table as a reader should give it: merged cells repeat their text."""
    rows = [[""] * 10 for _ in range(len(LABELS) + FIRST_FIGURES)]
    for row, column, text, height, width in cells_of(figures):
        for r in range(row, row + height):
            for c in range(column, column + width):
                rows[r][c] = text
    return rows


def as_html(cells: list[Cell]) -> str:
    out = ["<table border=1 style='border-collapse:collapse'>"]
    for row in sorted({cell[0] for cell in cells}):
        spans = "".join(
            f'<td rowspan="{rows}" colspan="{columns}"><p>{text}</p></td>'
            for r, _, text, rows, columns in sorted(cells)
            if r == row
        )
        out.append(f"<tr>{spans}</tr>")
    return "".join([*out, "</table>"])


def write_word(path: Path, figures: list[list[str]], before: int = 0) -> None:
    """Write the table as a Word file, `before` paragraphs of prose standing above it so that a page break cuts it."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Noto Sans CJK SC", Pt(9)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    document.add_paragraph("三、收到和处理政府信息公开申请情况")
    for number in range(before):
        document.add_paragraph(f"第{number + 1}次检查时发现的问题已经全部改正，有关记录保存在办公室。")
    cells = cells_of(figures)
    table = document.add_table(rows=len(LABELS) + FIRST_FIGURES, cols=10)
    table.style = "Table Grid"
    for row, column, text, rows, columns in cells:
        upper = table.cell(row, column)
        merged = upper.merge(table.cell(row + rows - 1, column + columns - 1)) if rows * columns > 1 else upper
        merged.text = text
    document.add_paragraph("以上数据由办公室统计。")
    document.save(path)


def convert_to_pdf(paths: list[Path], folder: Path) -> None:
    """Convert Word files with LibreOffice, all in one start, with a profile of its own so that runs do not meet."""
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder),
         *map(str, paths)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip


def soffice() -> str:
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def scan_pages(pdf: Path, dpi: int, skew: float = 0.0, noise: float = 0.0, seed: int = 1) -> list:
    """Return the pages of a PDF as a scanner gives them: grey, a little turned, specked."""
    import numpy
    import pypdfium2
    from PIL import Image

    opened, pages = pypdfium2.PdfDocument(pdf), []
    for page in opened:
        picture = page.render(scale=dpi / 72).to_pil().convert("L")
        picture = picture.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
        grey = numpy.asarray(picture).astype(float)
        grey += numpy.random.default_rng(seed).normal(0, noise, grey.shape)
        pages.append(Image.fromarray(grey.clip(0, 255).astype("uint8")))
    opened.close()
    return pages


def write_scan(pages: list, path: Path, dpi: int) -> None:
    """Write the pages as a PDF of pictures, compressed as scanners do."""
    held = [page.convert("L") for page in pages]
    buffer = io.BytesIO()
    held[0].save(buffer, "PDF", save_all=True, append_images=held[1:], resolution=dpi, quality=80)
    path.write_bytes(buffer.getvalue())
