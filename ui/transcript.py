"""A conversation on screen: its turns as chat messages, and as a Word file with its citations."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.office.conversations import Turn

STAGES = {
    "waiting": "现在提问的人较多，稍候……",
    "working": "正在办理…",
    "searching": "检索依据…",
    "checking": "检索依据 ✓　作答并核对引用…",
    "writing": "检索依据 ✓　核对引用 ✓",
}
UNFINISHED = "回答没有完成（程序重新启动过）。请按“重试”。"
_OPEN_REPORT = "在“年报”页打开，逐格核对、接着填"
_BRACKET = re.compile(r"\[(?:(\d{1,3})\])?")
# Invisible; it keeps what somebody typed from being read as markup, and is taken out where the text is edited.
_APART = "\u200b"

Message = dict[str, Any]


def as_messages(turns: Sequence[Turn], suggestions: Sequence[str] = ()) -> list[Message]:
    """Return two messages a turn; `suggestions` stand under the last answer."""
    messages: list[Message] = []
    for turn in turns:
        messages.append({"role": "user", "content": as_typed(turn.question)})
        answer = UNFINISHED if turn.answer is None else write_answer(turn.answer, turn.id)
        messages.append({"role": "assistant", "content": answer})
    if messages and suggestions:
        messages[-1]["options"] = [{"value": text, "label": text} for text in suggestions]
    return messages


def in_the_making(question: str, stage: str, text: str) -> list[Message]:
    """Return the two messages of a turn whose answer is being made."""
    shown = f"*{STAGES[stage]}*\n\n{_plain(text)}" if text else f"*{STAGES[stage]}*"
    return [{"role": "user", "content": as_typed(question)}, {"role": "assistant", "content": shown}]


def write_answer(answer: dict[str, Any], turn: int) -> str:
    """Return a stored answer as Markdown: what was checked, and each [n] a link to its source."""
    citations = answer.get("citations") or []
    known = {str(citation["marker"]) for citation in citations}

    def link(match: re.Match[str]) -> str:
        number = match[1]
        if number in known:
            return rf"[\[{number}\]](#s-{turn}-{number})"
        return rf"\[{number}\]" if number else r"\["

    text = _BRACKET.sub(link, _lines(str(answer["answer"])))
    verified = sum(citation["status"] == "verified" for citation in citations)
    said = f"*{STAGES['writing']}　{verified}/{len(citations)} 处已核验*\n\n" if citations else ""
    report = answer.get("report")
    return said + text + (f"\n\n[{_OPEN_REPORT}](#report-{report})" if report else "")


def state_of(citation: dict[str, Any], asked: date) -> str:
    """Return what was found of a citation, as it is shown: 已核验, 未核验, or 已失效 on the day asked."""
    until = citation["in_force_until"]
    if until is not None and date.fromisoformat(until) < asked:
        return "已失效"
    return "已核验" if citation["status"] == "verified" else "未核验"


def write_citation(citation: dict[str, Any], asked: date) -> str:
    """Return what is cited, and how it was found to be, as one line to be taken along with the answer."""
    kind = "原文" if citation["verbatim"] else "要点"
    place = f"《{citation['document']}》{citation['document_number']} {citation['clause']}".strip()
    return f"[{citation['marker']}] {place}（{kind}，{state_of(citation, asked)}）"


def feedback_of(turns: Sequence[Turn]) -> list[str | None]:
    """Return the feedback of every answer, in order."""
    return [turn.feedback for turn in turns]


def _plain(text: str) -> str:
    return _lines(text).replace("[", r"\[")


def _lines(text: str) -> str:
    """Single line breaks stay line breaks in Markdown, and tags stay text."""
    return re.sub(r"(?<!\n)\n(?!\n|[-*] )", "  \n", text).replace("<", "&lt;")


def as_typed(text: str) -> str:
    """Return what somebody typed so that tags, links and pictures in it are shown as typed."""
    return text.replace("<", f"<{_APART}").replace("]", f"]{_APART}")


def typed(text: str) -> str:
    """Return what was typed, of a text that `as_typed` gave."""
    return text.replace(_APART, "")


def write_transcript(title: str, turns: Sequence[Turn], path: Path) -> None:
    """Write the conversation with its citations as a Word file at `path`."""
    from assistant.documents.writing.paper import Body, Heading, Paper
    from assistant.documents.writing.word import write_word

    blocks: list[Body | Heading] = []
    for number, turn in enumerate(turns, start=1):
        answer = turn.answer or {"answer": UNFINISHED}
        blocks.append(Heading(f"{number}. {turn.question}", 2))
        lines = [line.replace("**", "").strip() for line in str(answer["answer"]).splitlines()]
        blocks += [Body(re.sub("^- ", "", line)) for line in lines if line and set(line) != {"-"}]
        for citation in answer.get("citations") or []:
            blocks.append(Body(f"{write_citation(citation, turn.asked.date())}：{citation['quote']}"))
        corpus = f"，资料库版本 {turn.corpus[:12]}" if turn.corpus else ""
        blocks.append(Body(f"（{turn.asked:%Y-%m-%d %H:%M}{corpus}）"))
    path.write_bytes(write_word(Paper((title,), tuple(blocks), "", "")))
