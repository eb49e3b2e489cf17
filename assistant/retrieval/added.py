"""The index of the library: what is searched of the texts an office added. Derived, and never half.

    <data>/index/added/words-…/    manifest.json, texts.jsonl (the texts as they were), BM25 and its dictionary
    <data>/index/added/vectors-…/  chroma/, and ids.json: which article's vector it is, and of which words

A folder is complete before it is named, and never changed after that. Words come first, in seconds; vectors follow, and
an article without one is found by its words until then.
"""

import contextlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from assistant.errors import IndexDamagedError
from assistant.retrieval.embeddings import PreparedVectors
from assistant.retrieval.folders import IDS, Hold, current_added, new_folder, put_in_use, root_of
from assistant.retrieval.keyword import Tokenizer, load_synonyms, write_dictionary
from assistant.retrieval.rows import MILVUS, Words, public, row_id, server_of
from assistant.retrieval.seal import check_seal, is_sound, seal
from assistant.retrieval.store import UnitVectors
from assistant.retrieval.words import open_texts, write_texts
from assistant.sources.held import FROM_FILE, HeldText
from assistant.sources.statute import StatuteArticle
from assistant.sources.titles import plain_title

_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """One article of a text, as it is searched.

    Attributes:
        id: 「行政复议法@2024-01-01#第三十三条」.
        words: what is embedded and what BM25 reads: title, headings and text.
        key: by which its vector is known.
    """

    id: str
    words: str
    key: bytes


def units_of(texts: Sequence[HeldText]) -> list[Unit]:
    """Return the units of `texts`, in order."""
    return [_unit(text, article) for text in texts for article in text.articles]


def _unit(text: HeldText, article: StatuteArticle) -> Unit:
    heading = article.label if article.number is None else " ".join(article.path[-1:])
    words = f"{plain_title(text.title)} {heading}\n{article.text}"
    return Unit(f"{text.id}#{article.name}", words, PreparedVectors.key(words, False))


@dataclass(frozen=True, slots=True)
class AddedIndex:
    """The opened index of the library.

    Attributes:
        texts: what it was made from.
        stamp: the library's when it was made.
        rows: id of a row → place of its unit, of the units whose vector is there and is of these very words.
        count: how many units there are.
        by_words: BM25 over the units; None where there are none.
        store: their vectors; None where there are none yet.
        held: keeps the folder of the vectors from being deleted; None where there is none.
        by_office: for every unit whether the office added it; else it came with the program.
    """

    texts: tuple[HeldText, ...]
    stamp: int
    rows: dict[str, int]
    count: int
    by_words: Words | None
    store: UnitVectors | None
    held: Hold | None
    by_office: tuple[bool, ...]

    def similarities(self, vector: Sequence[float], count: int, without: Sequence[str] = ()) -> dict[int, float]:
        """Return place → cosine of the units nearest to `vector`; a vector of words that have gone is passed over.

        Args:
            without: ids of texts that are left out.
        """
        if self.store is None:
            return {}
        found = self.store.nearest(vector, count, without)
        return {self.rows[identity]: similarity for identity, similarity in found if identity in self.rows}

    def close(self) -> None:
        """Release the files."""
        if self.store is not None:
            self.store.close()
        if self.by_words is not None:
            self.by_words.close()
        if self.held is not None:
            self.held.close()


def read_stamp(data: Path) -> int:
    """Return the stamp of the library that the index was made from, -1 where there is no index of this format."""
    words, _ = current_added(data)
    return _stamp_of(root_of(data) / words) if words else -1


def _stamp_of(words: Path) -> int:
    """Return the stamp of a folder of words, -1 where it is damaged or another release wrote it."""
    try:
        manifest: dict[str, int] = json.loads((words / "manifest.json").read_bytes())
        return int(manifest["stamp"]) if manifest["format"] == _FORMAT else -1
    except (OSError, ValueError, KeyError, TypeError):
        return -1


def added_texts(data: Path) -> tuple[HeldText, ...]:
    """Return the texts that the index of the library was made from, () where there is none."""
    words, _ = current_added(data)
    if not words or _stamp_of(root_of(data) / words) < 0:
        return ()
    return _read_texts(root_of(data) / words)


def _read_texts(folder: Path) -> tuple[HeldText, ...]:
    with (folder / "texts.jsonl").open(encoding="utf-8") as lines:
        return tuple(HeldText.from_plain(json.loads(line)) for line in lines)


def open_added(data: Path, embeddings: Embeddings, embedder: str, server: str | None = None) -> AddedIndex | None:
    """Open the index of the library, or return None where there is none; vectors of another embedder are left out.

    Raises:
        IndexDamagedError: it is not what was written.
    """
    while True:
        named = current_added(data)
        try:
            return _open(data, named, embeddings, embedder, server)
        except (FileNotFoundError, IndexDamagedError) as error:
            # Put out of use between the two lines above; what took its place is there.
            if named != current_added(data):
                continue
            if isinstance(error, IndexDamagedError):
                raise
            raise IndexDamagedError("添加的资料的索引不全", root_of(data)) from error


