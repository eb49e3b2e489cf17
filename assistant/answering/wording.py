"""The law's own words of an article, where the corpus holds them and not only a digest."""

from collections.abc import Iterable

from assistant.sources.digests import Article


def official_wording(articles: Iterable[Article], title: str, clause: str) -> str | None:
    """Return the official wording of 「第三十三条第二款」 of the text `title`, None where only a digest is held.

    An article named without 款 and 项 is returned whole.
    """
    for article in articles:
        current = article.source.title == title and article.source.in_force_until is None
        if not current or article.open_point or not clause.startswith(article.name):
            continue
        label = clause[len(article.name) :]
        held = article.whole or article.paragraphs
        if not label and all(paragraph.verbatim for paragraph in held):
            return "".join(paragraph.text for paragraph in held)
        words = (p.text for p in (*held, *article.paragraphs) if label and p.verbatim and p.label == label)
        if found := next(words, None):
            return found
    return None
