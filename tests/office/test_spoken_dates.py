from datetime import date

import pytest

from assistant.errors import DateError
from assistant.office.spoken_dates import find_day, find_days

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年1月5日收到", date(2026, 1, 5)),
        ("２０２６－０１－０５", date(2026, 1, 5)),
        ("二〇二六年一月五日", date(2026, 1, 5)),
        ("1月5收到", date(2026, 1, 5)),
        ("12月5日收到", date(2025, 12, 5)),
        ("去年十二月五号", date(2025, 12, 5)),
        ("前年3月1日", date(2024, 3, 1)),
        ("2月29日收到", date(2024, 2, 29)),
        ("昨天", date(2026, 11, 23)),
        ("大前天", date(2026, 11, 21)),
        ("三天前", date(2026, 11, 21)),
        ("两周前", date(2026, 11, 10)),
        ("上周五", date(2026, 11, 20)),
        ("上个星期天", date(2026, 11, 22)),
        ("上上周一", date(2026, 11, 9)),
        ("这周一", date(2026, 11, 23)),
        ("周六签收的", date(2026, 11, 21)),
        ("礼拜二", date(2026, 11, 24)),
        ("下周三", date(2026, 12, 2)),
        ("上个月28号", date(2026, 10, 28)),
        ("本月3号", date(2026, 11, 3)),
        ("5号签收的", date(2026, 11, 5)),
        ("25号签收的", date(2026, 10, 25)),
    ],
)
def test_a_day_in_words_is_the_day_that_is_meant(text, day):
    assert find_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("3月2日到20日征求意见", date(2026, 3, 2), date(2026, 3, 20)),
        ("3月2日至4月1日", date(2026, 3, 2), date(2026, 4, 1)),
        ("12月25日到1月4日", date(2025, 12, 25), date(2026, 1, 4)),
        ("2026年3月2日—3月20日", date(2026, 3, 2), date(2026, 3, 20)),
        ("本月3号到5号", date(2026, 11, 3), date(2026, 11, 5)),
        ("去年12月30日到今年1月8日", date(2025, 12, 30), date(2026, 1, 8)),
    ],
)
def test_a_span_has_both_ends_in_order(text, first, last):
    (span,) = find_days(text, TODAY)
    assert (span.day, span.last) == (first, last)


@pytest.mark.parametrize("text", ["15日内答复", "20个工作日", "60日", "3月20个工作日", "周末收到", "月底", ""])
def test_what_names_no_day_is_none(text):
    assert find_days(text, TODAY) == []


@pytest.mark.parametrize("text", ["2月31日收到", "2026年13月1日", "今年2月29日"])
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(DateError):
        find_days(text, TODAY)


def test_a_day_without_a_year_may_be_the_one_after_another():
    (day,) = find_days("12月10日", TODAY)
    assert day.not_before(date(2026, 11, 20)).day == date(2026, 12, 10)
    (told,) = find_days("2025年12月10日", TODAY)
    assert told.not_before(date(2026, 11, 20)) is told
