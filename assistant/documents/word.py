"""Reads .docx: body text in order, headings by style, automatic numbers written out, tables with merged cells."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.documents.blocks import Block, Document, Paragraph, Place, RawTable
from assistant.documents.characters import clean_line
from assistant.documents.grid import Grid
from assistant.errors import DamagedDocumentError

if TYPE_CHECKING:
    from assistant.documents.numbering import Numbering

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DRAWN = ("{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{urn:schemas-microsoft-com:vml}imagedata")
_CONTAINERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "txbxContent")}
# Removed text, the formatting of runs, and text boxes (which are read as blocks of their own).
_PASSED_OVER = {f"{_W}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "txbxContent", "instrText")} | {_FALLBACK}
_MOST_COLUMNS = 63
_OFF = {"0", "false", "off"}
_BREAKS = {f"{_W}br", f"{_W}cr"}


def load_word(path: Path, data: bytes) -> Document:
    """Return a Word document.

    A line break inside a paragraph parts paragraphs, as text copied from web pages uses it so.

    Raises:
        DamagedDocumentError: broken, or no Word document inside.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    from assistant.documents.numbering import Numbering

    try:
        opened = docx.Document(io.BytesIO(data))
        body = opened.element.body
        styles = opened.styles.element
        numbering = Numbering(_numbering_part(opened), styles)
        blocks = tuple(_Reader(_heading_levels(styles), numbering).blocks(body))
        title = clean_line(opened.core_properties.title or "")
    except (
        OpcError, etree.LxmlError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError,
        IndexError, OSError, RecursionError,
    ) as error:  # fmt: skip
        raise DamagedDocumentError(path, "Word 文件不完整或已损坏，请用 Word 或 WPS 打开并另存后再试。") from error
    pictures = sum(1 for sign in _DRAWN for drawn in body.iter(sign) if not _inside_fallback(drawn))
    return Document(
        path,
        "docx",
        blocks,
        MappingProxyType({"title": title} if title else {}),
        (f"文档里有 {pictures} 张图片，图片中的文字没有读取。",) if pictures else (),
    )


def _numbering_part(opened: Any) -> Any:
    from docx.opc.constants import RELATIONSHIP_TYPE

    for relation in opened.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            return relation.target_part.element
    return None


def _inside_fallback(element: Any) -> bool:
    return any(parent.tag == _FALLBACK for parent in element.iterancestors())


def _heading_levels(styles: Any) -> dict[str, int]:
    """Return the heading level (1 to 9) of every paragraph style that makes headings, by style id."""
    found: dict[str, int] = {}
    parents: dict[str, str] = {}
    for style in styles.iter(f"{_W}style"):
        identity = style.get(f"{_W}styleId")
        name = style.find(f"{_W}name")
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        based = style.find(f"{_W}basedOn")
        if based is not None:
            parents[identity] = based.get(f"{_W}val")
        words = (name.get(f"{_W}val") if name is not None else "").lower().split()
        if outline is not None:
            level = int(outline.get(f"{_W}val"))
            found[identity] = level + 1 if level < 9 else 0
        elif len(words) == 2 and words[0] == "heading" and words[1].isdigit():
            found[identity] = int(words[1])
        elif words == ["title"]:
            found[identity] = 1
    for identity in parents:
        seen, ancestor = {identity}, identity
        while ancestor not in found and ancestor in parents and parents[ancestor] not in seen:
            ancestor = parents[ancestor]
            seen.add(ancestor)
        if ancestor in found:
            found.setdefault(identity, found[ancestor])
    return {identity: level for identity, level in found.items() if level}


def locate_blocks(opened: Any) -> list[Any]:
    """Return the element (paragraph or table) of every block that `load_word` yields for an opened document."""
    from assistant.documents.numbering import Numbering

    styles = opened.styles.element
    reader = _Reader(_heading_levels(styles), Numbering(_numbering_part(opened), styles))
    blocks = list(reader.blocks(opened.element.body))
    return [reader.elements[id(block)] for block in blocks]


def locate_cell(table: Any, row: int, column: int) -> Any | None:
    """Return the cell element that begins at that place of a table's grid; None where none does."""
    rows = list(_children(table, f"{_W}tr"))
    if row >= len(rows):
        return None
    here = _number(rows[row], f"{_W}trPr/{_W}gridBefore")
    for cell in _children(rows[row], f"{_W}tc"):
        if here == column:
            return cell
        here += _number(cell, f"{_W}tcPr/{_W}gridSpan") or 1
    return None


