"""What a message to the chat asks of the desk: a date, a fee or a letter, told from words in `office_questions.yaml`.

`conversation` asks `read_office_question`; None means that the message is for the corpus.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assistant.clock.dates import parse_date
from assistant.clock.deadlines import compute_deadline
from assistant.clock.explain import explain_deadline, explain_fee
from assistant.clock.fees import processing_fee
from assistant.errors import DateError
from assistant.numbers import fold_figures, fold_width
from assistant.office.desk import Desk

_FULL_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_SHORT_DATE = re.compile(r"(?P<year>今年|去年|明年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]")
_RELATIVE = {"大前天": 3, "前天": 2, "昨天": 1, "今天": 0}
_COUNT = re.compile(r"(?P<count>\d{1,7})(?P<measure>件|页|条申请|份申请)")
_YEARS = {"今年": 0, "去年": -1, "明年": 1}


@dataclass(frozen=True, slots=True)
class OfficeQuestion:
    """A computation or a draft that a message asks for.

    Attributes:
        use: deadline, fee or letter.
        arguments: of a deadline `key`, `start`, `received_by`, `extended`; of a fee `requests` or `pages`.
        letters: the kinds that may be meant; () asks for the guided choice.
    """

    use: str
    arguments: dict[str, Any]
    letters: tuple[str, ...] = ()


def read_office_question(text: str, today: date, words: dict[str, Any]) -> OfficeQuestion | None:
    """Return what `text` asks of the desk, None where it asks for no date, fee or letter.

    Args:
        today: a day without a year is the last such day not after it; also for 昨天, 今天.
        words: `Desk.question_words`.
    Raises:
        DateError: the message names a day that does not exist.
    """
    folded = fold_figures(text)
    drafts = re.search(words["drafts"], folded)
    if drafts:
        after = folded[drafts.end() :]
        for entry in words["letters"]:
            if re.search(r"[书函证表]|回执|目录", after) and re.search(entry["when"], after):
                return OfficeQuestion("letter", {}, tuple(entry["kinds"]))
    if re.search(words["asks_amount"], folded) and (count := _COUNT.search(folded)):
        name = "pages" if count["measure"] == "页" else "requests"
        return OfficeQuestion("fee", {name: int(count["count"])})
    if not re.search(words["asks_when"], folded):
        return None
    start = _find_date(text, folded, today)
    if start is None:
        return None
    for entry in words["deadlines"]:
        if re.search(entry["when"], folded):
            channel = next((item["channel"] for item in words["channels"] if re.search(item["when"], folded)), None)
            arguments: dict[str, Any] = {"key": entry["rule"], "start": start}
            if entry["rule"] in ("reply", "correction") and channel:
                arguments["received_by"] = channel
            if entry["rule"] == "reply" and re.search("延期|延长", folded):
                arguments["extended"] = True
            return OfficeQuestion("deadline", arguments)
    return None


def answer_office_question(question: OfficeQuestion, desk: Desk, today: date) -> list[str]:
    """Return the lines that answer `question`; a letter is answered with what must be filled in.

    Raises:
        InputError: the rules refuse the facts; the message is for the user.
    """
    if question.use == "deadline":
        return explain_deadline(compute_deadline(desk.rules, desk.calendar, today=today, **question.arguments))
    if question.use == "fee":
        return explain_fee(processing_fee(desk.fees, today, **question.arguments))
    if len(question.letters) == 1:
        kind = desk.kinds.kind(question.letters[0])
        fields = [field.label for field in kind.fields.values() if field.required]
        return [f"起草{kind.name}，请提供：{'、'.join(fields)}。"]
    if question.letters:
        names = [desk.kinds.kind(key).name for key in question.letters]
        return [f"请选一种文书：{'、'.join(names)}。"]
    first = desk.steps.question()
    options = "；".join(f"{number}.{option.label}" for number, option in enumerate(first.options, start=1))
    return [f"先按七步判断用哪一种文书。第1步 {first.step}：{first.ask}", options]


def _find_date(text: str, folded: str, today: date) -> date | None:
    full = _FULL_DATE.search(fold_width(text))
    if full:
        return parse_date(full[0])
    short = _SHORT_DATE.search(folded)
    if short:
        year = today.year + _YEARS.get(short["year"], 0)
        try:
            found = parse_date(f"{year}-{short['month']}-{short['day']}")
        except DateError:
            if short["year"] or (short["month"], short["day"]) != ("2", "29"):
                raise
            return _last_leap_day(today)
        return found if short["year"] or found <= today else _year_before(found)
    for word, back in _RELATIVE.items():
        if word in folded:
            return today - timedelta(days=back)
    return None


def _year_before(day: date) -> date:
    return (
        _last_leap_day(day - timedelta(days=1)) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
    )


def _last_leap_day(today: date) -> date:
    while (today.month, today.day) != (2, 29):
        today -= timedelta(days=1)
    return today
