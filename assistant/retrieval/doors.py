"""The texts of the digests that lead to an article: those with a vector, and those that BM25 reads."""

from collections.abc import Sequence

from assistant.retrieval.store import Door
from assistant.sources.digests import Article
from assistant.sources.scope import Topic


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


def lines_of(articles: Sequence[Article]) -> list[str]:
    """Return the question lines of the articles, in order."""
    return [question for article in articles for paragraph in article.paragraphs for question in paragraph.questions]


def lines_to_decline(topics: Sequence[Topic]) -> list[str]:
    """Return the question lines of the topics to decline, in order."""
    return [question for topic in topics for question in topic.questions]


def as_text(article: Article) -> str:
    """Return what BM25 reads of an article of the digests."""
    return "\n".join([article.source.title, article.heading, article.text, *lines_of([article])])
