"""Is a sentence that somebody else wrote supported by the text it cites? Decided by code, word by word.

The bound is lexical and errs to the safe side: a true sentence in words that the cited text does not have is not
proved, and the text itself is shown instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering.claim_words import ClaimWords, Clause
from assistant.numbers import fold_figures, fold_width, parse_chinese_numeral
from assistant.sources.digests import Article, Paragraph

_ARTICLE = re.compile(r"第(\d+|[零〇一二三四五六七八九十百千]+)条((?:第[一二三四五六七八九十\d]+[款项])*)")
_TITLE = re.compile(r"《([^》]+)》")
_NAMED = re.compile(r"([一-鿿]{2,20}?(?:条例|法|办法|规定|解释|通知|格式))(?=第|[》」”])")
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{2,})[”」』\"]")
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年")
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{0,8}〔\d{4}〕\d+号|第\d+号令?")
# How a sentence names its law: checked apart from its words.
_REFERENCE = re.compile(
    r"(?:根据|依据|依照|按照)?(?:《[^》]+》|[“「『]?(?:政府)?(?:信息公开)?条例[”」』]?)"
    r"(?:第[\d零〇一二三四五六七八九十百千]+条(?:第[一二三四五六七八九十\d]+[款项])*)?(?:的?规定)?[，,]?"
)
_HAN = re.compile("[一-鿿]")
_NEAR = 0.5
_TIMES = {"日", "工作日", "月", "年"}
# A word that the text has with and without a negation: so much better must the other place fit.
_DOUBT = 1.0


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph that may be cited."""

    article: Article
    paragraph: Paragraph

    @property
    def around(self) -> str:
        """What names the passage: it may be said, but proves no rule."""
        source = self.article.source
        return " ".join(
            (source.title, *source.short_titles, source.document_number, self.article.name, self.article.heading)
        )


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
        text = "\n".join(passage.paragraph.text for passage in cited)
        if _stands_whole(claim, text):
            return ""
        return (
            _wrong_reference(claim, text, cited)
            or _wrong_quotation(claim, text, cited)
            or self._wrong_number(claim, text)
            or self._wrong_words(claim, text, cited)
        )

    def _clauses(self, text: str) -> tuple[Clause, ...]:
        if text not in self._read:
            self._read[text] = self.words.read(text)
        return self._read[text]

    def _wrong_number(self, claim: str, text: str) -> str:
        folded, known = fold_figures(claim), fold_figures(text)
        for date in _DATE.findall(folded):
            if not re.search(rf"(?<!\d){re.escape(date)}", known):
                return f"日期“{date}”不在所引内容里"
        source = self._clauses(text)
        for clause in self.words.read(_ARTICLE.sub("", claim)):
            # A rate belongs to its own step.
            if _amounts(clause.numbers) and not _one_step(clause.numbers, source):
                return "金额与所引内容里的档次不一致"
            for number in clause.numbers:
                inside = [i for i, one in enumerate(source) if number in one.numbers]
                if not inside:
                    return f"数字“{_written(number)}”不在所引内容里"
                others = [
                    i
                    for i, one in enumerate(source)
                    if number not in one.numbers
                    and any(unit == number[1] or {unit, number[1]} <= _TIMES for _, unit in one.numbers)
                ]
                if others and self._best(clause, source, inside) < self._best(clause, source, others):
                    return f"数字“{_written(number)}”说的是另一件事"
        return ""

    def _wrong_words(self, claim: str, text: str, cited: Sequence[Passage]) -> str:
        source = self._clauses(text)
        held = self.words.fold(text)
        named = self.words.fold(" ".join(passage.around for passage in cited))
        if lost := self.words.lost_negation(claim, text):
            return f"“{lost}”的肯定否定与所引内容相反"
        for clause in self.words.read(_REFERENCE.sub("", claim)):
            alike = [one for one in source if one.bare == clause.bare]
            if alike and all(one.turns != clause.turns for one in alike):
                return "应当、可以、不得或者肯定否定与所引内容不一致"
            for word, signs in clause.words.items():
                if word in self.words.neutral:
                    continue
                if not _holds(held, word) and not _holds(named, word):
                    return f"“{word}”不在所引内容里"
                if fault := self._turned(word, signs, clause, source):
                    return fault
            if fault := self._wrong_modal(clause, source) or self._wrong_actor(clause, source):
                return fault
        return ""

    def _turned(self, word: str, signs: frozenset[bool], clause: Clause, source: Sequence[Clause]) -> str:
        """Return why a word's negation is not that of the source where the clause fits best."""
        places = [i for i, one in enumerate(source) if word in one.words]
        for sign in signs:
            same = [i for i in places if sign in source[i].words[word]]
            other = [i for i in places if sign not in source[i].words[word]]
            if places and not same:
                return f"“{word}”的肯定否定与所引内容相反"
            if other and self._best(clause, source, same) + _DOUBT < self._best(clause, source, other):
                return f"“{word}”的肯定否定与所引内容相反"
        return ""

    def _wrong_modal(self, clause: Clause, source: Sequence[Clause]) -> str:
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
            if other and self._best(clause, source, same) + doubt < self._best(clause, source, other):
                return "应当、可以、不得与所引内容不一致"
        if not clause.modals and self._content(clause):
            weak = [i for i in everywhere if source[i].modals & {"may", "forbidden", "free"}]
            strong = [i for i in everywhere if i not in weak]
            best = self._best(clause, source, weak)
            if best >= 2 and best > self._best(clause, source, strong):
                return "漏掉了可以、不得这样的词"
        return ""

    def _wrong_actor(self, clause: Clause, source: Sequence[Clause]) -> str:
        actor = clause.first_actor
        rest = self._content(clause) - {actor}
        if not actor or not rest or not self.words.fold(clause.text).startswith(("由" + actor, actor)):
            return ""
        scores = [len(rest & self._content(one)) for one in source]
        best = max(scores, default=0)
        if best == 0:
            return ""
        for i, score in enumerate(scores):
            if score == best:
                ahead = next((source[j].actor for j in range(i - 1, -1, -1) if source[j].actor), "")
                own = source[i].first_actor
                doer = own or ahead
                if not doer or doer in actor or actor in doer:
                    return ""
        return f"“{actor}”不是所引内容里做这件事的一方"

    def _best(self, clause: Clause, source: Sequence[Clause], places: Sequence[int]) -> float:
        """Return how well a clause fits the best of some clauses of the source, the clause before it counting half."""
        own = self._content(clause)
        best = -1.0
        for i in places:
            here = self._content(source[i])
            before = self._content(source[i - 1]) - here if i else set()
            best = max(best, len(own & here) + _NEAR * len(own & before))
        return best

    def _content(self, clause: Clause) -> set[str]:
        return {word for word in clause.words if word not in self.words.neutral}


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
    if word in text:
        return True
    return (
        len(word) > 2
        and not set(word) & set("不未无非没")
        and (all(word[i : i + 2] in text for i in range(len(word) - 1)))
    )


