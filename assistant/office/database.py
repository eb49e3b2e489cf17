"""A database by its file or URL: opened, its tables made by whichever process is first, moved to another one whole."""

import json
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, cast

from assistant.errors import InputError, RecordsError
from assistant.row_digests import damaged_rows, keep_digests, register

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, ExceptionContext, MetaData

_TRIES = 5
_PATIENCE = 5.0  # seconds that a write waits for that of another process


def connect(place: Path | str) -> "Engine":
    """Return the engine of a file or a URL; nothing is connected yet.

    Raises:
        RecordsError: no URL, or its driver is not installed.
        OSError: the file cannot be made.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True)
        # Names of people are in it: for its owner only.
        place.touch(mode=0o600)
        place = f"sqlite:///{place}"
    try:
        engine = create_engine(
            # A connection that a restarted server has dropped is made anew.
            place, pool_pre_ping=True, json_serializer=lambda value: json.dumps(_clean(value), ensure_ascii=False)
        )  # fmt: skip
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise RecordsError(
            "GONGKAI_DATABASE_URL 写得不对，或者缺少这种数据库的驱动程序"
            "（PostgreSQL：pip install 'gongkai[postgresql]'）；请核对。"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def make_tables(engine: "Engine", tables: "MetaData", chained: Collection[str] = ()) -> None:
    """Make the tables that are not there; of several processes that begin at once, one does.

    Args:
        chained: tables whose rows are written once (`row_digests`; of SQLite only).
    Raises:
        SQLAlchemyError: they cannot be made.
    """
    from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

    for left in reversed(range(_TRIES)):
        try:
            tables.create_all(engine)
        except (IntegrityError, OperationalError, ProgrammingError) as error:
            # Another process made one between the look and the making: the next look sees it.
            if not left or (engine.dialect.name == "sqlite" and "already exists" not in str(error.orig)):
                raise
        else:
            break
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            keep_digests(_raw(connection), sorted(tables.tables), chained)


def rows_changed(engine: "Engine") -> list[str]:
    """Return the rows of an SQLite database that are not what was written; [] for a server, which has checksums."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        return damaged_rows(_raw(connection))


def _raw(connection: "Connection") -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def tell_in_words(engine: "Engine", name: str, kind: type[InputError]) -> None:
    """Have what goes wrong with the database from now on told as a user meets it; a refused row stays what it is.

    Args:
        name: how people call what is kept there, Chinese.
    """
    from sqlalchemy import event
    from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

    def tell(context: "ExceptionContext") -> None:
        found = context.sqlalchemy_exception
        if context.is_pre_ping or isinstance(found, IntegrityError) or not isinstance(found, DatabaseError):
            return
        if isinstance(found, OperationalError):
            raise kind(
                f"{name}写不进去或者打不开（磁盘已满、没有权限、正被占用或者没有连上），没有保存；请检查空间和权限后再试。"
            ) from found
        raise kind(f"{name}读不出来，文件可能已经损坏；请停掉网页，用 gongkai restore 恢复备份。") from found

    event.listen(engine, "handle_error", tell)


def copy_tables(source: "Engine", target: "Engine", tables: "MetaData") -> int:
    """Copy every row, all or none, into tables that are empty; return how many rows there are.

    Raises:
        RecordsError: the target holds something already.
    """
    from sqlalchemy import Integer, func, insert, select

    count = 0
    with source.connect() as reading, target.begin() as writing:
        for table in tables.sorted_tables:
            if writing.execute(select(func.count()).select_from(table)).scalar_one():
                raise RecordsError("GONGKAI_DATABASE_URL 的数据库里已经有数据，没有搬；请换一个空的数据库。")
            rows = [dict(row._mapping) for row in reading.execute(select(table))]
            if rows:
                writing.execute(insert(table), rows)
            count += len(rows)
            [key] = table.primary_key.columns
            if rows and target.dialect.name == "postgresql" and isinstance(key.type, Integer) and key.autoincrement:
                # Else the next row would be given a number that is taken.
                sequence = func.pg_get_serial_sequence(table.name, key.name)
                if writing.execute(select(sequence)).scalar():
                    writing.execute(select(func.setval(sequence, max(row[key.name] for row in rows))))
        for table in tables.sorted_tables:
            there = writing.execute(select(func.count()).select_from(table)).scalar_one()
            if there != reading.execute(select(func.count()).select_from(table)).scalar_one():
                raise RecordsError("搬的时候数据还在变，没有搬；请先停掉网页再试。")
    return count


def _without_nul(
    _connection: object, _cursor: object, statement: str, parameters: object, _context: object, _many: bool
) -> tuple[str, object]:
    """Take out the NUL characters that a message may have and PostgreSQL has no place for."""
    return statement, _clean(parameters)


def _clean(values: object) -> object:
    if isinstance(values, dict):
        return {name: _clean(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return type(values)(map(_clean, values))
    return values.replace("\0", "") if isinstance(values, str) else values


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    register(connection)
    cursor = connection.cursor()
    # The triggers call a function of ours.
    cursor.execute("PRAGMA trusted_schema=ON")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Readers and one writer at a time do not wait for each other.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA busy_timeout={round(_PATIENCE * 1000)}")
    cursor.close()
