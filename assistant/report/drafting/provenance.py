"""Checks a finished text: every numeral in it is one that the draft put there, with the value of its cell."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

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
    alterations = [
        Alteration(place, piece.start, "", piece.text, "")
        for piece, cell in zip(expected, cells, strict=True)
        if not cell or not _covered(piece.start, piece.text, spans)
    ]
    matcher = SequenceMatcher(None, [piece.key for piece in expected], [piece.key for piece in written], autojunk=False)
    for tag, low, high, from_, to in matcher.get_opcodes():
        if tag == "equal":
            continue
        for offset in range(max(high - low, to - from_)):
            was = expected[low + offset] if low + offset < high else None
            now = written[from_ + offset] if from_ + offset < to else None
            alterations.append(
                Alteration(
                    place,
                    now.start if now else was.start if was else 0,
                    was.shown if was else "",
                    now.shown if now else "",
                    cells[low + offset] if was else "",
                )
            )
    return alterations


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


def _covered(start: int, text: str, spans: list[tuple[int, str, str]]) -> bool:
    """Whether every character of a numeral belongs to a figure or to wording, at its place."""
    owned = Counter(position for begin, piece, _ in spans for position in range(begin, begin + len(piece)))
    # A sign of per cent belongs to the number before it.
    return all(owned[position] == 1 for position in range(start, start + len(text.rstrip("%％‰"))))
