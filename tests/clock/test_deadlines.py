import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clock.calendar import load_calendar
from assistant.clock.deadlines import Pause, compute_deadline
from assistant.clock.explain import explain_deadline, explain_today
from assistant.clock.ics import DueDate, write_calendar
from assistant.clock.rules import load_rules
from assistant.errors import CalendarCoverageError, CorpusFileError, DeadlineError
from assistant.numbers import parse_chinese_numeral
from assistant.sources.digests import load_digests

ROOT = Path(__file__).resolve().parents[2]
RULES = load_rules(ROOT / "corpus/deadlines.yaml")
CALENDAR = load_calendar()
JANUARY = date(2026, 1, 5)


def due(key, start, **facts):
    return compute_deadline(RULES, CALENDAR, key, start, **facts)


def test_the_days_counted_and_skipped_are_told_with_reasons():
    result = due("reply", date(2026, 2, 6))
    value = result.as_json()
    assert len(value["counted"]) == 20
    assert value["counted"][0] == date(2026, 2, 9)
    assert value["counted"][-1] == value["due"] == date(2026, 3, 12)
    assert {item["reason"] for item in value["skipped"]} == {"星期六", "星期日", "春节放假"}
    assert [item["date"] for item in value["make_up"]] == [date(2026, 2, 14), date(2026, 2, 28)]
    assert "第三十三条第二款" in value["basis"]
    assert (value["days"], value["unit"], value["start"]) == (20, "工作日", date(2026, 2, 6))


def test_paused_days_are_skipped_with_their_reason():
    result = due("reply", JANUARY, pauses=[Pause(date(2026, 1, 9), date(2026, 1, 12))])
    reasons = {item.day: item.reason for item in result.skipped}
    assert reasons[date(2026, 1, 9)] == reasons[date(2026, 1, 12)] == "征求意见期间，不计入期限"
    assert reasons[date(2026, 1, 10)] == "星期六"


def test_an_extension_says_by_when_the_applicant_must_be_told():
    result = due("reply", JANUARY, extended=True)
    assert (result.first_due, result.days) == (date(2026, 2, 2), 40)
    assert any("2026年2月2日以前告知" in note for note in result.notes)


def test_a_confirmation_in_place_of_the_sending_day_is_explained():
    result = due("reply", date(2026, 1, 9), received_by="平信", confirmed=date(2026, 1, 12))
    assert result.start == date(2026, 1, 12)
    assert any("不是来件的2026年1月9日" in note for note in result.notes)
    assert "第三十一条第二项" in result.basis[0]


def test_a_period_of_months_that_ends_on_a_holiday_moves_and_says_so():
    result = due("lawsuit", date(2025, 4, 1))
    assert result.counted[-1] == date(2025, 10, 1)
    assert [item.day for item in result.skipped] == [date(2025, 10, day) for day in range(2, 9)]
    assert any("顺延" in note for note in result.notes)


def test_a_fixed_date_on_a_day_of_rest_names_the_last_working_day_before_it():
    notes = due("annual_report_department", JANUARY).notes
    assert any("最后一个工作日2026年1月30日" in note for note in notes)


def test_a_fixed_date_in_an_uncovered_year_is_still_told_and_marked():
    result = due("annual_report_department", date(2026, 2, 1))
    assert any("没有2027年的放假安排" in note for note in result.notes)


@pytest.mark.parametrize("key", ["reply", "reconsideration", "lawsuit"])
def test_working_days_of_an_uncovered_year_are_never_guessed(key):
    with pytest.raises(CalendarCoverageError, match="2027"):
        due(key, date(2026, 12, 20))


@pytest.mark.parametrize(
    ("key", "facts", "message"),
    [
        ("nonsense", {}, "没有“nonsense”这条期限规则"),
        ("reply", {"received_by": "鸽子"}, "没有“鸽子”这种提交渠道"),
        ("reply", {"confirmed": JANUARY}, "写明提交渠道"),
        ("reply", {"received_by": "post", "confirmed": JANUARY}, "不需要确认日期"),
        ("reply", {"received_by": "fax", "confirmed": date(2026, 1, 1)}, "早于来件日期"),
        ("reply", {"corrected": date(2026, 1, 1)}, "早于收到申请的日期"),
        ("correction", {"corrected": date(2026, 1, 9)}, "不因补正重新计算"),
        ("third_party", {"received_by": "post"}, "不从收到申请起算"),
        ("third_party", {"extended": True}, "没有规定可以延长"),
        ("correction", {"pauses": [Pause(date(2026, 1, 6), date(2026, 1, 7))]}, "没有规定可以扣除"),
        ("annual_report_department", {"extended": True}, "固定的日期"),
        ("reply", {"pauses": [Pause(date(2026, 1, 1), date(2026, 1, 7))]}, "早于期限起算"),
        ("reply", {"pauses": [Pause(date(2026, 1, 9), date(2026, 1, 7))]}, "结束早于开始"),
        (
            "reply",
            {"pauses": [Pause(date(2026, 1, 8), date(2026, 1, 9)), Pause(date(2026, 1, 9), date(2026, 1, 12))]},
            "重叠",
        ),
        ("reply", {"today": date(2026, 1, 4)}, "晚于今天"),
        ("reply", {"corrected": date(2026, 1, 9), "today": date(2026, 1, 8)}, "晚于今天"),
    ],
)
def test_facts_that_cannot_be_are_refused_in_one_line(key, facts, message):
    with pytest.raises(DeadlineError, match=message) as caught:
        due(key, JANUARY, **facts)
    assert "\n" not in str(caught.value)


