"""Reads web pages as saved from government sites: the article is found, navigation dropped, tables kept."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.documents.blocks import Block, Document, Paragraph, Place, RawTable
from assistant.documents.characters import clean_line
from assistant.documents.grid import Grid
from assistant.documents.plain import decode, gather_tables
from assistant.errors import DamagedDocumentError

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import Tag

# Never part of an article.
_DROPPED = (
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "iframe", "select", "button",
    "input", "textarea", "svg", "object", "head",
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# The names that the publishing systems of government sites give to the element with the article, best first.
_ARTICLE_NAMES = (
    "ucap-content", "trs_editor", "trs_ueditor", "zoom", "articlecontent", "article-content", "article_content",
    "article-con", "pages_content", "news_content", "xxgk_content",
    "zfxxgk_content", "bt-content", "wzcontent", "content_body",
    "infocontent", "news-content",
    "txt_content", "detail-content", "detailcontent", "mainbody", "conzt", "wz_con",
)  # fmt: skip
_AROUND = re.compile(
    r"(?:^|[-_\s])(?:nav|menu|breadcrumb|crumbs?|sidebar|share|footer?|header|copyright|related|pagination|toolbar|print)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_BLOCKS = {
    "p", "div", "section", "article", "main", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre",
    "center",
    "figure", "figcaption", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "body", "html", "address", "fieldset", "details",
    "summary", "caption", "tbody", "thead", "tfoot", "tr", "td", "th", "ucapcontent", "founder-content",
}  # fmt: skip
# The names of the meta elements that the standard for government sites asks for.
_DECLARED = {"ArticleTitle": "title", "ContentSource": "issuer", "PubDate": "published", "FileNumber": "number"}
_LEAST_SHARE = 0.6


def load_html(path: Path, data: bytes) -> Document:
    """Return the article of a web page.

    Raises:
        DamagedDocumentError: no text in it.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(decode(path, data), "lxml")
    declared = _declared(soup)
    whole = _text_length(soup)
    _drop_around(soup)
    body = soup.body or soup
    article = _find_article(body)
    blocks = tuple(_Walk().blocks(article))
    if not any(block.text for block in blocks):
        raise DamagedDocumentError(path, "网页里没有正文，请在浏览器中等页面显示完整后重新另存。")
    if article is not body:
        blocks = (*_title_above(body, article, blocks), *blocks)
    pictures = len(article.find_all("img"))
    notes: tuple[str, ...] = (f"网页正文里有 {pictures} 张图片，图片中的文字没有读取。",) if pictures else ()
    kept = sum(len(block.text) for block in blocks)
    if whole and article is not body and kept < 50:
        notes += ("找到的正文很短，请核对是否完整。",)
    return Document(path, "html", blocks, MappingProxyType(declared), notes)


def _declared(soup: "BeautifulSoup") -> dict[str, str]:
    found = {}
    names = {name.lower(): key for name, key in _DECLARED.items()}
    for meta in soup.find_all("meta"):
        key = names.get(str(meta.get("name") or "").lower())
        content = clean_line(str(meta.get("content") or ""))
        if key and content:
            found[key] = content
    if "title" not in found and soup.title is not None:
        title = re.split(r"\s*[_|｜]\s*|\s+[-—–]\s+", clean_line(soup.title.get_text()))[0]
        if title:
            found["title"] = title
    return found


def _text_length(tag: "Tag") -> int:
    return len(re.sub(r"\s", "", tag.get_text()))


def _drop_around(soup: "BeautifulSoup") -> None:
    """Take out what is never part of an article: scripts, forms, navigation, hidden elements, comments."""
    from bs4 import Comment

    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    whole = _text_length(soup)
    for tag in soup.find_all(True):
        if tag.decomposed or tag.name in {"html", "body"}:
            continue
        names = " ".join(_names(tag))
        around = bool(_AROUND.search(names)) and _text_length(tag) < whole / 2
        if around or _HIDDEN.search(str(tag.get("style") or "")) or tag.has_attr("hidden"):
            tag.decompose()


def _names(tag: "Tag") -> list[str]:
    """Return the classes and the id of an element."""
    classes = tag.get_attribute_list("class") if tag.has_attr("class") else []
    return [str(name) for name in (*classes, tag.get("id")) if name]


def _find_article(body: "Tag") -> "Tag":
    """Return the element that holds the article: by its name, else the smallest one with most of the text."""
    named = []
    for tag in body.find_all(True):
        names = {name.lower() for name in _names(tag)}
        ranks = [rank for rank, name in enumerate(_ARTICLE_NAMES) if name in names]
        if ranks:
            named.append((min(ranks), -_prose_length(tag), tag))
    for _, length, tag in sorted(named, key=lambda item: item[:2]):
        if -length >= 80:
            return tag
    return _densest(body)


def _prose_length(tag: "Tag") -> int:
    """Return the number of characters outside links."""
    return _text_length(tag) - sum(_text_length(link) for link in tag.find_all("a"))


