"""The door for agents: a Model Context Protocol server over stdio, five tools, the JSON of the command line.

What is printed belongs to the protocol; messages go to standard error.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

from pydantic import Field

from assistant.api import asked, shapes
from assistant.errors import GongkaiError

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from assistant.app import Assistant

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_INSTRUCTIONS = (
    "政府信息公开（中国）：回答都带条文依据，status 为 verified 的引用由程序核对过；declined 为 true 就是没有依据，"
    "请如实转告，不要自己补充。期限、费用由程序按规定计算。"
)
_AsOf = Annotated[str | None, Field(description="按哪一天有效的规定，如 2026-01-05；不写就是今天。")]
_Question = Annotated[str, Field(max_length=asked.LONGEST_QUESTION, description="要问的事，中文。")]


def build_server(assistant: "Assistant") -> "MCPServer[Any]":
    """Return the server over `assistant`."""
    from mcp.server import MCPServer
    from mcp_types import ToolAnnotations

    server: MCPServer[Any] = MCPServer(
        "gongkai", title="公开助手", version=version("gongkai"), instructions=_INSTRUCTIONS, log_level="ERROR"
    )
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False, idempotent_hint=True)

    @server.tool(title="提问", annotations=reads)
    @_told
    def ask(
        question: _Question,
        as_of: _AsOf = None,
        history: Annotated[list[str] | None, Field(description="同一件事先前的问题，从早到晚。")] = None,
    ) -> shapes.Answer:
        """回答一个政府信息公开的问题，每个结论带条文依据；没有依据的不回答，说明原因。"""
        question_asked = asked.Question(question=question, as_of=as_of, history=history or [])
        return shapes.Answer.model_validate(asked.ask(assistant, question_asked, _today()))

    @server.tool(title="查条文", annotations=reads)
    @_told
    def search(
        words: _Question, k: Annotated[int, Field(ge=1, le=100, description="几条。")] = 10, as_of: _AsOf = None
    ) -> list[shapes.Hit]:
        """在资料库里查找条文，最接近的在前。"""
        return [shapes.Hit.model_validate(row) for row in asked.search(assistant, words, k, as_of, _today())]

    @server.tool(title="核对年报", annotations=reads)
    @_told
    def check(
        report: Annotated[str, Field(description="写好的年度报告在本机的路径：docx、pdf、网页、xlsx、文字、图片。")],
        previous: Annotated[str | None, Field(description="上一年度的报告或统计文件在本机的路径。")] = None,
    ) -> shapes.Checked:
        """核对一份写好的政府信息公开工作年度报告：逐处说明哪里不对、依据是什么。"""
        found = asked.check(assistant, Path(report), Path(previous) if previous else None)
        return shapes.Checked.model_validate(found)

    @server.tool(title="推算期限", annotations=reads)
    @_told
    def deadline(
        rule: Annotated[str, Field(description=f"期限规则：{_rules(assistant)}。")],
        start: Annotated[str, Field(description="起算之日，如 2026-01-05。")],
        received_by: Annotated[str | None, Field(description="提交渠道：当面、邮寄、平信、互联网、传真。")] = None,
        confirmed: Annotated[str | None, Field(description="与申请人确认之日（平信、互联网、传真）。")] = None,
        corrected: Annotated[str | None, Field(description="收到补正的申请之日；期限从这天重新计算。")] = None,
        extended: Annotated[bool, Field(description="已经延长期限。")] = False,
        pauses: Annotated[list[asked.Span] | None, Field(description="征求意见的起止日期。")] = None,
    ) -> dict[str, Any]:
        """哪天到期，数了哪些日子，跳过哪些日子，依据是什么。"""
        facts = asked.DeadlineFacts(
            rule=rule, start=start, received_by=received_by, confirmed=confirmed, corrected=corrected,
            extended=extended, pauses=pauses or [],
        )  # fmt: skip
        return _plain(asked.deadline(assistant, facts, _today()))

    @server.tool(title="计算费用", annotations=reads)
    @_told
    def fee(
        requests: Annotated[int | None, Field(description="按件：同一申请人一个自然月的申请件数。")] = None,
        pages: Annotated[int | None, Field(description="按量：一件申请提供的页数。")] = None,
        already: Annotated[int, Field(description="按件时，本月已经收过费的件数。")] = 0,
        on: _AsOf = None,
    ) -> dict[str, Any]:
        """计算信息处理费，按件（requests）或者按量（pages），写出每一档。"""
        facts = asked.FeeFacts(requests=requests, pages=pages, already=already, on=on)
        return _plain(asked.fee(assistant, facts, _today()))

    return server


def _told(tool: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Return `tool` with what a user should know told to the agent in its Chinese line."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def call(*args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        try:
            return tool(*args, **kwargs)
        except GongkaiError as error:
            raise ToolError(str(error)) from None

    return call


def _rules(assistant: "Assistant") -> str:
    return "、".join(f"{rule.key} {rule.name}" for rule in assistant.desk.rules.rules.values())


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Return the value with its dates written as the command line prints them."""
    from pydantic_core import to_jsonable_python

    plain: dict[str, Any] = to_jsonable_python(value)
    return plain


def _today() -> date:
    return datetime.now().astimezone().date()
