"""An index moved from one store to another without computing a vector: copied, compared row by row, then put in use.

What is in use stays so until all of the new one is there and compared; a run that is broken off is begun again, and
what it left is deleted first.
"""

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.errors import IndexMismatchError, IndexMissingError
from assistant.retrieval.added import added_texts, read_stamp
from assistant.retrieval.adding import make_words
from assistant.retrieval.doors import as_text
from assistant.retrieval.folders import IDS, changing, clear_out, current_added, new_folder, put_in_use, root_of
from assistant.retrieval.generations import building, current_folder, delete, new_generation, point_to, read_manifest
from assistant.retrieval.keyword import Tokenizer, load_synonyms
from assistant.retrieval.rows import Row, Rows, hold_in, is_milvus, public, row_id, server_of
from assistant.retrieval.seal import SEAL, check_seal, seal
from assistant.retrieval.store import DOOR, UNIT, open_rows
from assistant.retrieval.unit_vectors import ONE, read_ids, share_out, stores_of, write_ids
from assistant.retrieval.words import write_texts
from assistant.sources.digests import load_digests

_STORES = ("chroma", "articles")
_NEAR = 1e-5
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: vectors of the shipped texts and of the library, each compared with the one that it was; 0 of
    what lay there already.
    """

    shipped: int
    library: int


class _Width(Embeddings):
    """An embedder of which nothing but the dimension is asked."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension

    def embed_query(self, text: str) -> list[float]:
        return [0.0] * self._dimension

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError


def move(data: Path, server: str | None, progress: Progress, source: str | None = None) -> Moved:
    """Move the index in `data` to `server`; what lies there already stays as it is.

    Args:
        server: as `store.open_rows` takes it, None for the data folder.
        source: where the index lies, needed only where a password must be given.
    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: the index is not what was written.
        IndexMismatchError: what was copied is not what was there; the old index stays in use.
        IndexBusyError: another process is building or changing.
        StoreUnreachableError: a server does not answer.
    """
    with building(data / "index"), changing(data):
        clear_out(data, server)
        library = _move_library(data, server, source, progress)
        shipped = _move_shipped(data, server, source, progress)
        clear_out(data, source)
    return Moved(shipped, library)


def _place(folder: Path, source: str | None) -> str | None:
    told = server_of(folder)
    return source if source is not None and told is not None and public(source) == told else told


def _there(folder: Path, server: str | None) -> bool:
    return server_of(folder) == (server and public(server))


def _move_shipped(data: Path, server: str | None, source: str | None, progress: Progress) -> int:
    root, old = data / "index", current_folder(data)
    if old is None:
        raise IndexMissingError("还没有索引，请运行 gongkai corpus rebuild。")
    if _there(old / "chroma", server):
        return 0
    check_seal(old)
    manifest = read_manifest(old)
    manifest["generation"] = int(str(manifest["generation"])) + 1
    folder = new_generation(root, int(str(manifest["generation"])), str(manifest["corpus"]), server)
    for path in old.iterdir():
        if path.is_dir() and path.name not in _STORES:
            shutil.copytree(path, folder / path.name)
        elif path.is_file() and path.name not in ("manifest.json", SEAL):
            shutil.copyfile(path, folder / path.name)
    count, width = int(str(manifest["vectors"])), _Width(int(str(manifest["dimension"])))
    with (
        contextlib.closing(open_rows(old / "chroma", width, _place(old / "chroma", source), DOOR, count)) as ours,
        contextlib.closing(open_rows(folder / "chroma", width, server, DOOR)) as theirs,
    ):
        _copy(ours, theirs, lambda row: row, count, _telling(progress, "搬运法规向量"))
    texts = folder / "texts"
    tokenizer = Tokenizer(folder / "dictionary.txt", load_synonyms(texts / "synonyms.txt"))
    write_texts(folder / "articles", [as_text(a) for a in load_digests(texts / "regulations")], tokenizer, server)
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    seal(folder)
    point_to(root, folder.name)
    delete(old, source)
    return count


def _move_library(data: Path, server: str | None, source: str | None, progress: Progress) -> int:
    words, vectors = current_added(data)
    if not words:
        return 0
    old = root_of(data)
    words_there = _there(old / words / "bm25", server if is_milvus(server) else None)
    vectors_there = not vectors or all(_there(part, server) for part in _stores_in(old / vectors))
    if words_there and vectors_there:
        return 0
    if not words_there:
        progress("搬运词语", 0, 1)
        words = make_words(data, added_texts(data), read_stamp(data), old / words / "synonyms.txt", server)
        progress("搬运词语", 1, 1)
    moved = 0
    if not vectors_there:
        vectors, moved = _move_vectors(data, old / vectors, server, source, progress)
    put_in_use(data, words, vectors)
    return moved


