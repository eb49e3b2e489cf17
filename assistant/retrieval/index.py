"""The index on disk: built beside the old one, put in its place in one step, refused when it is not ours.

    <data>/index/current            the name of the folder in use
    <data>/index/<fingerprint>/     manifest.json, texts/ (the corpus as it was read), chroma/, dictionary.txt

The texts are kept, so that the index can always be read and rebuilt, also while the corpus is being edited.
"""

import contextlib
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, InputError
from assistant.locks import hold
from assistant.retrieval.added import AddedIndex, open_added
from assistant.retrieval.embeddings import PreparedVectors, TextEmbeddings, embed_texts
from assistant.retrieval.keyword import KeywordIndex, Tokenizer, load_synonyms, write_dictionary
from assistant.retrieval.reranking import Reranker
from assistant.retrieval.rows import Words
from assistant.retrieval.seal import check_seal, seal
from assistant.retrieval.store import Cosines, Door, VectorStore, forget
from assistant.retrieval.words import open_texts, write_texts
from assistant.sources.digests import Article, Source, load_digests
from assistant.sources.scope import Topic, load_topics
from assistant.sources.statutes import load_statute_list
from assistant.sources.versions import put_together

# Raised whenever the layout or what is embedded changes, so that an old index is never read as a new one.
_FORMAT = 3
# What is read of a manifest before the index is held against its seal.
_MANIFEST = {"format", "generation", "embedder", "corpus", "dimension"}


@dataclass(frozen=True, slots=True)
class Index:
    """An opened index.

    Attributes:
        folder: where it lies.
        manifest: embedder, corpus hash, counts, the day it was built.
        articles: every article, in the order that doors refer to.
        topics: what is declined; topic i has the door `article` -(i + 1).
        articles_by_words: BM25 over whole articles with their question lines.
        line_places: for every article of the digests where its question lines begin, and the end; (digested + 1,).
        digested: how many of `articles` are of the digests and have doors of their own; they come first.
        added: the texts of the library, or None.
        unit_places: for every unit of `added` the article that it is, or whose words it gives; shape (units,).
        sources, source_places: the sources, and for every article which one is its own; shape (articles,).
        words_of_statutes: title → words of which a question on an article of it without a digest has one as a rule.
    """

    folder: Path
    manifest: dict[str, object]
    articles: tuple[Article, ...]
    topics: tuple[Topic, ...]
    embeddings: TextEmbeddings
    store: VectorStore
    articles_by_words: Words
    lines_by_words: KeywordIndex
    line_places: NDArray[np.intp]
    digested: int
    added: AddedIndex | None
    unit_places: NDArray[np.intp]
    sources: tuple[Source, ...]
    source_places: NDArray[np.intp]
    reranker: Reranker | None = None
    words_of_statutes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def close(self) -> None:
        """Release the files."""
        self.store.close()
        self.articles_by_words.close()
        if self.added is not None:
            self.added.close()

    def articles_of(self, source: Source) -> list[Article]:
        """Return the articles of `source`, in order."""
        place = next(i for i, known in enumerate(self.sources) if known.id == source.id)
        return [self.articles[int(i)] for i in np.flatnonzero(self.source_places == place)]

    @property
    def known_lines(self) -> int:
        """How many question lines the articles have; those of topics to decline come after them."""
        return int(self.line_places[-1])

    def known_line_scores(self, question: str) -> NDArray[np.float32]:
        """Return the BM25 scores of the articles' question lines, 1 for the best; all 0 where none matches."""
        scores = self.lines_by_words.scores(question)[: self.known_lines]
        best = scores.max()
        return scores / best if best else scores

    def best_line_scores(self, question: str) -> tuple[float, float]:
        """Return the best BM25 score of a question line of an article, and of one of a topic to decline.

        Both are divided by the square root of the question's length in tokens, so that long questions compare.
        """
        scores = self.lines_by_words.scores(question)
        length = max(1, self.lines_by_words.length(question)) ** 0.5
        return float(scores[: self.known_lines].max()) / length, float(scores[self.known_lines :].max()) / length


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


def _words_of_statutes(path: Path) -> dict[str, tuple[str, ...]]:
    """Return title → the words of which a question on an article of it without a digest has one as a rule."""
    return {statute.title: statute.about for statute in load_statute_list(path)} if path.is_file() else {}


def doors_of(articles: Sequence[Article], topics: Sequence[Topic]) -> list[Door]:
    """Return every text that leads to an article or a topic: headings with text, paragraphs, question lines."""
    doors = []
    for i, article in enumerate(articles):
        doors.append(Door(i, -1, f"{article.heading}\n{article.text}", is_question=False))
        for j, paragraph in enumerate(article.paragraphs):
            doors.append(Door(i, j, paragraph.text, is_question=False))
            doors.extend(Door(i, j, question, is_question=True) for question in paragraph.questions)
    for i, topic in enumerate(topics):
        doors.extend(Door(-(i + 1), -1, question, is_question=True) for question in topic.questions)
    return doors


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
    return manifest["format"] == _FORMAT


