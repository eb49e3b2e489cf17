"""Finds what a sentence says of the figures: 「收到申请23件」 claims that the cell of what was received holds 23."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from assistant.numerals import Numeral, find_numerals
from assistant.report.prose.sentences import Sentence
from assistant.report.prose.words import ClaimRule, ProseWords

# What parts one stretch from the next; 「、」 does not, so that 「行政复议、行政诉讼0件」 stays whole.
_STOP = re.compile("[，,；;：:（）()“”。！？]")
_TAIL_STOP = re.compile("[，,；;：:（）()“”。！？、]")
_INCLUDED = re.compile(
    # 「新收3件，含上年结转共办理5件」 includes them in the next number.
    "(?:[^，,。；]{0,12}[（(，,](?:其中)?(?:含|包括|包含)[^。；]{0,10}结转|[^，,。；（(]{0,4}含[^，。；]{0,8}结转)(?!共?办理)"
)
_NEXT_TO = re.compile("[上下]一年")
_YEAR_DIGITS = 4
_HEAD = 16  # letters of a paragraph in which its own heading stands
_YEAR = re.compile(r"(?<!\d)(20\d\d)年")


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that a sentence gives for a cell.

    Attributes:
        start, end: the number in the sentence's text.
        carried: the sentence says that last year's requests are included.
    """

    rule: ClaimRule
    value: Decimal
    sentence: Sentence
    start: int
    end: int
    carried: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A number and the words around it; `text` has # for the number."""

    numeral: Numeral
    text: str
    start: int
    end: int


def find_claims(
    sentences: Iterable[Sentence],
    words: ProseWords,
    form: str,
    year: int,
    *,
    whole_area: bool = False,
    agency: str = "",
) -> Iterator[Claim]:
    """Yield every claim that `sentences` make; each number claims one cell at the most.

    Args:
        form: id of the report's form.
        year: of the report; a sentence about another year claims nothing, what was carried over apart.
        whole_area: the report counts for a whole city or county; else a sentence about one claims nothing.
        agency: the report's body, whose own name says of no number that it is another body's.
    """
    for printed in sentences:
        sentence = _plain(printed, words, agency)
        if re.search(words.raw["narrower" if whole_area else "wider"], sentence.text):
            continue
        used: set[int] = set()
        for rules, other in _fields(sentence, words):
            fitting = [rule for rule in rules if _fits(rule, sentence.text, form)]
            for stretch in _stretches(sentence.text, words.units):
                rule = _rule_of(stretch.text, fitting, year)
                if rule is None or stretch.start in used or _elsewhere(sentence, stretch, rule, other, words, year):
                    continue
                used.add(stretch.start)
                assert stretch.numeral.value is not None
                carried = bool(_INCLUDED.match(sentence.text[stretch.end :]))
                yield Claim(rule, stretch.numeral.value, printed, stretch.start, stretch.end, carried)
        for claim in _zero_claims(sentence, words, form, year):
            yield replace(claim, sentence=printed)


def _plain(sentence: Sentence, words: ProseWords, agency: str) -> Sentence:
    """The sentence with other spellings as the patterns have them and the body's own name masked; as long as before."""
    text = sentence.text
    for other, usual in words.raw["spellings"].items():
        text = text.replace(other, usual)
    own = next((end for end in words.raw["own_endings"] if agency.endswith(end)), "")
    for name in filter(None, (agency, own)):
        text = text.replace(name, "本" * len(name))
    return replace(sentence, text=text)


def _fits(rule: ClaimRule, text: str, form: str) -> bool:
    if rule.form not in ("", form) or (rule.without and re.search(rule.without, text)):
        return False
    return not rule.within or re.search(rule.within, text) is not None


def _fields(sentence: Sentence, words: ProseWords) -> Iterator[tuple[Sequence[ClaimRule], str]]:
    """Yield the lists of rules that the sentence may speak to, each with what takes a stretch out of its field."""
    around = sentence.context + sentence.text
    others = re.search(words.raw["other_applications"], sentence.text)
    headed = words.raw["requests_paragraph"] in sentence.passage.text[:_HEAD]
    own = headed or re.search(words.raw["requests_context"], around) is not None
    if re.search(words.raw["classed"], sentence.text):
        own = False
    if others and not re.search(words.raw["of_disclosure"], sentence.text):
        own = False
    if own and "规范性文件" not in sentence.text:
        yield words.claims, words.raw["parts"]
    if _tells_of_reviews(sentence, words):
        yield words.reviews, words.raw["reviews_not"]
    yield words.documents, words.raw["documents_not"]


