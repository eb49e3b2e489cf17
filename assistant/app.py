"""The assistant as a whole: one short method a use case."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from assistant.asking import Asking
from assistant.building import Building, Progress
from assistant.errors import InputError
from assistant.parts import Parts
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.answering.citations import Answer
    from assistant.answering.steps import Step
    from assistant.index_in_use import Opened
    from assistant.office.dialogue import DeskTalk, Said
    from assistant.report.checked import CheckedReport
    from assistant.report.drafting.polishing import Polish, Polished
    from assistant.report.drafting.sections import Draft
    from assistant.report.tables import Statistics
    from assistant.retrieval.hits import Hit


class Assistant(Parts):
    """The use cases of gongkai over the index in use; thread-safe.

    When another index is put in use, by this process or by another, the next question is answered from that.

    Attributes:
        asking: who answers a message.
        notice: something the user should know about the start, in Chinese, or "".
    """

    def __init__(self, settings: Settings, open_now: "Callable[[], Opened]", notice: str = "") -> None:
        super().__init__(settings, open_now)
        self.asking, self.notice = Asking(self), notice

    def ask(self, message: str, on: date, history: Sequence[str] = ()) -> "Answer":
        """Return the answer to `message` by the law in force on `on`, after the earlier questions `history`."""
        return self.asking.ask(message, on, history)

    def ask_stream(
        self, message: str, on: date, history: Sequence[str] = (), stopped: Event | None = None
    ) -> "Iterator[Step]":
        """Yield the steps towards the answer that `ask` gives; nothing unverified is in any of them."""
        return self.asking.ask_stream(message, on, history, stopped)

    def search(self, words: str, on: date, limit: int = 10, history: Sequence[str] = ()) -> "tuple[Hit, ...]":
        """Return the `limit` articles nearest to `words`, best first; () for an unreadable message."""
        return self.asking.search(words, on, limit, history)

    def talk_at_desk(
        self, message: str, today: date, talk: "DeskTalk | None" = None
    ) -> "tuple[DeskTalk | None, Said] | None":
        """Take a message to the desk's dialogue; see `Asking.talk_at_desk`."""
        return self.asking.talk_at_desk(message, today, talk)

    def talk_of_draft(self, message: str, history: Sequence[str]) -> "Answer | None":
        """Return what the dialogue that leads to an annual report says; None where the message is none of it."""
        return self.asking.talk_of_draft(message, history)

    def answer_from_lines(self, question: str, lines: Sequence[str], today: date) -> "Answer":
        """Return computed lines as an answer, what their basis names cited and verified by the law in force today."""
        return self.asking.answer_from_lines(question, lines, today)

    def check(self, path: Path, previous: Path | None = None) -> "CheckedReport":
        """Return what is found in a finished annual report, compared with last year's report or statistics if given.

        Raises:
            InputError: a file that cannot be read, or is no annual report.
        """
        from assistant.report.checked import check_report

        return check_report(path, previous, self.check_rules)

    def read_figures(self, path: Path) -> "tuple[Statistics, bool]":
        """Return the figures of a statistics file or of a finished report, and whether it is a finished report.

        Raises:
            InputError: the file cannot be read, or is neither.
        """
        from assistant.report.checked import load_previous
        from assistant.report.published import PublishedReport

        found = load_previous(path, self.check_rules)
        return (found.statistics, True) if isinstance(found, PublishedReport) else (found, False)

    def polish_draft(self, draft: "Draft", previous: "Statistics | None" = None) -> "Polished":
        """Return the draft with the chapters that the chat model puts better without changing what they say.

        Raises:
            SettingsError: no chat model is set.
        """
        from assistant.polisher import build_polisher

        return build_polisher(self.settings, self.report_rules)(draft, previous)

    def polish_chapter(self, draft: "Draft", key: str) -> "Polish":
        """Return the chapter `key` of the draft as the chat model puts it, or as it was with the reasons.

        Raises:
            SettingsError: no chat model is set.
            InputError: the draft has no such chapter of prose.
            ModelError: the model does not answer.
        """
        from assistant.polisher import build_rewriter
        from assistant.report.drafting.polishing import polish_chapter

        chapter = next((one for one in draft.sections if one.chapter.key == key and not one.table), None)
        if chapter is None:
            raise InputError("草稿里没有这一部分的文字，不能润色。")
        rules = self.report_rules
        return polish_chapter(draft, chapter, build_rewriter(self.settings, rules)(draft), rules.wording.polishing)

    def warm_up(self, today: date) -> None:
        """Load what the first question would have to wait for: the graph of the vectors, sounds, the desk's rules.

        A chat model is asked nothing.
        """
        self.search("收到申请后几天内要答复？", today)
        self.talk_at_desk("1月5日收到的申请，最晚哪天答复？", today)

    @property
    def status(self) -> dict[str, object]:
        """The counts and the provenance of the index in use."""
        return dict(self.index.manifest)


def build_assistant(
    today: date, settings: Settings | None = None, progress: Progress = lambda done, total: None
) -> Assistant:
    """Return an assistant over the index of the corpus, building it where it is missing or the corpus has changed.

    What of the index is damaged is made anew from what it was made of, and `notice` says so.

    Raises:
        IndexMismatchError: another embedder built the index.
        CorpusFileError: a corpus file is broken and there is no earlier index to go on with.
    """
    settings = settings or load_settings()
    building = Building(settings, today, progress)
    assistant = Assistant(settings, building.open_sound)
    assistant.notice = building.notice
    return assistant
