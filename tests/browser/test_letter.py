"""A letter from its form, in a real Chromium: what was written goes along, what is lacking is told, markup is text."""

import pytest

from tests.browser.conftest import picture

MARKUP = '<img src=x onerror="window.__ran=1">'


def choose(page, name):
    page.click("#letter-kind input")
    page.get_by_role("option", name=name, exact=True).click()
    page.wait_for_selector(".letter-form", timeout=20_000)


@pytest.fixture
def page(visit, address):
    """The tab of letters, ready for a kind to be chosen."""
    page = visit(f"{address}/?t=文书")
    page.own = address
    page.wait_for_selector("#letter-kind input", timeout=30_000)
    page.wait_for_timeout(500)
    return page


def test_a_letter_is_filled_in_and_drafted_and_what_was_written_goes_along_to_another(page):
    choose(page, "延期答复告知书")
    page.fill("#letter-agency", "示例市水务局")
    page.fill("#letter-applicant", MARKUP)
    choose(page, "补正告知书")
    page.wait_for_selector("#letter-items")
    assert page.input_value("#letter-applicant") == MARKUP
    page.click("#letter-draft")
    page.wait_for_selector("#letter-result [role=alert]", timeout=20_000)
    assert "发文字号" in page.inner_text("#letter-result")
    for name, value in (
        ("document_number", "示水公开〔2026〕12号"), ("received", "2026-01-05"), ("request", "验收报告"),
        ("signed", "2026-01-12"), ("items", "写明年度\n写明单位"), ("correction_deadline", "2026-01-28"),
    ):  # fmt: skip
        page.fill(f"#letter-{name}", value)
    page.click("#letter-draft")
    page.wait_for_function(
        "document.querySelector('#letter-text textarea')?.value.includes('（二）写明单位')", timeout=20_000
    )
    assert MARKUP in page.input_value("#letter-text textarea")
    assert page.evaluate("window.__ran") is None
    picture(page, "letter")


def test_the_reviewing_body_that_is_asked_for_follows_the_kind_of_agency(page):
    choose(page, "信息不存在答复书")
    for kind, asked in (
        ("vertical", ["superior"]),
        ("state_council_department", []),
        ("local_department", ["government"]),
    ):
        page.select_option("#letter-agency_kind", kind)
        bodies = page.locator("[data-reviews] [data-field]").all()
        assert [body.get_attribute("data-field") for body in bodies if body.is_visible()] == asked
