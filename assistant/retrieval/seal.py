"""The seal of a folder of the index: the SHA-256 of every file in it, so that one that has changed is told, not used.

A folder is never changed once it is in use; but Chroma writes into its own files whenever it opens them. Of its
database what it writes then is left out: the page header, the free pages and the table by which it tries its lock. So
are the files of a graph that it has not written down yet: those vectors stand in the database until then.
"""

import hashlib
import json
from pathlib import Path

from assistant.errors import IndexDamagedError

SEAL = "seal.json"
_DATABASE, _GRAPH, _TRIED = "chroma.sqlite3", "index_metadata.pickle", b"acquire_write"
# The file format of SQLite: the header of a database, and the kinds of a page of a table.
_MAGIC, _HEADER, _INNER, _LEAF = b"SQLite format 3\x00", 100, 5, 13
_DAMAGED = "索引文件已经损坏（{}）"


def seal(folder: Path) -> None:
    """Write the seal of `folder`, as the last of its files."""
    (folder / SEAL).write_text(json.dumps(_sums(folder), indent=0), encoding="utf-8")


def check_seal(folder: Path) -> None:
    """Hold `folder` against its seal.

    Raises:
        IndexDamagedError: it has none, or a file is gone or is another.
    """
    try:
        told: dict[str, str] = json.loads((folder / SEAL).read_bytes())
        found = _sums(folder)
    except (OSError, ValueError, IndexError) as error:
        if isinstance(error, FileNotFoundError) and not folder.is_dir():
            raise  # put out of use at this moment
        raise IndexDamagedError(_DAMAGED.format(SEAL), folder) from error
    if not isinstance(told, dict) or (wrong := [name for name in told if found.get(name) != told[name]]):
        raise IndexDamagedError(_DAMAGED.format(wrong[0] if isinstance(told, dict) else SEAL), folder)
    if SEAL in told or not told:
        raise IndexDamagedError(_DAMAGED.format(SEAL), folder)


def is_sound(folder: Path) -> bool:
    """Whether `folder` is there and is as it was sealed."""
    try:
        check_seal(folder)
    except (IndexDamagedError, FileNotFoundError):
        return False
    return True


def _sums(folder: Path) -> dict[str, str]:
    sums = {}
    for path in sorted(folder.rglob("*")):
        kept_by_chroma = (path.parent.parent / _DATABASE).is_file()
        if not path.is_file() or path.name == SEAL or (kept_by_chroma and not (path.parent / _GRAPH).is_file()):
            continue
        name = path.relative_to(folder).as_posix()
        if path.name == _DATABASE:
            sums[name] = _database_sum(path)
        elif not path.name.startswith(_DATABASE):  # its journal, while another process opens it
            with path.open("rb") as file:
                sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums


def _database_sum(path: Path) -> str:
    """Return the SHA-256 over the pages of a database, but for what changes when Chroma opens it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(_HEADER)
        size = int.from_bytes(head[16:18], "big")
        whole, rest = divmod(path.stat().st_size, size or 1)
        if head[:16] != _MAGIC or size < 512 or rest or whole < int.from_bytes(head[28:32], "big"):
            raise ValueError
        pages = _Pages(path, size)
        left_out = pages.of_table(_root_of(path)) | pages.free(int.from_bytes(head[32:36], "big"))
        digest.update(head[16:24])
        number = 1
        while page := file.read(size - (_HEADER if number == 1 else 0)):
            if number not in left_out:
                digest.update(number.to_bytes(8, "big") + page)
            number += 1
    return digest.hexdigest()


def _root_of(path: Path) -> int:
    """Return the page at which the table begins by which Chroma tries its lock."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        try:
            [row] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (_TRIED.decode(),))
        except sqlite3.DatabaseError as error:
            raise ValueError from error
    return int(row[0])


class _Pages:
    """Pages of a database file that belong together."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size

    def _read(self, number: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek((number - 1) * self._size)
            return file.read(self._size)

    def of_table(self, root: int) -> set[int]:
        """Return the pages of the table that begins at page `root`."""
        found, ahead = set[int](), [root]
        while ahead:
            number = ahead.pop()
            page = self._read(number)
            if number in found or number < 2 or len(page) < self._size or page[0] not in (_INNER, _LEAF):
                raise ValueError
            found.add(number)
            if page[0] == _INNER:
                places = range(12, 12 + 2 * int.from_bytes(page[3:5], "big"), 2)
                ahead += [_four(page, int.from_bytes(page[place : place + 2], "big")) for place in places]
                ahead.append(_four(page, 8))
        return found

    def free(self, trunk: int) -> set[int]:
        """Return the pages that hold nothing, listed from page `trunk` on."""
        found = set[int]()
        while trunk:
            page = self._read(trunk)
            if trunk in found or len(page) < self._size:
                raise ValueError
            found.add(trunk)
            found |= {_four(page, 8 + 4 * place) for place in range(_four(page, 4))}
            trunk = _four(page, 0)
        return found


def _four(page: bytes, place: int) -> int:
    if place + 4 > len(page):
        raise ValueError
    return int.from_bytes(page[place : place + 4], "big")
