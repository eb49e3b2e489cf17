"""The tab 语料: what is in the corpus, for everybody to read and search; for administrators to add, remove, rebuild."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.app import Assistant
from assistant.building import rebuild_index
from assistant.cli_entries import read_optional_day
from assistant.errors import GongkaiError, InputError
from assistant.inventory import list_documents
from assistant.sources.intake import Told
from ui.gate import Gate
from ui.results import office_day, show_empty, show_error, show_lines
from ui.texts_view import (
    KINDS,
    choose,
    in_page_words,
    show_added,
    show_found,
    show_kept_report,
    show_list,
    show_log,
    show_text,
)
from ui.working import Work

_FILES = [".docx", ".docm", ".pdf", ".html", ".htm", ".xlsx", ".md", ".txt", ".png", ".jpg", ".jpeg"]
_HERE, _EVERYWHERE = "打开的文件", "全部文件"
_UNOPENED = "点左边的名称，这里列出它的条文。也可以选“全部文件”，写上要找的事，按意思查。"
_WANTED = "(_, ...rest) => [window.gongkai.wanted, ...rest]"

Shown = tuple[object, ...]


class TextsDesk:
    """What the tab does; reading is for whoever signed in, changing for administrators, asked at every event."""

    def __init__(self, assistant: Assistant, gate: Gate) -> None:
        self._assistant, self._gate = assistant, gate
        self._places = threading.BoundedSemaphore(1)

    def rows(self) -> list[dict[str, Any]]:
        """Return every text that is held."""
        rows = list_documents(self._assistant.settings, office_day())
        # What is in force first, past reports after the law.
        return sorted(rows, key=lambda row: (not row["in_force"], row["kind"] == "report"))

    def show(self, words: str, kind: str, current: bool, opened: str, request: gr.Request) -> str:
        """Return the list, narrowed."""
        self._gate.person(request)
        rows = self.rows()
        return show_list(choose(rows, words, kind, current), opened, office_day(), len(rows))

    def enter(self, words: str, kind: str, current: bool, opened: str, request: gr.Request) -> Shown:
        """Return (list, log, the part for administrators) when the tab is opened."""
        person = self._gate.person(request)
        return self.show(words, kind, current, opened, request), self.log(request), gr.update(visible=person.may_manage)

    def log(self, request: gr.Request) -> str:
        """Return what was done to the corpus."""
        self._gate.person(request)
        return show_log(self._assistant.holdings.changes())

    def open(self, wanted: str, request: gr.Request) -> Shown:
        """Return (id, what is shown, remove button, words, where) of one text."""
        person = self._gate.person(request)
        row = next((row for row in self.rows() if row["id"] == wanted), None)
        removable = row is not None and person.may_manage and bool(row["wording"] or row["added_on"])
        return wanted if row else "", self.read(wanted, "", request), gr.update(visible=removable), "", _HERE

    def read(self, opened: str, words: str, request: gr.Request) -> str:
        """Return one text, the articles that hold `words` only."""
        self._gate.person(request)
        row = next((row for row in self.rows() if row["id"] == opened), None)
        if row is None:
            return show_empty(_UNOPENED)
        words = words.strip()
        if row["kind"] == "report":
            report = next((kept for kept in self._assistant.reports.reports() if kept.id == opened), None)
            return show_kept_report(row, office_day(), report, words)
        articles = [article for article in self._assistant.index.articles if article.source.id == opened]
        return show_text(row, office_day(), articles, words)

    def find(self, words: str, where: str, opened: str, request: gr.Request) -> str:
        """Return the articles that `words` find, in the text that is open or in all of them."""
        self._gate.person(request)
        if where == _HERE or not words.strip():
            return self.read(opened, words, request)
        hits = self._assistant.search(words.strip(), office_day(), 20)
        return show_found([hit.article for hit in hits], words.strip())

    def add(
        self, files: list[str] | None, title: str, number: str, issuer: str, since: str, until: str, sure: bool,
        request: gr.Request,
    ) -> Iterator[Shown]:  # fmt: skip
        """Add files as the command line does; yield (what is said, the files that are left)."""
        person = self._gate.administrator(request)
        paths = [Path(file) for file in files or []]
        try:
            told = _told(title, number, issuer, since, until)
            if not paths:
                raise InputError("请先把要添加的文件放进框里。")
            if told != Told() and len(paths) > 1:
                raise InputError("标题、文号、日期只能给一份文件填写，请一次添加一份。")
        except InputError as error:
            yield show_error(error), gr.skip()
            return
        holdings = self._assistant.holdings
        work = Work(lambda tell: holdings.add(paths, told, office_day(), tell, sure=sure), self._places)
        for bar in work.follow():
            yield bar, gr.skip()
        try:
            outcomes = work.result()
        except GongkaiError as error:
            yield show_error(InputError(in_page_words(str(error)))), gr.skip()
            return
        for outcome in outcomes:
            detail = {"文件": outcome.file, "编号": outcome.id, "结果": outcome.state}
            self._gate.note(request, person.name, "corpus_add", str(self._assistant.status["corpus"]), **detail)
        yield show_added(outcomes), None

    def remove(self, opened: str, request: gr.Request) -> Iterator[Shown]:
        """Take the open text out; yield (what is said, the id that is open, what is shown, the button)."""
        person = self._gate.administrator(request)
        row = next((row for row in self.rows() if row["id"] == opened), None)
        hidden = gr.update(visible=False)
        if row is None:
            yield show_error(InputError("请先在列表里点要删除的文件。")), gr.skip(), gr.skip(), hidden
            return
        name = row["wording"] or row["id"]
        work = Work(lambda tell: self._assistant.holdings.remove(name, office_day(), tell), self._places)
        for bar in work.follow():
            yield bar, gr.skip(), gr.skip(), hidden
        try:
            gone = work.result()
        except GongkaiError as error:
            yield show_error(InputError(in_page_words(str(error)))), gr.skip(), gr.skip(), hidden
            return
        self._gate.note(request, person.name, "corpus_remove", 编号=gone.id, 名称=gone.title, 文件=gone.file)
        yield show_lines([f"已删除《{gone.title}》。"]), "", show_empty(_UNOPENED), hidden

    def rebuild(self, request: gr.Request) -> Iterator[str]:
        """Build the index anew; what is in use serves until it is done."""
        person = self._gate.administrator(request)
        settings = self._assistant.settings
        work = Work(lambda tell: rebuild_index(settings, office_day(), tell), self._places)
        yield from work.follow()
        try:
            work.result()
        except GongkaiError as error:
            yield show_error(InputError(str(error)))
            return
        status = self._assistant.status
        self._gate.note(request, person.name, "corpus_rebuild", str(status["corpus"]))
        yield show_lines([f"索引已重建：{status['articles']}条，{status['vectors']}个向量。"])


def _told(*entered: str | None) -> Told:
    """Return what the fields say: title, number, issuer, in force from and until."""
    title, number, issuer, since, until = ((value or "").strip() for value in entered)
    begins, ends = read_optional_day(since or None, "施行日期"), read_optional_day(until or None, "失效日期")
    return Told(title, number, issuer, begins, ends)


def build_tab(assistant: Assistant, gate: Gate, tab: gr.Tab) -> None:
    """Put the tab's parts into the page that is being built."""
    desk = TextsDesk(assistant, gate)
    opened = gr.State("")
    # The script writes which text is wanted, and presses the button.
    wanted = gr.Textbox(visible="hidden", label="要看的文件", elem_id="texts-wanted")
    go = gr.Button("看这份文件", visible="hidden", elem_id="texts-go")
    with gr.Row():
        with gr.Column(scale=5, min_width=320):
            with gr.Row(elem_id="texts-filter"):
                words = gr.Textbox(
                    label="名称、文号、机关", placeholder="例如 条例", max_lines=1, elem_id="texts-words"
                )
                kind = gr.Dropdown(
                    [("全部", ""), *((name, key) for key, name in KINDS.items())], value="", label="内容",
                    elem_id="texts-kind", min_width=110,
                )  # fmt: skip
                current = gr.Checkbox(label="只看现行有效的", elem_id="texts-current", min_width=120)
            listed = gr.HTML("", elem_id="texts-list")
        with gr.Column(scale=5, min_width=320):
            with gr.Row(elem_id="texts-search"):
                inside = gr.Textbox(
                    label="查条文", placeholder="写词，回车", max_lines=1, elem_id="texts-inside", scale=3
                )
                where = gr.Radio([_HERE, _EVERYWHERE], value=_HERE, label="在哪里查", elem_id="texts-where", scale=2)
            remove = gr.Button("删除这份文件", size="sm", visible=False, elem_id="texts-remove")
            shown = gr.HTML(show_empty(_UNOPENED), elem_id="texts-text")
    said = gr.HTML("", elem_id="texts-said")
    with gr.Column(visible=False, elem_id="texts-change") as change:
        gr.Markdown("## 添加文件")
        with gr.Row():
            files = gr.File(
                label="要添加的文件：法规原文、本地规定、往年年报", file_count="multiple", file_types=_FILES,
                height=170, elem_id="texts-files", scale=2, min_width=280,
            )  # fmt: skip
            with gr.Column(scale=3, min_width=300):
                with gr.Accordion("正文里没有写明的，在这里写（一次一份）", open=False, elem_id="texts-told"):
                    with gr.Row():
                        title = gr.Textbox(label="标题", max_lines=1, min_width=140)
                        number = gr.Textbox(label="文号", max_lines=1, min_width=140)
                        issuer = gr.Textbox(label="发文机关", max_lines=1, min_width=140)
                    with gr.Row():
                        since = gr.Textbox(label="施行日期", placeholder="2024-01-01", max_lines=1, min_width=140)
                        until = gr.Textbox(label="失效日期", placeholder="没有就不写", max_lines=1, min_width=140)
                replace = gr.Checkbox(label="替换：同名同版本的文件内容大不相同时，也替换", elem_id="texts-replace")
                with gr.Row():
                    add = gr.Button("添加", variant="primary", min_width=110, elem_id="texts-add")
                    rebuild = gr.Button("重建索引", min_width=110, elem_id="texts-rebuild")
                gr.HTML('<p class="note">重建需要几分钟，完成之前旧索引照常使用；平时添加、删除以后不用重建。</p>')
    with gr.Accordion("变更记录", open=False, elem_id="texts-history"):
        log = gr.HTML("", elem_id="texts-log")

    narrowed = [words, kind, current, opened]
    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
    tab.select(desk.enter, narrowed, [listed, log, change], **quick)
    gr.on([words.change, kind.input, current.input], desk.show, narrowed, listed, trigger_mode="always_last", **quick)
    go.click(
        desk.open, wanted, [opened, shown, remove, inside, where], js=_WANTED, trigger_mode="always_last", **quick
    ).then(desk.show, narrowed, listed, **quick).then(None, None, None, js="() => window.places.reveal('texts-text')")
    gr.on([inside.submit, where.input], desk.find, [inside, where, opened], shown, **quick)
    add.click(desk.add, [files, title, number, issuer, since, until, replace], [said, files], **quick).then(
        desk.enter, narrowed, [listed, log, change], **quick
    )
    # confirm.js asks before the click comes here.
    remove.click(desk.remove, opened, [said, opened, shown, remove], **quick).then(
        desk.enter, narrowed, [listed, log, change], **quick
    )
    rebuild.click(desk.rebuild, None, said, **quick)
