"""A sentence read for comparison: its clauses, their modals, numbers and words, and which words are negated."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from assistant.numbers import fold_figures
from assistant.numerals import find_numerals

_CLAUSES = re.compile("[，,。；;：:！!？?、()\n]")
# Numbers are compared apart from the words.
_ORDINAL = re.compile(r"第\d+[条款项章节]")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:个?工作日|个?月|[日年元件页次号%类种周倍人份万项])*[内前后]?")
_MARK = "\0"
# So near behind a negation stands what it negates; and so much of it is compared.
_REACH, _TAIL = 3, 4
_WORDS = re.compile("[一-鿿]{4}")
_HAN = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause.

    Attributes:
        words: word → whether it stands without and with a negation before it.
        modals: duty, may, forbidden, free.
        numbers: (value, unit), 天 read as 日.
        first_actor, actor: the first and the last one named in it, or "".
        bare, turns: the text without modals and negations, and these in order.
    """

    text: str
    words: dict[str, frozenset[bool]]
    modals: frozenset[str]
    numbers: frozenset[tuple[str, str]]
    first_actor: str
    actor: str
    bare: str
    turns: tuple[str, ...]


class ClaimWords:
    """The words of `corpus/claims.yaml`."""

    def __init__(self, path: Path) -> None:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.shown: dict[str, str] = data["words"]
        self.neutral = frozenset(data["neutral"])
        self.actors = tuple(sorted(data["actors"], key=len, reverse=True))
        self._modals = {word: kind for kind, words in data["modals"].items() for word in words}
        self._same = {other: group[0] for group in data["same"] for other in group}
        self._special = _any_of([*data["whole_words"], *self._modals, *data["negations"]])
        self._acting = _any_of(list(self.actors))
        self._whole = frozenset(data["whole_words"])

    @cached_property
    def _folding(self) -> "re.Pattern[str]":
        return _any_of(list(self._same))

    def fold(self, text: str) -> str:
        """Return `text` with figures as digits and with words that mean the same written as one."""
        folded = fold_figures(text.replace("\n", "。")).replace("天内", "日内")
        return self._folding.sub(lambda match: self._same[match.group()], folded)

    def read(self, text: str) -> tuple[Clause, ...]:
        """Return the clauses of `text`."""
        return tuple(self._clause(part) for part in _CLAUSES.split(self.fold(text)) if part)

    def _keep_whole(self, match: "re.Match[str]") -> str:
        return match.group() if match.group() in self._whole else ""

    def lost_negation(self, claim: str, text: str) -> str:
        """Return what the text only says with a negation right before it and the claim says without, or ""."""
        said, held = self.fold(claim), self.fold(text)
        for match in self._special.finditer(held):
            tail = held[match.end() : match.end() + _TAIL]
            if self._negates(match.group()) and _WORDS.fullmatch(tail) and tail in said:
                places = [m.start() for m in re.finditer(re.escape(tail), said)]
                plain = [start for start in places if not self._negated_before(said, start)]
                starts = [m.start() for m in re.finditer(re.escape(tail), held)]
                if plain and all(self._negated_before(held, start) for start in starts):
                    return tail
        return ""

    def _negates(self, word: str) -> bool:
        return word not in self._whole and self._modals.get(word) in (None, "forbidden", "free")

    def _negated_before(self, text: str, start: int) -> bool:
        found = [m for m in self._special.finditer(text[:start]) if m.end() == start]
        return bool(found) and self._negates(found[-1].group())

    def _clause(self, text: str) -> Clause:
        import jieba

        modals: set[str] = set()
        negative: list[int] = []
        plain = list(text)
        kept: set[str] = set()
        turns: list[str] = []
        for match in [*_ORDINAL.finditer(text), *_FIGURE.finditer(text)]:
            plain[match.start() : match.end()] = _MARK * len(match.group())
        for match in self._special.finditer(text):
            word = match.group()
            if word in self._whole:
                kept.add(word)
                plain[match.start() : match.end()] = _MARK * len(word)
                continue
            turns.append(self._modals.get(word, "not"))
            kind = self._modals.get(word)
            if kind:
                modals.add(kind)
            if kind in (None, "forbidden", "free"):
                negative.append(match.end())
            plain[match.start() : match.end()] = _MARK * len(word)
        words: dict[str, set[bool]] = {word: {False} for word in kept}
        for match in self._acting.finditer("".join(plain)):
            words.setdefault(match.group(), set()).add(any(end <= match.start() < end + _REACH for end in negative))
            plain[match.start() : match.end()] = _MARK * len(match.group())
        masked = "".join(plain)
        for word, start, _ in jieba.tokenize(masked):
            if _HAN.search(word) or re.search("[A-Za-z]", word):
                words.setdefault(word, set()).add(any(end <= start < end + _REACH for end in negative))
        named = [(text.rfind(actor) + len(actor), -len(actor), actor) for actor in self.actors if actor in text]
        first = [(text.find(actor), -len(actor), actor) for actor in self.actors if actor in text]
        return Clause(
            text,
            {word: frozenset(signs) for word, signs in words.items()},
            frozenset(modals),
            numbers_of(text),
            min(first)[2] if first else "",
            max(named)[2] if named else "",
            self._special.sub(self._keep_whole, text),
            tuple(turns),
        )


def numbers_of(folded: str) -> frozenset[tuple[str, str]]:
    """Return the figures of a folded text with their units; ordinals of articles are none."""
    found = set()
    for numeral in find_numerals(folded):
        after = folded[numeral.end : numeral.end + 1]
        if not numeral.figure or (folded[: numeral.start].endswith("第") and after and after in "条款项章节"):
            continue
        unit = numeral.unit.removeprefix("个").replace("天", "日")
        known = re.match("工作日|月|日|年|元|件|页|次|号|%|类|种|周|小时|倍|人|份|万", unit)
        found.add((str(numeral.value if numeral.value is not None else numeral.text), known.group() if known else ""))
    return frozenset(found)


def _any_of(words: list[str]) -> "re.Pattern[str]":
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
