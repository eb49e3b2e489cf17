"""A SQLite file of what is held: every change is whole or not at all, is overwritten when deleted, and is logged."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.row_digests import keep_digests, register

_LOGGED = ("day", "action", "text_id", "title", "file", "sha256", "sha256_before", "remark")
_CREATED = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")
_PATIENCE = 30.0  # seconds that a change waits for that of another process
_LOG = f"CREATE TABLE IF NOT EXISTS log ({', '.join(f'{name} TEXT' for name in _LOGGED)});"


class LoggedFile:
    """What a process that is killed at any moment leaves as it was before, or as it was to become.

    Args:
        path: the SQLite file; made where it is missing.
        tables: the statements that make its tables where they are missing; that of the log is added.
        name: how people call it (资料库), for the messages.
        error: what is raised where it cannot be read or written.
    """

    def __init__(self, path: Path, tables: str, name: str, error: type[InputError]) -> None:
        self.path, self._tables, self._name, self._error = path, tables + _LOG, name, error
        self._names = _CREATED.findall(self._tables)

    def read(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, none where there is no file yet."""
        if not self.path.is_file():
            return []
        try:
            with closing(self._open()) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            raise self._error(
                f"{self._name} {self.path.name} 打不开（磁盘已满、没有权限或者正被占用）；请检查数据目录的空间和权限。"
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._error(
                f"{self._name} {self.path.name} 打不开，文件可能已损坏；请用备份恢复，或者移走它以后重新添加。"
            ) from error

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection whose changes become true together or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            # For its owner only. Where it cannot be made, SQLite is refused the same, and that is told below.
            with suppress(OSError):
                self.path.touch(mode=0o600)
        try:
            with closing(self._open()) as connection, connection:
                yield connection
        except sqlite3.DatabaseError as error:
            raise self._error(
                f"{self._name} {self.path.name} 写不进去（磁盘已满、没有权限或文件已损坏），没有改动；"
                "请检查后再试，文件损坏的用备份恢复。"
            ) from error

    def log(self) -> list[dict[str, str]]:
        """Return what was done, oldest first: day, action (added, replaced, removed), text, file, SHA-256 of files."""
        rows = self.read(f"SELECT {', '.join(_LOGGED)} FROM log ORDER BY rowid")
        return [dict(zip(_LOGGED, row, strict=True)) for row in rows]

    @staticmethod
    def note(connection: sqlite3.Connection, values: Sequence[str]) -> None:
        """Write a line of the log: day (ISO), action, id, title, file, its SHA-256, that of the file before, remark."""
        connection.execute(f"INSERT INTO log VALUES ({', '.join('?' * len(_LOGGED))})", tuple(values))

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_PATIENCE)
        # What is deleted is overwritten, and what is written is on the disk before it counts.
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA trusted_schema=ON")  # the triggers of the digests call a function of ours
        register(connection)
        connection.executescript(self._tables)
        keep_digests(connection, self._names)
        return connection
