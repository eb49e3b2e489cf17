from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clock.calendar import load_calendar
from assistant.clock.dates import add_months, parse_date, write_date
from assistant.errors import CalendarCoverageError, CorpusFileError, DateError

HEAD = "year: 2031\nsource: x\nholidays: "
YEAR_2031 = """
year: 2031
source: 测试用的放假通知
holidays:
  - {name: 元旦, from: 2031-01-01, until: 2031-01-03, make_up: [2031-01-05]}
  - {name: 春节, from: 2031-01-22, until: 2031-01-28}
"""


@pytest.fixture(scope="module")
def calendar():
    return load_calendar()


def test_a_day_tells_why_it_is_a_day_of_rest(calendar):
    assert calendar.rest_reason(date(2026, 2, 17)) == "春节放假"
    assert calendar.rest_reason(date(2026, 3, 7)) == "星期六"
    assert calendar.rest_reason(date(2026, 2, 14)) is None
    assert calendar.make_up_days[date(2026, 2, 14)] == "春节"


def test_a_year_that_no_calendar_covers_is_an_error_that_says_what_to_supply(calendar):
    with pytest.raises(CalendarCoverageError, match=r"2027年的放假安排.*2027\.yaml"):
        calendar.is_working_day(date(2027, 1, 4))


def test_where_the_file_goes_is_told_at_the_shell_only(tmp_path):
    missing = replace(load_calendar([]), supplied=tmp_path / "calendar").uncovered(date(2041, 1, 4))
    assert str(tmp_path) not in str(missing)
    assert "由管理员" in str(missing)
    assert str(tmp_path / "calendar" / "2041.yaml") in missing.told_at_the_shell()


def test_a_year_that_the_office_supplies_is_used(tmp_path):
    (tmp_path / "2031.yaml").write_text(YEAR_2031, encoding="utf-8")
    calendar = load_calendar([tmp_path, tmp_path / "absent"])
    assert calendar.rest_reason(date(2031, 1, 2)) == "元旦放假"
    assert calendar.is_working_day(date(2031, 1, 5))
    assert calendar.rest_reason(date(2031, 1, 12)) == "星期日"
    assert calendar.is_working_day(date(2031, 12, 31))


def test_a_supplied_year_comes_before_the_package(tmp_path):
    text = "year: 2026\nsource: 某通知\nholidays:\n  - {name: 元旦, from: 2026-01-01, until: 2026-01-01}\n"
    (tmp_path / "2026.yaml").write_text(text, encoding="utf-8")
    calendar = load_calendar([tmp_path])
    assert calendar.is_working_day(date(2026, 1, 2))
    assert calendar.is_working_day(date(2026, 2, 17))
    assert calendar.rest_reason(date(2025, 10, 1)) == "国庆节放假"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("year: [", "不是正确的 YAML"),
        ("year: 2031", "应当正好有"),
        ("year: 2031\nsource: x\nholidays: []", "列表"),
        ("year: 2031\nsource:\nholidays: [{name: 元旦, from: 2031-01-01, until: 2031-01-01}]", "source"),
        (HEAD + "[{name: 元旦, from: 2031-01-01}]", "第1项应当有"),
        (HEAD + "[{name: 元旦, from: 一月一日, until: 2031-01-01}]", "日期"),
        (HEAD + "[{name: 元旦, from: 2031-02-30, until: 2031-01-01}]", "不存在的日期"),
        (HEAD + "[{name: 元旦, from: 2031-01-03, until: 2031-01-01}]", "起止日期不对"),
        (HEAD + "[{name: 元旦, from: 2035-01-01, until: 2035-01-01}]", "起止日期不对"),
        (
            HEAD + "[{name: 元旦, from: 2031-01-01, until: 2031-01-01, make_up: [2031-01-06]}]",
            "本来就上班",
        ),
        (
            HEAD + "[{name: 元旦, from: 2031-01-03, until: 2031-01-05, make_up: [2031-01-04]}]",
            "既写成放假又写成上班",
        ),
    ],
)
def test_a_broken_calendar_file_is_refused_in_one_line(tmp_path, text, problem):
    (tmp_path / "2031.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusFileError, match=problem) as caught:
        load_calendar([tmp_path])
    assert "\n" not in str(caught.value)


@given(st.dates(date(2019, 1, 1), date(2026, 10, 1)))
def test_the_next_working_day_is_the_first_one_not_before_the_day(calendar, day):
    found = calendar.next_working_day(day)
    assert calendar.is_working_day(found)
    assert not any(calendar.is_working_day(day + timedelta(n)) for n in range((found - day).days))


@pytest.mark.parametrize("text", ["2026-01-05", "2026/1/5", "2026.1.5", "2026年1月5日", " 2026-1-5 ", "2026年01月05日"])
def test_dates_are_read_as_staff_write_them(text):
    assert parse_date(text) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text", ["2026-02-31", "2025-02-29", "2026-13-01", "明天", "", "20260105", "0001-01-01", "9999-12-31"]
)
def test_a_date_that_cannot_be_is_refused(text):
    with pytest.raises(DateError):
        parse_date(text)


@given(st.dates(date(1950, 1, 1), date(2190, 1, 1)))
def test_a_written_date_reads_back(day):
    assert parse_date(write_date(day)) == day


def test_months_end_on_the_same_day_or_the_last_of_the_month():
    assert add_months(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2025, 12, 15), 1) == date(2026, 1, 15)
