"""Tables found on printed pages by their boxes: laid on a grid, and joined where one runs over a page."""

import re
from dataclasses import dataclass, replace

from assistant.documents.blocks import RawTable
from assistant.documents.grid import Grid
from assistant.documents.layout import Line

Box = tuple[float, float, float, float]
_TOLERANCE = 3.0
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]+[）).．、]")


@dataclass(frozen=True, slots=True)
class PageTable:
    """A raw table and where it stands.

    Attributes:
        edges: the x of its vertical lines, from the left.
        page, last_page: 1-based pages of its beginning and its end.
        top, bottom: of its beginning and of its end, in the unit of the page.
    """

    raw: RawTable
    edges: tuple[float, ...]
    page: int
    last_page: int
    top: float
    bottom: float
    page_height: float

    @classmethod
    def from_boxes(
        cls, cells: list[tuple[Box, str, bool]], page: int, page_height: float, tolerance: float = _TOLERANCE
    ) -> "PageTable":
        """Lay cells (box, text, unsure) on the grid of their edges; a box over several places is a merged cell."""
        xs = _edges([x for box, _, _ in cells for x in (box[0], box[2])], tolerance)
        ys = _edges([y for box, _, _ in cells for y in (box[1], box[3])], tolerance)
        grid = Grid()
        for box, text, unsure in cells:
            left, right = _nearest(xs, box[0]), _nearest(xs, box[2])
            top, bottom = _nearest(ys, box[1]), _nearest(ys, box[3])
            grid.place(top, left, text, max(1, bottom - top), max(1, right - left), unsure=unsure)
        return cls(grid.table(page), tuple(xs), page, page, ys[0], ys[-1], page_height)


def _edges(values: list[float], tolerance: float) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > tolerance:
            edges.append(value)
    return edges


