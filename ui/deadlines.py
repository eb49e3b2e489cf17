"""The tab 期限与费用: a due date with its working and its calendar file, and the fee with its steps."""

import tempfile
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.cli_entries import read_count, read_day, read_pause
from assistant.clock.deadlines import compute_deadline
from assistant.clock.explain import explain_deadline, explain_fee
from assistant.clock.fees import processing_fee
from assistant.clock.ics import DueDate, write_calendar
from assistant.errors import InputError
from assistant.office.desk import Desk
from assistant.office.statistics_file import write_text
from ui.calendar_view import show_calendar
from ui.results import offer_file, office_day, show_empty, show_error, show_lines

_FIRST_RULE = "reply"
_NO_DEADLINE = "选好期限，写上起算之日，按“计算”。这里会写出最后一日、数了哪些日子、跳过哪些日子和依据，并画出日历。"
_NO_FEE = "选好按件或者按量，写上数量，按“计算费用”。这里会写出金额和每一档的算法。"
_MEASURES = (("按件（同一申请人一个自然月的申请件数）", "requests"), ("按量（一件申请提供的页数）", "pages"))


def work_out_deadline(
    desk: Desk, rule: str, start: str, channel: str, extended: bool, pause_first: str, pause_last: str
) -> tuple[str, str | None]:
    """Return the due date with its working as HTML, and the path of its .ics; of an error its line and None."""
    today = office_day()
    try:
        pauses = [read_pause(f"{pause_first}:{pause_last}")] if pause_first.strip() or pause_last.strip() else []
        result = compute_deadline(
            desk.rules,
            desk.calendar,
            rule,
            read_day(start, "起算之日"),
            received_by=channel or None,
            extended=extended,
            pauses=pauses,
            today=today,
        )
        lines = explain_deadline(result)
        uid = f"{result.rule.key}-{result.start:%Y%m%d}@gongkai"
        entry = DueDate(uid, result.due, f"{result.rule.name}到期", "\n".join(lines))
        path = Path(tempfile.mkdtemp()) / f"到期提醒-{result.due}.ics"
        write_text(write_calendar([entry], today), path)
    except InputError as error:
        return show_error(error), None
    told = [show_lines(lines[:1]), show_calendar(result, pauses), show_lines(["怎么数的、依据什么", *lines[1:]])]
    return "".join(told), str(path)


def work_out_fee(desk: Desk, measure: str, count: str) -> str:
    """Return the fee with its steps as HTML; `measure` is requests or pages."""
    try:
        number = read_count(count)
        requests, pages = (number, None) if measure == "requests" else (None, number)
        return show_lines(explain_fee(processing_fee(desk.fees, office_day(), requests=requests, pages=pages)))
    except InputError as error:
        return show_error(error)


def fit_form(desk: Desk, key: str) -> tuple[dict[str, Any], ...]:
    """Return the updates of start, channel, extension and both ends of the pause: what rule `key` has no use for hides.

    What hides is emptied too, so that it cannot be sent unseen.
    """
    rule = desk.rules.rule(key)
    pauses = any(version.pause for version in rule.versions)
    return (
        gr.update(label=f"起算之日：{rule.start}"),
        gr.update(visible=rule.by_channel, value=""),
        gr.update(visible=any(version.extension for version in rule.versions), value=False),
        gr.update(visible=pauses, value=""),
        gr.update(visible=pauses, value=""),
    )


def build_tab(desk: Desk) -> None:
    """Put the tab's parts into the page that is being built."""
    gr.Markdown("## 期限")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            rule = gr.Dropdown(
                [(item.name, item.key) for item in desk.rules.rules.values()],
                value=_FIRST_RULE,
                label="期限",
                elem_id="deadline-rule",
            )
            start = gr.Textbox(
                label=f"起算之日：{desk.rules.rule(_FIRST_RULE).start}",
                placeholder="例如 2026-01-05 或者 2026年1月5日",
                max_lines=1,
                elem_id="deadline-start",
            )
            channels = [(item.name, item.key) for item in desk.rules.channels.values()]
            channel = gr.Dropdown(
                [("不用选，写的就是收到申请之日", ""), *channels],
                value="",
                label="提交渠道",
                elem_id="deadline-channel",
            )
            extended = gr.Checkbox(label="已经延长期限", elem_id="deadline-extended")
            with gr.Row():
                first = gr.Textbox(
                    label="征求意见开始之日（没有就不写）",
                    placeholder="例如 2026-01-10",
                    max_lines=1,
                    min_width=150,
                    elem_id="deadline-pause-first",
                )
                last = gr.Textbox(
                    label="征求意见结束之日（没有就不写）",
                    placeholder="例如 2026-01-20",
                    max_lines=1,
                    min_width=150,
                    elem_id="deadline-pause-last",
                )
            compute = gr.Button("计算", variant="primary", elem_id="deadline-compute")
        with gr.Column(scale=3, min_width=300):
            result = gr.HTML(show_empty(_NO_DEADLINE), elem_id="deadline-result")
            calendar = gr.DownloadButton("下载日历文件（.ics）", visible=False, elem_id="deadline-ics")
    gr.Markdown("## 信息处理费")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            measure = gr.Radio(list(_MEASURES), value="requests", label="计算方式", elem_id="fee-measure")
            count = gr.Textbox(label="数量（件或者页）", placeholder="例如 12", max_lines=1, elem_id="fee-count")
            charge = gr.Button("计算费用", variant="primary", elem_id="fee-compute")
        with gr.Column(scale=3, min_width=300):
            fee = gr.HTML(show_empty(_NO_FEE), elem_id="fee-result")

    def on_compute(*entered: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401  (values of the form)
        shown, path = work_out_deadline(desk, *entered)
        return shown, offer_file(path)

    form = [start, channel, extended, first, last]
    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    rule.input(lambda key: fit_form(desk, key), rule, form, **quick)
    gr.on([compute.click, start.submit], on_compute, [rule, *form], [result, calendar], **quick).then(
        None, None, None, js="() => window.places.show('deadline-result')"
    )
    gr.on(
        [charge.click, count.submit],
        lambda way, number: work_out_fee(desk, way, number),
        [measure, count],
        fee,
        **quick,
    ).then(None, None, None, js="() => window.places.show('fee-result')")
