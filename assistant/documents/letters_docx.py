"""Writes a letter of a government office as Word, in the layout of GB/T 9704-2012.

Letters have the letter form of the standard (信函格式): the issuer in red 30 mm below the edge, a red double line below
it and another 20 mm above the foot of the first page, the number at the right, no page number on the first page.
Forms (登记表, 送达回证) have the same paper and type and a ruled table.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.documents.writing.whole import refuse_suffix, write_whole

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_RED = "FF0000"
_TITLE, _BODY, _HEI = "方正小标宋简体", "仿宋_GB2312", "黑体"
# Points: 2号 for the title, 3号 for the text, 4号 for page numbers; 28.95 pt lines make 22 to a page of 225 mm.
_SIZE_TITLE, _SIZE_BODY, _SIZE_NUMBER, _LINE = 22.0, 16.0, 14.0, 28.95


@dataclass(frozen=True, slots=True)
class LetterPaper:
    """What stands on the paper.

    Attributes:
        issuer: the agency's full name; it also signs.
        number: 发文字号, "" for none.
        salutation: with its colon, "" for none.
        table: rows of label and content; a form has it in place of paragraphs.
        date_text: 成文日期, "" for a form.
        dated: for the file's own properties.
        note: in brackets below the date (contact), "" for none.
    """

    issuer: str
    number: str
    title: str
    salutation: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, str], ...]
    attachments: tuple[str, ...]
    date_text: str
    dated: date | None
    note: str


def write_letter(paper: LetterPaper, path: Path, force: bool = False, template: Path | None = None) -> None:
    """Write `paper` to `path`, complete or not at all.

    Args:
        template: an office's own .docx; its placeholders are the names that `template_values` gives.
    Raises:
        OutputError: another ending than .docx, or as `write_whole` raises it.
        InputError: the template cannot be filled.
    """
    refuse_suffix(path, ".docx")
    write_whole({path: _render(paper, template)}, force=force)


def _render(paper: LetterPaper, template: Path | None) -> bytes:
    """Return the letter as the content of a Word file, in our layout or in the office's own."""
    if template is None:
        content = io.BytesIO()
        _build(paper).save(content)
        return content.getvalue()
    from assistant.documents.writing.office_template import fill_template

    return fill_template(template, template_values(paper), {})


def template_values(paper: LetterPaper) -> dict[str, Any]:
    """Return what an office's template may name."""
    return {
        "agency": paper.issuer,
        "number": paper.number,
        "title": paper.title,
        "salutation": paper.salutation,
        "paragraphs": list(paper.paragraphs),
        "rows": [{"label": label, "value": value} for label, value in paper.table],
        "attachments": list(paper.attachments),
        "date": paper.date_text,
        "note": paper.note,
    }


def _build(paper: LetterPaper) -> "Document":
    import docx
    from docx.shared import Mm

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.header_distance, section.footer_distance = Mm(30), Mm(20)
    _set_style(document)
    if not paper.table:
        _letterhead(document, paper)
    _page_numbers(document, from_second=not paper.table)
    _title(document, paper.title)
    if paper.salutation:
        _paragraph(document, paper.salutation, indent=0)
    for text in paper.paragraphs:
        _paragraph(document, text)
    if paper.table:
        # A form has no letterhead; the line above its table says whose it is.
        _paragraph(document, f"机关：{paper.issuer}", indent=0)
        _table(document, paper.table)
    _closing(document, paper)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = paper.issuer, paper.title, ""
    if paper.dated:
        stamp = datetime(paper.dated.year, paper.dated.month, paper.dated.day)  # noqa: DTZ001  (Word wants it naive)
        properties.created = properties.modified = stamp
    return document


def _set_style(document: "Document") -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style = document.styles["Normal"]
    style.font.name, style.font.size = _BODY, Pt(_SIZE_BODY)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _BODY)
    format_ = style.paragraph_format
    format_.space_before = format_.space_after = Pt(0)
    format_.line_spacing = Pt(_LINE)
    # Widows are for alphabets; the standard wants 22 lines a page.
    format_.widow_control = False


