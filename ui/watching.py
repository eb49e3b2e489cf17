"""What the service tells of itself: numbers for Prometheus, and one line a request, without anything personal.

Neither paths nor addresses nor names nor questions are told: of a path its route, of an error its kind and its place.
"""

import contextvars
import json
import logging
import re
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import TracebackType

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ROUTE = re.compile(r"/(healthz|metrics|sign-in|sign-out|password|api/v1/[a-z]+|gradio_api)(?=/|$)")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_log = logging.getLogger("gongkai.requests")


def route_of(path: str, routes: frozenset[str]) -> str:
    """Return the route of a path, one of few; what stands behind it in the path is not told."""
    found = _ROUTE.match(path)
    if found is None:
        return "/" if path == "/" else "other"
    route = found[0]
    return route if not route.startswith("/api/") or route in routes else "other"


class Numbers:
    """The numbers of one site."""

    def __init__(self, counts: Callable[[], dict[str, int]]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "gongkai_requests", "Requests served.", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "gongkai_request_seconds", "Seconds until a request was served to its end.", ["route"], buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.running = Gauge("gongkai_requests_running", "Requests that are being served.", registry=self.registry)
        for name in counts():
            gauge = Gauge(f"gongkai_corpus_{name}", f"{name} of the corpus in use.", registry=self.registry)
            gauge.set_function(partial(_count, counts, name))

    def as_text(self) -> bytes:
        """Return them as Prometheus reads them."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)


def _count(counts: Callable[[], dict[str, int]], name: str) -> float:
    return counts()[name]


class Watch:
    """Middleware around everything: gives a request its id, counts and times it, and writes its line."""

    def __init__(self, app: ASGIApp, numbers: Numbers, routes: frozenset[str]) -> None:
        self._app, self._numbers, self._routes = app, numbers, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        request_id.set(identity)
        route, status, began = route_of(scope["path"], self._routes), 500, time.perf_counter()

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = identity
            await send(message)

        self._numbers.running.inc()
        try:
            await self._app(scope, receive, note)
        finally:
            took = time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._numbers.running.dec()
            self._numbers.requests.labels(route, method, str(status)).inc()
            self._numbers.seconds.labels(route).observe(took)
            told = {"route": route, "method": method, "status": status, "ms": round(took * 1000, 1)}
            _log.info("served", extra={"told": told})


class JsonLines(logging.Formatter):
    """One JSON object a line. Of what libraries say, only the sentence without what was put into it is told."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of `record`."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": str(record.msg).strip()[:300],
            "request": request_id.get(),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line |= _where(record.exc_info[0], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _where(kind: type[BaseException], trace: TracebackType | None) -> dict[str, object]:
    """Kind and place of an error; its own words may repeat what somebody wrote."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return {"error": f"{kind.__module__}.{kind.__name__}", "where": places[-12:]}


def begin_log(requests: bool) -> None:
    """Write the log of this process to standard error from now on; with `requests`, a line for every request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # Whoever set it up before: with handlers of its own it would print the words of an error.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    _log.setLevel(logging.INFO if requests else logging.WARNING)

    def ended(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            trouble = (args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
            logging.getLogger("gongkai").error("a thread ended with an error", exc_info=trouble)

    threading.excepthook = ended
