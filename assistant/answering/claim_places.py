"""The places of a text that a sentence can be proved by, and what each makes its outcome depend on.

A place is a sentence of the text, or one of the cases that ； parts it into, with what is said of all of them. Words
that are true of different places are no proof together: 逾期的 of one case and the outcome of another is a lie.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.answering.claim_words import HEAD, Clause

if TYPE_CHECKING:
    from assistant.answering.claim_words import ClaimWords

# 是…的 states, it makes nothing depend on it.
CONDITION = re.compile(
    "^(?!.*是(?:不|免|可以|应当|没有|要|需)[^是]*的$).*(?:的|时|的话)$|"
    "^(?:如果|若|如(?![何实期数])|当(?![场面日地事时])|凡)"
)
OUTCOME = re.compile("^(?:由|应|可以|不得|不予|视为)")
# What a subject of one clause goes on with.
PREDICATE = re.compile("^(?:也|都|均|就|则|仍|还)(?:由|应|可以|不得|不予|视为)")
_FURTHER = re.compile("^(?:情节.{0,2}严重|构成犯罪|必要时|造成.{0,6}损失|受理后|逾期|期满|拒不)")
_GOING_ON = re.compile("^[^，]{0,8}(?:还|也|并|此外)")


@dataclass(frozen=True)
class Place:
    """One place of the text.

    Attributes:
        clauses: those said of all cases first.
        after: the sentence that follows it.
        carried: who acted before it in its sentence, or last before that.
        required: words that a sentence must say to be proved by it.
    """

    clauses: tuple[Clause, ...]
    after: str = ""
    carried: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()

    @cached_property
    def text(self) -> str:
        """The clauses in a row."""
        return "，".join(one.text for one in self.clauses)

    @cached_property
    def listed(self) -> int:
        """Where in `text` a list begins that follows ：, 0 where none does or a condition stands before it."""
        at = 0
        for one, then in pairwise(self.clauses):
            at += len(one.text) + 1
            if CONDITION.search(one.text):
                return 0
            if one.mark in ("：", ":") or (one.case == HEAD and then.case != HEAD):
                return at
        return 0

    @cached_property
    def condition(self) -> tuple[Clause, ...]:
        """What the place makes its outcome depend on."""
        return tuple(parted(self.clauses)[0]) if parted(self.clauses)[1] else ()

    @cached_property
    def outcome(self) -> tuple[Clause, ...]:
        """What holds, all of it where there is no condition."""
        return tuple(parted(self.clauses)[1]) or self.clauses


def parted(clauses: Sequence[Clause]) -> tuple[Sequence[Clause], Sequence[Clause]]:
    """Return the condition that clauses begin with, and what follows from it; the latter empty where there is none."""
    marked = any(CONDITION.search(one.text) for one in clauses[:-1])
    for n, clause in enumerate(clauses[:-1], start=1):
        ends = CONDITION.search(clause.text)
        # What has its duty is no condition: 应当公开的有这几类：涉及…的，….
        if clause.modals and not ends and clause.mark != "、":
            break
        if (not marked and OUTCOME.search(clauses[n].text)) or (
            ends and (n == len(clauses) - 1 or not CONDITION.search(clauses[n].text))
        ):
            return clauses[:n], clauses[n:]
    return clauses, ()


def places_of(source: Sequence[Clause], *, going_on: bool = True) -> list[Place]:
    """Return the places of a text; `going_on` joins a sentence to the condition of the one before."""
    cases: dict[tuple[int, int], list[Clause]] = {}
    for one in source:
        cases.setdefault((one.sentence, one.case), []).append(one)
    starts = {number: "，".join(c.text for c in source if c.sentence == number) for number, _ in cases}
    places: list[Place] = []
    for (number, case), clauses in cases.items():
        several = any(other != HEAD for at, other in cases if at == number)
        if case == HEAD and several:
            continue
        head = cases.get((number, HEAD), []) if case != HEAD else []
        before = [one for one in source if (one.sentence, one.case) < (number, case) and one.first_actor]
        carried = frozenset(one.first_actor for one in before if one.sentence == number or one is before[-1])
        # 行政机关还应当… goes on with the condition of the sentence before it.
        goes_on = going_on and case == 0 and number and _GOING_ON.search(clauses[0].text) and places
        after = starts.get(number + 1, "")
        places.append(Place((*head, *clauses), after, carried))
        if goes_on:
            places.append(Place((*places[-2].condition, *clauses), after, carried))
        # 情节严重的 is a further step of the case before it, and holds with its own condition only.
        first = next((one for one in places if case > 0 and one.clauses[-1].sentence == number), None)
        if going_on and first and _FURTHER.search(clauses[0].text):
            own = frozenset(clauses[0].content)
            places.append(Place((*first.condition, *clauses), after, carried, required=own))
        elif going_on and first and _GOING_ON.search(clauses[0].text):
            places.append(Place((*first.condition, *clauses), after, carried))
        if going_on and head and case == max(at for of, at in cases if of == number) and _bare_list(source, number):
            places.append(Place(tuple(one for one in source if one.sentence == number), after, carried))
    return places


def _bare_list(source: Sequence[Clause], number: int) -> bool:
    """Whether what ； parts in a sentence only names things: its items may be told together."""
    items = [one for one in source if one.sentence == number and one.case != HEAD]
    return not any(one.modals or one.denials or CONDITION.search(one.text) for one in items)


def told(clauses: Sequence[Clause], words: "ClaimWords") -> set[str]:
    """Return the words with content of clauses, without those who act."""
    return set().union(*(one.content for one in clauses)) - set(words.actors)


def every(clauses: Sequence[Clause]) -> set[str]:
    """Return all words of clauses, also those that state little: they tell conditions apart."""
    return {word for one in clauses for word in one.words if len(word) > 1}
