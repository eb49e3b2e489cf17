"""The retriever: dense and lexical rankings fused, within the law in force on a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray

from assistant.retrieval.index import Index
from assistant.retrieval.reranking import CANDIDATES
from assistant.retrieval.store import Nearby
from assistant.sources.digests import Article, Source

# Measured in benchmarks/retrieval.py: sums of standard scores rank better than reciprocal ranks, and a small head start
# for the text that a disclosure officer cites first parts it from the neighbours with like words.
_PREFERENCE = 1.3
_OFF_TOPIC = 1.0
_CALLED = 1.5
_NEIGHBOURS = 300
_ALONE = 1.5


def fuse(rankings: Sequence[NDArray[np.floating[Any]]]) -> NDArray[np.float64]:
    """Return the sum of the rankings' standard scores, item by item; the order of the rankings is no matter.

    Args:
        rankings: one score an item each, shape (items,); a ranking without spread says nothing and adds nothing.
    """
    standard = np.zeros((len(rankings), len(rankings[0])))
    for row, scores in zip(standard, rankings, strict=True):
        spread = scores.std()
        if spread > 0:
            row[:] = (scores - scores.mean()) / spread
    # Sorted before the sum, so that equal inputs in another order give the very same floats.
    total: NDArray[np.float64] = np.sort(standard, axis=0).sum(axis=0)
    return total


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found for a question.

    Attributes:
        score: the fused score; comparable within one search only.
        similarity: cosine of the article's best door.
        paragraphs: index → cosine of the paragraph's best door; paragraphs that no door led to are absent.
    """

    article: Article
    score: float
    similarity: float
    paragraphs: dict[int, float]


@dataclass(frozen=True, slots=True)
class Search:
    """All that one search saw: the hits, best first, and what the decision to decline is made from."""

    hits: tuple[Hit, ...]
    nearby: tuple[Nearby, ...]
    lexical_known: float
    lexical_foreign: float


class HybridRetriever(BaseRetriever):
    """Dense (best of an article's doors) and BM25 rankings, fused; a LangChain retriever.

    Attributes:
        index: the opened index.
        on: the day whose law is asked for.
        k: how many articles `invoke` returns.
    """

    index: Any
    on: date
    k: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [as_document(hit) for hit in search(self.index, query, self.on, self.k).hits]


def as_document(hit: Hit) -> Document:
    """Return the hit as a LangChain document: the article's text and where it comes from."""
    article = hit.article
    source = article.source
    return Document(
        id=article.id,
        page_content=article.text,
        metadata={
            "source_id": source.id,
            "article": article.number,
            "heading": article.heading,
            "in_force_from": source.in_force_from.isoformat(),
            "in_force_until": source.in_force_until.isoformat() if source.in_force_until else None,
            "score": hit.score,
            "similarity": hit.similarity,
        },
    )


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vector / np.linalg.norm(vector)
    return unit


def _nearest(index: Index, vector: NDArray[np.float64]) -> list[Nearby]:
    return index.store.nearest([float(value) for value in vector], _NEIGHBOURS)


def _start(source: Source, question: str) -> float:
    """Return the head start of a text in standard scores: up for the one cited first, down for one beside the point.

    A repealed text called by its name is meant, not the one that took its place; a year alone names none.
    """
    off_topic = bool(source.about) and not any(word in question for word in source.about)
    called = any(word in question for word in source.asked_by if not word[:4].isdigit())
    return _PREFERENCE * (source.preferred + _CALLED * called) - _OFF_TOPIC * off_topic


def _read_again(index: Index, question: str, order: list[int], score: NDArray[np.float64]) -> list[int]:
    """Return `order` with its first articles in the order of the reranker, whose scores they take, from the first down.

    The reranker's scores have a scale of their own: the highest is set where the fused score was highest.
    """
    assert index.reranker
    first, rest = order[:CANDIDATES], order[CANDIDATES:]
    articles = [index.articles[i] for i in first]
    read = index.reranker.scores(question, [f"{a.source.title} {a.heading}\n{a.text}" for a in articles])
    top = max(score[first], default=0.0)
    score[first] = [top - (max(read) - one) for one in read]
    return [*sorted(first, key=lambda i: -score[i]), *rest]


def search(
    index: Index,
    question: str,
    on: date,
    limit: int = 10,
    context: str = "",
    embed: Callable[[str], list[float]] | None = None,
) -> Search:
    """Return the `limit` articles that fit `question` best, in force on `on` or asked for by their old names.

    Args:
        context: what was asked before, or the message that `question` is a part of, where `question` says nothing
            without it; it counts half.
        embed: a text's vector as a query; the index's own unless it is given, as one that remembers.
    """
    embed = embed or index.embeddings.embed_query
    whole = context if question in context else f"{context} {question}".strip()
    wanted = np.array(
        [
            article.source.in_force_on(on) or any(word in whole for word in article.source.asked_by)
            for article in index.articles
        ]
    )
    vector = np.array(embed(whole))
    words = index.articles_by_words.scores(whole)
    alone = np.array(embed(question)) if context else None
    if alone is not None:
        vector = _unit(vector + alone)
        words = words + index.articles_by_words.scores(question)
    nearby = _nearest(index, vector)
    # An article that no neighbour leads to is no nearer than the last neighbour.
    similarity = np.full(len(index.articles), nearby[-1].similarity)
    for door in nearby:
        if door.article >= 0:
            similarity[door.article] = max(similarity[door.article], door.similarity)
    # What was asked before tells the article; which of its paragraphs is meant, the message tells more.
    paragraphs: dict[int, dict[int, float]] = {}
    for door in nearby if alone is None else _nearest(index, _unit(vector + _ALONE * alone)):
        if door.article >= 0 and door.paragraph >= 0:
            paragraphs.setdefault(door.article, {}).setdefault(door.paragraph, door.similarity)
    start = np.array([_start(article.source, whole) for article in index.articles])
    score = fuse([similarity, words]) + start
    order = [int(i) for i in (-score).argsort(kind="stable") if wanted[i]]
    order = _read_again(index, whole, order, score)[:limit] if index.reranker else order[:limit]
    known, foreign = index.best_line_scores(whole)
    return Search(
        hits=tuple(Hit(index.articles[i], float(score[i]), float(similarity[i]), paragraphs.get(i, {})) for i in order),
        nearby=tuple(nearby),
        lexical_known=known,
        lexical_foreign=foreign,
    )
