"""The index as it is searched: opened from its folder, refused when it is not ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexMismatchError, IndexMissingError
from assistant.retrieval.added import AddedIndex, open_added
from assistant.retrieval.doors import doors_of, lines_of
from assistant.retrieval.embeddings import TextEmbeddings
from assistant.retrieval.generations import current_folder, is_of_this_release, read_manifest
from assistant.retrieval.keyword import KeywordIndex, Tokenizer, load_synonyms
from assistant.retrieval.reranking import Reranker
from assistant.retrieval.rows import Words
from assistant.retrieval.seal import check_seal
from assistant.retrieval.store import Cosines, VectorStore
from assistant.retrieval.words import open_texts
from assistant.sources.digests import Article, Source, load_digests
from assistant.sources.scope import Topic, load_topics
from assistant.sources.statutes import load_statute_list
from assistant.sources.versions import put_together


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


def _words_of_statutes(path: Path) -> dict[str, tuple[str, ...]]:
    """Return title → the words of which a question on an article of it without a digest has one as a rule."""
    return {statute.title: statute.about for statute in load_statute_list(path)} if path.is_file() else {}


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
        line_places=np.cumsum([0, *(len(lines_of([article])) for article in digests)]),
        digested=corpus.digested,
        added=added,
        unit_places=np.array([place for own in corpus.places for place in own], dtype=np.intp),
        sources=tuple(sources.values()),
        source_places=np.array([place_of[article.source.id] for article in corpus.articles], dtype=np.intp),
        reranker=reranker,
        words_of_statutes=_words_of_statutes(texts / "sources.toml"),
    )
