"""S6: a list that does not count what it says, and P1: slips of the keyboard."""

import re
from collections.abc import Iterator
from datetime import date

from assistant.numerals import parse_numeral
from assistant.report.checking.case import Case
from assistant.report.checking.claimed import place_of
from assistant.report.findings import Finding
from assistant.report.prose.sentences import Sentence, cut_sentences

_POINT = re.compile("(?<![一二三四五六七八九十第统专逐进])(?P<number>[一二三四五六七八九十])是(?!否)")
_NUMBERS = "一二三四五六七八九十"
_QUOTED = re.compile("《[^》]*》|“[^”]*”|（[^）]*）|\\([^)]*\\)")
# Headings with 、 or 及 in them, however a report words them.
_COMPOUND = (
    _QUOTED,
    re.compile("[^、,，]*复议(?:、|和|及|与|以及)[^、,，]*诉讼[^、,，和]*"),
    re.compile("[^、,，]*问题(?:、|和|及|与|以及)[^、,，]*"),
    re.compile("收到(?:、|和|及|与)(?:处理|办理)[^、,，]*"),
)
_DATE = re.compile(r"(?<!\d)(?P<year>\d{4,6})(?P<mark>年?)(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?")
_BARE_DATE = re.compile(r"(?<![\d年.])(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_FULL_WIDTH = re.compile("[０-９]")


def check_counted_lists(case: Case) -> Iterator[Finding]:
    """S6: 「等六部分」 after five, 「三个方面」 before two points, 一是 and 三是 without 二是."""
    if case.report is None or case.prose is None:
        return
    headings = [chapter.heading for chapter in case.statistics.form.chapters]
    headings += [heading for accepted in case.prose.raw["accepted_headings"].values() for heading in accepted]
    for sentence in cut_sentences(case.report.passages):
        for match in case.prose.pattern("parts_named").finditer(sentence.text):
            said = parse_numeral(match["count"])
            fewest, most = _items(match["list"], headings)
            if said is not None and fewest > 1 and not fewest <= said <= most:
                yield case.finding(
                    "S6", place_of(case, sentence.passage.chapter), "parts", sentence.span(*match.span("count")),
                    expected=fewest if said < fewest else most, actual=said, raw=f"{match['count']}部分",
                )  # fmt: skip
    for passage in case.report.passages:
        yield from _points(case, list(cut_sentences([passage])))


def _items(text: str, headings: list[str]) -> tuple[int, int]:
    """How many things a list names at the least and at the most; a chapter is one, whatever stands in it.

    「、」 parts them for sure, a comma, 和 and 及 may stand within one.
    """
    for heading in sorted(headings, key=len, reverse=True):
        text = text.replace(heading, "某")
    for compound in _COMPOUND:
        text = compound.sub("某", text)
    text = text.strip("、，,等")
    fewest, most = (len([item for item in re.split(parts, text) if item]) for parts in ("、", "[、,，]|以及|和|及"))
    # Without 、 the commas part them.
    return (fewest if fewest > 1 else len([item for item in re.split("[,，]", text) if item])), most


def _points(case: Case, sentences: list[Sentence]) -> Iterator[Finding]:
    """The points 一是 … 二是 … of a paragraph: in order, and as many as were announced."""
    assert case.prose is not None
    points = [(sentence, match) for sentence in sentences for match in _POINT.finditer(sentence.text)]
    last = 0
    for sentence, match in points:
        number = _NUMBERS.index(match["number"]) + 1
        if number not in (1, last + 1) and last:
            yield case.finding(
                "S6", place_of(case, sentence.passage.chapter), "skipped", sentence.span(*match.span("number")),
                expected=f"{_NUMBERS[last % 10]}是", actual=match.group(), raw=match.group(),
                before=f"{_NUMBERS[last - 1]}是",
            )  # fmt: skip
        last = number
    text = "".join(sentence.text for sentence in sentences)
    for announced in case.prose.pattern("counted_points").finditer(text):
        said = parse_numeral(announced["count"])
        following = [_NUMBERS.index(m["number"]) + 1 for m in _POINT.finditer(text[announced.end() - 1 :])]
        run = 0
        for number in following:
            if number != run + 1:
                break
            run = number
        if said is not None and run > 1 and run != said and run == len(following):
            sentence = sentences[0]
            yield case.finding(
                "S6", place_of(case, sentence.passage.chapter), "points", sentence.span(0, len(sentence.text)),
                expected=run, actual=said, raw=announced.group().rstrip("：:，。"),
            )  # fmt: skip


def check_slips(case: Case) -> Iterator[Finding]:
    """P1: an impossible date, a doubled word, full- and half-width figures in one text."""
    if case.report is None or case.prose is None:
        return
    doubled = case.prose.pattern("doubled")
    for sentence in cut_sentences(case.report.passages):
        place = place_of(case, sentence.passage.chapter)
        for match in _DATE.finditer(sentence.text):
            if not match["mark"] or not _possible(match["year"], match["month"], match["day"]):
                yield case.finding("P1", place, "date", sentence.span(*match.span()), actual=match[0], raw=match[0])
        for match in _BARE_DATE.finditer(sentence.text):
            if not _possible("2024", match["month"], match["day"]):
                yield case.finding("P1", place, "date", sentence.span(*match.span()), actual=match[0], raw=match[0])
        for match in doubled.finditer(sentence.text):
            yield case.finding("P1", place, "doubled", sentence.span(*match.span()), actual=match[0], raw=match[0])
    yield from _mixed_widths(case)


def _possible(year: str, month: str, day: str | None) -> bool:
    if len(year) != 4:
        return False
    try:
        date(int(year), int(month), int(day or 1))
    except ValueError:
        return False
    return True


def _mixed_widths(case: Case) -> Iterator[Finding]:
    """Told once: full-width figures in a text whose other figures are half-width."""
    assert case.report is not None
    passages = [passage for passage in case.report.passages if re.search(r"[0-9０-９]", passage.text)]
    full = [passage for passage in passages if _FULL_WIDTH.search(passage.text)]
    if full and any(re.search("[0-9]", passage.text) for passage in passages):
        passage = full[0]
        match = _FULL_WIDTH.search(passage.text)
        assert match is not None
        raw = passage.text[max(0, match.start() - 6) : match.end() + 6]
        yield case.finding(
            "P1",
            place_of(case, passage.chapter),
            "width",
            passage.span(match.start(), match.end()),
            actual=raw,
            raw=raw,
        )
