"""What another machine is asked, and no more time than there is: a deadline over all of it, and a way to stop."""

import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING

from assistant.errors import AnswerStoppedError

if TYPE_CHECKING:
    from httpx2 import Request, Response

# How often it is looked whether the rest is still wanted.
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who waits for a request: until when, in seconds of `time.monotonic`, and whether still."""

    ends: float
    over: Event

    @property
    def too_late(self) -> bool:
        return self.over.is_set() or time.monotonic() >= self.ends


# Of the request that the thread at hand makes.
_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


def in_time(
    work: Callable[[], Iterator[str]],
    ends: float,
    errors: Callable[[], tuple[type[Exception], ...]],
    stopped: Event | None = None,
) -> Iterator[str]:
    """Yield what `work` yields, made in a thread of its own, so that no server, however it hangs, costs more time.

    Loading the client is the thread's, too. What is no longer waited for ends with the next byte that the server sends
    or the next try.

    Args:
        ends: in seconds of `time.monotonic`.
        errors: gives the kinds of error of `work` that are handed on.
    Raises:
        Empty: it is `ends`.
        AnswerStoppedError: `stopped` was set.
        Exception: an error of `work`.
    """
    pieces: Queue[str | Exception | None] = Queue()
    waiting = _Waiting(ends, Event())

    def run() -> None:
        _waiting.set(waiting)
        try:
            for piece in work():
                if waiting.too_late:
                    return
                if piece:
                    pieces.put(piece)
            pieces.put(None)
        except errors() as error:
            pieces.put(error)

    Thread(target=run, daemon=True).start()
    try:
        while (piece := _next(pieces, ends, stopped)) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece
    finally:
        waiting.over.set()


def _next(pieces: "Queue[str | Exception | None]", ends: float, stopped: Event | None) -> str | Exception | None:
    """Return the next piece; `Empty` is raised at `ends`, `AnswerStoppedError` once `stopped` is set."""
    while True:
        if stopped is not None and stopped.is_set():
            raise AnswerStoppedError("按要求停止。")
        left = ends - time.monotonic()
        if left <= 0:
            raise Empty
        try:
            return pieces.get(timeout=left if stopped is None else min(left, _LOOK))
        except Empty:
            continue


def not_too_late(request: "Request") -> None:
    """Keep the client from trying once more what nobody waits for."""
    from httpx2 import ConnectTimeout

    waiting = _waiting.get()
    if waiting and waiting.too_late:
        raise ConnectTimeout("nobody waits for this", request=request)


def cut_off(response: "Response") -> None:
    """Have what the server still sends end once nobody waits for it: a drip of comments is no piece."""
    import httpx2

    waiting, sent = _waiting.get(), response.stream
    if waiting is None or not isinstance(sent, httpx2.SyncByteStream):
        return
    wanted, bytes_sent = waiting, sent

    class InTime(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for part in bytes_sent:
                if wanted.too_late:
                    raise httpx2.ReadTimeout("nobody waits for this", request=response.request)
                yield part

        def close(self) -> None:
            bytes_sent.close()

    response.stream = InTime()
