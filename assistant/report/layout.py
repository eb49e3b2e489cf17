"""A draft as a paper: headings, paragraphs, and the three tables as the official form prints them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from assistant.documents.writing.paper import Block, Body, Grid, GridCell, Heading, Paper
from assistant.report.drafting.sections import Draft
from assistant.report.findings import show
from assistant.report.forms import Address, Node, Table
from assistant.report.tables import Statistics

_BLANK_DATE = "　　　　年　　月　　日"
# Shares of the width for the labels of 表三, level by level, and for one value column.
_LABEL_SHARES, _VALUE_SHARE = (0.7, 1.05, 2.9), 1.12
_PAGE_MM, _POINT_MM = 156, 0.3528
_GAP = re.compile("【[^】]*】")
_TITLE_CHARACTERS = 20  # of 二号 in one line


def lay_out(draft: Draft, day: date | None = None) -> Paper:
    """Return the draft as a paper; without a day the date is left for the office to fill in."""
    blocks: list[Block] = [Body(paragraph.text.text) for paragraph in draft.lead_in]
    for section in draft.sections:
        table = draft.statistics.form.tables[section.table] if section.table else None
        grid = lay_out_table(table, draft.statistics) if table else None
        # A page laid on its side is a new one anyway.
        own_page = table is not None and table.layout == "matrix" and grid is not None and not grid.landscape
        blocks.append(Heading(section.chapter.title, 1, new_page=own_page))
        if grid:
            blocks.append(grid)
        for paragraph in section.paragraphs:
            text = paragraph.text.text
            marked = _apart([*(match.span() for match in _GAP.finditer(text)), *paragraph.marked])
            blocks.append(Heading(text, 2) if paragraph.heading else Body(text, marked))
    dated = f"{day.year}年{day.month}月{day.day}日" if day else _BLANK_DATE
    return Paper(_title_lines(draft), tuple(blocks), draft.statistics.agency, dated)


def _apart(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans in order, those that overlap made one."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def _title_lines(draft: Draft) -> tuple[str, ...]:
    """The title in one line, or broken after the year where one line cannot hold it."""
    title, year = draft.title.text, f"{draft.statistics.year}年"
    if len(title) <= _TITLE_CHARACTERS:
        return (title,)
    head, found, tail = title.partition(year)
    return (head + found, tail) if found else (title,)


def lay_out_table(table: Table, statistics: Statistics) -> Grid:
    """Return a table of the form with its values."""
    return lay_out_grid(table, lambda address: printed(statistics, address))


def lay_out_grid(table: Table, text_of: Callable[[Address], str]) -> Grid:
    """Return a table of the form with `text_of` each cell; values come in the order of `table.cells`."""
    return {"stacked": _stacked, "matrix": _matrix, "single_row": _single_row}[table.layout](table, text_of)


def printed(statistics: Statistics, address: Address) -> str:
    """Return a value as it is printed in its cell; nothing where it is not entered."""
    value = statistics.cells[address]
    if value is None:
        return ""
    sign = "+" if statistics.form.cells[address].signed and value > 0 else ""
    return sign + show(value)


def _stacked(table: Table, text_of: Callable[[Address], str]) -> Grid:
    width = 1 + max(len(block.column_leaves) for block in table.blocks)
    rows: list[tuple[GridCell, ...]] = []
    for block in table.blocks:
        spans = [1] * len(block.column_leaves)
        spans[-1] = width - len(spans)
        rows.append((GridCell(block.heading, columns=width),))
        labels = [GridCell(leaf.label, columns=span) for leaf, span in zip(block.column_leaves, spans, strict=True)]
        rows.append((GridCell(block.corner), *labels))
        for row in block.row_leaves:
            values = [
                GridCell(text_of(Address(table.key, row.key, leaf.key)), columns=span, value=True)
                for leaf, span in zip(block.column_leaves, spans, strict=True)
            ]
            rows.append((GridCell(row.label), *values))
    return Grid(table.key, table.name, (1.0,) * width, tuple(rows), 0, 12.0)


def _matrix(table: Table, text_of: Callable[[Address], str]) -> Grid:
    block = table.blocks[0]
    depth = max(_depth(node) for node in block.rows)
    header = _header(block.columns)
    header[0].insert(0, GridCell(block.corner, rows=len(header), columns=depth))
    rows = [tuple(cells) for cells in header]
    for labels, leaf in _labelled(block.rows, depth):
        values = [
            GridCell(text_of(Address(table.key, leaf.key, column.key)), value=True) for column in block.column_leaves
        ]
        rows.append((*labels, *values))
    widths = (*_LABEL_SHARES[:depth], *(_VALUE_SHARE for _ in block.column_leaves))
    return _turned(Grid(table.key, table.name, widths, tuple(rows), len(header), 9.0), _VALUE_SHARE)


def _single_row(table: Table, text_of: Callable[[Address], str]) -> Grid:
    block = table.blocks[0]
    header = _header(block.rows, below=len(block.column_leaves))
    titles = [GridCell(column.label) for _ in block.row_leaves for column in block.column_leaves]
    values = [
        GridCell(text_of(Address(table.key, row.key, column.key)), value=True)
        for row in block.row_leaves
        for column in block.column_leaves
    ]
    rows = (*(tuple(cells) for cells in header), tuple(titles), tuple(values))
    return _turned(Grid(table.key, table.name, (1.0,) * len(values), rows, len(header) + 1, 9.0), 1.0)


def _turned(grid: Grid, value_share: float) -> Grid:
    """Lay the page on its side if a figure is wider than its column."""
    room = _PAGE_MM * value_share / sum(grid.widths) - 2
    longest = max(len(cell.text) for row in grid.rows for cell in row if cell.value)
    return replace(grid, landscape=longest * grid.size * _POINT_MM / 2 > room)


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in node.children), default=0)


def _header(nodes: tuple[Node, ...], below: int = 1) -> list[list[GridCell]]:
    """Return the heading rows of a tree of columns; a leaf stands over `below` columns and reaches down to the last."""
    levels = max(_depth(node) for node in nodes)
    rows: list[list[GridCell]] = [[] for _ in range(levels)]

    def add(node: Node, level: int) -> None:
        span = len(node.leaves()) * below
        rows[level].append(GridCell(node.label, rows=1 if node.children else levels - level, columns=span))
        for child in node.children:
            add(child, level + 1)

    for node in nodes:
        add(node, 0)
    return rows


def _labelled(nodes: tuple[Node, ...], depth: int) -> list[tuple[list[GridCell], Node]]:
    """Return each value row with the label cells that begin in it."""
    lines: list[tuple[list[GridCell], Node]] = []
    for node in nodes:
        if node.children:
            inner = _labelled(node.children, depth - 1)
            inner[0][0].insert(0, GridCell(node.label, rows=len(inner)))
            lines.extend(inner)
        else:
            lines.append(([GridCell(node.label, columns=depth, left=depth == 1)], node))
    return lines
