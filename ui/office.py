"""The tab 管理, for administrators: accounts, the audit, and how long things are kept."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.app import Assistant
from assistant.errors import InputError
from assistant.office.audit import ACTIONS, Entry
from assistant.office.people import ROLES, Person
from assistant.office.records import KEPT
from ui.gate import Gate, now
from ui.results import download_on_click, show_error, show_lines
from ui.tables import html_table

_PEOPLE_HEADERS = ("用户名", "角色", "状态")
_AUDIT_HEADERS = ("时间", "谁", "做了什么", "内容", "资料库版本", "来自")
_NO_PEOPLE = "还没有账户，现在是一个人在本机使用，不用登录。建立第一个账户（角色选管理员）后，重新启动时就要登录。"
_NO_AUDIT = "没有符合条件的记录。"


def show_people(people: list[Person]) -> str:
    """Return the accounts as an HTML table."""
    rows = [(p.name, p.role, _state(p)) for p in people]
    return html_table("账户", _PEOPLE_HEADERS, rows, _NO_PEOPLE)


def _state(person: Person) -> str:
    if not person.active:
        return "停用"
    return "一次性密码还没有换" if person.must_change else "在用"


def audit_rows(entries: list[Entry]) -> list[tuple[str, ...]]:
    """Return the lines of the audit as texts."""
    return [
        (
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            entry.who,
            # One that another release wrote is shown by its own name.
            ACTIONS.get(entry.action, entry.action),
            "；".join(f"{key}：{value}" for key, value in entry.detail.items()),
            entry.corpus[:12],
            entry.address,
        )
        for entry in entries
    ]


def tell_kept(gate: Gate) -> str:
    """Return in words how long everything is kept, and which settings say so."""
    kinds = {name: gate.keep.get(kind) for kind, name in KEPT.items()}
    kept = [f"{name}保留{days}天" if days else f"{name}一直保留" for name, days in kinds.items()]
    lines = "；".join([*kept, f"上传的文件、写好待取的文件保留{gate.keep_files}天"])
    settings = "、".join(f"GONGKAI_{name}_DAYS" for name in ("CONVERSATION", "DRAFT", "AUDIT", "FILE"))
    return f"{lines}。反馈随会话一起删除。由 {settings} 设定，每天清理一次，清理记入审计。"


def write_audit(entries: list[Entry], at: datetime) -> str:
    """Return the path of a workbook with the lines of the audit."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "审计"
    for row in [_AUDIT_HEADERS, *audit_rows(entries)]:
        # A text that begins like a formula stays a text.
        sheet.append([f"'{value}" if value[:1] in "=+-@" and value else value for value in row])
    path = Path(tempfile.mkdtemp()) / f"审计-{at:%Y%m%d}.xlsx"
    book.save(path)
    return str(path)


def build_tab(assistant: Assistant, gate: Gate, tab: gr.Tab) -> None:
    """Put the tab's parts into the page that is being built."""
    records = assistant.records
    gr.Markdown("## 账户")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            name = gr.Textbox(label="用户名", placeholder="例如 张三", max_lines=1, elem_id="people-name")
            role = gr.Radio(list(ROLES), value=ROLES[0], label="角色", elem_id="people-role")
            with gr.Row():
                add = gr.Button("建立账户", variant="primary", min_width=110, elem_id="people-add")
                change = gr.Button("改为这个角色", min_width=110, elem_id="people-change")
            with gr.Row():
                reset = gr.Button("重置密码", min_width=90, elem_id="people-reset")
                close = gr.Button("停用", min_width=70, elem_id="people-close")
                reopen = gr.Button("恢复", min_width=70, elem_id="people-reopen")
            said = gr.HTML("", elem_id="people-said")
        with gr.Column(scale=3, min_width=300):
            listed = gr.HTML("", elem_id="people-list")
    gr.Markdown("## 审计")
    with gr.Row(elem_id="audit-filter"):
        who = gr.Textbox(label="谁（空着就是全部）", max_lines=1, elem_id="audit-who")
        action = gr.Dropdown(
            [("全部", ""), *((label, key) for key, label in ACTIONS.items())], value="", label="做了什么",
            elem_id="audit-action",
        )  # fmt: skip
        look = gr.Button("查看", scale=0, min_width=110, elem_id="audit-look")
        save = gr.Button("下载（.xlsx）", scale=0, min_width=140, elem_id="audit-save")
    audit = gr.HTML("", elem_id="audit-list")
    gr.HTML(f'<p class="note">{tell_kept(gate)}</p>')

    def entries(whose: str, what: str) -> list[Entry]:
        return records.audit.entries(whose.strip(), [what] if what else [])

    def show_audit(whose: str, what: str, request: gr.Request) -> str:
        gate.administrator(request)
        return html_table("审计", _AUDIT_HEADERS, audit_rows(entries(whose, what)), _NO_AUDIT)

    def save_audit(whose: str, what: str, request: gr.Request) -> str:
        person = gate.administrator(request)
        path = write_audit(entries(whose, what), now())
        gate.note(request, person.name, "export", 文件=Path(path).name)
        return path

    def open_tab(whose: str, what: str, request: gr.Request) -> tuple[str, str]:
        gate.administrator(request)
        return show_people(records.people.list_people()), show_audit(whose, what, request)

    def act(what: str, whose: str, new_role: str, request: gr.Request) -> tuple[str, str]:
        person = gate.administrator(request)
        whose = whose.strip()
        try:
            line = _act(assistant, what, whose, new_role)
        except InputError as error:
            return show_error(error), show_people(records.people.list_people())
        gate.note(request, person.name, "people", 操作=what, 用户=whose)
        return show_lines([line]), show_people(records.people.list_people())

    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    for button, what in ((add, "建立"), (change, "改角色"), (reset, "重置密码"), (close, "停用"), (reopen, "恢复")):
        button.click(_for(act, what), [name, role], [said, listed], **quick)
    tab.select(open_tab, [who, action], [listed, audit], **quick)
    gr.on([look.click, who.submit, action.input], show_audit, [who, action], audit, **quick)
    download_on_click(save, save_audit, [who, action], "audit-file")


def _for(act: Any, what: str) -> Any:  # noqa: ANN401  (handlers of gradio)
    def handle(whose: str, new_role: str, request: gr.Request) -> tuple[str, str]:
        result: tuple[str, str] = act(what, whose, new_role, request)
        return result

    return handle


def _act(assistant: Assistant, what: str, name: str, role: str) -> str:
    """Do one thing to the account `name`; return the line that tells it."""
    people = assistant.records.people
    if what == "建立":
        return f"已建立{role}账户 {name}，一次性密码 {people.add_person(name, role, now())}（只显示这一次）。"
    if what == "重置密码":
        return f"{name} 的一次性密码 {people.reset_password(name)}（只显示这一次，登录时修改）。"
    if what == "改角色":
        return f"{people.change_role(name, role).name} 现在是{role}。"
    if what == "停用":
        return f"{people.close_account(name).name} 已停用。"
    return f"{people.reopen_account(name).name} 已恢复。"
