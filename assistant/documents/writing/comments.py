"""Writes remarks into a copy of a Word file as Word's own comments."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.documents.word import locate_blocks, locate_cell

_AUTHOR, _INITIALS = "公开助手", "公"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a block of a document.

    Attributes:
        block: index of the paragraph or table; None for the document as a whole.
        cell: (row, column) in a table.
        words: what the remark is about, where it is about a part of a paragraph.
    """

    text: str
    block: int | None = None
    cell: tuple[int, int] | None = None
    words: str = ""


def comment_word(data: bytes, notes: Sequence[Note]) -> bytes:
    """Return the Word file with a comment for every note; nothing else in it is changed."""
    import docx

    document = docx.Document(io.BytesIO(data))
    elements = locate_blocks(document)
    for note in notes:
        runs = _runs(document, elements, note)
        document.add_comment(runs, note.text, _AUTHOR, _INITIALS)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _runs(document: Any, elements: Sequence[Any], note: Note) -> Any:
    """Return the runs that the comment is fastened to; an empty place gets an empty run."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    element = elements[note.block] if note.block is not None and note.block < len(elements) else None
    if element is None:
        element = next((e for e in elements if e.tag == qn("w:p")), None)
    if element is not None and element.tag == qn("w:tbl"):
        cell = locate_cell(element, *note.cell) if note.cell else None
        element = next((cell if cell is not None else element).iter(qn("w:p")), None)
    paragraph = Paragraph(element, document._body) if element is not None else document.add_paragraph()
    return _about(paragraph.runs, note.words) or paragraph.add_run("")


def _about(runs: Sequence[Any], words: str) -> list[Any]:
    """Return the first and the last run of the words, or of the whole paragraph."""
    if not runs:
        return []
    whole, wanted = "".join(run.text for run in runs), "".join(words.split())
    places = [position for position, ch in enumerate(whole) if not ch.isspace()]
    found = "".join(whole.split()).find(wanted) if wanted else -1
    if found < 0:
        return [runs[0], runs[-1]]
    first, last = places[found], places[found + len(wanted) - 1]
    touched, position = [], 0
    for run in runs:
        if position <= last and position + len(run.text) > first:
            touched.append(run)
        position += len(run.text)
    return [touched[0], touched[-1]]