def _densest(body: "Tag") -> "Tag":
    from bs4 import Tag as TagType

    whole, here = _prose_length(body), body
    while True:
        children = [child for child in here.find_all(recursive=False) if isinstance(child, TagType)]
        best = max(children, key=_prose_length, default=None)
        leaf = {"p", "table", "tr", "td", "th", "tbody", "thead", "span", "ul", "ol", "pre", "font", "b", "strong"}
        if best is None or _prose_length(best) < _LEAST_SHARE * whole:
            return here
        if best.name in leaf and not (best.name in {"table", "tbody", "tr", "td"} and _is_frame(best)):
            return here
        here = best


def _is_frame(tag: "Tag") -> bool:
    """Whether a table (or a part of one) only lays out the page: one of its cells holds nearly all of its text."""
    cells = list(tag.find_all(["td", "th"])) or [tag]
    whole = _text_length(tag)
    blocks = max((cell.find_all(["p", "div", "br", "table", "h1", "h2", "h3"]) for cell in cells), key=len)
    return whole > 0 and max(map(_text_length, cells)) >= 0.85 * whole and len(blocks) > 2


def _title_above(body: "Tag", article: "Tag", blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the page's main heading when it stands before the article rather than in it."""
    for heading in body.find_all(["h1", "h2"]):
        text = clean_line(heading.get_text())
        before = any(later is article for later in heading.find_all_next(article.name))
        inside = any(parent is article for parent in heading.parents)
        if text and before and not inside and not any(block.text == text for block in blocks[:5]):
            return (Paragraph(text, 1),)
    return ()


class _Walk:
    """Turns an element into blocks; text between block elements and line breaks is one paragraph."""

    def __init__(self) -> None:
        self._line: list[str] = []
        self._level = 0
        self._lines: list[Paragraph] = []

    def blocks(self, element: "Tag") -> Iterator[Block]:
        """Yield the blocks of `element`; runs of lines drawn with 「|」 are tables too."""
        pending: list[tuple[str, Paragraph | None]] = []
        for block in self._walk(element):
            if isinstance(block, Paragraph):
                pending.append((block.text, block))
                continue
            yield from gather_tables(pending)
            pending = []
            yield block
        pending.extend((line.text, line) for line in self._end())
        yield from gather_tables(pending)

    def _end(self) -> Iterator[Paragraph]:
        text = clean_line("".join(self._line))
        self._line.clear()
        if text:
            yield Paragraph(text, self._level)

    def _walk(self, element: "Tag") -> Iterator[Block]:
        from bs4.element import NavigableString, Tag

        for child in element.children:
            if isinstance(child, NavigableString):
                self._line.append(str(child) if element.name != "pre" else str(child).replace("\n", "\x1e"))
            elif isinstance(child, Tag):
                yield from self._enter(child)
        if element.name == "pre":
            lines = "".join(self._line).split("\x1e")
            self._line.clear()
            for line in lines:
                self._line.append(line)
                yield from self._end()

    def _enter(self, tag: "Tag") -> Iterator[Block]:
        if tag.name == "br":
            yield from self._end()
        elif tag.name == "table":
            yield from self._end()
            yield from _table(tag)
        elif tag.name in _BLOCKS:
            yield from self._end()
            self._level = int(tag.name[1]) if re.fullmatch("h[1-6]", tag.name) else self._level
            yield from self._walk(tag)
            yield from self._end()
            self._level = 0 if re.fullmatch("h[1-6]", tag.name) else self._level
        else:
            yield from self._walk(tag)


def _own(table: "Tag", name: str | list[str]) -> "list[Tag]":
    """Return the rows or cells of this table and not of one nested in it."""
    return [
        tag
        for tag in table.find_all(name)
        if tag.find_parent("table") is (table.find_parent("table") if table.name != "table" else table)
    ]


def _table(table: "Tag") -> Iterator[Block]:
    """Yield a table and those nested in it; one that only lays out the page gives way to its content."""
    rows = _own(table, "tr")
    cells = [(number, cell) for number, row in enumerate(rows) for cell in row.find_all(["td", "th"], recursive=False)]
    if len([cell for _, cell in cells if clean_line(cell.get_text())]) <= 1 or _is_frame(table):
        for part in [*_own(table, "caption"), *(cell for _, cell in cells)]:
            yield from _Walk().blocks(part)
        return
    for caption in _own(table, "caption"):
        yield from _Walk().blocks(caption)
    grid, inner = Grid(), list[tuple[Place, RawTable]]()
    for number, cell in cells:
        column = grid.next_free(number)
        held = list(_Walk().blocks(cell))
        text = "\n".join(block.text for block in held if isinstance(block, Paragraph))
        grid.place(number, column, text, _span(cell, "rowspan", len(rows) - number), _span(cell, "colspan", 1000))
        inner.extend(((number, column), block) for block in held if isinstance(block, RawTable))
    yield grid.table()
    for place, nested in inner:
        yield nested if nested.nested_in else RawTable(nested.rows, nested.covered, nested.unsure, None, place)


def _span(cell: "Tag", name: str, most: int) -> int:
    value = re.match(r"\d{1,6}", str(cell.get(name) or "1").strip())
    span = int(value[0]) if value else 1
    return min(span or most, most)
