"""What a question leads to: the articles that it names, and what a search finds for each of its parts."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from threading import Event

from assistant.answering.mentions import find_mentions, find_unknown_law, strip_mentions
from assistant.numbers import write_chinese_numeral
from assistant.retrieval.hits import Hit, Search
from assistant.retrieval.hybrid import NO_LINES_NEAR, search
from assistant.retrieval.index import Index
from assistant.sources.digests import Article, Source

_LIMIT = 10
# So many characters beside the number and the words of looking up are a question of their own.
_SAYS_MORE = 10
# 「条例」 alone always means this one here.
_DEFAULT_LAW = "disclosure-regulation-2019"
# What is named is nearer than anything found can be, the head start of texts without question lines included.
_NAMED = 1.0 + NO_LINES_NEAR


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question to the chain.

    Attributes:
        context: the earlier questions that it may lean on, or "".
        leans: it says nothing without them.
        parts: what is asked for, one by one, where that is more than one thing, or ().
        rewritten: the question as the chat model makes it whole, checked against what was asked, or "".
        until: when a chat model has to be done, on the clock of `time.monotonic`, None for its whole time.
        stopped: set when the rest of what a chat model writes is not wanted any more.
    """

    question: str
    on: date
    context: str = ""
    leans: bool = False
    parts: tuple[str, ...] = ()
    rewritten: str = ""
    until: float | None = None
    stopped: Event | None = None


def find(index: Index, inquiry: Inquiry, limit: int = _LIMIT) -> Search:
    """Return what a search for the question finds; of a question in parts, the best hit of each part comes first."""
    context = inquiry.context if inquiry.leans else ""
    embed = cache(index.embeddings.embed_query)
    whole = search(index, inquiry.question, inquiry.on, limit, context, embed)
    if not inquiry.parts:
        return whole
    # A part leans on the whole: 「不交会怎么样」 says nothing alone.
    around = f"{context} {inquiry.question}".strip()
    found = [search(index, part, inquiry.on, limit, around, embed) for part in inquiry.parts]
    first = [one.hits[0] for one in found if one.hits]
    led = {hit.article.id for hit in first}
    others = {hit.article.id: hit for row in zip(whole.hits, *(one.hits for one in found), strict=False) for hit in row}
    hits = (*first, *(hit for name, hit in others.items() if name not in led))
    return replace(whole, hits=hits[: max(limit, len(first))])


def named_articles(index: Index, inquiry: Inquiry, result: Search, foreign: bool) -> tuple[tuple[Hit, ...], str]:
    """Return the articles that the question names, or why there is no such article.

    Args:
        foreign: the question is about something else; a number alone is then no article of ours.
    """
    # Of two versions that bear one name, the one that is in force on the day asked for.
    sources = sorted(index.sources, key=lambda s: (s.in_force_on(inquiry.on), s.in_force_from))
    if title := find_unknown_law(inquiry.question, sources):
        return (), f"本库没有收录《{title}》，不能据此回答；请核对名称，或者查该文件的官方文本。"
    default = next((source for source in sources if source.id == _DEFAULT_LAW), sources[-1])
    hits: list[Hit] = []
    for mention in find_mentions(inquiry.question, sources, default):
        if foreign and not mention.law_named:
            continue
        found = [a for a in index.articles_of(mention.source) if (a.number, a.branch) == (mention.number, 0)]
        if not found:
            return (), _no_such_article(mention.source, mention.number)
        # Asked for by its number, an article is shown whole; what it leaves open, when that is what was asked.
        best = result.hits[0].article
        left_open = best.open_point and not mention.label and strip_mentions(inquiry.question)
        hits += [_whole(best)] if best in found and left_open else []
        hits += [_whole(article, mention.label) for article in found if not article.open_point]
    return tuple({hit.article.id: hit for hit in hits}.values()), ""


def named_first(question: str, named: tuple[Hit, ...], hits: tuple[Hit, ...]) -> tuple[tuple[Hit, ...], int]:
    """Return the articles that `question` names, then what was found, and how many of them answer.

    A question that says more than the number (「工作秘密按14条不公开行吗」) may be answered elsewhere: what was found
    for it comes first then.
    """
    if not named:
        return hits, 0
    others = tuple(hit for hit in hits if hit.article.id not in {one.article.id for one in named})
    if len(strip_mentions(question)) < _SAYS_MORE:
        return (*named, *others), len(named)
    named = tuple(replace(hit, similarity=hits[0].similarity) for hit in named)
    if hits[0].article.id in {hit.article.id for hit in named}:
        return (*named, *others), len(named)
    return (hits[0], *named, *(hit for hit in others if hit is not hits[0])), 1 + len(named)


def _whole(article: Article, label: str = "") -> Hit:
    """Return a hit that shows every paragraph of `article`, what stands under `label` first; the law's own if held."""
    if article.whole and not article.open_point:
        article = replace(article, paragraphs=article.whole)
    return Hit(
        article,
        0.0,
        _NAMED,
        {n: 1.0 + bool(label and p.label.startswith(label)) for n, p in enumerate(article.paragraphs)},
    )


def _no_such_article(source: Source, number: int) -> str:
    title = source.title.removeprefix("中华人民共和国")
    if source.articles is not None and number > source.articles:
        return f"《{title}》共{source.articles}条，没有第{write_chinese_numeral(number)}条。"
    return f"本库没有收录《{title}》第{write_chinese_numeral(number)}条，不能据此回答。"
