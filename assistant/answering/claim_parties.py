"""Who does, is told, is asked and is gone through in a sentence, against the place of the text that is to prove it."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.answering.claim_places import Place
from assistant.answering.claim_words import Clause

if TYPE_CHECKING:
    from assistant.answering.claim_words import ClaimWords

_ACTS = "(?:应当|可以|不得|负责|决定|告知|要求|征求)"


def wrong_party(group: Sequence[Clause], place: Place, words: "ClaimWords") -> str:
    """Return why a party of what is said together is not the place's, or ""."""
    for one in group:
        for actor in words.actors:
            if actor not in one.text:
                continue
            for kind, marks in words.parties.items():
                if _is_another(one.text, place.text, actor, kind, tuple(marks), words):
                    return f"“{actor}”不是所引内容里的那一方"
            if _does_what_is_done_to_it(one.text, place.text, actor, tuple(words.parties["to"])):
                return f"“{actor}”不是所引内容里做这件事的一方"
    return _wrong_doer(group, place, words) or _exchanged(group, place, words)


def _exchanged(group: Sequence[Clause], place: Place, words: "ClaimWords") -> str:
    """Return why two parties stand on the other sides of what is done, or ""."""
    held = place.text
    for one in group:
        named = [person for person in words.persons if person in one.text and held.count(person) == 1]
        doings = [
            word
            for word in one.content - set(words.persons)
            if len(word) > 1 and one.text.count(word) == 1 and held.count(word) == 1
        ]
        for first in named:
            for other in named:
                if first in other or other in first or one.text.find(first) > one.text.find(other):
                    continue
                for doing in doings:
                    said = one.text.find(first) < one.text.find(doing) < one.text.find(other)
                    if said and held.find(other) < held.find(doing) < held.find(first):
                        return f"“{first}”与“{other}”说反了"
    return ""


def _is_another(said: str, held: str, actor: str, kind: str, marks: tuple[str, ...], words: "ClaimWords") -> bool:
    if not any(mark + actor in said for mark in marks):
        return False
    # Whom the place lets act itself is gone through, too (由), unless it goes through another.
    through = _compiled(f"(?:{'|'.join(marks)})(?:{'|'.join(words.actors)})").search(held)
    if kind == "through" and not through and _compiled(f"(?:^|，){actor}").search(held):
        return False
    whose = "的" if any(f"{mark}{actor}的" in said for mark in marks) else ""
    # Between them stands nothing but what tells which one (向受理申请的行政机关).
    there = f"(?:{'|'.join(marks)})(?:(?:.{{0,2}}|[^，]{{0,20}}的){actor}{whose}|其(?!他))"
    whole = [other for other in words.persons if other.endswith(actor)]
    return _compiled(there).search(held) is None and not any(mark + one in held for mark in marks for one in whole)


def _does_what_is_done_to_it(said: str, held: str, actor: str, marks: tuple[str, ...]) -> bool:
    """Whether the sentence lets act whom the place only tells, asks or gives something."""
    before = [held[max(0, match.start() - 4) : match.start()] for match in _compiled(actor).finditer(held)]
    if not before or not all(ahead.endswith(marks) for ahead in before):
        return False
    return _compiled(f"(?<!{')(?<!'.join(marks)}){actor}{_ACTS}").search(said) is not None


def _wrong_doer(group: Sequence[Clause], place: Place, words: "ClaimWords") -> str:
    held = _doers(place.text, words)
    for doing, actors in _doers("，".join(one.text for one in group), words).items():
        there = held.get(doing, set())
        for actor in actors:
            if there and not any(actor in other or other in actor for other in there):
                return f"“{actor}”不是所引内容里做这件事的一方"
    return ""


def _doers(text: str, words: "ClaimWords") -> dict[str, set[str]]:
    """Return who stands right before what is done: the two characters of the doing → who."""
    found: dict[str, set[str]] = {}
    pattern = _compiled(f"({'|'.join(words.actors)})(?:应当|可以|不得|自行)?([^，的应可不自]{{2}})")
    for actor, doing in pattern.findall(text):
        found.setdefault(doing, set()).add(actor)
    return found


@cache
def _compiled(pattern: str) -> "re.Pattern[str]":
    # Made of the words of the file: a few hundred, more than `re` keeps itself.
    return re.compile(pattern)
