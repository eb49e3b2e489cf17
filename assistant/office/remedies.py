"""The remedy line of a decision: 复议 first for refusals under 条例 14 to 16, either for the rest, and to whom."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.errors import LetterError
from assistant.office.letter_kinds import LetterKind

_DEFAULT_COURT = "有管辖权的人民法院"


def remedy_key(kind: LetterKind, values: Mapping[str, Any]) -> str | None:
    """Return which remedy line a letter carries, None for none; it may hang on a field (the ground of withholding)."""
    if kind.remedy is None or isinstance(kind.remedy, str):
        return kind.remedy
    return kind.remedy.get(str(values.get(kind.remedy["by"])), kind.remedy["default"])


def needed_fields(kind: LetterKind, entered: Mapping[str, object], remedies: Mapping[str, Any]) -> set[str]:
    """Return the fields that the remedy line needs: the kind of agency, and the bodies this kind's line names."""
    if kind.remedy is None:
        return set()
    chosen = str(entered.get("agency_kind", "")).strip()
    for key, body in remedies["bodies"].items():
        if chosen in (key, body["name"]):
            needs = body["needs"]
            return {"agency_kind", *(needs if isinstance(needs, list) else [needs])}
    return {"agency_kind"}


def reviewing_bodies(remedies: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return, of each field that names a reviewing body, the kinds of agency whose decisions that body reviews."""
    found: dict[str, list[str]] = {}
    for key, body in remedies["bodies"].items():
        needs = body["needs"] if isinstance(body["needs"], list) else [body["needs"]]
        for need in needs:
            found.setdefault(need, []).append(key)
    found.pop("agency", None)  # the agency itself: every letter names it
    return found


def channel_caution(kind: LetterKind, values: Mapping[str, Any], remedies: Mapping[str, Any]) -> list[str]:
    """Return what is to be added where a decision seems to go out by internet: how a review is applied for there."""
    by_internet = values["channel"] == "internet" or re.search(remedies["by_internet"], values.get("manner") or "")
    if values["review_channel"] or not by_internet:
        return []
    return [str(remedies["review_channel_caution"]).replace("{{ label }}", kind.fields["review_channel"].label)]


def remedy_line(
    key: str, title: str, values: Mapping[str, Any], remedies: Mapping[str, Any]
) -> tuple[str, list[tuple[str, str]]]:
    """Return the remedy line and the articles it rests on, as (short name of the document, clause).

    Args:
        key: review_first, review_or_lawsuit or partly.
        title: the letter's title; its last three characters are what the line calls it (答复书, 告知书).
        values: the fields of the letter, `agency_kind` and the bodies it needs among them.
    Raises:
        LetterError: the letter is dated before these rules were in force.
    """
    in_force: date = remedies["in_force_from"]
    if values["signed"] < in_force:
        raise LetterError(f"救济告知按{in_force}起施行的行政复议法编写，成文日期{values['signed']}更早，请核对。")
    body = remedies["bodies"][values["agency_kind"]]
    needs = body["needs"] if isinstance(body["needs"], list) else [body["needs"]]
    names = [values[need] for need in needs]
    line = remedies["lines"][key]
    text = line["text"]
    basis = [(document, clause) for document, clause in line["basis"]]
    if body.get("final_ruling") and "行政复议决定" in text:
        text += remedies["final_ruling"]
        basis.append(("行政复议法", remedies["final_ruling_basis"]))
    if values.get("review_channel"):
        text += remedies["review_channel"]
        basis.append(("行政复议法", remedies["review_channel_basis"]))
    for name, value in (
        ("paper", title[-3:]),
        ("body", names[0] if len(names) == 1 else f"{'或者'.join(names)}（由申请人选择）"),
        ("court", values.get("court") or _DEFAULT_COURT),
        ("review_channel", values.get("review_channel") or ""),
    ):
        text = text.replace("{{ " + name + " }}", value)
    return text, [*basis, ("行政复议法", body["basis"])]
