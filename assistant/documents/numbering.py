"""Writes out the automatic numbers of Word lists, shown on the page and not held in the file (第一条, 1.)."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from assistant.numbers import write_chinese_numeral

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "japaneseDigitalTenThousand",
}  # fmt: skip
_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(slots=True)
class _Level:
    """How one level of a list is numbered."""

    start: int
    form: str
    pattern: str


class Numbering:
    """The counters of every list of a document; ask once for each paragraph, in order.

    Args:
        part: the root element of numbering.xml, or None.
        styles: the root element of styles.xml.
    """

    def __init__(self, part: Any, styles: Any) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._restarted: set[str] = set()
        self._by_style: dict[str, tuple[str, int]] = {}
        if part is not None:
            self._read_lists(part)
            self._read_styles(styles)

    def next_label(self, paragraph: Any) -> str:
        """Return the number that stands before `paragraph` on the page, "" for none; the counter moves on."""
        identity, level = self._list_of(paragraph)
        levels = self._abstract.get(self._lists.get(identity, ""), {})
        if level not in levels:
            return ""
        key = self._lists[identity]
        counts = self._counts[key]
        if identity not in self._restarted:
            self._restarted.add(identity)
            # A list that overrides its start begins anew, though it shares its levels with another.
            for (other, overridden), start in self._starts.items():
                if other == identity:
                    counts[overridden] = start - 1
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [known for known in counts if known > level]:
            del counts[deeper]
        label = levels[level].pattern
        for position, described in levels.items():
            value = counts.get(position, described.start)
            label = label.replace(f"%{position + 1}", _write(value, described.form))
        return label

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        direct = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        inherited = self._by_style.get(style.get(f"{_W}val"), ("", 0)) if style is not None else ("", 0)
        return _reference(direct, inherited) if direct is not None else inherited

    def _read_lists(self, part: Any) -> None:
        for abstract in part.iter(f"{_W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{_W}lvl"):
                levels[int(level.get(f"{_W}ilvl"))] = _Level(
                    int(_value(level, "start") or 1), _value(level, "numFmt") or "decimal", _value(level, "lvlText")
                )
            self._abstract[abstract.get(f"{_W}abstractNumId")] = levels
        for number in part.iter(f"{_W}num"):
            identity = number.get(f"{_W}numId")
            self._lists[identity] = _value(number, "abstractNumId")
            for override in number.iter(f"{_W}lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    self._starts[identity, int(override.get(f"{_W}ilvl"))] = int(start)

    def _read_styles(self, styles: Any) -> None:
        parents: dict[str, str] = {}
        for style in styles.iter(f"{_W}style"):
            identity = style.get(f"{_W}styleId")
            parents[identity] = _value(style, "basedOn")
            found = style.find(f"{_W}pPr/{_W}numPr")
            if found is not None:
                self._by_style[identity] = _reference(found, ("", 0))
        for identity in parents:
            ancestor, seen = identity, set[str]()
            while ancestor and ancestor not in self._by_style and ancestor not in seen:
                seen.add(ancestor)
                ancestor = parents.get(ancestor, "")
            if ancestor in self._by_style:
                self._by_style.setdefault(identity, self._by_style[ancestor])


def _reference(element: Any, inherited: tuple[str, int]) -> tuple[str, int]:
    level, identity = _value(element, "ilvl"), _value(element, "numId")
    return identity or inherited[0], int(level) if level else inherited[1]


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}")
    return str(found.get(f"{_W}val", "")) if found is not None else ""


def _write(value: int, form: str) -> str:
    if form in _CHINESE:
        return write_chinese_numeral(value)
    if form in {"none", "bullet"}:
        return ""
    if form == "decimalFullWidth":
        return str(value).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    if form == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if form in {"lowerLetter", "upperLetter"} and 1 <= value <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + value - 1)
    if form in {"lowerRoman", "upperRoman"}:
        roman = _roman(value)
        return roman.lower() if form == "lowerRoman" else roman
    return str(value)


def _roman(value: int) -> str:
    out = ""
    for worth, sign in _ROMAN:
        count, value = divmod(value, worth)
        out += sign * count
    return out
