"""The version of a data folder: what an older release left is brought up step by step, with a backup before.

Version 1 has no version file. Version 2: what holds personal data is readable by its owner only; the tables of tokens
and of reports in hand stand in the database of the office. Version 3: every row of the databases has its digest.
Version 4: pinned conversations have their table.
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assistant.errors import DataVersionError
from assistant.office.records import CHAINED
from assistant.row_digests import keep_digests, register, tables_of
from assistant.settings import Settings
from assistant.upkeep.data_folder import RESTORING, VERSION, contents, keeping
from assistant.upkeep.exchange import finish

DATA_VERSION = 4


def data_version(data: Path) -> int:
    """Return the version of the data in the folder `data`; that of this release for an empty one."""
    path = data / VERSION
    if path.is_file():
        try:
            return int(json.loads(path.read_text(encoding="utf-8"))["version"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataVersionError(f"{path} 读不懂；请用 gongkai restore 恢复备份，或者把这个文件删掉再试。") from error
    # The index alone can be built anew by any release.
    return 1 if set(contents(data)) - {"index"} else DATA_VERSION


def bring_up(settings: Settings) -> Path | None:
    """Bring the data folder up to this release; return the backup that was made before, None where none was needed.

    A restore that was broken off is completed first. A step that fails leaves the version as it was and the backup
    beside it.

    Raises:
        DataVersionError: a newer release wrote the data.
        DataBusyError: another process is at it and takes long.
    """
    data = settings.data_folder
    broken_off = (data / RESTORING).is_dir()
    if not broken_off:
        if (data / VERSION).is_file() and data_version(data) == DATA_VERSION:
            return None
        if not contents(data):
            # Where even this cannot be written, whoever has something to write will say so.
            with contextlib.suppress(OSError):
                data.mkdir(parents=True, exist_ok=True)
                _write_version(data)
            return None
    try:
        with keeping(data, "升级数据目录"):
            finish(data)
            return _bring_up(settings, datetime.now().astimezone())
    except OSError as error:
        raise DataVersionError(
            f"数据目录 {data} 需要升级，但是写不进去（{error.strerror}）；请检查权限和空间。"
        ) from error


def _bring_up(settings: Settings, now: datetime) -> Path | None:
    from assistant.upkeep.backup import make_backup

    data, kept = settings.data_folder, None
    found = data_version(data)
    if found > DATA_VERSION:
        raise DataVersionError(
            f"数据目录 {data} 由更新的版本写过（数据版本 {found}，这个程序是 {DATA_VERSION}）；"
            "请升级程序，或者用 gongkai restore 恢复这个版本的备份。"
        )
    if found < DATA_VERSION:
        folder = data / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        kept = folder / f"升级前-数据版本{found}-{now:%Y%m%d-%H%M%S}.gongkai"
        make_backup(data, kept, now, index=False, force=True)
        for step in STEPS[found - 1 :]:
            step(settings)
    _write_version(data)
    return kept


def _write_version(data: Path) -> None:
    new = data / f"{VERSION}.part"
    new.write_text(json.dumps({"version": DATA_VERSION}), encoding="utf-8")
    new.replace(data / VERSION)


def _make_tables(settings: Settings) -> None:
    """Make the tables that the database of the office lacks, where there is one."""
    from assistant.office.records import Records

    path = settings.data_folder / "office.sqlite"
    if settings.database_url or path.is_file():
        Records(settings.database_url or path).close()


def _to_2(settings: Settings) -> None:
    data = settings.data_folder
    for path in (*data.glob("*.sqlite*"), data / "office.yaml"):
        if path.is_file():
            path.chmod(0o600)
    _make_tables(settings)


def _to_3(settings: Settings) -> None:
    for path in settings.data_folder.glob("*.sqlite"):
        if path.stat().st_size:
            with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
                register(database)
                keep_digests(database, tables_of(database), CHAINED)


def _to_4(settings: Settings) -> None:
    _make_tables(settings)


# From version n to n + 1 at place n - 1.
STEPS: tuple[Callable[[Settings], None], ...] = (_to_2, _to_3, _to_4)
