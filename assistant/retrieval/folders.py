"""The folders of the library's index: which are in use, who may change them, and when an old one may go.

    <data>/index/added/current   names the two folders in use, of words and of vectors; replaced in one step
    <data>/index/added/lock      held by the one process that changes

Chroma reads its files when it needs them, so a folder of vectors that a process has open stays until it lets it go.
"""

import contextlib
import json
import os
import re
import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import IndexBusyError, StoreUnreachableError
from assistant.locks import hold

# Written last into a folder of vectors, locked by all who read it, deleted first.
IDS = "ids.json"


def root_of(data: Path) -> Path:
    """Return the folder that holds them all."""
    return data / "index" / "added"


@contextlib.contextmanager
def changing(data: Path) -> Iterator[None]:
    """Hold the lock of the one process that may change the library and its index.

    Raises:
        IndexBusyError: another process holds it.
    """
    with hold(root_of(data) / "lock", "添加、删除或重建资料"):
        yield


def current_added(data: Path) -> tuple[str, str]:
    """Return the names of the folders in use, of words and of vectors; "" for none, or where the file is damaged."""
    try:
        named = json.loads((root_of(data) / "current").read_bytes())
        words, vectors = named["words"], named["vectors"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return "", ""
    if not all(isinstance(name, str) and re.fullmatch(r"(words|vectors)-\d+|", name) for name in (words, vectors)):
        return "", ""
    return words, vectors


def new_folder(data: Path, kind: str) -> tuple[str, Path]:
    """Make a folder of that kind (`words`, `vectors`); return its name and itself."""
    taken = [int(folder.name.rpartition("-")[2]) for folder in root_of(data).glob(f"{kind}-*")]
    name = f"{kind}-{max(taken, default=0) + 1:06d}"
    (root_of(data) / name).mkdir()
    return name, root_of(data) / name


def put_in_use(data: Path, words: str, vectors: str) -> None:
    """Make these the folders in use."""
    new = root_of(data) / "current.new"
    new.write_text(json.dumps({"words": words, "vectors": vectors}), encoding="utf-8")
    new.replace(root_of(data) / "current")


class Hold:
    """Keeps a folder of vectors from being deleted until `close`, or until nothing refers to it any more.

    Raises:
        FileNotFoundError: the folder has gone, or is about to.
    """

    def __init__(self, folder: Path) -> None:
        import fcntl

        ids = os.open(folder / IDS, os.O_RDONLY)
        self.close = weakref.finalize(self, os.close, ids)
        try:
            fcntl.flock(ids, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise FileNotFoundError(folder) from None


def left_over(data: Path) -> list[Path]:
    """Return the folders that nobody uses: a run was broken off, or goes on."""
    used = set(current_added(data))
    root = root_of(data)
    unused = [f for f in root.iterdir() if f.is_dir() and f.name not in used] if root.is_dir() else []
    return [folder for folder in unused if not _is_held(folder)]


def _is_held(folder: Path) -> bool:
    import fcntl

    try:
        with (folder / IDS).open() as reading:
            fcntl.flock(reading, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def clear_out(data: Path, server: str | None = None) -> None:
    """Delete every folder that nobody uses. To be called with the lock held.

    What a reader opens first goes first: whoever comes at that moment finds the folder gone, not half gone.

    Args:
        server: where the settings say that vectors lie.
    """
    from assistant.retrieval.store import forget

    used = dict(zip(("words", "vectors"), current_added(data), strict=True))
    for folder in left_over(data):
        in_use = used[folder.name.rpartition("-")[0]]
        for part in _parts(folder):
            forget(part, _parts(root_of(data) / in_use) if in_use else (), server)
        (folder / IDS).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _parts(folder: Path) -> list[Path]:
    """Return the folders in which the stores of vectors or words keep their own files."""
    return [part for part in folder.iterdir() if part.is_dir()]


def tidy(data: Path, server: str | None = None) -> None:
    """Delete every folder that nobody uses any more, unless a process is changing the library, which does so itself.

    Where the server of the vectors does not answer, whoever changes the library next deletes them.
    """
    with contextlib.suppress(IndexBusyError, StoreUnreachableError), changing(data):
        clear_out(data, server)
