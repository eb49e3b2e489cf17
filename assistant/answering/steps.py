"""How an answer comes about, step by step, for whoever shows it while it is made."""

from dataclasses import dataclass
from typing import Literal

from assistant.answering.citations import Answer


@dataclass(frozen=True, slots=True)
class Step:
    """One step towards an answer, in this order: searching, checking, text (any number), done.

    Attributes:
        name: `searching` (the basis is looked for), `checking` (it is found, the citations are verified), `text` (a
            verified piece of the answer), `done`.
        text: of a `text` step, the piece that follows the pieces before it; else "".
        answer: of the `done` step, the whole answer; its text may differ from the pieces, and then it is what counts.
    """

    name: Literal["searching", "checking", "text", "done"]
    text: str = ""
    answer: Answer | None = None
