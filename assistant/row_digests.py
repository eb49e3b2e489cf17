"""A SHA-256 of every row of an SQLite file, kept in it by triggers: a letter changed behind the program is noticed.

SQLite has no checksum of its own for what stands in a row. The triggers write the digest in the same transaction as the
row, so that one that is killed leaves both as they were. They call a function that only this program registers, so that
rows written by another tool are refused. Against a person who may write the file and knows how this works they prove
nothing, but for the last digest of a chained table, when somebody has noted it down elsewhere.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence

_DIGESTS = """
CREATE TABLE IF NOT EXISTS row_digests (
    name TEXT NOT NULL, key NOT NULL, before TEXT NOT NULL, digest TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (name, key)) WITHOUT ROWID
"""
_OWN = "row_digests"
_NAMED = 3


def register(connection: sqlite3.Connection) -> None:
    """Give the connection the function that the triggers call. It has to be there before anything is written."""
    connection.create_function("row_digest", -1, _digest, deterministic=True)


def _digest(*values: bytes | str | None) -> str:
    digest = hashlib.sha256()
    for value in values:
        raw = value.encode() if isinstance(value, str) else value
        digest.update(b"-" if raw is None else b"%d:" % len(raw) + raw)
    return digest.hexdigest()


def keep_digests(
    connection: sqlite3.Connection, tables: Collection[str], chained: Collection[str] = (), *, anew: bool = False
) -> None:
    """Have the digests of `tables` kept from now on, those of the rows that are there made; again, nothing is done.

    Args:
        connection: `register`ed, with no transaction begun.
        chained: tables whose rows are written once: each digest takes in the one before, and a change is refused.
        anew: what the rows are now is taken for right.
    """
    if not (anew or _missing(connection, tables, chained)):
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.execute(_DIGESTS)
        for table, triggers in _missing(connection, tables, chained, anew=anew).items():
            for name, sql in triggers.items():
                connection.execute(f"DROP TRIGGER IF EXISTS {name}")
                connection.execute(sql)
            # Where triggers were taken away, what was changed meanwhile must not become right by that.
            if anew or not _has_digests(connection, table):
                _make_digests(connection, table, chained=table in chained)


def _make_digests(connection: sqlite3.Connection, table: str, *, chained: bool) -> None:
    connection.execute("DELETE FROM row_digests WHERE name = ?", (table,))
    key, columns = _columns(connection, table)
    made = _insertion(table, key, columns, "x", chained)
    # One after the other: each link of a chain takes in the one before.
    for (row,) in connection.execute(f"SELECT {key} FROM {table} ORDER BY {key}").fetchall():
        connection.execute(f"{made} FROM {table} x WHERE x.{key} = ?", (row,))


def accept_rows(connection: sqlite3.Connection) -> None:
    """Take what every row with a digest is now for right, as after somebody has looked at it."""
    register(connection)
    tables = [table for table in tables_of(connection) if _has_digests(connection, table)]
    chained = [table for table in tables if _is_chained(connection, table)]
    keep_digests(connection, tables, chained, anew=True)


def damaged_rows(connection: sqlite3.Connection) -> list[str]:
    """Return the rows that are not what was written, or are lost, as 「requests 2026-001」; [] for a sound file.

    Raises:
        sqlite3.DatabaseError: the file itself is damaged.
    """
    register(connection)
    # A table without digests is of an earlier release, or empty.
    return [
        f"{table} {_shown(key)}"
        for table in tables_of(connection)
        if _has_digests(connection, table)
        for key in _damaged(connection, table)
    ]


def tell_changed(name: str, rows: Sequence[str]) -> str:
    """Return in words that these rows of what people call `name` are not what was written, and what to do."""
    named = "、".join(rows[:_NAMED]) + ("等" if len(rows) > _NAMED else "")
    return (
        f"{name}里有{len(rows)}行（{named}）与写入时不同：磁盘出错，或者被别的程序改过；请停掉网页，用 gongkai restore "
        "恢复备份；逐行核对过、内容没有错的，运行 gongkai doctor --accept-rows。"
    )


def last_link(connection: sqlite3.Connection, table: str) -> str:
    """Return the digest of the newest row of a chained table, which holds for all before it; "" where there is none."""
    if not _has_digests(connection, table):
        return ""
    query = "SELECT digest FROM row_digests WHERE name = ? ORDER BY key DESC LIMIT 1"
    return next((str(digest) for (digest,) in connection.execute(query, (table,))), "")


def _damaged(connection: sqlite3.Connection, table: str) -> Iterator[object]:
    key, columns = _columns(connection, table)
    values = ", ".join(f"CAST(x.{column} AS BLOB)" for column in columns)
    # As bytes: a letter that was changed may be none any more.
    query = (
        f"SELECT CAST(x.{key} AS BLOB) FROM {table} x "
        f"LEFT JOIN row_digests d ON d.name = '{table}' AND d.key = x.{key} "
        f"WHERE d.digest IS NULL OR d.gone OR d.digest <> row_digest(d.before, {values}) "
        f"UNION ALL SELECT CAST(d.key AS BLOB) FROM row_digests d WHERE d.name = '{table}' AND NOT d.gone "
        f"AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.{key} = d.key)"
    )
    yield from (found for (found,) in connection.execute(query))
    if _is_chained(connection, table):
        before = None
        links = "SELECT key, before, digest FROM row_digests WHERE name = ? ORDER BY key"
        for link, said, digest in connection.execute(links, (table,)):
            if before is not None and said != before:
                yield link
            before = digest


def _shown(key: object) -> str:
    return key.decode(errors="replace") if isinstance(key, bytes) else str(key)


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that the file holds, without the digests."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in names if name != _OWN and not name.startswith("sqlite_")]


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, list[str]]:
    """Return the primary key (rowid where there is none) and every column."""
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return next((name for _, name, _, _, _, place in rows if place), "rowid"), [row[1] for row in rows]


def _missing(
    connection: sqlite3.Connection, tables: Collection[str], chained: Collection[str], *, anew: bool = False
) -> dict[str, dict[str, str]]:
    """Return the triggers of the tables where one is not as this release writes it, or of all."""
    there = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    wanted = {table: _triggers(connection, table, table in chained) for table in tables}
    return {
        table: triggers
        for table, triggers in wanted.items()
        if anew or any(there.get(name) != sql for name, sql in triggers.items())
    }


def _has_digests(connection: sqlite3.Connection, table: str) -> bool:
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_OWN,)).fetchone()
    return bool(there and connection.execute("SELECT 1 FROM row_digests WHERE name = ?", (table,)).fetchone())


def _is_chained(connection: sqlite3.Connection, table: str) -> bool:
    linked = "SELECT 1 FROM row_digests WHERE name = ? AND before <> ''"
    return connection.execute(linked, (table,)).fetchone() is not None


def _insertion(table: str, key: str, columns: list[str], row: str, chained: bool) -> str:
    before = "''"
    if chained:
        earlier = (
            f"SELECT digest FROM row_digests WHERE name = '{table}' AND key < {row}.{key} ORDER BY key DESC LIMIT 1"
        )
        before = f"COALESCE(({earlier}), '')"
    values = ", ".join(f"CAST({row}.{column} AS BLOB)" for column in columns)
    return (
        "INSERT OR REPLACE INTO row_digests (name, key, before, digest, gone) "
        f"SELECT '{table}', {row}.{key}, {before}, row_digest({before}, {values}), 0"
    )


def _triggers(connection: sqlite3.Connection, table: str, chained: bool) -> dict[str, str]:
    key, columns = _columns(connection, table)
    mine = f"FROM row_digests WHERE name = '{table}' AND key"
    made = _insertion(table, key, columns, "NEW", chained)
    # A link of a chain stays when its row has served its time, for those after it; leading ones go.
    gone = (
        f"UPDATE row_digests SET gone = 1 WHERE name = '{table}' AND key = OLD.{key}; "
        f"DELETE {mine} < COALESCE((SELECT MIN({key}) FROM {table}), OLD.{key} + 1)"
        if chained
        else f"DELETE {mine} = OLD.{key}"
    )
    # A number that is given again begins the chain anew from there.
    anew = f"DELETE {mine} >= NEW.{key} AND gone; {made}" if chained else made
    changed = f"SELECT RAISE(ABORT, '{table}: written once')" if chained else f"DELETE {mine} = OLD.{key}; {made}"
    actions = {"insert": anew, "update": changed, "delete": gone}
    return {
        (name := f"{table}_digest_{when}"): f"CREATE TRIGGER {name} AFTER {when.upper()} ON {table} BEGIN {do}; END"
        for when, do in actions.items()
    }
