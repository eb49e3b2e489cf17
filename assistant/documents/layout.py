"""Makes paragraphs of the lines of a printed page: indents, short last lines and spacing tell where one ends."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.documents.blocks import Paragraph
from assistant.documents.characters import clean_line, is_wide, join_lines

_PAGE_NUMBER = re.compile(
    r"[-—–－―\s·.]*\d{1,4}[-—–－―\s·.]*|第?\s*\d{1,4}\s*页?\s*(?:[/／]|共|，共|,共)\s*(?:共)?\s*\d{1,4}\s*页?|第\s*\d{1,4}\s*页|[ivxIVX]{1,6}"
)
_NUMERAL = "[零〇一二三四五六七八九十百千]+"
_STARTS = re.compile(
    rf"第{_NUMERAL}(?:条(?:之{_NUMERAL})?|[章节编]|分编)(?:\s|$)|[（(]{_NUMERAL}[）)]|{_NUMERAL}、|附[件：:]|目录?\s*录$"
)
# What stands below a title that fills its line and may not go on with it: the addressees, the first article.
_LETTER_TITLE = re.compile(r"(?:通知|通报|意见|决定|批复|函|答复|请示|报告)(?:[（(][^（）()]{1,12}[）)])?$")
_ADDRESSEES = re.compile(r"各[^。；]*$|[^。；：]{2,}：$")
_FIRST_UNIT = re.compile(r"第一[条章编]\s")
_NO_LINE_START = "。，、；：！？）》〉】」』”’％…·,.;:!?)%"
_SENTENCE_END = "。；：！？"
_QUOTES = "“”‘’"
_MARGIN_ZONE = 0.1
# 「— 1 —」 as official papers number their pages, which may stand a little higher than the edge.
_DASHED_NUMBER, _NUMBER_ZONE = re.compile(r"[-—–－―]\s*\d{1,4}\s*[-—–－―]"), 0.16


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line.

    Attributes:
        x0, x1, top, bottom: its box in any unit, from the upper left corner of the page.
        size: height of its characters in that unit.
        page: 1-based.
        page_height, page_width: in that unit.
        parts: (text, x0, x1) of the words between wide gaps, from the left.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    page: int
    page_height: float
    page_width: float
    parts: tuple[tuple[str, float, float], ...] = ()


def drop_running_lines(lines: list[Line]) -> list[Line]:
    """Return the lines without page numbers and without the headers and footers that pages repeat."""
    edge = [
        line
        for line in lines
        if line.bottom < line.page_height * _MARGIN_ZONE or line.top > line.page_height * (1 - _MARGIN_ZONE)
    ]
    pages = {line.page for line in lines}
    repeated = Counter((_masked(line.text), round(line.top / line.page_height, 2)) for line in edge)
    often = max(2, len(pages) * 0.5)
    dropped = {
        id(line)
        for line in edge
        if _PAGE_NUMBER.fullmatch(line.text.strip())
        or (len(pages) > 1 and repeated[_masked(line.text), round(line.top / line.page_height, 2)] >= often)
    }
    return [line for line in lines if id(line) not in dropped and not _is_page_number(line)]


def _is_page_number(line: Line) -> bool:
    low = line.top > line.page_height * (1 - _NUMBER_ZONE)
    return low and bool(_DASHED_NUMBER.fullmatch(line.text.strip()))


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


def make_paragraphs(lines: list[Line], column: "Column") -> list[Paragraph]:
    """Return the paragraphs of `lines` with the page on which each begins.

    Args:
        lines: in reading order.
        column: measured on the lines of the whole document.
    """
    groups: list[list[Line]] = []
    in_head = True
    for line in lines:
        before = groups[-1][-1] if groups else None
        if before is None or column.parts(before, line) or (in_head and _follows_title(before, line)):
            groups.append([line])
        else:
            groups[-1].append(line)
        in_head = in_head and line.page == lines[0].page and "。" not in line.text
    made = []
    for group in groups:
        text = clean_line(join_lines([clean_line(line.text) for line in group]))
        if text:
            made.append(Paragraph(text, page=group[0].page))
    return made


def _follows_title(before: Line, line: Line) -> bool:
    title, text = before.text.strip(), line.text.strip()
    if _FIRST_UNIT.match(text):
        return not title.endswith(tuple(_SENTENCE_END))
    return bool(_LETTER_TITLE.search(title) and _ADDRESSEES.match(text))


class Column:
    """The column of text: its edges, its line pitch, and whether paragraphs are indented."""

    def __init__(self, lines: list[Line]) -> None:
        self._size = median(line.size for line in lines)
        self._left = {page: self._edge(line.x0 for line in on) for page, on in _by_page(lines).items()}
        self._right = self._right_edge(lines)
        self._pitch = self._line_pitch(lines)
        body = [line for line in lines if len(line.text) > 8]
        indented = sum(1 for line in body if self._is_indented(line))
        self._indents = indented >= max(2, 0.08 * len(body))

    def _edge(self, values: Iterable[float]) -> float:
        """Return the left edge: the leftmost place where several lines begin, a lone outlier passed over."""
        ordered = sorted(values)
        for value in ordered:
            if sum(1 for other in ordered if abs(other - value) < self._size * 0.4) >= max(1, len(ordered) * 0.12):
                return value
        return ordered[0]

    def _right_edge(self, lines: list[Line]) -> float:
        """Return where full lines end: the farthest end seen, unless nearly all that end there end a sentence.

        Then they are short paragraphs, and the right margin is taken to be as wide as the left one.
        """
        rights = sorted(line.x1 for line in lines)
        seen = rights[int(len(rights) * 0.98)] if len(rights) > 20 else rights[-1]
        far = [line for line in lines if line.x1 > seen - 1.5 * self._size]
        going_on = [line for line in far if line.text.rstrip()[-1:] not in _SENTENCE_END]
        if len(going_on) >= 0.3 * len(far):
            return seen
        return max(seen, lines[0].page_width - min(self._left.values()) - self._size)

    def _line_pitch(self, lines: list[Line]) -> float:
        steps = [b.bottom - a.bottom for a, b in pairwise(lines) if a.page == b.page and b.bottom > a.bottom]
        return sorted(steps)[len(steps) // 4] if steps else self._size * 1.5

    def _is_indented(self, line: Line) -> bool:
        return 1.2 * line.size <= line.x0 - self._left[line.page] <= 3.2 * line.size

    def _is_centred(self, line: Line) -> bool:
        left, right = line.x0 - self._left[line.page], self._right - line.x1
        return left > 2.4 * line.size and right > 1.5 * line.size and abs(left - right) < 2.5 * line.size

    def parts(self, before: Line, line: Line) -> bool:
        """Whether `line` begins a new paragraph after `before`."""
        if abs(line.size - before.size) > 0.15 * max(line.size, before.size) + 0.2:
            return True
        if self._is_centred(line) or self._is_centred(before):
            return True
        if line.x0 - self._left[line.page] > 3.2 * line.size:
            return True
        if self._is_indented(line):
            # Where a paragraph is set in as a whole, its lines share the indent and only the short one ends it.
            whole = self._is_indented(before) and abs(before.x0 - line.x0) < 0.5 * line.size and not self._indents
            return not whole or self._ends_short(before, line)
        if self._ends_short(before, line):
            return True
        if line.page == before.page and line.bottom - before.bottom > self._pitch + 0.45 * self._size:
            return not self._indents or bool(_STARTS.match(line.text))
        return not self._indents and before.text.rstrip()[-1:] in "。；：" and bool(_STARTS.match(line.text.strip()))

    def _ends_short(self, before: Line, line: Line) -> bool:
        """Whether the first word of `line` would have found room on the line before: the break was meant."""
        room = self._right - before.x1 - (_first_word_width(line) + 0.6) * line.size
        if not self._indents or self._is_indented(line) or before.text.rstrip()[-1:] in "。；：！？”）":
            return room > 0
        # Among indented paragraphs a line at the margin goes on, unless the one before plainly ended.
        return room > 6 * line.size


def _by_page(lines: list[Line]) -> dict[int, list[Line]]:
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return pages


def _first_word_width(line: Line) -> float:
    """Return the width, in characters, of what a line break may not part at the beginning of `line`."""
    text, width, position = line.text.strip(), 0.0, 0
    while position < len(text):
        character = text[position]
        wide = is_wide(character)
        # An opening bracket keeps the next character with it, a Chinese quotation mark both of its neighbours.
        glued = character in _NO_LINE_START + _QUOTES or text[position - 1] in "（《〈【「『([" + _QUOTES
        if position and (wide or is_wide(text[position - 1])) and not glued:
            break
        width += 1.0 if wide else 0.55
        position += 1
    return width
