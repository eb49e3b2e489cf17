"""A real server and a real Chromium for the journeys through the page."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"1366": (1366, 768), "1920": (1920, 1080), "phone": (390, 844)}


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (tests/install-system-parts)"))


# `gongkai serve` over another folder of what is shipped.
_OF_ANOTHER = """
import sys
from pathlib import Path
from assistant.settings import Settings
Settings.shipped_folder = Path(sys.argv.pop(1))
from ui.__main__ import main
main()
"""


@contextmanager
def serve(folder, *flags, shipped=None, **settings):
    """A server over `folder`; yields its address and the list that its messages are written to.

    Args:
        shipped: a folder as it is shipped, the project's own unless given.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    launch = ["from assistant.cli import main; main()", "serve"] if shipped is None else [_OF_ANOTHER, str(shipped)]
    server = subprocess.Popen(
        [sys.executable, "-c", *launch, "--port", str(port), *flags],
        env={**os.environ, "GONGKAI_DATA_DIR": str(folder), **settings},
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(server.stderr.readline, "")), daemon=True)
    reader.start()
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(480):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, "".join(lines)
                time.sleep(0.25)
        else:
            raise AssertionError("the server did not come up within two minutes")
        yield url, lines
    finally:
        server.terminate()
        server.wait(timeout=20)
        reader.join(timeout=5)
        server.stderr.close()


@pytest.fixture(scope="session")
def address(assistant, data_folder):
    """One person alone, without sign-in."""
    with serve(data_folder, "--no-auth") as (url, _):
        yield url


PASSWORD = "wending-2026-gongkai"
PEOPLE = {"张三": "经办", "李四": "经办", "王五": "管理员"}


@pytest.fixture(scope="session")
def office(assistant, data_folder, tmp_path_factory):
    """A server with sign-in over a data folder of its own, `PEOPLE` in it; yields its address and the folder."""
    from datetime import datetime

    from assistant.office.records import Records

    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(data_folder / "index", folder / "index")
    shutil.copy(data_folder / "corpus.sqlite", folder)
    records = Records(folder / "office.sqlite")
    for name, role in PEOPLE.items():
        given = records.people.add_person(name, role, datetime.now().astimezone())
        records.people.change_password(name, given, PASSWORD)
    records.close()
    with serve(folder, "--sign-in") as (url, _):
        yield url, folder


@pytest.fixture
def enter(visit, office):
    """enter(name, tab="", size="1366") → the page of that person, signed in."""

    def enter(name, tab="", size="1366", **options):
        page = visit(office[0], size, **options)
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button")
        page.wait_for_selector("#question textarea", timeout=30_000)
        page.wait_for_function(f"document.querySelector('#masthead')?.innerText.includes('{name}')")
        if tab:
            page.get_by_role("tab", name=tab).click()
        return page

    return enter


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Open a page of its own visitor; what it asks of other hosts and what its scripts complain of fails the test."""
    contexts, pages = [], []

    def open_page(url, size="1366", **options):
        width, height = SIZES[size]
        wanted = {"locale": "zh-CN"} | options
        context = browser.new_context(viewport={"width": width, "height": height}, **wanted)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.own = [], url
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(url)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        others = [url for url in page.asked if not re.match(rf"(?:{re.escape(page.own)}|data:|blob:)", url)]
        assert others == []
    for context in contexts:
        context.close()


def confirming(page):
    """Return a list: before a click that is asked about, the answer is put at its end; the question takes its place."""
    answers = []

    def answer(dialog):
        wanted = answers[-1]
        answers[-1] = dialog.message
        (dialog.accept if wanted is True else dialog.dismiss)()

    page.on("dialog", answer)
    return answers


def picture(page, name):
    """Keep a picture for the eye."""
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size > 5000
    return path
