"""The numbers of a sentence against those of the text that it cites: there, and said of the same thing."""

import re
from collections.abc import Callable, Sequence

from assistant.answering.claim_fits import best_fit, words_around
from assistant.answering.claim_references import ARTICLE
from assistant.answering.claim_words import Clause
from assistant.numbers import fold_figures

_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年")
_TIMES = {"日", "工作日", "月", "年"}


def wrong_number(claim: str, text: str, read: Callable[[str], tuple[Clause, ...]]) -> str:
    """Return why a date, a number or an amount of the claim is not the text's, or is that of something else."""
    folded, known = fold_figures(claim), fold_figures(text)
    for date in _DATE.findall(folded):
        if not re.search(rf"(?<!\d){re.escape(date)}", known):
            return f"日期“{date}”不在所引内容里"
    source = read(text)
    said = read(ARTICLE.sub("", claim))
    for at, clause in enumerate(said):
        # A rate belongs to its own step.
        if _amounts(clause.numbers) and not _one_step(clause.numbers, source):
            return "金额与所引内容里的档次不一致"
        for number in clause.numbers:
            inside = [i for i, one in enumerate(source) if number in one.numbers]
            if not inside and indefinite(number, claim):
                continue
            if not inside:
                return f"数字“{_written(number)}”不在所引内容里"
            others = [
                i
                for i, one in enumerate(source)
                if number not in one.numbers
                and any(unit == number[1] or {unit, number[1]} <= _TIMES for _, unit in one.numbers)
            ]
            own = words_around(said, at)
            if (
                others
                and best_fit(clause, source, inside) < best_fit(clause, source, others)
                and _most(own, source, inside) < _most(own, source, others)
            ):
                return f"数字“{_written(number)}”说的是另一件事"
    return ""


def _most(own: set[str], source: Sequence[Clause], places: Sequence[int]) -> int:
    return max(len(own & words_around(source, i)) for i in places)


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


def indefinite(number: tuple[str, str], claim: str) -> bool:
    """Whether a number is none: 一份, 一个; or counts what the claim lists itself: 两个条件：一是…，二是…."""
    value, unit = number
    if unit in _TIMES or unit in ("元", "%", "小时", "周", "倍"):
        return False
    if value == "1":
        return re.search("[一1][份个项名家位条种类次]", claim) is not None
    listed = [mark for mark in "一二三四五六七八九" if f"{mark}是" in claim]
    return len(listed) > 1 and value == str(len(listed))


def _written(number: tuple[str, str]) -> str:
    return f"{number[0]}{'个' if number[1] in ('工作日', '月') else ''}{number[1]}"