def _tells_of_reviews(sentence: Sentence, words: ProseWords) -> bool:
    """Whether 复议 and 诉讼 of the sentence are about disclosure: chapter four tells of no others."""
    passage = sentence.passage
    return passage.chapter == "reviews" or re.search(words.raw["reviews_context"], passage.text) is not None


def _stretches(text: str, units: frozenset[str]) -> Iterator[_Stretch]:
    # 上一年度 holds no figure.
    numerals = [
        n for n in find_numerals(text) if n.figure and not _NEXT_TO.match(text[max(0, n.start - 1) : n.end + 1])
    ]
    # 1.28万 is rounded, and no cell holds it.
    counted = [n for n in numerals if n.unit in units and n.value is not None and n.value == int(n.value)]
    counted = [n for n in counted if not n.text.endswith(("万", "亿"))]
    # 「结转2026年1件」: a year stands among the words, and parts nothing.
    parting = [n for n in numerals if n.unit != "年" or len(n.text) != _YEAR_DIGITS]
    for numeral in counted:
        before = max((other.end + len(other.unit) for other in parting if other.end <= numeral.start), default=0)
        head = _STOP.split(text[min(before, numeral.start) : numeral.start])[-1]
        tail_start = numeral.end + len(numeral.unit)
        tail = _TAIL_STOP.split(text[tail_start : tail_start + 30])[0]
        following = next((other.start for other in parting if other.start > numeral.start), len(text))
        tail = tail[: max(0, following - tail_start)]
        yield _Stretch(numeral, f"{head}#{numeral.unit}{tail}", numeral.start, numeral.end)


def _rule_of(stretch: str, rules: Sequence[ClaimRule], year: int) -> ClaimRule | None:
    for rule in rules:
        if rule.but_not and _compiled(rule.but_not, year).search(stretch):
            continue
        if any(_compiled(sign, year).search(stretch) for sign in rule.signs):
            return rule
    return None


def _elsewhere(
    sentence: Sentence, stretch: _Stretch, rule: ClaimRule, other: str, words: ProseWords, year: int
) -> bool:
    """Whether the number is about another matter, a part only, another year, or is a round one."""
    text = sentence.text
    clause = re.split("[；;]", text[: stretch.start])[-1]
    near = f"{clause[-60:]}#{text[stretch.end : stretch.end + 12]}"
    for pattern in words.raw["elsewhere"]:
        if _compiled(pattern, year).search(stretch.text) or _compiled(pattern, year).search(_own_clause(near)):
            return True
    if other and _compiled(other, year).search(stretch.text):
        return True
    if rule.code == "N3" and re.search(words.raw["reviews_then"], text[stretch.end : stretch.end + 24]):
        return True
    if "结转" in rule.what:
        return False
    years = {int(found) for found in _YEAR.findall(clause)}
    return bool(years) and bool(year) and years != {year}


def _own_clause(near: str) -> str:
    """The part of `near` between the commas around the number."""
    before, _, after = near.partition("#")
    return f"{re.split('[，,]', before)[-1]}#{re.split('[，,、（(；;。]', after)[0]}"


def _zero_claims(sentence: Sentence, words: ProseWords, form: str, year: int) -> Iterator[Claim]:
    for rule in words.zero:
        if rule.form not in ("", form) or (rule.code == "N3" and not _tells_of_reviews(sentence, words)):
            continue
        for sign in rule.signs:
            match = _compiled(sign, year).search(sentence.text)
            if match is None:
                continue
            clause_end = re.search("[，,；;。]", sentence.text[match.end() :])
            end = match.end() + (clause_end.start() if clause_end else len(sentence.text) - match.end())
            whole = sentence.text[match.start() : end]
            years = {int(found) for found in _YEAR.findall(sentence.text[: match.end()])}
            if (rule.but_not and re.search(rule.but_not, whole)) or (years and years != {year}) or "#" in whole:
                continue
            if any(n.figure and n.value for n in find_numerals(whole)):
                continue
            yield Claim(rule, Decimal(0), sentence, match.start(), match.end())
            break


@lru_cache(maxsize=1024)
def _compiled(pattern: str, year: int) -> re.Pattern[str]:
    for name, value in (("{last}", year - 1), ("{this}", year), ("{next}", year + 1)):
        pattern = pattern.replace(name, str(value))
    return re.compile(pattern)
