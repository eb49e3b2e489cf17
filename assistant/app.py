"""The assistant as a whole: one short method a use case, and the only place that wires the parts."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assistant.configured import Rewriter, open_chat_model, open_embedder, open_reranker
from assistant.conversation import LONGEST_QUESTION, Message, read_message
from assistant.errors import CorpusFileError, IndexDamagedError, InputError
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from assistant.answering.citations import Answer
    from assistant.answering.finding import Inquiry
    from assistant.answering.steps import Step
    from assistant.evaluation import Question
    from assistant.holdings import Holdings
    from assistant.ingest import Steps
    from assistant.office.desk import Desk
    from assistant.office.dialogue import DeskTalk, Said
    from assistant.office.records import Records
    from assistant.report.checked import CheckedReport, CheckRules
    from assistant.report.drafting.draft import ReportRules
    from assistant.report.drafting.polishing import Polish, Polished
    from assistant.report.drafting.sections import Draft
    from assistant.report.shelf import ReportShelf
    from assistant.report.tables import Statistics
    from assistant.retrieval.hybrid import Hit
    from assistant.retrieval.index import Index
    from assistant.spelling import Spelling

_REBUILT = "{}，已经自动重建。"
_SPARE = 30.0  # seconds beside those that the chat model has for an answer
_REMEMBERED = 20  # earlier messages that a dialogue of the desk may reach back to
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Opened:
    """An index that is open, the chain over it, and the folders that it was opened from.

    Attributes:
        rewriter: makes a follow-up whole with the chat model; None without one.
    """

    index: "Index"
    chain: "Runnable[Inquiry, Answer]"
    folders: tuple[str, ...]
    rewriter: "Rewriter | None" = None


class Assistant:
    """The use cases of gongkai over the index in use; thread-safe.

    When another index is put in use, by this process or by another, the next question is answered from that.

    Attributes:
        notice: something the user should know about the start, in Chinese, or "".
    """

    def __init__(self, settings: Settings, open_now: "Callable[[], Opened]", notice: str = "") -> None:
        self.settings, self.notice = settings, notice
        self._open_now, self._lock = open_now, threading.Lock()
        self._opened = open_now()

    @property
    def index(self) -> "Index":
        """The index in use."""
        return self._current().index

    @property
    def chain(self) -> "Runnable[Inquiry, Answer]":
        """The chain over the index in use."""
        return self._current().chain

    @property
    def writes(self) -> bool:
        """Whether a chat model writes the answers."""
        return self._current().rewriter is not None

    def _current(self) -> Opened:
        """Return what is in use, opened anew where that changed; what was open before serves those that still ask."""
        if self._opened.folders == folders_in_use(self.settings.data_folder):
            return self._opened
        with self._lock:
            if self._opened.folders != folders_in_use(self.settings.data_folder):
                before, self._opened = self._opened, self._open_now()
                let_go = threading.Timer(self._longest_answer, self._let_go, [before])
                let_go.daemon = True
                let_go.start()
        return self._opened

    @property
    def _longest_answer(self) -> float:
        """Seconds after which no question can still be at what was open when it began."""
        return 2 * self.settings.llm_timeout + _SPARE

    def _let_go(self, opened: Opened) -> None:
        """Close what nobody asks any more; its folders, kept until then, are deleted."""
        from assistant.retrieval.folders import tidy

        opened.index.close()
        tidy(self.settings.data_folder, self.settings.store_place)

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

    def check(self, path: Path, previous: Path | None = None) -> "CheckedReport":
        """Return what is found in a finished annual report, compared with last year's report or statistics if given.

        Raises:
            InputError: a file that cannot be read, or is no annual report.
        """
        from assistant.report.checked import check_report

        return check_report(path, previous, self.check_rules)

    def ask(self, message: str, on: date, history: Sequence[str] = ()) -> "Answer":
        """Return the answer to `message` by the law in force on `on`, after the earlier questions `history`."""
        started = time.perf_counter()
        answer = self._ask_without_chain(message, on, history) or self.chain.invoke(self._inquiry(message, on, history))
        return replace(answer, question=message, seconds=round(time.perf_counter() - started, 4))

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
        rules = self.check_rules
        lines = explain_rule(message, rules.rules, rules.forms[max(rules.forms)])
        return self.answer_from_lines(message, lines, today) if lines else None

    def _ask_reports(self, message: str, today: date) -> "Answer | None":
        """Return the figure of a past report that a message asks for; None for any other message."""
        from assistant.answering.extractive import refuse
        from assistant.answering.printed_figures import PrintedCell, answer_with_cells
        from assistant.office.report_figures import look_up, read_figure_question

        reports = self.reports.reports()
        question = read_figure_question(message, today, self.figure_words, reports)
        if question is None:
            return None
        found = look_up(question, self.figure_words, reports)
        if found.refusal:
            return refuse(message, found.refusal)
        cells = [PrintedCell(c.document, c.clause, c.quote, c.source, c.printed_in(reports)) for c in found.cells]
        return answer_with_cells(message, found.lines, cells)

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

    def _inquiry(self, message: str, on: date, history: Sequence[str]) -> "Inquiry":
        """Return what is asked of the chain; rewriting and answering share the time that the chat model has."""
        from assistant.answering.finding import Inquiry

        read = self._read(message, history)
        rewritten, until = "", None
        rewriter = self._current().rewriter
        if rewriter is not None:
            until = time.monotonic() + self.settings.llm_timeout
            if read.leans:
                rewritten = rewriter(read.text, history, self.settings.llm_timeout)
        return Inquiry(read.text, on, read.context, read.leans, read.parts, rewritten, until)

    def ask_stream(self, message: str, on: date, history: Sequence[str] = ()) -> "Iterator[Step]":
        """Yield the steps towards the answer that `ask` gives; nothing unverified is in any of them."""
        from assistant.answering.steps import Step

        yield Step("searching")
        started = time.perf_counter()
        answer = self._ask_without_chain(message, on, history)
        checking = written = False
        # An answerer that streams gives pieces of text before the answer.
        pieces: Iterator[Answer | str] = iter(())
        if answer is None:
            pieces = cast("Iterator[Answer | str]", self.chain.stream(self._inquiry(message, on, history)))
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

    def _go_on_at_desk(self, message: str, today: date, history: Sequence[str]) -> "Answer | None":
        """Return what the desk says to a message that answers or follows what it said to the earlier messages."""
        from assistant.office.dialogue import continue_talk

        talk = None
        for earlier in history[-_REMEMBERED:]:
            if taken := self.talk_at_desk(earlier, today, talk):
                talk = taken[0]
        said = continue_talk(talk, message, self.desk, today) if talk else None
        if said is None:
            return None
        letter = said[1].letter.text.splitlines() if said[1].letter else []
        return self.answer_from_lines(message, [*said[1].lines, *letter], today)

    @cached_property
    def spelling(self) -> "Spelling":
        """Terms of the field, by their sound, in pinyin and in dialects."""
        from assistant.spelling import Spelling

        return Spelling.load(self.settings.shipped_folder / "corpus")

    def _read(self, message: str, history: Sequence[str]) -> Message:
        """Return `message` as it is to be understood, homophones put right."""
        # Longer than can be read is refused as it stands.
        text = message if len(message) > LONGEST_QUESTION else self.spelling.correct(message)
        return read_message(text, history)

    def _ask_desk(self, text: str, today: date) -> "Answer | None":
        """Return what the desk computes for a message that asks for a date, a fee or a letter; None for any other."""
        from assistant.answering.extractive import refuse
        from assistant.office.asking import answer_office_question, read_office_question

        try:
            question = read_office_question(text, today, self.desk)
            if question is None:
                return None
            return self.answer_from_lines(text, answer_office_question(question, self.desk, today), today)
        except InputError as error:
            return refuse(text, str(error))

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

        taken = continue_talk(talk, message, self.desk, today) if talk else None
        if taken is None and not (talk and talk.asking):
            return open_talk(message, self.desk, today)
        return taken

    def answer_from_lines(self, question: str, lines: Sequence[str], today: date) -> "Answer":
        """Return computed lines as an answer, what their basis names cited and verified by the law in force today."""
        from assistant.answering.chain import answer_from_lines

        return answer_from_lines(question, lines, self.index, today)

    def official_wording(self, title: str, clause: str) -> str | None:
        """Return the law's own words of 「第三十三条第二款」 of a text, None where only a digest is held."""
        from assistant.answering.wording import official_wording

        return official_wording(self.index.articles, title, clause)

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
        from assistant.errors import InputError
        from assistant.polisher import build_rewriter
        from assistant.report.drafting.polishing import polish_chapter

        chapter = next((one for one in draft.sections if one.chapter.key == key and not one.table), None)
        if chapter is None:
            raise InputError("草稿里没有这一部分的文字，不能润色。")
        rules = self.report_rules
        return polish_chapter(draft, chapter, build_rewriter(self.settings, rules)(draft), rules.wording.polishing)

    def read_figures(self, path: Path) -> "tuple[Statistics, bool]":
        """Return the figures of a statistics file or of a finished report, and whether it is a finished report.

        Raises:
            InputError: the file cannot be read, or is neither.
        """
        from assistant.report.checked import load_check_rules, load_previous
        from assistant.report.published import PublishedReport

        found = load_previous(path, load_check_rules(self.settings.shipped_folder / "corpus"))
        return (found.statistics, True) if isinstance(found, PublishedReport) else (found, False)

    def search(self, words: str, on: date, limit: int = 10, history: Sequence[str] = ()) -> "tuple[Hit, ...]":
        """Return the `limit` articles nearest to `words`, best first; () for an unreadable message."""
        from assistant.answering.finding import Inquiry, find, named_articles, named_first

        read = self._read(words, history)
        if read.refusal:
            return ()
        inquiry = Inquiry(read.text, on, read.context, read.leans, read.parts)
        found = find(self.index, inquiry, limit)
        named, _ = named_articles(self.index, inquiry, found, foreign=False)
        return named_first(read.text, named, found.hits)[0][:limit]

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