def _stores_in(folder: Path) -> list[Path]:
    return [folder / name for name in stores_of(folder, ())]


def _move_vectors(data: Path, old: Path, server: str | None, source: str | None, progress: Progress) -> tuple[str, int]:
    check_seal(old)
    told = json.loads((old / IDS).read_text(encoding="utf-8"))
    keys = read_ids(old, told["embedder"])
    there = stores_of(old, keys)
    here = {ONE: list(keys)} if is_milvus(server) else share_out(list(keys), {}, may_grow=False)
    name, folder = new_folder(data, "vectors")
    with contextlib.ExitStack() as opened:

        def open_all(where: Path, stores: Mapping[str, Sequence[str]], place: str | None, width: _Width) -> _Together:
            rows = {
                store: opened.enter_context(contextlib.closing(open_rows(where / store, width, place, UNIT)))
                for store in stores
            }
            in_place = any(one.in_place for one in rows.values())
            named = {row_id(i, keys[i]) if in_place else i: rows[store] for store, ids in stores.items() for i in ids}
            return _Together(list(rows.values()), named, in_place)

        # The store of the old ones has a width of its own; that of the first row is that of all.
        ours = open_all(old, there, _place(old / min(there), source), _Width(1))
        first = next((batch[0] for batch in ours.read() if batch), None)
        theirs = open_all(folder, here, server, _Width(1 if first is None else len(first.vector)))
        from_row = {row_id(i, key) if ours.in_place else i: i for i, key in keys.items()}
        to_row = {i: row_id(i, key) if theirs.in_place else i for i, key in keys.items()}

        def renamed(row: Row) -> Row | None:
            identity = from_row.get(row.id)
            if identity is None:
                return None  # of another generation of a collection that several share
            return Row(to_row[identity], "", row.vector, {"source": identity.rpartition("#")[0]})

        if theirs.in_place:
            hold_in(folder / ONE, list(to_row.values()))
        _copy(ours, theirs, renamed, len(keys), _telling(progress, "搬运添加的向量"))
    write_ids(folder, told["embedder"], keys, here)
    seal(folder)
    return name, len(keys)


class _Together:
    """The rows of several stores as if they were one.

    Args:
        named: id of a row → the store that it is in, or is to be in.
    """

    def __init__(self, stores: Sequence[Rows], named: Mapping[str, Rows], in_place: bool) -> None:
        self._stores, self._named, self.in_place = stores, named, in_place

    def read(self) -> Iterator[list[Row]]:
        """Yield every row, a batch at a time."""
        for store in self._stores:
            yield from store.read()

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows, each to its own store."""
        for store in self._stores:
            if own := [row for row in rows if self._named[row.id] is store]:
                store.add(own)

    def get(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows with these ids that there are, in any order."""
        return [row for store in self._stores for row in store.get([i for i in ids if self._named[i] is store])]

    def count(self) -> int:
        """Return how many rows there are."""
        return sum(store.count() for store in self._stores)


def _telling(progress: Progress, doing: str) -> Callable[[int, int], None]:
    """Return what tells how far one step has come."""
    return lambda done, total: progress(doing, done, total)


def _copy(
    ours: "Rows | _Together",
    theirs: "Rows | _Together",
    renamed: Callable[[Row], Row | None],
    count: int,
    progress: Callable[[int, int], None],
) -> None:
    """Copy all rows, then compare each.

    Raises:
        IndexMismatchError: one is not there or not the same, or there are more or fewer than `count`.
    """
    for compare in (False, True):
        done = 0
        for batch in ours.read():
            rows = [row for old in batch if (row := renamed(old)) is not None]
            if compare:
                _compare(rows, {row.id: row for row in theirs.get([row.id for row in rows])})
            else:
                theirs.add(rows)
            done += len(rows)
            progress(done + compare * count, 2 * count)
        if done != count:
            raise IndexMismatchError(
                f"原来的索引应有 {count} 个向量，读出 {done} 个，没有搬；请运行 gongkai corpus rebuild。"
            )
    if theirs.count() < count:
        raise IndexMismatchError(f"搬过去的向量只有 {theirs.count()}/{count} 个，仍用原来的索引；请再运行一次。")


def _compare(rows: list[Row], found: dict[str, Row]) -> None:
    for row in rows:
        other = found.get(row.id)
        same = (
            other is not None
            and dict(other.fields) == dict(row.fields)
            and (not row.text or other.text == row.text)
            and float(np.abs(_unit(row).vector - _unit(other).vector).max()) < _NEAR
        )
        if not same:
            raise IndexMismatchError(
                "搬过去的向量与原来的不一致，仍用原来的索引；请再运行一次 gongkai corpus migrate。"
            )


def _unit(row: Row) -> Row:
    """Return the row with its vector brought to length 1, as a store may have done."""
    return replace(row, vector=row.vector / np.linalg.norm(row.vector))
