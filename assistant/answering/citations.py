"""Citations and answers; a citation's status is computed from the corpus, never stated by who wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

from assistant.numbers import fold_width
from assistant.sources.digests import Article, Paragraph

Status = Literal["verified", "unsupported", "unknown"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One reference of an answer.

    Attributes:
        marker: the n of [n] in the text.
        document: full official title.
        article: number of the article, None in a text without articles.
        clause: the part as it is cited: 第三十三条第二款, or a heading.
        quote: what the answer rests on, as it stands in the corpus.
        verbatim: the quote is the law's own wording, not a digest.
        status: `verified` (the part exists, is in force or was asked for by its time, and holds the quote),
            `unsupported` (it does not hold the quote), `unknown` (there is no such part).
        source: path of the corpus file from the top of the project, or the name of the file that was added.
        in_force_from: None where it is not stated.
        lead: the law's words before a 项 that is quoted alone, or "".
        versioned: other versions of the text are held.
        dated: day of issue of a version whose first day in force is not stated.
    """

    marker: int
    document: str
    document_number: str
    article: int | None
    clause: str
    heading: str
    quote: str
    verbatim: bool
    status: Status
    source: str
    url: str
    in_force_from: date | None
    in_force_until: date | None
    lead: str = ""
    versioned: bool = False
    dated: date | None = None

    def expired_on(self, day: date) -> bool:
        """Whether the text was no longer in force on `day`."""
        return self.in_force_until is not None and self.in_force_until < day


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question; a declined answer has no citation and says why in `reason`."""

    question: str
    answer: str
    declined: bool
    reason: str | None
    citations: tuple[Citation, ...]
    answerer: str
    seconds: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Return the answer as the command line prints it; dates are ISO texts."""
        value = asdict(self)
        value["citations"] = [
            {
                key: part.isoformat() if isinstance(part, date) else part
                for key, part in citation.items()
                if key not in ("lead", "versioned", "dated")
            }
            for citation in value["citations"]
        ]
        return value


def cite(article: Article, paragraph: Paragraph, marker: int, *, gloss: bool = False) -> Citation:
    """Return a citation of `paragraph`, its status not yet computed (`unknown`).

    Args:
        gloss: of what the digest says beside the law's words, not of these.
    """
    source = article.source
    verbatim = paragraph.verbatim and not gloss
    return Citation(
        marker=marker,
        document=source.title,
        document_number=source.document_number,
        article=article.number,
        clause=article.name + (paragraph.label if article.number is not None else ""),
        heading=article.heading,
        quote=paragraph.gloss if gloss else paragraph.text,
        verbatim=verbatim,
        status="unknown",
        source=article.words_from if verbatim else source.shown_path,
        url=source.official_url,
        in_force_from=source.begins,
        in_force_until=source.in_force_until,
        lead="" if gloss else paragraph.lead,
        versioned=source.versioned,
        dated=source.dated,
    )


Parts = Mapping[str, Mapping[str, list[Article]]]


def verify_citations(answer: Answer, parts: Parts) -> Answer:
    """Return `answer` with the status of every citation computed from the corpus.

    Args:
        parts: title → 第三十三条 or heading → the sections of that name, as `parts_of` gives it.
    """
    return replace(answer, citations=tuple(replace(c, status=_status(c, parts)) for c in answer.citations))


def parts_of(articles: Iterable[Article]) -> dict[str, dict[str, list[Article]]]:
    """Return the sections of the corpus by title and name; a point left open stands beside its article."""
    parts: dict[str, dict[str, list[Article]]] = {}
    for article in articles:
        parts.setdefault(article.source.title, {}).setdefault(article.name, []).append(article)
    return parts


def _status(citation: Citation, parts: Parts) -> Status:
    # 第十七条 begins 第十七条之一, too; the label that is left over then is none.
    sections = [
        (section, citation.clause[len(name) :])
        for name, found in parts.get(citation.document, {}).items()
        if citation.clause.startswith(name)
        for section in found
        if section.number == citation.article
    ]
    known = [
        paragraph
        for section, label in sections
        if (section.source.begins, section.source.dated, section.source.in_force_until)
        == (citation.in_force_from, citation.dated, citation.in_force_until)
        for paragraph in (*section.paragraphs, *section.whole)
        if paragraph.label == label
    ]
    if not known:
        return "unknown"
    quote = fold_width(citation.quote)
    held = any(quote in fold_width(_words(p, verbatim=citation.verbatim)) for p in known)
    return "verified" if quote and held else "unsupported"


def _words(paragraph: Paragraph, *, verbatim: bool) -> str:
    """Return the law's words in the paragraph, or ours; "" where it has none of these."""
    if paragraph.verbatim == verbatim:
        return paragraph.text
    return "" if verbatim else paragraph.gloss
