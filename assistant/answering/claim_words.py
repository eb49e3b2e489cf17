"""A sentence read for comparison: its clauses, their modals, numbers and words, and which words are negated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from assistant.numbers import fold_figures, parse_chinese_numeral
from assistant.numerals import find_numerals

_SENTENCES, _CASES = re.compile("[。！!？?\n]"), re.compile("[；;]")
_PART = re.compile("([^，,：:、()]+)([，,：:、()]?)")
# Numbers are compared apart from the words.
_ORDINAL = re.compile(r"第\d+[条款项章节]")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:个?工作日|个?月|[日年元件页次号%类种周倍人份万项])*[内前后]?")
_MARK = "\0"
HEAD = -1
_FILLING = re.compile("予以|进行|再|都|均|一律|就|则")
# So near behind a negation stands what it negates; and so much of it is compared.
_REACH, _TAIL = 3, 4
_DENYING = ("not", "forbidden", "free")
# Kinds are counted (三类), too; and 一次告知 is 一次性告知, not a number.
_KINDS = re.compile("(?<![一二两三四五六七八九十])[一二两三四五六七八九十]{1,9}(?=[类种])")
# 第十四、十五条 names two articles.
_ARTICLES = re.compile("第[零〇一二三四五六七八九十百\\d]+(?:、[零〇一二三四五六七八九十百\\d]+)+(?=条)")
_AT_ONCE = re.compile("一次(?=告知|通知|告诉|说清|说明)")
# What is in brackets is said after the clause that it stands in.
_BRACKETS = re.compile("[（(](?![一二三四五六七八九十]{1,3}[)）])([^（）()]{2,40})[)）]([^，,。；;：:、\n]+)")
_WORDS = re.compile("[一-鿿]{4}")
_HAN = re.compile("[一-鿿]")
# So many clauses are kept.
_KEPT = 20_000


@dataclass(frozen=True)
class Clause:
    """One clause.

    Attributes:
        words: word → whether it stands without and with a negation before it.
        content: the words that say something.
        modals: duty, may, forbidden, free.
        numbers: (value, unit), 天 read as 日.
        first_actor, actor: the first and the last one named in it, or "".
        bare, turns: the text without modals and negations, and these in order.
        mark: what parts it from the next one.
        sentence, case: where it stands; cases are what ； parts, HEAD is what is said of all of them.
    """

    text: str
    words: dict[str, frozenset[bool]]
    content: frozenset[str]
    modals: frozenset[str]
    numbers: frozenset[tuple[str, str]]
    first_actor: str
    actor: str
    bare: str
    turns: tuple[str, ...]
    sentence: int = 0
    case: int = 0
    mark: str = ""

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of characters of `bare`, without what fills a sentence."""
        bare = _FILLING.sub("", self.bare)
        return frozenset(bare[i : i + 2] for i in range(len(bare) - 1))

    @property
    def denials(self) -> int:
        """How often the clause denies."""
        return sum(turn in _DENYING for turn in self.turns)


