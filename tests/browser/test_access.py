"""For everybody: no serious finding of axe on any tab in light or dark, by keyboard alone, and nothing in English."""

import re

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import picture
from tests.browser.reports import write_report

ENGLISH = r"[A-Za-z]{3,}"
# A version of the corpus (30e5abc31c51), kinds of files, names of settings and commands, what a report is called.
ALLOWED = re.compile(
    r"\b[0-9a-f]{12}\b|"
    r"[\w/-]+\.md|[a-z]+(?:-[a-z0-9]+)+|GONGKAI_[A-Z_]+|Word|Excel|PDF|SHA|YAML|yaml|json|xlsx|docx|html|ics"
)


def fill(page, assistant, tmp_path):
    """Bring every tab to a state that is worth looking at."""
    report = write_report(assistant.report_rules, tmp_path / "年报.docx", 2025, requests__received__total=4)
    yield "问答"
    page.fill("#question textarea", "人家来要材料，几天内要回话？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".source", timeout=30_000)
    page.wait_for_selector("#chat .options .option", timeout=30_000)
    yield "检查"
    page.set_input_files("#check-reports input[type=file]", str(report))
    page.wait_for_selector("#check-findings .findings", timeout=30_000)
    yield "期限与费用"
    page.fill("#deadline-start textarea, #deadline-start input", "2026-01-05")
    page.click("#deadline-compute")
    page.wait_for_function("document.querySelector('#deadline-result')?.innerText.includes('最晚')", timeout=20_000)
    yield "文书"
    page.click("#letter-kind input")
    page.get_by_role("option", name="补正告知书", exact=True).click()
    page.wait_for_selector(".letter-form", timeout=20_000)
    page.click("#letter-draft")
    page.wait_for_selector("#letter-fields [aria-invalid]", timeout=20_000)
    yield "台账"
    page.click("#ledger-look")
    page.wait_for_function("!document.querySelector('#ledger-due').innerText.includes('按“查看台账”')", timeout=20_000)
    yield "语料"
    page.wait_for_selector("#texts-list button", timeout=30_000)
    page.click("#texts-list button >> nth=0")
    page.wait_for_selector("#texts-text details", timeout=30_000)
    yield "概览"
    page.wait_for_function("document.querySelector('#overview-reports-said').innerText !== ''", timeout=30_000)


def names(page):
    return [tab.inner_text() for tab in page.get_by_role("tab").all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_has_a_serious_finding_and_none_speaks_english(enter, assistant, tmp_path, scheme):
    page = enter("王五", size="1920", color_scheme=scheme)
    page.wait_for_selector("[role=tab] >> text=管理")
    prepare = fill(page, assistant, tmp_path)
    ready = next(prepare)
    assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
    for name in names(page):
        page.get_by_role("tab", name=name, exact=True).click()
        page.wait_for_timeout(400)
        if name == ready:
            ready = next(prepare, "")
        page.wait_for_timeout(300)
        picture(page, f"tab-{scheme}-{names(page).index(name)}")
        assert violations(page) == [], name
        words = page.evaluate(
            """() => [...document.querySelectorAll('[aria-label], [title], [placeholder]')]
              .filter((e) => e.checkVisibility() && !e.closest('td.filename'))
              .flatMap((e) => ['aria-label', 'title', 'placeholder'].map((a) => e.getAttribute(a)))
              .concat(document.body.innerText.split('\\n')).filter(Boolean)"""
        )
        assert {word for word in words if re.search(ENGLISH, ALLOWED.sub("", word))} == set(), name


def test_light_and_dark_are_chosen_and_kept_whatever_the_system_says(visit, address):
    page = visit(address, color_scheme="light", locale="en-US")
    page.wait_for_selector("#question textarea", timeout=30_000)
    dark = "document.body.classList.contains('dark')"
    assert not page.evaluate(dark)
    page.click(".theme")
    assert page.evaluate(dark)
    page.reload()
    page.wait_for_selector("#question textarea", timeout=30_000)
    assert page.evaluate(dark)
    assert page.inner_text(".theme") == "换浅色"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_role("tab", name="检查", exact=True).click()
    assert "将文件拖放到此处" in page.inner_text("#check-reports")


def test_a_question_is_asked_and_its_source_read_by_keyboard_alone(visit, address):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    assert page.evaluate("document.activeElement.matches('#question textarea')")
    page.keyboard.type("人家来要材料，几天内要回话？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".source", timeout=30_000)
    page.wait_for_selector("#chat .options .option", timeout=30_000)
    marker = page.locator('#chat a[href*="#s-"]').first
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('#chat a[href*=\"#s-\"]')"):
            break
    else:
        raise AssertionError(f"{marker} cannot be reached by keyboard")
    page.keyboard.press("Enter")
    page.wait_for_selector(".source.chosen")
    assert page.evaluate("document.activeElement.classList.contains('source')")
    for _ in range(80):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.getAttribute('role') === 'tab'"):
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    chosen = page.evaluate("document.querySelector('[role=tab][aria-selected=true]').innerText")
    assert chosen != "问答"


@pytest.mark.parametrize("size", ["1366", "1920", "phone"])
def test_no_tab_is_wider_than_the_window(enter, size):
    page = enter("王五", size=size)
    page.wait_for_timeout(500)
    for name in ("检查", "语料", "概览", "台账", "文书", "期限与费用"):
        tab = page.get_by_role("tab", name=name, exact=True)
        if tab.count() == 0 or not tab.first.is_visible():
            page.locator("button[aria-label='更多页']").click()
            page.get_by_text(name, exact=True).last.click()
        else:
            tab.first.click()
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        if size == "phone":
            picture(page, f"phone-{name}")
