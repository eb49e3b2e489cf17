"""Reads `corpus/office_questions.yaml`: the words by which a chat message is told to be for the desk."""

import re
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError

_PATTERNS = (
    "asks_when", "asks_long", "asks_compute", "no_deadline", "asks_case", "asks_amount", "computes_fee", "drafts",
    "drafts_reply", "surely_drafts", "no_draft", "vague_count", "adds", "already", "paused", "open_pause",
    "extended", "not_extended", "follows", "addressed", "cancels", "shows", "goes_back", "skips", "finishes",
    "by_steps", "lead_in", "writes_now", "other_question",
)  # fmt: skip
_LISTS = ("deadlines", "channels", "letters", "roles")
_ASKS = {"lacking", "rule", "start", "sent", "pause", "two_starts", "count", "vague", "measure", "unread", "cancelled"}


def load_question_words(path: Path) -> dict[str, Any]:
    """Return the words of `path` (`corpus/office_questions.yaml`).

    Raises:
        CorpusFileError: a part is missing or a pattern is none.
    """
    try:
        words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        patterns = [words[name] for name in _PATTERNS]
        patterns += [entry.get("before") or entry["when"] for part in _LISTS for entry in words[part]]
        for pattern in patterns:
            re.compile(pattern)
        if not all(isinstance(name, str) for name in words["named_fields"]):
            raise TypeError("named_fields")
        if missing := _ASKS - set(words["asks"]):
            raise KeyError(f"asks: {min(missing)}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusFileError(path, (mark.line if mark else 0) + 1, "不是正确的 YAML。") from error
    except (KeyError, TypeError, re.error) as error:
        raise CorpusFileError(path, 1, f"问句词表的格式不对（{error}）。") from error
    return words
