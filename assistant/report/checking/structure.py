"""S1, S4, S5: the chapters, what each has to speak of, the length of the first, and what was left to be filled in."""

import re
from collections.abc import Iterator

from assistant.numbers import fold_width
from assistant.report.checking.case import Case
from assistant.report.checking.claimed import place_of
from assistant.report.findings import Finding, Span
from assistant.report.forms import Chapter
from assistant.report.prose.sentences import cut_sentences
from assistant.report.prose.words import ProseWords
from assistant.report.published import Heading
from assistant.report.reading.wording import fold_label

# The foot of a report: who issued it and the day, filled in or not.
_FOOT = re.compile(
    r"[\u4e00-\u9fff〇○\d]{0,4}年[^年月日]{0,3}月[^年月日]{0,3}日|[\u4e00-\u9fff]{2,18}(?:局|委|委员会|厅|政府|办|办公室|中心|办事处)"
)


def check_chapters(case: Case) -> Iterator[Finding]:
    """S1: a chapter missing, out of order, or under another heading than the form's."""
    if case.report is None:
        return
    form, headings = case.statistics.form, case.report.headings
    found = [heading for heading in headings if heading.chapter]
    order = [chapter.key for chapter in form.chapters]
    for chapter in form.chapters:
        if all(heading.chapter != chapter.key for heading in found):
            yield case.finding("S1", chapter.title, "missing", expected=chapter.title, title=chapter.title)
    last = -1
    for heading in found:
        place = order.index(heading.chapter)
        chapter = form.chapters[place]
        if place < last:
            yield case.finding(
                "S1", chapter.title, "order", _whole(heading), actual=heading.text, title=chapter.title,
                after=form.chapters[last].title,
            )  # fmt: skip
        last = max(last, place)
        if not _accepted(case, heading, chapter):
            yield case.finding(
                "S1", chapter.title, "renamed", _whole(heading), expected=chapter.title, actual=heading.text,
                title=chapter.title, raw=heading.text,
            )  # fmt: skip
    for heading in headings:
        if not heading.chapter:
            yield case.finding("S1", "各部分标题", "other", _whole(heading), actual=heading.text, raw=heading.text)


def _whole(heading: Heading) -> Span:
    return Span(heading.block, 0, len(heading.text))


def _accepted(case: Case, heading: Heading, chapter: Chapter) -> bool:
    accepted = case.prose.raw["accepted_headings"].get(chapter.key, ()) if case.prose else ()
    return _core(heading.text) in {_core(text) for text in (chapter.heading, *accepted)}


def _core(heading: str) -> str:
    return fold_label(heading).replace("的", "")


def check_overview(case: Case) -> Iterator[Finding]:
    """S4: an aspect of chapter one that is not spoken of, and its length."""
    if case.report is None or case.prose is None:
        return
    form, text = case.statistics.form, case.report.chapter("overview")
    chapter = next(chapter for chapter in form.chapters if chapter.key == "overview")
    if not text.strip():
        if any(heading.chapter == "overview" for heading in case.report.headings):
            yield case.finding("S4", chapter.title, "empty")
        return
    for key, name in chapter.aspects.items():
        if not case.prose.pattern("aspects", key).search(text):
            yield case.finding("S4", chapter.title, "aspect", expected=name, aspect=name)
    if case.statistics.level == "government":
        missing = [name for name, sign in case.prose.raw["government"].items() if not re.search(sign, text)]
        if missing:
            yield case.finding("S4", chapter.title, "results", expected="、".join(missing), aspect="、".join(missing))
    length = len("".join(text.split()))
    if form.overview_limit and length > form.overview_limit:
        yield case.finding(
            "S4", chapter.title, "long", expected=form.overview_limit, actual=length, length=length,
            limit=form.overview_limit,
        )  # fmt: skip


def check_closing_chapters(case: Case) -> Iterator[Finding]:
    """S5: chapter five without a problem or a measure; chapter six empty."""
    if case.report is None or case.prose is None:
        return
    titles = {chapter.key: chapter.title for chapter in case.statistics.form.chapters}
    present = {heading.chapter for heading in case.report.headings}
    problems = case.report.chapter("problems")
    if "problems" in present:
        yield from _problems(case, case.prose, problems, titles["problems"])
    said = [p.text for p in case.report.passages if p.chapter == "other" and not _FOOT.fullmatch(fold_width(p.text))]
    if "other" in present and not any(text.strip(" 。") for text in said):
        yield case.finding("S5", titles["other"], "empty")


def _problems(case: Case, words: ProseWords, text: str, title: str) -> Iterator[Finding]:
    for key, variant in (("problems", "no_problem"), ("measures", "no_measure")):
        if not re.search(words.raw[key], text):
            yield case.finding("S5", title, variant)


# A gap leaves its aspect unwritten, or its chapter; elsewhere it is a slip.
_CODE_OF_GAP = {"overview": "S4", "problems": "S5", "other": "S5"}


def check_gaps(case: Case) -> Iterator[Finding]:
    """S4, S5, P1: a place that was to be filled in and still says so (「【待填：…】」, 「XX件」, 「____」)."""
    if case.report is None or case.prose is None:
        return
    gap = case.prose.pattern("gap")
    for sentence in cut_sentences(case.report.passages):
        chapter = sentence.passage.chapter
        for match in gap.finditer(sentence.text):
            yield case.finding(
                _CODE_OF_GAP.get(chapter, "P1"), place_of(case, chapter), "gap", sentence.span(*match.span()),
                actual=match.group(), raw=match.group(),
            )  # fmt: skip
