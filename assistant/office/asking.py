"""What a message to the chat asks of the desk: a date, a fee or a letter, told from words in `office_questions.yaml`.

What is missing for a computation is asked for; nothing is guessed. None means that the message is for the corpus.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.clock.deadlines import compute_deadline
from assistant.clock.explain import explain_deadline, explain_fee, explain_today
from assistant.clock.fees import processing_fee
from assistant.numbers import fold_figures
from assistant.office.deadline_words import read_deadline_facts
from assistant.office.desk import Desk
from assistant.office.steps import explain_place

# 「第33条」 is an article, 「35件以上」 and 「超过10件」 are no number of requests.
_COUNT = re.compile(
    r"(?<!第)(?<!\d)(?<!超过)(?<!超出)(?<!多于)(?<!不足)(?<!不满)(?P<count>\d{1,7})(?P<measure>件|页|张纸|[条份个次](?=(?:政府)?(?:信息)?(?:公开)?申请))(?!以[上下内]|之内|起)"
)
_TIMES = re.compile(
    r"(?:申请|提|交|递)(?:交|了|出)*[^,，。;；?？\d]{0,8}(?P<count>\d{1,7})[条份个次](?!以[上下内]|之内|起|月|年)"
)
_PAGES = ("页", "张纸")
FIRST_REPORTED_YEAR = 2008  # the first whole year of the regulation; the report of it was due on 31 March 2009
_FEW = 5  # characters after the verb, where the paper was named before it
_PAPER = re.compile(r"[书函证表]|回执|目录")


@dataclass(frozen=True, slots=True)
class OfficeQuestion:
    """A computation or a draft that a message asks for.

    Attributes:
        use: deadline, fee or letter.
        arguments: of `compute_deadline` (with `key`) or of `processing_fee`.
        letters: the kinds that may be meant; () asks for the guided choice.
        missing: what must be asked first, keys of `asks` in the words.
        vague: the words that tell no exact number, for `missing` vague.
    """

    use: str
    arguments: dict[str, Any] = field(default_factory=dict)
    letters: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    vague: str = ""


def read_office_question(text: str, today: date, desk: Desk) -> OfficeQuestion | None:
    """Return what `text` asks of the desk, None where it asks for no date, fee or letter.

    Args:
        today: a day without a year is the last such day not after it; also for 昨天, 上周五.
    Raises:
        DateError: the message names a day that does not exist.
    """
    words, folded = desk.question_words, fold_figures(text)
    return _letter(folded, words) or _fee(folded, words) or _deadline(text, folded, today, desk)


def answer_office_question(question: OfficeQuestion, desk: Desk, today: date) -> list[str]:
    """Return the lines that answer `question`, or that ask for what is missing.

    Raises:
        InputError: the rules refuse the facts; the message is for the user.
    """
    if question.missing:
        return [_ask(question, desk)]
    if question.use == "deadline":
        deadline = compute_deadline(desk.rules, desk.calendar, today=today, **question.arguments)
        first, *rest = explain_deadline(deadline)
        return [first, *filter(None, [explain_today(deadline, today)]), *rest]
    if question.use == "fee":
        return _fees(question, desk, today)
    if len(question.letters) == 1:
        kind = desk.kinds.kind(question.letters[0])
        fields = [entry.label for entry in kind.fields.values() if entry.required]
        return [f"起草{kind.name}，请提供：{'、'.join(fields)}。"]
    if question.letters:
        names = [f"{index}. {desk.kinds.kind(key).name}" for index, key in enumerate(question.letters, start=1)]
        return ["请选一种文书：", *names]
    return ["先按七步判断用哪一种文书。", *explain_place(desk.steps.question())]


def _letter(folded: str, words: dict[str, Any]) -> OfficeQuestion | None:
    """A wish for a letter: 「写个补正告知书」, and with the paper named first: 「补正告知书帮我起草一下」."""
    match = re.search(words["drafts"], folded)
    if re.search(words["no_draft"], folded) and not re.search(words["surely_drafts"], folded):
        return None
    if match and (found := _named_letter(folded, match, words)):
        return found
    if not re.search(words["drafts_reply"], folded):
        return None
    kinds: list[str] = next((entry["kinds"] for entry in words["letters"] if re.search(entry["when"], folded)), [])
    return OfficeQuestion("letter", letters=tuple(kinds))


def _named_letter(folded: str, match: re.Match[str], words: dict[str, Any]) -> OfficeQuestion | None:
    """The paper that is named after the verb, or before it where little follows."""
    after, before = folded[match.end() :], folded[: match.start()]
    for said in (after, before if len(after) <= _FEW else ""):
        if not _PAPER.search(said):
            continue
        for entry in words["letters"]:
            if re.search(entry["when"], said):
                return OfficeQuestion("letter", letters=tuple(entry["kinds"]))
    return None


def _fee(folded: str, words: dict[str, Any]) -> OfficeQuestion | None:
    if not re.search(words["asks_amount"], folded):
        return None
    if vague := re.search(words["vague_count"], folded):
        return OfficeQuestion("fee", missing=("vague",), vague=vague[0])
    rest, arguments = folded, {}
    if already := re.search(words["already"], folded):
        arguments["already"] = int(next(part for part in already.groups() if part and part.isdecimal()))
        rest = folded[: already.start()] + folded[already.end() :]
    for count in _COUNT.finditer(rest):
        arguments.setdefault("pages" if count["measure"] in _PAGES else "requests", int(count["count"]))
    if not arguments.keys() & {"requests", "pages"} and (times := _TIMES.search(rest)):
        arguments["requests"] = int(times["count"])
    if "pages" in arguments and arguments.get("requests") == 1:
        del arguments["requests"]  # 「一件申请给了150页」 tells which pages
    if already and (more := _COUNT.search(rest)) and re.search(words["adds"], rest[: more.start()]):
        arguments["requests"] += arguments["already"]
    if {"requests", "pages"} & set(arguments):
        return OfficeQuestion("fee", arguments)
    if already or re.search(words["computes_fee"], folded):
        return OfficeQuestion("fee", arguments, missing=("count",))
    return None


def _deadline(text: str, folded: str, today: date, desk: Desk) -> OfficeQuestion | None:
    words = desk.question_words
    computes = bool(re.search(words["asks_compute"], folded))
    asks_long = bool(re.search(words["asks_long"], folded))
    if re.search(words["no_deadline"], folded):
        return None
    if not (computes or asks_long or re.search(words["asks_when"], folded)):
        return None
    facts = read_deadline_facts(text, today, words, desk.rules)
    dated = {"start", "corrected", "pauses"} & set(facts.arguments) or {"sent", "two_starts", "pause"} & set(
        facts.missing
    )
    rule = desk.rules.rules.get(facts.arguments.get("key", ""))
    if rule and rule.versions[0].month_day and not dated:
        return _fixed(rule.key, folded, today, words) if computes or not asks_long else None
    if not (dated or computes or (re.search(words["asks_case"], folded) and not asks_long)):
        return None
    if "key" not in facts.arguments and not (computes or re.search(words["asks_case"] + "|收到|签收|接到", folded)):
        return None
    if rule and rule.versions[0].month_day:
        return OfficeQuestion("deadline", {"key": rule.key, "start": facts.arguments.get("start", today)})
    return OfficeQuestion("deadline", facts.arguments, missing=facts.missing)


def _fixed(key: str, folded: str, today: date, words: dict[str, Any]) -> OfficeQuestion | None:
    """The date of every year, asked without a day: that of the report of the year that was named, else the next."""
    if re.search(words["asks_no_fixed"], folded) or not re.search(words["asks_fixed"], folded):
        return None
    start = today
    if told := re.search(words["report_year"], folded):
        year = int(told["year"] or today.year - (1 if told["last"] else 2))
        # A report is due in the year after; none was before the old regulation came into force.
        if not FIRST_REPORTED_YEAR <= year <= today.year:
            return None
        start = date(year + 1, 1, 1)
    return OfficeQuestion("deadline", {"key": key, "start": start})


def _ask(question: OfficeQuestion, desk: Desk) -> str:
    """The question for the first thing that is missing; the period itself comes before its days."""
    asks = desk.question_words["asks"]
    name = "rule" if "rule" in question.missing else question.missing[0]
    rule = desk.rules.rules.get(question.arguments.get("key", ""))
    event = rule.start if rule else "起算的那一天"
    channel = question.arguments.get("received_by")
    told = desk.rules.channel(channel) if channel else None
    return str(asks[name]).format(
        event=event,
        what=question.vague,
        channel=told.name if told else "",
        by=told.versions[0].by if told else event,
    )


def _fees(question: OfficeQuestion, desk: Desk, today: date) -> list[str]:
    """The fee by requests, by pages, or by both where both numbers were told: the office takes one of them."""
    told = {name: value for name, value in question.arguments.items() if name != "already"}
    already = question.arguments.get("already", 0)
    lines = []
    for name, value in told.items():
        fee = processing_fee(desk.fees, today, **{name: value}, already=already if name == "requests" else 0)
        lines += explain_fee(fee)
    if len(told) > 1:
        lines.insert(0, "按件、按页只能选一种，不得重复计费。两种算法分别是：")
    return lines
