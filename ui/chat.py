"""The chat: a question and its answer with what it rests on, kept as one's own conversations."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.app import Assistant
from assistant.office.conversations import FEEDBACK
from ui.chat_desk import PIN, SEND, ChatDesk
from ui.gate import Gate
from ui.results import download_on_click
from ui.sources import EMPTY
from ui.transcript import typed

_EXAMPLES = (
    "人家来要材料，几天内要回话？",
    "企业不同意公开，还能给申请人吗？",
    "不予公开的答复书，救济途径怎么写？",
    "1月5日收到的申请，最晚哪天答复？",
    "这个人本月申请了35件，收多少？",
    "帮我起草2025年年报",
)
_WELCOME = (
    "### 用平常的话问就行\n\n每个结论都带条文，程序逐条核对；没有依据的，直接说没有。也可以算期限、算费用、起草年报。"
)
_NOTE = (
    "标“原文”的是法规原文，标“要点”的是归纳，供办理时参考；正式文书请核对官方文本。问题不会发往别处。"
    "统计表（起草）、年度报告（核对）可以直接拖进来。"
)
_WANTED = "() => [window.gongkai.wanted]"
_FILES = [".xlsx", ".yaml", ".yml", ".json", ".docx", ".pdf", ".html", ".htm", ".md", ".txt", ".png", ".jpg", ".jpeg"]


def build_chat(assistant: Assistant, gate: Gate, page: gr.Blocks) -> None:
    """Build the chat inside the page or the tab that is open."""
    desk = ChatDesk(assistant, gate)
    # The id of the open conversation; the page's script keeps it and the address the same.
    route = gr.Textbox(elem_id="route", visible="hidden", label="会话")
    # The script presses it when the address names another conversation.
    go = gr.Button("打开会话", visible="hidden", elem_id="go")
    with gr.Row(elem_id="desk"):
        with gr.Column(scale=2, min_width=200, elem_id="history"):
            clear = gr.Button("新的对话", size="sm", elem_id="clear")
            find = gr.Textbox(
                label="查找会话", show_label=False, placeholder="查找问过的事", max_lines=1, container=False,
                elem_id="find", html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
            )  # fmt: skip
            listed = gr.HTML("", elem_id="talks")
            with gr.Accordion("这次会话", open=False, visible=False, elem_id="this-talk") as this:
                title = gr.Textbox(label="名称", max_lines=1, max_length=40, elem_id="talk-title")
                with gr.Row():
                    rename = gr.Button("改名", size="sm", min_width=80, elem_id="talk-rename")
                    pin = gr.Button(PIN, size="sm", min_width=80, elem_id="talk-pin")
                with gr.Row():
                    export = gr.Button("导出 Word", size="sm", min_width=80, elem_id="talk-export")
                    delete = gr.Button("删除", size="sm", min_width=80, elem_id="talk-delete")
                exported = gr.File(label="导出的文件", visible=False, interactive=False, elem_id="talk-file")
        with gr.Column(scale=6, min_width=320, elem_id="middle"):
            chat = gr.Chatbot(
                elem_id="chat",
                label="对话",
                show_label=False,
                height="calc(100dvh - 264px)",
                min_height=320,
                placeholder=_WELCOME,
                examples=[{"text": example} for example in _EXAMPLES],
                buttons=["copy"],
                feedback_options=list(FEEDBACK),
                editable="user",
                layout="panel",
                autoscroll=False,  # page.js keeps the question in sight instead
                group_consecutive_messages=False,
            )
            box = gr.MultimodalTextbox(
                elem_id="question",
                label="问题",
                show_label=False,
                placeholder="写下要问的事，回车发送",
                lines=1,
                max_lines=6,
                autofocus=True,
                submit_btn=SEND,
                sources=["upload"],
                file_count="multiple",
                file_types=_FILES,
            )
            with gr.Row(elem_id="below"):
                gr.HTML(f'<p class="note">{_NOTE}</p>')
                template = gr.Button("下载统计表模板", size="sm", scale=0, min_width=140, elem_id="template")
            files = gr.File(
                label="写好的文件", visible=False, interactive=False, file_count="multiple", elem_id="files"
            )
        with gr.Column(scale=4, min_width=280, elem_id="side"):
            gr.HTML("<h2>依据</h2>")
            panel = gr.HTML(EMPTY, elem_id="sources")

    talked = [box, route, chat, panel, listed, files, this, title, pin]
    # No limit of its own: thirty people ask at once.
    free: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}

    async def send(value: dict[str, Any], talk: str, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        async for shown in desk.send(
            request, talk, str(value.get("text") or ""), [Path(path) for path in value["files"]]
        ):
            yield shown

    async def send_chosen(chosen: gr.SelectData, talk: str, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        value = chosen.value
        async for shown in desk.send(request, talk, value["text"] if isinstance(value, dict) else str(value), []):
            yield shown

    async def again(chosen: gr.RetryData, talk: str, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        async for shown in desk.ask_again(request, talk, _turn_of(chosen.index), None):
            yield shown

    async def edit(chosen: gr.EditData, talk: str, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        async for shown in desk.ask_again(request, talk, _turn_of(chosen.index), typed(str(chosen.value))):
            yield shown

    def give_feedback(given: gr.LikeData, talk: str, request: gr.Request) -> None:
        word = given.liked if isinstance(given.liked, str) else None
        desk.give_feedback(request, talk, _turn_of(given.index), word)

    def stop(talk: str, request: gr.Request) -> None:
        desk.stop(request, talk)

    async def open_addressed(request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        async for shown in desk.open(request, str(request.query_params.get("c") or ""), first=True):
            yield shown

    async def open_routed(talk: str, request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        async for shown in desk.open(request, talk):
            yield shown

    async def begin_anew(request: gr.Request) -> AsyncIterator[tuple[object, ...]]:
        async for shown in desk.open(request, ""):
            yield shown

    asking: list[Any] = [
        box.submit(send, [box, route], talked, **free),
        chat.example_select(send_chosen, route, talked, **free),
        chat.option_select(send_chosen, route, talked, **free),
        chat.retry(again, route, talked, **free),
        chat.edit(edit, route, talked, **free),
    ]
    # What is being written goes on in the background; this page stops following it.
    page.load(open_addressed, None, talked, **free)
    go.click(open_routed, route, talked, cancels=asking, trigger_mode="always_last", js=_WANTED, **free)
    clear.click(begin_anew, None, talked, cancels=asking, **free)
    for leave in (clear.click, delete.click):
        leave(None, None, None, js="() => { window.gongkai.push(''); }")
    box.stop(stop, route, None, **free)
    route.change(None, route, None, js="(id) => window.gongkai.arrive(id)")
    chat.like(give_feedback, route, None, **free)
    find.change(desk.find, [find, route], listed, trigger_mode="always_last", **free)
    rename.click(desk.rename, [title, route, find], listed, **free)
    pin.click(desk.pin, [route, find], [listed, pin], **free)
    export.click(desk.export, route, exported, **free)
    # confirm.js asks before the click comes here.
    delete.click(desk.delete, route, talked, cancels=asking, **free)
    download_on_click(template, lambda: _write_template(assistant), None, "template-file")


def _turn_of(index: int | tuple[int, int]) -> int:
    """The turn that a message belongs to: two messages a turn."""
    return (index if isinstance(index, int) else index[0]) // 2


def _write_template(assistant: Assistant) -> str:
    """Return the path of a workbook of the newest form, to be filled in."""
    import tempfile

    from assistant.report.command import write_template

    form = max(assistant.report_rules.forms)
    output = Path(tempfile.mkdtemp()) / f"政府信息公开统计表（{form}年表式）.xlsx"
    write_template(assistant.settings.shipped_folder / "corpus", form, output, force=True)
    return str(output)
