"""Is a sentence that somebody else wrote supported by the text it cites? Decided by code, word by word.

The bound is lexical and errs to the safe side: a true sentence in words that the cited text does not have is not
proved, and the text itself is shown instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.answering.claim_fits import alike_clauses, best_fit, turned_whole, words_of
from assistant.answering.claim_numbers import wrong_number
from assistant.answering.claim_places import Place, places_of
from assistant.answering.claim_proof import wrong_order, wrong_place
from assistant.answering.claim_references import Passage, wrong_item, wrong_quotation, wrong_reference
from assistant.answering.claim_words import ClaimWords, Clause
from assistant.numbers import fold_width

# How a sentence names its law: checked apart from its words.
_REFERENCE = re.compile(
    r"(?:根据|依据|依照|按照)?(?:《[^》]+》|[“「『]?(?:政府)?(?:信息公开)?条例[”」』]?)"
    r"(?:第[\d零〇一二三四五六七八九十百千]+条(?:第[一二三四五六七八九十\d]+[款项])*)?(?:的?规定)?[，,]?"
)
_HAN = re.compile("[一-鿿]")
_BRACKETED = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
# 要, where it is no part of another word.
_MUST = re.compile("(?<![需重主想请必])要(?![求是点么])")
_LEAST = 2
_KEPT = 5000
# A word that the text has with and without a negation: so much better must the other place fit.
_DOUBT = 1.0


@dataclass(slots=True)
class Verifier:
    """Checks sentences against the passages they cite; what was read once is kept."""

    words: ClaimWords
    _read: dict[str, tuple[Clause, ...]] = field(default_factory=dict)
    _placed: dict[str, list[Place]] = field(default_factory=dict)

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
        if _BRACKETED.sub("", fold_width(claim)).count("(") + _BRACKETED.sub("", fold_width(claim)).count(")"):
            return "括号不成对"
        return (
            wrong_reference(claim, text, cited)
            or wrong_quotation(claim, text, cited)
            or wrong_item(claim, text)
            or wrong_number(claim, text, self._clauses)
            or self._wrong_words(claim, text, cited)
        )

    def forget(self) -> None:
        """Keep nothing of what was read, as before the first sentence."""
        self._read.clear()
        self._placed.clear()
        self.words.forget()

    def _clauses(self, text: str) -> tuple[Clause, ...]:
        if len(self._read) > _KEPT:
            self._read.clear()
        if text not in self._read:
            self._read[text] = self.words.read(text)
        return self._read[text]

    def _places(self, text: str) -> list[Place]:
        if len(self._placed) > _KEPT:
            self._placed.clear()
        if text not in self._placed:
            self._placed[text] = places_of(self._clauses(text))
        return self._placed[text]

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
                # Where the text leaves open who does it, the sentence may say it.
                if word in self.words.understood and word == clause.first_actor and not _names_doer(source):
                    continue
                if not self._said_in(held, word) and not _holds(named, word):
                    return f"“{word}”不在所引内容里"
                if not _holds(held, word) and True in signs:
                    return f"“{word}”的肯定否定与所引内容不一致"
                if fault := self._turned(word, signs, clause, source):
                    return fault
            told = any(one.modals or _MUST.search(one.text) for one in said if one.sentence == clause.sentence)
            if fault := self._wrong_modal(clause, source, told) or self._wrong_actor(clause, source):
                return fault

        # What names the passage may be said; strictly, a word that the text has must stand in the place itself.
        def holds(place: str, word: str, strictly: bool) -> bool:
            by_name = self._said_in(named, word) and not (strictly and self._said_in(held, word))
            return by_name or self._said_in(place, word)

        return wrong_place(said, self._places(text), self.words, holds) or wrong_order(claim, held, self.words)

    def _said_in(self, held: str, word: str) -> bool:
        """Whether a folded text has a word: as it is, or, where it states little, by its weightier characters."""
        if len(word) == 4 and not set(word) & set("不未无非没"):
            # 获取信息 is two words, though a dictionary has it as one.
            halves = (word[:2], word[2:])
            if all(half in held or half in self.words.neutral for half in halves):
                return True
        heavy = [letter for letter in word if letter not in self.words.light]
        return (len(word) < 3 and len(heavy) < 2 and all(letter in held for letter in heavy)) or _holds(held, word)

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
            if modal == "may" and re.search("可以.*(?:申请|提起|起诉)", clause.text):
                # Within a period for it (申请的期限是60日) something is allowed.
                same += [i for i in everywhere if "期限" in source[i].text and not source[i].modals]
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


def _names_doer(source: Sequence[Clause]) -> bool:
    return any(one.first_actor and re.match(f"(?:由|被告)?{one.first_actor}", one.text) for one in source)


def _stands_whole(claim: str, text: str) -> bool:
    """Whether the claim is the text's own sentence, from the beginning of a clause of it to the end of one."""
    plain, held = fold_width(claim).rstrip("。.;；"), fold_width(text)
    at = held.find(plain) if plain else -1
    while at >= 0:
        ends = at + len(plain)
        if (at == 0 or held[at - 1] in "。;；:：!?") and (ends == len(held) or held[ends] in "。;；!?"):
            return True
        at = held.find(plain, at + 1)
    return False


def _holds(text: str, word: str) -> bool:
    """Whether the text has the word: as it is, by its pairs of characters, or drawn apart (预决算: 预算、决算)."""
    if word in text:
        return True
    if len(word) < 3 or set(word) & set("不未无非没"):
        return False
    if all(word[i : i + 2] in text for i in range(len(word) - 1)):
        return True
    # No pattern for what cannot be there.
    return all(letter in text for letter in word) and bool(re.search(".{0,5}".join(map(re.escape, word)), text))
