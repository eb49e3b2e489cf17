"""An answer is stopped, copied and asked for at the keyboard, in a real Chromium, with a chat model that is slow."""

import shutil
from threading import Event

import pytest

from tests.answering.liar_server import liar_server
from tests.browser.conftest import serve

FIRST, SECOND = "收到申请之日起二十个工作日内答复。[1]\n", "行政机关不能当场答复的，答复期限为20个工作日。[1]\n"
ASKED = "人家来要材料，几天内要回话？"


@pytest.fixture(scope="module")
def slow(assistant, data_folder, tmp_path_factory):
    """A site whose chat model says one sentence and then waits; yields its address and what lets the model go on."""
    folder, go_on = tmp_path_factory.mktemp("slow"), Event()
    shutil.copytree(data_folder / "index", folder / "index")

    def play(*_):
        yield FIRST
        go_on.wait(20)
        yield SECOND

    with (
        liar_server(play) as model,
        serve(folder, "--no-auth", GONGKAI_LLM_BASE_URL=model, GONGKAI_LLM_MODEL="slow") as (url, _),
    ):
        yield url
        go_on.set()


@pytest.fixture
def page(visit, slow):
    page = visit(slow, permissions=["clipboard-read", "clipboard-write"])
    page.wait_for_selector("#question textarea", timeout=30_000)
    return page


def begin(page):
    """Ask, and wait for the first sentence and the button that stops it."""
    page.fill("#question textarea", ASKED)
    page.keyboard.press("Enter")
    wait_for_first(page)


def wait_for_first(page):
    page.wait_for_function("document.querySelector('#chat')?.innerText.includes('二十个工作日')", timeout=30_000)
    button = page.wait_for_selector("#question .stop-button")
    assert button.inner_text().split() == ["停止"]
    assert button.evaluate("button => button.scrollHeight <= button.clientHeight"), "its words leave it"


def stopped(page):
    # The model holds the line for 20 seconds: a stop that waited for it would still be told apart.
    page.wait_for_selector(".source", timeout=15_000)
    page.wait_for_selector("#question .submit-button")
    said = page.inner_text("#chat")
    assert "已按要求停止" in said
    assert said.count("收到申请之日起二十个工作日内答复。") == 1


@pytest.mark.parametrize("how", ["button", "escape", "after a reload"])
def test_a_running_answer_is_stopped_and_what_was_said_stands_with_its_source(page, how):
    begin(page)
    if how == "after a reload":
        page.reload()
        page.wait_for_selector("#question .stop-button", timeout=30_000)
    page.fill("#question textarea", "下一句")
    if how == "escape":
        page.keyboard.press("Escape")
    else:
        page.click("#question .stop-button")
    stopped(page)
    # What was being written meanwhile is still there.
    assert page.locator("#question textarea").input_value() == "下一句"
    assert "已核验" in page.inner_text("#sources section:not([hidden]) .source >> nth=0")


def test_enter_sends_and_shift_enter_begins_a_line(page):
    page.fill("#question textarea", ASKED)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("我在县里。")
    assert page.locator("#question textarea").input_value() == f"{ASKED}\n我在县里。"
    assert page.locator("#chat .user").count() == 0
    page.keyboard.press("Enter")
    wait_for_first(page)
    page.keyboard.press("Escape")
    stopped(page)


def test_an_answer_is_copied_with_its_citations_and_escape_lets_a_source_go(page):
    begin(page)
    page.keyboard.press("Escape")
    stopped(page)
    page.locator("#chat .bot-row button[title='复制']").click()
    for _ in range(50):
        if "\n引用\n" in (text := page.evaluate("navigator.clipboard.readText()")):
            break
        page.wait_for_timeout(100)
    assert text.startswith("收到申请之日起二十个工作日内答复。 [1]\n")
    assert "[1] 《中华人民共和国政府信息公开条例》国务院令第711号 第三十三条第二款（要点，已核验）" in text
    assert "检索依据" not in text
    assert "](#" not in text

    page.locator('#chat a[href*="#s-"]').first.press("Enter")
    page.wait_for_selector(".source.chosen:focus")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('.source.chosen')")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#s-")
