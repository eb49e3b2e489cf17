"""Writes a file whole or not at all, and never over another unless told to."""

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from assistant.errors import OutputError


def write_whole(path: Path, suffix: str, write: Callable[[BinaryIO], object], force: bool = False) -> None:
    """Write `path` through a temporary file beside it, which takes its place only when it is complete.

    Args:
        suffix: what the name must end in, for example ".docx".
        write: writes the content to an open binary file.
        force: an existing file is replaced.
    Raises:
        OutputError: another ending, the file exists and `force` is not set, or the folder cannot be written.
    """
    if path.suffix.lower() != suffix:
        raise OutputError(f"{path.name} 应当以 {suffix} 结尾，请改输出文件的名称。")
    if path.exists() and not force:
        raise OutputError(f"{path} 已经存在；要覆盖请加 --force。")
    if not path.parent.is_dir():
        raise OutputError(f"文件夹 {path.parent} 不存在，请先建立。")
    # In memory first: what writes an archive cannot be stopped in the middle by a full disk without complaint.
    content = io.BytesIO()
    write(content)
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    except OSError as error:
        raise OutputError(f"不能写入文件夹 {path.parent}，请检查权限和磁盘空间。") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.getbuffer())
        # mkstemp makes files that only the owner reads; a document is handed on.
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path} 不能写入，请检查是否正在打开、有没有权限和磁盘空间。") from error
    finally:
        temporary.unlink(missing_ok=True)
