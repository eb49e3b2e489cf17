"""Measures of finding, answering and declining over questions with known articles; deterministic, no judge model."""

import json
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from assistant.numbers import fold_figures

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.retrieval.hybrid import Hit

CUTS = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what a right answer holds.

    Attributes:
        articles: (title, short title or document number; article number or None for the text as a whole).
        facts: each a tuple of strings of which one must stand in the answer.
    """

    id: str
    question: str
    history: tuple[str, ...]
    articles: tuple[tuple[str, int | None], ...]
    facts: tuple[tuple[str, ...], ...]
    answerable: bool


def load_questions(path: Path, half: str | None = None) -> list[Question]:
    """Return the questions in a `.jsonl` or `.yaml` file; `half` keeps those that carry that `half`.

    Raises:
        InputError: no such file, or a line that is no question.
    """
    if not path.is_file():
        raise InputError(f"找不到文件 {path}。")
    rows = _read_yaml(path) if path.suffix in (".yaml", ".yml") else _read_lines(path)
    return [_question(path, number, row) for number, row in rows if half is None or row.get("half") == half]


def _read_yaml(path: Path) -> list[tuple[int, dict[str, Any]]]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} 不是正确的 YAML 文件。") from error
    return list(enumerate(data or [], start=1))


def _read_lines(path: Path) -> list[tuple[int, dict[str, Any]]]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                rows.append((number, json.loads(line)))
            except json.JSONDecodeError as error:
                raise InputError(f"{path.name} 第{number}行不是正确的 JSON。") from error
    return rows


def _question(path: Path, number: int, row: dict[str, Any]) -> Question:
    try:
        return Question(
            id=str(row["id"]),
            question=str(row["question"]),
            history=tuple(row.get("history") or ()),
            articles=tuple((str(a["document"]), a.get("article")) for a in row.get("articles") or ()),
            facts=tuple(tuple(map(str, f)) if isinstance(f, list) else (str(f),) for f in row.get("facts") or ()),
            answerable=bool(row.get("answerable", True)),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path.name} 第{number}项不是问题：应当有 id、question、articles、facts、answerable。"
        ) from error


def evaluate(
    assistant: "Assistant",
    questions: Sequence[Question],
    on: date,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, object]:
    """Return the measures of `assistant` over `questions`.

    recall@k and MRR are over answerable questions (each gold article counts; MRR by the first of them), facts over
    answerable questions whether answered or declined, refusals over all; citations: how many exist, are in force or
    asked for by their time, and hold their quotation.
    """
    ranks: list[list[int | None]] = []
    facts = found_facts = cited = verified = 0
    declined_right = declined = to_decline = 0
    seconds = []
    for number, question in enumerate(questions, start=1):
        answer = assistant.ask(question.question, on, question.history)
        seconds.append(answer.seconds)
        declined += answer.declined
        to_decline += not question.answerable
        declined_right += answer.declined and not question.answerable
        cited += len(answer.citations)
        verified += sum(citation.status == "verified" for citation in answer.citations)
        if question.answerable:
            text = fold_figures(answer.answer)
            facts += len(question.facts)
            found_facts += sum(any(fold_figures(one) in text for one in fact) for fact in question.facts)
            if question.articles:
                hits = assistant.search(question.question, on, CUTS[-1], question.history)
                ranks.append([rank_of(gold, hits) for gold in question.articles])
        progress(number, len(questions))
    return {
        "n": len(questions),
        "answerable": len(questions) - to_decline,
        **{f"recall@{k}": _mean([sum(r is not None and r < k for r in row) / len(row) for row in ranks]) for k in CUTS},
        "mrr": _mean([max((1 / (r + 1) for r in row if r is not None), default=0.0) for row in ranks]),
        "fact_coverage": _ratio(found_facts, facts),
        "refusal_precision": _ratio(declined_right, declined),
        "refusal_recall": _ratio(declined_right, to_decline),
        "citations": cited,
        "citations_verified": _ratio(verified, cited),
        "p50_ms": round(1000 * statistics.median(seconds), 1) if seconds else None,
        "p95_ms": round(1000 * sorted(seconds)[int(0.95 * (len(seconds) - 1))], 1) if seconds else None,
        "corpus": assistant.status["corpus"],
        "date": on.isoformat(),
    }


def rank_of(gold: tuple[str, int | None], hits: "Sequence[Hit]") -> int | None:
    """Return the 0-based place of the first hit in the gold article, or None."""
    name, number = gold
    for place, hit in enumerate(hits):
        source = hit.article.source
        names = {_plain(n) for n in (source.title, source.document_number, *source.short_titles)}
        if _plain(name) in names and number in (None, hit.article.number):
            return place
    return None


def _plain(name: str) -> str:
    """Return a document's name without 《》, 中华人民共和国 and a document number in brackets behind it."""
    return re.sub(r"（[^（）]*号）$", "", name).strip("《》").removeprefix("中华人民共和国")


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
