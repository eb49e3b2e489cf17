"""A made report in the layouts in which real ones are found: every one holds the same figures."""

from html import escape

from assistant.documents.writing.paper import Body, Grid, Heading


def paper_lines(paper, table):
    """Return the lines of a paper as text; `table` turns each table into lines."""
    lines = [*paper.title_lines]
    for block in paper.blocks:
        if isinstance(block, Grid):
            lines += table(block)
        else:
            lines.append(block.text)
    return [*lines, paper.signature, paper.date]


def own_rows(grid):
    """The rows with each merged cell once, in the row where it begins: (texts, columns it spans)."""
    return [[(cell.text, cell.columns) for cell in cells] for cells in grid.rows]


def full_rows(grid):
    """The rows with every place of a merged cell, its text in the first place only."""
    width = sum(cell.columns for cell in grid.rows[0])
    rows = [[""] * width for _ in grid.rows]
    for row, column, cell in grid.placed():
        rows[row][column] = cell.text
    return rows


def markdown(grid):
    rows = full_rows(grid)
    return [
        "| " + " | ".join(rows[0]) + " |",
        "|" + "---|" * len(rows[0]),
        *("| " + " | ".join(r) + " |" for r in rows[1:]),
    ]


def bars(grid):
    """「a | b | c |」 a row, spans lost."""
    return ["".join(f"{text} | " for text, _ in row).rstrip(" ") for row in own_rows(grid)]


def bars_with_fillers(grid):
    """「| a | b | ||」: what a span covers to the right is an empty cell at the end of the row."""
    lines = []
    for row in own_rows(grid):
        spare = sum(columns - 1 for _, columns in row)
        lines.append("| " + " | ".join(text for text, _ in row) + " | " + "|" * spare)
    return lines


def bar_ends_line(grid):
    """One cell a line, each ended by 「|」, and a line of bars for what spans cover."""
    lines = []
    for row in own_rows(grid):
        lines += [f"{text} |" if text else "|" for text, _ in row]
        spare = sum(columns - 1 for _, columns in row)
        lines += ["|" * spare] if spare > 1 else []
    return lines


def bar_between_lines(grid):
    """A cell in one line and 「|」 in the next."""
    lines = []
    for row in own_rows(grid):
        for text, _ in row:
            lines += [text, "|"] if text else ["|"]
        spare = sum(columns - 1 for _, columns in row)
        lines += ["|" * (spare + 1)] if spare > 1 else []
    return lines


def cell_a_line(grid):
    return [text for row in own_rows(grid) for text, _ in row if text]


def tabs(grid):
    return ["\t".join(row) for row in full_rows(grid)]


def spaces(grid):
    return [" ".join(text for text, _ in row if text) for row in own_rows(grid)]


def broken_labels(grid):
    """One cell a line, long labels over several lines."""
    lines = []
    for row in own_rows(grid):
        for text, _ in row:
            lines += [text[at : at + 9] for at in range(0, len(text), 9)]
    return lines


TEXT_LAYOUTS = {
    "markdown": markdown,
    "bars": bars,
    "bars_with_fillers": bars_with_fillers,
    "bar_ends_line": bar_ends_line,
    "bar_between_lines": bar_between_lines,
    "cell_a_line": cell_a_line,
    "tabs": tabs,
    "spaces": spaces,
    "broken_labels": broken_labels,
}


def as_html(paper, *, article="zoom", lines=False, spans=True):
    """Return a page of a site with the report in it."""
    parts = [f"<h1>{escape(paper.title)}</h1><div id='{article}'>"]
    for block in paper.blocks:
        if isinstance(block, Grid):
            parts.append(_html_table(block, lines, spans))
        elif isinstance(block, Heading | Body):
            parts.append(f"<p style='text-indent:2em'><span>{escape(block.text)}</span></p>")
    parts.append(f"<p>{escape(paper.signature)}</p><p>{escape(paper.date)}</p></div>")
    head = f"<html><head><meta charset='utf-8'><title>{escape(paper.title)}_示例网</title></head><body>"
    around = "<div class='nav'><a href='#'>首页</a> &gt; <a href='#'>政务公开</a></div>"
    return f"{head}{around}{''.join(parts)}<div class='footer'>主办单位：示例</div></body></html>"


def _html_table(grid, lines, spans):
    rows = []
    for row in grid.rows:
        cells = ""
        for cell in row:
            down = f" rowspan={cell.rows}" if cell.rows > 1 else ""
            across = f" colspan={cell.columns}" if cell.columns > 1 and spans else ""
            parts = [cell.text[at : at + 4] for at in range(0, len(cell.text), 4)]
            text = "<br>".join(parts) if lines and not cell.value else cell.text
            cells += f"<td{down}{across}><p>{text or '&nbsp;'}</p></td>"
        rows.append(f"<tr>{cells}</tr>")
    return f"<table border='1'>{''.join(rows)}</table>"
