"""How fast and how big: `python -m benchmarks.latency`. Prints the table and writes it to `benchmarks/latency.md`.

Needs the parts of `make test` (httpx, psutil). The server is the real one, asked through the queue that its page uses.
"""

import contextlib
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped,import-not-found,unused-ignore]

from assistant.app import build_assistant
from assistant.evaluation import Question, load_questions
from assistant.evaluation.measures import nearest_rank
from assistant.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 11, 22)
GONGKAI = str(Path(sys.executable).with_name("gongkai"))
ASKED = 100
REPEATS = 5
DRAFTS = 20


def seconds_of(arguments: Sequence[str], data: Path) -> float:
    """Return how long `gongkai` with `arguments` takes, from start to exit, with `data` as its data folder."""
    started = time.perf_counter()
    subprocess.run(
        [GONGKAI, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(data)
    )
    return time.perf_counter() - started


def _environment(data: Path) -> dict[str, str]:
    return os.environ | {"GONGKAI_DATA_DIR": str(data), "GRADIO_ANALYTICS_ENABLED": "False"}


def ask_in_process(questions: Sequence[Question], data: Path) -> list[float]:
    """Return the milliseconds of every question, in order, after one that is not counted."""
    assistant = build_assistant(ON, Settings(data_dir=data))
    assistant.ask("几天内要答复？", ON)
    taken = []
    for question in questions:
        started = time.perf_counter()
        assistant.ask(question.question, ON, question.history)
        taken.append(1000 * (time.perf_counter() - started))
    assistant.index.store.close()
    return taken


def draft_in_process() -> list[float]:
    """Return the milliseconds of drafts with their Word files, made of the statistics that are shipped, after one."""
    from assistant.report.drafting.draft import draft_report, load_report_rules
    from assistant.report.statistics_files import load_statistics
    from assistant.report.writing import render_draft

    rules = load_report_rules(ROOT / "corpus")
    figures = load_statistics(next((ROOT / "corpus/reports").glob("*.yaml")), rules.forms)
    taken = []
    for _ in range(DRAFTS + 1):
        started = time.perf_counter()
        render_draft(draft_report(figures, None, rules), ".docx")
        taken.append(1000 * (time.perf_counter() - started))
    return taken[1:]


@contextlib.contextmanager
def serving(data: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run `gongkai serve` on a free port; give its address and its process once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [GONGKAI, "serve", "--port", str(port)],
        env=_environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=address, trust_env=False) as probe:
            for _ in range(1800):
                with contextlib.suppress(httpx.TransportError):
                    if probe.get("/healthz").status_code == httpx.codes.OK:
                        break
                time.sleep(0.1)
            else:
                raise TimeoutError("gongkai serve did not become ready within three minutes.")
        yield address, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


@dataclass(frozen=True, slots=True)
class QuestionBox:
    """The function behind the page's question box, as the page's own configuration tells it.

    Attributes:
        kinds: the types of the components that it is given.
    """

    number: int
    kinds: tuple[str, ...]

    @classmethod
    def of_page(cls, client: httpx.Client) -> "QuestionBox":
        """Return what sending a question calls."""
        page = client.get("/config").json()
        components = {component["id"]: component for component in page["components"]}
        [function] = [
            function
            for function in page["dependencies"]
            for target, event in function["targets"]
            if event == "submit" and components[target]["props"].get("elem_id") == "question"
        ]
        return cls(function["id"], tuple(components[i]["type"] for i in function["inputs"]))

    def events(self, client: httpx.Client, question: str, session: str) -> Iterator[dict[str, Any]]:
        """Ask as the page does, in a new conversation; yield what its stream says, the last one included."""
        values: dict[str, object] = {"multimodaltextbox": {"text": question, "files": []}, "textbox": ""}
        body = {
            "data": [values.get(kind) for kind in self.kinds],
            "fn_index": self.number,
            "session_hash": session,
        }
        client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                if line.startswith("data:"):
                    event = json.loads(line.removeprefix("data:"))
                    yield event
                    if event["msg"] == "process_completed":
                        return

    def ask(self, client: httpx.Client, question: str) -> None:
        """Ask as the page does, in a session of its own, and follow the whole answer."""
        *_, last = self.events(client, question, f"bench{time.monotonic_ns()}")
        if last["msg"] != "process_completed" or not last["success"]:
            raise RuntimeError(f"The page failed on {question!r}: {last.get('output')}")


def megabytes(process: psutil.Process) -> float:
    """Return the resident memory of `process` and its children in MB."""
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family)) / 1e6


def memory_of_the_server(questions: Sequence[Question], data: Path) -> tuple[float, float]:
    """Return the resident memory of `gongkai serve` in MB when ready, and after 100 questions asked of its page."""
    with serving(data) as (address, process), httpx.Client(base_url=address, timeout=60) as client:
        ready = megabytes(process)
        box = QuestionBox.of_page(client)
        for i in range(ASKED):
            box.ask(client, questions[i % len(questions)].question)
        return ready, megabytes(process)


def main() -> None:
    """Print the table and write it."""
    questions = load_questions(ROOT / "tests/golden/questions.yaml", "reporting")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        rebuild = seconds_of(["corpus", "rebuild"], data)
        asking = statistics.median(seconds_of(["ask", questions[0].question], data) for _ in range(REPEATS))
        helping = statistics.median(seconds_of(["--help"], data) for _ in range(REPEATS))
        taken = sorted(ask_in_process(questions, data))
        drafting = draft_in_process()
        ready, after = memory_of_the_server(questions, data)
    middle, late = statistics.median(taken), nearest_rank(taken)
    memory = psutil.virtual_memory().total / 1e9
    text = f"""# Time and memory

`python -m benchmarks.latency`, {datetime.now().astimezone():%Y-%m-%d}. {os.cpu_count()} cores ({platform.machine()}), \
{memory:.0f} GB, no GPU, Python {platform.python_version()}.
Load of the machine before the start: {load:.1f}; anything much above 0 is other work, and slows what follows.

| measure | value |
|---|---|
| `ask` in process, {len(taken)} reporting questions, p50 | {middle:.0f} ms |
| … p95 | {late:.0f} ms |
| a draft with its Word file in process, {DRAFTS} times, median | {statistics.median(drafting):.0f} ms |
| … longest | {max(drafting):.0f} ms |
| `gongkai ask` from the shell, index built, median of {REPEATS} | {asking:.2f} s |
| `gongkai --help`, median of {REPEATS} | {helping:.2f} s |
| `gongkai corpus rebuild`, empty data folder | {rebuild:.1f} s |
| resident memory of `gongkai serve`, ready | {ready:.0f} MB |
| … after {ASKED} questions through the page | {after:.0f} MB |

In process: one question before the first is not counted. The server is started as its own process and asked one
question after another through the queue of its page, each in a session of its own. The rebuild takes the vectors of
the shipped corpus from `corpus/vectors.npz`; texts that are not in it take about 20 ms (a question line) to 150 ms
(a passage) more each.
"""
    (ROOT / "benchmarks/latency.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
