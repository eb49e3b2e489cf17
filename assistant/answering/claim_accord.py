"""Whether a place of the text agrees with what a sentence says: condition, outcome, sides, parties, days, exception."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answering.claim_parties import wrong_party
from assistant.answering.claim_places import CONDITION, Place, every, parted, told
from assistant.answering.claim_words import Clause
from assistant.numerals import find_numerals

if TYPE_CHECKING:
    from assistant.answering.claim_words import ClaimWords

_DAY = re.compile("((?:(?!自(?!己)|[从在以]|(?<!行)为|时间是).)+?)(?:之日|次日)")
_EQUAL = ("就是", "即是", "则是", "而是")
_JOINED = re.compile("(.{2})(并且同时|并且|同时|且|又|或者)(.{2})")
_BEGINS = re.compile("(并且同时|并且|同时|且|又|或者)(.{2})")
_SIDES = re.compile("(?<=[日月年])(?:之|以)?([前后])")
_SIDE_OF = re.compile("([一-鿿]{2})(?:之|以)?([前后])(?![一-鿿]?(?:勤|果|续|述|款|者|置))")
# 除…以外, and 但…的除外, each over the parts that 、 and ， make of it.
_EXCEPTED = re.compile("除(?:(?!除).){1,60}?(?:之外|以外|外)|(?:^|，)但(?:(?!，但).){1,60}?除外")
_BOTH, _EITHER = "并且同时|并且|同时|并|且|又", "或者|或|、"
# So far before a number stands what says on which side of it.
_NEAR = 10
_DONE = {"duty", "may"}
# What a place that states plainly does not say.
_STRONG = {"may", "forbidden", "free"}


def differs(group: Sequence[Clause], place: Place, whole: str, words: "ClaimWords") -> str:
    """Return why what is said together is not what the place says, or ""; `whole` is the whole sentence."""
    modals = frozenset().union(*(one.modals for one in place.clauses))
    strong = frozenset().union(*(one.modals for one in group)) & _STRONG
    plain = not modals and not any(one.denials for one in place.clauses) and "期限" not in place.text
    if strong and plain:
        return "应当、可以、不得与所引内容不一致"
    if modals & _DONE and any(_DONE & one.modals - modals for one in group):
        return "应当、可以、不得与所引内容不一致"
    return (
        _wrong_sequence(group, place)
        or _wrong_condition(group, place, whole, words)
        or _wrong_direction(group, place, words)
        or _wrong_join(group, place)
        or wrong_party(group, place, words)
        or _wrong_day(group, place, words)
        or _wrong_scope(group, place, words)
        or _lost_exception(group, place, whole, words)
        or _excepted(group, place, whole, words)
    )


def _wrong_sequence(group: Sequence[Clause], place: Place) -> str:
    """Return why a condition with its outcome is none of the place, or "".

    What the place says of the condition stands before what it says of the outcome; and an outcome without words of its
    own (从其规定) is the place's only where it stands there as it is.
    """
    marked = [bool(CONDITION.search(one.text)) for one in group]
    for n in range(1, len(group)):
        if not marked[n - 1]:
            continue
        if (
            not marked[n]
            and not any(one.content or one.numbers for one in group[n:])
            and group[n].text not in place.text
        ):
            return "后果与所引内容不一致"
        of, then = every(group[:n]), every(group[n:])
        ahead, behind = _once(of - then, place.text), _once(then - of, place.text)
        turned = sum((other > one) - (other < one) for one in ahead for other in behind) < 0
        # 不予公开这些信息：… names first what holds, and behind the colon what it holds for.
        if ahead and behind and place.listed and max(ahead) < place.listed <= min(behind):
            turned = True
        elif ahead and behind and place.listed and max(behind) < place.listed <= min(ahead):
            turned = False
        if turned:
            return "把条件和后果说反了"
    return ""


def _once(words: set[str], text: str) -> list[int]:
    """Return where those words stand in a text that stand there once."""
    return [text.find(word) for word in words if text.count(word) == 1]


def _turned_round(condition: Sequence[Clause], rest: Sequence[Clause], place: Place) -> bool:
    """Whether what is told as the condition is the place's outcome, and what follows its condition."""
    needed, held = every(place.condition), every(place.outcome)
    only, then_only = needed - held, held - needed
    of, then = every(condition), every(rest)
    turned = len(of & then_only) > len(of & only) and len(then & only) >= len(then & then_only)
    return turned or (bool(then & only) and not of & only and len(then & only) > len(then & then_only))


def _wrong_scope(group: Sequence[Clause], place: Place, words: "ClaimWords") -> str:
    for one in group:
        for word, held in words.scoping(one.text):
            if not any(other in words.without_free(place.text) for other in held):
                return f"“{word}”不在所引内容的同一处"
    return ""


