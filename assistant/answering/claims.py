"""Is a sentence that somebody else wrote supported by the text it cites? Decided by code, word by word.

The bound is lexical and errs to the safe side: a true sentence in words that the cited text does not have is not
proved, and the text itself is shown instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.answering.claim_fits import alike_clauses, best_fit, turned_whole, words_of
from assistant.answering.claim_references import ARTICLE, Passage, wrong_item, wrong_quotation, wrong_reference
from assistant.answering.claim_words import HEAD, ClaimWords, Clause
from assistant.numbers import fold_figures, fold_width

_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年")
# How a sentence names its law: checked apart from its words.
_REFERENCE = re.compile(
    r"(?:根据|依据|依照|按照)?(?:《[^》]+》|[“「『]?(?:政府)?(?:信息公开)?条例[”」』]?)"
    r"(?:第[\d零〇一二三四五六七八九十百千]+条(?:第[一二三四五六七八九十\d]+[款项])*)?(?:的?规定)?[，,]?"
)
_HAN = re.compile("[一-鿿]")
_CONDITION = re.compile("(?:的|时|的话|后)$|^(?:如果|若|如|对|对于|当|凡)")
_DAY = re.compile("((?:(?![自从在以为]).)+)(?:之日|次日)")
_OUTCOME = re.compile("^(?:由|应|可以|不得|不予|视为)")
_FITS, _LEAST = 2, 2
_KEPT = 5000
_TIMES = {"日", "工作日", "月", "年"}
# A word that the text has with and without a negation: so much better must the other place fit.
_DOUBT = 1.0


@dataclass(slots=True)
class Verifier:
    """Checks sentences against the passages they cite; what was read once is kept."""

    words: ClaimWords
    _read: dict[str, tuple[Clause, ...]] = field(default_factory=dict)

    def fault(self, claim: str, cited: Sequence[Passage]) -> str:
        """Return why `claim` is not proved by `cited`, in Chinese, or "" where it is."""
        if not cited:
            return "没有注明依据"
        if not _HAN.search(claim):
            return "不是中文"
        text = self.words.without_instructions("\n".join(passage.paragraph.text for passage in cited))
        if not _HAN.search(text):
            return "所引内容不是规定"
        if _stands_whole(claim, text):
            return ""
        return (
            wrong_reference(claim, text, cited)
            or wrong_quotation(claim, text, cited)
            or wrong_item(claim, text)
            or self._wrong_number(claim, text)
            or self._wrong_words(claim, text, cited)
        )

    def _clauses(self, text: str) -> tuple[Clause, ...]:
        if len(self._read) > _KEPT:
            self._read.clear()
        if text not in self._read:
            self._read[text] = self.words.read(text)
        return self._read[text]

    def _wrong_number(self, claim: str, text: str) -> str:
        folded, known = fold_figures(claim), fold_figures(text)
        for date in _DATE.findall(folded):
            if not re.search(rf"(?<!\d){re.escape(date)}", known):
                return f"日期“{date}”不在所引内容里"
        source = self._clauses(text)
        for clause in self._clauses(ARTICLE.sub("", claim)):
            # A rate belongs to its own step.
            if _amounts(clause.numbers) and not _one_step(clause.numbers, source):
                return "金额与所引内容里的档次不一致"
            for number in clause.numbers:
                inside = [i for i, one in enumerate(source) if number in one.numbers]
                if not inside and _indefinite(number, claim):
                    continue
                if not inside:
                    return f"数字“{_written(number)}”不在所引内容里"
                others = [
                    i
                    for i, one in enumerate(source)
                    if number not in one.numbers
                    and any(unit == number[1] or {unit, number[1]} <= _TIMES for _, unit in one.numbers)
                ]
                if others and best_fit(clause, source, inside) < best_fit(clause, source, others):
                    return f"数字“{_written(number)}”说的是另一件事"
        return ""

    def _wrong_words(self, claim: str, text: str, cited: Sequence[Passage]) -> str:
        source = self._clauses(text)
        held = self.words.fold(text)
        named = self.words.fold(" ".join(passage.around for passage in cited))
        if lost := self.words.lost_negation(claim, text):
            return f"“{lost}”的肯定否定与所引内容相反"
        said, plain = self._clauses(_REFERENCE.sub("", claim)), self._clauses(_REFERENCE.sub("", text))
        if len(words_of(said)) < _LEAST and not any(one.numbers for one in said):
            return "说得太少，无从核实"
        for clause in said:
            if fault := self._wrong_scope(clause, said, source) or turned_whole(clause, source):
                return fault
            alike = [one for one in (*source, *plain) if one.bare == clause.bare]
            # A duty may be told plainly (经负责人同意), a permission or a denial may not.
            told_plainly = {clause.turns, ("duty",) if not clause.turns else clause.turns}
            if alike and all(one.turns not in told_plainly for one in alike):
                return "应当、可以、不得或者肯定否定与所引内容不一致"
            if ("may", "not") in pairwise(clause.turns) and not any(
                ("may", "not") in pairwise(one.turns) and clause.content & one.content for one in source
            ):
                return "应当、可以、不得与所引内容不一致"
            for word, signs in clause.words.items():
                if word in self.words.neutral:
                    continue
                heavy = [letter for letter in word if letter not in self.words.light]
                plain_word = len(word) < 3 and len(heavy) < 2 and all(letter in held for letter in heavy)
                if not plain_word and not _holds(held, word) and not _holds(named, word):
                    return f"“{word}”不在所引内容里"
                if not _holds(held, word) and True in signs:
                    return f"“{word}”的肯定否定与所引内容不一致"
                if fault := self._turned(word, signs, clause, source):
                    return fault
            told = any(one.modals for one in said if one.sentence == clause.sentence)
            if fault := self._wrong_modal(clause, source, told) or self._wrong_actor(clause, source):
                return fault
        return self._wrong_start(said, source) or self._wrong_role(said, held) or self._wrong_case(said, source)

    def _wrong_scope(self, clause: Clause, said: Sequence[Clause], source: Sequence[Clause]) -> str:
        """Return why a word like 只有, 一律 or 同时 is not said where the source speaks of this."""
        for word, held in self.words.scoping(clause.text):
            own = words_of([one for one in said if one.sentence == clause.sentence])
            fits = {
                number: len(own & words_of([one for one in source if one.sentence == number]))
                for number in {one.sentence for one in source}
            }
            near = [one for one in source if fits[one.sentence] >= max(fits.values()) - 1]
            if not any(other in self.words.without_free(one.text) for other in held for one in near):
                return f"“{word}”不在所引内容里"
            places = [one for one in near if word in one.text]
            if places and all(bool(one.denials) != bool(clause.denials) for one in places):
                return f"“{word}”的肯定否定与所引内容相反"
        return ""

    def _wrong_start(self, said: Sequence[Clause], source: Sequence[Clause]) -> str:
        """Return why a day from which something is reckoned (收到申请之日) is not one of the source."""
        days = [one.content for one in source if _DAY.search(one.text)]
        for clause in said:
            match = _DAY.search(clause.text)
            if not match or clause.denials or not days:
                continue
            (start,) = self.words.read(match[1]) or (None,)
            named = start.content - set(self.words.actors) if start else set()
            if not any(all(word in "".join(sorted(day)) or word in day for word in named) for day in days):
                return f"“{match.group()}”不是所引内容里起算的日子"
        return ""

    def _wrong_role(self, said: Sequence[Clause], held: str) -> str:
        """Return why somebody whom the claim names behind 经, 报, 征得 is not the one that the source names so."""
        for clause in said:
            for actor in self.words.actors:
                for before in ("经", "报", "报请", "征得"):
                    if before + actor in clause.text and not re.search(f"{before}[^，。；]{{0,9}}{actor}", held):
                        return f"“{before}{actor}”不在所引内容里"
        return ""

    def _wrong_case(self, said: Sequence[Clause], source: Sequence[Clause]) -> str:
        """Return why a condition is joined with what the source says of another case, or with another modal."""
        cases: dict[tuple[int, int], list[Clause]] = {}
        for one in source:
            cases.setdefault((one.sentence, one.case), []).append(one)
        for number, _ in [case for case in cases if case[1] == HEAD]:
            head = cases.pop((number, HEAD))
            for case in cases:
                cases[case] = [*head, *cases[case]] if case[0] == number else cases[case]
        told: dict[tuple[int, int], list[Clause]] = {}
        for one in said:
            told.setdefault((one.sentence, one.case), []).append(one)
        for clauses in told.values():
            condition, rest = _parted(clauses)
            if not rest:
                continue
            of = words_of(condition)
            fits = {case: len(of & words_of(_parted(parts)[0])) for case, parts in cases.items()}
            best = max(fits.values())
            here = [case for case, fit in fits.items() if fit == best]
            if best < _FITS:
                continue
            outcome = words_of(rest)
            found = {case: len(outcome & words_of(parts)) for case, parts in cases.items()}
            beside = [case for case in cases if any(case[0] == own[0] for own in here)]
            if max(found[case] for case in here) < max(found[case] for case in beside):
                return "把所引内容里两种情形的规定接在了一起"
            modals = [
                frozenset().union(*(one.modals for one in cases[case] if not _CONDITION.search(one.text)))
                for case in here
            ]
            if any("duty" in one.modals for one in rest) and all(held and "duty" not in held for held in modals):
                return "应当、可以、不得与所引内容不一致"
        return ""

    def _turned(self, word: str, signs: frozenset[bool], clause: Clause, source: Sequence[Clause]) -> str:
        """Return why a word's negation is not that of the source where the clause fits best."""
        places = [i for i, one in enumerate(source) if word in one.words]
        alike = [source[i] for i in alike_clauses(clause, source)]
        if any(word in one.words and one.denials == clause.denials and one.modals == clause.modals for one in alike):
            return ""
        for sign in signs:
            same = [i for i in places if sign in source[i].words[word]]
            other = [i for i in places if sign not in source[i].words[word]]
            if places and not same:
                return f"“{word}”的肯定否定与所引内容相反"
            if other and best_fit(clause, source, same) + _DOUBT < best_fit(clause, source, other):
                return f"“{word}”的肯定否定与所引内容相反"
        return ""

    def _wrong_modal(self, clause: Clause, source: Sequence[Clause], told: bool) -> str:
        everywhere = range(len(source))
        for modal in clause.modals:
            same = [i for i in everywhere if modal in source[i].modals]
            other = [i for i in everywhere if source[i].modals and modal not in source[i].modals]
            if modal == "duty":
                # What a rule states plainly (期限为…) may be told as a duty.
                same = [i for i in everywhere if modal in source[i].modals or not source[i].modals]
            if not same:
                return "应当、可以、不得与所引内容不一致"
            doubt = _DOUBT if modal == "duty" else 0
            if other and best_fit(clause, source, same) + doubt < best_fit(clause, source, other):
                return "应当、可以、不得与所引内容不一致"
        if not told and clause.content:
            weak = [i for i in everywhere if source[i].modals & {"may", "forbidden", "free"}]
            strong = [i for i in everywhere if i not in weak]
            best = best_fit(clause, source, weak)
            if best >= 2 and best > best_fit(clause, source, strong):
                return "漏掉了可以、不得这样的词"
        return ""

    def _wrong_actor(self, clause: Clause, source: Sequence[Clause]) -> str:
        actor = clause.first_actor
        rest = clause.content - {actor}
        text = self.words.fold(clause.text)
        # Who applies is never in doubt.
        if not actor or not rest or text.startswith(("申请人申请", "申请人所申请", "申请人提出")):
            return ""
        if not text.startswith(actor) and "由" + actor not in text:
            return ""
        scores = [len(rest & one.content) for one in source]
        best = max(scores, default=0)
        if best == 0:
            return ""
        for i, score in enumerate(scores):
            if score == best:
                ahead = next((source[j].actor for j in range(i - 1, -1, -1) if source[j].actor), "")
                doers = [source[i].first_actor or ahead]
                doers += [
                    one.first_actor
                    for one in source[: 0 if source[i].text.startswith(source[i].first_actor or "?") else i]
                    if one.sentence == source[i].sentence and one.text.startswith(one.first_actor or "?")
                ]
                if any(not doer or doer in actor or actor in doer for doer in doers):
                    return ""
        return f"“{actor}”不是所引内容里做这件事的一方"


