"""Whether one place of the text holds all that a sentence says together, so that nothing is put together from two."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.answering.claim_accord import differs
from assistant.answering.claim_numbers import indefinite
from assistant.answering.claim_places import CONDITION, OUTCOME, PREDICATE, Place, every, parted, places_of, told
from assistant.answering.claim_words import Clause

if TYPE_CHECKING:
    from assistant.answering.claim_words import ClaimWords

# From so many characters a clause is a text's own.
_OWN = 4
_STEPS = re.compile("先([^。；;先]{2,40}?)[，,、]?(?:然后|再|之后才|后才|后)([^。；;，,]{2,})")


def wrong_place(
    said: Sequence[Clause], places: Sequence[Place], words: "ClaimWords", holds: Callable[[str, str, bool], bool]
) -> str:
    """Return why no place of the text says what the sentence says, or "".

    Args:
        holds: whether a place has a word of the sentence; strictly, where only what names the passage has it.
    """
    whole = "，".join(one.text for one in said)
    for one in places_of(said, going_on=False):
        if fault := _unheld(one.clauses, places, whole, words, holds):
            return fault
    return ""


def _unheld(
    group: tuple[Clause, ...],
    places: Sequence[Place],
    whole: str,
    words: "ClaimWords",
    holds: Callable[[str, str, bool], bool],
) -> str:
    faults = []
    for place in places:
        if not place.required <= told(group, words):
            continue
        missing = _missing(group, place, whole, words, holds)
        if missing:
            faults.append((len(missing), f"“{missing[0]}”不在所引内容的同一处"))
            continue
        fault = _elsewhere(group, place, places) or _otherwise(group, place, places, words, holds)
        fault = fault or differs(group, place, whole, words)
        fault = fault or _wrong_case(group, place, places)
        if not fault:
            return ""
        faults.append((0, fault))
    # What is told of two places in a row is proved by each, but no condition is parted from its outcome.
    condition, then = parted(group)
    first = len(condition) + 1 if then else 1
    for n in range(first, len(group)):
        parts = bool(CONDITION.search(group[n - 1].text) or OUTCOME.search(group[n].text)) or not group[n - 1].content
        parts = parts or (n == 1 and PREDICATE.search(group[n].text) is not None)
        if parts or not _stands_alone(group[n:], words):
            continue
        if not _unheld(group[:n], places, whole, words, holds) and not _unheld(group[n:], places, whole, words, holds):
            return ""
    return min(faults)[1] if faults else "所引内容没有这样说"


def _stands_alone(clauses: Sequence[Clause], words: "ClaimWords") -> bool:
    own = told(clauses, words)
    return len(own) > 2 or any(CONDITION.search(one.text) for one in clauses[:-1])


def _missing(
    group: Sequence[Clause], place: Place, whole: str, words: "ClaimWords", holds: Callable[[str, str, bool], bool]
) -> list[str]:
    numbers = set().union(*(one.numbers for one in place.clauses))
    absent = [
        f"{value}{unit}"
        for one in group
        for value, unit in one.numbers
        if (value, unit) not in numbers and not indefinite((value, unit), whole)
    ]
    # A condition and its outcome stand in the place itself.
    strictly = bool(parted(group)[1]) and any(CONDITION.search(one.text) for one in group[:-1])
    return absent + [
        word
        for one in group
        for word in one.words
        if word not in words.neutral
        and not holds(place.text, word, strictly)
        and word not in words.understood
        and word not in place.carried
    ]


def _elsewhere(group: Sequence[Clause], place: Place, places: Sequence[Place]) -> str:
    """Return why a clause that is another place's own, word for word, is not proved by this one."""
    for one in group:
        own = len(one.text) >= _OWN and one.text not in place.text
        if own and any(one.text == other.text for there in places for other in there.clauses):
            return f"“{one.text}”说的是另一种情形"
    return ""


def _otherwise(
    group: Sequence[Clause],
    place: Place,
    places: Sequence[Place],
    words: "ClaimWords",
    holds: Callable[[str, str, bool], bool],
) -> str:
    """Return why what only the name completes here is ruled otherwise where the text itself says it, or ""."""
    modals = frozenset().union(*(one.modals for one in group))
    named = {word for one in group for word in one.content if not holds(place.text, word, True)} - set(words.actors)
    for other in places if modals else ():
        ruled = frozenset().union(*(one.modals for one in other.clauses))
        if ruled and not ruled & modals and any(word in other.text for word in named):
            return "应当、可以、不得与所引内容不一致"
    return ""


def _wrong_case(group: Sequence[Clause], place: Place, places: Sequence[Place]) -> str:
    """Return why the condition told is that of another place."""
    condition, rest = parted(group)
    if not rest or not place.condition:
        return ""
    of = every(condition)
    here = len(of & every(place.condition))
    if any(len(of & every(other.condition)) > here for other in places if other.condition):
        return "把所引内容里两种情形的规定接在了一起"
    return ""


def wrong_order(claim: str, text: str, words: "ClaimWords") -> str:
    """Return why two steps that the claim tells with 先 and 再 stand the other way round in the text, or ""."""
    for first, then in _STEPS.findall(words.fold(claim)):
        steps = [set().union(*(one.content for one in words.read(part))) - set(words.actors) for part in (first, then)]
        own = [
            min((text.find(word) for word in step - other if word in text), default=-1)
            for step, other in (steps, steps[::-1])
        ]
        if min(own) >= 0 and own[0] > own[1] and "先" not in text:
            return "先后次序与所引内容不一致"
    return ""
