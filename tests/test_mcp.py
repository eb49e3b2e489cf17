"""`gongkai mcp`, driven over stdio by the client of the protocol's own package."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from tests.conftest import apart

REPORT = Path(__file__).parents[1] / "corpus" / "reports" / "zibo-government-offices-2019.yaml"


@pytest.fixture(scope="module")
def said(assistant, data_folder, tmp_path_factory):
    """What the server says to a conversation of one client, by name of the call."""
    from assistant.report.command import draft_files

    folder = tmp_path_factory.mktemp("mcp")
    draft_files(REPORT.parents[1], REPORT, None, folder / "年报.docx", None, None, force=False)
    calls = {
        "ask": ("ask", {"question": "收到申请后几天内要答复？"}),
        "follow-up": ("ask", {"question": "那要是对方不回呢？", "history": ["征求第三方意见给几天？"]}),
        "declined": ("ask", {"question": "今天天气怎么样"}),
        "search": ("search", {"words": "补正", "k": 3}),
        "check": ("check", {"report": str(folder / "年报.docx")}),
        "deadline": ("deadline", {"rule": "reply", "start": "2026-01-05",
                                  "pauses": [{"from": "2026-01-10", "until": "2026-01-20"}]}),
        "fee": ("fee", {"requests": 35}),
        "no such day": ("deadline", {"rule": "reply", "start": "2026-02-31"}),
        "no such file": ("check", {"report": str(folder / "没有.docx")}),
        "both fees": ("fee", {"requests": 1, "pages": 1}),
    }  # fmt: skip

    async def talk():
        server = StdioServerParameters(
            command=sys.executable,
            args=["-c", "from assistant.cli import main; main()", "mcp"],
            env={**os.environ, "GONGKAI_DATA_DIR": str(data_folder)},
        )
        async with Client(server, read_timeout_seconds=60) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            return tools, {name: await client.call_tool(*call) for name, call in calls.items()}

    return apart(asyncio.run, talk())


def test_the_five_tools_are_described_in_chinese_and_change_nothing(said):
    tools, _ = said
    assert set(tools) == {"ask", "search", "check", "deadline", "fee"}
    for tool in tools.values():
        assert any("一" <= letter <= "鿿" for letter in tool.description)
        assert tool.annotations.read_only_hint
    assert "reply 答复政府信息公开申请" in tools["deadline"].input_schema["properties"]["rule"]["description"]


def test_an_answer_has_its_citations(said):
    answer = said[1]["ask"].structured_content
    assert (answer["citations"][0]["clause"], answer["citations"][0]["status"]) == ("第三十三条第二款", "verified")
    assert said[1]["follow-up"].structured_content["citations"][0]["article"] == 32
    declined = said[1]["declined"].structured_content
    assert declined["declined"]
    assert declined["citations"] == []


def test_what_is_found_and_computed_is_that_of_the_command_line(said):
    assert said[1]["search"].structured_content["result"][0]["article"] == 30
    assert said[1]["deadline"].structured_content["due"] == "2026-02-11"
    assert said[1]["fee"].structured_content["amount"] == 3000
    assert said[1]["check"].structured_content["year"] == 2019


@pytest.mark.parametrize(
    ("name", "says"),
    [("no such day", "不是真实存在的日子"), ("no such file", "找不到这个文件"), ("both fees", "选一种")],
)
def test_what_is_wrong_is_told_to_the_agent_in_words(said, name, says):
    result = said[1][name]
    assert result.is_error
    assert says in result.content[0].text
    assert "Traceback" not in result.content[0].text
