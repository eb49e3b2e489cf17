"""A backup: one file that holds a data folder with the SHA-256 of every part, made while the folder is in use.

A zip file. `manifest.json` comes first and names every other part; the databases are copied by SQLite itself, so that
each is whole though somebody writes to it.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.documents.writing.whole import refuse_existing
from assistant.errors import BackupError, IndexBusyError, InputError
from assistant.locks import hold
from assistant.row_digests import damaged_rows, tell_changed
from assistant.upkeep.data_folder import contents, files_to_copy, is_database, still
from assistant.upkeep.versions import DATA_VERSION, data_version

MANIFEST = "manifest.json"
_KIND = "gongkai backup"
_PIECE = 2**20
_STAGED, _LOCK = ".gongkai-backup-", ".being-written"
_BEGINNING = 60.0
_DAMAGED = "这份备份已经损坏（{}），没有恢复；请用另一份。"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself.

    Attributes:
        data_version: of the data folder that it holds.
        files: by path inside, (SHA-256, size in bytes).
    """

    made: str
    program: str
    data_version: int
    files: dict[str, tuple[str, int]]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for _, size in self.files.values())


def make_backup(data: Path, target: Path, now: datetime, *, index: bool = True, force: bool = False) -> Backup:
    """Write a backup of `data` to `target`, whole or not at all, readable by its owner only.

    Args:
        index: with the index in use; without, a restored folder builds it anew.
    Raises:
        InputError: nothing to back up; the file exists or cannot be written.
        BackupError: a database of the folder is damaged.
        IndexBusyError: the library is being changed for long.
    """
    refuse_existing([target], force=force)
    if not contents(data):
        raise InputError(f"数据目录 {data} 还是空的，没有可以备份的。")
    try:
        _clear_broken_off(target.parent)
        with (
            tempfile.TemporaryDirectory(prefix=_STAGED, dir=target.parent) as folder,
            hold(Path(folder) / _LOCK, "备份"),
        ):
            staged = Path(folder)
            with still(data):
                names = _stage(data, staged, index)
            backup = Backup(
                now.isoformat(timespec="seconds"), version("gongkai"), data_version(data),
                {name: (_sha256(staged / name), (staged / name).stat().st_size) for name in names},
            )  # fmt: skip
            part = staged / "whole.part"
            part.touch(mode=0o600)
            _write(part, staged, backup)
            part.replace(target)
    except OSError as error:
        raise InputError(f"备份写不到 {target}（{error.strerror}），请检查文件夹的权限和空间。") from error
    return backup


def _clear_broken_off(folder: Path) -> None:
    """Delete what backups left there that were killed: copies of the office's data."""
    for left in folder.glob(f"{_STAGED}*"):
        # Without its lock it is either being begun or was killed as it began.
        if not (left / _LOCK).is_file() and time.time() - left.stat().st_mtime < _BEGINNING:
            continue
        with contextlib.suppress(IndexBusyError), hold(left / _LOCK, "备份"):
            shutil.rmtree(left)


def _stage(data: Path, staged: Path, index: bool) -> list[str]:
    names = []
    for file in files_to_copy(data, index):
        name = file.relative_to(data).as_posix()
        copy = staged / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # gone since it was listed
            if is_database(file):
                _copy_database(file, copy)
            else:
                shutil.copyfile(file, copy)
            names.append(name)
    return names


def _copy_database(source: Path, copy: Path) -> None:
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as ours,
            contextlib.closing(sqlite3.connect(copy)) as theirs,
        ):
            ours.backup(theirs, pages=256, sleep=0.01)
            if theirs.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError
            theirs.execute("PRAGMA journal_mode=DELETE")
            if changed := damaged_rows(theirs):
                raise BackupError(f"没有备份：{tell_changed(source.name, changed)}")
    except sqlite3.OperationalError as error:
        raise InputError(
            f"备份时数据库 {source.name} 打不开或者写不下（磁盘已满或者没有权限），没有备份；请检查空间和权限。"
        ) from error
    except sqlite3.Error as error:
        raise BackupError(f"数据库 {source.name} 读不出来或者已经损坏，没有备份；请用以前的备份恢复。") from error


def _write(part: Path, staged: Path, backup: Backup) -> None:
    told = {
        "kind": _KIND, "format": 1, "made": backup.made, "program": backup.program,
        "data_version": backup.data_version, "files": backup.files,
    }  # fmt: skip
    with part.open("r+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as whole:
            whole.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
            for name in backup.files:
                whole.write(staged / name, name)
        file.flush()
        os.fsync(file.fileno())


def read_backup(path: Path) -> Backup:
    """Return what the backup `path` says of itself.

    Raises:
        BackupError: it is none, or its head is damaged, or a newer release made it.
    """
    with _opened(path) as whole:
        return _read_head(path, whole)


def unpack_backup(path: Path, folder: Path) -> Backup:
    """Unpack the backup `path` into the empty `folder`; every file is held against its SHA-256.

    Raises:
        BackupError: it is none, or damaged, or a newer release made it; `folder` is then of no use.
    """
    with _opened(path) as whole:
        backup = _read_head(path, whole)
        parts = {part.filename: part for part in whole.infolist()}
        if set(parts) != {MANIFEST, *backup.files}:
            raise BackupError(_DAMAGED.format("内容与目录不符"))
        for name, (sha256, size) in backup.files.items():
            target = folder / _inside(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if parts[name].file_size != size or _unpack(whole, name, target, size) != sha256:
                raise BackupError(_DAMAGED.format(f"{name} 与校验值不符"))
            target.chmod(0o600)
    return backup


def _unpack(whole: zipfile.ZipFile, name: str, target: Path, size: int) -> str:
    digest, left = hashlib.sha256(), size
    with whole.open(name) as source, target.open("wb") as file:
        while piece := source.read(min(_PIECE, left + 1)):
            left -= len(piece)
            if left < 0:
                return ""
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not path.is_file():
        raise BackupError(f"找不到备份文件 {path}。")
    try:
        with zipfile.ZipFile(path) as whole:
            yield whole
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BackupError(_DAMAGED.format("不是完整的备份文件")) from error
    # Of a part that does not unpack.
    except (ValueError, KeyError, OverflowError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise BackupError(
                f"备份 {path.name} 读不出来或者写不下（{error.strerror}），没有恢复；请检查空间和权限。"
            ) from error
        raise BackupError(_DAMAGED.format("读不出来")) from error
    except _decompression_errors() as error:
        raise BackupError(_DAMAGED.format("解压出错")) from error


def _decompression_errors() -> tuple[type[BaseException], ...]:
    import zlib

    return (zlib.error,)


def _read_head(path: Path, whole: zipfile.ZipFile) -> Backup:
    if MANIFEST not in whole.namelist():
        raise BackupError(f"{path.name} 不是 gongkai backup 做的备份。")
    told: Any = json.loads(whole.read(MANIFEST))
    if not isinstance(told, dict) or told.get("kind") != _KIND:
        raise BackupError(f"{path.name} 不是 gongkai backup 做的备份。")
    if told["format"] != 1 or told["data_version"] > DATA_VERSION:
        raise BackupError(f"{path.name} 由更新的版本（{told['program']}）制作，请先升级程序再恢复。")
    files = {str(name): (str(sha256), int(size)) for name, (sha256, size) in told["files"].items()}
    return Backup(str(told["made"]), str(told["program"]), int(told["data_version"]), files)


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or "\x00" in name:
        raise BackupError(_DAMAGED.format("有不该有的路径"))
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
