"""The chat in a real Chromium: open, ask, read the answer and its source; no request to another host."""

import pytest

from tests.browser.conftest import picture


@pytest.fixture
def page(visit, address):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    return page


def ask(page, question):
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def test_a_question_is_answered_with_its_source(page):
    ask(page, "人家来要材料，几天内要回话？")
    page.wait_for_selector(".source", timeout=20_000)
    assert "20个工作日" in page.inner_text("#chat")
    source = page.inner_text("#source-1")
    assert "政府信息公开条例" in source
    assert "第三十三条第二款" in source
    assert "已核验" in source
    picture(page, "chat")


def test_an_example_is_a_question_and_a_follow_up_is_understood(page):
    page.get_by_text("企业不同意公开，还能给申请人吗？").click()
    page.wait_for_selector(".source", timeout=20_000)
    assert "第三方" in page.inner_text("#chat")
    ask(page, "那要是对方不回呢？")
    page.wait_for_function("document.querySelector('#chat').innerText.includes('逾期')", timeout=20_000)
    page.wait_for_function("document.querySelector('#source-1').innerText.includes('第三十二条')", timeout=20_000)


def test_a_refusal_empties_the_panel_and_a_new_conversation_starts_clean(page):
    ask(page, "明天天气怎么样")
    page.wait_for_function("document.querySelector('#sources').innerText.includes('没有作答')", timeout=20_000)
    page.click("#clear")
    page.wait_for_function("document.querySelector('#sources').innerText.includes('依据会列在这里')", timeout=20_000)
    assert "天气" not in page.inner_text("#chat")


def test_markup_in_a_question_is_shown_and_not_run(page):
    ask(page, "<img src=x onerror=\"document.title='broken'\"> 几天答复？")
    page.wait_for_selector(".source", timeout=20_000)
    assert page.title() == "公开助手"


def test_the_page_fits_a_telephone(visit, address):
    page = visit(address, "phone")
    page.wait_for_selector("#question textarea", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
