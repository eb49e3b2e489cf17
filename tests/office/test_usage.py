"""What the kept conversations and the register tell of the office's history."""

from datetime import date, datetime, timedelta

import pytest

from assistant.office.ledger_records import RequestRecord
from assistant.office.ledger_statistics import count_outcomes
from assistant.office.records import Records
from assistant.office.report_years import compare_reports, result_groups
from assistant.office.usage import first_day, in_days, in_months
from assistant.report.form_files import load_forms
from assistant.report.shelf import KeptReport
from tests.browser.reports import statistics_of
from tests.conftest import ROOT, TODAY

NOW = datetime(2026, 11, 22, 9, 0).astimezone()


@pytest.fixture
def records(tmp_path):
    records = Records(tmp_path / "office.sqlite")
    yield records
    records.close()


def ask(records, owner, days_ago, declined=False, feedback=None):
    _, turn = records.conversations.ask(owner, "", "几天答复？", "c", NOW - timedelta(days=days_ago))
    records.conversations.answer(turn, {"answer": "二十个工作日", "citations": [], "declined": declined})
    if feedback:
        records.conversations.give_feedback(owner, turn, feedback)


def test_questions_and_refusals_are_counted_by_day_and_month_of_everybody_or_of_one(records):
    for owner, days, declined in (("张三", 0, False), ("张三", 0, True), ("李四", 1, True), ("李四", 40, False)):
        ask(records, owner, days, declined)
    records.conversations.ask("李四", "", "还没有答完", "c", NOW)
    counts = records.usage.by_day(first_day(TODAY, 12))
    assert counts == {"2026-11-22": (3, 1), "2026-11-21": (1, 1), "2026-10-13": (1, 0)}
    assert records.usage.by_day(first_day(TODAY, 12), "张三") == {"2026-11-22": (2, 1)}
    assert records.usage.by_day(date(2026, 11, 22)) == {"2026-11-22": (3, 1)}
    days = in_days(counts, TODAY, 3)
    assert [(d.name, d.asked, d.declined) for d in days] == [
        ("2026-11-20", 0, 0), ("2026-11-21", 1, 1), ("2026-11-22", 3, 1),
    ]  # fmt: skip
    months = in_months(counts, TODAY, 12)
    assert [months[0].name, months[-1].name] == ["2025-12", "2026-11"]
    assert [(m.asked, m.declined) for m in months[-2:]] == [(1, 0), (4, 2)]


def test_feedback_is_counted_by_its_word(records):
    ask(records, "张三", 0, feedback="有用")
    ask(records, "张三", 1, feedback="有用")
    ask(records, "李四", 2, feedback="未回答")
    assert records.usage.feedback(first_day(TODAY, 12)) == {"有用": 2, "未回答": 1}
    assert records.usage.feedback(first_day(TODAY, 12), "李四") == {"未回答": 1}


@pytest.mark.parametrize("months", [1, 11, 12, 13])
def test_the_first_day_of_so_many_months_is_a_first(months):
    day = first_day(TODAY, months)
    assert day.day == 1
    assert (TODAY.year - day.year) * 12 + TODAY.month - day.month == months - 1


def test_requests_are_counted_by_the_year_received_and_the_groups_of_the_form():
    forms = load_forms(ROOT / "corpus" / "forms")
    groups = result_groups(forms["2021"])
    assert list(groups) == ["予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理"]
    made = [
        ("2025-001", 2025, "granted"), ("2025-002", 2025, "refused_state_secret"),
        ("2025-003", 2025, "refused_internal_affairs"), ("2026-001", 2026, None),
    ]  # fmt: skip
    requests = [
        RequestRecord(
            number, date(year, 3, 2), "post", "张某", "natural_person", "材料", outcome=outcome,
            closed=date(year, 3, 20) if outcome else None,
        )
        for number, year, outcome in made
    ]  # fmt: skip
    counts = count_outcomes(requests, groups)
    assert list(counts) == [2025, 2026]
    assert (counts[2025]["予以公开"], counts[2025]["不予公开"], counts[2025][""]) == (1, 2, 0)
    assert counts[2026][""] == sum(counts[2026].values()) == 1


def test_held_reports_are_compared_year_on_year_and_what_is_not_known_is_not_0(assistant):
    rules = assistant.report_rules
    form = rules.forms["2021"]
    before = statistics_of(rules, 2024, requests__received__total=3, requests__refused_state_secret__total=1)
    now = statistics_of(rules, 2025, requests__received__total=5, reviews__litigation_direct__total=2)
    gap = dict(now.cells)
    address = next(a for a in gap if str(a) == "requests.granted.total")
    gap[address] = None
    from dataclasses import replace
    from types import MappingProxyType

    now = replace(now, cells=MappingProxyType(gap))
    kept = [KeptReport("今年", now, "a"), KeptReport("上年", before, "b")]
    years, series = compare_reports(kept, "示例市水务局", form)
    assert years == (2024, 2025)
    assert series["本年新收政府信息公开申请"] == (3, 5)
    assert series["不予公开"] == (1, 0)
    assert series["予以公开"] == (0, None)
    assert series["行政诉讼"] == (0, 2)
    assert compare_reports(kept, "别的局", form)[0] == ()
    shipped = assistant.reports.reports()[0]
    years, series = compare_reports([shipped], shipped.statistics.agency, form)
    assert series["其他处理"] == (shipped.statistics.value("requests", "other", "total"),)
