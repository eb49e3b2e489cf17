"""The child process that reads files: sets its own limits, then answers one request after another."""

import contextlib
import os
import pickle
import resource
import signal
from multiprocessing.connection import Connection

from assistant.documents.confined import MEMORY, MEMORY_WITH_MODELS, OUT_OF_MEMORY, STEP_SECONDS, dump
from assistant.errors import GongkaiError

# Files that a library may write while it reads: none of any size.
_LARGEST_WRITTEN = 2**20
_limited = False


def serve(handle: int) -> None:
    """Answer requests on the socket `handle` until the other side closes it.

    What is raised beside errors for the user ends the process: the other side sees that it died, and how.
    """
    _set_limits()
    line = Connection(handle)
    while True:
        try:
            request = line.recv_bytes()
        except EOFError:
            return
        another_page()
        try:
            work, *arguments = pickle.loads(request)
            try:
                answer = ("answered", work(*arguments))
            except GongkaiError as error:
                error.__cause__ = error.__context__ = None
                answer = ("refused", error)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            held = dump((*answer, peak))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        signal.setitimer(signal.ITIMER_PROF, 0)
        line.send_bytes(held)


def another_page() -> None:
    """Give the file the time for one more step; each page of a long document is one. Elsewhere nothing happens."""
    if _limited:
        signal.setitimer(signal.ITIMER_PROF, STEP_SECONDS)


def load_models() -> None:
    """Allow the memory that the models of the recognizer take. Elsewhere nothing happens."""
    if _limited:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_WITH_MODELS, MEMORY_WITH_MODELS))


def _set_limits() -> None:
    global _limited
    _limited = True
    # The hard limit leaves room for `load_models`.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY_WITH_MODELS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_WRITTEN, _LARGEST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Interrupts are for the parent, which then closes the line.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
