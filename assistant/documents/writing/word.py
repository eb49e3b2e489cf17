"""Writes a paper as a Word file in the layout of GB/T 9704."""

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.documents.writing.paper import Body, Grid, Heading, Paper

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph


_TABLE_DISTANCE = 6


def write_word(paper: Paper) -> bytes:
    """Return the .docx of a paper; the same paper always gives the same text, tables and properties."""
    import docx
    from docx.enum.section import WD_SECTION

    from assistant.documents.writing.word_styles import number_pages, set_page, set_styles

    document = docx.Document()
    set_styles(document)
    set_page(document.sections[0], landscape=False)
    number_pages(document)
    document.add_paragraph("\n".join(paper.title_lines), style="Title")
    document.add_paragraph()
    landscape = False
    for index, block in enumerate(paper.blocks):
        wanted = isinstance(block, Grid) and block.landscape
        # The heading of a table stands on the table's page.
        if isinstance(block, Heading):
            wanted = _heads_landscape(paper, block)
        if wanted != landscape:
            landscape = wanted
            set_page(document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)
        _add_block(document, block)
        if isinstance(block, Heading):
            _keep_off_tables(document, paper, index)
    _sign(document, paper)
    _set_properties(document, paper)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _add_block(document: "Document", block: Heading | Body | Grid) -> None:
    if isinstance(block, Grid):
        from assistant.documents.writing.word_styles import text_width
        from assistant.documents.writing.word_tables import add_table

        add_table(document, block, text_width(document.sections[-1]))
    elif isinstance(block, Heading):
        heading = document.add_paragraph(block.text, style=f"Heading {block.level}")
        if block.new_page:
            heading.paragraph_format.page_break_before = True
    else:
        from assistant.documents.writing.word_styles import indent_first_line

        paragraph = document.add_paragraph()
        indent_first_line(paragraph)
        _write_marked(paragraph, block)


def _keep_off_tables(document: "Document", paper: Paper, index: int) -> None:
    """A heading between tables touches neither."""
    from docx.shared import Pt

    heading = document.paragraphs[-1].paragraph_format
    if index + 1 < len(paper.blocks) and isinstance(paper.blocks[index + 1], Grid):
        heading.space_after = Pt(_TABLE_DISTANCE)
    if index and isinstance(paper.blocks[index - 1], Grid):
        heading.space_before = Pt(_TABLE_DISTANCE)


def _write_marked(paragraph: "Paragraph", body: Body) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    for text, marked in body.pieces():
        run = paragraph.add_run(text)
        if marked:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _heads_landscape(paper: Paper, heading: Heading) -> bool:
    index = paper.blocks.index(heading)
    following = paper.blocks[index + 1] if index + 1 < len(paper.blocks) else None
    return isinstance(following, Grid) and following.landscape


def _sign(document: "Document", paper: Paper) -> None:
    """The date stands four characters from the edge, the signature centred above it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from assistant.documents.writing.word_styles import indent_right

    if not paper.signature:
        return
    document.add_paragraph().paragraph_format.keep_with_next = True
    distance = max(4 + (_characters(paper.date) - _characters(paper.signature)) / 2, 0)
    for text, characters in ((paper.signature, distance), (paper.date, 4)):
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = text != paper.date
        indent_right(paragraph, characters)


def _characters(text: str) -> float:
    return sum(0.5 if ch.isascii() else 1 for ch in text)


def _set_properties(document: "Document", paper: Paper) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = paper.title, paper.signature, paper.language
    properties.comments = properties.last_modified_by = ""
    # No clock here: the office's own program stamps the file when it is edited.
    properties.created = properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no zone
