"""What a search finds: the hits, and what the decision to decline is made from."""

from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document

from assistant.retrieval.store import Nearby
from assistant.sources.digests import Article


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found for a question.

    Attributes:
        score: the fused score; comparable within one search only.
        similarity: cosine of the article's best door.
        paragraphs: index → how well a paragraph fits (see `paragraph_fit`), where any door led to one; else {}.
    """

    article: Article
    score: float
    similarity: float
    paragraphs: dict[int, float]

    def plain(self, rank: int) -> dict[str, Any]:
        """The hit as the contract's JSON."""
        source = self.article.source
        return {
            "rank": rank,
            "score": round(self.score, 4),
            "document": source.title,
            "document_number": source.document_number,
            "article": self.article.number,
            "heading": self.article.heading,
            "text": self.article.text,
            "source": f"corpus/regulations/{source.path.name}",
        }


@dataclass(frozen=True, slots=True)
class Added:
    """How well the first hit fits, where it is an article of the library that no digest has.

    Attributes:
        by_office: the office added it itself.
        named: the question names the text.
        similarity: cosine of the article, `hybrid.NO_LINES_NEAR` added.
        words: the share of the question's words that it has, by weight and as BM25 counts, about 0 to 0.5.
    """

    by_office: bool
    named: bool
    similarity: float
    words: float


@dataclass(frozen=True, slots=True)
class Search:
    """All that one search saw: the hits, best first, and what the decision to decline is made from.

    Attributes:
        added: of the first hit; None where that is of a digest.
    """

    hits: tuple[Hit, ...]
    nearby: tuple[Nearby, ...]
    lexical_known: float
    lexical_foreign: float
    added: Added | None = None


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
            "in_force_from": source.begins.isoformat() if source.begins else None,
            "in_force_until": source.in_force_until.isoformat() if source.in_force_until else None,
            "score": hit.score,
            "similarity": hit.similarity,
        },
    )
