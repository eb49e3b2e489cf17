"""Builds the reports of tests/golden/reports: made-up bodies, figures and prose, in the layouts of real ones.

`bodies/*.yaml` hold sound reports. `cases/*.yaml` hold what a report is made of: a body, a layout, edits, and what a
check must find. README.md beside them tells the format.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from layouts import TEXT_LAYOUTS, as_html, paper_lines

from assistant.documents.writing.paper import Body, Heading, Paper
from assistant.report.forms import Address, Block, Form, Node, Table
from assistant.report.layout import lay_out_grid
from benchmarks.report_files import STYLES, office_word, site_page, workbook

FOLDER = Path(__file__).parents[1] / "golden" / "reports"
# Which Word style a printed or scanned report is typed in; `office` alone is a Word file itself.
WORD = {"word": 0, "word_broken_labels": 1, "word_cut": 2}
PRINTED = {"pdf", "scan"}


@dataclass(frozen=True)
class Case:
    """A report to be made and what must be found in it.

    Attributes:
        layout: word…, site, page, workbook, pdf, scan, or one of `layouts.TEXT_LAYOUTS`.
        edits: what is changed in the body, by kind.
        finds: (code, place) of every finding; "" for any place.
        previous: the body that last year's report is made of, with its own edits.
    """

    name: str
    body: str
    layout: str
    edits: Mapping[str, Any]
    finds: tuple[tuple[str, str], ...]
    previous: "Case | None" = None


def load_bodies() -> dict[str, dict[str, Any]]:
    """Return the sound reports by name."""
    return {path.stem: _read(path) for path in sorted((FOLDER / "bodies").glob("*.yaml"))}


def load_cases() -> list[Case]:
    """Return every case in the order of the files."""
    return [_case(entry) for path in sorted((FOLDER / "cases").glob("*.yaml")) for entry in _read(path)]


def load_no_claims() -> list[dict[str, Any]]:
    """Return groups of sentences that raise no finding: body, chapter, sentences."""
    return _read(FOLDER / "no_claims.yaml")


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _case(entry: Mapping[str, Any]) -> Case:
    finds = tuple((code, place or "") for found in entry.get("finds", ()) for code, place in found.items())
    before = entry.get("previous")
    previous = _case({"name": "", "layout": "markdown", **before}) if before else None
    known = {"cells", "swap", "add", "chapters", "headings", "leave_out", "order", "rows", "columns", "tables"}
    assert set(entry.get("edits", {})) <= known, entry
    return Case(entry["name"], entry["body"], entry["layout"], entry.get("edits", {}), finds, previous)


def make_paper(case: Case, body: Mapping[str, Any], forms: Mapping[str, Form]) -> Paper:
    """Return the report of a case."""
    form, edits = forms[str(body["form"])], case.edits
    texts = {key: list(body.get(key, ())) for key in ("lead", "overview", "problems", "other")}
    texts |= {key: list(paragraphs) for key, paragraphs in edits.get("chapters", {}).items()}
    for key, paragraphs in edits.get("add", {}).items():
        texts.setdefault(key, []).extend(paragraphs)
    title = [body["title"]] if isinstance(body["title"], str) else list(body["title"])
    lines = {"title": title, **texts, "foot": [body.get("signature", ""), body.get("date", "")]}
    for old, new in edits.get("swap", {}).items():
        places = [(key, n) for key, held in lines.items() for n, line in enumerate(held) if old in line]
        assert places, f"{case.name}: {old} stands nowhere"
        for key, n in places:
            lines[key][n] = lines[key][n].replace(old, new)
    figures = read_figures(body, form) | {_address(name): str(text) for name, text in edits.get("cells", {}).items()}
    blocks: list[Any] = [Body(text) for text in lines["lead"]]
    chapters = {chapter.key: chapter for chapter in form.chapters}
    for key in edits.get("order", list(chapters)):
        if key in edits.get("leave_out", ()):
            continue
        heading = edits.get("headings", {}).get(key) or body.get("headings", {}).get(key) or chapters[key].title
        blocks.append(Heading(heading, 1))
        if key in form.tables:
            blocks += _table(form, key, figures, edits, forms)
        blocks += [Body(text) for text in lines.get(key, ())]
    return Paper(tuple(lines["title"]), tuple(blocks), *lines["foot"])


def read_figures(body: Mapping[str, Any], form: Form) -> dict[Address, str]:
    """Return the text of every cell; what the body leaves out is 0."""
    figures = dict.fromkeys((cell.address for table in form.tables.values() for cell in table.cells), "0")
    for key, table in form.tables.items():
        for row, values in (body.get(key) or {}).items():
            block = next(block for block in table.blocks if any(leaf.key == row for leaf in block.row_leaves))
            held = values if isinstance(values, list) else [values]
            for column, value in zip(block.column_leaves, held, strict=True):
                figures[Address(key, row, column.key)] = str(value)
    return figures


def _address(name: str) -> Address:
    return Address(*name.split("."))


def _table(
    form: Form, key: str, figures: Mapping[Address, str], edits: Mapping[str, Any], forms: Mapping[str, Form]
) -> Iterator[Any]:
    """Yield the table as the edits leave it: gone, of another form, a picture, with rows or columns more or less."""
    what = edits.get("tables", {}).get(key, "")
    if what in ("gone", "picture"):
        return
    table = forms[what].tables[key] if what else form.tables[key]
    for axis in ("rows", "columns"):
        for change in edits.get(axis, ()):
            if change["table"] == key:
                table = _changed(table, axis, change)
    yield lay_out_grid(table, lambda address: figures.get(address, "0"))


def _changed(table: Table, axis: str, change: Mapping[str, Any]) -> Table:
    """Return the table without the row or column `drop`, or with one labelled `add` after `after`."""
    blocks = tuple(replace(block, **{axis: _nodes(getattr(block, axis), change)}) for block in table.blocks)
    return Table(table.key, table.name, table.layout, tuple(_fresh(block) for block in blocks))


def _fresh(block: Block) -> Block:
    return Block(block.heading, block.corner, block.columns, block.rows)


def _nodes(nodes: tuple[Node, ...], change: Mapping[str, Any]) -> tuple[Node, ...]:
    kept: list[Node] = []
    for node in nodes:
        if node.key == change.get("drop"):
            continue
        kept.append(replace(node, children=_nodes(node.children, change)))
        if node.key == change.get("after"):
            kept.append(Node("added", change["add"], change["add"], change["add"], (), {}))
    return tuple(kept)


def write_report(case: Case, paper: Paper, path: Path) -> Path:
    """Write the report in its layout, what is printed or scanned as the Word file that it is printed from."""
    layout = "word" if case.layout in PRINTED else case.layout
    if layout in WORD:
        path = path.with_suffix(".docx")
        path.write_bytes(office_word(paper, STYLES[WORD[layout]]))
    elif layout == "workbook":
        path = path.with_suffix(".xlsx")
        path.write_bytes(workbook(paper))
    elif layout in ("site", "page"):
        path = path.with_suffix(".html")
        made = site_page(paper) if layout == "site" else as_html(paper, lines=True).encode()
        path.write_bytes(_with_pictures(case, made))
    else:
        path = path.with_suffix(".txt")
        path.write_text("\n".join(paper_lines(paper, TEXT_LAYOUTS[layout])), encoding="utf-8")
    return path


def _with_pictures(case: Case, page: bytes) -> bytes:
    """Put a picture where a table was taken out as one."""
    text = page.decode()
    pictures = [key for key, what in case.edits.get("tables", {}).items() if what == "picture"]
    return text.replace("</p>", "</p><p><img src='t.png'></p>" * len(pictures), 1).encode() if pictures else page
