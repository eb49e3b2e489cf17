"""Fills in a letter in conversation: which letter, its fields one after the other, corrections, the finished letter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from assistant.errors import InputError
from assistant.numbers import fold_figures, fold_width
from assistant.office.desk import Desk
from assistant.office.letter_answers import (
    find_setting,
    show_value,
    told_at_once,
    told_in_clauses,
    value_said,
    without_lead_in,
)
from assistant.office.letter_fields import read_field
from assistant.office.letter_input import fields_of_request, office_fields
from assistant.office.letter_kinds import Field, LetterKind
from assistant.office.letters import Letter
from assistant.office.remedies import needed_fields
from assistant.office.spoken_dates import find_days
from assistant.office.steps import Outcome, explain_place

_REGISTERED = re.compile(r"(?<!\d)\d{4}-\d{3,}(?!\d)")
_KIND, _STEP, _MORE, _DONE = "kind", "step", "more", "done"
_BODIES = ("government", "superior", "seat_government")
_REMEDY = ("agency_kind", "government", "superior", "seat_government", "review_channel", "court")

Taken = tuple["LetterTalk | None", list[str], Letter | None]


@dataclass(frozen=True, slots=True)
class LetterTalk:
    """How far a letter has come.

    Attributes:
        awaiting: `kind`, `step` (the seven steps), the key of a field, `more` (anything else?), `done`.
        kinds: what to choose from, while `kind` is awaited.
        entered: the values given so far, by field.
        asked: fields asked for, in order, so that the last can be taken back.
        made: the letter as it was made last, which a corrected one replaces.
    """

    awaiting: str
    kind: str = ""
    kinds: tuple[str, ...] = ()
    step: str | None = None
    entered: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    asked: tuple[str, ...] = ()
    made: Letter | None = None


def open_letter(text: str, kinds: tuple[str, ...], desk: Desk, today: date) -> Taken:
    """Begin a letter of one of `kinds`, or with the seven steps if there is none; a 登记编号 in `text` is looked up.

    Raises:
        InputError: office.yaml or the register cannot be read, or has no such number.
    """
    entered = dict(office_fields(desk.data))
    if number := _REGISTERED.search(fold_width(text)):
        entered["request_number"] = number[0]
        desk.ledger.get(number[0])
    entered |= told_at_once(text, desk.question_words, desk.rules, today)
    if len(kinds) == 1:
        entered |= told_in_clauses(desk.kinds.kind(kinds[0]), text, today)
        return _begin(kinds[0], entered, desk, today)
    talk = LetterTalk(_KIND if kinds else _STEP, kinds=kinds, entered=MappingProxyType(entered))
    return talk, _ask(talk, desk), None


def advance_letter(talk: LetterTalk, text: str, desk: Desk, today: date) -> Taken | None:
    """Take an answer; None where the message is no answer (another question)."""
    words = desk.question_words
    folded = fold_width(text)
    try:
        if talk.awaiting == _KIND:
            return _choose_kind(talk, folded, desk, today)
        if talk.awaiting == _STEP:
            return _take_step(talk, text.strip(), desk, today)
        kind = desk.kinds.kind(talk.kind)
        if re.search(words["shows"], folded):
            return talk, [*_so_far(talk, kind), *_ask(talk, desk)], None
        if len(told := told_in_clauses(kind, text, today)) > 1 and talk.awaiting not in _free(kind):
            return _store_all(talk, told, desk, today)
        if (setting := find_setting(kind, text, talk.awaiting)) and (
            talk.awaiting != "request" or setting[0].key != "request"
        ):
            return _store(talk, *setting, desk, today)
        if talk.awaiting == _DONE:
            return None
        if re.search(words["goes_back"], folded) and talk.asked:
            return _take_back(talk, desk)
        if folded.endswith("?") or (re.search(words["other_question"], folded) and _is_short(kind, talk.awaiting)):
            return None
        if talk.awaiting == _MORE:
            return _finish(talk, desk, today) if re.search(words["finishes"], folded) else None
        wanted = kind.fields[talk.awaiting]
        if re.search(words["writes_now"], folded):
            return _write_now(talk, kind, desk, today)
        if re.search(words["skips"], folded):
            if _is_needed(kind, wanted, talk, desk):
                return talk, [f"“{wanted.label}”必须填写，不能跳过。", *_ask(talk, desk)], None
            return _next(replace(talk, entered=MappingProxyType({**talk.entered, wanted.key: ""})), desk, today)
        return _store(talk, wanted, without_lead_in(wanted, text, words), desk, today)
    except InputError as error:
        return talk, [str(error), *_ask(talk, desk)], None


def _begin(key: str, entered: Mapping[str, Any], desk: Desk, today: date) -> Taken:
    kind = desk.kinds.kind(key)
    known = dict(entered)
    if number := known.get("request_number"):
        known |= fields_of_request(desk.ledger.get(number), kind)
    known = {name: value for name, value in known.items() if name in kind.fields}
    talk = LetterTalk(_KIND, kind=key, entered=MappingProxyType(known))
    intro = [f"起草{kind.name}。一项一项来；说错了可以说“把申请人改成李某”，说“看一下”列出已填的，说“取消”就不写了。"]
    if known:
        intro += _so_far(talk, kind)
    talk, lines, letter = _next(talk, desk, today)
    return talk, [*intro, *lines], letter


def _next(talk: LetterTalk, desk: Desk, today: date) -> tuple[LetterTalk, list[str], Letter | None]:
    """Ask for the next field that must be there, in the order of the form; then whether there is more."""
    kind = desk.kinds.kind(talk.kind)
    for key, entry in sorted(kind.fields.items(), key=lambda item: item[0] == "signed"):  # the date of the paper last
        if talk.entered.get(key) is None and _is_asked(kind, entry, talk, desk):
            asked = tuple(name for name in talk.asked if name != key)
            talk = replace(talk, awaiting=key, asked=(*asked, key))
            return talk, _ask(talk, desk), None
    if talk.awaiting == _DONE:
        return _finish(talk, desk, today)
    talk = replace(talk, awaiting=_MORE)
    return talk, _ask(talk, desk), None


def _finish(talk: LetterTalk, desk: Desk, today: date) -> tuple[LetterTalk, list[str], Letter | None]:
    given = {key: value for key, value in talk.entered.items() if value not in ("", [])}
    letter = desk.letters.draft_letter(talk.kind, given, today, desk.quotation)
    row = f"计入表三：{letter.row_label}。" if letter.row_label else "案件还没有办结，不计入表三。"
    lines = [f"{letter.kind.name}写好了，可以下载 Word 文件。{row}", *(f"注意：{text}" for text in letter.warnings)]
    lines.append("要改哪一项，直接说，例如“把成文日期改成1月28日”。")
    return replace(talk, awaiting=_DONE, made=letter), lines, letter


def _write_now(talk: LetterTalk, kind: LetterKind, desk: Desk, today: date) -> Taken:
    """「生成」 before all is told: what is lacking; where that is the date of the paper alone, it is today."""
    left = [f for f in kind.fields.values() if talk.entered.get(f.key) is None and _is_needed(kind, f, talk, desk)]
    if [f.key for f in left] == ["signed"]:
        talk = replace(talk, entered=MappingProxyType({**talk.entered, "signed": today}))
        talk, lines, letter = _finish(talk, desk, today)
        return talk, [f"{left[0].label}：{show_value(left[0], today)}。", *lines], letter
    labels = "、".join(f.label for f in left)
    return talk, [desk.question_words["asks"]["lacking"].format(fields=labels), *_ask(talk, desk)], None


def _free(kind: LetterKind) -> set[str]:
    """The fields whose answer may be several clauses long, and name other fields in passing."""
    return {f.key for f in kind.fields.values() if f.type == "list" or (f.type == "text" and f.key in kind.own)}


def _store_all(talk: LetterTalk, told: dict[str, Any], desk: Desk, today: date) -> Taken:
    kind = desk.kinds.kind(talk.kind)
    talk = replace(talk, entered=MappingProxyType({**talk.entered, **told}))
    noted = [f"{kind.fields[key].label}：{show_value(kind.fields[key], value)}。" for key, value in told.items()]
    talk, lines, letter = _next(talk, desk, today)
    return talk, [*noted, *lines], letter


def _store(talk: LetterTalk, wanted: Field, text: str, desk: Desk, today: date) -> Taken:
    value = value_said(wanted, text, today)
    kind = desk.kinds.kind(talk.kind)
    early = talk.entered.get(kind.later.get(wanted.key, ""))
    if early is None and wanted.key not in ("received", *kind.earlier):
        early = talk.entered.get("received")  # what follows a request is not a year before it
    if isinstance(value, date) and isinstance(early, date):
        # 「12月10日」 as a last day is the one that comes, not the one that has gone.
        value = find_days(text, today)[0].not_before(early).day
    read_field(wanted, value)
    changed = talk.awaiting != wanted.key
    talk = replace(talk, entered=MappingProxyType({**talk.entered, wanted.key: value}))
    talk, lines, letter = _next(talk, desk, today)
    noted = f"{wanted.label}：{show_value(wanted, value)}。"
    return talk, [f"已改。{noted}" if changed else noted, *lines], letter


def _ask(talk: LetterTalk, desk: Desk) -> list[str]:
    """The question that waits for an answer, as lines."""
    if talk.awaiting == _KIND:
        names = [f"{index}. {desk.kinds.kind(key).name}" for index, key in enumerate(talk.kinds, start=1)]
        return ["请选一种文书（回复序号或者名称）：", *names, "拿不准的，回复“按七步判断”。"]
    if talk.awaiting == _STEP:
        return ["先按七步判断用哪一种文书，请回复序号。", *explain_place(desk.steps.question(talk.step))]
    kind = desk.kinds.kind(talk.kind)
    if talk.awaiting == _DONE:
        return []
    if talk.awaiting == _MORE:
        # A body that does not review this agency's acts is not offered.
        reviewing = needed_fields(kind, talk.entered, desk.kinds.remedies)
        left = [f for f in kind.fields.values() if f.key not in _BODIES or f.key in reviewing]
        left = [f for f in left if kind.remedy or f.key not in _REMEDY]
        optional = [f.label for f in left if not _told(talk, f) and not _is_needed(kind, f, talk, desk)]
        more = f"还可以写：{'、'.join(optional)}；要写的用“栏目：内容”告诉我。" if optional else ""
        return [f"必填的都有了。{more}", "没有别的，回复“生成”。"]
    wanted = kind.fields[talk.awaiting]
    missing = sum(talk.entered.get(f.key) is None and _is_asked(kind, f, talk, desk) for f in kind.fields.values())
    skip = "" if _is_needed(kind, wanted, talk, desk) else "，没有的回复“跳过”"
    rest = f"（还有{missing}项{skip}）" if missing > 1 else f"（最后一项{skip}）"
    lines = [f"请写{wanted.label}{rest}。"]
    if wanted.options:
        lines += [f"{index}. {name}" for index, name in enumerate(wanted.options.values(), start=1)]
    elif wanted.example is not None and wanted.type != "flag":
        lines.append(f"例如：{show_value(wanted, wanted.example)}")
    elif wanted.type == "flag":
        lines.append("回复“是”或者“否”。")
    if wanted.key == "signed":
        lines.append("就在今天的，回复“今天”。")
    if wanted.type == "list":
        lines.append("有几项的，一行写一项。")
    return lines


def _so_far(talk: LetterTalk, kind: LetterKind) -> list[str]:
    told = [f"{f.label}：{show_value(f, talk.entered[k])}" for k, f in kind.fields.items() if _told(talk, f)]
    return ["已经填好：", *told] if told else ["还没有填。"]


def _told(talk: LetterTalk, wanted: Field) -> bool:
    return talk.entered.get(wanted.key) not in (None, "", [])


def _is_needed(kind: LetterKind, wanted: Field, talk: LetterTalk, desk: Desk) -> bool:
    return wanted.required or wanted.key in needed_fields(kind, talk.entered, desk.kinds.remedies)


def _is_asked(kind: LetterKind, wanted: Field, talk: LetterTalk, desk: Desk) -> bool:
    """Whether a field is asked for: it must be there, or it belongs to this kind alone and may be skipped."""
    own = wanted.key in kind.own and wanted.example is not None
    return own or _is_needed(kind, wanted, talk, desk)


def _is_short(kind: LetterKind, awaiting: str) -> bool:
    """Whether the awaited answer cannot be a sentence of its own, so that a question is no answer."""
    return awaiting == _MORE or kind.fields[awaiting].type not in ("text", "list")


def _take_back(talk: LetterTalk, desk: Desk) -> Taken:
    earlier = [key for key in talk.asked if key != talk.awaiting]
    if not earlier:
        return talk, ["这已经是第一项。", *_ask(talk, desk)], None
    entered = {key: value for key, value in talk.entered.items() if key != earlier[-1]}
    talk = replace(talk, awaiting=earlier[-1], asked=tuple(earlier), entered=MappingProxyType(entered))
    return talk, _ask(talk, desk), None


def _choose_kind(talk: LetterTalk, folded: str, desk: Desk, today: date) -> Taken | None:
    if re.search(desk.question_words["by_steps"], folded):
        stepped = replace(talk, awaiting=_STEP)
        return stepped, _ask(stepped, desk), None
    number = re.fullmatch(r"第?(\d+)[个种.、。]?", fold_figures(folded))
    if number and 1 <= int(number[1]) <= len(talk.kinds):
        return _begin(talk.kinds[int(number[1]) - 1], talk.entered, desk, today)
    named = [key for key in talk.kinds if fold_width(desk.kinds.kind(key).name) in folded]
    named = named or [key for key in talk.kinds if len(folded) > 1 and folded in fold_width(desk.kinds.kind(key).name)]
    if len(named) == 1:
        return _begin(named[0], talk.entered, desk, today)
    if re.search(desk.question_words["other_question"], folded):
        return None
    return talk, ["没有看懂选的是哪一种。", *_ask(talk, desk)], None


def _take_step(talk: LetterTalk, said: str, desk: Desk, today: date) -> Taken | None:
    question = desk.steps.question(talk.step)
    labels = [option.label for option in question.options]
    number = fold_width(said).rstrip(".、。")
    if number not in [str(index) for index in range(1, len(labels) + 1)] and said not in labels:
        if re.search(desk.question_words["other_question"], fold_width(said)):
            return None
        return talk, ["请回复选项的序号。", *explain_place(question)], None
    place = desk.steps.choose(question.key, number if number.isdecimal() else said)
    if not isinstance(place, Outcome):
        return replace(talk, step=place.key), explain_place(place), None
    if place.letter is None:
        return None, explain_place(place), None
    begun, lines, letter = _begin(place.letter, talk.entered, desk, today)
    return begun, [*explain_place(place), "", *lines], letter
