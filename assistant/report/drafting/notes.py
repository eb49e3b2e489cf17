"""Notes of staff as a sentence can take them: numbering dropped, the points of one note set apart."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.numerals import find_numerals
from assistant.report.drafting.sources import tidy
from assistant.report.drafting.texts import Text, quoted
from assistant.report.tables import says_nothing

# 「1.」 is no number of 1.5, and 「一、」 none of 一、二季度.
_MARK = re.compile(
    r"(?:^|(?<=[；;。，,]))(?:[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[，,、]"
    r"|[（(](?:[一二三四五六七八九十]{1,2}|\d{1,2})[）)]|[一二三四五六七八九十]{1,2}、(?![一二三四五六七八九十])"
    r"|\d{1,2}(?:[.．](?!\d)|[、）)]))"
)


@dataclass(frozen=True, slots=True)
class Point:
    """A part of a note.

    Attributes:
        origin: the note it belongs to: `facts.problems[0]`.
        first: which numeral of the note is the first at or after its beginning.
    """

    text: str
    origin: str
    first: int = 0

    def quoted(self) -> Text:
        """The point as text; its numerals lead to the note."""
        return quoted(self.text, self.origin, self.first)

    def without(self, *leads: str) -> "Point":
        """The point without the leads it begins with, however many (「2025年，我局全年…」); never an empty one."""
        point, found = self, True
        while found:
            found = False
            for lead in leads:
                rest = point.text.removeprefix(lead).lstrip("，,：: ")
                if lead and point.text.startswith(lead) and len(rest) > 1:
                    dropped = point.text[: len(point.text) - len(rest)]
                    point, found = Point(rest, point.origin, point.first + len(find_numerals(dropped))), True
        return point


def split_points(note: str, origin: str) -> list[Point]:
    """Return the points of a note, without 「1.」, 「（一）」, 「一是」 before them; none where it says 「无」."""
    text = tidy(note)
    if says_nothing(text):
        return []
    marks = list(_MARK.finditer(text))
    if not marks or marks[0].start():
        return [Point(text, origin)]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [(text[mark.end() : end].strip("。；;，,、 "), mark.end()) for mark, end in zip(marks, ends, strict=True)]
    before = [(part, sum(numeral.start < start for numeral in find_numerals(text))) for part, start in parts if part]
    return [Point(part, origin, first) for part, first in before] or [Point(text, origin)]


def points_of(notes: Iterable[str], key: str) -> list[Point]:
    """Return the points of all notes of a kind, in order."""
    return [point for index, note in enumerate(notes) for point in split_points(note, f"facts.{key}[{index}]")]
