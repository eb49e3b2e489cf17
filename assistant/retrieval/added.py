"""The index of the library: what is searched of the texts an office added. Derived, and never half.

    <data>/index/added/words-…/    manifest.json, texts.jsonl (the texts as they were), BM25 and its dictionary
    <data>/index/added/vectors-…/  chroma-0001/ and so on, and ids.json: whose vectors are where, and of which words

A folder is complete before it is named, and never changed after that. Words come first, in seconds; vectors follow, and
an article without one is found by its words until then.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant.errors import IndexDamagedError
from assistant.retrieval.embeddings import PreparedVectors
from assistant.retrieval.folders import Hold, current_added, root_of
from assistant.retrieval.keyword import Tokenizer, load_synonyms
from assistant.retrieval.rows import Words, row_id
from assistant.retrieval.seal import check_seal
from assistant.retrieval.unit_vectors import UnitVectors, read_ids, stores_of
from assistant.retrieval.vocabulary import DICTIONARY, read_vocabulary
from assistant.retrieval.words import open_grown
from assistant.sources.held import FROM_FILE, HeldText
from assistant.sources.statute import StatuteArticle
from assistant.sources.titles import plain_title

FORMAT = 3


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
    return stamp_of(root_of(data) / words) if words else -1


def stamp_of(words: Path) -> int:
    """Return the stamp of a folder of words, -1 where it is damaged or another release wrote it."""
    try:
        manifest: dict[str, int] = json.loads((words / "manifest.json").read_bytes())
        return int(manifest["stamp"]) if manifest["format"] == FORMAT else -1
    except (OSError, ValueError, KeyError, TypeError):
        return -1


def added_texts(data: Path) -> tuple[HeldText, ...]:
    """Return the texts that the index of the library was made from, () where there is none."""
    words, _ = current_added(data)
    if not words or stamp_of(root_of(data) / words) < 0:
        return ()
    return read_texts(root_of(data) / words)


def read_texts(folder: Path) -> tuple[HeldText, ...]:
    """Return the texts that a folder of words was made from, without their blocks."""
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
    texts = read_texts(words)
    keys = {name: bytes.fromhex(key) for name, key in json.loads((words / "keys.json").read_text("utf-8"))}
    by_words = None
    if keys:
        tokenizer = Tokenizer(read_vocabulary(words / DICTIONARY), load_synonyms(words / "synonyms.txt"))
        by_words = open_grown(words / "bm25", tokenizer, server, [row_id(name, key) for name, key in keys.items()])
    ids = read_ids(vectors, embedder)
    store = UnitVectors(vectors, stores_of(vectors, ids), embeddings, server) if vectors and ids else None
    return AddedIndex(
        texts=texts,
        stamp=stamp_of(words),
        rows={store.row(name, key): place for place, (name, key) in enumerate(keys.items()) if ids.get(name) == key}
        if store
        else {},
        count=len(keys),
        by_words=by_words,
        store=store,
        held=held,
        by_office=tuple(text.origin == FROM_FILE for text in texts for _ in text.articles),
    )


def waiting(data: Path, texts: Sequence[HeldText], embedder: str) -> int:
    """Return how many units of `texts` have no vector of these very words in use yet."""
    held = ids_in_use(data, embedder)
    return sum(held.get(unit.id) != unit.key for unit in units_of(texts))


def ids_in_use(data: Path, embedder: str) -> dict[str, bytes]:
    """Return id → key of the vectors in use, none where another embedder made them."""
    _, vectors = current_added(data)
    return read_ids(root_of(data) / vectors if vectors else None, embedder)
