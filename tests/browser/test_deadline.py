"""A deadline drawn as months, on a desk and on a telephone, and the register that opens with the week."""

import pytest

from tests.browser.conftest import picture


@pytest.mark.parametrize("size", ["1366", "phone"])
def test_a_deadline_is_drawn_beside_its_working(visit, address, data_folder, size):
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
    if size == "1366":
        page.get_by_role("tab", name="台账", exact=True).click()
        page.wait_for_function("document.querySelector('#ledger-week').innerText.trim()", timeout=20_000)
        # Other tests of this run may have registered requests in the same data folder.
        if not (data_folder / "ledger.sqlite").exists():
            assert "登记或者导入" in page.inner_text("#ledger-week")
