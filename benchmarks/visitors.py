"""One window of the page that does what a clerk does in a day, over HTTP alone, and what was seen of it."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "fuzai-ceshi-2026"
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
WAITING = "现在提问的人较多"


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
