"""Says in words where a number of a draft came from: 「表三“一、本年新收…”行“总计”列」."""

import re

from assistant.report.drafting.sources import Derivation, Source, Term
from assistant.report.entry import NOTE_KEYS
from assistant.report.forms import Address, Form

_NOTE = re.compile(r"facts\.(?P<kind>\w+)\[(?P<index>\d+)\]")
_LONG = 4
_FIXED = {"agency": "机关名称", "contact": "联系方式", "form.lead_in": "表式规定的开头", "form.period": "统计期限"}
_YEARS = {"year": "报告年度", "previous_year": "上一年度"}


def tell_source(source: Source, form: Form) -> str:
    """Return the source of a number as a clerk finds it on the form."""
    if not isinstance(source, Derivation):
        return _tell_quotation(source.origin, form)
    if not source.terms:
        return _YEARS[source.operation]
    told = [_tell_term(term, form) for term in source.terms]
    if source.operation == "sum":
        return told[0]
    high, low = told if source.operation in ("increase", "growth") else told[::-1]
    difference = f"{high}－{low}"
    return difference if source.operation in ("increase", "decrease") else f"（{difference}）÷{told[1]}"


def cells_of_source(source: Source) -> list[Address]:
    """Return the cells of this year that a number came from."""
    terms = source.terms if isinstance(source, Derivation) else ()
    return [address for term in terms if not term.of_previous for address in term.addresses]


def _tell_term(term: Term, form: Form) -> str:
    year = "上年" if term.of_previous else ""
    if len(term.addresses) > 1 and (heading := _heading(term.addresses, form)):
        return f"{year}{heading}"
    names = [year + (form.cells[address].name if address in form.cells else str(address)) for address in term.addresses]
    if len(names) > _LONG:
        return f"{names[0]}至{names[-1]}共{len(names)}格之和"
    return "＋".join(names)


def _heading(addresses: tuple[Address, ...], form: Form) -> str:
    """The heading of the form that stands over exactly these cells of one column, in words; "" where none does."""
    table, column = form.tables.get(addresses[0].table), addresses[0].column
    if table is None or any(a.table != addresses[0].table or a.column != column for a in addresses):
        return ""
    rows = {address.row for address in addresses}
    for block in table.blocks:
        for node in (inner for outer in block.rows for inner in outer.walk()):
            if node.children and {leaf.key for leaf in node.leaves()} == rows:
                name = table.node("column", column).name
                return f"{table.name}“{node.label}”各行“{name}”列之和"
    return ""


def _tell_quotation(origin: str, form: Form) -> str:
    if origin in _FIXED:
        return _FIXED[origin]
    if match := _NOTE.match(origin):
        kind = NOTE_KEYS.get(match["kind"], "上年问题")
        return f"文字材料“{kind}”第{int(match['index']) + 1}条"
    _, table, key = [*origin.split("."), "", ""][:3]
    found = form.tables.get(table)
    return f"{found.name}的项目名称" if found else key