def open_records(settings: Settings) -> "Records":
    """Return the accounts, conversations and audit that `settings` name, by default a file in the data folder."""
    from assistant.office.records import Records
    from assistant.upkeep.versions import bring_up

    bring_up(settings)
    return Records(settings.database_url or settings.data_folder / "office.sqlite")


def folders_in_use(data: Path) -> tuple[str, ...]:
    """Return the names of the folders that the index in `data` consists of."""
    from assistant.retrieval.folders import current_added
    from assistant.retrieval.index import current_folder

    return (str(current_folder(data) or ""), *current_added(data))


def open_index_of(settings: Settings) -> "Index":
    """Open the index in use, as it is; nothing is built.

    Raises:
        IndexStateError: there is none, or it does not fit the settings.
    """
    from assistant.retrieval.index import open_index

    embeddings, name = open_embedder(settings)
    return open_index(settings.data_folder, embeddings, name, open_reranker(settings), settings.store_place)


def rebuild_index(settings: Settings, today: date, steps: "Steps" = lambda doing, done, total: None) -> None:
    """Build the index of the shipped corpus and of the office's texts anew, and put it in the place of the old one."""
    from assistant.holdings import open_holdings
    from assistant.retrieval.index import build_index

    embeddings, name = open_embedder(settings)
    corpus = settings.shipped_folder / "corpus"
    build_index(
        corpus, settings.data_folder, embeddings, name, today.isoformat(),
        lambda done, total: steps("建立索引", done, total), settings.store_place,
    )  # fmt: skip
    open_holdings(settings).rebuild(today, steps)


