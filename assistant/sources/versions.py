"""Puts the law's own words beside the digests: which text is which version of what, and which article matches which.

A text in another version than the digest never takes its place; it stands beside it with its own dates.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from assistant.numbers import fold_figures, parse_chinese_numeral, write_chinese_numeral
from assistant.sources.digests import NOT_KNOWN, Article, Paragraph, Source
from assistant.sources.held import VERBATIM, HeldText
from assistant.sources.statute import Clause, StatuteArticle
from assistant.sources.titles import plain_title

# A law comes into force within a year of the day it was made; a version made earlier than that is an older one.
_LONGEST_WAIT = timedelta(days=366)
# A digest of which so many of the character pairs are not the law's explains it (what follows, what was repealed, how
# another text reads it); one with fewer says the same in other words. Read off the digests of 18 texts side by side.
_MORE = 0.4
_LABEL = re.compile("(?:第(?P<clause>[一二三四五六七八九十]{1,9})款)?(?:第(?P<item>[一二三四五六七八九十]{1,9})项)?")


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is known: the digests, the law's own words in them where they are held, and the texts beside them.

    Attributes:
        articles: those of the digests first, in their order, then those of texts that no digest has.
        digested: how many are of the digests.
        places: for every text in order and every article of it, the index in `articles`.
        matched: id of a text → id of the digest whose words it gives.
    """

    articles: tuple[Article, ...]
    digested: int
    places: tuple[tuple[int, ...], ...]
    matched: dict[str, str]


def match(text: HeldText, sources: Iterable[Source]) -> Source | None:
    """Return the digest that `text` is the wording of: same title, same version, and as many articles; or None."""
    if text.kind != VERBATIM:
        return None
    numbered = sum(article.number is not None for article in text.articles)
    for source in sources:
        whole = source.articles is None or source.articles == numbered
        if plain_title(source.title) == plain_title(text.title) and whole and _same_version(text, source):
            return source
    return None


def _same_version(text: HeldText, source: Source) -> bool:
    if text.in_force_from is not None:
        return text.in_force_from == source.in_force_from
    if text.issued_on is not None:
        return text.issued_on <= source.in_force_from <= text.issued_on + _LONGEST_WAIT
    return bool(text.document_number) and text.document_number == source.document_number


def put_together(digests: Sequence[Article], texts: Sequence[HeldText]) -> Corpus:
    """Return the corpus of the shipped digests and the texts of the library, each version with its days in force."""
    sources = list({article.source.id: article.source for article in digests}.values())
    wording = {text.id: source for text in texts if (source := match(text, sources)) is not None}
    beside = {text.id: _source_of(text) for text in texts if text.id not in wording}
    dated = _end_older_versions([*sources, *beside.values()])
    articles = [replace(article, source=dated[article.source.id]) for article in digests]
    by_number = {(a.source.id, a.number): i for i, a in enumerate(articles) if a.number and not a.open_point}
    places = []
    for text in texts:
        source = dated[wording[text.id].id if text.id in wording else text.id]
        own = []
        for statute_article in text.articles:
            place = by_number.get((source.id, statute_article.number or 0)) if not statute_article.branch else None
            if text.id in wording and place is not None:
                articles[place] = in_its_own_words(articles[place], statute_article, text.file)
            else:
                place = len(articles)
                articles.append(_article_of(source, statute_article, text))
            own.append(place)
        places.append(tuple(own))
    return Corpus(tuple(articles), len(digests), tuple(places), {key: found.id for key, found in wording.items()})


def _source_of(text: HeldText) -> Source:
    short = plain_title(text.title)
    names = [short] if short != text.title else []
    year = text.begins.year if text.begins else 0
    by_year = [f"{year}年{short}", f"{year}年的{short}", f"{year}年版{short}", f"{short}（{year}年）"] if year else []
    return Source(
        id=text.id,
        title=text.title,
        short_titles=(*names, *by_year),
        document_number=text.document_number,
        issuer=text.issuer,
        kind=text.kind,
        articles=sum(article.number is not None for article in text.articles) or None,
        in_force_from=text.begins or NOT_KNOWN,
        day_stated=text.in_force_from is not None,
        in_force_until=text.in_force_until,
        asked_by=(*by_year, f"旧{short}", f"原{short}"),
        about=(),
        preferred=False,
        official_url="",
        path=Path(text.file),
    )


