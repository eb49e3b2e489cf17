"""The exchange of a data folder's contents: planned in a file, and made from wherever it was broken off."""

import json
import shutil
from pathlib import Path

from assistant.upkeep.data_folder import RESTORING

READY = "ready.json"


def finish(data: Path) -> None:
    """Make the exchange that a restore began, from wherever it was broken off; nothing where none was begun.

    To be called with the data folder kept.
    """
    folder = data / RESTORING
    if not folder.is_dir():
        return
    if (folder / READY).is_file():
        plan = json.loads((folder / READY).read_text(encoding="utf-8"))
        for name in plan["old"]:
            _set_aside(data / name, Path(plan["aside"]) / name)
        for name in plan["new"]:
            if (folder / name).exists():
                # Only an index can be there, of a process that came in between, and that can be built anew.
                if (data / name).is_dir():
                    shutil.rmtree(data / name)
                (folder / name).rename(data / name)
    shutil.rmtree(folder)


def _set_aside(old: Path, aside: Path) -> None:
    # What stands aside was moved before the break; what stands in its old place is then the new one.
    if aside.exists() or not old.exists():
        return
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.parent.chmod(0o700)
    old.rename(aside)
