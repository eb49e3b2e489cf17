"""Locks between processes: files that one process holds, which say who holds them and what it does.

The system lets a lock go when its process ends, however it ends; locks lie on a local disk, as SQLite's do.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import GongkaiError, IndexBusyError, InputError

_TRY_EVERY = 0.1


@contextlib.contextmanager
def hold(
    path: Path,
    doing: str,
    wait: float = 0,
    error: type[GongkaiError] = IndexBusyError,
    *,
    shared: bool = False,
    remedy: str = "请等它完成后再试",
) -> Iterator[None]:
    """Hold the lock in the file `path`, made where it is missing.

    Args:
        doing: what others are told that this process does, Chinese.
        wait: seconds to wait for another process.
        shared: together with others who share it.
        remedy: what another process is told to do.
    Raises:
        IndexBusyError, or as `error` says: another process holds it; the line names it.
        InputError: the file cannot be written.
    """
    import fcntl

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+", encoding="utf-8")
    except OSError as fault:
        raise InputError(f"{path.parent} 写不进去（{fault.strerror}），请检查数据目录的权限和空间。") from fault
    with opened as file:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise error(f"{_holder(file.name, doing)}，{remedy}。") from None
                time.sleep(_TRY_EVERY)
        if not shared:
            told = json.dumps({"pid": os.getpid(), "doing": doing}, ensure_ascii=False)
            # A lock holds without the name of its holder, too: on a full disk.
            with contextlib.suppress(OSError):
                os.ftruncate(file.fileno(), 0)
                os.write(file.fileno(), told.encode())
        yield


def _holder(path: str, doing: str) -> str:
    """Return who holds the lock, as far as its file says."""
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        return f"另一个程序（进程 {int(told['pid'])}）正在{told['doing']}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"另一个程序正在{doing}"
