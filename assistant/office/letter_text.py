"""The sentences of a letter: templates filled in a sandbox, the opening of a reply, quotations of imported articles."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.clock.dates import write_date
from assistant.numbers import write_chinese_numeral
from assistant.office.letter_kinds import LetterKinds

# (document title, clause) → the official wording where the office has imported it, else None.
Quotation = Callable[[str, str], str | None]


def opening(context: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """How a reply begins: when the request came, what it asked, and what happened to the period since."""
    if values["received"] is None:
        return ""
    by = f"以{context['channel_name']}方式" if values["channel"] else ""
    parts = [
        f"本机关于{write_date(values['received'])}收到{context['you']}{by}提交的政府信息公开申请，"
        f"申请公开的内容是：{values['request']}。"
    ]
    if values["corrected"]:
        parts.append(f"经告知补正，本机关于{write_date(values['corrected'])}收到补正的申请。")
    if values["extended"]:
        parts.append("本机关已经依法告知延长答复期限。")
    for pause in values["pauses"] or ():
        parts.append(f"{write_date(pause.first)}至{write_date(pause.last)}为征求意见的时间，不计算在答复期限内。")
    return "".join(parts)


def render(template: str, context: Mapping[str, Any]) -> str:
    """Return `template` filled; a variable that `context` lacks raises, so that no letter has a silent hole."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters.update(date=write_date, listing=_listing, in_line=_in_line)
    return environment.from_string(template).render(context)


def _listing(items: list[str]) -> str:
    """One thing in the sentence itself, several as paragraphs of their own."""
    if len(items) == 1:
        return f"{items[0]}。"
    last = len(items)
    return "".join(
        f"\n（{write_chinese_numeral(number)}）{item}{'。' if number == last else '；'}"
        for number, item in enumerate(items, start=1)
    )


def _in_line(items: list[str]) -> str:
    if len(items) == 1:
        return f"{items[0]}。"
    return "；".join(f"（{number}）{item}" for number, item in enumerate(items, start=1)) + "。"


def quoted(kinds: LetterKinds, cited: Mapping[tuple[str, str], None], quotation: Quotation | None) -> list[str]:
    """Return a line for each cited article whose official wording is known."""
    if quotation is None:
        return []
    lines = []
    for name, clause in cited:
        words = quotation(kinds.documents[name].title, clause)
        if words:
            wording = re.sub(r"\s+", "", words)
            lines.append(f"《{kinds.documents[name].title}》{clause}规定：“{wording}”")
    return lines
