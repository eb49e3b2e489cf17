"""Cuts the body of an article into 款 and 项."""

import re
from collections.abc import Sequence

from assistant.documents.blocks import Block, RawTable
from assistant.documents.characters import close_gaps
from assistant.numbers import parse_chinese_numeral
from assistant.sources.statute import Clause, Item

_DIGITS = "零〇一二三四五六七八九十百"
_ITEM = re.compile(rf"^[（(]\s?(?P<number>[{_DIGITS}]{{1,9}})\s?[）)]")
_POINT = re.compile(r"^(?:[（(]?\d{1,2}[）)]|\d{1,2}[.．、](?!\d)|[①-⑳])")
# In a paragraph that runs several 项 together each follows a stop; 第（一）项 does not.
_INLINE = re.compile(rf"(?<=[：；。:;])\s*(?=[（(][{_DIGITS}]+[）)])")


def split_clauses(blocks: Sequence[Block]) -> tuple[Clause, ...]:
    """Return the 款 of an article.

    Args:
        blocks: the paragraphs (the first without the article's number) and tables of the article, in order.

    A paragraph that begins with 「（一）」 is a 项 of the 款 before it; one that begins with 「1.」 after a 项 is a 目
    and stays a line of it; every other paragraph is the next 款. Tables belong to the 款 before them.
    """
    drafts: list[tuple[str, list[Item], list[RawTable]]] = []
    for block in blocks:
        if isinstance(block, RawTable):
            if not drafts:
                drafts.append(("", [], []))
            drafts[-1][2].append(block)
            continue
        for text in _lines(close_gaps(block.text)):
            _add(drafts, text)
    return tuple(
        Clause(number, text, tuple(items), tuple(tables))
        for number, (text, items, tables) in enumerate(drafts, start=1)
    )


def _lines(text: str) -> list[str]:
    """Return the paragraph, cut where it runs 项 together: （一） stands in it, then （二） … each after a stop."""
    parts = _INLINE.split(text)
    numbers = [_item_number(part) for part in parts]
    counted = [number for number in numbers if number is not None]
    runs_on = len(counted) >= 2 and counted == list(range(counted[0], counted[0] + len(counted)))
    return parts if runs_on and None not in numbers[1:] else [text]


def _item_number(text: str) -> int | None:
    match = _ITEM.match(text)
    return parse_chinese_numeral(match["number"]) if match else None


def _add(drafts: list[tuple[str, list[Item], list[RawTable]]], text: str) -> None:
    number = _item_number(text)
    if number is not None and drafts:
        drafts[-1][1].append(Item(number, text))
    elif drafts and drafts[-1][1] and _POINT.match(text):
        last = drafts[-1][1][-1]
        drafts[-1][1][-1] = Item(last.number, f"{last.text}\n{text}")
    elif number is not None:
        drafts.append(("", [Item(number, text)], []))
    else:
        drafts.append((text, [], []))
