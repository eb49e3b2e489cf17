"""The tab 检查: finished reports in, one or a pile; findings at their places, last year beside this year."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.app import Assistant
from assistant.errors import InputError
from assistant.report.checked import SEVERITIES, CheckedReport
from assistant.report.many import Outcome, check_many, outcome_of
from assistant.report.overview_book import write_overview
from ui.check_files import write_marked_copies
from ui.check_view import show_changes, show_findings, show_marked, show_outcomes
from ui.gate import Gate
from ui.results import offer_file, show_empty, show_error
from ui.working import Work

_REPORTS = [".docx", ".docm", ".pdf", ".html", ".htm", ".xlsx", ".md", ".txt", ".png", ".jpg", ".jpeg"]
_PREVIOUS = [*_REPORTS, ".yaml", ".yml", ".json"]
_NOTHING = (
    "把写好的年度报告放进左上的框里，放好就开始检查，问题按轻重列在这里。"
    "Word、PDF、网页、Excel、文字、图片都可以，可以一次放很多份。"
)
_NO_REPORT = "报告会显示在这里，问题标在原处；点左边的一条，就翻到它的位置。"
_ONE_PREVIOUS = "上一年度的材料只能与一份报告对照。请一次放一份报告，或者先去掉上一年度的材料。"
_WANTED = "(_, outcomes) => [window.gongkai.wanted, outcomes]"
# At the same time: a report takes a processor for up to some seconds.
_PLACES = 2

Shown = tuple[object, ...]


class CheckDesk:
    """What the tab does; its methods yield (outcomes, bar, table, findings, report, changes, word, page, workbook)."""

    def __init__(self, assistant: Assistant, gate: Gate) -> None:
        self._assistant, self._gate = assistant, gate
        self._places = threading.BoundedSemaphore(_PLACES)

    def check(self, reports: list[str] | None, previous: str | None, request: gr.Request) -> Iterator[Shown]:
        """Check what was dropped in."""
        person = self._gate.person(request)
        paths = [Path(report) for report in reports or []]
        if not paths:
            yield nothing()
            return
        if previous and len(paths) > 1:
            yield nothing(show_error(InputError(_ONE_PREVIOUS)))
            return
        before = Path(previous) if previous else None
        work = Work(lambda tell: self._check(paths, before, tell), self._places)
        for bar in work.follow():
            yield [], bar, *(gr.skip() for _ in range(7))
        outcomes, checked = work.result()
        for outcome in outcomes:
            name = outcome.path.name
            self._gate.note(request, person.name, "check", 文件=name, 结果=outcome.problem or _count(outcome))
        yield self._show(outcomes, checked)

    def _check(
        self,
        paths: Sequence[Path],
        previous: Path | None,
        tell: Any,  # noqa: ANN401  (a callable of Work)
    ) -> tuple[list[Outcome], CheckedReport | None]:
        """Return what became of every file, and the one report where there is only one."""
        tell("检查报告", 0, len(paths))
        if len(paths) > 1:
            corpus = self._assistant.settings.shipped_folder / "corpus"
            return check_many(corpus, paths, lambda done, total: tell("检查报告", done, total)), None
        try:
            checked = self._assistant.check(paths[0], previous)
        except InputError as error:
            return [Outcome(paths[0], problem=str(error))], None
        return [outcome_of(checked)], checked

    def choose(self, number: str, outcomes: list[Outcome], request: gr.Request) -> Iterator[Shown]:
        """Show one of many reports with its findings."""
        self._gate.person(request)
        chosen = int(number) if number.isdecimal() else -1
        if not 0 <= chosen < len(outcomes) or outcomes[chosen].problem:
            return
        work = Work(lambda tell: self._assistant.check(outcomes[chosen].path), self._places)
        for bar in work.follow():
            yield gr.skip(), bar, *(gr.skip() for _ in range(7))
        try:
            checked = work.result()
        except InputError as error:
            yield outcomes, show_error(error), *(gr.skip() for _ in range(7))
            return
        yield self._show(outcomes, checked, chosen)

    def _show(self, outcomes: list[Outcome], checked: CheckedReport | None, chosen: int = -1) -> Shown:
        many = len(outcomes) > 1
        if not many and checked is None:
            return nothing(show_error(InputError(outcomes[0].problem)))
        folder = Path(tempfile.mkdtemp())
        book = folder / "检查情况.xlsx"
        book.write_bytes(write_overview(outcomes, self._assistant.check_rules.rules, folder))
        table = show_outcomes(outcomes, chosen) if many else ""
        if checked is None:
            return outcomes, "", table, *_unchosen(), offer_file(None), offer_file(None), offer_file(str(book))
        word, page = write_marked_copies(checked, folder)
        return (
            outcomes, "", table, show_findings(checked), show_marked(checked), show_changes(checked),
            offer_file(word), offer_file(page), offer_file(str(book)),
        )  # fmt: skip

    def note_export(self, what: str, request: gr.Request) -> None:
        """Write down that somebody took a file with them."""
        self._gate.note(request, self._gate.person(request).name, "export", 文件=what)


def _count(outcome: Outcome) -> str:
    counts = [f"{name}{outcome.count(key)}处" for key, name in SEVERITIES.items() if outcome.count(key)]
    return "，".join(counts) or "没有发现问题"


def _unchosen() -> tuple[str, str, str]:
    return show_empty("点上面的一份报告，这里列出它的问题。"), show_empty(_NO_REPORT), ""


def nothing(said: str = "") -> Shown:
    """Return what is shown while nothing is checked; `said` where it could not be, as HTML."""
    hidden = offer_file(None)
    return [], said, "", show_empty(_NOTHING), show_empty(_NO_REPORT), "", hidden, hidden, hidden


def build_tab(assistant: Assistant, gate: Gate) -> None:
    """Put the tab's parts into the page that is being built."""
    desk = CheckDesk(assistant, gate)
    outcomes = gr.State([])
    # The script writes which report is wanted, and presses the button.
    wanted = gr.Textbox(visible="hidden", label="要看的报告", elem_id="check-wanted")
    go = gr.Button("看这份报告", visible="hidden", elem_id="check-go")
    with gr.Row():
        reports = gr.File(
            label="年度报告，一份或者很多份", file_count="multiple", file_types=_REPORTS, height=150,
            elem_id="check-reports", scale=3, min_width=280,
        )  # fmt: skip
        previous = gr.File(
            label="上一年度的报告或者统计表，可以不放", file_types=_PREVIOUS, height=150, elem_id="check-previous",
            scale=2, min_width=240,
        )  # fmt: skip
    bar = gr.HTML("", elem_id="check-said")
    table = gr.HTML("", elem_id="check-table")
    with gr.Row(elem_id="check-files"):
        word = gr.DownloadButton("标注稿（Word 批注）", visible=False, size="sm", min_width=150, elem_id="check-docx")
        page = gr.DownloadButton("标注稿（网页）", visible=False, size="sm", min_width=150, elem_id="check-html")
        book = gr.DownloadButton("检查情况（Excel）", visible=False, size="sm", min_width=150, elem_id="check-xlsx")
    with gr.Row(elem_id="check-result"):
        with gr.Column(scale=4, min_width=300):
            findings = gr.HTML(show_empty(_NOTHING), elem_id="check-findings")
        with gr.Column(scale=6, min_width=320):
            report = gr.HTML(show_empty(_NO_REPORT), elem_id="check-report")
    changes = gr.HTML("", elem_id="check-changes")

    shown = [outcomes, bar, table, findings, report, changes, word, page, book]
    free: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
    gr.on([reports.change, previous.change], desk.check, [reports, previous], shown, trigger_mode="always_last", **free)
    go.click(desk.choose, [wanted, outcomes], shown, trigger_mode="always_last", js=_WANTED, **free)
    for button, what in ((word, "标注稿（Word）"), (page, "标注稿（网页）"), (book, "检查情况（Excel）")):
        button.click(_noting(desk, what), None, None, **free)


def _noting(desk: CheckDesk, what: str) -> Any:  # noqa: ANN401  (a handler of gradio)
    def note(request: gr.Request) -> None:
        desk.note_export(what, request)

    return note
