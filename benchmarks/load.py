"""A working day of many at once: `python -m benchmarks.load --users 100 --seconds 300`. Writes `benchmarks/load.md`.

The real server with accounts, and clients that sign in, open the page, ask, ask further, and use search, deadlines,
letters, checks and the overview, each with pauses; meanwhile a browser that reads slowly, connections that are opened
and say nothing, and messages of a megabyte. Ends with status 1 where anything failed or memory grew. Needs the parts of
`make test`. Clients and server share the processors.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import resource
import ssl
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from assistant.evaluation import load_questions
from assistant.office.records import Records
from benchmarks.latency import ROOT, megabytes, seconds_of, serving
from benchmarks.web import late

PASSWORD = "fuzai-ceshi-2026"
ACCOUNTS = 20
LETTER = {
    "agency": "示例市水务局", "document_number": "示水公开〔2026〕12号", "applicant": "张某", "received": "2026-01-05",
    "request": "验收报告", "signed": "2026-01-12", "items": ["写明工程名称"], "correction_deadline": "2026-01-28",
}  # fmt: skip
REPORT = "\n".join(
    [
        "示例市水务局2025年政府信息公开工作年度报告",
        "根据《中华人民共和国政府信息公开条例》（国务院令第711号）编制。",
        *("一、总体情况", "全年主动公开信息12条。", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"),
        *("四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"),
    ]
)
FOLLOW_UP = "那延期呢？"
HUGE = "公开" * 250_000  # characters; 1.5 MB
TOO_LONG = "问题太长"
WAITING = "现在提问的人较多"
# Seconds of a question that the page has to answer while a thousand connections stand open.
_HURRY = 10.0
_DOORS = 4  # who sign in at the same moment


@dataclass
class Seen:
    """What was seen: seconds of every action by its name, failures in words, how often somebody was told to wait."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)

    @contextlib.contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """Time an action; what goes wrong in it is a failure and ends it."""
        started = time.perf_counter()
        try:
            yield
        except (httpx.HTTPError, AssertionError, OSError, ValueError, KeyError) as error:
            self.failures.append(f"{name}: {type(error).__name__} {error}"[:300])
        else:
            self.seconds[name].append(time.perf_counter() - started)


@dataclass(frozen=True)
class Event:
    """A function of the page, as its configuration tells it: number, what triggers it, and its inputs as they stand."""

    number: int
    trigger: int
    inputs: tuple[tuple[str, object], ...]

    @classmethod
    def of_page(cls, page: dict[str, Any], name: str, where: Callable[[dict[str, Any]], bool]) -> "Event":
        """Return what the event `name` of the part for which `where` holds calls on the server."""
        parts = {part["id"]: part for part in page["components"]}
        for function in page["dependencies"]:
            for target, event in function["targets"]:
                if event == name and function["backend_fn"] and target in parts and where(parts[target]["props"]):
                    inputs = [parts[i]["props"] for i in function["inputs"]]
                    given = tuple((str(part.get("elem_id")), part.get("value")) for part in inputs)
                    return cls(function["id"], target, given)
        raise ValueError(f"The page has no event {name} of that part.")


