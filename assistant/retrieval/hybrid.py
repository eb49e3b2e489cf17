"""The retriever: dense and lexical rankings fused, within the law in force on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from assistant.retrieval.index import Index
from assistant.retrieval.store import Nearby
from assistant.sources.digests import Article

# Measured in benchmarks/retrieval.py: a small constant, because the first places matter; BM25 is the better ranker.
_RRF_CONSTANT = 5
_DENSE_WEIGHT = 1.0
_LEXICAL_WEIGHT = 1.5
_NEIGHBOURS = 300


def fuse(rankings: Iterable[tuple[Sequence[int], float]], constant: int = _RRF_CONSTANT) -> dict[int, float]:
    """Return item → reciprocal-rank-fusion score of weighted rankings (best first); the order of rankings is no matter."""
    scores: dict[int, list[float]] = {}
    for ranking, weight in rankings:
        for rank, item in enumerate(ranking):
            scores.setdefault(item, []).append(weight / (constant + rank))
    # Summed in a fixed order, so that equal inputs in another order give the very same floats.
    return {item: sum(sorted(parts)) for item, parts in scores.items()}


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


def search(index: Index, question: str, on: date, limit: int = 10) -> Search:
    """Return the `limit` articles that fit `question` best, in force on `on` or asked for by their old names."""
    wanted = [
        article.source.in_force_on(on) or any(word in question for word in article.source.asked_by)
        for article in index.articles
    ]
    nearby = index.store.nearest(index.embeddings.embed_query(question), _NEIGHBOURS)
    similarity: dict[int, float] = {}
    paragraphs: dict[int, dict[int, float]] = {}
    for door in nearby:
        if door.article < 0 or not wanted[door.article]:
            continue
        similarity.setdefault(door.article, door.similarity)
        if door.paragraph >= 0:
            paragraphs.setdefault(door.article, {}).setdefault(door.paragraph, door.similarity)
    lexical = index.articles_by_words.scores(question)
    by_words = [int(i) for i in (-lexical).argsort(kind="stable") if lexical[i] > 0 and wanted[i]]
    fused = fuse([(list(similarity), _DENSE_WEIGHT), (by_words, _LEXICAL_WEIGHT)])
    order = sorted(fused, key=lambda item: (-fused[item], item))[:limit]
    known, foreign = index.best_line_scores(question)
    return Search(
        hits=tuple(
            Hit(index.articles[i], fused[i], similarity.get(i, 0.0), paragraphs.get(i, {})) for i in order
        ),
        nearby=tuple(nearby),
        lexical_known=known,
        lexical_foreign=foreign,
    )
