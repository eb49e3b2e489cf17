"""A letter's fields as a form: one labelled entry each, what may be left out folded away; and what was entered."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from assistant.errors import LetterError
from assistant.office.letter_kinds import Field, LetterKind

_LONG = ("request", "reasons", "facts")
_BROKEN = "栏目没有读出来，请刷新页面再填一次。"


def show_form(kind: LetterKind, known: Mapping[str, Any], bodies: Mapping[str, Sequence[str]]) -> str:
    """Return the form of `kind` as HTML, every text escaped.

    Args:
        known: values that are there already.
        bodies: of each field that names a reviewing body, the kinds of agency it is for; others do not see it.
    """
    needed: list[str] = []
    optional: list[str] = []
    for key, field in kind.fields.items():
        remedy = bool(kind.remedy)
        wanted = field.required or key in kind.own or (remedy and (key == "agency_kind" or key in bodies))
        must = field.required or (remedy and (key == "agency_kind" or key in bodies))
        entry = _entry(field, known.get(key), must)
        if key in bodies:
            # Kept where it is not asked for, so that it is there for another letter.
            reviewed = bodies[key] if remedy else ()
            hidden = "" if known.get("agency_kind") in reviewed else " hidden"
            entry = f'<div data-reviews="{escape(" ".join(reviewed))}"{hidden}>{entry}</div>'
            wanted = True
        (needed if wanted else optional).append(entry)
    folded = f"<details><summary>可以不写的栏目（{len(optional)}）</summary>{''.join(optional)}</details>"
    return f'<div class="letter-form">{"".join(needed)}{folded if optional else ""}</div>'


def read_form(entered: str) -> dict[str, Any]:
    """Return the fields that the page's script gathered as JSON.

    Raises:
        LetterError: it is none.
    """
    try:
        fields = json.loads(entered or "{}")
    except ValueError as error:
        raise LetterError(_BROKEN) from error
    if not isinstance(fields, dict):
        raise LetterError(_BROKEN)
    return {str(key): value for key, value in fields.items()}


def _entry(field: Field, value: object, must: bool) -> str:
    name, label = f"letter-{escape(field.key)}", escape(field.label)
    attributes = f'id="{name}" data-field="{escape(field.key)}" data-type="{field.type}"'
    mark = '<span class="needed">（必填）</span>' if must else ""
    if field.type == "pauses":
        spans = value if isinstance(value, list) and value else [{"from": "", "until": ""}]
        first, until = (escape(str(spans[0][side])) for side in ("from", "until"))
        return (
            f'<fieldset data-field="{escape(field.key)}" data-type="pauses"><legend>{label}</legend>'
            f'<input aria-label="{label}：开始" placeholder="开始，例如 2026-01-12" value="{first}"> 至 '
            f'<input aria-label="{label}：结束" placeholder="结束" value="{until}"></fieldset>'
        )
    if field.type in ("choice", "flag"):
        options = field.options or {"是": "是", "否": "否"}
        chosen = {True: "是", False: "否"}.get(value, str(value or "")) if isinstance(value, bool) else str(value or "")
        choices = [("", "请选"), *options.items()]
        listed = "".join(
            f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(text)}</option>'
            for key, text in choices
        )
        return f'<label for="{name}">{label}{mark}</label><select {attributes}>{listed}</select>'
    hint = escape(_example(field))
    text = escape("\n".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else ""))
    if field.type == "list" or field.key in _LONG:
        more = "，一行一项" if field.type == "list" else ""
        return (
            f'<label for="{name}">{label}{more}{mark}</label>'
            f'<textarea {attributes} rows="3" placeholder="{hint}">{text}</textarea>'
        )
    return f'<label for="{name}">{label}{mark}</label><input {attributes} placeholder="{hint}" value="{text}">'


def _example(field: Field) -> str:
    if field.example is None:
        return "例如 2026-01-12" if field.type == "date" else ""
    example = "；".join(map(str, field.example)) if isinstance(field.example, list) else field.example
    return f"例如 {example.isoformat() if isinstance(example, date) else example}"
