"""Past reports that are held: those that were added, in `<data>/reports.sqlite`, and those that come with the program.

A report is a row, every change whole or not at all; its statistics are the plain data of a statistics file.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from assistant.documents.blocks import Document
from assistant.logged_file import LoggedFile
from assistant.report.entry import parse_statistics
from assistant.report.errors import ReportError
from assistant.report.forms import Form
from assistant.report.published import PublishedReport
from assistant.report.reading.report import read_report
from assistant.report.reading.wording import ReadingWords
from assistant.report.statistics_files import dump_statistics, load_statistics, read_plain
from assistant.report.tables import Statistics

_TABLES = "CREATE TABLE IF NOT EXISTS reports (id TEXT PRIMARY KEY, sha256 TEXT, content TEXT);"
# Parsed reports that are kept at hand; a city of a hundred bodies with ten years each has as many.
_KEPT = 1000


@dataclass(frozen=True)
class KeptReport:
    """A report that is held.

    Attributes:
        file: name of the file it was read from.
        sha256: of that file, "" for one that comes with the program.
        added_on: ISO, "" for one that comes with the program.
        passages: chapter and paragraph, in the order of the document.
    """

    title: str
    statistics: Statistics
    file: str
    sha256: str = ""
    added_on: str = ""
    passages: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """By which it is listed and removed: 机关@年度."""
        return f"{self.statistics.agency}@{self.statistics.year}"

    @property
    def entered(self) -> int:
        """How many figures are known."""
        return sum(value is not None for value in self.statistics.cells.values())


def recognize_report(document: Document, forms: Mapping[str, Form], words: ReadingWords) -> PublishedReport | None:
    """Return the annual report in a document; None where it holds none, or none with figures."""
    try:
        report = read_report(document, forms, words)
    except ReportError:
        return None
    known = any(value is not None for value in report.statistics.cells.values())
    return report if report.read_tables and known else None


def unknown_of(statistics: Statistics) -> tuple[str, ...]:
    """Return what is not known of a report and has to be for its figures to be kept: 机关名称, 年度, 机关类别."""
    known = {"机关名称": statistics.agency, "年度": statistics.year, "机关类别": statistics.level}
    return tuple(name for name, value in known.items() if not value)


class ReportShelf:
    """The reports held.

    Args:
        path: the SQLite file; made where it is missing.
        shipped: folder of the statistics that come with the program.
    """

    def __init__(self, path: Path, shipped: Path, forms: Mapping[str, Form]) -> None:
        self._file = LoggedFile(path, _TABLES, "年报库", ReportError)
        self._shipped, self._forms = shipped, forms
        # Read with every question that may ask for a figure, and slow to parse; known by what the files hold.
        self._parsed: dict[tuple[str, bytes], KeptReport] = {}

    def reports(self) -> list[KeptReport]:
        """Return every report, by body and year; one that was added goes before a shipped one of the same year."""
        found = {report.id: report for report in self._shipped_ones()}
        for (content,) in self._file.read("SELECT content FROM reports"):
            report = self._report(content)
            found[report.id] = report
        return sorted(found.values(), key=lambda report: (report.statistics.agency, report.statistics.year))

    def of(self, agency: str, year: int) -> KeptReport | None:
        """Return the report of that body and year, if it is held."""
        return next((report for report in self.reports() if report.id == f"{agency}@{year}"), None)

    def log(self) -> list[dict[str, str]]:
        """Return what was done, oldest first, in the words of the library's log."""
        return self._file.log()

    def put(self, report: KeptReport) -> str:
        """Keep a report, in the place of another of the same body and year; return added, changed or unchanged."""
        with self._file.changing() as connection:
            row = connection.execute("SELECT sha256, content FROM reports WHERE id = ?", (report.id,)).fetchone()
            before = self._report(row[1]) if row else None
            if before and _told(before) == _told(report):
                return "unchanged"
            values = (report.id, report.sha256, _content(report))
            connection.execute("INSERT OR REPLACE INTO reports VALUES (?, ?, ?)", values)
            self._file.note(
                connection,
                _logged(report, report.added_on, "replaced" if row else "added", report.sha256, row and row[0]),
            )
        return "changed" if row else "added"

    def remove(self, report: KeptReport, day: str) -> None:
        """Take out a report.

        Raises:
            ReportError: it comes with the program.
        """
        if not report.sha256:
            raise ReportError(f"《{report.title}》随程序提供，不能删除。")
        with self._file.changing() as connection:
            connection.execute("DELETE FROM reports WHERE id = ?", (report.id,))
            self._file.note(connection, _logged(report, day, "removed", "", report.sha256))

    def _shipped_ones(self) -> Iterator[KeptReport]:
        for path in sorted(self._shipped.glob("*.yaml")):
            yield self._once(path.name, path.read_bytes(), partial(self._shipped_one, path))

    def _shipped_one(self, path: Path) -> KeptReport:
        figures = load_statistics(path, self._forms)
        title = figures.form.report_title.format(agency=figures.agency, year=figures.year)
        return KeptReport(title, figures, f"corpus/reports/{path.name}")

    def _report(self, content: str) -> KeptReport:
        return self._once("", content.encode(), partial(self._kept_one, content))

    def _kept_one(self, content: str) -> KeptReport:
        data = json.loads(content)
        figures = parse_statistics(read_plain(data["statistics"].encode(), "statistics.json"), self._forms)
        passages = tuple((chapter, text) for chapter, text in data["passages"])
        return KeptReport(data["title"], figures, data["file"], data["sha256"], data["added_on"], passages)

    def _once(self, name: str, content: bytes, parse: Callable[[], KeptReport]) -> KeptReport:
        """Return what `parse` gives, kept for the next time that the same content is asked for."""
        key = name, sha256(content).digest()
        if key not in self._parsed:
            if len(self._parsed) >= _KEPT:
                self._parsed.clear()
            self._parsed[key] = parse()
        return self._parsed[key]


def _told(report: KeptReport) -> tuple[object, ...]:
    """What two files must have in common to be the same report."""
    return dump_statistics(report.statistics, ".json"), report.passages, report.title


def _content(report: KeptReport) -> str:
    data = {
        "title": report.title,
        "statistics": dump_statistics(report.statistics, ".json").decode(),
        "file": report.file,
        "sha256": report.sha256,
        "added_on": report.added_on,
        "passages": report.passages,
    }
    return json.dumps(data, ensure_ascii=False)


def _logged(report: KeptReport, day: str, action: str, sha256: str, before: str | None) -> tuple[str, ...]:
    return day, action, report.id, report.title, report.file, sha256, before or "", "年报"
