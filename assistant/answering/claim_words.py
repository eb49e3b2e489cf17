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
_REACH = 4
_HAN = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause.

    Attributes:
        words: word → whether it stands without and with a negation before it.
        modals: duty, may, forbidden, free.
        numbers: (value, unit), 天 read as 日.
        actor: the last one named in it, or "".
    """

    text: str
    words: dict[str, frozenset[bool]]
    modals: frozenset[str]
    numbers: frozenset[tuple[str, str]]
    first_actor: str
    actor: str


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

    def _clause(self, text: str) -> Clause:
        import jieba

        modals: set[str] = set()
        negative: list[int] = []
        plain = list(text)
        for match in [*_ORDINAL.finditer(text), *_FIGURE.finditer(text)]:
            plain[match.start() : match.end()] = _MARK * len(match.group())
        for match in self._special.finditer(text):
            word = match.group()
            if word in self._whole:
                continue
            kind = self._modals.get(word)
            if kind:
                modals.add(kind)
            if kind in (None, "forbidden", "free"):
                negative.append(match.end())
            plain[match.start() : match.end()] = _MARK * len(word)
        words: dict[str, set[bool]] = {}
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