def _end_older_versions(sources: Sequence[Source]) -> dict[str, Source]:
    """Return the sources by id; a version without an end ends the day before the next one begins."""
    families: dict[str, list[Source]] = {}
    for source in sources:
        families.setdefault(plain_title(source.title), []).append(source)
    ended = {}
    for family in families.values():
        starts = sorted({source.in_force_from for source in family})
        titles = [source.title for source in family]
        for source in family:
            later = next((start for start in starts if start > source.in_force_from), None)
            until = source.in_force_until or (later - timedelta(days=1) if later else None)
            ended[source.id] = replace(source, in_force_until=until, versioned=titles.count(source.title) > 1)
    return ended


def in_its_own_words(article: Article, law: StatuteArticle, file: str) -> Article:
    """Return `article` with the law's words in the place of the digest's, label by label; what asks for it stays.

    A paragraph whose label the law does not have keeps the digest's words, and is not called the law's.
    """
    paragraphs, told = [], set()
    for paragraph in article.paragraphs:
        found = _part(law, paragraph.label)
        if found is None:
            paragraphs.append(paragraph)
            continue
        clause, text, lead = found
        told.update([clause] if clause else [c.number for c in law.clauses])
        gloss = paragraph.text if _says_more(paragraph.text, lead + text) else ""
        paragraphs.append(replace(paragraph, text=text, lead=lead, verbatim=True, gloss=gloss))
    whole = paragraphs_of(law)
    # Behind the digest's own, whose places the index knows them by.
    further = [whole[clause.number - 1] for clause in law.clauses if clause.number not in told]
    return replace(article, paragraphs=(*paragraphs, *further), whole=whole, words_from=file)


def _says_more(digest: str, law: str) -> bool:
    ours, theirs = _pairs(digest), _pairs(law)
    return len(ours - theirs) >= _MORE * len(ours)


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"\W", "", fold_figures(text))
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def _part(law: StatuteArticle, label: str) -> tuple[int, str, str] | None:
    """Return (款 or 0 for all, text, what leads to a 项) of the part that a digest's label names, or None."""
    match = _LABEL.fullmatch(label)
    if match is None or not law.text.strip():
        return None
    if not label:
        return 0, law.text, ""
    if match["clause"]:
        clause = law.clause(parse_chinese_numeral(match["clause"]))
    else:
        clause = next((clause for clause in law.clauses if clause.items), None)
    if clause is None:
        return None
    if not match["item"]:
        return clause.number, clause.full_text, ""
    number = parse_chinese_numeral(match["item"])
    item = next((item for item in clause.items if item.number == number), None)
    return (clause.number, item.text, clause.text) if item else None


def paragraphs_of(law: StatuteArticle) -> tuple[Paragraph, ...]:
    """Return every 款 with its 项 and tables as a paragraph of its own."""
    several = len(law.clauses) > 1
    return tuple(
        Paragraph(_clause_label(clause) if several else "", clause.full_text, (), (), verbatim=True)
        for clause in law.clauses
    )


def _clause_label(clause: Clause) -> str:
    return f"第{write_chinese_numeral(clause.number)}款"


def _article_of(source: Source, law: StatuteArticle, text: HeldText) -> Article:
    heading = re.sub(r"^第\S+\s", "", law.path[-1]) if law.path else ""
    paragraphs = paragraphs_of(law)
    return Article(
        id=f"{text.id}#{law.name}",
        source=source,
        number=law.number,
        heading=law.label if law.number is None else heading or plain_title(text.title),
        open_point=False,
        chapter=law.path[0] if law.path else "",
        paragraphs=paragraphs,
        line=0,
        branch=law.branch,
        whole=paragraphs,
        words_from=text.file,
    )
