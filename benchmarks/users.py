"""How many users one, two or three web processes serve: `python -m benchmarks.users`. Writes `users.md`.

Web processes over one data folder with a Chroma server, as `deploy/city` has them; users ask one question after another
through the interface (`/api/v1/ask`), each always the same process, as nginx would have it. A process that says it has
too much to do (503, 429) is asked again after a second, and that is counted. Two cores: three processes cannot do what
three machines can; what is to be seen is memory a process, and where waiting begins.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import httpx
import numpy as np

from assistant.app import build_assistant
from assistant.evaluation import load_questions
from assistant.office.records import Records
from assistant.settings import Settings, quiet_libraries
from benchmarks.stores import chroma_server

ROOT = Path(__file__).resolve().parent.parent
PROCESSES, USERS, SECONDS = (1, 2, 3), (1, 10, 50, 100), 20.0
ON = date(2026, 11, 22)
BUSY = (429, 503)


@dataclass
class Told:
    """What users were told: milliseconds of every answer, how often to come back, how often anything else."""

    taken: list[float] = field(default_factory=list)
    later: int = 0
    failed: int = 0


@contextmanager
def web_processes(count: int, folder: Path, chroma: str) -> Iterator[tuple[list[str], list[int]]]:
    """Run web processes; yield their URLs and process ids."""
    settings = {
        **os.environ, "GONGKAI_DATA_DIR": str(folder), "GONGKAI_CHROMA_URL": chroma, "GONGKAI_API_PER_MINUTE": "1000000"
    }  # fmt: skip
    with ExitStack() as running:
        urls, ids = [], []
        for _ in range(count):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            command = [sys.executable, "-m", "ui", "--port", str(port), "--sign-in"]
            process = subprocess.Popen(command, env=settings, cwd=ROOT, stderr=subprocess.DEVNULL)
            running.callback(process.wait)
            running.callback(process.terminate)
            urls.append(f"http://127.0.0.1:{port}")
            ids.append(process.pid)
        for url in urls:
            until = time.monotonic() + 180
            while time.monotonic() < until:
                try:
                    if httpx.get(f"{url}/healthz", timeout=5).is_success:
                        break
                except httpx.TransportError:
                    time.sleep(0.2)
            else:
                raise SystemExit(f"{url} did not come up")
        yield urls, ids


def use(urls: Sequence[str], users: int, secret: str, questions: Sequence[str], seconds: float) -> Told:
    """Let so many users ask for so long; return what they were told."""
    told, until, lock = Told(), time.monotonic() + seconds, threading.Lock()

    def one(number: int) -> None:
        with httpx.Client(base_url=urls[number % len(urls)], timeout=120, trust_env=False) as client:
            asked = number
            while time.monotonic() < until:
                question = questions[asked % len(questions)]
                begun = time.perf_counter()
                answer = client.post(
                    "/api/v1/ask", json={"question": question}, headers={"Authorization": f"Bearer {secret}"}
                )
                with lock:
                    if answer.is_success:
                        told.taken.append(1000 * (time.perf_counter() - begun))
                    elif answer.status_code in BUSY:
                        told.later += 1
                    else:
                        told.failed += 1
                if not answer.is_success:
                    time.sleep(1)
                asked += users

    threads = [threading.Thread(target=one, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def memory(process: int) -> float:
    """Return the memory, in MB, that a process holds now."""
    [line] = [one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1]) / 1000


def main() -> None:
    """Measure and write the table after every row."""
    quiet_libraries()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=list(PROCESSES))
    parser.add_argument("--users", type=int, nargs="+", default=list(USERS))
    parser.add_argument("--seconds", type=float, default=SECONDS)
    said = parser.parse_args()
    questions = [one.question for one in load_questions(ROOT / "tests/golden/questions.yaml", "tuning")]
    rows: list[str] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        chroma, server = running.enter_context(chroma_server(folder / "chroma"))
        build_assistant(ON, Settings(data_dir=folder / "data", chroma_url=chroma)).index.close()
        with closing(Records(folder / "data" / "office.sqlite")) as records:
            at = datetime.now().astimezone()
            records.people.add_person("measuring", "经办", at)
            _, secret = records.tokens.make("measuring", "users", at)
        for count in said.processes:
            with web_processes(count, folder / "data", chroma) as (urls, ids):
                use(urls, count, secret, questions, 2)
                for users in said.users:
                    told = use(urls, users, secret, questions, said.seconds)
                    taken = np.array(told.taken or [np.nan])
                    held = max(memory(one) for one in ids)
                    rows.append(
                        f"| {count} | {users} | {len(told.taken) / said.seconds:.1f} | {np.median(taken):.0f} "
                        f"| {np.percentile(taken, 95):.0f} | {told.later} | {told.failed} | {held:.0f} "
                        f"| {memory(server):.0f} |"
                    )
                    print(rows[-1], file=sys.stderr)
                    write(rows, said.seconds)


def write(rows: Sequence[str], seconds: float) -> None:
    """Write the table of what has been measured so far."""
    text = f"""# Users

`python -m benchmarks.users --seconds {seconds:g}`, {datetime.now().astimezone():%Y-%m-%d}; {os.cpu_count()} cores,
load at the end {os.getloadavg()[0]:.1f} (the benchmark itself makes some; what others do on the machine counts, too).

| web processes | users at once | answers/s | p50 ms | p95 ms | told to come back | failed | MB a process | MB Chroma |
|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

Users ask without a pause, the {seconds:g} s long: one of them stands for some twenty who read what they are answered.
The questions are those of the tuning half; the shipped corpus with its statutes, no chat model.
"""
    (ROOT / "benchmarks/users.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
