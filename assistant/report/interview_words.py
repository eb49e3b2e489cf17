"""Reads `corpus/interview.yaml`, and finds the names of rows and columns, numbers and turns of speech in a message."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.errors import CorpusFileError
from assistant.numbers import fold_figures
from assistant.report.corpus_files import load_corpus_yaml
from assistant.report.forms import FEE_TABLE, Form, Node, Table

_NUMBERING = re.compile(r"^(?:[一二三四五六七八]、|\([一二三四五六七八]\)|（[一二三四五六七八]）|\d+\.)")
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
# A number beside one of these is no count: a year, a day, a percentage, an article.
_NO_COUNT = r"(?!\d|\.\d|年|月|日|号|%|条|款|部|章|篇|场|次|人次|期|轮)"
_STRONG, _WEAK = "。;!\n", ",、和及与"


@dataclass(frozen=True, slots=True)
class Name:
    """What a word may mean: a table, a row or a heading over rows, a column; `keys` are the rows or columns."""

    kind: str
    table: str
    keys: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a message: name, number, zero, rest, every, unclear, gap (words that are not known), strong or weak.

    A sentence ends with a strong one, a clause with a weak one.

    Attributes:
        names: what a name may mean.
        value: of a number, its ten thousands (万) multiplied out into `factor`.
        factor: what the unit beside it multiplies by: 1, 10000 for 万, and `unit` 元 or "".
    """

    kind: str
    text: str
    names: tuple[Name, ...] = ()
    value: Decimal | None = None
    factor: int = 1
    unit: str = ""


@dataclass(frozen=True)
class InterviewWords:
    """The words of the dialogue."""

    words: Mapping[str, Any]
    patterns: Mapping[str, str]
    groups: tuple[Mapping[str, Any], ...]
    chapters: tuple[Mapping[str, Any], ...]
    parts: tuple[Mapping[str, str], ...]
    asks: Mapping[str, str]

    def says(self, pattern: str, folded: str) -> bool:
        """Whether a folded message has one of the turns of speech `pattern`."""
        return bool(re.search(self.patterns[pattern], folded))

    def part(self, folded: str) -> Mapping[str, str] | None:
        """The part of the report that a folded message wants more of: 「第五部分再写具体些」."""
        if not re.search(self.patterns["more"], folded):
            return None
        return next((part for part in self.parts if re.search(part["when"], folded)), None)

    def ask(self, key: str, **values: object) -> str:
        """Return a sentence of the dialogue with its blanks filled."""
        return self.asks[key].format(**values)

    @cached_property
    def _vocabularies(self) -> dict[str, "_Vocabulary"]:
        return {}

    def tokens(self, message: str, form: Form) -> list[Token]:
        """Return the pieces of a message, left to right; what says nothing is left out."""
        if form.id not in self._vocabularies:
            self._vocabularies[form.id] = _Vocabulary(self, form)
        return list(self._vocabularies[form.id].read(message))


def load_interview_words(path: Path) -> InterviewWords:
    """Return the words of the dialogue.

    Raises:
        CorpusFileError: a part is missing, or a pattern is none.
    """
    data = load_corpus_yaml(path)
    try:
        kinds = [kind for chapter in data["chapters"] for kind in chapter["kinds"]]
        given = [kind["called"] for kind in kinds] + [kind["when"] for kind in kinds if "when" in kind]
        for pattern in [*data["patterns"].values(), *(part["when"] for part in data["parts"]), *given]:
            re.compile(pattern)
        return InterviewWords(
            data["words"],
            data["patterns"],
            tuple(data["groups"]),
            tuple(data["chapters"]),
            tuple(data["parts"]),
            data["asks"],
        )
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise CorpusFileError(path, 1, f"问话词表的格式不对（{error}）。") from error


def fold_message(message: str, words: InterviewWords) -> str:
    """Return a message as the patterns see it: lines as sentences, digits apart, 「不是12，是13」 without the 12."""
    apart = re.sub(r"(?<=\d)[ \t\u3000]+(?=\d)", ",", message.strip())
    folded = fold_figures(re.sub(r"\s*\n\s*", ";", apart)).replace("；", ";").replace("，", ",")
    folded = re.sub(words.patterns["none_carried"], "上年结转没有", re.sub(words.patterns["not_but"], "", folded))
    return re.sub(words.patterns["whole_message_zero"], "没有", folded)


class _Vocabulary:
    """The names of one form, and the expression that finds them."""

    def __init__(self, words: InterviewWords, form: Form) -> None:
        self._words = words
        self._names: dict[str, list[Name]] = {}
        for key, table in form.tables.items():
            self._add(Name("table", key, (), table.name), words.words["tables"].get(key, ()))
            for block in table.blocks:
                self._add_nodes(table, "row", block.rows, words)
                self._add_nodes(table, "column", block.columns, words)
        if form.processing_fee:
            self._add(Name("row", FEE_TABLE, ("",), "信息处理费"), words.words["tables"][FEE_TABLE])
            for column, label in (("cases", "收取件数"), ("amount", "收取金额")):
                self._add(Name("column", FEE_TABLE, (column,), label), words.words["columns"][FEE_TABLE][column])
        unclear = [word for word in words.words["unclear"] if word not in self._names]
        known = sorted([*self._names, *unclear], key=len, reverse=True)
        self._filler = re.compile(words.patterns["filler"])
        self._pieces = re.compile(
            f"(?P<rest>{words.patterns['rest']})|(?P<every>{words.patterns['every']})"
            f"|(?P<name>{'|'.join(map(re.escape, known))})|(?P<zero>{words.patterns['zero']})"
            f"|(?P<number>{_NUMBER}){_NO_COUNT}(?P<factor>万?)(?P<unit>元?)"
            f"|(?P<strong>[{_STRONG}])|(?P<weak>[{_WEAK}])"
        )

    def _add(self, name: Name, words: Any) -> None:  # noqa: ANN401  (a list of YAML)
        for word in {name.label, *words} - {""}:
            known = self._names.setdefault(fold_figures(word), [])
            if name not in known:
                known.append(name)

    def _add_nodes(self, table: Table, axis: str, nodes: tuple[Node, ...], words: InterviewWords) -> None:
        told = words.words[f"{axis}s"].get(table.key, {})
        for node in (inner for outer in nodes for inner in outer.walk()):
            keys = tuple(leaf.key for leaf in node.leaves())
            plain = {node.short, _NUMBERING.sub("", node.label)} if node.key in told or not node.children else set()
            # 其他 alone may be a row, a column or 「其余」: only its full names count.
            plain -= {"其他", "总计"}
            self._add(Name(axis, table.key, keys, node.short), [*plain, *told.get(node.key, ())])

    def read(self, message: str) -> Iterator[Token]:
        folded, position = fold_message(message, self._words), 0
        for match in self._pieces.finditer(folded):
            if self._filler.sub("", folded[position : match.start()]):
                yield Token("gap", folded[position : match.start()])
            position = match.end()
            kind = next(k for k in ("rest", "every", "name", "zero", "number", "strong", "weak") if match[k])
            if kind == "name" and match[0] not in self._names:
                yield Token("unclear", str(self._words.words["unclear"][match[0]]))
            elif kind == "number":
                factor = 10_000 if match["factor"] else 1
                yield Token(
                    "number", match["number"], value=Decimal(match["number"]), factor=factor, unit=match["unit"]
                )
            else:
                yield Token(kind, match[0], tuple(self._names.get(match[0], ())))
