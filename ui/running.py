"""Answers in the making: they go on when the page is closed or reloaded, and whoever comes back follows them."""

import asyncio
import os
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assistant.office.dialogue import DeskTalk
from assistant.report.checked import CheckedReport
from assistant.report.interview_state import Interview
from ui.waiting import Line

_KEPT = 1000
# A whole text that is there already flows in so many pieces, none of them shorter than this, this far apart.
_PIECES, _PIECE, _TICK = 8, 48, 0.04
# Seconds after which whoever waits is told so, and again how many are before them.
_PATIENCE = 1.0
# Seconds that an answer has to end with what it has, once it is told to; a file that is being read is left to itself.
_GRACE = 1.0
# Answers at once: of the program's own, what the processors can do while another is written down; of a chat model, what
# a server takes together; of files, which are read in processes of their own, so that no question waits for them.
_OWN, _WRITTEN, _FILES = 1 + (os.cpu_count() or 1), 8, 2
STOPPED = "已按要求停止，没有写完。要再办，按“重试”。"
BROKEN = "回答时出了错，没有完成。请按“重试”；仍然不行，请管理员看运行窗口里的记录。"

WAITING = "前面还有 {ahead} 个问题，轮到后自动回答，不用重发。"
NEXT = "马上轮到，不用重发。"


@dataclass(frozen=True)
class Memory:
    """What one conversation remembers besides its turns: the dialogue of a draft, that of the desk, and files.

    Attributes:
        offered: a regulation that was dropped in and may be added to the corpus.
        checked: the report that was checked last.
    """

    interview: Interview | None = None
    desk: DeskTalk | None = None
    offered: Path | None = None
    checked: CheckedReport | None = None


@dataclass
class Run:
    """One answer in the making.

    Attributes:
        stage: `waiting` for its turn, `searching`, `checking`, `writing`, or `working` on something longer.
        text: the verified pieces so far.
        answer: the whole, as it is stored, once it is there.
        ahead: how many are answered before it begins; None where it has begun.
        crowded: whether others wait.
        stopped: set when the rest is not wanted.
        firm: what it does is not to be left half done, so it is not stopped.
    """

    stage: str = "searching"
    text: str = ""
    answer: dict[str, Any] | None = None
    done: threading.Event = field(default_factory=threading.Event)
    ahead: Callable[[], int | None] = lambda: None
    crowded: Callable[[], bool] = lambda: False
    stopped: threading.Event = field(default_factory=threading.Event)
    firm: bool = False
    keep: Callable[[dict[str, Any]], None] = lambda answer: None
    _ending: threading.Lock = field(default_factory=threading.Lock)
    _came: float = field(default_factory=time.monotonic)
    _wake: list[Callable[[], object]] = field(default_factory=list)

    def show(self, stage: str, text: str = "") -> None:
        """Say how far it has come, with what there is to read of it."""
        self.stage, self.text = stage, text
        self.wake()

    def tell(self, doing: str, done: int, total: int) -> None:
        """Say how far a longer piece of work has come, in the place of the text."""
        self.show("working", f"{doing}　{done}/{total}")

    def end(self, answer: dict[str, Any]) -> None:
        """Let `answer` be the whole and keep it; only the first one counts."""
        with self._ending:
            if self.answer is not None:
                return
            self.answer = answer
        try:
            self.keep(answer)
        finally:
            # Whoever follows is told, also where the answer could not be stored (a full disk).
            self.done.set()
            self.wake()

    def wake(self) -> None:
        """Let those that follow look again."""
        for wake in list(self._wake):
            with suppress(RuntimeError):  # its loop has ended, and nobody follows there any more
                wake()

    async def follow(self) -> AsyncIterator[tuple[str, str]]:
        """Yield (stage, text) as it grows until the answer is there; a text that is there already flows, too.

        Where others wait, nothing flows for show: it would take from them what it costs.
        """
        moved = asyncio.Event()
        wake = partial(asyncio.get_running_loop().call_soon_threadsafe, moved.set)
        self._wake.append(wake)
        shown = ("", "")
        try:
            while not self.done.is_set():
                moved.clear()
                if (now := self._now()) != shown:
                    shown = now
                    yield now
                elif not self.done.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(moved.wait(), _PATIENCE if self.ahead() is not None else None)
        finally:
            self._wake.remove(wake)
        whole = str((self.answer or {}).get("answer", ""))
        position = len(shown[1]) if whole.startswith(shown[1]) else len(whole)
        step = max(_PIECE, len(whole) // _PIECES)
        for end in range(position + step, len(whole), step):
            if self.crowded() or self.stopped.is_set():
                return
            yield "writing", whole[:end]
            await asyncio.sleep(_TICK)

    def _now(self) -> tuple[str, str]:
        ahead = self.ahead()
        if ahead is None or time.monotonic() - self._came < _PATIENCE:
            return self.stage, self.text
        return "waiting", WAITING.format(ahead=ahead) if ahead else NEXT


class Runs:
    """The answers in the making of one site, and what its conversations remember.

    Args:
        written: a chat model writes the answers.
    """

    def __init__(self, written: bool = False) -> None:
        self._lock = threading.Lock()
        self._runs: dict[int, Run] = {}
        self._memories: OrderedDict[str, Memory] = OrderedDict()
        self._questions, self._files = Line(_WRITTEN if written else _OWN), Line(_FILES)

    def start(
        self,
        turn: int,
        work: Callable[[Run], dict[str, Any]],
        keep: Callable[[dict[str, Any]], None],
        *,
        file: bool = False,
    ) -> Run:
        """Begin the answer of `turn` when its turn comes: `work` makes it, `keep` stores it.

        Args:
            file: it is about a file, which may take long.
        """
        line = self._files if file else self._questions

        def go() -> None:
            run.wake()
            answer = spoken(BROKEN)
            try:
                # One that was stopped while it waited is not begun.
                answer = spoken(STOPPED) if run.stopped.is_set() else work(run)
            finally:
                try:
                    run.end(answer)
                finally:
                    with self._lock:
                        self._runs.pop(turn, None)

        run = Run(ahead=lambda: line.ahead(go), crowded=lambda: line.crowded, keep=keep)
        with self._lock:
            self._runs[turn] = run
        line.join(go)
        return run

    def find(self, turn: int) -> Run | None:
        """Return the answer of `turn` while it is being made."""
        with self._lock:
            return self._runs.get(turn)

    def stop(self, turn: int) -> bool:
        """End the answer of `turn` with what it has; False where it is being done and must be done whole."""
        run = self.find(turn)
        if run is None:
            return True
        if run.firm:
            return False
        run.stopped.set()
        # Nobody waits for one that has not begun, or does not look whether it is still wanted.
        if run.ahead() is not None or not run.done.wait(_GRACE):
            run.end(spoken(STOPPED))
        return True

    def recall(self, conversation: str) -> Memory:
        """Return what a conversation remembers."""
        with self._lock:
            return self._memories.get(conversation, Memory())

    def remember(self, conversation: str, memory: Memory) -> None:
        """Keep what a conversation remembers; the longest unused is forgotten."""
        with self._lock:
            self._memories[conversation] = memory
            self._memories.move_to_end(conversation)
            while len(self._memories) > _KEPT:
                self._memories.popitem(last=False)

    def forget(self, conversation: str) -> None:
        """Forget what a conversation remembers."""
        with self._lock:
            self._memories.pop(conversation, None)


def spoken(text: str, files: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what is said without a citation in the shape of an answer, with the files that were made."""
    return {"answer": text, "citations": [], "declined": False, "answerer": "dialogue", "files": list(files)}
