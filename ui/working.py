"""Long work that a page follows: it goes on in a thread, and what it has come to is shown with a bar."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from html import escape
from typing import Generic, TypeVar

Result = TypeVar("Result")
# Told where the work stands: what is being done, how much of it is done, and of how much.
Steps = Callable[[str, int, int], None]

_TICK = 0.1
WAITING = "前面还有人在做同样的事，稍候就轮到。"


class Work(Generic[Result]):
    """One piece of work, begun at once; whoever leaves the page does not stop it.

    Args:
        do: the work, given what it tells its steps to.
        places: how many may be at work at the same time; the others wait for a place.
    """

    def __init__(self, do: Callable[[Steps], Result], places: threading.Semaphore) -> None:
        self._future: Future[Result] = Future()
        self._step: tuple[str, int, int] = (WAITING, 0, 0)

        def go() -> None:
            with places:
                self._step = ("开始", 0, 0)
                try:
                    result = do(self._tell)
                # Whatever it is, it is raised again where the result is asked for.
                except Exception as error:  # noqa: BLE001
                    self._future.set_exception(error)
                else:
                    self._future.set_result(result)

        threading.Thread(target=go, name="work", daemon=True).start()

    def _tell(self, doing: str, done: int, total: int) -> None:
        self._step = (doing, done, total)

    def follow(self) -> Iterator[str]:
        """Yield the bar as HTML whenever it has moved, until the work is done."""
        shown: tuple[str, int, int] | None = None
        ended = threading.Event()
        self._future.add_done_callback(lambda future: ended.set())
        while not ended.is_set():
            if self._step != shown:
                shown = self._step
                yield show_bar(*shown)
            ended.wait(_TICK)

    def result(self) -> Result:
        """Return what came of it, or raise what it raised."""
        return self._future.result()


def show_bar(doing: str, done: int, total: int) -> str:
    """Return how far the work has come, as HTML."""
    count = f"　{done}/{total}" if total else ""
    value = f' value="{done}" max="{total}"' if total else ""
    name = escape(doing)
    return (
        f'<div class="working" role="status"><span>{name}{count}</span>'
        f'<progress{value} aria-label="{name}"></progress></div>'
    )