class ClaimWords:
    """The words of `corpus/claims.yaml`."""

    def __init__(self, path: Path) -> None:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.shown: dict[str, str] = data["words"]
        # What is looked at apart says nothing beside.
        self.neutral = frozenset((*data["neutral"], *(word for group in data["scope"] for word in group["said"])))
        self.light = frozenset(data["light"])
        self.actors = tuple(sorted(data["actors"], key=len, reverse=True))
        self._modals = {word: kind for kind, words in data["modals"].items() for word in words}
        self._same = {other: group[0] for group in data["same"] for other in group}
        self._special = _any_of([*data["whole_words"], *self._modals, *data["negations"]])
        self._acting = _any_of(list(self.actors))
        self._whole = frozenset(data["whole_words"])
        self._scope = {word: group["held"] for group in data["scope"] for word in group["said"]}
        self._addressed = re.compile("|".join(data["addressed"]))
        self.weighty: list[list[str]] = data["weighty"]
        self.ahead: dict[str, list[str]] = data["directions"]["ahead"]
        self.behind: dict[str, list[str]] = data["directions"]["behind"]
        self._parties: dict[str, list[str]] = data["parties"]
        self.persons = tuple(sorted({*data["actors"], *data["persons"]}, key=len, reverse=True))
        self.understood = tuple(data["understood"])
        self.severe = _any_of(data["severe"])
        self.universal = _any_of(data["universal"])
        self.exception = re.compile("|".join(data["exceptions"]))
        self.hedged = re.compile("|".join(data["hedged"]))
        self._scoping = _any_of([*self._scope, *data["free"]])
        self._clauses: dict[str, Clause] = {}

    @cached_property
    def parties(self) -> dict[str, list[str]]:
        """Words before whoever is told, asked or gone through: kind → words, folded."""
        return {kind: sorted({self.fold(mark) for mark in marks}) for kind, marks in self._parties.items()}

    @cached_property
    def _folding(self) -> "re.Pattern[str]":
        return _any_of(list(self._same))

    def fold(self, text: str) -> str:
        """Return `text` with figures as digits and with words that mean the same written as one."""
        text = _ARTICLES.sub(lambda match: "条、第".join(match.group().split("、")), text)
        counted = _KINDS.sub(lambda match: str(parse_chinese_numeral(match.group())), text)
        whole = _AT_ONCE.sub("一次性", counted).replace("\n", "。")
        folded = fold_figures(whole).replace("天内", "日内")
        return self._folding.sub(lambda match: self._same[match.group()], folded)

    def without_instructions(self, text: str) -> str:
        """Return `text` with each paragraph cut before its first sentence that instructs whoever reads it."""
        return "\n".join(self._ruling(paragraph) for paragraph in text.split("\n"))

    def _ruling(self, paragraph: str) -> str:
        found = self._addressed.search(paragraph)
        if found is None:
            return paragraph
        return paragraph[: max(paragraph.rfind(mark, 0, found.start()) for mark in "。！？；") + 1]

    def read(self, text: str) -> tuple[Clause, ...]:
        """Return the clauses of `text`."""
        return tuple(
            replace(self._clause(part), sentence=number, case=case, mark=mark)
            for number, sentence in enumerate(_SENTENCES.split(_BRACKETS.sub(r"\2，\1", self.fold(text))))
            for case, told in _cases(sentence)
            for part, mark in _PART.findall(told)
        )

    def forget(self) -> None:
        """Keep nothing of what was read."""
        self._clauses.clear()

    def _tokens(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield words with their places; 看申请人, which no dictionary has, is a word and what it governs."""
        import jieba

        for word, start, _ in jieba.tokenize(text):
            if len(word) > 2 and word[0] in self.light and not jieba.dt.FREQ.get(word):
                yield word[0], start
                yield word[1:], start + 1
            else:
                yield word, start

    def told_in(self, text: str) -> frozenset[str]:
        """Return the words with content of a folded text."""
        return frozenset().union(*(one.content for one in self.read(text)))

    def without_free(self, text: str) -> str:
        """Return `text` without what only looks like a word of scope (不是一律)."""
        return self._scoping.sub(lambda match: match.group() if match.group() in self._scope else "", text)

    def scoping(self, text: str) -> list[tuple[str, list[str]]]:
        """Return the words of scope in `text`, each with those of which the source must have one."""
        found = [match.group() for match in self._scoping.finditer(text)]
        return [(word, self._scope[word]) for word in found if word in self._scope]

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
                # What also stands there without a negation (签收, 公开) is judged where the sentence fits.
                elsewhere = any(not self._negated_before(held, m.start()) for m in re.finditer(tail[:2], held))
                if plain and not elsewhere and all(self._negated_before(held, start) for start in starts):
                    return tail
        return ""

    def _negates(self, word: str) -> bool:
        return word not in self._whole and self._modals.get(word) in (None, "forbidden", "free")

    def _negated_before(self, text: str, start: int) -> bool:
        found = [m for m in self._special.finditer(text[:start]) if m.end() == start]
        return bool(found) and self._negates(found[-1].group())

    def _clause(self, text: str) -> Clause:
        """Return the clause, where it stands left open; the same part is often read in several texts."""
        if len(self._clauses) > _KEPT:
            self._clauses.clear()
        if text not in self._clauses:
            self._clauses[text] = self._read_clause(text)
        return self._clauses[text]

    def _read_clause(self, text: str) -> Clause:
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
        found: list[tuple[int, str]] = []
        for match in self._acting.finditer("".join(plain)):
            found.append((match.start(), match.group()))
            plain[match.start() : match.end()] = _MARK * len(match.group())
        found += [
            (start, word)
            for word, start in self._tokens("".join(plain))
            if _HAN.search(word) or re.search("[A-Za-z]", word)
        ]
        # A negation turns the first word behind it that says something.
        denied = {
            min(
                (start for start, word in found if end <= start < end + _REACH and word not in self.neutral), default=-1
            )
            for end in negative
        }
        for start, word in found:
            words.setdefault(word, set()).add(start in denied)
        named = [(text.rfind(actor) + len(actor), -len(actor), actor) for actor in self.actors if actor in text]
        first = [(text.find(actor), -len(actor), actor) for actor in self.actors if actor in text]
        return Clause(
            text,
            {word: frozenset(signs) for word, signs in words.items()},
            frozenset(words.keys() - self.neutral),
            frozenset(modals),
            numbers_of(text),
            min(first)[2] if first else "",
            max(named)[2] if named else "",
            self._special.sub(self._keep_whole, text),
            tuple(turns),
        )


def _cases(sentence: str) -> list[tuple[int, str]]:
    """Return what ； parts, numbered from 0; what stands before ： and a list is HEAD."""
    first, *others = _CASES.split(sentence)
    head, colon, begins = first.rpartition("：" if "：" in first else ":")
    if not others or not colon:
        return list(enumerate((first, *others)))
    return [(HEAD, head), *enumerate((begins, *others))]


def numbers_of(folded: str) -> frozenset[tuple[str, str]]:
    """Return the figures of a folded text with their units; ordinals of articles are none."""
    found = set()
    for numeral in find_numerals(folded):
        after = folded[numeral.end : numeral.end + 1]
        if not numeral.figure or (folded[: numeral.start].endswith("第") and after and after in "条款项章节"):
            continue
        # 上一年 is last year, not one year.
        if re.search("(?<!以)[上下]$", folded[: numeral.start]) and numeral.unit.startswith(("年", "月", "个月")):
            continue
        unit = numeral.unit.removeprefix("个").replace("天", "日")
        known = re.match("工作日|月|日|年|元|件|页|次|号|%|类|种|周|小时|倍|人|份|万", unit)
        found.add((str(numeral.value if numeral.value is not None else numeral.text), known.group() if known else ""))
    return frozenset(found)


def _any_of(words: list[str]) -> "re.Pattern[str]":
    # 提供应当 is no 供应, 不得到付 no 得到.
    return re.compile(
        "|".join(
            ("(?<!不)" if word.startswith("得") else "")
            + re.escape(word)
            + ("(?![当该])" if word.endswith("应") and len(word) > 1 else "")
            for word in sorted(words, key=len, reverse=True)
        )
    )
