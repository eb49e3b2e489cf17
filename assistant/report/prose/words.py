"""The words by which prose is read, from `corpus/report_claims.yaml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import CorpusFileError
from assistant.report.corpus_files import load_corpus_yaml


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """One kind of claim.

    Attributes:
        what: how a message calls it.
        form: the form it holds for, "" for all.
        signs: regular expressions that tell it, years not yet filled in.
        but_not: one that rules it out, or "".
        cells: what the number may be, each a sum of `table.row.column`.
        with_carried: the same where the sentence says that last year's are included.
        within, without: what the whole sentence must match, and what it must not; "" for anything.
    """

    code: str
    what: str
    form: str
    signs: tuple[str, ...]
    but_not: str
    cells: tuple[str, ...]
    with_carried: tuple[str, ...]
    within: str = ""
    without: str = ""


@dataclass(frozen=True)
class ProseWords:
    """The content of report_claims.yaml; `raw` holds what single checks read of it."""

    units: frozenset[str]
    claims: tuple[ClaimRule, ...]
    reviews: tuple[ClaimRule, ...]
    documents: tuple[ClaimRule, ...]
    zero: tuple[ClaimRule, ...]
    raw: Mapping[str, Any]

    def pattern(self, *path: str) -> re.Pattern[str]:
        """The regular expression under that path of keys."""
        found: Any = self.raw
        for key in path:
            found = found[key]
        return re.compile(found)


def load_prose_words(path: Path) -> ProseWords:
    """Return the words of report_claims.yaml.

    Raises:
        CorpusFileError: the file is broken.
    """
    data = load_corpus_yaml(path)
    try:
        lists = {key: tuple(map(_rule, data[key])) for key in ("claims", "reviews", "documents", "zero")}
        for pattern in _patterns(data):
            re.compile(re.sub("{(?:last|this|next)}", "2000", pattern))
        return ProseWords(units=frozenset(data["units"]), raw=data, **lists)
    except (KeyError, TypeError, re.error) as error:
        raise CorpusFileError(path, 1, f"缺少或写错了 {error}。") from error


def _rule(entry: Mapping[str, Any]) -> ClaimRule:
    return ClaimRule(
        code=entry["code"],
        what=entry["what"],
        form=entry.get("form", ""),
        signs=tuple(entry["signs"]),
        but_not=entry.get("not", ""),
        cells=tuple(entry["cells"]),
        with_carried=tuple(entry.get("with_carried", ())),
        within=entry.get("within", ""),
        without=entry.get("without", ""),
    )


def _patterns(value: object) -> list[str]:
    if isinstance(value, dict):
        return [pattern for inner in value.values() for pattern in _patterns(inner)]
    if isinstance(value, list):
        return [pattern for inner in value for pattern in _patterns(inner)]
    return [value] if isinstance(value, str) else []
