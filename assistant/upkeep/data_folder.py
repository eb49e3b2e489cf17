"""What a data folder holds, who may have it open, and what a copy of it consists of."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import DataBusyError
from assistant.locks import hold

INDEX = "index"
# Backups before an upgrade, and what a restore set aside.
RESTORING = ".restoring"
OWN = ("backups", "replaced", RESTORING, "temporary")
VERSION = "version.json"
_SERVING, _KEEPING = ".serving.lock", ".keeping.lock"
_WAIT = 120.0
_SQLITE = b"SQLite format 3\x00"


@contextlib.contextmanager
def serving(data: Path, *, shared: bool = False) -> Iterator[None]:
    """Be the one web service over `data`, or with `shared` one of several; it may not be exchanged meanwhile.

    Raises:
        DataBusyError: another service runs over it, or it is being restored.
    """
    doing, remedy = "用这个数据目录提供网页服务", "请先停掉它，或者用 GONGKAI_DATA_DIR 另指一个数据目录"
    with hold(data / _SERVING, doing, error=DataBusyError, shared=shared, remedy=remedy):
        yield


@contextlib.contextmanager
def keeping(data: Path, doing: str) -> Iterator[None]:
    """Be the one that backs up, restores or upgrades `data`; another one is waited for.

    Raises:
        DataBusyError: another one takes long.
    """
    with hold(data / _KEEPING, doing, _WAIT, DataBusyError):
        yield


@contextlib.contextmanager
def still(data: Path) -> Iterator[None]:
    """Hold the index and the library as they are; a process that changes them is waited for.

    Raises:
        IndexBusyError: it takes long.
    """
    with (
        hold(data / INDEX / "lock", "重建索引", _WAIT),
        hold(data / INDEX / "added" / "lock", "添加、删除或重建资料", _WAIT),
    ):
        yield


def contents(data: Path) -> list[str]:
    """Return the names in `data` that are the office's: neither locks nor what upkeep itself put there."""
    if not data.is_dir():
        return []
    names = {path.name for path in data.iterdir() if not path.name.endswith((".lock", ".part"))} - set(OWN)
    # Locks alone make no index.
    if not any((data / INDEX / pointer).is_file() for pointer in ("current", "added/current")):
        names.discard(INDEX)
    return sorted(names)


def files_to_copy(data: Path, index: bool) -> list[Path]:
    """Return every file that a copy of `data` consists of; side files of databases are part of their databases.

    Args:
        index: with the folders of the index that are in use.
    """
    roots = [data / name for name in contents(data) if name != INDEX]
    if index:
        roots += _index_in_use(data)
    found = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*")))]
    return [file for file in found if file.is_file() and not file.name.endswith(("-wal", "-shm", "-journal", ".lock"))]


def _index_in_use(data: Path) -> list[Path]:
    from assistant.retrieval.folders import current_added, root_of
    from assistant.retrieval.generations import current_folder

    folder, added = current_folder(data), [root_of(data) / name for name in current_added(data) if name]
    pointers = [data / INDEX / "current", root_of(data) / "current", data / INDEX / "vectors.sqlite"]
    return [path for path in [folder, *added, *pointers] if path is not None and path.exists()]


def is_database(path: Path) -> bool:
    """Whether the file is an SQLite database."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
