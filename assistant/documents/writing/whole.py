"""Writes files whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import InputError


def refuse_existing(paths: list[Path], *, force: bool) -> None:
    """Refuse to go on where a file would be lost or could not be written.

    Raises:
        InputError: a folder is missing, a path is a folder, or a file exists and `force` is not given.
    """
    for path in paths:
        if not path.parent.is_dir():
            raise InputError(f"文件夹 {path.parent} 不存在，请先建立。")
        if path.is_dir():
            raise InputError(f"{path} 是文件夹，请写出文件名。")
        if path.exists() and not force:
            raise InputError(f"{path} 已经存在；要覆盖请加 --force。")


def write_whole(files: Mapping[Path, bytes], *, force: bool = False) -> None:
    """Write every file, each through a temporary one in the same folder; on a fault no new file is left half written.

    Raises:
        InputError: see `refuse_existing`, or the folder cannot be written to.
    """
    refuse_existing(list(files), force=force)
    written: list[tuple[Path, Path]] = []
    try:
        for path, content in files.items():
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            written.append((Path(name), path))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(name).chmod(0o644)
        while written:
            temporary, path = written[0]
            temporary.replace(path)
            del written[0]
    except OSError as error:
        raise InputError(f"{next(iter(files))} 写不进去（{error.strerror}），请检查文件夹的权限和空间。") from error
    finally:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
