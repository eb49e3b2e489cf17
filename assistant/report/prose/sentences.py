"""Cuts prose into sentences whose characters still know where they stand in the document."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.report.findings import Span
from assistant.report.published import Passage

_KEPT = "，；：（）！？"
_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
_STOPS = re.compile("[^。！？!?]+[。！？!?]?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence.

    Attributes:
        text: half width, without white space.
        offsets: for each character of `text` its place in `passage.text`.
        context: the text of the sentence before it in the same paragraph, "" for the first.
    """

    passage: Passage
    text: str
    offsets: tuple[int, ...]
    context: str

    def span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]` in the document."""
        return self.passage.span(self.offsets[start], self.offsets[end - 1] + 1)


def cut_sentences(passages: Iterable[Passage]) -> Iterator[Sentence]:
    """Yield the sentences of `passages` in their order."""
    for passage in passages:
        characters, offsets = _fold(passage.text)
        before = ""
        for match in _STOPS.finditer(characters):
            yield Sentence(passage, match.group(), offsets[match.start() : match.end()], before)
            before = match.group()


# Every check cuts the same passages.
@lru_cache(maxsize=512)
def _fold(text: str) -> tuple[str, tuple[int, ...]]:
    characters, offsets = [], []
    for offset, character in enumerate(text):
        # Chinese commas and brackets stay: they part clauses in the patterns, while 1,200 is one number.
        for folded in character if character in _KEPT else unicodedata.normalize("NFKC", character):
            if not folded.isspace():
                characters.append(folded)
                offsets.append(offset)
    # Pages that set Chinese with a Latin comma mean the Chinese one; between figures it parts thousands.
    return _COMMA.sub("，", "".join(characters)).replace(";", "；"), tuple(offsets)
