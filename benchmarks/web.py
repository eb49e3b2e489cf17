"""How quick the page is and how much it holds: `python -m benchmarks.web`. Prints and writes `benchmarks/web.md`.

Needs the parts of `make test` and, for the first paint, a Chromium. Under three minutes.
"""

import json
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from assistant.evaluation import load_questions
from assistant.evaluation.measures import nearest_rank
from benchmarks.latency import ROOT, QuestionBox, megabytes, seconds_of, serving

PEOPLE, ROUNDS, PAINTS, ALONE = 30, 3, 5, 20


@dataclass(frozen=True)
class Asked:
    """What one question took, in seconds: to the first words of the answer, and to its end; and whether it failed."""

    first: float
    whole: float
    failed: bool


def ask(box: QuestionBox, client: httpx.Client, question: str, session: str) -> Asked:
    """Ask as the page does and follow the answer to its end."""
    started, first = time.perf_counter(), 0.0
    for event in box.events(client, question, session):
        # The step 「核对引用 ✓」 comes with the first words that were checked.
        if not first and "核对引用 ✓" in json.dumps(event.get("output"), ensure_ascii=False):
            first = time.perf_counter() - started
        if event["msg"] == "process_completed":
            whole = time.perf_counter() - started
            return Asked(first or whole, whole, not event["success"])
    return Asked(0.0, time.perf_counter() - started, True)


def ask_at_once(box: QuestionBox, address: str, questions: Sequence[str], number: int) -> list[Asked]:
    """Return what everybody's question took, all asked at the same moment."""
    gate = threading.Barrier(len(questions))

    def one(place: int) -> Asked:
        with httpx.Client(base_url=address, timeout=120) as client:
            gate.wait(60)
            return ask(box, client, questions[place], f"round{number}person{place}")

    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(one, range(len(questions))))


def first_paints(address: str) -> list[tuple[float, float]]:
    """Return seconds to the browser's first contentful paint and to the box for questions, each time without a cache.

    [] where there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    chromium, taken = shutil.which("chromium"), []
    if chromium is None:
        return []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(PAINTS):
            page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
            started = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.wait_for_selector("#question textarea", timeout=60_000)
            usable = time.perf_counter() - started
            paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
            taken.append((float(page.evaluate(paint)), usable))
            page.context.close()
        browser.close()
    return taken


def main() -> None:
    """Print the table and write it."""
    questions = [q.question for q in load_questions(ROOT / "tests/golden/questions.yaml", "reporting")]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        # The first start would build the index, which is timed elsewhere.
        seconds_of(["corpus", "rebuild"], Path(folder))
        with serving(Path(folder)) as (address, process):
            paints = first_paints(address)
            with httpx.Client(base_url=address, timeout=60) as client:
                box = QuestionBox.of_page(client)
                ask(box, client, questions[0], "warm")
                # Nothing is asked twice: what was asked before may be at hand.
                alone = [ask(box, client, questions[1 + n], f"alone{n}") for n in range(ALONE)]
            asked = [questions[1 + ALONE + PEOPLE * n :][:PEOPLE] for n in range(ROUNDS)]
            rounds = [ask_at_once(box, address, those, number) for number, those in enumerate(asked)]
            memory = megabytes(process)
    worst = max(rounds, key=lambda asked: nearest_rank([one.whole for one in asked]))
    failed = sum(one.failed for asked in rounds for one in asked)
    middle: Callable[[Sequence[float]], float] = statistics.median
    rows = [
        (f"One person, first words of the answer, median of {ALONE}", middle([a.first for a in alone]), "s", 0.5),
        (f"One person, whole answer shown, median of {ALONE}", middle([a.whole for a in alone]), "s", None),
        (f"{PEOPLE} at once, first words, 95th percentile", nearest_rank([a.first for a in worst]), "s", None),
        (f"{PEOPLE} at once, whole answer shown, 95th percentile", nearest_rank([a.whole for a in worst]), "s", 2.0),
        (f"Failed, of {PEOPLE * ROUNDS} asked in {ROUNDS} rounds", failed, "", 0),
        ("Resident memory of the server after that", memory / 1000, "GB", 1.2),
    ]
    if paints:
        rows[:0] = [
            (f"First contentful paint, no cache, median of {PAINTS}", middle([p for p, _ in paints]), "s", 2.0),
            (f"Until one can type a question, median of {PAINTS}", middle([u for _, u in paints]), "s", None),
        ]
    lines = [
        f"| {what} | {value:.2f} {unit} | {'' if limit is None else f'{limit} {unit}'} |"
        if unit
        else f"| {what} | {value} | {limit} |"
        for what, value, unit, limit in rows
    ]
    text = f"""# The page

`python -m benchmarks.web`, {datetime.now().astimezone():%Y-%m-%d}, {os.cpu_count()} processors, load {load:.1f} at the
start. The real server without a chat model, asked through the queue that its page uses; the browser and the thirty
people run on the same processors. Of the rounds the slowest is shown. The last column is what is asked for at most.

| | measured | at most |
|---|---|---|
{chr(10).join(lines)}
"""
    (ROOT / "benchmarks/web.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
