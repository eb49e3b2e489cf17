"""Files in passing: what was uploaded and what was made to be taken away, in a folder of ours and not for ever."""

import shutil
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

_NAME = "temporary"


def keep_files_in(data: Path) -> None:
    """Let temporary files, Gradio's too, go to a folder in `data` that only its owner reads."""
    folder = data.resolve() / _NAME
    with suppress(OSError):  # a data folder that cannot be written is told of where something is stored
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.tempdir = str(folder)


def clear_leftovers(now: datetime, days: int) -> None:
    """Delete what has lain in that folder for `days` days; elsewhere nothing is touched."""
    folder = Path(tempfile.gettempdir())
    if folder.name != _NAME:
        return
    oldest = (now - timedelta(days=days)).timestamp()
    uploads = folder / "gradio"
    for found in [*folder.iterdir(), *(uploads.iterdir() if uploads.is_dir() else ())]:
        with suppress(OSError):
            if found != uploads and found.stat().st_mtime < oldest:
                shutil.rmtree(found) if found.is_dir() else found.unlink()
