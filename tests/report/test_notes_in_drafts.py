"""Notes as staff type them: numbered, with year and subject, 「无」; and notes that contradict the tables."""

import re
from dataclasses import replace
from random import Random

import pytest
from conftest import _make

from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.edited import check_notes
from assistant.report.drafting.notes import split_points
from assistant.report.drafting.provenance import find_altered
from assistant.report.tables import says_nothing

KINDS = ("proactive", "on_request", "management", "platform", "supervision", "problems", "measures", "other")


@pytest.fixture
def bureau(make, change, with_notes):
    zero = {str(a): 0 for a in make(1).cells}
    received = {"requests.received.natural_person": 6, "requests.received.total": 6}
    done = {"requests.granted.natural_person": 6, "requests.granted.total": 6, "requests.total.natural_person": 6}
    cells = {**zero, **received, **done, "requests.total.total": 6}
    made = change(make(1), cells, agency="青石县水利局", level="department", region_rank="county", year=2025)
    return with_notes(made, **dict.fromkeys(KINDS, ()))


@pytest.mark.parametrize(
    ("note", "points"),
    [
        ("1.公开不及时；2.解读不够", ["公开不及时", "解读不够"]),
        ("一是公开不及时；二是解读不够深入。", ["公开不及时", "解读不够深入"]),
        ("（1）加强学习", ["加强学习"]),
        ("2、解读不够。", ["解读不够"]),
        ("第一，加强学习；第二，加强督查", ["加强学习", "加强督查"]),
        ("一、二季度各培训1次", ["一、二季度各培训1次"]),
        ("1.5万人次参加", ["1.5万人次参加"]),
        ("（2025年）公开20条", ["（2025年）公开20条"]),
        ("两个问题：一是慢；二是少", ["两个问题：一是慢；二是少"]),
        ("无", []),
        ("暂无。", []),
        ("/", []),
        ("无障碍改造1项", ["无障碍改造1项"]),
    ],
)
def test_a_note_is_taken_point_by_point_without_its_numbering(note, points):
    assert [point.text for point in split_points(note, "facts.problems[0]")] == points
    assert says_nothing(note) is not bool(points)


def test_numbered_points_are_enumerated_once_and_still_lead_to_their_note(rules, bureau, with_notes):
    notes = {"problems": ["1.公开12条信息超期；2.解读3篇不够"], "measures": ["（1）加强学习", "（2）每年督查4次"]}
    draft = draft_report(with_notes(bureau, **notes), None, rules)
    five = draft.section("problems").text
    assert "一是公开12条信息超期；二是解读3篇不够。" in five.text
    assert "一是加强学习；二是每年督查4次。" in five.text
    told = {figure.text: str(figure.source) for figure in five.figures if str(figure.source).startswith("facts")}
    assert told == {"12": "facts.problems[0]", "3": "facts.problems[0]", "4": "facts.measures[1]"}


def test_year_and_body_are_not_said_twice(rules, bureau, with_notes):
    notes = {"proactive": ["2025年，我局主动公开各类信息420条。其中，政策类30条。", "无"], "on_request": ["无"]}
    text = draft_report(with_notes(bureau, **notes), None, rules).section("overview").text.text
    assert "我局主动公开各类信息420条。其中，政策类30条。" in text.replace("我局2025年主动", "我局主动")
    assert text.count("2025年，我局主动") + text.count("我局2025年主动") == 1
    assert "无。" not in text
    whole = {"proactive": ["全年通过网站公开信息80条"], "measures": ["下一步，我局将加强培训"]}
    draft = draft_report(with_notes(bureau, **whole), None, rules)
    assert re.search("(2025年，我局|我局2025年)通过网站公开信息80条。", draft.section("overview").text.text)
    assert re.search("(下一步|针对上述问题)，我局将加强培训。", draft.section("problems").text.text)


def test_a_problem_of_last_year_is_quoted_without_its_frame(rules, bureau, with_notes):
    pairs = [("存在“一网通办”宣传不够等问题", "1.印发手册2000册；2.进社区宣讲3场"), ("无", "")]
    text = draft_report(with_notes(bureau, pairs), None, rules).section("problems").text.text
    assert "针对“‘一网通办’宣传不够”的问题，印发手册2000册；进社区宣讲3场。" in text
    assert "“无”" not in text


def test_a_body_without_problems_is_asked_for_them(rules, bureau, with_notes):
    draft = draft_report(with_notes(bureau, problems=["没有"], measures=["/"]), None, rules)
    assert "【待填：存在的主要问题】" in draft.section("problems").text.text
    assert [f.code for f in draft.warnings].count("S5") == 2


@pytest.mark.parametrize(
    ("kind", "note", "code", "said"),
    [
        ("proactive", "全年收到政府信息公开申请9件", "N1", "9件"),
        ("on_request", "依申请公开不予公开3件", "N2", "3件"),
        ("on_request", "因政府信息公开被申请行政复议2件", "N3", "2件"),
        ("management", "制发规范性文件4件", "N4", "4件"),
        ("proactive", "公开信息60条，其中门户网站32条，公众号20条，其他4条", "N6", "60"),
    ],
)
def test_a_note_against_the_tables_is_named_and_marked(rules, bureau, with_notes, kind, note, code, said):
    drafted = draft_report(with_notes(bureau, **{kind: [note]}), None, rules)
    draft = check_notes(drafted, rules.rules, rules.prose, None)
    found = [f for f in draft.warnings if f.code == code]
    assert [said in f.message for f in found] == [True]
    assert found[0].severity == "warning"
    marked = [p.text.text[a:b] for p in draft.section("overview").paragraphs for a, b in p.marked]
    assert any(said.rstrip("件") in text for text in marked) or code == "N6"


def test_no_right_note_is_accused(rules):
    """Every note of the made statistics is about something else than the cells."""
    alarms = []
    for seed in range(60):
        statistics = _make(Random(seed), rules.forms["2021"], None)
        draft = check_notes(draft_report(statistics, None, rules), rules.rules, rules.prose, None)
        alarms += [(seed, f.message) for f in draft.warnings if f.code[0] in "NP" or f.code == "S6"]
        assert find_altered(draft, {place: text.text for place, text in draft.texts()}) == []
    assert alarms == []


def test_what_fell_to_zero_is_told_with_last_year(rules, bureau, change):
    before = {"reviews.reconsideration.upheld": 1, "reviews.reconsideration.total": 1}
    text = draft_report(bureau, replace(change(bureau, before), year=2024), rules).section("overview").text.text
    assert re.search("被申请行政复议（上年为1件），也[没未]", text)


def test_requests_that_all_wait_are_carried_over_together(rules, bureau, change):
    waiting = {"requests.carried_out.natural_person": 6, "requests.carried_out.total": 6}
    nothing = {str(a): 0 for a in bureau.cells if a.row in ("granted", "total")}
    text = draft_report(change(bureau, {**nothing, **waiting}), None, rules).section("overview").text.text
    assert "6件全部结转下年度继续办理。" in text
    assert "另有" not in text
