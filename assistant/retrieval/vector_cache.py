"""Vectors that were computed once, by the text and the embedder: what a killed run had done is not done again.

`<data>/index/vectors.sqlite`; it may be deleted at any time, and everything in it is computed anew.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BATCH = 500


class VectorCache:
    """Vectors by key (`PreparedVectors.key`), of one embedder; every `put` is on the disk when it returns."""

    def __init__(self, path: Path, embedder: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._embedder = path, embedder
        with closing(self._open()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (embedder TEXT, key BLOB, vector BLOB, PRIMARY KEY (embedder, key))"
            )

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        connection.execute("PRAGMA secure_delete=ON")
        return connection

    def get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors that are there."""
        found: dict[bytes, NDArray[np.float32]] = {}
        with closing(self._open()) as connection:
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                rows = connection.execute(
                    f"SELECT key, vector FROM vectors WHERE embedder = ? AND key IN ({','.join('?' * len(batch))})",
                    (self._embedder, *batch),
                )
                found |= {key: np.frombuffer(vector, dtype=np.float32) for key, vector in rows}
        return found

    def put(self, vectors: dict[bytes, NDArray[np.float32]]) -> None:
        """Keep vectors."""
        rows = [(self._embedder, key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()]
        with closing(self._open()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def keep_only(self, keys: Iterable[bytes]) -> None:
        """Drop what is not among `keys`, and what another embedder made."""
        kept = set(keys)
        with closing(self._open()) as connection, connection:
            held = connection.execute("SELECT embedder, key FROM vectors").fetchall()
            gone = [(embedder, key) for embedder, key in held if embedder != self._embedder or key not in kept]
            connection.executemany("DELETE FROM vectors WHERE embedder = ? AND key = ?", gone)
