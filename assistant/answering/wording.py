"""The law's own words of an article, where the corpus holds them and not only a digest."""

from collections.abc import Iterable

from assistant.sources.digests import Article


def official_wording(articles: Iterable[Article], title: str, clause: str) -> str | None:
    """Return the official wording of 「第三十三条第二款」 of the text `title`, None where only a digest is held.

    An article named without 款 and 项 is returned whole.
    """
    for article in articles:
        known = article.source.kind == "verbatim" and article.source.title == title and not article.open_point
        if not known or not clause.startswith(article.name):
            continue
        label = clause[len(article.name) :]
        words = [paragraph.text for paragraph in article.paragraphs if label in ("", paragraph.label)]
        if words:
            return "".join(words)
    return None
