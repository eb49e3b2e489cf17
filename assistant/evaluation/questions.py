"""Questions with known articles and facts, and where a search found the articles."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.retrieval.hits import Hit
    from assistant.sources.digests import Source


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


def rank_of(gold: tuple[str, int | None], hits: "Sequence[Hit]") -> int | None:
    """Return the 0-based place of the first hit in the gold article, or None."""
    name, number = gold
    for place, hit in enumerate(hits):
        if plain_name(name) in names_of(hit.article.source) and number in (None, hit.article.number):
            return place
    return None


def names_of(source: "Source") -> frozenset[str]:
    """Return all plain names of a text: its title, its document number, what it is called for short."""
    return frozenset(map(plain_name, (source.title, source.document_number, *source.short_titles)))


def plain_name(name: str) -> str:
    """Return a document's name without 《》, 中华人民共和国 and a document number in brackets behind it."""
    return re.sub(r"（[^（）]*号）$", "", name).strip("《》").removeprefix("中华人民共和国")
