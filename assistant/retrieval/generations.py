"""The generations of the index: numbered folders, of which a file names the one in use.

    <data>/index/current            the name of the folder in use
    <data>/index/<fingerprint>/     manifest.json, texts/ (the corpus as it was read), chroma/, dictionary.txt

A new one is made beside the old one and put in its place in one step.
"""

import contextlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.errors import IndexDamagedError
from assistant.locks import hold
from assistant.retrieval.store import forget

# Raised whenever the layout or what is embedded changes, so that an old index is never read as a new one.
FORMAT = 3
# What is read of a manifest before the index is held against its seal.
_MANIFEST = {"format", "generation", "embedder", "corpus", "dimension"}


def current_folder(data: Path) -> Path | None:
    """Return the folder of the index in use, or None where there is none."""
    pointer = data / "index" / "current"
    if not pointer.is_file():
        return None
    name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    if not re.fullmatch(r"\d+-[0-9a-f]+", name):  # damaged
        return None
    folder = data / "index" / name
    return folder if (folder / "manifest.json").is_file() else None


def read_manifest(folder: Path) -> dict[str, object]:
    """Return the manifest of the index in `folder`.

    Raises:
        IndexDamagedError: it cannot be read.
    """
    try:
        manifest: dict[str, object] = json.loads((folder / "manifest.json").read_bytes())
        if not manifest.keys() >= _MANIFEST:
            raise ValueError
    except (OSError, ValueError, AttributeError) as error:
        raise IndexDamagedError("索引的清单已经损坏", folder) from error
    return manifest


def is_of_this_release(manifest: Mapping[str, object]) -> bool:
    """Whether the index with this manifest is laid out as this release reads it."""
    return manifest["format"] == FORMAT


@contextlib.contextmanager
def building(root: Path) -> Iterator[None]:
    """Hold the lock of the one process that may build."""
    with hold(root / "lock", "重建索引"):
        yield


def next_number(root: Path) -> int:
    """Return the number of the generation that comes after all that there are, 1 for the first."""
    names = [path.name.partition("-")[0] for path in root.iterdir() if path.is_dir()]
    return max((int(name) for name in names if name.isdecimal()), default=0) + 1


def new_generation(root: Path, number: int, fingerprint: str, server: str | None) -> Path:
    """Return an empty folder for a generation of the index; what a run that was broken off left there goes."""
    folder = root / f"{number:06d}-{fingerprint[:12]}"
    delete(folder, server)
    folder.mkdir(parents=True)
    return folder


def delete(folder: Path, server: str | None) -> None:
    """Delete a generation of the index, and what it has on a server."""
    for part in ("chroma", "articles"):
        forget(folder / part, server=server)
    shutil.rmtree(folder, ignore_errors=True)


def point_to(root: Path, name: str) -> None:
    """Make the generation of that name the one in use."""
    new = root / "current.new"
    new.write_text(name, encoding="utf-8")
    new.replace(root / "current")
