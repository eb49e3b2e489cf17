"""The retriever: dense and lexical rankings fused, within the law in force on a day."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from numpy.typing import NDArray

from assistant.retrieval.hits import Added, Hit, Search, as_document
from assistant.retrieval.index import Index
from assistant.retrieval.paragraph_fit import best_lines, fit
from assistant.retrieval.reranking import CANDIDATES
from assistant.retrieval.store import Nearby
from assistant.sources.digests import Source
from assistant.sources.held import REPORT

# Measured in benchmarks/retrieval.py: sums of standard scores rank better than reciprocal ranks, and a small head start
# for the text that a disclosure officer cites first parts it from the neighbours with like words.
_PREFERENCE = 1.3
_OFF_TOPIC = 1.0
_CALLED = 1.5
# Characters of either end of a long question that its vector is made of.
_END = 200
# A statute read in full says something like anything. Chosen on the tuning halves of the golden questions and of those
# that only statutes answer.
_OTHER_LAW = 2.0
_NEIGHBOURS = 300
_NEIGHBOURS_ADDED = 60
# A question lies nearer to a question line than to the statement that answers it, and a digest is found by the words of
# its lines, too; what a text of the library, which has no lines, is given for that. Chosen on the tuning halves of the
# golden questions (unchanged) and of the questions that only statutes answer (MRR 0.40 to 0.87).
NO_LINES_NEAR = 0.03
_NO_LINES_WORDS = 1.6
# How far below the best 款 of such an article one lies that shares no word with the question.
_SPREAD = 0.1
_ALONE = 1.5


def fuse(rankings: Sequence[NDArray[np.floating[Any]]], measured: int | None = None) -> NDArray[np.float64]:
    """Return the sum of the rankings' standard scores, item by item; the order of the rankings is no matter.

    Args:
        rankings: one score an item each, shape (items,); a ranking without spread says nothing and adds nothing.
        measured: mean and spread are those of the first so many items, so that the items behind them, however many,
            leave the order of these as it is; None for all.
    """
    standard = np.zeros((len(rankings), len(rankings[0])))
    for row, scores in zip(standard, rankings, strict=True):
        spread = scores[:measured].std()
        if spread > 0:
            row[:] = (scores - scores[:measured].mean()) / spread
    # Sorted before the sum, so that equal inputs in another order give the very same floats.
    total: NDArray[np.float64] = np.sort(standard, axis=0).sum(axis=0)
    return total


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


def _ends(text: str) -> str:
    """Return `text`, of a long one its two ends: what is asked stands there, and the model reads no more anyway."""
    return text if len(text) <= 2 * _END else text[:_END] + text[-_END:]


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vector / np.linalg.norm(vector)
    return unit


def _nearest(index: Index, vector: NDArray[np.float64]) -> list[Nearby]:
    return index.store.nearest([float(value) for value in vector], _NEIGHBOURS)


def _may_be_cited(source: Source, question: str, on: date) -> bool:
    named = any(word in question for word in source.asked_by)
    return named or (source.kind != REPORT and source.in_force_on(on))


def _add_library(
    index: Index,
    question: str,
    vector: NDArray[np.float64],
    similarity: NDArray[Any],
    words: NDArray[Any],
    without: Sequence[str],
) -> None:
    """Put into `similarity` and `words` what the texts of the library say; shapes (articles,), changed in place.

    A text that gives a digest its wording is a further door to that article.

    Args:
        without: texts that may not be cited; they take no place among the nearest.
    """
    if index.added is None or index.added.by_words is None:
        return
    near = index.added.similarities([float(value) for value in vector], _NEIGHBOURS_ADDED, without)
    scale = index.store.cosines
    for unit, cosine in near.items():
        place = index.unit_places[unit]
        similarity[place] = max(similarity[place], scale.of(cosine) + NO_LINES_NEAR * (place >= index.digested))
    # Words are the rarer the more texts there are; set right by what the question's words weigh in either.
    there = index.added.by_words.attainable(question)
    weight = index.articles_by_words.attainable(question) / there if there else 0.0
    np.maximum.at(words, index.unit_places, index.added.by_words.scores(question, without) * weight * _NO_LINES_WORDS)


def _start(source: Source, question: str) -> float:
    """Return the head start of a text in standard scores: up for the one cited first, down for one beside the point.

    A repealed text called by its name is meant, not the one that took its place; a year alone names none.
    """
    off_topic = bool(source.about) and not any(word in question for word in source.about)
    called = any(word in question for word in source.asked_by if not word[:4].isdigit())
    return _PREFERENCE * (source.preferred + _CALLED * called) - _OFF_TOPIC * off_topic


def _statutes_beside(index: Index, question: str) -> NDArray[np.float64]:
    """Return how much lower the articles without a digest start, source by source: those of a law nobody asks about."""
    words = [index.words_of_statutes.get(source.title, ()) for source in index.sources]
    return np.array([_OTHER_LAW * (bool(own) and not any(word in question for word in own)) for own in words])


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
    allowed = np.array([_may_be_cited(source, whole, on) for source in index.sources])
    vector = np.array(embed(_ends(whole)))
    alone = np.array(embed(_ends(question))) if context else None
    if alone is not None:
        vector = _unit(vector + alone)
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
    words = np.zeros(len(index.articles))
    words[: index.digested] = index.articles_by_words.scores(whole)
    if alone is not None:
        words[: index.digested] += index.articles_by_words.scores(question)
    added = {text.id for text in index.added.texts} if index.added else set()
    without = [source.id for source, may in zip(index.sources, allowed, strict=True) if not may and source.id in added]
    _add_library(index, whole, vector, similarity, words, without)
    start = np.array([_start(source, whole) for source in index.sources])[index.source_places]
    start[index.digested :] -= _statutes_beside(index, whole)[index.source_places[index.digested :]]
    score = fuse([similarity, words], index.digested) + start
    order = [int(i) for i in (-score).argsort(kind="stable") if allowed[index.source_places[i]]]
    order = _read_again(index, whole, order, score)[:limit] if index.reranker else order[:limit]
    known, foreign = index.best_line_scores(whole)
    lines = index.known_line_scores(question)
    return Search(
        hits=tuple(
            Hit(
                index.articles[i],
                float(score[i]),
                float(similarity[i]),
                _fits(index, i, question, paragraphs.get(i, {}), lines)
                or _paragraphs_by_words(index, i, whole, float(similarity[i])),
            )
            for i in order
        ),
        nearby=tuple(nearby),
        lexical_known=known,
        lexical_foreign=foreign,
        added=_added(index, order[0], whole, float(similarity[order[0]])) if order else None,
    )


def _fits(
    index: Index, place: int, question: str, near: dict[int, float], lines: NDArray[np.float32]
) -> dict[int, float]:
    """Return how well the paragraphs of a digest's article fit that doors led to; {} for any other article."""
    if place >= index.digested or not near:
        return {}
    paragraphs = index.articles[place].paragraphs
    own = best_lines(
        lines[index.line_places[place] : index.line_places[place + 1]], [len(p.questions) for p in paragraphs]
    )
    return fit(question, paragraphs, near, own, index.articles_by_words)


def _paragraphs_by_words(index: Index, place: int, question: str, similarity: float) -> dict[int, float]:
    """Return how near the 款 of an article are that has a vector as a whole only: by their share of the words asked."""
    paragraphs = index.articles[place].paragraphs
    if place < index.digested or len(paragraphs) < 2 or index.added is None or index.added.by_words is None:
        return {}
    shares = [index.added.by_words.share(question, paragraph.text) for paragraph in paragraphs]
    best = max(shares) or 1.0
    return {n: similarity - _SPREAD * (1 - share / best) for n, share in enumerate(shares)}


def _added(index: Index, place: int, question: str, similarity: float) -> Added | None:
    if place < index.digested or index.added is None or index.added.by_words is None:
        return None
    source = index.articles[place].source
    unit = int(np.flatnonzero(index.unit_places == place)[0])
    attainable = index.added.by_words.attainable(question)
    return Added(
        by_office=index.added.by_office[unit],
        named=any(name in question for name in (source.title, *source.short_titles)),
        similarity=similarity,
        words=float(index.added.by_words.scores(question)[unit]) / attainable if attainable else 0.0,
    )
