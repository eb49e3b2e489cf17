"""Who answers a message: the desk's dialogue, a code of the checks, a past report, the desk, or the chain."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, cast

from assistant.conversation import LONGEST_QUESTION, Message, read_message
from assistant.errors import InputError
from assistant.parts import Parts

if TYPE_CHECKING:
    from assistant.answering.citations import Answer
    from assistant.answering.finding import Inquiry
    from assistant.answering.steps import Step
    from assistant.office.dialogue import DeskTalk, Said
    from assistant.retrieval.hits import Hit

_REMEMBERED = 20  # earlier messages that a dialogue of the desk may reach back to


class Asking:
    """Answers messages out of the parts of an assistant, whose index may change between two of them; thread-safe."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def ask(self, message: str, on: date, history: Sequence[str] = ()) -> "Answer":
        """Return the answer to `message` by the law in force on `on`, after the earlier questions `history`."""
        started, begun = time.perf_counter(), time.monotonic()
        answer = self._ask_without_chain(message, on, history)
        answer = answer or self.parts.chain.invoke(self.inquiry(message, on, history, begun))
        return replace(answer, question=message, seconds=round(time.perf_counter() - started, 4))

    def ask_stream(
        self, message: str, on: date, history: Sequence[str] = (), stopped: Event | None = None
    ) -> "Iterator[Step]":
        """Yield the steps towards the answer that `ask` gives; nothing unverified is in any of them.

        Args:
            stopped: set when the rest is not wanted: a chat model is then told no more, and what is proved stands.
        """
        from assistant.answering.steps import Step

        yield Step("searching")
        started, begun = time.perf_counter(), time.monotonic()
        answer = self._ask_without_chain(message, on, history)
        checking = written = False
        # An answerer that streams gives pieces of text before the answer.
        pieces: Iterator[Answer | str] = iter(())
        if answer is None:
            inquiry = replace(self.inquiry(message, on, history, begun), stopped=stopped)
            pieces = cast("Iterator[Answer | str]", self.parts.chain.stream(inquiry))
        for piece in pieces:
            if not checking:
                yield Step("checking")
                checking = True
            if isinstance(piece, str):
                written = written or bool(piece)
                yield from [Step("text", piece)] if piece else []
            else:
                answer = piece
        assert answer is not None
        if not checking:
            yield Step("checking")
        if not written:
            yield Step("text", answer.answer)
        yield Step("done", answer=replace(answer, question=message, seconds=round(time.perf_counter() - started, 4)))

    def search(self, words: str, on: date, limit: int = 10, history: Sequence[str] = ()) -> "tuple[Hit, ...]":
        """Return the `limit` articles nearest to `words`, best first; () for an unreadable message."""
        from assistant.answering.finding import Inquiry, find, named_articles, named_first

        read = self._read(words, history)
        if read.refusal:
            return ()
        index = self.parts.index
        inquiry = Inquiry(read.text, on, read.context, read.leans, read.parts)
        found = find(index, inquiry, limit)
        named, _ = named_articles(index, inquiry, found, foreign=False)
        return named_first(read.text, named, found.hits)[0][:limit]

    def talk_at_desk(
        self, message: str, today: date, talk: "DeskTalk | None" = None
    ) -> "tuple[DeskTalk | None, Said] | None":
        """Take a message to the desk's dialogue: a date, a fee or a letter, asked back for until it is complete.

        Args:
            talk: how far the dialogue has come, None to begin one.
        Returns:
            the next state (None: it is over) and what to say; None where the message is for the corpus.
        """
        from assistant.office.dialogue import continue_talk, open_talk

        taken = continue_talk(talk, message, self.parts.desk, today) if talk else None
        if taken is None and not (talk and talk.asking):
            return open_talk(message, self.parts.desk, today)
        return taken

    def talk_of_draft(self, message: str, history: Sequence[str]) -> "Answer | None":
        """Return what the dialogue that leads to an annual report says, its state told again from the earlier messages.

        It is for the command line: in the web the state is kept, with the files that were dropped in.

        Returns:
            None where the message neither begins the dialogue nor goes on with it.
        """
        from assistant.answering.citations import Answer
        from assistant.report.command import tell_text
        from assistant.report.interview import advance, replay, start_interview
        from assistant.report.interview_wish import wants_draft

        rules = self.parts.report_rules
        interview = None if wants_draft(message) else replay(history, rules)
        if interview is None and not wants_draft(message):
            return None
        interview, said = advance(interview, message, rules) if interview else start_interview(message, rules)
        if said.passed:
            return None
        shown = [said.text, tell_text(said.draft), rules.interview.ask("file")] if said.draft else [said.text]
        return Answer(message, "\n\n".join(shown), False, None, (), "rules")

    def answer_from_lines(self, question: str, lines: Sequence[str], today: date) -> "Answer":
        """Return computed lines as an answer, what their basis names cited and verified by the law in force today."""
        from assistant.answering.chain import answer_from_lines

        return answer_from_lines(question, lines, self.parts.index, today)

    def inquiry(self, message: str, on: date, history: Sequence[str], begun: float | None = None) -> "Inquiry":
        """Return what is asked of the chain; rewriting and answering share the time that the chat model has.

        Args:
            begun: when the message came, in seconds of `time.monotonic`: what was done since is part of that time.
        """
        from assistant.answering.finding import Inquiry

        read = self._read(message, history)
        rewritten, until = "", None
        rewriter, longest = self.parts.rewriter, self.parts.settings.llm_timeout
        if rewriter is not None:
            until = (time.monotonic() if begun is None else begun) + longest
            if read.leans:
                rewritten = rewriter(read.text, history, until - time.monotonic())
        return Inquiry(read.text, on, read.context, read.leans, read.parts, rewritten, until)

    def _ask_without_chain(self, message: str, on: date, history: Sequence[str]) -> "Answer | None":
        from assistant.answering.extractive import refuse

        if gone_on := self._go_on_at_desk(message, on, history):
            return gone_on
        read = self._read(message, history)
        if read.refusal:
            return refuse(message, read.refusal)
        return self._ask_code(message, on) or self._ask_reports(message, on) or self._ask_desk(read.text, on)

    def _ask_code(self, message: str, today: date) -> "Answer | None":
        """Return what a code of `gongkai check` stands for, where a message asks for one; None for any other."""
        from assistant.report.finding_questions import explain_rule, names_code

        if not names_code(message):
            return None
        rules = self.parts.check_rules
        lines = explain_rule(message, rules.rules, rules.forms[max(rules.forms)])
        return self.answer_from_lines(message, lines, today) if lines else None

    def _ask_reports(self, message: str, today: date) -> "Answer | None":
        """Return the figure of a past report that a message asks for; None for any other message."""
        from assistant.answering.extractive import refuse
        from assistant.answering.printed_figures import PrintedCell, answer_with_cells
        from assistant.office.report_figures import look_up, read_figure_question

        reports, words = self.parts.reports.reports(), self.parts.figure_words
        question = read_figure_question(message, today, words, reports)
        if question is None:
            return None
        found = look_up(question, words, reports)
        if found.refusal:
            return refuse(message, found.refusal)
        cells = [PrintedCell(c.document, c.clause, c.quote, c.source, c.printed_in(reports)) for c in found.cells]
        return answer_with_cells(message, found.lines, cells)

    def _go_on_at_desk(self, message: str, today: date, history: Sequence[str]) -> "Answer | None":
        """Return what the desk says to a message that answers or follows what it said to the earlier messages."""
        from assistant.office.dialogue import continue_talk

        talk = None
        for earlier in history[-_REMEMBERED:]:
            if taken := self.talk_at_desk(earlier, today, talk):
                talk = taken[0]
        said = continue_talk(talk, message, self.parts.desk, today) if talk else None
        if said is None:
            return None
        letter = said[1].letter.text.splitlines() if said[1].letter else []
        return self.answer_from_lines(message, [*said[1].lines, *letter], today)

    def _ask_desk(self, text: str, today: date) -> "Answer | None":
        """Return what the desk computes for a message that asks for a date, a fee or a letter; None for any other."""
        from assistant.answering.extractive import refuse
        from assistant.office.asking import answer_office_question, read_office_question

        desk = self.parts.desk
        try:
            question = read_office_question(text, today, desk)
            if question is None:
                return None
            return self.answer_from_lines(text, answer_office_question(question, desk, today), today)
        except InputError as error:
            return refuse(text, str(error))

    def _read(self, message: str, history: Sequence[str]) -> Message:
        """Return `message` as it is to be understood, homophones put right."""
        # Longer than can be read is refused as it stands.
        text = message if len(message) > LONGEST_QUESTION else self.parts.spelling.correct(message)
        return read_message(text, history)