def _parted(clauses: Sequence[Clause]) -> tuple[Sequence[Clause], Sequence[Clause]]:
    """Return the condition that clauses begin with, and what follows from it; the latter empty where there is none."""
    for n, clause in enumerate(clauses[:-1], start=1):
        if _CONDITION.search(clause.text) or _OUTCOME.search(clauses[n].text):
            return clauses[:n], clauses[n:]
    return clauses, ()


def _amounts(numbers: frozenset[tuple[str, str]]) -> set[tuple[str, str]]:
    return {number for number in numbers if number[1] == "元"}


def _one_step(numbers: frozenset[tuple[str, str]], source: Sequence[Clause]) -> bool:
    """Whether up to three clauses in a row hold all numbers and no other amount."""
    for width in (1, 2, 3):
        for i in range(len(source) - width + 1):
            held = frozenset().union(*(one.numbers for one in source[i : i + width]))
            if numbers <= held and _amounts(held) == _amounts(numbers):
                return True
    return False


def _stands_whole(claim: str, text: str) -> bool:
    """Whether the claim is the text's own sentence, from the beginning of a clause of it to the end of one."""
    plain = fold_width(claim).rstrip("。.;；")
    return bool(re.search(rf"(?:^|[。;；:：!?]){re.escape(plain)}(?:$|[。;；!?])", fold_width(text)))


def _holds(text: str, word: str) -> bool:
    """Whether the text has the word: as it is, by its pairs of characters, or drawn apart (预决算: 预算、决算)."""
    if word in text:
        return True
    if len(word) < 3 or set(word) & set("不未无非没"):
        return False
    apart = ".{0,5}".join(map(re.escape, word))
    return all(word[i : i + 2] in text for i in range(len(word) - 1)) or re.search(apart, text) is not None


def _indefinite(number: tuple[str, str], claim: str) -> bool:
    """Whether a number is none: 一份, 一个; or counts what the claim lists itself: 两个条件：一是…，二是…."""
    value, unit = number
    if unit in _TIMES or unit in ("元", "%", "小时", "周", "倍"):
        return False
    if value == "1":
        return re.search("一[份个项名家位条种类次]", claim) is not None
    listed = [mark for mark in "一二三四五六七八九" if f"{mark}是" in claim]
    return len(listed) > 1 and value == str(len(listed))


def _written(number: tuple[str, str]) -> str:
    return f"{number[0]}{'个' if number[1] in ('工作日', '月') else ''}{number[1]}"
