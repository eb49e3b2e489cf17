"""Cuts a document at its headings: those it marks, and those that official numbering shows (一、 and 第一章)."""

import re
from collections.abc import Iterable

from assistant.documents.blocks import Block, Paragraph, RawTable, Section

_LONGEST_HEADING = 40
_NUMERAL = "[一二三四五六七八九十百]+"
# Levels start below those that a marked document title (1) takes.
_NUMBERED = (
    (re.compile(rf"第{_NUMERAL}(?:分编|编|部分)(?:\s|$)"), 2),
    (re.compile(rf"第{_NUMERAL}章(?:\s|$)"), 3),
    (re.compile(rf"第{_NUMERAL}节(?:\s|$)"), 4),
    (re.compile(rf"{_NUMERAL}、"), 5),
    (re.compile(rf"[（(]{_NUMERAL}[）)]"), 6),
)
_SENTENCE = re.compile("[。；：，！？;:,!?]")


def heading_level(paragraph: Paragraph) -> int:
    """Return the level of `paragraph` as a heading, 0 for body text.

    A numbered line is a heading only when it is short and holds no sentence; 「（一）…」 may end with a full stop, as
    headings of official reports do.
    """
    if paragraph.level:
        return paragraph.level
    text = paragraph.text
    if len(text) > _LONGEST_HEADING:
        return 0
    for pattern, level in _NUMBERED:
        if pattern.match(text):
            return 0 if _SENTENCE.search(text.rstrip("。")) else level
    return 0


def cut_sections(blocks: Iterable[Block]) -> tuple[Section, ...]:
    """Return the sections in order; a heading without anything under it makes a section with its own text empty."""
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    held: list[Block] = []
    start: Block | None = None

    def close() -> None:
        if held or start is not None:
            first = start or held[0]
            sections.append(
                Section(
                    heading=tuple(text for _, text in path),
                    text="\n".join(block.text for block in held),
                    page=first.page,
                    tables=tuple(block for block in held if isinstance(block, RawTable)),
                )
            )

    for block in blocks:
        level = heading_level(block) if isinstance(block, Paragraph) else 0
        if not level:
            held.append(block)
            continue
        close()
        held, start = [], block
        path = [(known, text) for known, text in path if known < level] + [(level, block.text)]
    close()
    return tuple(sections)