class _Reader:
    """Walks the body once; the automatic numbers count as they are met.

    Attributes:
        elements: what every block was made of, by the block's identity.
    """

    def __init__(self, levels: dict[str, int], numbering: "Numbering") -> None:
        self._levels, self._numbering = levels, numbering
        self.elements: dict[int, Any] = {}
        self._kept: list[Block] = []  # an identity is one only while its block lives

    def blocks(self, container: Any) -> Iterator[Block]:
        for child in container:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in _CONTAINERS:
                yield from self.blocks(child)

    def _paragraph(self, element: Any) -> Iterator[Block]:
        label = self._numbering.next_label(element)
        level = self._level(element)
        for position, line in enumerate(_text(element).split("\n")):
            text = clean_line(f"{label} {line}" if label and position == 0 and line.strip() else line)
            if text:
                yield self._made(Paragraph(text, level), element)
        for box in element.iter(f"{_W}txbxContent"):
            if not _inside_fallback(box):
                yield from self.blocks(box)

    def _level(self, element: Any) -> int:
        outline = element.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None:
            level = int(outline.get(f"{_W}val"))
            return level + 1 if level < 9 else 0
        style = element.find(f"{_W}pPr/{_W}pStyle")
        return self._levels.get(style.get(f"{_W}val"), 0) if style is not None else 0

    def _table(self, element: Any) -> Iterator[Block]:
        """Yield a table and those nested in it; one that holds a single cell is only a frame around its content."""
        grid, inner = Grid(), list[tuple[Place, Any]]()
        rows = list(_children(element, f"{_W}tr"))
        cells = [cell for row in rows for cell in _children(row, f"{_W}tc")]
        if len(cells) == 1:
            yield from self.blocks(cells[0])
            return
        for number, row in enumerate(rows):
            column = _number(row, f"{_W}trPr/{_W}gridBefore")
            for blank in range(column):
                grid.place(number, blank, "")
            for cell in _children(row, f"{_W}tc"):
                width = _number(cell, f"{_W}tcPr/{_W}gridSpan") or 1
                merge = cell.find(f"{_W}tcPr/{_W}vMerge")
                if merge is not None and merge.get(f"{_W}val", "continue") == "continue":
                    grid.continue_above(number, column, width)
                else:
                    lines = list(self.blocks(cell))
                    text = "\n".join(block.text for block in lines if isinstance(block, Paragraph))
                    grid.place(number, column, text, 1, width)
                    inner.extend(((number, column), block) for block in lines if isinstance(block, RawTable))
                column += width
        yield self._made(grid.table(), element)
        for place, table in inner:
            own = self.elements[id(table)]
            nested = RawTable(table.rows, table.covered, table.unsure, table.page, table.nested_in or place)
            yield self._made(nested, own)

    def _made(self, block: Block, element: Any) -> Block:
        self.elements[id(block)] = element
        self._kept.append(block)
        return block


def _children(element: Any, tag: str) -> Iterator[Any]:
    """Yield the children of that tag, those that content controls and insertions wrap too."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _CONTAINERS:
            yield from _children(child, tag)


def _number(element: Any, path: str) -> int:
    """Return the number of columns that an attribute names: 0 without one, and never more than Word itself allows."""
    found = element.find(path)
    return min(max(int(found.get(f"{_W}val", "0")), 0), _MOST_COLUMNS) if found is not None else 0


def _text(element: Any) -> str:
    """Return the text of a paragraph as a reader sees it; line breaks are 「\\n」."""
    parts = []
    for child in element:
        if child.tag in _PASSED_OVER or _is_hidden(child):
            continue
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag == f"{_W}tab":
            parts.append(" ")
        elif child.tag in _BREAKS:
            parts.append("\n")
        elif child.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        else:
            parts.append(_text(child))
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    """Whether a run is formatted as hidden text, which neither screen nor paper shows."""
    sign = run.find(f"{_W}rPr/{_W}vanish") if run.tag == f"{_W}r" else None
    return sign is not None and sign.get(f"{_W}val", "1") not in _OFF
