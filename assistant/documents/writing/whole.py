"""Writes files whole or not at all, and never over others unless told to."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import OutputError


def refuse_suffix(path: Path, suffix: str) -> None:
    """Refuse a name that does not end in `suffix`, for example ".docx".

    Raises:
        OutputError: it ends otherwise.
    """
    if path.suffix.lower() != suffix:
        raise OutputError(f"{path.name} 应当以 {suffix} 结尾，请改输出文件的名称。")


def refuse_existing(paths: list[Path], *, force: bool) -> None:
    """Refuse to go on where a file would be lost or could not be written.

    Raises:
        OutputError: a folder is missing, a path is a folder, or a file exists and `force` is not given.
    """
    for path in paths:
        if not path.parent.is_dir():
            raise OutputError(f"文件夹 {path.parent} 不存在，请先建立。")
        if path.is_dir():
            raise OutputError(f"{path} 是文件夹，请写出文件名。")
        if path.exists() and not force:
            raise OutputError(f"{path} 已经存在；要覆盖请加 --force。")


def write_whole(files: Mapping[Path, bytes], *, force: bool = False) -> None:
    """Write all files or none: each is complete under another name beside its place before the first takes its place.

    Where one cannot take its place, those before it are what they were. A process that is killed leaves each file
    either old or new.

    Raises:
        OutputError: see `refuse_existing`, or a file cannot be written.
    """
    refuse_existing(list(files), force=force)
    path = next(iter(files))
    with contextlib.ExitStack() as left, contextlib.ExitStack() as undo:
        try:
            complete: list[tuple[Path, Path]] = []
            for path, content in files.items():
                handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
                left.callback(Path(name).unlink, missing_ok=True)
                with os.fdopen(handle, "wb") as stream:
                    stream.write(content)
                # mkstemp makes files that only the owner reads; a document is handed on.
                Path(name).chmod(0o644)
                complete.append((Path(name), path))
            for temporary, path in complete:
                # Of one file alone there is nothing to put back: it takes its place or it does not.
                before = _copy(path, left) if len(complete) > 1 and path.exists() else None
                temporary.replace(path)
                undo.callback(before.replace, path) if before else undo.callback(path.unlink)
        except OSError as error:
            problem = error.strerror or error
            raise OutputError(f"{path} 写不进去（{problem}），请检查是否正在打开、文件夹的权限和磁盘空间。") from error
        undo.pop_all()


def _copy(path: Path, left: contextlib.ExitStack) -> Path:
    """Return a copy of `path` beside it, which `left` removes."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    os.close(handle)
    left.callback(Path(name).unlink, missing_ok=True)
    shutil.copy2(path, name)
    return Path(name)
