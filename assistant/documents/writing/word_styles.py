"""The layout of official documents (GB/T 9704—2012): page, type, lines, page numbers."""

from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.font import CT_RPr
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE_FONT, HEADING_FONT, PART_FONT, BODY_FONT, NUMBER_FONT = (
    "方正小标宋简体",
    "黑体",
    "楷体_GB2312",
    "仿宋_GB2312",
    "宋体",
)
TITLE_SIZE, BODY_SIZE, NUMBER_SIZE = 22.0, 16.0, 14.0  # 二号, 三号, 四号, in points
LINE = Pt(28)
# Top, bottom, left, right of an upright page in millimetres; a page laid on its side keeps the edge that is bound.
_UPRIGHT, _SIDE = (37, 35, 28, 26), (28, 26, 35, 37)
_SHORT_EDGE, _LONG_EDGE = 210, 297


def set_page(section: Section, *, landscape: bool) -> None:
    """Make the section A4 with the margins of the standard."""
    width, height = (_LONG_EDGE, _SHORT_EDGE) if landscape else (_SHORT_EDGE, _LONG_EDGE)
    section.page_width, section.page_height = Mm(width), Mm(height)
    top, bottom, left, right = _SIDE if landscape else _UPRIGHT
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    # The page number stands 7 mm below the text.
    section.footer_distance = Mm(bottom - 7 - 5)


def text_width(section: Section) -> int:
    """Return the width between the margins, in English metric units."""
    return (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)


def set_styles(document: Document) -> None:
    """Set body, title and the two levels of headings as styles, so that Word's navigation works."""
    styles: Any = document.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # else a substitute font may set Japanese or Taiwanese glyphs
    normal = styles["Normal"]
    _set_type(normal, BODY_FONT, BODY_SIZE)
    _set_lines(normal)
    for name, font, size in (("Title", TITLE_FONT, TITLE_SIZE), ("Heading 1", HEADING_FONT, BODY_SIZE),
                             ("Heading 2", PART_FONT, BODY_SIZE)):  # fmt: skip
        style = styles[name]
        _set_type(style, font, size)
        _set_lines(style)
        style.paragraph_format.keep_with_next = True
        if name == "Title":
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            style.paragraph_format.line_spacing = Pt(34)
            for border in style.element.pPr.findall(qn("w:pBdr")):
                style.element.pPr.remove(border)
        else:
            indent_first_line(style)


def indent_first_line(target: "Paragraph | ParagraphStyle", characters: int = 2) -> None:
    """Indent the first line of a paragraph or a style by so many characters."""
    properties = target.element.get_or_add_pPr() if hasattr(target, "element") else target._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(characters * 100))
    indent.set(qn("w:firstLine"), str(int(characters * BODY_SIZE * 20)))


def indent_right(paragraph: Paragraph, characters: float) -> None:
    """Keep a right-aligned paragraph so many characters away from the margin."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:rightChars"), str(int(characters * 100)))
    indent.set(qn("w:right"), str(int(characters * BODY_SIZE * 20)))


def set_run(run: Run, font: str, size: float) -> None:
    """Set the type of one run."""
    _set_fonts(run._r.get_or_add_rPr(), font)
    run.font.size = Pt(size)


def number_pages(document: Document) -> None:
    """Number the pages 「— 1 —」, odd pages at the right, even ones at the left, one character from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
        indent.set(qn(f"w:{side}Chars"), "100")
        indent.set(qn(f"w:{side}"), str(int(NUMBER_SIZE * 20)))
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text)
            set_run(run, NUMBER_FONT, NUMBER_SIZE)
            if text is None:
                _add_page_field(run)


def _add_page_field(run: Run) -> None:
    for kind in ("begin", "instruction", "separate", "text", "end"):
        if kind == "instruction":
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _set_type(style: ParagraphStyle, font: str, size: float) -> None:
    _set_fonts(style.element.get_or_add_rPr(), font)
    style.font.size = Pt(size)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)


def _set_fonts(properties: CT_RPr, font: str) -> None:
    """Name the font for every script; the hint makes Word set “” and — in it, too."""
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), font if font == NUMBER_FONT else "Times New Roman")
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _set_lines(style: ParagraphStyle) -> None:
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False
