"""One vector for every article of the library, in stores of a few thousand.

A folder of vectors is never changed. The next one copies the stores that stay as they are, and those that only grow; of
what was taken out of a store nothing is to stay in its files, so the rest of it is put into another one. Thus adding or
taking out a text costs what a few thousand vectors cost, however many there are.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from assistant.retrieval.folders import IDS, current_added, root_of
from assistant.retrieval.rows import Row, hold_in, is_milvus, public, row_id, server_of
from assistant.retrieval.seal import is_sound
from assistant.retrieval.store import UNIT, open_rows

Vectors = Mapping[bytes, NDArray[np.float32]]
_ById = dict[str, NDArray[np.float32]]

# Where changes are made in place, there is one store, of this name; so it was of every folder of earlier releases.
ONE = "chroma"
# Vectors in a store: few enough to be written anew in a few seconds, and that few stores are asked.
SIZE = 4096


def read_ids(folder: Path | None, embedder: str) -> dict[str, bytes]:
    """Return id → key of the vectors in a folder, none where another embedder made them."""
    if folder is None:
        return {}
    try:
        stored = json.loads((folder / IDS).read_bytes())
        if stored["embedder"] != embedder:
            return {}
        return {identity: bytes.fromhex(key) for identity, key in stored["ids"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # gone or damaged: as if there were none


def stores_of(folder: Path, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the stores in a folder of vectors, and the ids of which each holds the vector."""
    stores: dict[str, list[str]] = json.loads((folder / IDS).read_bytes()).get("stores", {ONE: list(ids)})
    return stores


def write_ids(folder: Path, embedder: str, ids: Mapping[str, bytes], stores: Mapping[str, Sequence[str]]) -> None:
    """Write down whose vectors the stores of a folder hold."""
    told = {"embedder": embedder, "ids": {i: key.hex() for i, key in ids.items()}, "stores": stores}
    (folder / IDS).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def share_out(ids: Sequence[str], stores: Mapping[str, Sequence[str]], may_grow: bool) -> dict[str, list[str]]:
    """Return which of `ids` go to which store: into the room of `stores` where they may grow, then into new ones."""
    shares: dict[str, list[str]] = {}
    left, number = list(ids), 1
    for name in sorted(stores) if may_grow else ():
        room = max(0, SIZE - len(stores[name]))
        shares[name], left = left[:room], left[room:]
    while left:
        if (name := f"{ONE}-{number:04d}") not in stores:
            shares[name], left = left[:SIZE], left[SIZE:]
        number += 1
    return {name: share for name, share in shares.items() if share}


class UnitVectors:
    """The vectors of a folder, opened to be searched.

    Args:
        stores: as `stores_of` tells.
    """

    def __init__(
        self, folder: Path, stores: Mapping[str, Sequence[str]], embeddings: Embeddings, server: str | None
    ) -> None:
        with ExitStack() as opened:
            self._stores = [
                opened.enter_context(closing(open_rows(folder / name, embeddings, server, UNIT, len(ids))))
                for name, ids in sorted(stores.items())
            ]
            self.close = opened.pop_all().close

    def row(self, identity: str, key: bytes) -> str:
        """Return the id of the row of an article whose words have that key."""
        return row_id(identity, key) if self._stores[0].in_place else identity

    def nearest(self, vector: Sequence[float], count: int, without: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Return (id of the row, cosine) of the `count` nearest, best first; of texts in `without`, none."""
        found = [hit for rows in self._stores for hit in rows.nearest(vector, count, without)]
        return sorted(found, key=lambda hit: -hit[1])[:count]


def held_vectors(data: Path, embedder: str, server: str | None) -> dict[str, bytes]:
    """Return id → key of the vectors in use that can be taken over: of that embedder, there, and not damaged."""
    _, used = current_added(data)
    folder = root_of(data) / used
    ids = read_ids(folder, embedder) if used else {}
    if not ids or not is_sound(folder):
        return {}
    there = {server_of(folder / name) for name in stores_of(folder, ids)}
    return ids if there == {server and public(server)} else {}


def copy_vectors(
    before: Path | None, folder: Path, known: Mapping[str, bytes], vectors: Vectors, embeddings: Embeddings,
    embedder: str, server: str | None, kept: Callable[[Sequence[bytes]], Vectors],
) -> None:  # fmt: skip
    """Write the vectors of `known` to `folder`.

    Args:
        before: a folder of vectors, of which those that stay are taken over, or None.
        known: id → key; the key is among `vectors`, or `before` has the vector.
        kept: returns the vectors of keys that are known without `before`, as far as they are.
    """
    held = read_ids(before, embedder)
    new = {i: vectors[key] for i, key in known.items() if held.get(i) != key}
    if is_milvus(server):
        _change_in_place(before, folder, known, new, embeddings, server)
        write_ids(folder, embedder, known, {ONE: list(known)})
        return
    stores = stores_of(before, held) if before is not None and held else {}
    stays = {name: [i for i in ids if known.get(i) == held[i]] for name, ids in stores.items()}
    moved = [name for name, ids in stores.items() if len(stays[name]) < len(ids)]
    if server is not None and new and stays and not moved:
        # Of a server's collection there is no copy that could grow: what there is room for is written with the rest.
        moved = [name for name in [min(stays, key=lambda name: len(stays[name]))] if len(stays[name]) < SIZE]
    for name in moved:
        assert before is not None
        rest = stays.pop(name)
        found = kept([known[i] for i in rest])
        new |= {i: found[known[i]] for i in rest if known[i] in found}
        # Read only where it must be: the memory that a graph was in is written out with the next one, and with it what
        # was taken out.
        if left := [i for i in rest if known[i] not in found]:
            new |= _read(before / name, left, embeddings, server)
    shares = share_out(list(new), stays, may_grow=server is None)
    for name in stays:
        assert before is not None
        shutil.copytree(before / name, folder / name)
    for name, share in shares.items():
        with closing(open_rows(folder / name, embeddings, server, UNIT)) as rows:
            rows.add([_row(i, i, new[i]) for i in share])
    after = {name: [*stays.get(name, ()), *shares.get(name, ())] for name in {**stays, **shares}}
    write_ids(folder, embedder, known, after)


def _change_in_place(
    before: Path | None, folder: Path, known: Mapping[str, bytes], new: _ById,
    embeddings: Embeddings, server: str | None,
) -> None:  # fmt: skip
    with closing(
        open_rows(folder / ONE, embeddings, server, UNIT, before=before / ONE if before is not None else None)
    ) as rows:
        hold_in(folder / ONE, [row_id(i, key) for i, key in known.items()])
        rows.add([_row(row_id(i, known[i]), i, vector) for i, vector in new.items()])


def _row(name: str, identity: str, vector: NDArray[np.float32]) -> Row:
    # The words are the library's; the store knows the id alone.
    return Row(name, "", vector, {"source": identity.rpartition("#")[0]})


def _read(folder: Path, ids: Sequence[str], embeddings: Embeddings, server: str | None) -> _ById:
    with closing(open_rows(folder, embeddings, server, UNIT)) as rows:
        return {row.id: row.vector for row in rows.get(ids)}
