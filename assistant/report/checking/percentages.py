"""N6: percentages that do not recompute, and parts that do not add up to their total in one sentence."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

from assistant.numerals import Numeral, find_numerals
from assistant.report.checking.case import Case
from assistant.report.checking.claimed import place_of
from assistant.report.findings import Finding
from assistant.report.prose.sentences import Sentence, cut_sentences

_COUNTED = {"件", "宗", "起", "例", "份", "条", "项", "个", "篇", "次", "人次", "期", "场", "部"}
_SHARE = re.compile("占[^，。；、]{0,16}?$|占比[^，。；、]{0,6}?$")
_OTHER_SUBJECT = re.compile("其中|[，,；;：:]|.{9}")
_TOGETHER = re.compile("合计|[二两三四]者|[二两三四]类|共占|均|分别|各占|以上|上述")
_OF_ALL = re.compile("占(?:全部|总|已)?(?:办结|受理|收到|新收|答复|申请)[^，。；、]{0,6}$")
_GROWTH = re.compile("(?P<less>减少|下降|降低)[了约为]{0,2}$|(?P<more>增加|增长|上升|提高)[了约为]{0,2}$")
_DIFFERENCE = re.compile("(?:较|比|同比)[^，。；、]{0,12}?(?P<sign>增加|减少|增|减)[了]?$")
_SUM = re.compile("合计|共计|总计")
_ONE_PART, _NEAR = re.compile("、[^，。；、（）()0-9]{1,14}"), 6
_ROUND = re.compile("[近约超多余]|以上|以下|左右")
_CHANNELS = re.compile("网络|网上|在线|信函|邮寄|邮件|当面|现场|传真|窗口|平台|其他(?:方式|渠道|形式)|电话")


def check_percentages(case: Case) -> Iterator[Finding]:
    """N6: a share or a growth that no two numbers of its sentence give."""
    if case.report is None:
        return
    for sentence in cut_sentences(case.report.passages):
        numerals = [n for n in find_numerals(sentence.text) if n.figure and n.value is not None]
        for index, numeral in enumerate(numerals):
            if numeral.unit != "%" or index == 0 or _ROUND.search(_around(sentence.text, numeral)):
                continue
            yield from _share(case, sentence, numerals, index)
            yield from _growth(case, sentence, numerals, index)
        yield from _parts(case, sentence, numerals)
        yield from _added(case, sentence, numerals)


def _around(text: str, numeral: Numeral) -> str:
    return text[max(0, numeral.start - 2) : numeral.start] + text[numeral.end : numeral.end + 2]


def _share(case: Case, sentence: Sentence, numerals: list[Numeral], index: int) -> Iterator[Finding]:
    percent, part = numerals[index], numerals[index - 1]
    head = sentence.text[part.end + len(part.unit) : percent.start]
    if part.unit not in _COUNTED or not _SHARE.search(head.lstrip("，,")) or _TOGETHER.search(head):
        return
    # 「办理1527件，其中予以公开占58.5%」: the share is of what stands before 占, and its number is not told.
    if _OTHER_SUBJECT.search(head[: head.rindex("占")].strip("，,（(")):
        return
    wholes = [n.value for n in numerals[: index - 1] if n.unit == part.unit and n.value]
    parts = [n.value for n in numerals if n.unit == part.unit and n.value is not None]
    if not wholes and _OF_ALL.search(head):
        wholes = _totals(case)
    if not wholes or part.value is None:
        return
    # The whole may be any number of the paragraph, all parts together, or a total of the tables.
    around = (n for s in cut_sentences([sentence.passage]) for n in find_numerals(s.text) if n.figure)
    wholes += [n.value for n in around if n.unit == part.unit and n.value and n.value != part.value]
    wholes += [sum(parts, Decimal(0)), sum(parts[1:], Decimal(0)), *_totals(case)]
    if not any(_gives(percent, part.value, whole) for whole in wholes if whole):
        yield _found(case, sentence, percent, "share", part.value, wholes[0])


def _totals(case: Case) -> list[Decimal]:
    cells = [case.statistics.value("requests", row, "total") for row in ("received", "carried_in", "total")]
    known = [Decimal(cell) for cell in cells if cell is not None]
    return [*known, sum(known[:2], Decimal(0))]


def _growth(case: Case, sentence: Sentence, numerals: list[Numeral], index: int) -> Iterator[Finding]:
    """A growth next to its difference: 「23件，比上年增加3件，增长15%」."""
    if index < 2:
        return
    percent, change, now = numerals[index], numerals[index - 1], numerals[index - 2]
    growth = _GROWTH.search(sentence.text[change.end + len(change.unit) : percent.start])
    difference = _DIFFERENCE.search(sentence.text[: change.start])
    if growth is None or difference is None or change.value is None or now.value is None or change.unit != now.unit:
        return
    if not change.unit or (sentence.text[now.end : change.start].count("，") > 1):
        return
    before = now.value + change.value if growth["less"] else now.value - change.value
    if before > 0 and not _gives(percent, change.value, before):
        yield _found(case, sentence, percent, "growth", change.value, before)


def _gives(percent: Numeral, part: Decimal, whole: Decimal) -> bool:
    """Whether part of whole, rounded as printed, is the percentage; the digit below may be rounded or cut."""
    assert percent.value is not None
    exponent = percent.value.as_tuple().exponent
    places = Decimal(1).scaleb(int(exponent))
    exact = part * 100 / whole
    return abs(exact - percent.value) < places or exact.quantize(places, ROUND_HALF_UP) == percent.value


def _found(case: Case, sentence: Sentence, percent: Numeral, variant: str, part: Decimal, whole: Decimal) -> Finding:
    assert percent.value is not None
    places = Decimal(1).scaleb(min(0, int(percent.value.as_tuple().exponent)))
    right = (part * 100 / whole).quantize(places, ROUND_HALF_UP)
    return case.finding(
        "N6",
        place_of(case, sentence.passage.chapter),
        variant,
        sentence.span(percent.start, percent.end),
        expected=f"{right}%",
        actual=percent.text,
        raw=percent.text,
        part=part,
        whole=whole,
    )


def _parts(case: Case, sentence: Sentence, numerals: list[Numeral]) -> Iterator[Finding]:
    """Parts after 其中 that take the whole apart: kinds of applicants or channels, or any that exceed it."""
    at = sentence.text.find("其中")
    before = [n for n in numerals if n.end <= at and n.unit in _COUNTED and not _aside(sentence.text, n, at)]
    if at < 0 or not before or sentence.text.count("其中") > 1:
        return
    whole = before[-1]
    if len(before) > 1 and re.search("[增减]|结转|上年", sentence.text[before[-2].end : at]):
        return
    rest = re.split("[。；;]", sentence.text[at:])[0]
    parts = [n for n in numerals if at < n.start < at + len(rest) and n.unit == whole.unit]
    if len(parts) < 2 or any(n.unit not in (whole.unit, "%") for n in numerals if at < n.start < at + len(rest)):
        return
    if _ROUND.search("".join(_around(sentence.text, n) for n in (whole, *parts))) or "结转" in rest:
        return
    total = sum((n.value for n in parts if n.value is not None), Decimal(0))
    if whole.value is None or any(total == n.value for n in before) or re.search("[增减]|办结|答复|公开\\d", rest):
        return
    # Parts that already make the whole are all of it; what follows them is told besides.
    if whole.value in list(accumulate(n.value for n in parts if n.value is not None))[1:]:
        return
    heads = [_head(sentence.text, n, at) for n in parts]
    applicants = any("自然人" in head for head in heads) and any("法人" in head for head in heads)
    # Parts that end with 其他 are all there are; no parts without parts of their own are more than the whole.
    ended = re.search("其他|其它", heads[-1]) is not None
    more = total > whole.value and not re.search("[含(（]|包括", rest)
    exhaustive = (applicants and len(parts) == 2) or ended or more or all(_CHANNELS.search(head) for head in heads)
    if exhaustive:
        yield case.finding(
            "N6", place_of(case, sentence.passage.chapter), "parts", sentence.span(whole.start, whole.end),
            expected=total, actual=whole.value, parts="＋".join(n.text for n in parts), whole=whole.value,
            raw=sentence.text[max(0, whole.start - 12) : whole.end + 1],
        )  # fmt: skip


def _added(case: Case, sentence: Sentence, numerals: list[Numeral]) -> Iterator[Finding]:
    """Parts with their sum behind them: 「邮寄7件、网上6件、当面4件，合计17件」."""
    text = sentence.text
    for said in _SUM.finditer(text):
        whole = next((n for n in numerals if n.start >= said.end()), None)
        before = [n for n in numerals if n.end <= said.start()]
        if whole is None or whole.start - said.end() > _NEAR or not before or not whole.unit:
            continue
        parts: list[Numeral] = []
        for n in reversed(before):
            between = text[n.end + len(n.unit) : (parts[-1].start if parts else said.start())]
            # Nothing but the next part's name stands between two of them, nothing but a comma before the sum.
            if n.unit != whole.unit or not (_ONE_PART.fullmatch(between) if parts else between.strip("，,、") == ""):
                break
            parts.append(n)
        total = sum((n.value for n in parts if n.value is not None), Decimal(0))
        if len(parts) < 2 or total == whole.value or _ROUND.search(text[parts[-1].start - 1 : whole.end + 2]):
            continue
        yield case.finding(
            "N6", place_of(case, sentence.passage.chapter), "parts", sentence.span(whole.start, whole.end),
            expected=total, actual=whole.value, parts="＋".join(n.text for n in reversed(parts)), whole=whole.value,
            raw=text[max(0, parts[-1].start - 12) : whole.end + len(whole.unit)],
        )  # fmt: skip


def _aside(text: str, numeral: Numeral, at: int) -> bool:
    """Whether a numeral stands in brackets that are closed before `at`: 「12件（含补正1件），其中…」."""
    between = text[numeral.end : at]
    opened = re.search("[（(]", between)
    closed = re.search("[）)]", between)
    return closed is not None and (opened is None or closed.start() < opened.start())


def _head(text: str, numeral: Numeral, at: int) -> str:
    head = re.split("[，,、]", text[at : numeral.start])[-1]
    tail = re.split("[，,、。；;]", text[numeral.end + len(numeral.unit) :])[0]
    return head + tail[:10]
