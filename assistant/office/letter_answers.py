"""What was said for a field of a letter, as the field wants it, and back as it is shown."""

import re
from datetime import date
from typing import Any

from assistant.clock.dates import write_date
from assistant.clock.deadlines import Pause
from assistant.clock.rules import DeadlineRules
from assistant.errors import LetterError
from assistant.numbers import fold_figures, fold_width
from assistant.office.deadline_words import read_deadline_facts
from assistant.office.letter_kinds import Field, LetterKind
from assistant.office.spoken_dates import find_day, find_days

_SET = re.compile(
    r"^(?:请)?(?:把|将)?(?P<name>[^：:，,]{2,24}?)(?:改成|改为|换成|应该是|应为|：|:)(?P<value>.+)$", re.DOTALL
)


def told_at_once(text: str, words: dict[str, Any], rules: DeadlineRules, today: date) -> dict[str, Any]:
    """What the wish itself tells: 「给张某写个延期告知书，1月5日收到的」."""
    told: dict[str, Any] = {}
    if name := re.search(words["addressed"], fold_width(text)):
        told["applicant"] = name["name"]
    start = read_deadline_facts(text, today, words, rules).arguments.get("start")
    return told | ({"received": start} if start else {})


def value_said(field: Field, text: str, today: date) -> Any:  # noqa: ANN401  (the type is the field's)
    """What was said, as the field wants it: a day in figures, an option by its number, a list by its lines."""
    said = text.strip()
    if field.type == "date":
        day = find_day(said, today)
        if day is None:
            raise LetterError(f"没有看到“{field.label}”是哪一天，请写成“2026年1月5日”或者“上周五”。")
        return day
    if field.type == "pauses":
        spans = [Pause(day.day, day.last) for day in find_days(said, today) if day.last]
        if not spans:
            raise LetterError(f"“{field.label}”请写起止两天，例如“3月2日到3月20日”。")
        return [{"from": span.first, "until": span.last} for span in spans]
    if field.type == "choice" and said.rstrip("。.").isdecimal():
        options = list(field.options)
        index = int(said.rstrip("。.")) - 1
        if 0 <= index < len(options):
            return options[index]
    if field.type == "list":
        return [line.strip(" 　；;") for line in re.split(r"[\n；;]", said) if line.strip(" 　；;")]
    if field.type == "number":
        found = re.search(r"\d+", fold_figures(said))
        return found[0] if found else said
    return said


def show_value(field: Field, value: Any) -> str:  # noqa: ANN401  (the type is the field's)
    """Return a value as the conversation shows it."""
    if isinstance(value, date):
        return write_date(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type == "pauses":
        return "、".join(f"{item['from']}至{item['until']}" for item in value)
    if isinstance(value, list):
        return "；".join(map(str, value))
    return field.options.get(str(value), str(value))


def find_setting(kind: LetterKind, text: str) -> tuple[Field, str] | None:
    """「把申请人改成李某」, 「联系人：张某」: the field that is meant, and what it is to say."""
    match = _SET.match(text.strip())
    if not match:
        return None
    name = fold_width(match["name"])
    fields = [f for f in kind.fields.values() if name in (fold_width(f.label), f.key, *f.aliases)]
    fields = fields or [f for f in kind.fields.values() if fold_width(f.label).startswith(name)]
    return (fields[0], match["value"]) if len(fields) == 1 else None
