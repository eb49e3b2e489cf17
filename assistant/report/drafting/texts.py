"""Text that remembers where each of its numerals came from; there is no other way to put a number into a draft."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.numerals import find_numerals
from assistant.report.drafting.sources import Derivation, Quotation, Source
from assistant.report.errors import UntraceableNumberError

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a draft: as written, where it starts, and the cell or derivation it came from."""

    text: str
    start: int
    source: Source

    def plain(self) -> dict[str, str | int]:
        """The figure as the contract's JSON."""
        return {"text": self.text, "start": self.start, "cell": str(self.source)}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of prose.

    Attributes:
        figures: its numbers, left to right.
        wording: the other numerals, which belong to fixed wording (进一步, 一是, （二）): text and start.
    """

    text: str = ""
    figures: tuple[Figure, ...] = ()
    wording: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: "Text") -> "Text":
        shift = len(self.text)
        return Text(
            self.text + other.text,
            self.figures + tuple(replace(figure, start=figure.start + shift) for figure in other.figures),
            self.wording + tuple((text, start + shift) for text, start in other.wording),
        )

    def __bool__(self) -> bool:
        return bool(self.text)


def words(text: str) -> Text:
    """Return fixed wording; it may hold 进一步 and （一）, but no number.

    Raises:
        UntraceableNumberError: a number stands in it.
    """
    numerals = find_numerals(text)
    for numeral in numerals:
        if numeral.figure:
            raise UntraceableNumberError(f"固定用语“{text[:30]}”中写死了数字“{numeral.text}”，请改为取自表格。")
    return Text(text, wording=tuple((numeral.text, numeral.start) for numeral in numerals))


def number(value: int | Decimal, derivation: Derivation, unit: str = "") -> Text:
    """Return a number of a cell or a derivation, with its unit (件, 万元, %)."""
    text = show_number(value)
    # 万 of 万元 is a numeral too: it is wording that belongs to the unit.
    wording = tuple((part.text, len(text) + part.start) for part in find_numerals(unit))
    return Text(text + unit, (Figure(text, 0, derivation),), wording)


def quoted(text: str, origin: str, first: int = 0) -> Text:
    """Return a text that was entered, or that belongs to the form; its numerals lead to `origin`.

    Args:
        first: how many numerals of the origin stand before this part of it.
    """
    numerals = list(enumerate(find_numerals(text), start=first))
    return Text(
        text,
        tuple(Figure(part.text, part.start, Quotation(origin, index)) for index, part in numerals if part.figure),
        tuple((part.text, part.start) for _, part in numerals if not part.figure),
    )


def within_quotes(text: Text) -> Text:
    """Return a text that will stand within “”: its own quotation marks become ‘’."""
    return replace(text, text=text.text.translate({0x201C: 0x2018, 0x201D: 0x2019}))


def join(texts: Iterable[Text], separator: str) -> Text:
    """Return the texts that are not empty, one after the other."""
    result = Text()
    for text in (text for text in texts if text):
        result = result + words(separator) + text if result else text
    return result


def fill(template: str, **slots: Text) -> Text:
    """Return the wording of `template` with every `{name}` replaced.

    Raises:
        KeyError: a name of the template is not given.
    """
    result, position = Text(), 0
    for match in _SLOT.finditer(template):
        result = result + words(template[position : match.start()]) + slots[match[1]]
        position = match.end()
    return result + words(template[position:])


def enumerate_points(points: Sequence[Text], ordinals: Sequence[str], opening: str = "{ordinal}是") -> Text:
    """Return 「一是…；二是…」, or the point alone if there is only one; `ordinals` are 一, 二, 三 …"""
    if len(points) == 1:
        return points[0]
    return join(
        (words(opening.format(ordinal=ordinal)) + point for ordinal, point in zip(ordinals, points, strict=False)), "；"
    )


def show_number(value: int | Decimal) -> str:
    """Return a number as prose writes it: no exponent, no idle zeros after the point."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
