"""Makes the index of a corpus, beside the old one, which serves until the new one is whole.

The texts are kept, so that the index can always be read and rebuilt, also while the corpus is being edited.
"""

import contextlib
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.errors import InputError
from assistant.retrieval.doors import as_text, doors_of, lines_of, lines_to_decline
from assistant.retrieval.embeddings import PreparedVectors, TextEmbeddings, embed_texts
from assistant.retrieval.generations import (
    FORMAT,
    building,
    current_folder,
    delete,
    new_generation,
    next_number,
    point_to,
)
from assistant.retrieval.keyword import KeywordIndex, Tokenizer, load_synonyms, write_dictionary
from assistant.retrieval.seal import seal
from assistant.retrieval.store import Cosines, Door, VectorStore
from assistant.retrieval.words import write_texts
from assistant.sources.digests import Article, load_digests
from assistant.sources.scope import load_topics


def corpus_hash(corpus: Path) -> str:
    """Return the SHA-256 over the names and contents of the corpus files that the index is made from."""
    digest = hashlib.sha256()
    for path in _corpus_files(corpus):
        digest.update(path.relative_to(corpus).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _corpus_files(corpus: Path) -> list[Path]:
    regulations = [path for path in sorted((corpus / "regulations").glob("*.md")) if path.name != "README.md"]
    statutes = [path for path in [corpus / "sources.toml"] if path.is_file()]
    return [*regulations, corpus / "out_of_scope.yaml", *statutes, corpus / "synonyms.txt"]


def build_index(
    corpus: Path,
    data: Path,
    embeddings: TextEmbeddings,
    embedder: str,
    built_on: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
    server: str | None = None,
) -> Path:
    """Build the index of `corpus` in `data` and make it the one in use; the old one serves until then.

    Args:
        built_on: the day, ISO; written into the manifest.
        progress: told how many doors are in, and of how many.
        server: where the vectors are to lie (`store.open_rows`), None for the data folder.
    Raises:
        CorpusFileError: a corpus file breaks the format; the old index stays in use.
        IndexBusyError: another process is building.
    """
    root = data / "index"
    articles, topics = load_digests(corpus / "regulations"), load_topics(corpus / "out_of_scope.yaml")
    doors = doors_of(articles, topics)
    if not articles or not topics:
        raise InputError("资料库是空的：corpus/regulations 里没有法规，或者 out_of_scope.yaml 里没有主题。")
    with building(root):
        fingerprint, prepared = corpus_hash(corpus), PreparedVectors.load(corpus / "vectors.npz", embedder)
        old = current_folder(data)
        generation = next_number(root)
        folder = new_generation(root, generation, fingerprint, server)
        for path in _corpus_files(corpus):
            target = folder / "texts" / path.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        write_dictionary(folder / "dictionary.txt", (door.text for door in doors), _names(articles))
        missing = sum(not prepared.holds(door.text, door.is_question) for door in doors)
        bulk, vectors = embeddings.for_bulk(missing), list[list[float]]()

        def embed(batch: Sequence[Door]) -> list[list[float]]:
            vectors.extend(embed_texts([(door.text, door.is_question) for door in batch], bulk, prepared))
            return vectors[-len(batch) :]

        with contextlib.closing(VectorStore(folder / "chroma", embeddings, server=server)) as store:
            store.add(doors, embed, lambda done: progress(done, len(doors)))
        tokenizer = Tokenizer(folder / "dictionary.txt", load_synonyms(corpus / "synonyms.txt"))
        write_texts(folder / "articles", [as_text(article) for article in articles], tokenizer, server)
        # These lines, some thousands whatever an office adds, decide what is declined: always the scale of bm25s.
        lines = KeywordIndex.of([*lines_of(articles), *lines_to_decline(topics)], tokenizer)
        lines.save(folder / "lines")
        cosines = _cosines(corpus / "calibration.yaml", folder, embedder, doors, vectors, lines)
        kinds = Counter("article" if d.paragraph < 0 else "line" if d.is_question else "paragraph" for d in doors)
        manifest = {
            "format": FORMAT,
            "generation": generation,
            "embedder": embedder,
            "corpus": fingerprint,
            "built_on": built_on,
            "sources": len({article.source.id for article in articles}),
            "articles": len(articles),
            "paragraphs": kinds["paragraph"],
            "questions": sum(door.is_question and door.article >= 0 for door in doors),
            "declined_topics": len(topics),
            "vectors": len(doors),
            "dimension": len(vectors[0]),
            "cosines": [cosines.scale, cosines.shift],
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
        seal(folder)
        point_to(root, folder.name)
    for other in root.iterdir():
        if other.is_dir() and other.name != "added" and other not in (folder, old):
            delete(other, server)
    return folder


def _cosines(
    shipped: Path,
    folder: Path,
    embedder: str,
    doors: Sequence[Door],
    vectors: Sequence[Sequence[float]],
    lines: KeywordIndex,
) -> Cosines:
    """Learn when to decline where the shipped calibration is another embedder's; return the scale of the cosines."""
    from assistant.retrieval.calibration import embedder_of
    from assistant.retrieval.learning import learn

    if not shipped.is_file() or embedder_of(shipped) == embedder:
        return Cosines()
    return learn(doors, np.array(vectors, dtype=np.float32), lines, shipped, folder)


def _names(articles: Sequence[Article]) -> set[str]:
    return {name for article in articles for name in (article.source.title, *article.source.short_titles)}
