"""How soon the tab 年报 answers the hand: `python -m benchmarks.wizard`. Prints the table and writes `wizard.md`.

Needs the parts of `make test` and a Chromium. The server and the browser are the real ones; keys are real keys.
"""

import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from assistant.evaluation.measures import nearest_rank
from tests.browser.conftest import CHROMIUM, FLAGS, serve

KEYS = 200
# From the key to the frame that is drawn after everything the page does with it.
WATCH = """() => {
  window.taken = [];
  let started = 0;
  document.addEventListener('keydown', () => { started = performance.now(); }, true);
  document.addEventListener('input', () => requestAnimationFrame(() => {
    const drawn = new MessageChannel();
    drawn.port1.onmessage = () => window.taken.push(performance.now() - started);
    drawn.port2.postMessage(0);
  }));
}"""


def measure(url: str) -> list[tuple[str, str]]:
    """Return the measures by name."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(url)
        page.get_by_role("tab", name="年报").click()
        page.wait_for_selector(".head-form")
        page.fill("[name=agency]", "示例市水务局")
        page.check("[name=region_rank][value=city]")
        page.click(".head-form button.main")
        shown = timed(page, lambda: page.locator(".steps button", has_text="表三").click(), "table.matrix")
        page.get_by_role("button", name="空格填0").click()
        typed = type_figures(page)
        page.wait_for_function("document.querySelector('.save-state').textContent.startsWith('已保存')")
        drafted = timed(page, lambda: page.locator(".steps button", has_text="草稿").click(), ".paper > *")
        browser.close()
    return [
        (f"a key in 表三, until its sums and marks are drawn, {len(typed)} keys, median", f"{median(typed):.0f} ms"),
        ("… p95", f"{nearest_rank(typed):.0f} ms"),
        ("… slowest", f"{max(typed):.0f} ms"),
        ("表三 built and shown", f"{shown:.0f} ms"),
        ("the draft made, checked and shown (or what stands against it)", f"{drafted:.0f} ms"),
    ]


def type_figures(page: Page) -> list[float]:
    """Return the milliseconds of every digit typed into random cells; each sum is compared with the right one."""
    columns = ["natural_person", "enterprise", "research", "public_welfare", "legal_service", "other"]
    rows = ["received", "carried_in", "granted", "partly_granted", "refused_state_secret", "carried_out"]
    chance = random.Random(7)
    values: dict[tuple[str, str], str] = {}
    page.evaluate(WATCH)
    for _ in range(KEYS // 2):
        row, column = chance.choice(rows), chance.choice(columns)
        values[row, column] = str(chance.randint(10, 99))
        page.locator(f'input[data-cell="requests.{row}.{column}"]').select_text()
        page.keyboard.type(values[row, column])
        expected = sum(int(values.get((row, name), "0")) for name in columns)
        shown = page.locator(f'input[data-cell="requests.{row}.total"]').input_value()
        assert shown == str(expected), (row, shown, expected)
    taken: list[float] = page.evaluate("window.taken")
    assert len(taken) == KEYS
    return taken


def timed(page: Page, act: Callable[[], None], selector: str) -> float:
    """Return the milliseconds from `act` to the element that it brings."""
    started = time.perf_counter()
    act()
    page.wait_for_selector(selector)
    return 1000 * (time.perf_counter() - started)


def median(values: list[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def main() -> None:
    """Measure, print and write down."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), "--no-auth") as (url, _):
        rows = measure(url)
    lines = "\n".join(f"| {name} | {value} |" for name, value in rows)
    page = f"""# How soon the tab 年报 answers the hand

`python -m benchmarks.wizard`, {datetime.now(UTC):%Y-%m-%d}. {os.cpu_count()} cores ({platform.machine()}), no GPU.
Load of the machine before the start: {load:.1f}; anything much above 0 is other work, and slows what follows.

| measure | value |
|---|---|
{lines}

Real Chromium, real keys, the server on the same machine. A key counts until the frame after it is drawn, with every sum
of its row and column, the marks at cells that do not add up and the counts of the steps; every sum is compared with
the right one. What the server says comes after the pause in typing that saves the figures, and is not in these times.
"""
    print(page)
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
