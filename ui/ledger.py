"""The tab 台账: what is due, every request, workbooks in and out, and 表三 of a year as a statistics file."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.cli_entries import read_count
from assistant.errors import InputError, LedgerError
from assistant.office.desk import Desk
from assistant.office.ledger_due import Due
from assistant.office.ledger_records import APPLICANT_KINDS, STATES, RequestRecord
from assistant.office.ledger_statistics import fill_statistics
from assistant.office.ledger_workbook import export_workbook, read_workbook
from assistant.office.statistics_file import explain_table, write_statistics
from ui.ledger_entry import build_entry, note_step, open_cases, register
from ui.results import offer_file, office_day, show_empty, show_error, show_lines

_NOT_LOOKED = "打开本页时列出到期的事项。"
_NOT_LISTED = "打开本页时列出登记的全部申请。"
_NOTHING_DUE = "没有未办结的申请到期。"
_NO_WEEK = "台账里还没有申请，没有要到期的事项。登记或者导入申请以后，本周到期和已经超期的会排在这里。"
_NO_REQUESTS = "台账里还没有申请。在上面登记一件，或者在下面导入工作簿；先导出一份，就能得到带表头的样子。"
_NO_EXCHANGE = "导入的结果写在这里。有一行不对就一件也不导入，会写明是哪一行。"
_NO_EXPORT = "按“导出”，得到全部申请的工作簿，答复期限也写在里面。"
_NO_TABLE = "写上年度，按“生成表三”，得到统计文件，起草年度报告时可以直接用。"
_DUE_HEADERS = ("最后一日", "提醒", "登记编号", "申请人", "要办的事", "工作日", "申请公开的内容", "说明")
_LIST_HEADERS = ("登记编号", "收到申请之日", "状态", "申请人", "类别", "申请公开的内容", "办理结果", "办结日期")
_LINE = "1px solid var(--border-color-primary)"
_CELL = f"padding:6px 10px;border:0;border-bottom:{_LINE};text-align:left;vertical-align:top"
_LATE = "background:#b3261e;color:#fff;border-color:#b3261e;white-space:nowrap"


def look(desk: Desk) -> tuple[str, str, str]:
    """Return what is due this week, what is due at all, and every request, as HTML; of an error its line instead."""
    today = office_day()
    try:
        due, records = desk.list_due(today), desk.ledger.requests()
    except InputError as error:
        return show_error(error), show_error(error), show_error(error)
    if not records:
        return show_empty(_NO_WEEK), show_empty(_NOTHING_DUE), show_empty(_NO_REQUESTS)
    listed = _due_table("到期的事项", due) if due else show_empty(_NOTHING_DUE)
    return show_week(due, today), listed, _request_table(records, desk.kinds.rows)


def show_week(due: Sequence[Due], today: date) -> str:
    """Return what is overdue and what is due up to Sunday as HTML; where there is nothing, what comes next."""
    sunday = today + timedelta(days=6 - today.weekday())
    pressing = [item for item in due if item.due and item.due <= sunday]
    late = sum(item.level == "overdue" for item in pressing)
    week = f"{today.month}月{today.day}日至{sunday.month}月{sunday.day}日"
    head = f'<p class="note">{week}：{len(pressing) - late}项到期，另有{late}项已超期。</p>'
    if pressing:
        return head + _due_table("本周到期", pressing)
    if following := next((item for item in due if item.due), None):
        told = f"{following.due}，{following.number} {following.applicant}，{following.what}"
        return show_empty(f"本周（{week}）没有到期的事项，也没有超期的。下一项：{told}。")
    return show_empty(f"本周（{week}）没有到期的事项，也没有超期的。")


def import_requests(desk: Desk, workbook: str | None, update: bool) -> str:
    """Take the requests of `workbook` (.xlsx) into the register; return what came of it as HTML."""
    today = office_day()
    try:
        if not workbook:
            raise LedgerError("请先选一个工作簿（.xlsx）。")
        records = read_workbook(Path(workbook), desk.kinds.rows, desk.kinds.rows_by_name)
        count = desk.ledger.update_requests(records, today) if update else desk.ledger.add_requests(records, today)
    except InputError as error:
        return show_error(error)
    return show_lines([f"已导入 {count} 件。"])


def export_requests(desk: Desk) -> tuple[str, str | None]:
    """Return what came of the export as HTML, and the path of the workbook."""
    today = office_day()
    try:
        path = Path(tempfile.mkdtemp()) / f"申请台账-{today}.xlsx"
        count = export_workbook(desk.ledger.requests(), desk.kinds.rows, desk.reply_dates(today), path)
    except InputError as error:
        return show_error(error), None
    return show_lines([f"已导出 {count} 件。"]), str(path)


def make_statistics(desk: Desk, entered: str) -> tuple[str, str | None]:
    """Return the sums of 表三 of the year `entered` as HTML, and the path of the statistics file."""
    today = office_day()
    try:
        year = read_count(entered.strip() or None)
        if year is None:
            raise LedgerError("请写明年度，例如 2026。")
        if year > today.year:
            raise LedgerError(f"{year}年还没有到，不能生成表三。")
        content = fill_statistics(None, desk.ledger.requests(), year, desk.kinds.rows)
        path = Path(tempfile.mkdtemp()) / f"统计文件-{year}.yaml"
        write_statistics(content, path)
    except InputError as error:
        return show_error(error), None
    lines = [f"{year}年度表三", *explain_table(content["requests"])]
    if today <= date(year, 12, 31):
        lines.append(f"注意：{year}年度还没有结束，没有办结的暂时计入结转下年度。")
    return show_lines(lines), str(path)


def _due_table(name: str, items: Iterable[Due]) -> str:
    rows = []
    for item in items:
        level = str(item.as_json()["level_name"])
        style = f' style="{_LATE}"' if item.level == "overdue" else ' style="white-space:nowrap"'
        badge = f'<span class="badge"{style}>{escape(level)}</span>' if level else ""
        left = item.working_days_left
        days = "" if left is None else f"超过{-left}个" if item.level == "overdue" else f"还有{left}个"
        texts = (item.number, item.applicant, item.what, days, item.asked, item.note)
        rows.append([str(item.due or "————"), badge, *(escape(text) for text in texts)])
    return _table(name, _DUE_HEADERS, rows)


def _request_table(records: Iterable[RequestRecord], labels: dict[str, str]) -> str:
    rows = [
        [
            escape(str(value))
            for value in (
                record.number,
                record.received,
                STATES[record.state],
                record.applicant,
                APPLICANT_KINDS[record.applicant_kind],
                record.asked,
                labels[record.outcome] if record.outcome else "",
                record.closed or "",
            )
        ]
        for record in records
    ]
    return _table("全部申请", _LIST_HEADERS, rows)


def _table(name: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as HTML; the cells of `rows` are HTML already."""
    head = "".join(f'<th scope="col" style="{_CELL};white-space:nowrap">{header}</th>' for header in headers)
    lines = ["".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) for row in rows]
    body = "".join(f'<tr style="border:0">{line}</tr>' for line in lines)
    return (
        f'<div role="region" aria-label="{name}" tabindex="0" style="overflow-x:auto;width:0;min-width:100%">'
        f'<table style="border-collapse:collapse;border:0;width:100%;font-size:14px">'
        f'<thead><tr style="border:0">{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def build_tab(desk: Desk, tab: gr.Tab) -> None:
    """Put the tab's parts into the page that is being built; they are filled whenever the tab is opened."""
    with gr.Row():
        gr.Markdown("## 本周到期")
        refresh = gr.Button("重新查看", size="sm", scale=0, min_width=110, elem_id="ledger-look")
    week = gr.HTML(show_empty(_NOT_LOOKED), elem_id="ledger-week")
    entry = build_entry(desk)
    gr.Markdown("## 到期的事项")
    due = gr.HTML(show_empty(_NOT_LOOKED), elem_id="ledger-due")
    gr.Markdown("## 全部申请")
    listed = gr.HTML(show_empty(_NOT_LISTED), elem_id="ledger-list")
    gr.Markdown("## 导入、导出和表三")
    with gr.Row():
        with gr.Column(min_width=280):
            workbook = gr.File(label="要导入的工作簿（.xlsx）", height=140, elem_id="ledger-workbook")
            update = gr.Checkbox(label="登记编号已有的，用工作簿里的替换", elem_id="ledger-update")
            take = gr.Button("导入", elem_id="ledger-import")
            taken = gr.HTML(show_empty(_NO_EXCHANGE), elem_id="ledger-imported")
        with gr.Column(min_width=280):
            give = gr.Button("导出", elem_id="ledger-export")
            given = gr.HTML(show_empty(_NO_EXPORT), elem_id="ledger-exported")
            exported = gr.DownloadButton("下载台账工作簿（.xlsx）", visible=False, elem_id="ledger-xlsx")
        with gr.Column(min_width=280):
            year = gr.Textbox(label="年度", placeholder="例如 2025", max_lines=1, elem_id="ledger-year")
            count = gr.Button("生成表三", elem_id="ledger-statistics")
            counted = gr.HTML(show_empty(_NO_TABLE), elem_id="ledger-counted")
            statistics = gr.DownloadButton("下载统计文件（.yaml）", visible=False, elem_id="ledger-yaml")

    def on_import(path: str | None, replacing: bool) -> tuple[str, str, str, str]:
        return import_requests(desk, path, replacing), *look(desk)

    def on_export() -> tuple[str, dict[str, Any]]:
        shown, path = export_requests(desk)
        return shown, offer_file(path)

    def on_statistics(entered: str) -> tuple[str, dict[str, Any]]:
        shown, path = make_statistics(desk, entered)
        return shown, offer_file(path)

    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    whole = [week, due, listed, entry.case]

    def on_register(*entered: str) -> tuple[object, ...]:
        shown = register(desk, *entered)
        # What was not taken is there to be put right.
        empty = gr.skip() if 'role="alert"' in shown else ""
        return shown, *(empty for _ in entry.emptied), *look(desk), open_cases(desk)

    def on_note(*entered: str) -> tuple[object, ...]:
        shown = note_step(desk, *entered)
        if 'role="alert"' in shown:
            return shown, *(gr.skip() for _ in [*entry.step[1:], *whole])
        return shown, *("" for _ in entry.step[1:]), *look(desk), open_cases(desk)

    gr.on([refresh.click, tab.select], lambda: (*look(desk), open_cases(desk)), None, whole, **quick)
    entry.add.click(on_register, entry.new, [entry.said, *entry.emptied, *whole], **quick)
    entry.note.click(on_note, entry.step, [entry.noted, *entry.step[1:], *whole], **quick)
    take.click(on_import, [workbook, update], [taken, week, due, listed], api_visibility="private").then(
        lambda: open_cases(desk), None, entry.case, **quick
    )
    give.click(on_export, None, [given, exported], api_visibility="private")
    gr.on([count.click, year.submit], on_statistics, year, [counted, statistics], **quick)
