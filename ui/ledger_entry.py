"""One request of the register, entered by hand: it comes in, and what becomes of it."""

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from assistant.cli_entries import read_optional_day
from assistant.errors import InputError, LedgerError
from assistant.office.desk import Desk
from assistant.office.ledger_records import APPLICANT_KINDS, CHANNELS, RequestRecord
from ui.results import office_day, show_error, show_lines

_STEPS = (
    ("correction_notified", "告知补正之日"),
    ("correction_deadline", "补正期限的最后一日"),
    ("corrected", "收到补正的申请之日"),
    ("extended_on", "告知延期之日"),
    ("closed", "办结日期"),
)
_NO_STEP = "请至少写一个日期，或者选办理结果。"


def register(desk: Desk, received: str, channel: str, applicant: str, kind: str, asked: str, note: str) -> str:
    """Put one request into the register under the next number; return what came of it as HTML."""
    try:
        day = read_optional_day(received.strip() or None, "收到申请之日")
        if day is None:
            raise LedgerError("请写收到申请之日。")
        number = desk.ledger.next_number(day.year)
        record = RequestRecord(number, day, channel, applicant.strip(), kind, asked.strip(), note=note.strip())
        desk.ledger.add_requests([record], office_day())
        due = desk.reply_dates(office_day()).get(number)
    except InputError as error:
        return show_error(error)
    last = [f"最晚 {due} 答复。"] if due else []
    return show_lines([f"已登记，登记编号 {number}。", f"{record.applicant}：{record.asked}", *last])


def note_step(desk: Desk, number: str | None, outcome: str | None, *days: str) -> str:
    """Note what was done in the case `number`; what is left empty stays as it is. Return what came of it as HTML.

    Args:
        days: as they were written, in the order of the fields.
    """
    try:
        if not number:
            raise LedgerError("请先选登记编号。")
        read = {
            name: read_optional_day(day.strip() or None, label)
            for (name, label), day in zip(_STEPS, days, strict=True)
        }  # fmt: skip
        changes: dict[str, Any] = {name: day for name, day in read.items() if day is not None}
        if outcome:
            changes["outcome"] = outcome
        if not changes:
            raise LedgerError(_NO_STEP)
        record = replace(desk.ledger.get(number), **changes)
        desk.ledger.replace_request(record, office_day())
    except InputError as error:
        return show_error(error)
    done = [f"{label} {changes[name]}" for name, label in _STEPS if name in changes]
    done += [f"办理结果 {desk.kinds.rows[outcome]}"] if outcome else []
    return show_lines([f"已记下 {number}。", f"{record.applicant}：{'；'.join(done)}"])


def open_cases(desk: Desk) -> dict[str, Any]:
    """Return the update of the choice of requests: those that are not closed, and none where the register is broken."""
    try:
        records = [record for record in desk.ledger.requests() if not record.closed]
    except InputError:
        records = []
    choices = [(f"{record.number} {record.applicant}：{record.asked[:20]}", record.number) for record in records]
    update: dict[str, Any] = gr.update(choices=choices, value=None)
    return update


@dataclass(frozen=True)
class Entry:
    """The parts that the tab connects: buttons, what they read, where they say what came of it.

    Attributes:
        emptied: what is emptied once a request is registered.
    """

    add: gr.Button
    new: list[Any]
    said: gr.HTML
    emptied: list[Any]
    note: gr.Button
    case: gr.Dropdown
    step: list[Any]
    noted: gr.HTML


def build_entry(desk: Desk) -> Entry:
    """Put both forms into the page that is being built."""
    with gr.Row():
        with gr.Column(min_width=300), gr.Accordion("登记一件申请", open=False, elem_id="ledger-new"):
            with gr.Row():
                received = gr.Textbox(
                    label="收到申请之日",
                    placeholder="例如 2026-01-05",
                    max_lines=1,
                    min_width=150,
                    elem_id="new-received",
                )
                channel = gr.Dropdown(
                    [(name, key) for key, name in CHANNELS.items()], value="in_person", label="提交渠道", min_width=130
                )
            with gr.Row():
                applicant = gr.Textbox(label="申请人姓名或者名称", max_lines=1, min_width=150, elem_id="new-applicant")
                kind = gr.Dropdown(
                    [(name, key) for key, name in APPLICANT_KINDS.items()], value="natural_person", label="申请人类别",
                    min_width=130,
                )  # fmt: skip
            asked = gr.Textbox(label="申请公开的内容", lines=2, max_lines=6, elem_id="new-asked")
            remark = gr.Textbox(label="备注（可以不写）", max_lines=1, elem_id="new-note")
            add = gr.Button("登记", variant="primary", elem_id="ledger-add")
            said = gr.HTML("", elem_id="ledger-added")
        with gr.Column(min_width=300), gr.Accordion("记下进展或者办理结果", open=False, elem_id="ledger-step"):
            case = gr.Dropdown([], label="登记编号（没有办结的）", elem_id="step-case")
            days = []
            for start in range(0, len(_STEPS), 2):
                with gr.Row():
                    days += [
                        gr.Textbox(
                            label=label, placeholder="没有就不写", max_lines=1, min_width=150, elem_id=f"step-{name}"
                        )
                        for name, label in _STEPS[start : start + 2]
                    ]
            outcome = gr.Dropdown(
                [("还没有结果", ""), *((name, key) for key, name in desk.kinds.rows.items())], value="",
                label="办理结果（表三的一行，与办结日期一起写）", elem_id="step-outcome",
            )  # fmt: skip
            note = gr.Button("记下", variant="primary", elem_id="ledger-note")
            noted = gr.HTML("", elem_id="ledger-noted")
    return Entry(
        add, [received, channel, applicant, kind, asked, remark], said, [applicant, asked, remark],
        note, case, [case, outcome, *days], noted,
    )  # fmt: skip
