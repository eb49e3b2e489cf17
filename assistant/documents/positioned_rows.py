"""Makes rows of the lines of a page: stretches that may be a table without rules, and where figures stand in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.documents.layout import Line
from assistant.documents.page_tables import PageTable

_FIGURE = re.compile(r"[+\-−－]{0,2}\d(?:[\d,，.．]{0,15}\d)?|[/\\\-—－]{1,2}")
# In heights of a character: the widest space between two lines of one table.
_WIDEST_BREAK = 4.0
_WIDEST_LABEL = 0.5  # of the page; a longer line that stands alone is prose


@dataclass(slots=True)
class Piece:
    """Words without a wide gap; `top` and `bottom` run on from page to page.

    `beside_head`: whether the line holds words over columns and no figures.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    beside_head: bool = False

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure, or a stroke that stands for none."""
        return bool(_FIGURE.fullmatch(self.text))


@dataclass(slots=True)
class Row:
    """A printed line of a table, its pieces from the left."""

    line: Line
    pieces: list[Piece]

    @property
    def figures(self) -> list[Piece]:
        """The pieces that are figures."""
        return [piece for piece in self.pieces if piece.is_figure]


@dataclass(slots=True)
class Part:
    """Lines with the same columns; `columns` are (left, right) of the figures in each."""

    rows: list[Row] = field(default_factory=list)
    columns: list[tuple[float, float]] = field(default_factory=list)


def find_runs(lines: list[Line], ruled: Sequence[PageTable]) -> Iterator[list[Row]]:
    """Yield stretches of lines that may be a table: with wide gaps or figures, and short ones between those."""
    run: list[Row] = []
    last: Line | None = None
    shift = 0.0
    for line in sorted(lines, key=lambda line: (line.page, line.top, line.x0)):
        if last is not None and line.page != last.page:
            shift += last.bottom - line.top + 0.3 * line.size  # as if the pages were one long strip
        row = Row(line, [Piece(text, x0, x1, line.top + shift, line.bottom + shift) for text, x0, x1 in line.parts])
        tabular = len(row.pieces) > 1 or any(piece.is_figure for piece in row.pieces)
        if run and not _follows(run, row, tabular=tabular, ruled=ruled):
            yield run
            run = []
        if run or tabular or line.x1 - line.x0 < line.page_width * _WIDEST_LABEL:
            run.append(row)
        last = line
    if run:
        yield run


def _follows(run: list[Row], row: Row, *, tabular: bool, ruled: Sequence[PageTable]) -> bool:
    last, line = run[-1].line, row.line
    size = max(last.size, line.size)
    if abs(last.size - line.size) > 0.15 * size:
        return False
    if line.page == last.page and line.top - last.bottom > _WIDEST_BREAK * size:
        return False
    if any((last.page, last.top) < (table.page, table.top) <= (line.page, line.top) for table in ruled):
        return False
    return line.page <= last.page + 1 and (tabular or line.x1 - line.x0 < line.page_width * _WIDEST_LABEL)


def cut_parts(run: list[Row]) -> list[Part]:
    """Return the run cut where figures stand in other columns, each part from behind the last row before it."""
    parts = [Part()]
    headed = False
    for row in run:
        spans = [(piece.x0, piece.x1) for piece in row.figures]
        if spans and parts[-1].columns:
            merged = _merge(parts[-1].columns, spans, headed=headed)
            if merged is None:
                following = Part()
                while parts[-1].rows and not parts[-1].rows[-1].figures:
                    following.rows.insert(0, parts[-1].rows.pop())
                parts.append(following)
                merged = spans
            parts[-1].columns = merged
        elif spans:
            parts[-1].columns = spans
        parts[-1].rows.append(row)
        headed = not spans and (headed or len(row.pieces) > 1)
    return parts


def _merge(
    columns: list[tuple[float, float]], spans: list[tuple[float, float]], *, headed: bool
) -> list[tuple[float, float]] | None:
    """Return the columns with the figures of one more row, None where they stand in other columns.

    `headed`: words in several columns stand before the row, so that it may begin another table: then two thirds
    of its figures must stand in columns seen before.
    """
    merged = list(columns)
    fresh = 0
    for x0, x1 in spans:
        fits = [n for n, (left, right) in enumerate(merged) if min(x1, right) > max(x0, left)]
        if len(fits) > 1:
            return None
        if fits:
            left, right = merged[fits[0]]
            merged[fits[0]] = (min(left, x0), max(right, x1))
        else:
            merged.append((x0, x1))
            fresh += 1
    if headed and fresh > len(spans) / 3:
        return None
    merged.sort()
    return merged if all(before[1] < after[0] for before, after in pairwise(merged)) else None
