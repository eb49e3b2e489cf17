"""The index in use, opened anew when another one takes its place, by this process or by another."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from assistant.answering.citations import Answer
    from assistant.answering.finding import Inquiry
    from assistant.configured import Rewriter
    from assistant.retrieval.index import Index

_SPARE = 30.0  # seconds beside those that the chat model has for an answer


@dataclass(frozen=True)
class Opened:
    """An index that is open, the chain over it, and the folders that it was opened from.

    Attributes:
        rewriter: makes a follow-up whole with the chat model; None without one.
    """

    index: "Index"
    chain: "Runnable[Inquiry, Answer]"
    folders: tuple[str, ...]
    rewriter: "Rewriter | None" = None


def folders_in_use(data: Path) -> tuple[str, ...]:
    """Return the names of the folders that the index in `data` consists of."""
    from assistant.retrieval.folders import current_added
    from assistant.retrieval.generations import current_folder

    return (str(current_folder(data) or ""), *current_added(data))


class IndexInUse:
    """What is open of the index that the data folder names as the one in use; thread-safe.

    Args:
        open_now: opens what is in use at the time of the call.
    """

    def __init__(self, settings: Settings, open_now: Callable[[], Opened]) -> None:
        self.settings = settings
        self._open_now, self._lock = open_now, threading.Lock()
        self._opened = open_now()

    @property
    def current(self) -> Opened:
        """What is in use, opened anew where that changed; what was open before serves those that still ask."""
        if self._opened.folders == folders_in_use(self.settings.data_folder):
            return self._opened
        with self._lock:
            if self._opened.folders != folders_in_use(self.settings.data_folder):
                before, self._opened = self._opened, self._open_now()
                let_go = threading.Timer(self._longest_answer, self._let_go, [before])
                let_go.daemon = True
                let_go.start()
        return self._opened

    @property
    def _longest_answer(self) -> float:
        """Seconds after which no question can still be at what was open when it began."""
        return 2 * self.settings.llm_timeout + _SPARE

    def _let_go(self, opened: Opened) -> None:
        """Close what nobody asks any more; its folders, kept until then, are deleted."""
        from assistant.retrieval.folders import tidy

        opened.index.close()
        tidy(self.settings.data_folder, self.settings.store_place)
