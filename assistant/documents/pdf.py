"""Reads PDF: paragraphs, ruled tables (joined where they run over a page), scanned pages by recognition."""

import io
import logging
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.documents.blocks import Block, Document, RawTable
from assistant.documents.characters import clean_line, is_wide, join_lines
from assistant.documents.confined_child import another_page
from assistant.documents.layout import Column, Line, drop_running_lines, make_paragraphs
from assistant.documents.page_tables import Box, PageTable, join_over_pages
from assistant.documents.positioned_tables import find_positioned_tables
from assistant.errors import DamagedDocumentError, EncryptedDocumentError

_FEW_CHARACTERS = 15
# A glyph without its character; a few are bullets and signs of the printer's own.
_UNTOLD, _MOST_UNTOLD = re.compile("\\(cid:|[\ue000-\uf8ff]"), 0.1
# In heights of a character: what parts the cells of a table without rules.
_CELL_GAP = 0.8


def load_pdf(path: Path, data: bytes) -> Document:
    """Return a PDF; pages without text are recognized where the optional recognizer is installed.

    Raises:
        EncryptedDocumentError: a password is needed.
        DamagedDocumentError: truncated, broken, or without any page.
        MissingReaderError: a scanned page, and no recognizer.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    # It warns of every font that lacks a box, a line a page; none of it concerns the text.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    broken = DamagedDocumentError(path, "PDF 不完整或已损坏，请重新下载或重新导出后再试。")
    try:
        with pdfplumber.open(io.BytesIO(data)) as opened:
            if not opened.pages:
                raise DamagedDocumentError(path, "PDF 里一页也没有，请重新导出。") if b"/Count 0" in data else broken
            pages = _read_pages(path, data, opened.pages)
            declared = clean_line(str((opened.metadata or {}).get("Title") or ""))
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise EncryptedDocumentError(path, "PDF 有打开密码，请去掉密码、另存后再添加。") from error
        raise broken from error
    except (
        zlib.error,
        PDFException,
        PSException,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise broken from error
    recognized = [number for number, (_, _, scanned) in enumerate(pages, start=1) if scanned]
    lines = drop_running_lines([line for page_lines, _, _ in pages for line in page_lines])
    tables = join_over_pages([table for _, page_tables, _ in pages for table in page_tables], lines)
    lines, bare = find_positioned_tables(lines, tables)
    tables += bare
    blocks = tuple(in_order(lines, tables))
    if not blocks:
        raise DamagedDocumentError(path, "PDF 里没有读到任何文字，请检查文件。")
    notes = (f"第{_numbers(recognized)}页是图片或者字体没有注明文字，由文字识别读出，请核对。",) if recognized else ()
    return Document(path, "pdf", blocks, MappingProxyType({"title": declared} if declared else {}), notes)


def _numbers(pages: list[int]) -> str:
    return "、".join(map(str, pages))


def _read_pages(path: Path, data: bytes, pages: list[Any]) -> list[tuple[list[Line], list[PageTable], bool]]:
    """Return of every page the lines outside tables, the tables, and whether it was recognized from its picture."""
    printed = {page.page_number: _read_page(page) for page in pages}
    scanned = [number for number, page in printed.items() if page is None]
    recognized = {}
    if scanned:
        from assistant.documents import ocr

        recognized = ocr.read_pdf_pages(path, data, scanned)
    return [(*(page or recognized[number]), page is None) for number, page in printed.items()]


def _read_page(page: Any) -> tuple[list[Line], list[PageTable]] | None:
    """Return the lines outside tables and the tables; None for a page that must be recognized from its picture.

    That is one that is only a picture, and one whose fonts do not say which characters they draw.
    """
    another_page()
    characters = [c for c in page.dedupe_chars(tolerance=0.5).chars if c["upright"] and c["text"]]
    if len([c for c in characters if c["text"].strip()]) < _FEW_CHARACTERS and page.images:
        page.close()
        return None
    if sum(1 for c in characters if _UNTOLD.match(c["text"])) > _MOST_UNTOLD * len(characters):
        page.close()
        return None
    tables = []
    for found in page.find_tables() if page.lines or page.rects or page.curves else []:
        table, characters = _read_table(found, characters, page)
        if table is not None:
            tables.append(table)
    lines = list(_lines(characters, page))
    page.close()
    return lines, tables


def _read_table(found: Any, characters: list[Any], page: Any) -> tuple[PageTable | None, list[Any]]:
    """Return the ruled table and the characters left outside; a single box is only a frame and stays text."""
    boxes = sorted({_box(cell) for cell in found.cells}, key=lambda box: (box[1], box[0]))
    if len(boxes) < 2:
        return None, characters
    x0, top, x1, bottom = found.bbox
    inside = [c for c in characters if x0 <= _middle(c)[0] <= x1 and top <= _middle(c)[1] <= bottom]
    taken = {id(c) for c in inside}
    cells = []
    for box in boxes:
        held = [c for c in inside if box[0] <= _middle(c)[0] < box[2] and box[1] <= _middle(c)[1] < box[3]]
        text = join_lines([clean_line(line.text) for line in _lines(held, page)])
        cells.append((box, text, False))
    if not any(text for _, text, _ in cells):
        return None, characters
    table = PageTable.from_boxes(cells, page.page_number, float(page.height))
    return table, [c for c in characters if id(c) not in taken]


def _box(cell: Any) -> Box:
    x0, top, x1, bottom = map(float, cell)
    return x0, top, x1, bottom


def _middle(character: Any) -> tuple[float, float]:
    return (character["x0"] + character["x1"]) / 2, (character["top"] + character["bottom"]) / 2


def _lines(characters: list[Any], page: Any) -> Iterator[Line]:
    """Yield the printed lines, from the top and from the left; wide gaps inside a line become a space."""
    rows: list[list[Any]] = []
    for character in sorted(characters, key=lambda c: (_middle(c)[1], c["x0"])):
        if not character["text"].strip() and not rows:
            continue
        last = rows[-1][-1] if rows else None
        if last is not None and abs(_middle(character)[1] - _middle(last)[1]) < 0.45 * max(
            character["size"], last["size"]
        ):
            rows[-1].append(character)
        else:
            rows.append([character])
    for row in rows:
        row.sort(key=lambda c: c["x0"])
        inked = [c for c in row if c["text"].strip()]
        if not inked:
            continue
        text, last = "", None
        for character in row:
            gap = character["x0"] - last["x1"] if last is not None else 0.0
            text += (" " if gap > _widest_gap(last, character) else "") + character["text"]
            last = character
        yield Line(
            text=text.strip(),
            x0=inked[0]["x0"],
            x1=inked[-1]["x1"],
            top=min(c["top"] for c in inked),
            bottom=max(c["bottom"] for c in inked),
            size=sorted(c["size"] for c in inked)[len(inked) // 2],
            page=page.page_number,
            page_height=float(page.height),
            page_width=float(page.width),
            parts=tuple(_parts(inked)),
        )


def _parts(inked: list[Any]) -> Iterator[tuple[str, float, float]]:
    """Yield the words of a line that wide gaps part, as they part the cells of a table without rules."""
    held: list[Any] = []
    for character in [*inked, None]:
        if held and (character is None or character["x0"] - held[-1]["x1"] > _CELL_GAP * held[-1]["size"]):
            yield "".join(c["text"] for c in held).strip(), held[0]["x0"], held[-1]["x1"]
            held = []
        if character is not None:
            held.append(character)


def _widest_gap(before: Any, after: Any) -> float:
    """Return the gap up to which two characters stand together: wider among Chinese ones, which may be spaced."""
    size = float(max(before["size"], after["size"])) if before is not None else float(after["size"])
    both_wide = before is not None and is_wide(before["text"][-1:] or " ") and is_wide(after["text"][:1] or " ")
    return size * (0.6 if both_wide else 0.3)


def in_order(lines: list[Line], tables: list[PageTable]) -> Iterator[Block]:
    """Yield paragraphs and tables from the top of the first page to the bottom of the last."""
    waiting = sorted(tables, key=lambda table: (table.page, table.top))
    held: list[Line] = []
    groups: list[list[Line] | RawTable] = []
    for line in sorted(lines, key=lambda line: (line.page, line.top, line.x0)):
        while waiting and (waiting[0].page, waiting[0].top) < (line.page, line.top):
            groups += [held, waiting.pop(0).raw]
            held = []
        held.append(line)
    groups += [held, *(table.raw for table in waiting)]
    column = Column(lines) if lines else None
    for group in groups:
        if isinstance(group, RawTable):
            yield group
        elif column is not None:
            yield from make_paragraphs(group, column)
