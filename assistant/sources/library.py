"""The office's own texts: what was added, from which file, in force when; the one truth that every index is made from.

Kept in SQLite (`<data>/corpus.sqlite`), a text a row, every change whole or not at all: a process that is killed at any
moment leaves what was there before or what it was to become.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.errors import LibraryError
from assistant.logged_file import LoggedFile
from assistant.sources.held import HeldText

_TABLES = """
CREATE TABLE IF NOT EXISTS texts (
    id TEXT PRIMARY KEY, title TEXT, file TEXT, sha256 TEXT, origin TEXT, articles INTEGER, content TEXT
);
CREATE INDEX IF NOT EXISTS by_file ON texts (sha256);
CREATE TABLE IF NOT EXISTS remembered (name TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the library's list says of a text; `articles` is their number, the rest as in `HeldText`."""

    id: str
    title: str
    file: str
    sha256: str
    origin: str
    articles: int


class Library:
    """The texts that were added.

    Args:
        path: the SQLite file; made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._file = LoggedFile(path, _TABLES, "资料库", LibraryError)

    def stamp(self) -> int:
        """Return a number that every change raises; an index that carries another one is not up to date."""
        return int(self.remembered("stamp") or 0)

    def remembered(self, name: str) -> str:
        """Return the value kept under `name`, or ""."""
        rows = self._file.read("SELECT value FROM remembered WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def texts(self) -> list[HeldText]:
        """Return every text, by id."""
        return [_text(content) for (content,) in self._file.read("SELECT content FROM texts ORDER BY id")]

    def entries(self) -> list[Entry]:
        """Return what is known of every text without reading it, by id."""
        rows = self._file.read(f"SELECT {', '.join(field.name for field in fields(Entry))} FROM texts ORDER BY id")
        return [Entry(*row) for row in rows]

    def find(self, identity: str, sha256: str) -> HeldText | None:
        """Return the text of that id, or else the one that was read from a file of that SHA-256."""
        rows = self._file.read("SELECT content FROM texts WHERE id = ?", identity)
        if not rows and sha256:
            rows = self._file.read("SELECT content FROM texts WHERE sha256 = ?", sha256)
        return _text(rows[0][0]) if rows else None

    def log(self) -> list[dict[str, str]]:
        """Return what was done, oldest first: day, action (added, replaced, removed), text, file, SHA-256 of files."""
        return self._file.log()

    def put(self, text: HeldText, day: str, instead_of: HeldText | None = None) -> None:
        """Add `text`, in the place of `instead_of` where that is given.

        Args:
            day: ISO, for the log.
        """
        with self._changing() as connection:
            if instead_of is not None:
                connection.execute("DELETE FROM texts WHERE id = ?", (instead_of.id,))
            _insert(connection, text)
            before, remark = instead_of.sha256 if instead_of else "", ""
            if instead_of is not None and instead_of.id != text.id:
                remark = f"原编号 {instead_of.id}"
            action = "replaced" if instead_of else "added"
            self._file.note(connection, (day, action, text.id, text.title, text.file, text.sha256, before, remark))

    def remove(self, entry: Entry, day: str) -> None:
        """Take a text out; its words are overwritten on the disk, the log keeps its identity.

        The text is not read for that, so that none of its words are left in the memory of the process, which writes
        the files of the index after this.
        """
        with self._changing() as connection:
            connection.execute("DELETE FROM texts WHERE id = ?", (entry.id,))
            self._file.note(connection, (day, "removed", entry.id, entry.title, entry.file, "", entry.sha256, ""))

    def exchange(self, origin: str, texts: Iterable[HeldText], mark: tuple[str, str]) -> None:
        """Put `texts` in the place of all that have this origin, and keep `mark` (name, value), in one step.

        A text whose id another origin has already is left out.
        """
        with self._changing() as connection:
            connection.execute("DELETE FROM texts WHERE origin = ?", (origin,))
            taken = {identity for (identity,) in connection.execute("SELECT id FROM texts")}
            for text in texts:
                if text.id not in taken:
                    _insert(connection, text)
            connection.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?)", mark)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection whose changes become true together, with a new stamp, or not at all."""
        with self._file.changing() as connection:
            yield connection
            connection.execute(
                "INSERT INTO remembered VALUES ('stamp', '1') "
                "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
            )


def _text(content: str) -> HeldText:
    return HeldText.from_plain(json.loads(content))


def _insert(connection: sqlite3.Connection, text: HeldText) -> None:
    content = json.dumps(text.plain(), ensure_ascii=False)
    values = (text.id, text.title, text.file, text.sha256, text.origin, len(text.articles), content)
    connection.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?)", values)
