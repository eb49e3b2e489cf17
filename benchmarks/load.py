"""A working day of many at once: `python -m benchmarks.load --users 100 --seconds 300`. Writes `benchmarks/load.md`.

The real server with accounts, and clients that sign in, open the page, ask, ask further, and use search, deadlines,
letters, checks and the overview, each with pauses; meanwhile a browser that reads slowly, connections that are opened
and say nothing, and messages of a megabyte. Ends with status 1 where anything failed or memory grew. Needs the parts of
`make test`. Clients and server share the processors.
"""

import argparse
import asyncio
import contextlib
import os
import random
import resource
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from assistant.evaluation import load_questions
from assistant.evaluation.measures import nearest_rank
from assistant.office.records import Records
from benchmarks.latency import ROOT, megabytes, seconds_of, serving
from benchmarks.troublemakers import open_connections, read_slowly, send_huge
from benchmarks.visitors import PASSWORD, Seen, Visitor

ACCOUNTS = 20
_DOORS = 4  # who sign in at the same moment


def make_accounts(data: Path, count: int) -> list[str]:
    """Make `count` clerks with a password that is known; return the secrets of their tokens."""
    records, secrets, now = Records(data / "office.sqlite"), list[str](), datetime.now().astimezone()
    records.people.begin(now)
    for number in range(count):
        name = f"经办{number:02}"
        records.people.change_password(name, records.people.add_person(name, "经办", now), PASSWORD)
        secrets.append(records.tokens.make(name, "负载", now)[1])
    records.close()
    return secrets


async def watch(seen: Seen, measure: Callable[[], float], seconds: float) -> None:
    """Write down how much memory the server holds, once a second, and tell how far it is every fifteen."""
    while True:
        seen.memory.append(measure())
        if len(seen.memory) % 15 == 0:
            done = sum(map(len, seen.seconds.values()))
            told = f"{done} actions, {len(seen.failures)} failures, {seen.memory[-1]:.0f} MB"
            print(f"{len(seen.memory)} of {seconds:.0f} s: {told}", file=sys.stderr, flush=True)
        await asyncio.sleep(1)


def may_open(count: int) -> bool:
    """Whether this process, and a server that it starts from now on, may hold `count` connections; asks for them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * count + 500
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return True


@dataclass(frozen=True)
class Load:
    """How much there is to bear."""

    users: int
    seconds: float
    pause: float
    connections: int


async def bear(load: Load, address: str, secrets: Sequence[str], measure: Callable[[], float]) -> Seen:
    """Let them all work, and the troublemakers beside them; return what was seen."""
    seen, trust = Seen(), ssl.create_default_context()
    questions = [q.question for q in load_questions(ROOT / "tests/golden/questions.yaml", "tuning")]
    async with contextlib.AsyncExitStack() as open_clients:
        visitors = []
        for number in range(load.users + 1):
            secret = secrets[number % len(secrets)]
            pair = [
                await open_clients.enter_async_context(
                    httpx.AsyncClient(base_url=base, headers=headers, timeout=60, trust_env=False, verify=trust)
                )
                for base, headers in (
                    (address, {}), (f"{address}/api/v1", {"Authorization": f"Bearer {secret}"})
                )
            ]  # fmt: skip
            visitors.append(Visitor(pair[0], pair[1], seen, random.Random(number), questions))
        *workers, trouble = visitors
        for start in range(0, len(visitors), _DOORS):
            few = enumerate(visitors[start : start + _DOORS], start)
            await asyncio.gather(*(one.sign_in(f"经办{number % len(secrets):02}") for number, one in few))
        print(f"{len(visitors)} windows are open, {len(seen.failures)} failures.", file=sys.stderr)
        watching = asyncio.create_task(watch(seen, measure, load.seconds))
        until = time.monotonic() + load.seconds
        work = [asyncio.create_task(worker.work(until, load.pause)) for worker in workers]
        await read_slowly(trouble, address, min(10.0, load.seconds / 4))
        await trouble.open_page()
        await send_huge(trouble)
        if load.connections:
            await open_connections(trouble, address, load.connections)
        print(f"The troublemakers are done, {len(seen.failures)} failures.", file=sys.stderr)
        await asyncio.gather(*work)
        watching.cancel()
    return seen


def growth(memory: Sequence[float]) -> float:
    """Return MB that the last fifth held more than the second: what the first use of everything takes is no leak."""
    fifth = max(1, len(memory) // 5)
    early, last = memory[fifth : 2 * fifth] or memory, memory[-fifth:]
    return sum(last) / len(last) - sum(early) / len(early)


def run(load: Load, data: Path) -> Seen:
    """Start a server over `data`, which has an index, and let `load` on it."""
    secrets = make_accounts(data, min(ACCOUNTS, load.users))
    # One office behind one address: its tokens may call as often as they like here.
    os.environ["GONGKAI_API_PER_MINUTE"] = "1000000"
    try:
        with serving(data) as (address, process):
            return asyncio.run(bear(load, address, secrets, lambda: megabytes(process)))
    finally:
        del os.environ["GONGKAI_API_PER_MINUTE"]


def tell(load: Load, seen: Seen, began: float) -> str:
    """Return the page of what was seen."""
    rows = [
        f"| {name} | {len(taken)} | {sorted(taken)[len(taken) // 2]:.2f} | {nearest_rank(taken):.2f} "
        f"| {max(taken):.2f} |"
        for name, taken in seen.seconds.items()
    ]
    told = "；".join(f"{what}: {count}" for what, count in seen.told.items()) or "nobody"
    failures = "\n".join(f"- {failure}" for failure in seen.failures[:20])
    arguments = (
        f"--users {load.users} --seconds {load.seconds:.0f} --pause {load.pause:g} --connections {load.connections}"
    )
    return f"""# Many at once, for a while

`python -m benchmarks.load {arguments}`, {datetime.now().astimezone():%Y-%m-%d}, {os.cpu_count()} processors, load \
{began:.1f} at the start (anything much above 0 is other work, and slows what follows).

| action | done | p50 s | p95 s | longest s |
|---|---|---|---|---|
{chr(10).join(rows)}

Failures: {len(seen.failures)}. Told to wait: {told}.
Memory of the server: {min(seen.memory):.0f} to {max(seen.memory):.0f} MB, in the last fifth of the time \
{growth(seen.memory):+.0f} MB against the second.

{load.users} windows of {min(ACCOUNTS, load.users)} accounts, an action every {load.pause:g} s each on average; the
clients run on the same processors. They sign in four at a time. Deadlines, letters, search and checks are asked of
`/api/v1`, the rest of the page.
{failures}
"""


def main() -> None:
    """Run it, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pause", type=float, default=10, help="seconds between two actions of one window, on average")
    parser.add_argument("--connections", type=int, default=1000)
    said = parser.parse_args()
    load, began = Load(said.users, said.seconds, said.pause, said.connections), os.getloadavg()[0]
    if load.connections and not may_open(load.connections):
        sys.exit(f"This account may not hold {load.connections} connections: raise `ulimit -n`, or --connections 0.")
    with tempfile.TemporaryDirectory() as folder:
        seconds_of(["corpus", "rebuild"], Path(folder))
        seen = run(load, Path(folder))
    text = tell(load, seen, began)
    print(text)
    (ROOT / "benchmarks/load.md").write_text(text, encoding="utf-8")
    sys.exit(1 if seen.failures or growth(seen.memory) > 100 else 0)


if __name__ == "__main__":
    main()
