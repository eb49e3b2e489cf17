"""The page: the chat as its centre, the office's tools beside it, each in a tab."""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.components.base import _Keywords
from gradio.state_holder import SessionState

from assistant.app import Assistant
from assistant.office.people import ALONE
from ui import checking, deadlines, drafting, ledger, letters, office, overview, texts
from ui.chat import build_chat
from ui.gate import Gate


class Page(gr.Blocks):
    """A page on which it costs nothing to leave a part as it is.

    For every `gr.skip()` Gradio 6 makes the component anew: 2 ms for the parts that an answer leaves alone, each time
    that it grows.
    """

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: list[Any] | dict[str, Any], state: SessionState | None
    ) -> list[Any]:
        """Return what is sent of `predictions`, the values of an event's outputs."""
        if not isinstance(predictions, Sequence) or len(block_fn.outputs) < 2:
            return await super().postprocess_data(block_fn, predictions, state)
        skip = gr.skip()
        left = [isinstance(value, dict) and value == skip for value in predictions]
        # The word by which Gradio itself tells that an output gets nothing.
        values = [
            _Keywords.FINISHED_ITERATING if alone else value for alone, value in zip(left, predictions, strict=True)
        ]
        sent = await super().postprocess_data(block_fn, values, state)
        return [skip if alone else value for alone, value in zip(left, sent, strict=True)]


def build_page(assistant: Assistant, gate: Gate) -> gr.Blocks:
    """Return the page over `assistant`."""
    page = Page(title="公开助手", fill_height=True, fill_width=True, analytics_enabled=False)
    with page:
        masthead = gr.HTML(_masthead(""), elem_id="masthead")
        with gr.Tab("问答"):
            build_chat(assistant, gate, page)
        with gr.Tab("年报"):
            drafting.build_tab()
        with gr.Tab("检查"):
            checking.build_tab(assistant, gate)
        with gr.Tab("期限与费用"):
            deadlines.build_tab(assistant.desk)
        with gr.Tab("文书") as papers:
            letters.build_tab(assistant.desk, papers)
        with gr.Tab("台账") as register:
            ledger.build_tab(assistant.desk, register)
        with gr.Tab("语料") as corpus:
            texts.build_tab(assistant, gate, corpus)
        with gr.Tab("概览") as history:
            overview.build_tab(assistant, gate, history)
        with gr.Tab("管理", visible=False) as management:
            office.build_tab(assistant, gate, management)

        def fit_to_visitor(request: gr.Request) -> tuple[object, ...]:
            person = gate.person(request)
            gate.tidy()
            who = ("", "") if person.name == ALONE else (person.name, person.role)
            return _masthead(*who), gr.update(visible=person.may_manage)

        page.load(fit_to_visitor, None, [masthead, management], show_progress="hidden", api_visibility="private")
    return page


def _masthead(who: str, role: str = "") -> str:
    """The head of the page, with who is signed in and the ways out, where somebody is."""
    account = (
        f'<form class="out" method="post" action="/sign-out">'
        f'<span>{escape(who)}<span class="role">（{role}）</span></span>'
        '<a href="/password">修改密码</a><button>退出</button></form>'
        if who
        else ""
    )
    # Which of the two words is seen, the page's first style says.
    words = '<span class="to-dark">换深色</span><span class="to-light">换浅色</span>'
    theme = f'<button type="button" class="theme">{words}</button>'
    return (
        '<header class="masthead"><h1>公开助手</h1><p>政府信息公开 · 依据可查的回答</p>'
        f'<div class="account">{theme}{account}</div></header>'
    )
