"""Reads `corpus/office_questions.yaml`: the words by which a chat message is told to be for the desk."""

import re
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError


def load_question_words(path: Path) -> dict[str, Any]:
    """Return the words of `path` (`corpus/office_questions.yaml`).

    Raises:
        CorpusFileError: a part is missing or a pattern is none.
    """
    try:
        words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        patterns = [words["asks_when"], words["asks_amount"], words["drafts"]]
        patterns += [entry["when"] for part in ("deadlines", "channels", "letters") for entry in words[part]]
        for pattern in patterns:
            re.compile(pattern)
    except (yaml.YAMLError, KeyError, TypeError, re.error) as error:
        raise CorpusFileError(path, 1, f"问句词表的格式不对（{error}）。") from error
    return words
