"""Writing the index of the library: what stands in the folder in use is taken over, the rest is made."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant.retrieval.added import FORMAT, Unit, read_texts, stamp_of, units_of
from assistant.retrieval.folders import current_added, new_folder, put_in_use, root_of
from assistant.retrieval.keyword import Tokenizer, fold, load_synonyms
from assistant.retrieval.rows import is_milvus, row_id, server_of
from assistant.retrieval.seal import is_sound, seal
from assistant.retrieval.unit_vectors import Vectors, copy_vectors, held_vectors
from assistant.retrieval.vocabulary import DICTIONARY, may_name, whole_vocabulary, write_vocabulary
from assistant.retrieval.words import write_grown
from assistant.sources.held import HeldText
from assistant.sources.titles import plain_title


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
    used = current_added(data)[0]
    before = root_of(data) / used if used else None
    name, folder = new_folder(data, "words")
    units = units_of(texts)
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as lines:
        for text in texts:
            lines.write(json.dumps({**text.plain(), "blocks": []}, ensure_ascii=False) + "\n")
    shutil.copyfile(synonyms, folder / "synonyms.txt")
    keys = [(unit.id, unit.key.hex()) for unit in units]
    (folder / "keys.json").write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")
    if units:
        names, terms = _names(texts), load_synonyms(synonyms)
        whole = whole_vocabulary(terms, names)
        moved = _moved(before, folder, units, names) if before and not is_milvus(server) else {}
        held_of = write_grown(
            folder / "bm25", [unit.words for unit in units], moved, Tokenizer(whole, terms), server,
            [row_id(unit.id, unit.key) for unit in units], [text.id for text in texts for _ in text.articles],
            before / "bm25" if before else None,
        )  # fmt: skip
        write_vocabulary(folder / DICTIONARY, whole, held_of, {*names, *terms, *terms.values()})
    (folder / "manifest.json").write_text(json.dumps({"format": FORMAT, "stamp": stamp}), encoding="utf-8")
    seal(folder)
    return name


def _names(texts: Sequence[HeldText]) -> set[str]:
    return {plain_title(text.title) for text in texts}


def _moved(before: Path, folder: Path, units: Sequence[Unit], names: set[str]) -> dict[int, int]:
    """Return place in `before` → place in `units` of those that are cut there as they would be here."""
    if stamp_of(before) < 0 or server_of(before / "bm25") or not is_sound(before):
        return {}
    if (before / "synonyms.txt").read_bytes() != (folder / "synonyms.txt").read_bytes():
        return {}
    old = {name: (place, key) for place, (name, key) in enumerate(json.loads((before / "keys.json").read_bytes()))}
    other = {fold(name) for name in names} ^ {fold(name) for name in _names(read_texts(before))}
    moved = {}
    for place, unit in enumerate(units):
        was, key = old.get(unit.id, (-1, ""))
        # A title is a word of its own: where one came or went, the texts that call it are cut otherwise.
        if key == unit.key.hex() and not any(may_name(unit.words, name) for name in other):
            moved[was] = place
    return moved


def write_vectors(
    data: Path, wanted: Mapping[str, bytes], vectors: Vectors, embeddings: Embeddings, embedder: str,
    server: str | None, kept: Callable[[Sequence[bytes]], Vectors],
) -> None:  # fmt: skip
    """Make the vectors that are known of `wanted` the ones in use. To be called with the lock held.

    Args:
        wanted: id of every unit → its key.
        vectors: by key; those in use need not be among them.
        server: where they are to lie (`store.open_rows`), None for the data folder.
        kept: returns the vectors of keys in use, as far as they are known without the folder in use.
    """
    words, used = current_added(data)
    before = root_of(data) / used if used else None
    held = held_vectors(data, embedder, server)
    known = {identity: key for identity, key in wanted.items() if held.get(identity) == key or key in vectors}
    if known == held and (held or before is None):
        return
    name, folder = new_folder(data, "vectors")
    copy_vectors(before if held else None, folder, known, vectors, embeddings, embedder, server, kept)
    seal(folder)
    put_in_use(data, words, name if known else "")
