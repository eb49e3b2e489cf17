"""Finds tables that are printed without rules: figures that stand under each other, and the labels beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.documents.characters import clean_line, join_lines
from assistant.documents.grid import Grid
from assistant.documents.layout import Line
from assistant.documents.page_tables import PageTable
from assistant.documents.positioned_rows import Part, Piece, Row, cut_parts, find_runs

_NUMBERED = re.compile(
    r"[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d{1,2}[.．、](?!\d)|第[一二三四五六七八九十]+条"
)
# A contents page has one figure a line; three side by side are the least that shows columns.
_FEWEST_COLUMNS = 3
# In heights of a character: the widest space between two lines of one label, and around a column.
_LABEL_BREAK, _ASIDE = 1.0, 0.4


@dataclass(slots=True)
class _Block:
    """The lines of one label or head."""

    pieces: list[Piece]

    @property
    def top(self) -> float:
        return self.pieces[0].top

    @property
    def bottom(self) -> float:
        return self.pieces[-1].bottom

    @property
    def x0(self) -> float:
        return min(piece.x0 for piece in self.pieces)

    @property
    def x1(self) -> float:
        return max(piece.x1 for piece in self.pieces)

    @property
    def text(self) -> str:
        return join_lines([clean_line(piece.text) for piece in self.pieces])


def find_positioned_tables(lines: list[Line], ruled: Sequence[PageTable]) -> tuple[list[Line], list[PageTable]]:
    """Return the lines that belong to no table, and the tables that stand among them without rules.

    A table that runs over pages is one. Every row is a label and what stands under each column; what stands beside no
    figures is a row of its own.

    Args:
        lines: of the whole document, in reading order, with their parts.
        ruled: the tables with rules, which end one without.
    """
    taken: set[int] = set()
    tables = []
    for run in find_runs(lines, ruled):
        parts = cut_parts(run)
        if max((len(part.columns) for part in parts), default=0) < _FEWEST_COLUMNS:
            continue
        for part in parts:
            table, used = _table(part)
            if table is not None:
                tables.append(table)
                taken |= used
    return [line for line in lines if id(line) not in taken], tables


def _with_blank_columns(part: Part, size: float) -> list[tuple[float, float]]:
    """Return the columns, with those added under which no figure stands: their heads alone tell of them."""
    first = next(number for number, row in enumerate(part.rows) if row.figures)
    left = part.columns[0][0]
    beside = [p.x1 for row in part.rows[first:] for p in row.pieces if not p.is_figure and p.x1 < left]
    heads = list(_blocks([piece for row in part.rows[:first] for piece in row.pieces], size))
    lowest = [
        head
        for head in heads
        if not any(o.top > head.bottom - 0.3 * size and min(o.x1, head.x1) > max(o.x0, head.x0) for o in heads)
    ]
    columns = list(part.columns)
    for head in lowest:
        apart = all(head.x1 < left or head.x0 > right for left, right in columns)
        if head.x0 > max(beside, default=0.0) and apart:
            columns.append((head.x0, head.x1))
    return sorted(columns)


def _table(part: Part) -> tuple[PageTable | None, set[int]]:
    """Return the table of one part, and the lines it holds."""
    anchors = [row for row in part.rows if row.figures]
    if not anchors:
        return None, set()
    size = median(row.line.size for row in anchors)
    columns = _with_blank_columns(part, size)
    edge = columns[0][0] - _ASIDE * size
    anchored = [row.figures[0].middle for row in anchors]
    for row in part.rows:
        for piece in row.pieces:
            piece.beside_head = not row.figures and not _is_label(row.pieces[-1], edge)
    labels = _split(
        list(_blocks([p for row in part.rows for p in row.pieces if _is_label(p, edge)], size)), anchored, size
    )
    heads = list(
        _blocks([p for row in part.rows for p in row.pieces if not _is_label(p, edge) and not p.is_figure], size)
    )
    own = [_label_of(middle, labels, size) for middle in anchored]
    kept, used = _kept(part.rows, [block for block in own if block is not None])
    # 表四 has figures and nothing beside them: an empty place before them would count as one more.
    first_value = 1 if any(own) else 0
    grid, number = Grid(), 0
    rest = [block for block in (*labels, *heads) if id(block) not in {id(b) for b in own} and block.pieces[0] in kept]
    rest.sort(key=lambda block: (block.top, block.x0))
    for row, label in zip(anchors, own, strict=True):
        before = [block for block in rest if block.top < row.figures[0].middle]
        number = _place_heads(grid, number, before, columns, edge, size, first_value)
        rest = rest[len(before) :]
        if first_value:
            grid.place(number, 0, label.text if label is not None else "")
        for column, (left, right) in enumerate(columns, start=first_value):
            text = next((p.text for p in row.figures if left <= (p.x0 + p.x1) / 2 <= right), "")
            grid.place(number, column, text)
        number += 1
    _place_heads(grid, number, rest, columns, edge, size, first_value)
    first, last = (next(row.line for row in rows if id(row.line) in used) for rows in (part.rows, part.rows[::-1]))
    edges = (min(piece.x0 for piece in kept), *(left for left, _ in columns), columns[-1][1])
    raw = grid.table(first.page)
    return PageTable(raw, edges, first.page, last.page, first.top, last.bottom, first.page_height), used


def _is_label(piece: Piece, edge: float) -> bool:
    return piece.x0 < edge


def _blocks(pieces: list[Piece], size: float) -> Iterator[_Block]:
    """Yield the labels, each with the lines under its first that go on with it: near, in place, and not numbered."""
    blocks: list[_Block] = []
    gaps = sorted(gap for gap in _gaps(pieces) if gap < _LABEL_BREAK * size)
    widest = gaps[len(gaps) // 4] + 0.35 * size if gaps else _LABEL_BREAK * size
    for piece in sorted(pieces, key=lambda piece: (piece.top, piece.x0)):
        above = [
            block
            for block in blocks
            if block.pieces[-1].beside_head == piece.beside_head
            and -0.5 * size < piece.top - block.bottom <= widest
            and min(block.x1, piece.x1) - max(block.x0, piece.x0) > 0.5 * min(block.x1 - block.x0, piece.x1 - piece.x0)
        ]
        if len(above) == 1 and not _NUMBERED.match(piece.text) and not _heads_several(above[0], piece, pieces, size):
            above[0].pieces.append(piece)
        else:
            blocks.append(_Block([piece]))
    yield from blocks


def _heads_several(block: _Block, piece: Piece, pieces: list[Piece], size: float) -> bool:
    """Whether others stand under `block` beside `piece`: then it is the head of several columns."""
    line = [p for p in pieces if abs(p.top - piece.top) < 0.3 * size]
    return sum(1 for p in line if min(p.x1, block.x1) > max(p.x0, block.x0)) > 1


def _gaps(pieces: list[Piece]) -> Iterator[float]:
    """Yield the space between every piece and the next one that stands under it."""
    ordered = sorted(pieces, key=lambda piece: piece.top)
    for number, piece in enumerate(ordered):
        below = (p for p in ordered[number + 1 :] if p.top > piece.middle and min(p.x1, piece.x1) > max(p.x0, piece.x0))
        found = next(below, None)
        if found is not None:
            yield found.top - piece.bottom


def _split(blocks: list[_Block], anchored: list[float], size: float) -> list[_Block]:
    """Return the labels with those cut apart that stand beside several rows of figures, every line at its nearest."""
    out: list[_Block] = []
    for block in blocks:
        beside = [middle for middle in anchored if block.top - 0.2 * size <= middle <= block.bottom + 0.2 * size]
        right = any(other.x0 > block.x0 + size and _beside(other, block) for other in blocks)
        if len(beside) < 2 or right:
            out.append(block)
            continue
        held: dict[float, list[Piece]] = {}
        for piece in block.pieces:
            held.setdefault(min(beside, key=lambda middle: abs(middle - piece.middle)), []).append(piece)
        out += [_Block(pieces) for pieces in held.values()]
    return out


def _beside(other: _Block, block: _Block) -> bool:
    return min(other.bottom, block.bottom) > max(other.top, block.top)


def _label_of(middle: float, labels: list[_Block], size: float) -> _Block | None:
    """Return the label of the row whose figures stand at `middle`: of those beside it the one farthest right."""
    beside = [block for block in labels if block.top - 0.2 * size <= middle <= block.bottom + 0.2 * size]
    return max(beside, key=lambda block: block.x0, default=None)


def _kept(rows: list[Row], own: list[_Block]) -> tuple[list[Piece], set[int]]:
    """Return the pieces and the lines of the table; prose before and behind it, which stands alone, is left out."""
    labelled = {id(piece) for block in own for piece in block.pieces}
    inner = [
        number
        for number, row in enumerate(rows)
        if len(row.pieces) > 1 or row.figures or any(id(piece) in labelled for piece in row.pieces)
    ]
    kept = rows[inner[0] : inner[-1] + 1]
    return [piece for row in kept for piece in row.pieces], {id(row.line) for row in kept}


def _place_heads(
    grid: Grid,
    number: int,
    blocks: list[_Block],
    columns: list[tuple[float, float]],
    edge: float,
    size: float,
    first_value: int,
) -> int:
    """Place what stands beside no figures, a row for every height; return the number of the next row."""
    top: float | None = None
    for block in blocks:
        if top is not None and block.top - top > 0.5 * size:
            number += 1
        if top is None or block.top - top > 0.5 * size:
            top = block.top
        if block.x0 < edge:
            # Two labels at one height, a heading and its part: each is a row.
            if grid.next_free(number) > 0:
                number += 1
            grid.place(number, 0, block.text)
            continue
        over = [n for n, (left, right) in enumerate(columns) if block.x0 <= right and block.x1 >= left]
        if not over:
            middle = (block.x0 + block.x1) / 2
            over = [min(range(len(columns)), key=lambda n: abs(sum(columns[n]) / 2 - middle))]
        grid.place(number, first_value + over[0], block.text, 1, len(over))
    return number + 1 if blocks else number
