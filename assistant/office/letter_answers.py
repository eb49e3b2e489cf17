"""What was said for a field of a letter, as the field wants it, and back as it is shown."""

import re
from datetime import date
from typing import Any

from assistant.clock.dates import write_date
from assistant.clock.deadlines import Pause
from assistant.clock.rules import DeadlineRules
from assistant.errors import InputError, LetterError
from assistant.numbers import fold_figures, fold_width
from assistant.office.deadline_words import read_deadline_facts
from assistant.office.letter_fields import read_field
from assistant.office.letter_kinds import Field, LetterKind
from assistant.office.spoken_dates import find_day, find_days

_SET = re.compile(
    r"^(?P<wrong>(?:不对|错了|写错了|改一下|更正)[，,。]?)?(?:请)?(?:把|将)?(?P<name>[^：:，,]{2,24}?)"
    r"(?P<by>改成|改为|换成|应该是|应为|：|:|是|叫|为)(?P<value>.+)$",
    re.DOTALL,
)
# 「申请人张某」, 「原因是档案多」: a clause of a wish or of an answer that says several things at once.
_CLAUSE = re.compile(r"[，,。；;\n]")
_SOFT = ("是", "叫", "为")
# 示水公开2026第013号, 示水公开[2026]13号: the same number, written otherwise.
_NUMBER = re.compile(
    r"^(?P<word>[^〔〕\[\]（）()【】\d]+)[〔\[（(【]?(?P<year>\d{4})年?[〕\]）)】]?第?0*(?P<number>[1-9]\d*)号?$"
)
_ITEM = re.compile(
    r"[\n；;]|(?:^|[,，。\s])\s*(?:第[一二三四五六七八九十]|[一二三四五六七八九十]是|[（(][一二三四五六七八九十\d][）)]"
    r"|[一二三四五六七八九十\d][、.．](?!\d))[是,，、:：]?"
)


def told_in_clauses(kind: LetterKind, text: str, today: date) -> dict[str, Any]:
    """What a message says of several fields, each in a clause that begins with the field's name.

    A clause that cannot be read is left out, so that its field is asked for.
    """
    told: dict[str, Any] = {}
    for clause in filter(None, (part.strip() for part in _CLAUSE.split(text))):
        for name, field in _names(kind):
            if not clause.startswith(name):
                continue
            value = clause[len(name) :].lstrip("：:是叫为 　")
            try:
                if value and field.key not in told:
                    said = value_said(field, value, today)
                    read_field(field, said)
                    told[field.key] = said
            except InputError:
                continue
            break
    return told


def _names(kind: LetterKind) -> list[tuple[str, Field]]:
    """What the fields are called, the longest names first; a name that two fields share means neither."""
    names: dict[str, list[Field]] = {}
    for entry in kind.fields.values():
        for name in dict.fromkeys((entry.label, *entry.aliases)):
            names.setdefault(name, []).append(entry)
    return sorted(((n, found[0]) for n, found in names.items() if len(found) == 1), key=lambda item: -len(item[0]))


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
    if field.type == "choice":
        named = [key for key, name in field.options.items() if said in (key, name)]
        named = named or [key for key, name in field.options.items() if len(said) > 1 and said in name]
        if len(named) != 1:
            raise LetterError(f"没有看懂“{field.label}”选的是哪一项，请回复序号。")
        return named[0]
    if field.type == "list":
        return [line for line in (part.strip(" 　；;，,。") for part in _ITEM.split(said)) if line]
    if field.type == "number_of_document" and (number := _NUMBER.match(said)):
        return f"{number['word']}〔{number['year']}〕{number['number']}号"
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


def find_setting(kind: LetterKind, text: str, awaiting: str = "") -> tuple[Field, str] | None:
    """「把申请人改成李某」, 「联系人：张某」: the field that is meant, and what it is to say.

    「申请人是李某」 sets a field only where that field or no text is `awaiting`, or after 「不对」: elsewhere the
    words may be part of an answer.
    """
    match = _SET.match(text.strip())
    if not match:
        return None
    name = fold_width(match["name"])
    fields = [f for f in kind.fields.values() if name in (fold_width(f.label), f.key, *f.aliases)]
    waits = kind.fields.get(awaiting)
    soft = match["by"] in _SOFT and (waits is None or waits.type in ("text", "list", "number_of_document"))
    if waits and waits.key not in kind.own and re.fullmatch(r"[^，,。；;？?]{2,12}", match["value"]):
        soft = False  # 「申请人是李四」 is no request, no number and no other name
    if not fields and not soft:
        fields = [f for f in kind.fields.values() if fold_width(f.label).startswith(name)]
    if len(fields) != 1 or (soft and not match["wrong"] and fields[0].key != awaiting):
        return None
    return fields[0], match["value"]


def without_lead_in(field: Field, text: str, words: dict[str, Any]) -> str:
    """「我们是示例市水务局」 for a name is 示例市水务局."""
    said = text.strip()
    if field.key in words["named_fields"] and (match := re.match(words["lead_in"], said)):
        return said[match.end() :]
    return said
