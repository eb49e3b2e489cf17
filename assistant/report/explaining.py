"""Explains one finding in words: what is printed, the sum step by step, the rule."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.report.findings import Finding, Span, show
from assistant.report.forms import Address, Node, Table
from assistant.report.published import PublishedReport

_SUMS = {"H1", "H2", "H3", "H4"}


def explain_finding(finding: Finding, report: PublishedReport) -> str:
    """Return the explanation of a finding of that report, a line each: the finding, the sum, where it is, the rule."""
    lines = [f"{finding.code}　{finding.message}"]
    if finding.code in _SUMS and isinstance(finding.anchor, Address):
        lines += _sum_lines(finding, finding.anchor, report)
    elif finding.expected is not None and finding.actual is not None:
        lines.append(f"报告里是{finding.actual}，应当是{finding.expected}。")
    place = place_of(finding, report)
    if place:
        lines.append(f"位置：{place}")
    lines.append(f"依据：{finding.basis}")
    return "\n".join(lines)


def place_of(finding: Finding, report: PublishedReport) -> str:
    """Return where in the document a finding is: its page, and the words or the cell; "" where it has no place."""
    anchor = finding.anchor
    if isinstance(anchor, Span):
        text = report.document.blocks[anchor.block].text
        return f"{_page(report, anchor.block)}“{text[max(0, anchor.start - 8) : anchor.end + 8].strip()}”"
    if isinstance(anchor, Address) and anchor in report.places:
        cell = report.form.cells[anchor]
        return f"{_page(report, report.places[anchor].block)}{cell.name}"
    return ""


def _page(report: PublishedReport, block: int) -> str:
    page = report.document.blocks[block].page
    return f"第{page}页，" if page else ""


def _sum_lines(finding: Finding, anchor: Address, report: PublishedReport) -> Iterator[str]:
    constraint = next(c for c in report.form.constraints if c["code"] == finding.code)
    table = report.form.tables[constraint["table"]]
    line = anchor.column if constraint["each"] == "column" else anchor.row
    sides = [_side(table, constraint, constraint[side], line) for side in ("left", "right")]
    sums = []
    for side in sides:
        values = [report.statistics.cells[address] for _, address in side]
        known = [value for value in values if value is not None]
        sums.append(sum(known))
        terms = "＋".join(
            f"{node.name}{show(value)}"
            for (node, _), value in zip(side, values, strict=True)
            if value or len(side) <= 3
        )
        zeros = sum(1 for value in values if not value) if len(side) > 3 else 0
        rest = f"（其余{zeros}项为0）" if zeros and terms else ""
        yield f"{terms or '各项都是0，'}{rest}＝{show(sums[-1])}" if len(side) > 1 else terms
    yield f"两边应当相等，现在是{show(sums[0])}和{show(sums[1])}，相差{show(abs(sums[0] - sums[1]))}。"


def _side(table: Table, constraint: Mapping[str, Any], keys: Sequence[str], line: str) -> list[tuple[Node, Address]]:
    column_wise = constraint["each"] == "column"
    nodes = [leaf for key in keys for leaf in table.node("row" if column_wise else "column", key).leaves()]
    return [
        (node, Address(table.key, node.key, line) if column_wise else Address(table.key, line, node.key))
        for node in nodes
    ]
