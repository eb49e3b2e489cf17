"""Answers without a model: the statements that fit the question best, each with its citation.

The answer comes first, then what it rests on, then what belongs to it: another paragraph, an exception, the rule that
is easily mistaken for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.citations import Answer, Citation, cite
from assistant.answering.verdicts import Verdict
from assistant.retrieval.hits import Hit
from assistant.sources.digests import Article, Paragraph

NAME = "extractive"

# Cosines of e5 lie close together; what is further than this below the best is about something else. Chosen on the
# tuning half of the golden questions for facts against length: a third related rule brings 0.013 more facts and a
# quarter more text; a wider margin than this brings none.
_SAME_ARTICLE = 0.05
_OTHER_ARTICLE = 0.05
_PARAGRAPHS = 3
_RELATED = 3


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is said of one paragraph: its words, and what the digest says beside the law's; one of them at least."""

    words: Citation | None
    gloss: Citation | None

    @property
    def citations(self) -> list[Citation]:
        return [citation for citation in (self.words, self.gloss) if citation is not None]


def compose(question: str, hits: Sequence[Hit], on: date, parts: int = 1, verdict: Verdict | None = None) -> Answer:
    """Return the answer made of the best paragraphs of `hits`; the citations are not verified yet.

    Args:
        parts: the first so many hits answer a part of the question each.
        verdict: said first, with the paragraph that it rests on.
    """
    chosen, answers = choose(hits, parts, verdict)
    statements = _state(chosen)
    return Answer(
        question=question,
        answer=(f"**{verdict.text}** [1]\n\n" if verdict else "") + _write(statements, on, answers),
        declined=False,
        reason=None,
        citations=tuple(citation for statement in statements for citation in statement.citations),
        answerer=NAME,
    )


def choose(
    hits: Sequence[Hit], parts: int = 1, verdict: Verdict | None = None
) -> tuple[list[tuple[Article, Paragraph]], int]:
    """Return the paragraphs worth saying, and how many of them, the first, are the answer itself."""
    if verdict:
        hits = [verdict.hit, *(hit for hit in hits if hit is not verdict.hit)]
    fitting = [[(hit.article, paragraph) for paragraph in _fitting(hit)] for hit in hits[:parts]]
    if verdict:
        fitting[0] = [(verdict.hit.article, verdict.paragraph), *fitting[0]]
    answers = dict.fromkeys(shown[0] for shown in fitting)
    beside = dict.fromkeys(one for shown in fitting for one in shown[1:] if one not in answers)
    known = {article.id for article, _ in answers}
    related = [(hit.article, _fitting(hit)[0]) for hit in _related(hits, parts) if hit.article.id not in known]
    return [*answers, *beside, *related], len(answers)


def _state(chosen: Sequence[tuple[Article, Paragraph]]) -> list[_Statement]:
    """Return the statements of the chosen paragraphs; the law's words are said once where several explain them."""
    statements: list[_Statement] = []
    told: set[tuple[str, str]] = set()
    marker = 1
    for article, paragraph in chosen:
        words = gloss = None
        if (article.id, paragraph.text) not in told:
            words, marker = cite(article, paragraph, marker), marker + 1
            told.add((article.id, paragraph.text))
        if paragraph.gloss and (article.id, paragraph.gloss) not in told:
            gloss, marker = cite(article, paragraph, marker, gloss=True), marker + 1
            told.add((article.id, paragraph.gloss))
        if words or gloss:
            statements.append(_Statement(words, gloss))
    return statements


def refuse(question: str, reason: str, hits: Sequence[Hit] = ()) -> Answer:
    """Return a refusal: why, and the names of the nearest sections, without any statement of law."""
    nearest = dict.fromkeys(f"{reference_of(hit.article)}　{hit.article.heading}" for hit in hits[:3])
    offer = (
        "\n".join(["", "", "相近的规定，可以换个问法再问：", "", *(f"- {line}" for line in nearest)]) if nearest else ""
    )
    return Answer(question=question, answer=reason + offer, declined=True, reason=reason, citations=(), answerer=NAME)


def reference_of(article: Article) -> str:
    """Return how an article is named: 《政府信息公开条例》第三十三条."""
    title = article.source.title.removeprefix("中华人民共和国")
    return f"《{title}》{article.name}" if article.number is not None else f"《{title}》"


def _fitting(hit: Hit) -> list[Paragraph]:
    """Return the paragraphs of an article that fit, the best first and the others in the order of the law."""
    paragraphs = hit.article.paragraphs
    if not hit.paragraphs:
        return [paragraphs[0]]
    best = max(hit.paragraphs, key=lambda i: (hit.paragraphs[i], -i))
    ranked = sorted(hit.paragraphs, key=lambda i: -hit.paragraphs[i])
    near = [i for n, i in enumerate(ranked) if n < _PARAGRAPHS or hit.paragraphs[i] == hit.paragraphs[best]]
    rest = sorted(i for i in near if i != best and hit.paragraphs[i] >= hit.paragraphs[best] - _SAME_ARTICLE)
    return [paragraphs[i] for i in (best, *rest)]


def _related(hits: Sequence[Hit], parts: int) -> list[Hit]:
    """Return the further articles worth saying: nearly as near as the first."""
    return [hit for hit in hits[parts : parts + 5] if hit.similarity >= hits[0].similarity - _OTHER_ARTICLE][:_RELATED]


def _write(statements: Sequence[_Statement], on: date, answers: int) -> str:
    """Return the text: the first `answers` statements, what they rest on, and the others as related rules."""
    lines: list[str] = []
    basis: dict[str, None] = {}
    for statement in statements[:answers]:
        main = statement.citations[0]
        old = "（这是已经失效的旧规定）" if main.expired_on(on) else ""
        lines += [f"{old}{said(main)} [{main.marker}]", ""]
        if statement.words and statement.gloss:
            lines += [f"**要点**：{said(statement.gloss)} [{statement.gloss.marker}]", ""]
        basis[f"{reference(main, on)} [{main.marker}]"] = None
    lines.append("**依据**：" + "；".join(basis))
    if others := statements[answers:]:
        lines += ["", "**相关规定**", ""]
        lines += [f"- {_line(statement, on)}" for statement in others]
    return "\n".join(lines)


def _line(statement: _Statement, on: date) -> str:
    main, *beside = statement.citations
    line = f"{said(main)}（{reference(main, on)}）[{main.marker}]"
    return line + "".join(f" 要点：{said(citation)} [{citation.marker}]" for citation in beside)


def said(citation: Citation) -> str:
    """Return what a citation says, readable alone: a 项 behind the words that lead to it."""
    return citation.lead + citation.quote


def reference(citation: Citation, on: date) -> str:
    """Return how a citation is written: 《政府信息公开条例》第三十三条第二款."""
    title = citation.document.removeprefix("中华人民共和国")
    part = citation.clause if citation.article is not None else f"“{citation.clause}”"
    version = ""
    if citation.versioned and citation.in_force_from:
        version = f"（{citation.in_force_from:%Y年%-m月%-d日}起施行）"
    elif citation.versioned and citation.dated:
        version = f"（{citation.dated:%Y年%-m月%-d日}的文本）"
    ended = f"（已于{citation.in_force_until:%Y年%-m月%-d日}后失效）" if citation.expired_on(on) else ""
    return f"《{title}》{version}{part}{ended}"