def test_a_rule_cannot_run_before_it_was_in_force():
    with pytest.raises(DeadlineError, match="2021-01-01起施行"):
        due("fee_payment", date(2020, 12, 31))


def test_planning_ahead_is_allowed_where_the_start_need_not_have_happened():
    assert due("publication", date(2026, 3, 2), today=date(2026, 3, 1)).due == date(2026, 3, 30)


@given(
    st.dates(date(2019, 5, 15), date(2026, 3, 1)),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=3),
)
def test_counted_and_skipped_days_fill_the_span_without_gap_or_overlap(start, extended, spans):
    pauses, day = [], start
    for gap, length in spans:
        first = day + timedelta(gap + 1)
        pauses.append(Pause(first, first + timedelta(length)))
        day = pauses[-1].last
    result = due("reply", start, extended=extended, pauses=pauses)
    days = sorted([*result.counted, *(item.day for item in result.skipped)])
    assert days == [start + timedelta(n) for n in range(1, (result.due - start).days + 1)]
    assert len(result.counted) == (40 if extended else 20)
    assert all(CALENDAR.is_working_day(day) for day in result.counted)
    assert not any(pause.first <= day <= pause.last for pause in pauses for day in result.counted)


def test_the_explanation_is_one_line_a_fact():
    lines = explain_deadline(due("reply", JANUARY))
    assert lines[0] == "答复政府信息公开申请：最晚2026年2月2日（星期一）。"
    assert "计入：1月6日至9日（4天）、1月12日至16日（5天）" in lines[3]
    assert not any("\n" in line for line in lines)


def test_every_article_that_a_deadline_cites_is_in_the_corpus():
    known = {(article.source.title, article.number) for article in load_digests(ROOT / "corpus/regulations")}
    titles = {title for title, _ in known}
    for rule in RULES.rules.values():
        for basis in (basis for version in rule.versions for basis in version.basis):
            title, _, rest = basis[1:].partition("》")
            numeral = re.search("第([一二三四五六七八九十百零]+)条", rest)
            # 行政诉讼法 101 only leads on to the rules of 民事诉讼法 on periods, and has no digest.
            if title in titles and numeral and numeral[0] != "第一百零一条":
                assert (title, parse_chinese_numeral(numeral[1])) in known, basis


@pytest.mark.parametrize(
    "change", [("unit: 日", "unit: 周"), ("basis: [fee]", "basis: [nothing]"), ("rules:", "rulez:")]
)
def test_a_broken_rule_file_is_refused(tmp_path, change):
    text = (ROOT / "corpus/deadlines.yaml").read_text(encoding="utf-8").replace(*change)
    (tmp_path / "deadlines.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"deadlines\.yaml"):
        load_rules(tmp_path / "deadlines.yaml")


def test_an_ics_file_has_whole_day_entries_folded_and_escaped():
    entry = DueDate("x@gongkai", date(2026, 2, 28), "答复，张某;李某", "第一行\n" + "很长" * 60)
    text = write_calendar([entry], date(2026, 2, 1))
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20260228\r\nDTEND;VALUE=DATE:20260301\r\n" in unfolded
    assert "SUMMARY:答复，张某\\;李某\r\n" in unfolded
    assert "DESCRIPTION:第一行\\n很长" in unfolded
    assert "TRIGGER:-P3D" in unfolded


def test_what_can_be_told_without_the_calendar_of_a_year_stands_in_the_error():
    with pytest.raises(CalendarCoverageError, match=r"到2026年12月31日是第19个工作日，还差1个；请按.*放假通知"):
        due("reply", date(2026, 12, 4))
    with pytest.raises(CalendarCoverageError, match=r"期限的最后一日是2027年1月2日，.*要不要顺延还不能判断；请按"):
        due("reconsideration", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("key", "start", "today", "told"),
    [
        ("reply", date(2026, 1, 5), date(2026, 1, 5), "今天以后还有20个工作日"),
        ("reply", date(2026, 1, 5), date(2026, 1, 30), "今天以后还有1个工作日"),
        ("reply", date(2026, 1, 5), date(2026, 2, 2), "是期限的最后一日"),
        ("reply", date(2026, 1, 5), date(2026, 2, 3), "期限已经在2026年2月2日届满"),
        ("lawsuit", date(2026, 1, 5), date(2026, 7, 5), "离最后一日还有1日"),
    ],
)
def test_what_is_left_of_a_period_is_told(key, start, today, told):
    assert told in explain_today(due(key, start), today)


def test_of_a_fixed_date_the_days_left_are_told_and_that_it_is_past():
    report = due("annual_report_department", date(2026, 11, 22))
    assert "离最后一日还有70日" in explain_today(report, date(2026, 11, 22))
    assert "期限已经在2027年1月31日届满" in explain_today(report, date(2027, 2, 1))
