"""W5 and W7: the figures and the notes or chapters."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from assistant.numbers import fold_width
from assistant.report.checking.case import Case
from assistant.report.entry import NOTE_KEYS
from assistant.report.findings import Finding
from assistant.report.forms import FEE_TABLE, Address
from assistant.report.prose.sentences import cut_sentences

_FEE = "信息处理费"
_DENIED = re.compile(
    r"(?:未|没有|不)[^，。；]{0,6}(?:收取|发生)[^，。；]{0,8}信息处理费|信息处理费[^，。；]{0,8}(?:未|没有|无|为0)"
)
# Chance alone makes short notes alike; a long text copied with a word changed stays above this.
_ALIKE, _SHORTEST = 0.95, 12
_CHAPTERS = {"overview": "第一部分", "problems": "第五部分", "other": "第六部分"}


def check_processing_fee(case: Case) -> Iterator[Finding]:
    """W5: the fee, the row of unpaid fees and chapter six tell one story."""
    if not case.statistics.form.processing_fee:
        return
    cases, amount = (case.statistics.cells[Address(FEE_TABLE, "", part)] for part in ("cases", "amount"))
    place = "信息处理费"
    if cases is not None and amount is not None and (cases == 0) != (amount == 0):
        yield case.finding("W5", place, "halves", cases=cases, amount=amount)
    for constraint, table in case.constraints("W5"):
        overdue = case.statistics.value(table.key, constraint["row"], constraint["column"])
        if overdue and cases is None and amount is None:
            yield case.finding("W5", place, "not_entered", overdue=overdue)
    charged = bool(cases or amount)
    texts = [case.chapters["other"]] if "other" in case.chapters else list(case.statistics.facts.of("other"))
    denied = any(_DENIED.search(fold_width(text)) for text in texts)
    claimed = any("收取" in text and _FEE in text for text in texts) and not denied
    if charged and denied:
        yield case.finding("W5", "第六部分", "denied", cases=cases, amount=amount)
    elif charged and "other" in case.chapters and _FEE not in case.chapters["other"]:
        yield case.finding("W5", "第六部分", "silent", cases=cases, amount=amount)
    if claimed and cases == 0 and amount == 0 and "other" not in case.chapters:
        yield case.finding("W5", "第六部分", "unfounded")


def check_copied_text(case: Case) -> Iterator[Finding]:
    """W7: text nearly the same as last year's, and last year's year left in the text."""
    now, before = _texts(case, current=True), _texts(case, current=False)
    stale = f"{case.statistics.year - 1}年"
    for place, text in now:
        twin = next((other for _, other in before if _alike(text, other)), None)
        if twin is not None:
            yield case.finding("W7", place, "repeated", actual=text[:40], raw=text[:40])
        if stale in fold_width(text):
            yield case.finding("W7", place, "stale_year", actual=stale, raw=stale)


def check_printed_fee(case: Case) -> Iterator[Finding]:
    """W5 of a finished report: unpaid fees or a fee told elsewhere, and a chapter six that says none or nothing."""
    if case.report is None or case.prose is None or not case.statistics.form.processing_fee:
        return
    place = next(chapter.title for chapter in case.statistics.form.chapters if chapter.key == "other")
    other = fold_width(case.report.chapter("other"))
    for constraint, table in case.constraints("W5"):
        overdue = case.statistics.value(table.key, constraint["row"], constraint["column"])
        if overdue and _FEE not in other:
            yield case.finding("W5", place, "overdue_silent", overdue=overdue)
    cases, amount = (case.statistics.cells[Address(FEE_TABLE, "", part)] for part in ("cases", "amount"))
    if cases is not None and amount is not None and (cases == 0) != (amount == 0):
        yield case.finding("W5", place, "halves", cases=cases, amount=amount)
    if cases or amount:
        return
    for sentence in cut_sentences(passage for passage in case.report.passages if passage.chapter != "other"):
        charged = case.prose.pattern("fee_charged").search(sentence.text)
        if charged and not _DENIED.search(sentence.text):
            span = sentence.span(charged.start(), charged.end())
            yield case.finding("W5", place, "elsewhere", span, actual=charged.group(), raw=charged.group())


def check_copied_report(case: Case) -> Iterator[Finding]:
    """W7 of a finished report: a chapter nearly the same as last year's, a sentence that tells of last year."""
    if case.report is None or case.prose is None:
        return
    titles = {chapter.key: chapter.title for chapter in case.statistics.form.chapters}
    for key in ("overview", "problems"):
        now, before = case.chapters.get(key, ""), case.previous_chapters.get(key, "")
        if before and _alike(_undated(now), _undated(before)):
            yield case.finding("W7", titles[key], "repeated", actual=now[:40], raw=now[:40])
    year = case.statistics.year
    stale = re.compile(case.prose.raw["stale_year"].replace("{last}", str(year - 1)))
    overview = [passage for passage in case.report.passages if passage.chapter == "overview"]
    for sentence in cut_sentences(overview) if year else ():
        found = stale.search(sentence.text)
        if found and f"{year}年" not in sentence.text:
            at = sentence.text.index(f"{year - 1}年")
            yield case.finding(
                "W7", titles["overview"], "stale_year", sentence.span(at, at + 5), actual=f"{year - 1}年",
                raw=f"{year - 1}年",
            )  # fmt: skip


def _undated(text: str) -> str:
    return re.sub(r"20\d\d年", "", text)


def _texts(case: Case, *, current: bool) -> list[tuple[str, str]]:
    chapters = case.chapters if current else case.previous_chapters
    if chapters:
        return [(_CHAPTERS.get(key, key), text) for key, text in chapters.items() if key in _CHAPTERS]
    statistics = case.statistics if current else case.previous
    if statistics is None:
        return []
    return [
        (f"文字材料“{title}”第{index}条", note)
        for key, title in NOTE_KEYS.items()
        for index, note in enumerate(statistics.facts.of(key), start=1)
    ]


def _alike(text: str, other: str) -> bool:
    one, two = fold_width(text), fold_width(other)
    if min(len(one), len(two)) < _SHORTEST:
        return False
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
