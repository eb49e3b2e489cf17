"""The chat in a real Chromium: open, ask, read the answer and its source; no request to another host."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (tests/install-system-parts)"),
]


@pytest.fixture(scope="module")
def address(assistant, data_folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", str(port)],
        env={**os.environ, "GONGKAI_DATA_DIR": str(data_folder)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                time.sleep(0.25)
        else:
            raise AssertionError("the server did not come up within a minute")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page.requests = []
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    yield page
    page.close()


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
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "chat.png")
    assert (ARTEFACTS / "chat.png").stat().st_size > 0


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


def test_nothing_is_asked_of_any_other_host(page, address):
    ask(page, "部门年报哪天前公布？")
    page.wait_for_selector(".source", timeout=20_000)
    others = [url for url in page.requests if not re.match(rf"(?:{re.escape(address)}|data:|blob:)", url)]
    assert others == []


def test_the_page_fits_a_telephone(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page.goto(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
