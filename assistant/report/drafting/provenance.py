"""Checks a finished text: every numeral in it is one that the draft put there, with the value of its cell."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from assistant.numerals import find_numerals
from assistant.report.drafting.sections import Draft
from assistant.report.drafting.sources import Derivation, derive, entered_texts
from assistant.report.drafting.texts import Text, show_number
from assistant.report.errors import UntraceableNumberError
from assistant.report.tables import Statistics


@dataclass(frozen=True, slots=True)
class Alteration:
    """A numeral of a text that is not the draft's: what stands there, what should, and which cell says so."""

    place: str
    start: int
    expected: str
    actual: str
    cell: str

    @property
    def message(self) -> str:
        """The alteration in one Chinese line."""
        if not self.expected:
            return f"{self.place}：多出数字“{self.actual}”，没有对应的数据。"
        now = f"变成了“{self.actual}”" if self.actual else "不见了"
        return f"{self.place}：“{self.expected}”（{self.cell}）{now}。"


def verify_draft(draft: Draft, previous: Statistics | None) -> None:
    """Recompute every figure of the draft from the statistics.

    Raises:
        UntraceableNumberError: a numeral without a source, or one whose source says another value.
    """
    texts = entered_texts(draft.statistics)
    for place, text in draft.texts():
        for alteration in find_alterations(place, text.text, text):
            raise UntraceableNumberError(alteration.message)
        for figure in text.figures:
            if isinstance(figure.source, Derivation):
                value = derive(figure.source, draft.statistics, previous)
                found = value is not None and show_number(value) == figure.text
            else:
                numerals = find_numerals(texts.get(figure.source.origin, ""))
                index = figure.source.index
                found = index < len(numerals) and numerals[index].text == figure.text
            if not found:
                raise UntraceableNumberError(
                    f"{place}：数字“{figure.text}”与来源 {figure.source} 不一致，草稿没有输出。"
                )


def find_altered(draft: Draft, texts: dict[str, str]) -> list[Alteration]:
    """Return every numeral that is not the draft's in finished texts; `texts` holds them by place (see Draft.texts)."""
    return [
        alteration
        for place, text in draft.texts()
        if place in texts
        for alteration in find_alterations(place, texts[place], text)
    ]


def find_alterations(place: str, finished: str, draft: Text) -> list[Alteration]:
    """Return where the numerals of `finished` (and the words they count) are not those of `draft`, in order."""
    written = _pieces(finished)
    spans = sorted([(figure.start, figure.text, str(figure.source)) for figure in draft.figures]
                   + [(start, text, "固定用语") for text, start in draft.wording])  # fmt: skip
    expected = _pieces(draft.text)
    cells = [
        next((cell for start, text, cell in spans if start <= piece.start < start + len(text)), "")
        for piece in expected
    ]
    owned = Counter(position for start, text, _ in spans for position in range(start, start + len(text)))
    alterations = [
        Alteration(place, piece.start, "", piece.text, "")
        for piece, cell in zip(expected, cells, strict=True)
        if not cell or not _covered(piece.start, piece.text, owned)
    ]
    for was, now in _pairs(expected, written):
        before, after = expected[was] if was is not None else None, written[now] if now is not None else None
        alterations.append(
            Alteration(
                place,
                after.start if after else before.start if before else 0,
                before.shown if before else "",
                after.shown if after else "",
                cells[was] if was is not None else "",
            )
        )
    return alterations


def _pairs(expected: list["_Piece"], written: list["_Piece"]) -> list[tuple[int | None, int | None]]:
    """Return the indexes of the numerals that differ; None where there is none on the other side."""
    keys = [piece.key for piece in expected], [piece.key for piece in written]
    if len(expected) == len(written):
        return [(index, index) for index, (was, now) in enumerate(zip(*keys, strict=True)) if was != now]
    pairs: list[tuple[int | None, int | None]] = []
    for tag, low, high, start, end in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag != "equal":
            pairs.extend(zip_longest(range(low, high), range(start, end)))
    return pairs


@dataclass(frozen=True, slots=True)
class _Piece:
    """A numeral of a text as it is compared: exactly as written, and what it counts."""

    start: int
    text: str
    unit: str

    @property
    def key(self) -> tuple[str, str]:
        return self.text, self.unit

    @property
    def shown(self) -> str:
        return self.text if self.unit == "%" else self.text + self.unit


def _pieces(text: str) -> list[_Piece]:
    return [_Piece(numeral.start, numeral.text, numeral.unit) for numeral in find_numerals(text)]


def _covered(start: int, text: str, owned: Counter[int]) -> bool:
    """Whether every character of a numeral has one owner; a sign of per cent is the number's before it."""
    return all(owned[position] == 1 for position in range(start, start + len(text.rstrip("%％‰"))))
