import re
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.provenance import find_altered, verify_draft
from assistant.report.drafting.sources import Derivation
from assistant.report.drafting.texts import fill, number, words
from assistant.report.errors import UntraceableNumberError

# Found without the scanner under test: every character that can stand in a numeral.
NUMERAL = re.compile("[0-9０-９零〇一二两三四五六七八九十百千万亿%]")
ARABIC, CHINESE = "0123456789", "一二三四五六七八九十"


def alter(text, random):
    """Alter one numeral: another digit, a digit more or less, two numbers swapped, 万 or % added, digits widened."""
    places = [match.start() for match in NUMERAL.finditer(text)]
    place = random.choice(places)
    kind = random.randrange(5)
    ch = text[place]
    if kind == 1 and ch.isdecimal():
        return text[:place] + random.choice(ARABIC) + text[place:]
    if kind == 2:
        return text[:place] + text[place + 1 :]
    if kind == 3 and ch.isdecimal():
        return text[: place + 1] + random.choice("万亿%十") + text[place + 1 :]
    if kind == 4 and ch.isdecimal():
        return (
            text[:place]
            + random.choice([chr(ord(ch) + 0xFEE0) if ch in ARABIC else "五", CHINESE[int(ch)]])
            + text[place + 1 :]
        )
    pool = ARABIC if ch.isascii() else CHINESE
    return text[:place] + random.choice([other for other in pool if other != ch]) + text[place + 1 :]


@pytest.fixture(scope="module")
def drafts(rules, make, change):
    """A thousand drafts of both forms, half of them compared with the year before: (seed, draft, previous)."""
    made = []
    for seed in range(1000):
        statistics = make(seed, "2021" if seed % 3 else "2019")
        previous = None
        if seed % 2:
            halved = {a: None if v is None else v // 2 for a, v in statistics.cells.items()}
            carried = {a._replace(row="carried_out"): v for a, v in statistics.cells.items() if a.row == "carried_in"}
            previous = replace(statistics, year=statistics.year - 1, cells={**halved, **carried})
        draft = draft_report(statistics, previous, rules)
        assert not draft.violations
        made.append((seed, draft, previous))
    return made


def test_a_thousand_untouched_drafts_raise_no_alarm(drafts):
    # draft_report has already proved every figure against its cell; here the finished texts are looked at alone.
    alarms = [find_altered(draft, {place: text.text for place, text in draft.texts()}) for _, draft, _ in drafts]
    assert (len(alarms), [alarm for alarm in alarms if alarm]) == (1000, [])


def test_every_one_of_a_thousand_altered_numerals_is_found(drafts):
    missed = []
    for seed, draft, _ in drafts:
        random = Random(seed)
        texts = {place: text.text for place, text in draft.texts()}
        place = random.choice([place for place, text in texts.items() if NUMERAL.search(text)])
        altered = alter(texts[place], random)
        assert altered != texts[place]
        found = find_altered(draft, {**texts, place: altered})
        if not found or found[0].place != place:
            missed.append((seed, place, altered))
    assert missed == []


def test_two_numbers_swapped_are_found(rules, make, change):
    statistics = change(make(1), {"disclosure.licences.decisions": 120, "disclosure.penalties.decisions": 8})
    draft = draft_report(statistics, None, rules)
    text = draft.section("overview").text.text
    swapped = text.replace("许可处理决定120件", "许可处理决定8件").replace(
        "行政处罚处理决定8件", "行政处罚处理决定120件"
    )
    assert swapped != text
    found = find_altered(draft, {"一、总体情况": swapped})
    assert [alteration.message for alteration in found] == [
        "一、总体情况：“120件”（disclosure.licences.decisions）变成了“8件”。",
        "一、总体情况：“8件”（disclosure.penalties.decisions）变成了“120件”。",
    ]


def test_a_unit_changed_is_found(rules, make, change):
    draft = draft_report(change(make(1), {"disclosure.licences.decisions": 120}), None, rules)
    text = draft.section("overview").text.text
    assert find_altered(draft, {"一、总体情况": text.replace("120件", "120项")})


def test_every_figure_stands_where_it_says_and_names_its_cell(drafts):
    for _, draft, _ in drafts[:60]:
        for section in draft.plain()["sections"]:
            for figure in section["figures"]:
                assert section["text"][figure["start"] :].startswith(figure["text"])
                assert figure["cell"]


def test_a_figure_recomputes_from_the_cell_it_names(rules, make, change):
    statistics = make(11, year=2025)
    draft = draft_report(statistics, None, rules)
    named = {str(address): value for address, value in statistics.cells.items()}
    checked = 0
    for section in draft.plain()["sections"]:
        for figure in section["figures"]:
            parts = figure["cell"].split(" + ")
            if all(part in named for part in parts):
                assert sum(named[part] for part in parts) == Decimal(figure["text"])
                checked += 1
    assert checked > 10


def test_a_draft_whose_cell_says_another_number_is_not_handed_out(rules, make, change):
    statistics = change(make(1), {"disclosure.licences.decisions": 120})
    draft = draft_report(statistics, None, rules)
    other = replace(draft, statistics=change(statistics, {"disclosure.licences.decisions": 121}))
    with pytest.raises(UntraceableNumberError, match=r"“120”与来源 disclosure\.licences\.decisions 不一致"):
        verify_draft(other, None)


def test_no_number_can_be_written_into_fixed_wording():
    for text in ("办结20件", "办结二十件", "增长百分之三", "共３项", "约1.2万元"):
        with pytest.raises(UntraceableNumberError, match="写死了数字"):
            words(text)
        with pytest.raises(UntraceableNumberError):
            fill(text + "{more}", more=words(""))
    assert words("进一步统一，（一）一是第三方").text


def test_a_number_that_no_one_entered_is_refused(rules, make):
    draft = draft_report(make(1), None, rules)
    section = draft.section("other")
    extra = replace(section.paragraphs[0], text=section.paragraphs[0].text + number(7, Derivation("year"), "件"))
    broken = replace(draft, sections=(*draft.sections[:-1], replace(section, paragraphs=(extra,))))
    with pytest.raises(UntraceableNumberError):
        verify_draft(broken, None)


@given(
    st.text("0123456789０９一二三十百万亿两零〇第条件次%％.,，。；年 第三方统一步{}【】①Ⅲ½", max_size=40),
    st.text("示例市第一二三3局厅", min_size=1, max_size=12),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_note_or_a_name_holds_every_number_is_traced(rules, make, change, with_notes, note, agency):
    statistics = with_notes(
        change(make(3, year=2025), agency=agency), [(note, note)], platform=[note, "x" + note], other=[note]
    )
    draft = draft_report(statistics, None, rules)
    assert find_altered(draft, {place: text.text for place, text in draft.texts()}) == []
