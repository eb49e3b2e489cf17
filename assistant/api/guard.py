"""Who may call: tokens, the one person alone, how often, how much at once."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.office.audit import Entry
from assistant.office.people import ADMINISTRATOR, ALONE, Person
from assistant.office.tokens import USES

if TYPE_CHECKING:
    from assistant.app import Assistant

_MINUTE = 60.0
_FAILURES, _FAILURE_WINDOW = 20, 900.0
# How many at once, how many wait, for how many seconds: heavy work, questions, and questions that a chat model answers.
# Whoever waits holds one of the forty threads that the whole site has, so few may.
_WORK, _QUESTIONS, _WRITTEN = (4, 6, 20.0), (3, 22, 10.0), (8, 17, 20.0)
_KEPT = 10_000
_NO_TOKEN = "需要有效的令牌（Authorization: Bearer 令牌）；请管理员用 gongkai people token add 建立。"
bearer = HTTPBearer(auto_error=False, description="令牌：gongkai people token add 用户名 --label 用途。")


class Refusal(Exception):  # noqa: N818  (an answer, not a fault)
    """A call that is not served.

    Args:
        status: of HTTP.
        line: Chinese, says what to do.
        wait: seconds after which to call again, None for never.
    """

    def __init__(self, status: int, line: str, wait: int | None = None) -> None:
        super().__init__(line)
        self.status, self.line, self.wait = status, line, wait


class Throttle:
    """At most `limit` events of one key within `seconds`; of this process."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._lock, self._seen = threading.Lock(), OrderedDict[str, deque[float]]()

    def wait(self, key: str) -> int:
        """Return 0 where one more is within the limit, and note it; else the seconds until there is room."""
        now = self._clock()
        with self._lock:
            seen = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
            while seen and now - seen[0] >= self._seconds:
                seen.popleft()
            if len(seen) >= self._limit:
                return int(self._seconds - (now - seen[0])) + 1
            seen.append(now)
            return 0


class Places:
    """Places for work of one kind: so many at once, so many who wait for one, and for so long."""

    def __init__(self, at_once: int, waiting: int, patience: float, line: str) -> None:
        self._places, self._room = threading.BoundedSemaphore(at_once), threading.BoundedSemaphore(at_once + waiting)
        self._patience, self._line = patience, line

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            Refusal: too many wait already, or none became free for a while.
        """
        refusal = Refusal(503, self._line, int(self._patience))
        if not self._room.acquire(blocking=False):
            raise refusal
        try:
            if not self._places.acquire(timeout=self._patience):
                raise refusal
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._room.release()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, with what rights; id and label of the token, "" for one person alone."""

    person: Person
    uses: tuple[str, ...]
    token: str
    label: str
    address: str


class Guard:
    """The guard of one service.

    Args:
        alone: nobody signs in; whoever reaches the service (the site lets only this machine in) may do everything.
    """

    def __init__(self, assistant: "Assistant", alone: bool) -> None:
        self._assistant, self._alone = assistant, alone
        self._calls = Throttle(assistant.settings.api_per_minute, _MINUTE)
        self._failures = Throttle(_FAILURES, _FAILURE_WINDOW)
        self._working = Places(*_WORK, "现在办理的人多，请稍候再试。")
        self._answering = Places(*(_WRITTEN if assistant.writes else _QUESTIONS), "现在提问的人较多，请稍候再试。")

    def caller(self, request: Request, shown: HTTPAuthorizationCredentials | None) -> Caller:
        """Return who sends `request`.

        Raises:
            Refusal: nobody who may, or too often.
        """
        address = request.client.host if request.client else ""
        if shown is None and self._alone and "authorization" not in request.headers:
            caller = Caller(Person(ALONE, ADMINISTRATOR), tuple(USES), "", "", address)
        else:
            now = datetime.now().astimezone()
            held = self._assistant.records.tokens.holder(shown.credentials, now) if shown else None
            if held is None:
                # A token that serves is never held up by others' failures behind the same address.
                if wait := self._failures.wait(address):
                    raise Refusal(429, "令牌错误的次数太多，请稍后再试。", wait)
                raise Refusal(401, _NO_TOKEN)
            caller = Caller(held[1], held[0].uses, held[0].id, held[0].label, address)
        if wait := self._calls.wait(caller.token):
            raise Refusal(429, "请求太多，请稍候再试。", wait)
        return caller

    def work(self) -> AbstractContextManager[None]:
        """Hold one of the places for heavy work; a `Refusal` where there is none."""
        return self._working.hold()

    def answering(self) -> AbstractContextManager[None]:
        """Hold one of the places for questions; a `Refusal` where there is none."""
        return self._answering.hold()

    def note(self, caller: Caller, action: str, **detail: str) -> None:
        """Write one line of the audit."""
        told = {"接口": caller.label or "本机", **detail}
        corpus = str(self._assistant.status["corpus"]) if action == "ask" else ""
        at = datetime.now().astimezone()
        self._assistant.records.audit.note(Entry(at, caller.person.name, action, told, corpus, caller.address))


def may(guard: Guard, use: str) -> Callable[..., Caller]:
    """Return the dependency that lets in who may do `use`."""

    def let_in(request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Caller:
        caller = guard.caller(request, shown)
        if use not in caller.uses:
            raise Refusal(403, f"这个令牌没有“{USES[use]}”的权限。")
        return caller

    return let_in