def _wrong_condition(group: Sequence[Clause], place: Place, whole: str, words: "ClaimWords") -> str:
    needed, held = told(place.condition, words), told(place.outcome, words)
    only, then_only = needed - held, held - needed
    condition, rest = parted(group)
    strong = any(one.modals - {"duty"} or one.denials or words.severe.search(one.text) for one in rest or group)
    if strong and needed and not words.told_in(whole) & (only or needed):
        return "漏掉了所引内容里的条件"
    for weighty in words.weighty:
        if _has(place.condition, weighty) and not any(word in whole for word in weighty):
            return f"漏掉了“{weighty[0]}”这一条件"
    if not rest or not needed or not any(CONDITION.search(one.text) for one in condition):
        return ""
    then = told(rest, words)
    if _turned_round(condition, rest, place):
        return "把条件和后果说反了"
    other = bool(held and then) and (not then & held or (then <= needed and bool(then_only)))
    if other and not any(one.numbers for one in rest) and not all(one.text in place.text for one in rest):
        return "后果与所引内容不一致"
    for one in rest:
        for word, signs in one.words.items():
            there = [other.words[word] for other in place.outcome if word in other.words]
            if there and word not in words.neutral and not any(signs & other for other in there):
                return f"“{word}”的肯定否定与所引内容相反"
    return ""


def _has(clauses: Sequence[Clause], any_of: Sequence[str]) -> bool:
    return any(word in one.text for word in any_of for one in clauses if "或" not in one.text)


def _directions(text: str, words: "ClaimWords") -> dict[tuple[str, str], set[str]]:
    """Return what stands with each number: number and unit → under, over, before, after."""
    found: dict[tuple[str, str], set[str]] = {}
    end = 0
    for numeral in find_numerals(text):
        ahead = text[max(end, numeral.start - _NEAR) : numeral.start].rpartition("，")[2]
        after = text[numeral.end :].removeprefix(numeral.unit)[:2]
        unit = numeral.unit.removeprefix("个")
        key = (str(numeral.value if numeral.value is not None else numeral.text), unit)
        kinds = found.setdefault(key, set())
        kinds |= {kind for kind, marks in words.behind.items() if any(after.startswith(mark) for mark in marks)}
        found_ahead = [(ahead.rfind(mark), len(mark), kind) for kind, marks in words.ahead.items() for mark in marks]
        if found_ahead and max(found_ahead)[0] >= 0:
            kinds.add(max(found_ahead)[2])
        end = numeral.end
    return found


def _wrong_direction(group: Sequence[Clause], place: Place, words: "ClaimWords") -> str:
    said, there_too = (set(_SIDES.findall(text)) for text in ("，".join(one.text for one in group), place.text))
    if said - there_too:
        return "前后与所引内容不一致"
    told_sides, held_sides = (
        set(_SIDE_OF.findall("，".join(one.text for one in group))),
        set(_SIDE_OF.findall(place.text)),
    )
    for of, side in told_sides - held_sides:
        if (of, "前" if side == "后" else "后") in held_sides:
            return "前后与所引内容不一致"
    held = _directions(place.text, words)
    for number, kinds in _directions("，".join(one.text for one in group), words).items():
        there = held.get(number, set())
        for kind in kinds - there:
            if kind != "under" or there & {"over", "after"}:
                return f"“{number[0]}{number[1]}”的以上以下、前后与所引内容不一致"
    return ""


def _wrong_join(group: Sequence[Clause], place: Place) -> str:
    for one in group:
        begins = _BEGINS.match(one.text)
        joined = [*_JOINED.findall(one.text), *([("，", *begins.groups())] if begins else [])]
        for left, joint, right in joined:
            other = _BOTH if joint == "或者" else _EITHER
            if re.search(f"{left}，?(?:{other}){right}", place.text):
                return "把“或者”和“并且”说反了"
    return ""


def _wrong_day(group: Sequence[Clause], place: Place, words: "ClaimWords") -> str:
    days = [one.text for one in place.clauses if _DAY.search(one.text)]
    for one in group:
        named: set[str] = set()
        for match in _DAY.finditer(one.text if days and not one.denials else ""):
            # What a clause says of two days (签收之日是收到之日) one clause of the text says of both.
            named |= {word for clause in words.read(match[1]) for word in clause.words if len(word) > 1}
            named -= {*words.actors, *_EQUAL}
            if not any(all(word in day for word in named) for day in days):
                return f"“{match.group()}”不是所引内容里起算的日子"
    return ""


def _excepted(group: Sequence[Clause], place: Place, whole: str, words: "ClaimWords") -> str:
    """Return why what the place excepts is told as what its rule holds for, or ""."""
    if words.hedged.search(whole) or any(one.denials for one in group):
        return ""
    said = told(group, words)
    for match in _EXCEPTED.finditer(place.text):
        inside = [one for one in place.clauses if one.text in match.group()]
        own = told(inside, words) - told([one for one in place.clauses if one not in inside], words)
        if own and len(own & said) > len(own) / 2:
            return "把所引内容里的例外说成了规则"
    return ""


def _lost_exception(group: Sequence[Clause], place: Place, whole: str, words: "ClaimWords") -> str:
    excepted = words.exception.search(place.text) or words.exception.match(place.after)
    if not excepted or words.hedged.search(whole):
        return ""
    for word in words.universal.findall("，".join(one.text for one in group)):
        if word not in place.text:
            return f"“{word}”漏掉了所引内容里的例外"
    return ""
