"""What each question brought, and the measures over all of them.

Every measure is a sum over the questions divided by another, so that a run keeps two numbers a question and measure
and can be compared with another run question by question.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.evaluation.questions import Question, names_of, plain_name, rank_of
from assistant.numbers import fold_figures

if TYPE_CHECKING:
    from assistant.answering.citations import Answer
    from assistant.app import Assistant
    from assistant.retrieval.hits import Hit

Scores = dict[str, tuple[float, float]]

CUTS = (1, 3, 5, 10)
MEASURES = (
    *(f"recall@{k}" for k in CUTS), "mrr", "fact_coverage", "refusal_precision", "refusal_recall",
    "citation_precision", "citations_verified",
)  # fmt: skip


def run(
    assistant: "Assistant",
    questions: Sequence[Question],
    on: date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[dict[str, Any]]:
    """Return a row a question: what was found, said and cited, what is missing, the scores and the milliseconds."""
    rows = []
    names = {source.title: names_of(source) for source in assistant.index.sources}
    for number, question in enumerate(questions, start=1):
        answer = assistant.ask(question.question, on, question.history)
        hits = assistant.search(question.question, on, CUTS[-1], question.history)
        rows.append(_row(question, answer, hits, names))
        progress(number, len(questions))
    return rows


def _row(question: Question, answer: "Answer", hits: "Sequence[Hit]", names: Mapping[str, Set[str]]) -> dict[str, Any]:
    text = fold_figures(answer.answer)
    facts = [{"any_of": list(f), "found": any(fold_figures(one) in text for one in f)} for f in question.facts]
    places = [rank_of(gold, hits) for gold in question.articles]
    ranks = [None if place is None else place + 1 for place in places]
    cited = [_is_gold(question, names.get(c.document, {plain_name(c.document)}), c.article) for c in answer.citations]
    row = {
        "id": question.id,
        "question": question.question,
        "history": list(question.history),
        "answerable": question.answerable,
        "declined": answer.declined,
        "reason": answer.reason,
        "answer": answer.answer,
        "facts": facts,
        "articles": [
            {"document": document, "article": article, "rank": rank}
            for (document, article), rank in zip(question.articles, ranks, strict=True)
        ],
        "retrieved": [
            {
                "document": hit.article.source.title,
                "article": hit.article.number,
                "heading": hit.article.heading,
                "score": round(hit.score, 3),
            }
            for hit in hits
        ],
        "citations": [
            {"document": c.document, "clause": c.clause, "status": c.status, "expected": gold}
            for c, gold in zip(answer.citations, cited, strict=True)
        ],
        "ms": round(1000 * answer.seconds, 1),
        "scores": _scores(question, answer, places, facts, cited),
    }
    return {**row, "missed": _missed(row)}


def _is_gold(question: Question, names: Set[str], article: int | None) -> bool:
    return any(plain_name(name) in names and wanted in (None, article) for name, wanted in question.articles)


def _scores(
    question: Question, answer: "Answer", ranks: list[Any], facts: list[dict[str, Any]], cited: list[bool]
) -> Scores:
    """Return measure → (part, whole) of one question; a measure that says nothing of it is left out."""
    scores: Scores = {}
    if answer.declined:
        scores["refusal_precision"] = (float(not question.answerable), 1.0)
    if not question.answerable:
        scores["refusal_recall"] = (float(answer.declined), 1.0)
    elif facts:
        scores["fact_coverage"] = (float(sum(fact["found"] for fact in facts)), float(len(facts)))
    if question.answerable and ranks:
        for k in CUTS:
            scores[f"recall@{k}"] = (sum(r is not None and r < k for r in ranks) / len(ranks), 1.0)
        scores["mrr"] = (max((1 / (r + 1) for r in ranks if r is not None), default=0.0), 1.0)
        if cited:
            scores["citation_precision"] = (float(sum(cited)), float(len(cited)))
    if answer.citations:
        verified = sum(citation.status == "verified" for citation in answer.citations)
        scores["citations_verified"] = (float(verified), float(len(answer.citations)))
    return scores


def _missed(row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a row, in Chinese; [] where nothing is."""
    if not row["answerable"]:
        return [] if row["declined"] else ["该拒答而回答了"]
    missed = ["该回答而拒答了"] if row["declined"] else []
    missed += [f"缺少：{' / '.join(fact['any_of'])}" for fact in row["facts"] if not fact["found"]]
    missed += [
        f"前十条没有《{a['document']}》" + (f"第{a['article']}条" if a["article"] else "")
        for a in row["articles"]
        if a["rank"] is None
    ]
    return missed + [
        f"引用没有核实：{c['document']}{c['clause']}" for c in row["citations"] if c["status"] != "verified"
    ]


def measure(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the measures over rows.

    recall@k and MRR are over answerable questions (each gold article counts; MRR by the first of them), facts over
    answerable questions whether answered or declined, refusals over all; citation_precision: the share of what is
    cited that is a gold article, which related rules lower; citations_verified: the share that exists, is in force or
    asked for by its time, and holds its quotation.
    """
    taken = sorted(row["ms"] for row in rows)
    return {
        "n": len(rows),
        "answerable": sum(row["answerable"] for row in rows),
        **{name: _share(rows, name) for name in MEASURES},
        "citations": sum(len(row["citations"]) for row in rows),
        "p50_ms": round(statistics.median(taken), 1) if taken else None,
        "p95_ms": nearest_rank(taken) if taken else None,
    }


def nearest_rank(values: Sequence[float], percent: int = 95) -> float:
    """Return the least of `values` that `percent` of them do not exceed: one of them, and never below their median.

    Args:
        values: at least one, in any order.
        percent: 50 to 100.
    """
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def _share(rows: Sequence[Mapping[str, Any]], name: str) -> float | None:
    parts = [row["scores"][name] for row in rows if name in row["scores"]]
    whole = sum(part[1] for part in parts)
    return round(sum(part[0] for part in parts) / whole, 4) if whole else None


def evaluate(
    assistant: "Assistant",
    questions: Sequence[Question],
    on: date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Return the measures of `assistant` over `questions`, the corpus and the date."""
    return describe(assistant, measure(run(assistant, questions, on, progress)), on)


def describe(assistant: "Assistant", measures: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return `measures` with what they were measured on."""
    return {
        **measures,
        "corpus": assistant.status["corpus"],
        "embedder": assistant.status["embedder"],
        "date": on.isoformat(),
    }