@contextlib.contextmanager
def building(root: Path) -> Iterator[None]:
    """Hold the lock of the one process that may build."""
    with hold(root / "lock", "重建索引"):
        yield


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
        generation = max(_generations(root), default=0) + 1
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
        lines = KeywordIndex.of([*_lines(articles), *_lines_to_decline(topics)], tokenizer)
        lines.save(folder / "lines")
        cosines = _learn(corpus / "calibration.yaml", folder, embedder, doors, vectors, lines)
        kinds = Counter("article" if d.paragraph < 0 else "line" if d.is_question else "paragraph" for d in doors)
        manifest = {
            "format": _FORMAT,
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


def _generations(root: Path) -> list[int]:
    names = [path.name.partition("-")[0] for path in root.iterdir() if path.is_dir()]
    return [int(name) for name in names if name.isdecimal()]


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


def _learn(
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


def point_to(root: Path, name: str) -> None:
    """Make the generation of that name the one in use."""
    new = root / "current.new"
    new.write_text(name, encoding="utf-8")
    new.replace(root / "current")


def _names(articles: Sequence[Article]) -> set[str]:
    return {name for article in articles for name in (article.source.title, *article.source.short_titles)}


def open_index(
    data: Path,
    embeddings: TextEmbeddings,
    embedder: str,
    reranker: Reranker | None = None,
    server: str | None = None,
) -> Index:
    """Open the index in use.

    Args:
        reranker: puts what a search finds into its last order.
        server: where the vectors lie (`store.open_rows`), None for the data folder.
    Raises:
        IndexMissingError: there is none.
        IndexMismatchError: another embedder or another release built it.
        IndexDamagedError: it is not what was written.
    """
    folder = current_folder(data)
    if folder is None:
        raise IndexMissingError("还没有索引，请运行 gongkai corpus rebuild。")
    manifest = read_manifest(folder)
    if manifest["embedder"] != embedder:
        raise IndexMismatchError(
            f"索引由 {manifest['embedder']} 建立，当前配置为 {embedder}；请运行 gongkai corpus rebuild。"
        )
    if not is_of_this_release(manifest):
        raise IndexMismatchError("索引由另一版本的程序建立，请运行 gongkai corpus rebuild。")
    check_seal(folder)
    dimension = len(embeddings.embed_query("问"))
    if manifest["dimension"] != dimension:
        raise IndexMismatchError(
            f"索引里的向量是 {manifest['dimension']} 维，{embedder} 现在给出 {dimension} 维；"
            "请核对模型，或者运行 gongkai corpus rebuild。"
        )
    if reranker:
        reranker.scores("问", ["答"])  # one that cannot work is to be known at the start
    texts = folder / "texts"
    digests, topics = load_digests(texts / "regulations"), load_topics(texts / "out_of_scope.yaml")
    added = open_added(data, embeddings, embedder, server)
    corpus = put_together(digests, added.texts if added else ())
    sources = {article.source.id: article.source for article in corpus.articles}
    cosines = Cosines(*manifest["cosines"])  # type: ignore[misc]
    place_of = {identity: place for place, identity in enumerate(sources)}
    tokenizer = Tokenizer(folder / "dictionary.txt", load_synonyms(texts / "synonyms.txt"))
    return Index(
        folder=folder,
        manifest=manifest,
        articles=corpus.articles,
        topics=topics,
        embeddings=embeddings,
        store=VectorStore(folder / "chroma", embeddings, cosines, server, doors_of(digests, topics)),
        articles_by_words=open_texts(folder / "articles", tokenizer, server, list(map(str, range(len(digests))))),
        lines_by_words=KeywordIndex.load(folder / "lines", tokenizer),
        line_places=np.cumsum([0, *(len(_lines([article])) for article in digests)]),
        digested=corpus.digested,
        added=added,
        unit_places=np.array([place for own in corpus.places for place in own], dtype=np.intp),
        sources=tuple(sources.values()),
        source_places=np.array([place_of[article.source.id] for article in corpus.articles], dtype=np.intp),
        reranker=reranker,
        words_of_statutes=_words_of_statutes(texts / "sources.toml"),
    )


def _lines(articles: Sequence[Article]) -> list[str]:
    return [question for article in articles for paragraph in article.paragraphs for question in paragraph.questions]


def _lines_to_decline(topics: Sequence[Topic]) -> list[str]:
    return [question for topic in topics for question in topic.questions]


def as_text(article: Article) -> str:
    """Return what BM25 reads of an article of the digests."""
    return "\n".join([article.source.title, article.heading, article.text, *_lines([article])])
