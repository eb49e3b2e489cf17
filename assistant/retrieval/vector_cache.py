"""Vectors that were computed once, by the text and the embedder: what a killed run had done is not done again.

`<data>/index/vectors.sqlite`; it may be deleted at any time, and everything in it is computed anew.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import LibraryError

_BATCH = 500


class VectorCache:
    """Vectors by key (`PreparedVectors.key`), of one embedder; every `put` is on the disk when it returns.

    A file that is damaged is begun anew, and a vector that is not what was kept is left out.

    Raises:
        LibraryError: the disk is full or read-only.
    """

    def __init__(self, path: Path, embedder: str) -> None:
        self._path, self._embedder = path, embedder
        if not self._is_whole():
            path.unlink()
        with self._changing() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS checked "
                "(embedder TEXT, key BLOB, vector BLOB, sum BLOB, PRIMARY KEY (embedder, key))"
            )
            # As releases kept them that had no sums.
            if connection.execute("SELECT name FROM sqlite_master WHERE name = 'vectors'").fetchone():
                rows = connection.execute("SELECT embedder, key, vector FROM vectors").fetchall()
                connection.executemany("INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?)", map(_summed, rows))
                connection.execute("DROP TABLE vectors")

    def _is_whole(self) -> bool:
        if not self._path.is_file():
            return True
        try:
            with self._changing() as connection:
                return bool(connection.execute("PRAGMA quick_check").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection whose changes become true together."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=30)) as connection, connection:
                connection.text_factory = lambda text: text.decode("utf-8", "replace")
                connection.execute("PRAGMA secure_delete=ON")
                yield connection
        except (OSError, sqlite3.OperationalError) as error:
            raise LibraryError(f"向量写不进 {self._path}（磁盘已满或者没有权限）；请检查空间和权限后再试。") from error

    def get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors that are there."""
        found: dict[bytes, NDArray[np.float32]] = {}
        with self._changing() as connection:
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                rows = connection.execute(
                    "SELECT key, vector, sum FROM checked WHERE embedder = ? "
                    f"AND key IN ({','.join('?' * len(batch))})",
                    (self._embedder, *batch),
                )
                found |= {
                    key: np.frombuffer(vector, dtype=np.float32)
                    for key, vector, told in rows
                    if _sum(key, vector) == told
                }
        return found

    def put(self, vectors: dict[bytes, NDArray[np.float32]]) -> None:
        """Keep vectors."""
        rows = [(self._embedder, key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
        with self._changing() as connection:
            connection.executemany("INSERT OR REPLACE INTO checked VALUES (?, ?, ?, ?)", map(_summed, rows))

    def keep_only(self, keys: Iterable[bytes]) -> None:
        """Drop what is not among `keys`, and what another embedder made."""
        kept = set(keys)
        with self._changing() as connection:
            held = connection.execute("SELECT embedder, key FROM checked").fetchall()
            gone = [(embedder, key) for embedder, key in held if embedder != self._embedder or key not in kept]
            connection.executemany("DELETE FROM checked WHERE embedder = ? AND key = ?", gone)


def _summed(row: tuple[str, bytes, bytes]) -> tuple[str, bytes, bytes, bytes]:
    embedder, key, vector = row
    return embedder, key, vector, _sum(key, vector)


def _sum(key: object, vector: object) -> bytes:
    both = (key if isinstance(key, bytes) else b"") + (vector if isinstance(vector, bytes) else b"")
    return hashlib.blake2b(both, digest_size=8).digest()
