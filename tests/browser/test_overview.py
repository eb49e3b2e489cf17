"""The tab 概览 in a real Chromium: empty states that say what to do, plots with their figures, whose questions."""

from datetime import date, datetime

import pytest

from assistant.office.desk import Desk
from assistant.office.ledger_records import RequestRecord
from assistant.office.records import Records
from tests.browser.conftest import picture
from tests.browser.reports import statistics_of
from tests.conftest import ROOT
from ui.results import office_day


@pytest.fixture
def asked(office):
    """Questions of two people, one of them declined, and their numbers so far."""
    records = Records(office[1] / "office.sqlite")
    for owner, declined in (("张三", False), ("李四", True), ("李四", False)):
        _, turn = records.conversations.ask(owner, "", "几天答复？", "c", datetime.now().astimezone())
        records.conversations.answer(turn, {"answer": "…", "citations": [], "declined": declined})
    today = office_day()
    counts = {who: records.usage.by_day(today, who).get(today.isoformat(), (0, 0)) for who in ("张三", None)}
    records.close()
    return counts


def test_a_reviewer_sees_the_office_and_a_clerk_oneself(enter, office, asked):
    for name, whose, who in (("王五", "本单位", None), ("张三", "我", "张三")):
        page = enter(name, "概览")
        page.wait_for_selector("#overview-questions-plot .js-plotly-plot", timeout=30_000)
        told = page.inner_text("#overview-questions-said")
        assert told.startswith(f"{whose}最近30天提问{asked[who][0]}次，没有作答{asked[who][1]}次")
        assert page.locator("#overview-questions-plot .barlayer path").count() > 0
    page.click("#overview-span label:has-text('最近12个月')")
    page.wait_for_function("document.querySelector('#overview-questions-said')?.innerText.includes('最近12个月')")
    page.click("#overview-questions-table summary")
    assert f"{office_day():%Y-%m}" in page.inner_text("#overview-questions-table")


def test_the_register_is_plotted_by_year_and_outcome_or_says_what_to_do(enter, office):
    page = enter("王五", "概览")
    page.wait_for_function("document.querySelector('#overview-requests-said')?.innerText.includes('台账里还没有申请')")
    desk = Desk(ROOT / "corpus", office[1])
    requests = [
        RequestRecord(
            f"{year}-001", date(year, 3, 2), "post", "张某", "natural_person", "材料", outcome="granted",
            closed=date(year, 3, 20),
        )
        for year in (2024, 2025)
    ]  # fmt: skip
    desk.ledger.add_requests(requests, office_day())
    desk.ledger.close()
    page.reload()  # the tab stays open
    page.wait_for_selector("#overview-requests-plot .js-plotly-plot", timeout=30_000)
    page.click("#overview-requests-table summary")
    assert "2024年\t1" in page.inner_text("#overview-requests-table")
    assert "还没有收录年报" in page.inner_text("#overview-reports-said")
    picture(page, "overview")


def test_the_offices_reports_are_compared_year_on_year(enter, office, assistant):
    from assistant.holdings import open_reports
    from assistant.report.shelf import KeptReport

    shelf = open_reports(ROOT / "corpus", office[1])
    for year, cases in ((2023, 3), (2024, 8), (2025, 5)):
        figures = statistics_of(assistant.report_rules, year, requests__received__total=cases)
        shelf.put(KeptReport(f"{year}年报", figures, f"{year}.docx", f"sha{year}", "2026-01-05"))
    page = enter("张三", "概览")
    page.wait_for_selector("#overview-reports-plot .js-plotly-plot .scatterlayer path", timeout=60_000)
    told = page.inner_text("#overview-reports-said")
    assert "收录了2023年、2024年、2025年的年报" in told
    assert "新收申请2024年8件，2025年5件，减少3件" in told
    page.click("#overview-reports-table summary")
    assert "2024年\t8" in page.inner_text("#overview-reports-table")
    picture(page, "overview-reports")
