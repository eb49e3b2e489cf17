"""Reads text and Markdown, and the tables that plain text draws with 「|」 or tabs."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.documents.blocks import Block, Document, Paragraph, RawTable
from assistant.documents.characters import clean_line
from assistant.documents.grid import Grid
from assistant.errors import DamagedDocumentError, UnsupportedDocumentError

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_PLAUSIBLE = 0.9
_RULE = re.compile(r"^[\s|:：+=—─-]*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def decode(path: Path, data: bytes) -> str:
    """Return the text of `data`: UTF-8 or UTF-16 with its mark, UTF-8, or GB18030 (which holds GBK and GB2312).

    Raises:
        DamagedDocumentError: nothing in it.
        UnsupportedDocumentError: another encoding, or no text at all.
    """
    if not data.strip():
        raise DamagedDocumentError(path, "文件是空的，没有可读的文字。")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            text = ""
        if not _is_plausible_chinese(text):
            raise UnsupportedDocumentError(
                path, "文字编码认不出（既不是 UTF-8 也不是 GBK/GB18030），请用记事本另存为 UTF-8。"
            ) from None
    if "\x00" in text:
        raise UnsupportedDocumentError(path, "不是文字文件，请确认格式；文字请另存为 UTF-8 的 .txt。")
    return text


def _is_plausible_chinese(text: str) -> bool:
    """Whether nearly all characters beyond ASCII are everyday Chinese ones: broken UTF-8 read as GB18030 is not."""
    foreign = [character for character in text if ord(character) > 127]
    common = sum(1 for character in foreign if character.encode("gb2312", errors="ignore"))
    return bool(foreign) and common >= _PLAUSIBLE * len(foreign)


def load_text(path: Path, data: bytes) -> Document:
    """Return a plain text: every line a paragraph, lines with 「|」 or tabs tables."""
    return Document(path, "txt", tuple(gather_tables((line, _text_line(line)) for line in _lines(path, data))))


def load_markdown(path: Path, data: bytes) -> Document:
    """Return a Markdown text: `#` headings, pipe tables, every other line a paragraph; comments are dropped."""
    lines = _COMMENT.sub("", decode(path, data)).splitlines()
    if lines and lines[0].strip() == "---" and any(line.strip() == "---" for line in lines[1:]):
        lines = lines[1 + next(i for i, line in enumerate(lines[1:]) if line.strip() == "---") + 1 :]
    return Document(path, "md", tuple(gather_tables((line, _markdown_line(line)) for line in lines)))


def _lines(path: Path, data: bytes) -> list[str]:
    return re.split(r"\r\n|[\n\r\f\v\u2028\u2029\x85]", decode(path, data))


def _text_line(line: str) -> Paragraph | None:
    text = clean_line(line)
    return Paragraph(text) if text else None


def _markdown_line(line: str) -> Paragraph | None:
    match = _HEADING.match(line.strip())
    text = clean_line(_inline(match[2] if match else line))
    return Paragraph(text, len(match[1]) if match else 0) if text else None


def _inline(text: str) -> str:
    return _STRONG.sub(r"\2", _LINK.sub(r"\1", text))


def gather_tables(lines: Iterable[tuple[str, Paragraph | None]]) -> Iterator[Block]:
    """Yield the paragraphs, and a raw table for every run of two or more rows drawn with 「|」 or tabs.

    Args:
        lines: the raw line and the paragraph it makes (None for an empty line, which ends a table drawn with tabs).
    """
    run: list[tuple[str, Paragraph | None]] = []
    for raw, paragraph in lines:
        if _separator(raw) and (not run or _separator(run[0][0]) == _separator(raw)):
            run.append((raw, paragraph))
            continue
        yield from _close_run(run)
        run = [(raw, paragraph)] if _separator(raw) else []
        if not run and paragraph is not None:
            yield paragraph
    yield from _close_run(run)


def _separator(raw: str) -> str:
    """Return the sign that parts the cells of the line: 「|」, 「｜」, a tab, or "" for a line that is no row."""
    text = raw.strip(" \u3000")
    for sign in ("|", "｜"):
        if text.count(sign) >= 2 or (text.count(sign) == 1 and not text.startswith(sign) and not text.endswith(sign)):
            return sign
    return "\t" if text.strip().count("\t") >= 2 else ""


def _close_run(run: list[tuple[str, Paragraph | None]]) -> Iterator[Block]:
    rows = [cells for raw, _ in run if not _RULE.match(raw) for cells in [_cells(raw)]]
    if len(rows) < 2:
        # One line with a sign in it is prose, unless it is drawn as a row on both sides.
        for raw, paragraph in run:
            if paragraph is not None and not _RULE.match(raw):
                yield table_of(rows) if _is_closed(raw) else paragraph
        return
    yield table_of(rows)


def _is_closed(raw: str) -> bool:
    text = raw.strip()
    return len(text) > 1 and text[0] in "|｜" and text[-1] in "|｜"


def _cells(raw: str) -> list[str]:
    sign, text = _separator(raw), raw.strip(" \u3000")
    if sign != "\t":
        text = text.strip()
        text = text[1:] if text.startswith(sign) else text
        text = text[:-1] if text.endswith(sign) and not text.endswith("\\" + sign) else text
        parts = re.split(rf"(?<!\\){re.escape(sign)}", text)
        return [clean_line(_inline(_LINE_BREAK.sub("", part.replace("\\|", "|")))) for part in parts]
    return [clean_line(part) for part in text.strip("\r\n").split("\t")]


def table_of(rows: list[list[str]]) -> RawTable:
    """Return the table of rows of cells without spans."""
    grid = Grid()
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            grid.place(number, column, cell)
    return grid.table()