def _open(
    data: Path, named: tuple[str, str], embeddings: Embeddings, embedder: str, server: str | None
) -> AddedIndex | None:
    words, vectors = (root_of(data) / name if name else None for name in named)
    if words is None:
        return None
    check_seal(words)
    held = Hold(vectors) if vectors else None
    if vectors:
        check_seal(vectors)
    texts = _read_texts(words)
    keys = {name: bytes.fromhex(key) for name, key in json.loads((words / "keys.json").read_text("utf-8"))}
    tokenizer = Tokenizer(words / "dictionary.txt", load_synonyms(words / "synonyms.txt")) if keys else None
    by_words = None
    if tokenizer:
        by_words = open_texts(words / "bm25", tokenizer, server, [row_id(name, key) for name, key in keys.items()])
    ids = read_ids(vectors, embedder)
    store = None
    if vectors and ids:
        store = UnitVectors(vectors / "chroma", embeddings, server=server, expected=len(ids))
    return AddedIndex(
        texts=texts,
        stamp=_stamp_of(words),
        rows={store.row(name, key): place for place, (name, key) in enumerate(keys.items()) if ids.get(name) == key}
        if store
        else {},
        count=len(keys),
        by_words=by_words,
        store=store,
        held=held,
        by_office=tuple(text.origin == FROM_FILE for text in texts for _ in text.articles),
    )


def write_words(data: Path, texts: Sequence[HeldText], stamp: int, synonyms: Path, server: str | None = None) -> None:
    """Make the words of `texts` the ones in use; as `make_words`."""
    name = make_words(data, texts, stamp, synonyms, server)
    put_in_use(data, name, current_added(data)[1])


def make_words(data: Path, texts: Sequence[HeldText], stamp: int, synonyms: Path, server: str | None) -> str:
    """Make the words of `texts`, not in use yet; return the name of their folder. To be called with the lock held.

    Args:
        stamp: of the library that the texts are from.
        server: where they are to lie (`store.open_rows`), None or Chroma for the data folder.
    """
    before = current_added(data)[0]
    name, folder = new_folder(data, "words")
    units = units_of(texts)
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as lines:
        for text in texts:
            lines.write(json.dumps({**text.plain(), "blocks": []}, ensure_ascii=False) + "\n")
    shutil.copyfile(synonyms, folder / "synonyms.txt")
    keys = [(unit.id, unit.key.hex()) for unit in units]
    (folder / "keys.json").write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")
    if units:
        names = {plain_title(text.title) for text in texts}
        write_dictionary(folder / "dictionary.txt", (unit.words for unit in units), names)
        tokenizer = Tokenizer(folder / "dictionary.txt", load_synonyms(synonyms))
        write_texts(
            folder / "bm25", [unit.words for unit in units], tokenizer, server,
            [row_id(unit.id, unit.key) for unit in units], [text.id for text in texts for _ in text.articles],
            root_of(data) / before / "bm25" if before else None,
        )  # fmt: skip
    manifest = {"format": _FORMAT, "stamp": stamp}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    seal(folder)
    return name


def write_vectors(
    data: Path, wanted: Mapping[str, bytes], vectors: Mapping[bytes, NDArray[np.float32]], embeddings: Embeddings,
    embedder: str, server: str | None = None,
) -> None:  # fmt: skip
    """Make the vectors that are known of `wanted` the ones in use. To be called with the lock held.

    What only grew is added to a copy of the folder in use. Where something changed or left, all is written anew, so
    that nothing of it stays in the files.

    Args:
        wanted: id of every unit → its key.
        vectors: by key, as far as they were computed.
        server: where they are to lie (`store.open_rows`), None for the data folder; of a Chroma server, nothing is
            copied; in Milvus, only what changed is written.
    """
    known = {identity: key for identity, key in wanted.items() if key in vectors}
    held = _ids_in_use(data, embedder)
    words, old = current_added(data)
    before = root_of(data) / old / "chroma"
    stays = not old or server_of(before) == (server and public(server))
    sound = not old or is_sound(root_of(data) / old)
    if known == held and stays and sound:
        return
    name, folder = new_folder(data, "vectors")
    in_place = server is not None and server.startswith(MILVUS)
    grown = bool(held) and stays and sound and (in_place or (server is None and held.items() <= known.items()))
    if grown and not in_place:
        shutil.copytree(before, folder / "chroma")
    new = {identity: vectors[key] for identity, key in known.items() if not (grown and held.get(identity) == key)}
    shared = before if grown else None
    with contextlib.closing(UnitVectors(folder / "chroma", embeddings, server=server, before=shared)) as store:
        store.add(new, known)
    ids = {"embedder": embedder, "ids": {identity: key.hex() for identity, key in known.items()}}
    (folder / IDS).write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")
    seal(folder)
    put_in_use(data, words, name if known else "")


def waiting(data: Path, texts: Sequence[HeldText], embedder: str) -> int:
    """Return how many units of `texts` have no vector of these very words in use yet."""
    held = _ids_in_use(data, embedder)
    return sum(held.get(unit.id) != unit.key for unit in units_of(texts))


def _ids_in_use(data: Path, embedder: str) -> dict[str, bytes]:
    _, vectors = current_added(data)
    return read_ids(root_of(data) / vectors if vectors else None, embedder)


def read_ids(vectors: Path | None, embedder: str) -> dict[str, bytes]:
    """Return id → key of the vectors in a folder, none where another embedder made them."""
    if vectors is None:
        return {}
    try:
        stored = json.loads((vectors / IDS).read_bytes())
        if stored["embedder"] != embedder:
            return {}
        return {identity: bytes.fromhex(key) for identity, key in stored["ids"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # gone or damaged: as if there were none
