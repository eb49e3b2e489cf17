"""Answers in the making: they go on when the page is closed or reloaded, and whoever comes back follows them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.office.dialogue import DeskTalk
from assistant.report.checked import CheckedReport
from assistant.report.interview_state import Interview

_KEPT = 1000
_TICK = 0.02
# Characters that appear at once where a whole text is there already.
_PIECE = 24
BROKEN = "回答时出了错，没有完成。请按“重试”；仍然不行，请管理员看运行窗口里的记录。"


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
        stage: `searching`, `checking`, `writing`, or `working` on something longer.
        text: the verified pieces so far.
        answer: the whole, as it is stored, once it is there.
    """

    stage: str = "searching"
    text: str = ""
    answer: dict[str, Any] | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def tell(self, doing: str, done: int, total: int) -> None:
        """Say how far a longer piece of work has come, in the place of the text."""
        self.stage, self.text = "working", f"{doing}　{done}/{total}"

    def follow(self) -> Iterator[tuple[str, str]]:
        """Yield (stage, text) as it grows until the answer is there; a text that is there already flows, too."""
        shown = ("", "")
        while not self.done.is_set():
            if (now := (self.stage, self.text)) != shown:
                shown = now
                yield now
            self.done.wait(_TICK)
        whole = str((self.answer or {}).get("answer", ""))
        position = len(shown[1]) if whole.startswith(shown[1]) else len(whole)
        step = max(_PIECE, len(whole) // 40)
        for end in range(position + step, len(whole), step):
            yield "writing", whole[:end]
            time.sleep(_TICK)


class Runs:
    """The answers in the making of one site, and what its conversations remember."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[int, Run] = {}
        self._memories: OrderedDict[str, Memory] = OrderedDict()

    def start(self, turn: int, work: Callable[[Run], dict[str, Any]], keep: Callable[[dict[str, Any]], None]) -> Run:
        """Begin the answer of `turn`: `work` makes it, `keep` stores it."""
        run = Run()
        with self._lock:
            self._runs[turn] = run

        def go() -> None:
            answer = spoken(BROKEN)
            try:
                answer = work(run)
            finally:
                run.answer = answer
                try:
                    keep(answer)
                finally:
                    # Whoever follows is told, also where the answer could not be stored (a full disk).
                    run.done.set()
                    with self._lock:
                        self._runs.pop(turn, None)

        threading.Thread(target=go, name=f"answer-{turn}", daemon=True).start()
        return run

    def find(self, turn: int) -> Run | None:
        """Return the answer of `turn` while it is being made."""
        with self._lock:
            return self._runs.get(turn)

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
