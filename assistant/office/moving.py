"""From the files of one office to a database that several processes share: accounts, conversations, register."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import LedgerError, RecordsError
from assistant.office import ledger, records
from assistant.office.database import connect, copy_tables, make_tables

if TYPE_CHECKING:
    from sqlalchemy import MetaData

_FILES: dict[str, "Callable[[], MetaData]"] = {
    "office.sqlite": records.define_tables,
    "ledger.sqlite": ledger.define_tables,
}
# What a file is called whose rows have gone elsewhere.
_MOVED = ".moved"


def check_moved(register: Path) -> None:
    """Check that no register lies in a file while the settings name a database: what it holds would not be seen.

    Raises:
        LedgerError: one does.
    """
    if register.is_file() and register.stat().st_size:
        raise LedgerError(
            f"设置了 GONGKAI_DATABASE_URL，而台账还在 {register.name}；请运行 gongkai move-database 搬过去，"
            "或者去掉这个设置。"
        )


def move_to(url: str, data: Path) -> dict[str, int]:
    """Move the files of an office in `data` into the empty database at `url`; return file → rows.

    Each file is moved whole or not at all, compared by the number of rows, and then named `….moved`.

    Raises:
        RecordsError: there is nothing to move, the database cannot be opened or holds something.
    """
    from sqlalchemy.exc import SQLAlchemyError

    found = {name: data / name for name in _FILES if (data / name).is_file() and (data / name).stat().st_size}
    if not found:
        raise RecordsError(f"数据目录 {data} 里没有要搬的账户、会话或台账。")
    moved = {}
    with ExitStack() as opened:
        target = connect(url)
        opened.callback(target.dispose)
        for name, path in found.items():
            tables, source = _FILES[name](), connect(path)
            try:
                make_tables(source, tables)
                make_tables(target, tables)
                moved[name] = copy_tables(source, target, tables)
            except SQLAlchemyError as error:
                raise RecordsError(f"{name} 没有搬成，原来的没有动；请核对 GONGKAI_DATABASE_URL 的数据库。") from error
            finally:
                source.dispose()
            path.replace(path.with_name(name + _MOVED))
            for beside in ("-wal", "-shm"):
                path.with_name(name + beside).unlink(missing_ok=True)
    return moved
