"""What the assistant consists of: the index in use, and the rest opened when it is first needed."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from assistant.configured import open_records
from assistant.index_in_use import IndexInUse, Opened
from assistant.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.runnables import Runnable

    from assistant.answering.citations import Answer
    from assistant.answering.finding import Inquiry
    from assistant.configured import Rewriter
    from assistant.holdings import Holdings
    from assistant.office.desk import Desk
    from assistant.office.records import Records
    from assistant.report.checked import CheckRules
    from assistant.report.drafting.draft import ReportRules
    from assistant.report.shelf import ReportShelf
    from assistant.retrieval.index import Index
    from assistant.spelling import Spelling


class Parts:
    """The parts of one assistant; thread-safe.

    Args:
        open_now: opens the index in use, the chain over it and the chat model.
    """

    def __init__(self, settings: Settings, open_now: "Callable[[], Opened]") -> None:
        self.settings = settings
        self._in_use = IndexInUse(settings, open_now)

    @property
    def index(self) -> "Index":
        """The index in use."""
        return self._in_use.current.index

    @property
    def chain(self) -> "Runnable[Inquiry, Answer]":
        """The chain over the index in use."""
        return self._in_use.current.chain

    @property
    def rewriter(self) -> "Rewriter | None":
        """What makes a follow-up whole with the chat model, None without one."""
        return self._in_use.current.rewriter

    @property
    def writes(self) -> bool:
        """Whether a chat model writes the answers."""
        return self.rewriter is not None

    @cached_property
    def holdings(self) -> "Holdings":
        """The office's own texts: `add`, `remove`, `list_texts`, `log`; what they change is in use at once."""
        from assistant.holdings import open_holdings

        return open_holdings(self.settings)

    @cached_property
    def desk(self) -> "Desk":
        """Deadlines, fees, letters and the register of the office."""
        from assistant.office.desk import Desk

        return Desk(
            self.settings.shipped_folder / "corpus", self.settings.data_folder, self.settings.database_url,
            self.official_wording,
        )  # fmt: skip

    @cached_property
    def records(self) -> "Records":
        """Accounts, conversations and audit."""
        return open_records(self.settings)

    @cached_property
    def report_rules(self) -> "ReportRules":
        """The forms, checks and wording of the annual report."""
        from assistant.report.drafting.draft import load_report_rules

        return load_report_rules(self.settings.shipped_folder / "corpus")

    @cached_property
    def check_rules(self) -> "CheckRules":
        """The forms, checks and reading words for finished reports."""
        from assistant.report.checked import load_check_rules

        return load_check_rules(self.settings.shipped_folder / "corpus")

    @cached_property
    def reports(self) -> "ReportShelf":
        """The annual reports that are held; what is added is there at once."""
        from assistant.holdings import open_reports

        return open_reports(self.settings.shipped_folder / "corpus", self.settings.data_folder)

    @cached_property
    def figure_words(self) -> dict[str, Any]:
        """The words that mean figures of a report."""
        from assistant.report.corpus_files import load_corpus_yaml

        return load_corpus_yaml(self.settings.shipped_folder / "corpus" / "report_figures.yaml")

    @cached_property
    def spelling(self) -> "Spelling":
        """Terms of the field, by their sound, in pinyin and in dialects."""
        from assistant.spelling import Spelling

        return Spelling.load(self.settings.shipped_folder / "corpus")

    def official_wording(self, title: str, clause: str) -> str | None:
        """Return the law's own words of 「第三十三条第二款」 of a text, None where only a digest is held."""
        from assistant.answering.wording import official_wording

        return official_wording(self.index.articles, title, clause)
