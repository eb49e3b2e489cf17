"""Reads `corpus/forms/*.yaml` into forms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.errors import CorpusFileError
from assistant.report.corpus_files import load_corpus_yaml
from assistant.report.errors import FormError
from assistant.report.forms import Block, Chapter, Form, Node, Table

_LAYOUTS = ("stacked", "matrix", "single_row")


def load_forms(folder: Path) -> dict[str, Form]:
    """Return every form of `folder`, by id.

    Raises:
        CorpusFileError: a file is no form.
    """
    forms = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            form = _form(load_corpus_yaml(path))
        except (KeyError, TypeError, AttributeError) as error:
            raise CorpusFileError(path, 1, f"表式缺少或写错了 {error}。") from error
        forms[form.id] = form
    return forms


def choose_form(forms: Mapping[str, Form], form_id: str, year: int) -> Form:
    """Return the form `form_id`, which must serve `year`.

    Raises:
        FormError: an unknown form, or a year it does not serve.
    """
    form = forms.get(form_id)
    if form is None:
        raise FormError(f"没有“{form_id}”这个表式；可用的有 {'、'.join(forms)}。")
    if not form.serves(year):
        fitting = next((other.id for other in forms.values() if other.serves(year)), None)
        advice = f"{year}年度请用“{fitting}”表式" if fitting else "请检查年度"
        raise FormError(f"“{form_id}”表式用于{form.years}，不用于{year}年度；{advice}。")
    return form


def form_of_year(forms: Mapping[str, Form], year: int) -> Form:
    """Return the form that serves `year`.

    Raises:
        FormError: none does.
    """
    for form in forms.values():
        if form.serves(year):
            return form
    raise FormError(f"没有用于{year}年度的表式；请检查年度。")


def _form(data: Mapping[str, Any]) -> Form:
    return Form(
        id=str(data["form"]),
        title=data["title"],
        document_number=data["document_number"],
        first_year=int(data["serves"]["from"]),
        until=data["serves"]["until"],
        report_title=data["report_title"],
        lead_in=data["lead_in"],
        period=data["period"],
        processing_fee=data["processing_fee"],
        overview_limit=data["overview_limit"],
        chapters=tuple(
            Chapter(entry["key"], entry["number"], entry["heading"], MappingProxyType(entry.get("aspects", {})))
            for entry in data["chapters"]
        ),
        tables=MappingProxyType({key: _table(key, entry) for key, entry in data["tables"].items()}),
        constraints=tuple(MappingProxyType(entry) for entry in data["constraints"]),
    )


def _table(key: str, data: Mapping[str, Any]) -> Table:
    if data["layout"] not in _LAYOUTS:
        raise TypeError(f"layout: {data['layout']}")
    blocks = tuple(
        Block(
            heading=entry.get("heading", ""),
            corner=entry.get("corner", data.get("corner", "")),
            columns=_nodes(entry["columns"], ()),
            rows=_nodes(entry["rows"], ()),
        )
        for entry in data["blocks"]
    )
    return Table(key, data["name"], data["layout"], blocks)


def _nodes(entries: Sequence[Mapping[str, Any]], path: tuple[str, ...]) -> tuple[Node, ...]:
    nodes = []
    for entry in entries:
        label = entry["label"]
        # The outermost heading (申请人情况, 三、本年度办理结果) says nothing that a reader needs to find the cell.
        name = entry.get("name", "—".join((*path[1:], label)))
        children = _nodes(entry.get("children", ()), (*path, label))
        options = {option: entry[option] for option in ("unit", "decimal", "signed") if option in entry}
        nodes.append(
            Node(entry.get("key", label), label, name, entry.get("short", label), children, MappingProxyType(options))
        )
    return tuple(nodes)
