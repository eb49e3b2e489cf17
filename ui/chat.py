"""The chat page: a question, the answer as it is written, and beside it what it rests on."""

import re
import time
from collections.abc import Iterator
from datetime import datetime

import gradio as gr

from assistant.app import Assistant
from ui.sources import EMPTY, show_sources

_EXAMPLES = (
    "人家来要材料，几天内要回话？",
    "申请写得不清楚，补正通知要几天内发？",
    "企业不同意公开，还能给申请人吗？",
    "答复“信息不存在”之前要做什么？",
    "不予公开的答复书，救济途径怎么写？",
    "部门的年度报告哪天前公布？",
)
_WELCOME = (
    "## 公开助手\n\n政府信息公开的问题，用平常的话问就行。每个结论都带条文，程序逐条核对；没有依据的，直接说没有。"
)
_NOTE = "内容为法规要点，供办理时参考；正式文书请核对官方文本。本机运行，问题不会发往别处。"
_STEP = 0.012
_PIECES = re.compile(r"[^。；\n]*[。；\n]?")

Message = dict[str, str]


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page over `assistant`."""
    page: gr.Blocks = gr.Blocks(title="公开助手", fill_height=True, analytics_enabled=False)
    with page:
        gr.HTML(
            '<header class="masthead"><h1>公开助手</h1><p>政府信息公开 · 依据可查的回答</p></header>',
            elem_id="masthead",
        )
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=3, min_width=320):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label="对话",
                    show_label=False,
                    height="calc(100dvh - 250px)",
                    min_height=320,
                    placeholder=_WELCOME,
                    examples=[{"text": example} for example in _EXAMPLES],
                    buttons=["copy"],
                    feedback_options=None,
                    layout="panel",
                    group_consecutive_messages=False,
                )
                box = gr.Textbox(
                    elem_id="question",
                    label="问题",
                    show_label=False,
                    placeholder="写下要问的事，回车发送",
                    lines=1,
                    max_lines=6,
                    max_length=2000,
                    autofocus=True,
                    submit_btn="发送",
                )
                with gr.Row(elem_id="below"):
                    gr.HTML(f'<p class="note">{_NOTE}</p>')
                    clear = gr.Button("新的对话", size="sm", scale=0, min_width=96, elem_id="clear")
            with gr.Column(scale=2, min_width=300, elem_id="side"):
                gr.HTML("<h2>依据</h2>")
                panel = gr.HTML(EMPTY, elem_id="sources")
        asked = gr.State([])

        def reply(question: str, shown: list[Message], earlier: list[str]) -> Iterator[tuple[object, ...]]:
            yield from _reply(assistant, question, shown, earlier)

        def reply_to_example(
            chosen: gr.SelectData, shown: list[Message], earlier: list[str]
        ) -> Iterator[tuple[object, ...]]:
            yield from _reply(assistant, chosen.value["text"], shown, earlier)

        outputs = [box, chat, panel, asked]
        box.submit(reply, [box, chat, asked], outputs, show_progress="hidden", api_visibility="private")
        chat.example_select(reply_to_example, [chat, asked], outputs, show_progress="hidden", api_visibility="private")
        clear.click(lambda: ("", [], EMPTY, []), None, outputs, show_progress="hidden", api_visibility="private")
    return page


def _reply(
    assistant: Assistant, question: str, shown: list[Message], earlier: list[str]
) -> Iterator[tuple[object, ...]]:
    """Yield (box, chat, panel, questions asked) as the answer is found and written."""
    if not question.strip():
        yield "", shown, gr.skip(), earlier
        return
    shown = [*shown, {"role": "user", "content": question}]
    yield "", [*shown, {"role": "assistant", "content": "*检索依据…*"}], gr.skip(), earlier
    today = datetime.now().astimezone().date()
    answer = assistant.ask(question, today, earlier)
    panel = show_sources(answer, today)
    text = answer.answer.replace("[", r"\[")
    written = ""
    for piece in _PIECES.findall(text):
        written += piece
        yield "", [*shown, {"role": "assistant", "content": written}], gr.skip(), earlier
        time.sleep(_STEP)
    yield "", [*shown, {"role": "assistant", "content": text}], panel, [*earlier, question]
