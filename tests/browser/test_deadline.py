"""A deadline drawn as months, on a desk and on a telephone, and the register that opens with the week."""

import pytest

from tests.browser.conftest import picture


@pytest.mark.parametrize("size", ["1366", "phone"])
def test_a_deadline_is_drawn_beside_its_working(visit, address, size):
    page = visit(address, size)
    page.wait_for_selector("[role=tab]", timeout=30_000)
    tab = page.get_by_role("tab", name="期限与费用", exact=True)
    if size == "phone":
        page.wait_for_timeout(500)
        page.locator("button[aria-label='更多页']").click()
        tab = page.get_by_text("期限与费用", exact=True).last
    tab.click()
    page.fill("#deadline-start textarea, #deadline-start input", "2026-02-05")
    page.click("#deadline-compute")
    page.wait_for_selector("table.month", timeout=20_000)
    assert page.locator("td.day-counted, td.day-make-up, td.day-due").count() == 20
    assert page.locator("td.day-due").get_attribute("title").startswith("3月11日（星期三）")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, f"deadline-{size}")


def test_what_is_wrong_with_a_date_is_seen_wherever_the_page_was_scrolled_to(visit, address):
    page = visit(address, "1366")
    page.set_viewport_size({"width": 1366, "height": 600})
    page.wait_for_selector("[role=tab]", timeout=30_000)
    page.get_by_role("tab", name="期限与费用", exact=True).click()
    page.fill("#fee-count textarea, #fee-count input", "35")
    page.click("#fee-compute")
    page.wait_for_function("document.querySelector('#fee-result').innerText.includes('3000元')", timeout=20_000)
    page.fill("#deadline-start textarea, #deadline-start input", "2026-02-31")
    page.click("#deadline-compute")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_function(
        """() => { const said = document.querySelector('#deadline-result');
        const { top, bottom } = said.getBoundingClientRect();
        return said.innerText.includes('不是真实存在的日子') && top >= 0 && bottom <= innerHeight; }""",
        timeout=20_000,
    )


def test_the_register_opens_with_the_week(enter):
    """In the office's own data folder: other tests register requests in the one of the whole run."""
    page = enter("张三", "台账")
    page.wait_for_function("document.querySelector('#ledger-week')?.innerText.includes('登记或者导入')", timeout=20_000)
