"""The retrieval chain, in LangChain's terms: find → decline or answer → verify the citations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from langchain_core.runnables import Runnable, RunnableBranch, RunnableLambda

from assistant.answering.citations import Answer, Citation, Parts, cite, parts_of, verify_citations
from assistant.answering.extractive import compose, refuse
from assistant.answering.finding import Inquiry, find, named_articles, named_first
from assistant.answering.verdicts import Rule, Verdict, find_verdict
from assistant.retrieval.calibration import Calibration
from assistant.retrieval.hits import Hit, Search
from assistant.retrieval.index import Index
from assistant.sources.digests import Article, Paragraph
from assistant.sources.scope import Topic

_BASIS = re.compile(
    r"《(?P<title>[^》]+)》(?:（[^（）]*号）)?"
    r"(?P<article>第[零一二三四五六七八九十百]+条)(?P<label>(?:第[一二三四五六七八九十]+[款项])*)"
)
# A topic's reason is given where most of the nearest questions are of it.
_WITNESSES = 5
# Topics of out_of_scope.yaml that are no questions: to a greeting no section is near.
_CHAT = frozenset({"闲聊与创作", "助手自身", "要求改写规定或者绕开规则"})
# Topics that are declined even where an article is called by its number.
_NEVER = frozenset({"要求改写规定或者绕开规则", "规避公开与弄虚作假"})
# Cosine by which the text of another day must be nearer than that of the day asked for, to be what was meant.
_FAR = 0.04


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        refusal: why there is nothing to answer, or "".
        parts: the first so many hits answer a part of the question each.
        verdict: the plain yes or no, where a rule decides the question.
    """

    inquiry: Inquiry
    hits: tuple[Hit, ...]
    refusal: str
    parts: int = 1
    verdict: Verdict | None = None


def extractive_answerer(index: Index) -> Runnable[Found, Answer]:
    """Return the answerer without a model: the statements themselves, their citations verified."""
    parts = parts_of(index.articles)
    answer: Runnable[Found, Answer] = RunnableLambda(
        lambda found: compose(found.inquiry.question, found.hits, found.inquiry.on, found.parts, found.verdict)
    )
    verify: Runnable[Answer, Answer] = RunnableLambda(lambda answer: verify_citations(answer, parts))
    return answer | verify


def build_chain(
    index: Index,
    calibration: Calibration,
    rules: Sequence[Rule] = (),
    answerer: Runnable[Found, Answer] | None = None,
) -> Runnable[Inquiry, Answer]:
    """Return the chain over `index`; its answers carry verified citations or decline.

    Args:
        answerer: None for the extractive one. Whether to answer is decided before it is asked.
    """
    look: Runnable[Inquiry, Found] = RunnableLambda(lambda inquiry: _look(index, calibration, rules, inquiry))
    decline: Runnable[Found, Answer] = RunnableLambda(
        lambda found: refuse(found.inquiry.question, found.refusal, found.hits)
    )
    return look | RunnableBranch((lambda found: bool(found.refusal), decline), answerer or extractive_answerer(index))


def _look(index: Index, calibration: Calibration, rules: Sequence[Rule], inquiry: Inquiry) -> Found:
    """Return what is found by the rules; a rewritten question may order it better, never answer what they decline."""
    found = _find(index, calibration, rules, inquiry)
    if found.refusal or not inquiry.rewritten:
        return found
    whole = replace(inquiry, question=inquiry.rewritten, context="", leans=False, parts=())
    better = _find(index, calibration, rules, whole)
    known = {hit.article.id for hit in found.hits}
    if better.refusal or better.hits[0].article.id not in known:
        return found
    return replace(better, inquiry=inquiry, verdict=found.verdict)


