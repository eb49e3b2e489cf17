"""The office's desk: everything that deadlines, fees, letters and the register need, loaded when first asked for."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.clock.calendar import WorkingCalendar, load_calendar
from assistant.clock.fees import FeeRules, load_fees
from assistant.clock.rules import DeadlineRules, load_rules
from assistant.office.ledger import Ledger
from assistant.office.ledger_due import Due, list_due
from assistant.office.letter_input import office_template
from assistant.office.letter_kinds import LetterKinds, load_letter_kinds
from assistant.office.letter_text import Quotation
from assistant.office.letters import Letter, LetterDesk
from assistant.office.letters_sent import note_letter
from assistant.office.moving import check_moved
from assistant.office.question_words import load_question_words
from assistant.office.steps import GuidedChoice, load_steps


@dataclass
class Desk:
    """One office at work.

    Attributes:
        corpus: the shipped `corpus/`.
        data: the folder that a run may write to; its `calendar/` may hold years that the package lacks.
        register: a file or database URL of the register; None for `ledger.sqlite` in `data`.
        quotation: gives the official wording of an article where it is held; letters then quote it.
    """

    corpus: Path
    data: Path
    register: Path | str | None = None
    quotation: Quotation | None = None

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working calendar, the office's own years included."""
        return load_calendar((self.corpus / "calendar", self.data / "calendar"))

    @cached_property
    def rules(self) -> DeadlineRules:
        """The deadline rules."""
        return load_rules(self.corpus / "deadlines.yaml")

    @cached_property
    def fees(self) -> tuple[FeeRules, ...]:
        """The fee scales."""
        return load_fees(self.corpus / "fees.yaml")

    @cached_property
    def kinds(self) -> LetterKinds:
        """The kinds of letters and the rows of 表三."""
        return load_letter_kinds(self.corpus / "letters")

    @cached_property
    def letters(self) -> LetterDesk:
        """What drafts letters."""
        return LetterDesk(self.kinds, self.rules, self.calendar, self.fees)

    @cached_property
    def steps(self) -> GuidedChoice:
        """The seven steps."""
        return load_steps(self.corpus / "letters" / "shared" / "steps.yaml", self.kinds)

    @cached_property
    def question_words(self) -> dict[str, Any]:
        """The words by which a chat message is told to be for the desk."""
        return load_question_words(self.corpus / "office_questions.yaml")

    @cached_property
    def ledger(self) -> Ledger:
        """The register of requests."""
        own = self.data / "ledger.sqlite"
        if isinstance(self.register, str):
            check_moved(own)
        return Ledger(self.register or own, self.kinds.rows)

    def write_letter(self, letter: Letter, path: Path, force: bool = False, template: Path | None = None) -> None:
        """Write a letter as Word, in the office's own template where it has one; a form keeps its ruled table.

        Args:
            template: comes before the one that office.yaml names.
        Raises:
            OutputError, InputError: as `letters_docx.write_letter` raises them.
        """
        from assistant.documents.letters_docx import write_letter

        if template is None and not letter.table:
            template = office_template(self.data)
        write_letter(letter.as_paper(), path, force, template)

    def note_letter(self, letter: Letter, today: date, earlier: Letter | None = None) -> str:
        """Note a letter in the register as `letters_sent.note_letter` does; without a 登记编号 no register is made."""
        return note_letter(self.ledger, letter, today, earlier) if letter.request_number else ""

    def list_due(self, today: date) -> list[Due]:
        """Return what is due in every open case."""
        return list_due(self.ledger.requests(), self.rules, self.calendar, today)

    def reply_dates(self, today: date) -> dict[str, date | None]:
        """Return the last day for the answer of every open case, by number; None where it cannot be told."""
        return {item.number: item.due for item in self.list_due(today) if item.rule == "reply"}