@dataclass
class Visitor:
    """One window of the page, signed in; a client of the interface for programs besides."""

    client: httpx.AsyncClient
    api: httpx.AsyncClient
    seen: Seen
    chance: random.Random
    questions: Sequence[str]
    box: Event | None = None
    overview: Event | None = None
    talk: str = ""
    session: str = ""

    async def sign_in(self, name: str) -> None:
        """Sign in and open the page."""
        with self.seen.timing("sign in"):
            answer = await self.client.post("/sign-in", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, answer.status_code
        await self.open_page()

    async def open_page(self) -> None:
        """Open the page anew: a window of its own, with what a browser asks for at the start."""
        self.session, self.talk = f"w{self.chance.getrandbits(60):x}", ""
        with self.seen.timing("open the page"):
            assert (await self.client.get("/", headers={"accept": "text/html"})).status_code == 200
            page = (await self.client.get("/config")).json()
            self.box = Event.of_page(page, "submit", lambda props: props.get("elem_id") == "question")
            self.overview = Event.of_page(page, "select", lambda props: props.get("label") == "概览")

    async def events(self, event: Event, values: dict[str, object]) -> AsyncIterator[dict[str, Any]]:
        """Call a function of the page as the page does, and follow it to its end."""
        body = {
            "data": [values.get(name, value) for name, value in event.inputs],
            "fn_index": event.number,
            "trigger_id": event.trigger,
            "session_hash": self.session,
        }
        joined = await self.client.post("/gradio_api/queue/join", json=body)
        assert joined.status_code == 200, joined.text
        mine = joined.json()["event_id"]
        async with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                told = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if told.get("event_id") != mine:
                    continue
                if WAITING in json.dumps(told, ensure_ascii=False):
                    self.seen.told["page: 现在提问的人较多，稍候"] += 1
                yield told
                if told["msg"] == "process_completed":
                    return

    async def ask(self, name: str, question: str) -> None:
        """Ask the page, in the conversation that is open, and follow the whole answer."""
        with self.seen.timing(name):
            assert self.box
            last: dict[str, Any] = {}
            values: dict[str, object] = {"question": {"text": question, "files": []}, "route": self.talk}
            async for told in self.events(self.box, values):
                last = told
            assert last.get("success"), str(last.get("output"))[:200]
            self.talk = (
                str(last["output"]["data"][1] or self.talk) if isinstance(last["output"]["data"][1], str) else ""
            )

    async def look_over(self) -> None:
        """Open the overview."""
        with self.seen.timing("overview"):
            assert self.overview
            last = [told async for told in self.events(self.overview, {})][-1]
            assert last["success"], str(last.get("output"))[:200]

    async def call(self, name: str, method: str, path: str, **options: Any) -> None:  # noqa: ANN401
        """Call the interface; where it says to come back later, later."""
        with self.seen.timing(name):
            for _ in range(10):
                answer = await self.api.request(method, path, **options)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
                self.seen.told["interface: 503"] += 1
                await asyncio.sleep(float(answer.headers["retry-after"]))
            assert answer.status_code == httpx.codes.OK, f"{answer.status_code} {answer.text[:200]}"

    async def work(self, until: float, pause: float) -> None:
        """Do this and that until it is time to go."""
        report = {"report": ("年报.txt", REPORT.encode())}
        day = {"rule": "reply", "from": "2026-01-05", "extended": True}
        words = self.chance.choice(self.questions)
        actions: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (8, lambda: self.ask("ask", self.chance.choice(self.questions))),
            (4, lambda: self.ask("follow-up", FOLLOW_UP)),
            (3, lambda: self.call("search", "GET", "/search", params={"words": words})),
            (2, lambda: self.call("deadline", "POST", "/deadline", json=day)),
            (2, lambda: self.call("letter", "POST", "/letters/correction_notice", json={"fields": LETTER})),
            (1, lambda: self.call("check a small report", "POST", "/check", files=report)),
            (1, self.look_over),
            (1, self.open_page),
        ]
        while time.monotonic() < until:
            await asyncio.sleep(pause * self.chance.uniform(0.5, 1.5))
            [(_, act)] = self.chance.choices(actions, [weight for weight, _ in actions])
            await act()


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


async def watch_memory(seen: Seen, measure: Callable[[], float]) -> None:
    """Write down how much memory the server holds, once a second."""
    while True:
        seen.memory.append(measure())
        await asyncio.sleep(1)


async def read_slowly(visitor: Visitor, address: str, seconds: float) -> None:
    """Ask, and read the answer a few bytes at a time, as over a bad line; it has to come whole."""
    with visitor.seen.timing("a slow reader"):
        assert visitor.box
        body = {
            "data": [{"text": visitor.questions[0], "files": []}, ""],
            "fn_index": visitor.box.number,
            "trigger_id": visitor.box.trigger,
            "session_hash": visitor.session,
        }
        assert (await visitor.client.post("/gradio_api/queue/join", json=body)).status_code == 200
        host, port = address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
        path = f"/gradio_api/queue/data?session_hash={visitor.session}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookies}\r\n\r\n".encode())
        await writer.drain()
        got, until = b"", time.monotonic() + seconds
        while b"process_completed" not in got:
            slow = time.monotonic() < until
            piece = await asyncio.wait_for(reader.read(256 if slow else 65536), 30)
            assert piece, "the line was cut"
            got += piece
            await asyncio.sleep(0.05 if slow else 0)
        writer.close()


async def send_huge(visitor: Visitor) -> None:
    """Send what is far too long: it has to be refused in words, at once."""
    with visitor.seen.timing("a message of 1.5 MB to the page"):
        assert visitor.box
        values: dict[str, object] = {"question": {"text": HUGE, "files": []}, "route": ""}
        last = [told async for told in visitor.events(visitor.box, values)][-1]
        assert not last["success"]
        assert TOO_LONG in str(last["output"]), str(last["output"])[:200]
    with visitor.seen.timing("a message of 1.5 MB to the interface"):
        answer = await visitor.api.post("/ask", json={"question": HUGE})
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.status_code
        assert "detail" in answer.json()


async def open_connections(visitor: Visitor, address: str, count: int) -> None:
    """Open `count` connections that begin a request and say no more; whoever asks meanwhile is answered."""
    host, port = address.removeprefix("http://").split(":")
    lines = []
    try:
        with visitor.seen.timing(f"{count} connections opened"):
            for _ in range(count):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.write(b"GET / HTTP/1.1\r\nHost: ")
                lines.append(writer)
        with visitor.seen.timing("ask beside them"):
            await asyncio.wait_for(visitor.ask("ask", visitor.questions[1]), _HURRY)
            assert (await visitor.client.get("/healthz")).status_code == 200
    finally:
        for writer in lines:
            writer.close()


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
        watching = asyncio.create_task(watch_memory(seen, measure))
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
        f"| {name} | {len(taken)} | {sorted(taken)[len(taken) // 2]:.2f} | {late(taken):.2f} | {max(taken):.2f} |"
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
