"""Putting a backup in the place of a data folder: checked as a whole first, exchanged so that no moment is half."""

import json
import shutil
import tempfile
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.upkeep.backup import Backup, unpack_backup
from assistant.upkeep.data_folder import RESTORING, contents, keeping, serving, still
from assistant.upkeep.exchange import READY, finish


def restore_backup(path: Path, data: Path, now: datetime, *, force: bool = False) -> tuple[Backup, Path | None]:
    """Put the backup `path` into `data`; return what it says of itself, and where the data of before were put.

    Raises:
        BackupError: it is damaged, none, or of a newer release; `data` is as it was.
        InputError: there is data already and `force` is not given.
        DataBusyError: a service runs over `data`.
    """
    if contents(data) and not force:
        raise InputError(
            f"数据目录 {data} 里已经有数据；要用备份换掉请加 --force，原来的会放到其中的 replaced 文件夹，不会删除。"
        )
    data.mkdir(parents=True, exist_ok=True)
    with serving(data), keeping(data, "恢复备份"):
        finish(data)
        for left in data.glob(".unpacking-*.part"):
            shutil.rmtree(left)
        old = contents(data)
        aside = _new_folder(data / "replaced", f"{now:%Y%m%d-%H%M%S}") if old else None
        with still(data):
            backup = _unpack(path, data, {"old": old, "aside": str(aside or "")})
            finish(data)
    return backup, aside


def _new_folder(parent: Path, name: str) -> Path:
    """Return a folder in `parent` that is not there yet; two restores in one second must not share one."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(parent / one for one in names if not (parent / one).exists())


def _unpack(path: Path, data: Path, plan: dict[str, Any]) -> Backup:
    """Unpack the backup into `data`, and write down the plan by which it is exchanged."""
    folder = Path(tempfile.mkdtemp(prefix=".unpacking-", suffix=".part", dir=data))
    try:
        backup = unpack_backup(path, folder)
        new = sorted(entry.name for entry in folder.iterdir())
        (folder / READY).write_text(json.dumps(plan | {"new": new}), encoding="utf-8")
        # From here on the exchange will be made, now or at the next start.
        folder.rename(data / RESTORING)
    except OSError as error:
        raise InputError(f"备份没有恢复（{error.strerror}），原来的数据没有动；请检查空间和权限。") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return backup
