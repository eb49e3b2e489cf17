"""How well a clause of a sentence fits the clauses of the text that it is to be proved by."""

from collections.abc import Sequence

from assistant.answering.claim_words import HEAD, Clause

# What the words of the clause before count; and the share of pairs of characters from which a clause is a near copy.
_BEFORE, _NEARLY = 0.5, 0.7


def best_fit(clause: Clause, source: Sequence[Clause], places: Sequence[int]) -> float:
    """Return how well a clause fits the best of some clauses of the source, the clause before it counting half."""
    own = clause.content
    best = -1.0
    for i in places:
        here = source[i].content
        before = source[i - 1].content - here if i and _together(source[i - 1], source[i]) else set()
        best = max(best, len(own & here) + _BEFORE * len(own & before))
    return best


def alike_clauses(clause: Clause, source: Sequence[Clause]) -> list[int]:
    """Return the clauses of the source that the clause fits best."""
    scores = [best_fit(clause, source, [i]) for i in range(len(source))]
    return [i for i, score in enumerate(scores) if score == max(scores)]


def words_of(clauses: Sequence[Clause]) -> set[str]:
    """Return the words with content of some clauses."""
    return set().union(*(one.content for one in clauses))


def words_around(clauses: Sequence[Clause], at: int) -> set[str]:
    """Return the words of a clause with a number, with those of its neighbours in the case that have none."""
    beside = [clauses[i] for i in (at - 1, at + 1) if 0 <= i < len(clauses)]
    near = [one for one in beside if not one.numbers and _together(one, clauses[at])]
    return words_of([clauses[at], *near])


def turned_whole(clause: Clause, source: Sequence[Clause]) -> str:
    """Return why a clause that is nearly one of the source denies what that states, or the other way."""
    near = [
        (len(clause.pairs & one.pairs) / len(clause.pairs | one.pairs), one)
        for one in source
        if clause.pairs | one.pairs
    ]
    best = max((share for share, _ in near), default=0.0)
    alike = [one for share, one in near if share == best]
    if best >= _NEARLY and all(bool(one.denials) != bool(clause.denials) for one in alike):
        return "肯定否定与所引内容相反"
    if best >= _NEARLY and clause.modals and all(one.modals and not one.modals & clause.modals for one in alike):
        return "应当、可以、不得与所引内容不一致"
    return ""


def _together(one: Clause, other: Clause) -> bool:
    return (one.sentence, one.case) == (other.sentence, other.case) or HEAD in (one.case, other.case)
