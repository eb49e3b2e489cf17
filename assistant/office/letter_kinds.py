"""Reads `corpus/letters/`: one file a kind of letter, its fields, its sentences and the row of 表三 it ends in."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError, LetterError

_KEYS = {
    "name", "title", "to", "numbered", "required", "row", "fields", "examples", "within", "computes", "later",
    "earlier", "together", "fee", "remedy", "caution", "internal", "attachments", "body", "table",
}  # fmt: skip
_FIELD_KEYS = {"label", "type", "required", "options", "clauses", "example", "aliases"}
_TYPES = {"text", "date", "list", "flag", "number", "choice", "pauses", "number_of_document"}
# What every letter to such a reader must say, beside what its own file lists.
_BASE = {
    "applicant": ("agency", "applicant", "request", "signed"),
    "third_party": ("agency", "third_party", "request", "signed"),
    "organ": ("agency", "organ", "request", "signed"),
    "file": ("agency", "request"),
    "third_party_form": ("agency", "request"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in.

    Attributes:
        options: the values of a choice by name; `clauses` the article each rests on.
        aliases: what people call it beside its label.
    """

    key: str
    label: str
    type: str
    required: bool
    options: dict[str, str]
    clauses: dict[str, str]
    example: object
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter.

    Attributes:
        to: applicant, third_party, organ; file or third_party_form for a form without salutation and number.
        fields: by key, shared ones first.
        row: the row of 表三 in which a case that ends so is counted, or None for a step on the way.
        remedy: key of the line, None for none, or a table from the value of the field `by` to a key.
        within: the deadline rule that the date of the letter must keep.
        computes: dates worked out for the text, by name.
        later, earlier: pairs of dates whose order must hold.
        own: the fields of this kind alone.
        together: fields that are given all or none.
    """

    key: str
    name: str
    title: str
    to: str
    numbered: bool
    fields: dict[str, Field]
    own: frozenset[str]
    row: str | None
    remedy: str | dict[str, str] | None
    within: dict[str, Any] | None
    computes: dict[str, dict[str, Any]]
    later: dict[str, str]
    earlier: dict[str, str]
    together: tuple[str, ...]
    fee: bool
    caution: str
    internal: str
    attachments: tuple[str, ...]
    body: str
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LetterDocument:
    """A legal text that letters cite."""

    title: str
    number: str
    in_force_from: date


@dataclass(frozen=True, slots=True)
class LetterKinds:
    """Everything in `corpus/letters`: kinds, cited documents, rows of 表三, remedies as read."""

    kinds: dict[str, LetterKind]
    documents: dict[str, LetterDocument]
    rows: dict[str, str]
    remedies: dict[str, Any]

    @property
    def rows_by_name(self) -> dict[str, str]:
        """The row of 表三 by the name of the letter that ends a case in it."""
        return {kind.name: kind.row for kind in self.kinds.values() if kind.row}

    def kind(self, word: str) -> LetterKind:
        """Return the kind of that key or name.

        Raises:
            LetterError: there is none.
        """
        for kind in self.kinds.values():
            if word in (kind.key, kind.name):
                return kind
        known = "、".join(f"{kind.key}（{kind.name}）" for kind in self.kinds.values())
        raise LetterError(f"没有“{word}”这种文书；可用的有 {known}。")


def load_letter_kinds(folder: Path) -> LetterKinds:
    """Return what `folder` (`corpus/letters`) holds.

    Raises:
        CorpusFileError: a file breaks the format.
    """
    shared = {path.stem: _read_yaml(path) for path in sorted((folder / "shared").glob("*.yaml"))}
    remedies = shared["remedies"]
    bodies = {key: body["name"] for key, body in remedies["bodies"].items()}
    fields = {
        key: _read_field(folder / "shared" / "fields.yaml", key, entry, bodies)
        for key, entry in shared["fields"].items()
    }
    documents = {
        key: LetterDocument(entry["title"], entry["number"], entry["in_force_from"])
        for key, entry in shared["documents"].items()
    }
    kinds = {path.stem: _read_kind(path, fields) for path in sorted(folder.glob("*.yaml"))}
    for key, kind in kinds.items():
        if kind.row is not None and kind.row not in shared["rows"]:
            raise CorpusFileError(folder / f"{key}.yaml", 1, f"row 写的 {kind.row} 不是表三的行。")
    return LetterKinds(kinds, documents, shared["rows"], remedies)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusFileError(path, (mark.line if mark else 0) + 1, "不是正确的 YAML。") from error
    if not isinstance(data, dict):
        raise CorpusFileError(path, 1, "应当是“名称: 内容”的列表。")
    return data


def _read_field(path: Path, key: str, entry: dict[str, Any], bodies: dict[str, str]) -> Field:
    if set(entry) - _FIELD_KEYS or "label" not in entry or entry.get("type", "text") not in _TYPES:
        raise CorpusFileError(path, 1, f"栏目 {key} 的写法不对。")
    options = entry.get("options") or {}
    return Field(
        key=key,
        label=entry["label"],
        type=entry.get("type", "text"),
        required=bool(entry.get("required")),
        options=bodies if options == "remedies" else dict(options),
        clauses=dict(entry.get("clauses") or {}),
        example=entry.get("example"),
        aliases=tuple(entry.get("aliases") or ()),
    )


def _read_kind(path: Path, shared: dict[str, Field]) -> LetterKind:
    data = _read_yaml(path)
    if unknown := sorted(set(data) - _KEYS):
        raise CorpusFileError(path, 1, f"不认识的项目 {'、'.join(unknown)}。")
    if data.get("to") not in _BASE or not ("body" in data or "table" in data):
        raise CorpusFileError(path, 1, "缺少 to（写给谁）或者正文。")
    own = {key: _read_field(path, key, entry, {}) for key, entry in (data.get("fields") or {}).items()}
    to, numbered = data["to"], data.get("numbered", data["to"] not in ("file", "third_party_form"))
    required = {*_BASE[to], *(data.get("required") or ()), *(["document_number"] if numbered else [])}
    if missing := sorted(required - set(shared) - set(own)):
        raise CorpusFileError(path, 1, f"required 里的 {'、'.join(missing)} 没有定义。")
    examples = data.get("examples") or {}
    fields = {
        key: Field(
            key, field.label, field.type, field.required or key in required, field.options, field.clauses,
            examples.get(key, field.example), field.aliases,
        )
        for key, field in (shared | own).items()
    }  # fmt: skip
    return LetterKind(
        key=path.stem,
        name=data["name"],
        title=data["title"],
        to=to,
        numbered=numbered,
        fields=fields,
        own=frozenset(own),
        row=data.get("row"),
        remedy=data.get("remedy"),
        within=data.get("within"),
        computes=data.get("computes") or {},
        later=data.get("later") or {},
        earlier=data.get("earlier") or {},
        together=tuple(data.get("together") or ()),
        fee=bool(data.get("fee")),
        caution=data.get("caution", ""),
        internal=data.get("internal", ""),
        attachments=tuple(data.get("attachments") or ()),
        body=data.get("body", ""),
        table=tuple((label, value) for label, value in data.get("table") or ()),
    )
