"""Work that waits its turn: so many pieces at once, the others behind them in the order in which they came."""

import threading
from collections import deque
from collections.abc import Callable

Job = Callable[[], None]


class Line:
    """A line of jobs before `places` threads, which are there only while there is work."""

    def __init__(self, places: int) -> None:
        self._places, self._busy = places, 0
        self._lock, self._waiting = threading.Lock(), deque[Job]()

    def join(self, job: Job) -> None:
        """Do `job` when its turn comes; what it raises goes to `threading.excepthook` and holds nobody up."""
        with self._lock:
            self._waiting.append(job)
            if self._busy == self._places:
                return
            self._busy += 1
        self._serve()

    def ahead(self, job: Job) -> int | None:
        """Return how many jobs begin before `job`; None where it has begun."""
        with self._lock:
            return self._waiting.index(job) if job in self._waiting else None

    @property
    def crowded(self) -> bool:
        """Whether somebody waits."""
        return bool(self._waiting)

    def _serve(self) -> None:
        threading.Thread(target=self._work, name="answers", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy -= 1
                    return
                job = self._waiting.popleft()
            try:
                job()
            except BaseException:
                # This thread ends with the error, as a thread does; another one takes its place.
                self._serve()
                raise