def _written(number: tuple[str, str]) -> str:
    return f"{number[0]}{'个' if number[1] in ('工作日', '月') else ''}{number[1]}"


def _wrong_reference(claim: str, text: str, cited: Sequence[Passage]) -> str:
    """Return why a law, an article or a document number that the claim names is not the one cited."""
    names = {name for p in cited for name in _names(p)}
    plain = fold_width(text)
    for title in _TITLE.findall(claim):
        if fold_width(title).removeprefix("中华人民共和国") not in names and f"《{fold_width(title)}》" not in plain:
            return f"《{title}》不是所引的文件"
    for name in _NAMED.findall(claim):
        if not any(fold_width(name).endswith(known) for known in names) and fold_width(name) not in plain:
            return f"“{name}”不是所引的文件"
    for number in _DOCUMENT_NUMBER.findall(fold_figures(claim)):
        if not any(number in fold_figures(p.article.source.document_number) for p in cited) and (
            number not in fold_figures(text)
        ):
            return f"文号“{number}”不是所引的文件"
    said = {_number(match[1]) for match in _ARTICLE.finditer(text)}
    for match in _ARTICLE.finditer(claim):
        number = _number(match[1])
        own = [p for p in cited if p.article.number == number]
        if not own and number not in said:
            return f"所引的不是{match.group()}"
        # 第二款 of the article cited is checked; of an article that the text itself names, the text must say it.
        if match[2] and own and not any(p.paragraph.label.startswith(match[2]) for p in own):
            return f"所引的不是{match.group()}"
        if match[2] and not own and match.group() not in text:
            return f"所引内容里没有{match.group()}"
        if not own and not _said_of_same_law(claim, match.start(), text, number):
            return f"所引内容里的第{number}条是另一部法规的"
    return ""


def _said_of_same_law(claim: str, start: int, text: str, number: int) -> bool:
    """Whether the text names this article of the law that the claim names right before it."""
    law = re.search(r"([一-鿿]{2,12}(?:条例|法|办法|规定|解释))[》」”]?$", claim[:start])
    if law is None:
        return True
    heard = [text[: m.start()] for m in _ARTICLE.finditer(text) if _number(m[1]) == number]
    return any(law[1][-3:] in before[-20:] for before in heard)


def _names(passage: Passage) -> set[str]:
    source = passage.article.source
    return {fold_width(name).removeprefix("中华人民共和国") for name in (source.title, *source.short_titles)}


def _number(written: str) -> int:
    return int(written) if written.isdigit() else parse_chinese_numeral(written)


def _wrong_quotation(claim: str, text: str, cited: Sequence[Passage]) -> str:
    held = fold_width(text) + fold_width(" ".join(passage.around for passage in cited))
    for quotation in _QUOTED.findall(claim):
        if fold_width(quotation).strip("。，；") not in held:
            return f"引文“{quotation}”不在所引内容里"
    return ""
