"""Takes prose out of tables that only carry it: a sheet with the text in one column, a page laid out as a table."""

import re
from collections.abc import Iterator
from dataclasses import replace

from assistant.documents.blocks import Block, Document, Paragraph, RawTable
from assistant.report.reading.wording import ReadingWords, fold, fold_label, numbering

_LONG = 60
_LINES = re.compile(r"\n+")


def unfold(document: Document, words: ReadingWords) -> Document:
    """Return the document with the prose of its tables as paragraphs.

    A Word file is left as it is, as findings are marked at its own paragraphs and cells.
    """
    if document.kind == "docx" or not document.tables:
        return document
    headings = frozenset(text for texts in words.headings.values() for text in texts)
    return replace(document, blocks=tuple(new for block in document.blocks for new in _blocks(block, headings)))


def _blocks(block: Block, headings: frozenset[str]) -> Iterator[Block]:
    if isinstance(block, Paragraph):
        yield block
        return
    singles = [_single(block, number) for number in range(len(block.rows))]
    whole = all(single is not None for single in singles)
    kept: list[int] = []
    for number, single in enumerate(singles):
        if single is not None and (whole or _is_prose(single, headings)):
            yield from _close(block, kept)
            kept = []
            yield from (Paragraph(line.strip(), page=block.page) for line in _LINES.split(single) if line.strip())
        else:
            kept.append(number)
    if len(kept) == len(block.rows):
        yield block
    else:
        yield from _close(block, kept)


def _single(table: RawTable, number: int) -> str | None:
    """The one text of a row, "" for an empty row, None for a row of several; a merged cell counts once."""
    row = table.rows[number]
    texts = [text for column, text in enumerate(row) if text.strip() and (number, column) not in table.covered]
    if len(texts) > 1:
        return None
    # A cell merged from above repeats its text and begins in no column of this row.
    return texts[0] if texts else next((text for text in row if text.strip()), "")


def _is_prose(text: str, headings: frozenset[str]) -> bool:
    folded = fold(text)
    if len(folded) > _LONG and "。" in folded:
        return True
    return numbering(text)[0] == "chapter" and fold_label(text) in headings


def _close(table: RawTable, rows: list[int]) -> Iterator[RawTable]:
    if not rows:
        return
    place = {row: number for number, row in enumerate(rows)}
    yield RawTable(
        tuple(table.rows[row] for row in rows),
        frozenset((place[r], c) for r, c in table.covered if r in place),
        frozenset((place[r], c) for r, c in table.unsure if r in place),
        table.page,
        table.nested_in,
    )
