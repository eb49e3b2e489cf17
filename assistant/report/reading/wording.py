"""The words by which reports are read, from `corpus/report_reading.yaml`."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.errors import CorpusFileError
from assistant.report.corpus_files import load_corpus_yaml

_NUMBERS = "一二三四五六七八九十"
# 「一、」, 「（三）」, 「2.」, 「第四部分」; 「三类内部事务信息」 begins with no number.
_NUMBERING = re.compile(
    rf"^(?:第[{_NUMBERS}\d]+(?:部分|章|节)[、.:,]?|\([{_NUMBERS}\d]{{1,3}}\)[、.,]?|[{_NUMBERS}]{{1,3}}[、.,:)]|\d{{1,2}}[、.,:)]|\d{{1,2}}(?=[\u4e00-\u9fff]))"
)


@dataclass(frozen=True, slots=True)
class BodySign:
    """What the end of a body's name tells: `level` "" is not told, `region_rank` None is not told."""

    sign: re.Pattern[str]
    level: str
    region_rank: str | None


@dataclass(frozen=True)
class ReadingWords:
    """The words of report_reading.yaml.

    Attributes:
        labels: other words for labels, by table, by axis (rows, columns), by key.
        printed: folded texts that stand in tables and are no cell.
        headings: folded headings by chapter.
        heading_signs: (chapter, pattern), in order.
    """

    labels: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    printed: frozenset[str]
    headings: Mapping[str, frozenset[str]]
    heading_signs: tuple[tuple[str, re.Pattern[str]], ...]
    title_sign: re.Pattern[str]
    body_ends: re.Pattern[str]
    bodies: tuple[BodySign, ...]
    fee_name: str
    fee_denied: re.Pattern[str]


def load_reading_words(path: Path) -> ReadingWords:
    """Return the words of report_reading.yaml.

    Raises:
        CorpusFileError: the file is broken.
    """
    data: dict[str, Any] = load_corpus_yaml(path)
    try:
        return ReadingWords(
            labels=_frozen(data["labels"]),
            printed=frozenset(fold_label(text) for text in data["printed"]),
            headings=MappingProxyType(
                {key: frozenset(fold_label(text) for text in texts) for key, texts in data["headings"].items()}
            ),
            heading_signs=tuple((entry["chapter"], re.compile(entry["sign"])) for entry in data["heading_signs"]),
            title_sign=re.compile(data["title"]["sign"]),
            body_ends=re.compile(data["title"]["body_ends"]),
            bodies=tuple(
                BodySign(re.compile(entry["sign"]), entry["level"], entry["region_rank"]) for entry in data["bodies"]
            ),
            fee_name=data["fee"]["name"],
            fee_denied=re.compile(data["fee"]["denied"]),
        )
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise CorpusFileError(path, 1, f"缺少或写错了 {error}。") from error


def _frozen(labels: Mapping[str, Any]) -> Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]:
    return MappingProxyType(
        {
            table: MappingProxyType(
                {
                    axis: MappingProxyType({key: tuple(texts) for key, texts in keys.items()})
                    for axis, keys in axes.items()
                }
            )
            for table, axes in labels.items()
        }
    )


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return `text` in half width without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=8192)
def fold_label(text: str) -> str:
    """Return what a label says: half width, without its number, punctuation and white space."""
    folded = fold(text).lstrip("|")
    match = _NUMBERING.match(folded)
    return "".join(ch for ch in (folded[match.end() :] if match else folded) if ch.isalnum())


def numbering(text: str) -> tuple[str, int]:
    """Return kind and value of the number before a line: 「一、」 chapter, 「（一）」 part, 「1.」 item, "" none."""
    match = _NUMBERING.match(fold(text))
    if match is None:
        return "", 0
    sign = match.group()
    inner = re.sub(r"\D", "", sign)
    value = int(inner) if inner else _value("".join(ch for ch in sign if ch in _NUMBERS))
    if sign.startswith("第") or (not inner and not sign.startswith("(")):
        return "chapter", value
    return ("part" if sign.startswith("(") else "item"), value


def _value(numeral: str) -> int:
    if len(numeral) == 1:
        return _NUMBERS.index(numeral) + 1
    tens, _, ones = numeral.partition("十")
    return (_NUMBERS.index(tens) + 1 if tens else 1) * 10 + (_NUMBERS.index(ones) + 1 if ones else 0)
