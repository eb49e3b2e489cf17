"""The page: the chat as its centre, the office's tools beside it, each in a tab."""

import gradio as gr

from assistant.app import Assistant
from ui import deadlines, ledger, letters
from ui.chat import build_chat

_TOOLS = (("期限与费用", deadlines), ("文书", letters), ("台账", ledger))


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page over `assistant`."""
    page: gr.Blocks = gr.Blocks(title="公开助手", fill_height=True, analytics_enabled=False)
    with page:
        gr.HTML(
            '<header class="masthead"><h1>公开助手</h1><p>政府信息公开 · 依据可查的回答</p></header>',
            elem_id="masthead",
        )
        with gr.Tab("问答"):
            build_chat(assistant)
        for name, tool in _TOOLS:
            with gr.Tab(name):
                tool.build_tab(assistant.desk)
    return page
