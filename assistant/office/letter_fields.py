"""Reads what was entered for a letter: every value in its type, nothing missing, nothing unknown."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from assistant.clock.dates import parse_date
from assistant.clock.deadlines import Pause
from assistant.errors import LetterError
from assistant.office.letter_kinds import Field, LetterKind

_NUMBER = re.compile(r"^[^〔〕\[\]（）()\d]+〔\d{4}〕[1-9]\d*号$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_YES, _NO = {"是", "true", "yes"}, {"否", "false", "no"}


def read_fields(kind: LetterKind, entered: Mapping[str, object], needed: set[str]) -> dict[str, Any]:
    """Return the values of every field of `kind`, None where an optional one was left out.

    Args:
        entered: the values as YAML, a form or the chat gives them.
        needed: required fields beside those of the kind (what the remedy line must name).
    Raises:
        LetterError: fields are missing, unknown or impossible; missing ones are all named at once.
    """
    for key in entered:
        if key not in kind.fields:
            near = get_close_matches(str(key), kind.fields, n=1)
            hint = f"是不是要写 {near[0]}（{kind.fields[near[0]].label}）？" if near else "请删去。"
            raise LetterError(f"{kind.name}没有“{key}”这一栏；{hint}")
    values = {key: read_field(field, entered.get(key)) for key, field in kind.fields.items()}
    missing = [
        f"{field.label}（{key}）"
        for key, field in kind.fields.items()
        if (field.required or key in needed) and values[key] in (None, [])
    ]
    if missing:
        raise LetterError(f"{kind.name}缺少：{'、'.join(missing)}；请补上再生成。")
    given = [key for key in kind.together if values[key] is not None]
    if given and len(given) < len(kind.together):
        labels = "、".join(kind.fields[key].label for key in kind.together)
        raise LetterError(f"{kind.name}的{labels}要么都写，要么都不写。")
    return values


def check_order(kind: LetterKind, values: Mapping[str, Any], today: date | None) -> None:
    """Refuse a request received after `today`, and a letter dated before the request or its correction came."""
    received, signed = values["received"], values["signed"]
    if received and today and received > today:
        raise LetterError(f"收到申请之日{received}晚于今天{today}，请核对。")
    for key in ("received", "corrected"):
        if values[key] and signed and values[key] > signed:
            raise LetterError(f"成文日期（{signed}）早于{kind.fields[key].label}（{values[key]}），请核对。")


def check_pairs(kind: LetterKind, values: Mapping[str, Any], dues: Mapping[str, date]) -> None:
    """Refuse dates whose order the kind declares and that stand the other way round; `dues` are the computed ones."""

    def named(key: str) -> tuple[date, str]:
        if key in dues:
            return dues[key], "期限的最后一日"
        return values[key], kind.fields[key].label

    pairs = [*kind.later.items(), *((second, first) for first, second in kind.earlier.items())]
    for late, early in pairs:
        (late_day, late_name), (early_day, early_name) = named(late), named(early)
        if late_day <= early_day:
            raise LetterError(f"{kind.name}的{late_name}（{late_day}）应当晚于{early_name}（{early_day}），请核对。")


def read_field(field: Field, value: object) -> Any:  # noqa: ANN401  (the type is the field's)
    """Return what was entered in the type of the field, None where nothing was.

    Raises:
        LetterError, DateError: it is not of that type.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match field.type:
        case "date":
            return _date(field.label, value)
        case "list":
            return [_text(field.label, item) for item in (value if isinstance(value, list) else [value])]
        case "flag":
            return _flag(field, value)
        case "number":
            return _number(field, value)
        case "choice":
            return _choice(field, value)
        case "pauses":
            return _pauses(field, value)
        case "number_of_document":
            return _document_number(field, value)
    return _text(field.label, value)


def _text(label: str, value: object) -> str:
    if isinstance(value, (dict, list, bool)):
        raise LetterError(f"“{label}”应当是一段文字。")
    text = str(value)
    if _CONTROL.search(text):
        raise LetterError(f"“{label}”里有不能打印的字符，请重新输入。")
    # The sentences of the template bring their own full stop.
    return " ".join(text.split()).rstrip("。")


def _date(label: str, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else parse_date(str(value), f"{label} ")


def _flag(field: Field, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _YES | _NO:
        return word in _YES
    raise LetterError(f"“{field.label}”请写“是”或者“否”。")


def _number(field: Field, value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise LetterError(f"“{field.label}”应当是不小于0的整数，现在是“{value}”。")
    return int(text)


def _choice(field: Field, value: object) -> str:
    word = str(value).strip()
    for key, name in field.options.items():
        if word in (key, name):
            return key
    known = "、".join(f"{key}（{name}）" for key, name in field.options.items())
    raise LetterError(f"“{field.label}”不能是“{word}”；可选的有 {known}。")


def _pauses(field: Field, value: object) -> list[Pause]:
    pauses = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict) or set(item) != {"from", "until"}:
            raise LetterError(f"“{field.label}”每一段都要写 from 和 until 两个日期。")
        pauses.append(Pause(_date(field.label, item["from"]), _date(field.label, item["until"])))
    return pauses


def _document_number(field: Field, value: object) -> str:
    text = _text(field.label, value)
    if not _NUMBER.match(text):
        raise LetterError(
            f"“{field.label}”应当写成 示水公开〔2026〕12号 的样子：年份用六角括号〔〕，序号不加“第”、不补0；"
            f"现在是“{text}”。"
        )
    return text