def build_assistant(
    today: date, settings: Settings | None = None, progress: Progress = lambda done, total: None
) -> Assistant:
    """Return an assistant over the index of the corpus, building it where it is missing or the corpus has changed.

    What of the index is damaged is made anew from what it was made of, and `notice` says so.

    Raises:
        IndexMismatchError: another embedder built the index.
        CorpusFileError: a corpus file is broken and there is no earlier index to go on with.
    """
    from assistant.answering.chain import build_chain
    from assistant.answering.verdicts import load_verdicts
    from assistant.holdings import open_holdings
    from assistant.retrieval.calibration import Calibration
    from assistant.retrieval.index import (
        build_index,
        corpus_hash,
        current_folder,
        is_of_this_release,
        open_index,
        read_manifest,
    )
    from assistant.upkeep.versions import bring_up

    settings = settings or load_settings()
    kept = bring_up(settings)
    embeddings, name = open_embedder(settings)
    corpus, data = settings.shipped_folder / "corpus", settings.data_folder
    notice = f"数据目录已经升级；升级前的备份在 {kept}。" if kept else ""

    def build() -> None:
        build_index(corpus, data, embeddings, name, today.isoformat(), progress, settings.store_place)

    folder = current_folder(data)
    try:
        manifest = read_manifest(folder) if folder else None
    except IndexDamagedError as error:
        manifest, notice = None, f"{notice}{_REBUILT.format(error.what)}"
    ours = manifest is not None and is_of_this_release(manifest)
    if manifest is None or (manifest["embedder"] == name and not (ours and manifest["corpus"] == corpus_hash(corpus))):
        try:
            build()
        except CorpusFileError as error:
            if not ours:
                raise
            notice += f"资料库有错，仍使用原来的索引：{error}"
    holdings = open_holdings(settings)
    holdings.catch_up(today)

    reranker = open_reranker(settings)

    def open_now() -> Opened:
        folders = folders_in_use(data)
        index = open_index(data, embeddings, name, reranker, settings.store_place)
        answerer, rewriter = open_chat_model(settings, index)
        rules = load_verdicts(corpus / "verdicts.yaml")
        chain = build_chain(index, Calibration.of_index(index.folder, corpus), rules, answerer)
        return Opened(index, chain, folders, rewriter)

    def open_sound() -> Opened:
        """Open the index; each part of it that is damaged is made anew from what it was made of."""
        nonlocal notice
        for _ in ("the index", "its words", "its vectors"):
            try:
                return open_now()
            except IndexDamagedError as error:
                notice += _REBUILT.format(error.what)
                if error.folder == current_folder(data):
                    build()
                else:
                    holdings.repair(error.folder, today)
        return open_now()

    assistant = Assistant(settings, open_sound)
    assistant.notice = notice
    return assistant


def measure_quality(
    assistant: Assistant,
    questions: "Sequence[Question]",
    on: date,
    baseline: dict[str, Any] | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Return `measures`, their `labels`, the rows (`questions`) and, with a `baseline`, the `comparison`, or None."""
    import yaml

    from assistant.evaluation.comparison import compare
    from assistant.evaluation.measures import describe, measure, run

    rows = run(assistant, questions, on, progress)
    labels = yaml.safe_load((assistant.settings.shipped_folder / "corpus/evaluation_labels.yaml").read_text("utf-8"))
    return {
        "measures": describe(assistant, measure(rows), on),
        "labels": [(row["key"], row["label"], row["meaning"]) for row in labels],
        "comparison": compare(rows, baseline["questions"]) if baseline else None,
        "questions": rows,
    }