def _nearest(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def join_over_pages(tables: list[PageTable], lines: list[Line]) -> list[PageTable]:
    """Return the tables with those joined that go on at the top of the next page: same columns, nothing between.

    A heading row that the next page repeats stands once; a row that the page break cut in two becomes one again.
    """
    joined: list[PageTable] = []
    for table in sorted(tables, key=lambda table: (table.page, table.top)):
        if joined and _goes_on(joined[-1], table, lines):
            joined[-1] = _join(joined[-1], table)
        else:
            joined.append(table)
    return joined


def _goes_on(first: PageTable, second: PageTable, lines: list[Line]) -> bool:
    if second.page != first.last_page + 1:
        return False
    tolerance = max(_TOLERANCE, first.page_height * 0.009)
    outer = abs(first.edges[0] - second.edges[0]) < tolerance and abs(first.edges[-1] - second.edges[-1]) < tolerance
    # A page may show fewer columns than the whole table has, when all its rows merge some.
    fewer, more = sorted((first.edges, second.edges), key=len)
    within = all(any(abs(x - y) < tolerance for y in more) for x in fewer)
    between = any(
        (line.page == first.last_page and line.top >= first.bottom)
        or (line.page == second.page and line.bottom <= second.top)
        for line in lines
    )
    return outer and within and not between


def _join(first: PageTable, second: PageTable) -> PageTable:
    upper, lower = _widen(first, second), _widen(second, first)
    repeated = 0
    while repeated < min(3, len(lower.rows) - 1, len(upper.rows)) and lower.rows[repeated] == upper.rows[repeated]:
        if any(cell.strip().isdigit() for cell in lower.rows[repeated]):
            break
        repeated += 1
    raw = _append(upper, lower, repeated)
    edges = max(first.edges, second.edges, key=len)
    return replace(first, raw=raw, edges=edges, last_page=second.last_page, bottom=second.bottom)


def _widen(table: PageTable, other: PageTable) -> RawTable:
    """Return the rows of `table` laid on the columns of the wider of the two."""
    edges = max(table.edges, other.edges, key=len)
    if len(edges) == len(table.edges):
        return table.raw
    starts = [_nearest(list(edges), x) for x in table.edges]
    grid = Grid()
    for r, row in enumerate(table.raw.rows):
        for c, text in enumerate(row):
            if (r, c) in table.raw.covered:
                continue
            rows, columns = _extent(table.raw, r, c)
            width = starts[min(c + columns, len(starts) - 1)] - starts[c]
            grid.place(r, starts[c], text, rows, max(1, width), unsure=(r, c) in table.raw.unsure)
    return grid.table(table.page)


def _extent(raw: RawTable, row: int, column: int) -> tuple[int, int]:
    """Return how many rows and columns the cell at (row, column) covers."""
    columns, rows = 1, 1
    while (row, column + columns) in raw.covered and raw.rows[row][column + columns] == raw.rows[row][column]:
        columns += 1
    while (row + rows, column) in raw.covered and raw.rows[row + rows][column] == raw.rows[row][column]:
        rows += 1
    return rows, columns


def _append(upper: RawTable, lower: RawTable, repeated: int) -> RawTable:
    rows = [list(row) for row in upper.rows]
    covered, unsure = set(upper.covered), set(upper.unsure)
    kept = list(range(repeated, len(lower.rows)))
    if kept and not repeated and _is_cut(upper.rows[-1], lower.rows[kept[0]]):
        rest = lower.rows[kept[0]]
        for c, text in enumerate(rest):
            if text and text != rows[-1][c]:
                _complete(rows, covered, c, rows[-1][c] + text)
        lower = replace(lower, rows=_without_label(lower, kept[0]))
        kept = kept[1:]
    if kept and not repeated:
        lower = _with_whole_labels(rows, covered, lower, kept[0])
    for number in kept:
        new = len(rows)
        rows.append(list(lower.rows[number]))
        covered |= {(new, c) for r, c in lower.covered if r == number}
        unsure |= {(new, c) for r, c in lower.unsure if r == number}
        for c, text in enumerate(rows[new]):
            # A merged cell cut by the page goes on below without its text.
            cut = number == kept[0] or ((new - 1, c) in covered and (number, c) in lower.covered)
            if not text and cut and _is_label_above(rows, new, c):
                rows[new][c] = rows[new - 1][c]
                covered.add((new, c))
    return RawTable(tuple(map(tuple, rows)), frozenset(covered), frozenset(unsure), upper.page, upper.nested_in)


def _complete(rows: list[list[str]], covered: set[tuple[int, int]], column: int, text: str) -> None:
    """Give the last row's cell in `column`, and the rows above that it covers, the whole text."""
    row, half = len(rows) - 1, rows[-1][column]
    rows[row][column] = text
    while (row, column) in covered and row > 0 and rows[row - 1][column] == half:
        row -= 1
        rows[row][column] = text


def _without_label(lower: RawTable, first: int) -> tuple[tuple[str, ...], ...]:
    """Return the rows with the cells emptied that the row `first` covers: they go on from above."""
    below = [list(row) for row in lower.rows]
    for c, text in enumerate(lower.rows[first]):
        row = first + 1
        while row < len(below) and (row, c) in lower.covered and below[row][c] == text:
            below[row][c] = ""
            row += 1
    return tuple(map(tuple, below))


def _with_whole_labels(rows: list[list[str]], covered: set[tuple[int, int]], lower: RawTable, first: int) -> RawTable:
    """Make labels that the page cut in two whole: 「（六）」 above and 「其他处理」 below are one merged cell.

    Changes `rows` (the upper part) in place and returns the lower part with its half emptied, which the joining then
    fills from above.
    """
    below = [list(row) for row in lower.rows]
    for c in range(len(rows[-1]) // 2):
        above, top = rows[-1][c], below[first][c]
        numbered_right = any(_NUMBERED.match(cell) for cell in below[first][c + 1 : len(rows[-1]) // 2])
        is_rest = bool(_NUMBERED.match(above)) and not _NUMBERED.match(top)
        if not (top and above and is_rest and numbered_right) or above == top:
            continue
        _complete(rows, covered, c, above + top)
        row = first
        while row < len(below) and below[row][c] == top and (row == first or (row, c) in lower.covered):
            below[row][c] = ""
            row += 1
    return replace(lower, rows=tuple(map(tuple, below)))


def _is_cut(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    """Whether `below` is the rest of the row `above`: figures stand in one of the two only, and something in both."""
    figures = [bool(cell) and cell.strip("-+./ ").isdigit() for cell in above]
    figures_below = [bool(cell) and cell.strip("-+./ ").isdigit() for cell in below]
    tail = len(above) // 2
    one_side = any(figures[tail:]) != any(figures_below[tail:])
    empty_side = below if any(figures) else above
    return one_side and any(empty_side) and not any(empty_side[tail:])


def _is_label_above(rows: list[list[str]], row: int, column: int) -> bool:
    """Whether an empty cell belongs to the label above: among the labels, with another label to its right."""
    above, half = rows[row - 1][column], len(rows[row]) // 2
    right = rows[row][column + 1 : half]
    return (
        column < half
        and bool(above)
        and not above.strip().isdigit()
        and any(cell and not cell.isdigit() for cell in right)
    )
