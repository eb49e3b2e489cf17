"""Reads what others made in a child process, which may use so much memory and time and no more.

A file that is built to exhaust a reader, or that one chokes on, costs the child and not the program. The child runs
as the same user: it is no sandbox against code that a library would run.
"""

import atexit
import io
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, TypeVar

from assistant.errors import DamagedDocumentError, GongkaiError, OversizedDocumentError

# Memory that reading may take; recognizing pictures needs its models beside.
MEMORY = 2**30
MEMORY_WITH_MODELS = 3 * 2**30
# Processor seconds between two signs of life (`another_page`), and seconds by the clock for the whole file.
STEP_SECONDS = 20
WHOLE_SECONDS = 900
OUT_OF_MEMORY = 71
# A child that grew beyond this, or served so many files, is not kept for the next one.
_KEPT_BELOW = 400 * 2**20
_MOST_USES = 100

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_idle: list["_Child"] = []
# As many files at once as there are processors; others wait.
_slots = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))
T = TypeVar("T")


@dataclass
class _Child:
    process: "subprocess.Popen[bytes]"
    line: Connection
    errors: IO[bytes]
    uses: int = 0

    def close(self) -> int:
        """End it; return how it ended."""
        self.line.close()
        if self.process.poll() is None:
            self.process.kill()
        code = self.process.wait()
        self.errors.close()
        return code


def confined(work: Callable[..., T], path: Path, *arguments: object, whole_seconds: float = WHOLE_SECONDS) -> T:
    """Return `work(path, *arguments)`, done in a child process within the limits above.

    Args:
        work: a function of a module; what it is given and returns can be pickled.
    Raises:
        OversizedDocumentError: it took too much memory or time.
        DamagedDocumentError: the child broke down over the file.
        GongkaiError: whatever `work` raises of that kind.
    """
    if sys.platform == "win32":  # no limits of this kind there
        return work(path, *arguments)
    status, peak = "", 0
    value: Any = None
    with _slots:
        child = _take()
        try:
            child.line.send_bytes(dump((work, path.absolute(), *arguments)))
            if child.line.poll(whole_seconds):
                status, value, peak = pickle.loads(child.line.recv_bytes())
            else:
                status = "late"
        except (EOFError, OSError, pickle.UnpicklingError):
            status = "broken"
        finally:
            # One that failed, or whose answer nobody waits for any more, serves no other file.
            child.uses += 1
            answered = status in ("answered", "refused")
            if answered and peak < _KEPT_BELOW and child.uses < _MOST_USES:
                with _lock:
                    _idle.append(child)
            elif answered or not status:
                child.close()
        if not answered:
            raise _explain(path, child, late=status == "late")
    if status == "refused":
        assert isinstance(value, GongkaiError)
        raise value
    done: T = value
    return done


def dump(value: object) -> bytes:
    """Return `value` pickled, read-only mappings too."""
    out = io.BytesIO()
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        return (_read_only, (dict(value),)) if isinstance(value, MappingProxyType) else NotImplemented


def _read_only(value: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(value)


def _take() -> _Child:
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.process.poll() is None:
                return child
            child.close()
    ours, theirs = socket.socketpair()
    root = Path(__file__).resolve().parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r}); "
        f"from assistant.documents.confined_child import serve; serve({theirs.fileno()})"
    )
    errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the child)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, pass_fds=[theirs.fileno()],
        )  # fmt: skip
    atexit.unregister(close_idle)
    atexit.register(close_idle)
    return _Child(process, Connection(ours.detach()), errors)


def close_idle() -> None:
    """End the children that wait for work; they would end by themselves with this process."""
    with _lock:
        while _idle:
            _idle.pop().close()


def _explain(path: Path, child: _Child, *, late: bool) -> GongkaiError:
    """Return the error for a child that is late or has died over `path`, and end it."""
    if not late:
        # It is at its end already: how it ended says what happened.
        try:
            child.process.wait(10)
        except subprocess.TimeoutExpired:
            late = True
    child.errors.seek(max(0, child.errors.seek(0, io.SEEK_END) - 4000))
    told = child.errors.read().decode("utf-8", "replace")
    code = child.close()
    _log.info("reading %s ended with %s\n%s", path.suffix, code, told)
    if late or code in (-signal.SIGPROF, -signal.SIGXCPU):
        return OversizedDocumentError(path, "读取的时间太长，已经停下；内容可能太多或者已损坏，请拆分或另存后再试。")
    if code == OUT_OF_MEMORY:
        return OversizedDocumentError(path, "读取时占用的内存太多，已经停下；请核对来源，拆分或另存后再试。")
    return DamagedDocumentError(path, "内容无法读取，文件可能已损坏；请用原来的程序打开、另存后再试。")