def _write(paragraph: "Paragraph", text: str, font: str = _BODY, size: float = _SIZE_BODY, color: str = "") -> "Run":
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if color:
        run.font.color.rgb = RGBColor.from_string(color)
    return run


def _paragraph(document: "Document", text: str, indent: float = 2.0) -> "Paragraph":
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(_SIZE_BODY * indent)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _write(paragraph, text)
    return paragraph


def _letterhead(document: "Document", paper: LetterPaper) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.different_first_page_header_footer = True
    head = section.first_page_header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    # The line is 170 mm, centred on the page: 8 mm and 6 mm beyond the text on either side.
    head.paragraph_format.left_indent, head.paragraph_format.right_indent = Mm(-8), Mm(-6)
    head.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    # A long name is set smaller, so that it stays on one line of 156 mm.
    _write(head, paper.issuer, _TITLE, min(36.0, 442 / max(len(paper.issuer), 1)), _RED)
    _border(head, "bottom", "thickThinSmallGap", space=11)
    foot = section.first_page_footer.paragraphs[0]
    foot.paragraph_format.left_indent, foot.paragraph_format.right_indent = Mm(-8), Mm(-6)
    foot.paragraph_format.line_spacing = Pt(2)
    _border(foot, "bottom", "thinThickSmallGap", space=0)
    if paper.number:
        number = document.add_paragraph()
        number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _write(number, paper.number)


def _border(paragraph: "Paragraph", side: str, kind: str, space: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", "24"), ("space", str(space)), ("color", _RED)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
        "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing",
        "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc",
    )  # fmt: skip


def _page_numbers(document: "Document", from_second: bool) -> None:
    """「— 2 —」 in 4号 Song, at the outer side; the first page of a letter has none."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    section = document.sections[0]
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        inset = Pt(_SIZE_NUMBER)
        if side == WD_ALIGN_PARAGRAPH.RIGHT:
            paragraph.paragraph_format.right_indent = inset
        else:
            paragraph.paragraph_format.left_indent = inset
        _write(paragraph, "— ", "宋体", _SIZE_NUMBER)
        for kind, instruction in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = _write(paragraph, "", "宋体", _SIZE_NUMBER)
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = instruction
            run._r.append(element)
        _write(paragraph, " —", "宋体", _SIZE_NUMBER)
    section.different_first_page_header_footer = from_second


def _title(document: "Document", title: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.line_spacing = Pt(36)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(_LINE)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, title, _TITLE, _SIZE_TITLE)


def _table(document: "Document", rows: tuple[tuple[str, str], ...]) -> None:
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.shared import Mm, Pt

    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, (Mm(44), Mm(112)), strict=True):
        column.width = width
    for label, value in rows:
        row = table.add_row()
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(12)
        for cell, text, width, font in zip(row.cells, (label, value), (Mm(44), Mm(112)), (_HEI, _BODY), strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = Pt(24)
            _write(paragraph, text, font, _SIZE_NUMBER)


def _closing(document: "Document", paper: LetterPaper) -> None:
    """Attachments a line below the text; issuer and date at the right, kept together and with room for the seal."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if paper.attachments:
        _paragraph(document, "")
        for number, name in enumerate(paper.attachments, start=1):
            prefix = "附件：" if number == 1 else "　　　"
            _paragraph(document, f"{prefix}{f'{number}.' if len(paper.attachments) > 1 else ''}{name}")
    if not paper.date_text:
        return
    # The seal must not stand on a page without text: the last lines go over with it.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    for _ in range(2):
        _paragraph(document, "").paragraph_format.keep_with_next = True
    # 成文日期 ends four characters from the right edge, and the issuer is centred above it.
    gap = (len(paper.issuer) - _width(paper.date_text)) / 2
    for text, right in ((paper.issuer, max(4 - gap, 0)), (paper.date_text, max(4, 4 + gap if gap > 4 else 4))):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(_SIZE_BODY * right)
        paragraph.paragraph_format.keep_with_next = text == paper.issuer
        _write(paragraph, text)
    if paper.note:
        _paragraph(document, "")
        _paragraph(document, f"（{paper.note}）")


def _width(text: str) -> float:
    """Width of `text` in full characters; figures are half."""
    return sum(0.5 if ch.isascii() else 1 for ch in text)
