"""The desk's side of a conversation: what is missing is asked for, one thing after the other, until there is a result.

A pure state machine: it is given the state, the message and the day, and returns the next state and what to say.
Showing and saving a letter are the caller's.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from assistant.clock.deadlines import Pause
from assistant.errors import InputError
from assistant.numbers import fold_figures
from assistant.office.asking import OfficeQuestion, answer_office_question, read_office_question
from assistant.office.deadline_words import read_deadline_facts
from assistant.office.desk import Desk
from assistant.office.letter_talk import LetterTalk, advance_letter, open_letter
from assistant.office.letters import Letter
from assistant.office.spoken_dates import find_days

_NUMBER = re.compile(r"(\d{1,7})")


@dataclass(frozen=True, slots=True)
class DeskTalk:
    """How far it has come: a computation with what is known of it, or a letter that is being filled in."""

    question: OfficeQuestion | None = None
    letter: LetterTalk | None = None

    @property
    def asking(self) -> bool:
        """Whether the next message is expected to answer a question of the desk."""
        return bool(self.letter and self.letter.awaiting != "done") or bool(self.question and self.question.missing)


@dataclass(frozen=True, slots=True)
class Said:
    """What to say, a line each, and the letter that is done."""

    lines: tuple[str, ...]
    letter: Letter | None = None


def open_talk(text: str, desk: Desk, today: date) -> tuple[DeskTalk | None, Said] | None:
    """Begin with a message that asks for a date, a fee or a letter; None for any other message."""
    try:
        question = read_office_question(text, today, desk)
        if question is None:
            return None
        if question.use == "letter":
            letter, lines, done = open_letter(text, question.letters, desk, today)
            return DeskTalk(letter=letter), Said(tuple(lines), done)
        return _answer(question, desk, today)
    except InputError as error:
        return None, Said((str(error),))


def continue_talk(talk: DeskTalk, text: str, desk: Desk, today: date) -> tuple[DeskTalk | None, Said] | None:
    """Go on with a message; None where it is none of the desk's business, and the talk stays as it was.

    A state of None ends the talk.
    """
    words, folded = desk.question_words, fold_figures(text)
    if talk.asking and re.search(words["cancels"], folded):
        return None, Said((words["asks"]["cancelled"],))
    if talk.letter:
        return _with_letter(talk, text, desk, today)
    question = talk.question
    if question is None or not (question.missing or re.search(words["follows"], folded)):
        return None
    try:
        merged = _merge_fee(question, folded) if question.use == "fee" else _merge(question, text, today, desk)
        if merged is None:
            if not question.missing or re.search(words["other_question"], folded):
                return None
            return talk, Said((words["asks"]["unread"], *answer_office_question(question, desk, today)))
        return _answer(merged, desk, today)
    except InputError as error:
        return talk, Said((str(error),))


def _answer(question: OfficeQuestion, desk: Desk, today: date) -> tuple[DeskTalk, Said]:
    return DeskTalk(question), Said(tuple(answer_office_question(question, desk, today)))


def _with_letter(talk: DeskTalk, text: str, desk: Desk, today: date) -> tuple[DeskTalk | None, Said] | None:
    assert talk.letter is not None  # the caller has looked
    taken = advance_letter(talk.letter, text, desk, today)
    if taken is None:
        return None
    letter, lines, done = taken
    return (DeskTalk(letter=letter) if letter else None), Said(tuple(lines), done)


def _merge(question: OfficeQuestion, text: str, today: date, desk: Desk) -> OfficeQuestion | None:
    """The question with what the message adds or changes; None where it says nothing that fits."""
    facts = read_deadline_facts(text, today, desk.question_words, desk.rules)
    told: dict[str, Any] = dict(facts.arguments)
    days = find_days(text, today)
    spans = tuple(Pause(day.day, day.last) for day in days if day.last)
    if spans and "pause" in question.missing:
        told["pauses"] = spans
        told.pop("start", None)
    elif question.missing[:1] in (("start",), ("sent",), ("two_starts",)) and len(days) == 1 and not spans:
        # The answer to 「哪天收到」 is that day, whatever the clerk calls it.
        told["start"] = told.pop("corrected", None) or days[0].day
    if "key" in told and "key" in question.arguments and question.arguments["key"] != told["key"]:
        del told["key"]
    if re.search(desk.question_words["not_extended"], fold_figures(text)):
        told["extended"] = False
    rule = desk.rules.rules.get(question.arguments.get("key") or told.get("key") or "")
    if rule and not rule.by_channel:
        told = {name: value for name, value in told.items() if name not in ("received_by", "confirmed")}
    if not told:
        return None
    arguments = question.arguments | told
    missing = [name for name in facts.missing if name == "pause"]
    missing += [] if "start" in arguments else ["start"]
    missing += [] if "key" in arguments else ["rule"]
    if "pause" in question.missing and "pauses" not in arguments:
        missing.append("pause")
    return replace(question, arguments=arguments, missing=tuple(dict.fromkeys(missing)))


def _merge_fee(question: OfficeQuestion, folded: str) -> OfficeQuestion | None:
    """The question with the number told; a number alone needs to say whether it counts requests or pages."""
    kept = {name: value for name, value in question.arguments.items() if name in ("already", "count")}
    found = _NUMBER.search(folded)
    count = int(found[1]) if found else kept.get("count")
    if count is None:
        return None
    kept.pop("count", None)
    told = "pages" if re.search("页|按量", folded) else "requests" if re.search("[件条份]|个申请", folded) else None
    if told is None and found is None:
        return None
    known = told or next((name for name in question.arguments if name in ("requests", "pages")), None)
    if known is None:
        return replace(question, arguments=kept | {"count": count}, missing=("measure",), vague=str(count))
    return replace(question, arguments=kept | {known: count}, missing=())