def _find(index: Index, calibration: Calibration, rules: Sequence[Rule], inquiry: Inquiry) -> Found:
    result = find(index, inquiry)
    if inquiry.context and not inquiry.leans and calibration.declines(result) and result.nearby[0].article >= 0:
        # Not to be answered alone, yet not foreign either: it may go on with what was asked before.
        result = find(index, replace(inquiry, leans=True))
    if not result.hits:
        return Found(inquiry, (), f"本库没有在{inquiry.on}有效的规定，不能据此回答；请换一个日期。")
    if later := _only_in_later_law(index, result, inquiry.on):
        return Found(inquiry, result.hits, later)
    if (topic := _topic(index, result)) and topic.name in _NEVER and calibration.declines(result):
        return Found(inquiry, (), topic.reason)
    named, refusal = named_articles(index, inquiry, result, result.nearby[0].article < 0)
    if refusal:
        return Found(inquiry, result.hits, refusal)
    if named:
        hits, parts = named_first(inquiry.question, named, result.hits)
        return Found(inquiry, hits, "", parts)
    parts = max(1, len(inquiry.parts))
    if verdict := find_verdict(inquiry.question, result.hits, rules):
        return Found(inquiry, result.hits, "", parts, verdict)
    if calibration.declines(result):
        refusal, offered = _reason(index, result)
        return Found(inquiry, offered, refusal)
    return Found(inquiry, result.hits, "", parts)


def _only_in_later_law(index: Index, result: Search, on: date) -> str:
    """Return why nothing is answered where the text that fits was not yet in force on `on`, or ""."""
    nearest = next((door for door in result.nearby if door.article >= 0), None)
    if nearest is None or nearest.similarity - result.hits[0].similarity <= _FAR:
        return ""
    source = index.articles[nearest.article].source
    if source.in_force_from <= on:
        return ""
    title = source.title.removeprefix("中华人民共和国")
    since = f"自{source.begins}起施行" if source.begins else "是更晚的"
    return f"本库收录的《{title}》{since}，没有收录{on}有效的文本，不能据此回答。"


def _topic(index: Index, result: Search) -> Topic | None:
    """Return the topic to decline that most of the nearest questions are of, where the nearest one is."""
    topics = [door.article for door in result.nearby[:_WITNESSES]]
    first = topics[0]
    return index.topics[-first - 1] if first < 0 and topics.count(first) > len(topics) // 2 else None


def _reason(index: Index, result: Search) -> tuple[str, tuple[Hit, ...]]:
    """Return why nothing is answered, the topic to decline that lies nearest or that no basis was found, and what to
    offer instead: the nearest sections, none to a greeting."""
    if topic := _topic(index, result):
        return topic.reason, () if topic.name in _CHAT else result.hits
    return "资料库里没有找到能够回答这个问题的规定，为避免答错，不作回答。", result.hits


def answer_from_lines(question: str, lines: Sequence[str], index: Index, on: date) -> Answer:
    """Return lines that were computed from rules as an answer; what its basis names is cited and verified.

    Of two versions of a text the one in force `on` the day is cited.

    A part that the corpus does not hold stands in the text without a marker.
    """
    parts = parts_of(index.articles)
    citations: dict[tuple[str, str], Citation] = {}
    shown = []
    for line in lines:
        if not line.startswith("依据："):
            shown.append(line)
            continue
        names = []
        for match in _BASIS.finditer(line):
            title, clause = match["title"], match["article"] + (match["label"] or "")
            found = _part(parts, title, match["article"], match["label"] or "", on)
            if found and (title, clause) not in citations:
                citations[title, clause] = cite(*found, len(citations) + 1)
            marker = f" [{citations[title, clause].marker}]" if found else ""
            names.append(f"《{title.removeprefix('中华人民共和国')}》{clause}{marker}")
        shown.append(f"**依据**：{'；'.join(names)}" if names else line)
    answer = Answer(question, "\n\n".join(shown), False, None, tuple(citations.values()), "rules")
    return verify_citations(answer, parts)


def _part(parts: Parts, title: str, name: str, label: str, on: date) -> tuple[Article, Paragraph] | None:
    """Return the section and the paragraph that a basis names; the first paragraph where it names the article alone."""
    found = parts.get(title, {}).get(name, [])
    for article in sorted(found, key=lambda article: not article.source.in_force_on(on)):
        for paragraph in (*article.paragraphs, *article.whole):
            if not article.open_point and (not label or paragraph.label == label):
                return article, paragraph
    return None
