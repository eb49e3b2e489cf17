"""Figures of past reports as an answer: their cells are cited as printed, and verified against what is held."""

from collections.abc import Sequence
from typing import NamedTuple

from assistant.answering.citations import Answer, Citation, Status


class PrintedCell(NamedTuple):
    """A cell that is cited.

    Attributes:
        document: title of the report.
        clause: the place in its table.
        quote: the cell as it is cited.
        source: the file of the report.
        held: what the held report prints in that place; None where it has no such place.
    """

    document: str
    clause: str
    quote: str
    source: str
    held: str | None


def answer_with_cells(question: str, lines: Sequence[str], cells: Sequence[PrintedCell]) -> Answer:
    """Return `lines`, which refer to `cells` by [1], [2]…, as an answer."""
    return Answer(
        question, "\n\n".join(lines), False, None, tuple(_cite(cell, n) for n, cell in enumerate(cells, 1)), "rules"
    )


def _cite(cell: PrintedCell, marker: int) -> Citation:
    status: Status = "unknown" if cell.held is None else "verified" if cell.held == cell.quote else "unsupported"
    return Citation(
        marker=marker, document=cell.document, document_number="", article=None, clause=cell.clause, heading="",
        quote=cell.quote, verbatim=True, status=status, source=cell.source, url="", in_force_from=None,
        in_force_until=None,
    )  # fmt: skip
