"""A file that is dropped into the chat: statistics begin a draft, a report is checked, a law is for the corpus."""

import re
from pathlib import Path
from typing import Any

from assistant.app import Assistant
from assistant.errors import InputError
from ui.running import Memory, spoken
from ui.talk import STATISTICS, take_statistics

_REPORT = re.compile("政府信息公开(?:工作)?年度报告|信息公开工作年报")
_ARTICLE = re.compile("^第[一二三四五六七八九十百]+条[\\s　]", re.MULTILINE)
_ARTICLES = 3
_HEAD = 4000
_UNKNOWN = (
    "看不出这是什么文件。"
    "可以拖进来的有：填好的统计表（起草年度报告）、写好的年度报告（核对）、法规原文（由管理员入库）。"
)
_REGULATION = "这像是一份法规或者文件。入库由管理员办理：gongkai corpus add 文件。入库以后，回答里引用的就是它的原文。"


def take_file(assistant: Assistant, path: Path, memory: Memory) -> tuple[dict[str, Any], Memory]:
    """Return what follows the file as an answer, and what the conversation remembers after it."""
    from assistant.documents.opening import load_document

    drafting = memory.interview is not None and memory.interview.draft is None
    # In the middle of a draft, a finished report is last year's.
    if drafting or path.suffix.lower() in STATISTICS[1:]:
        return take_statistics(assistant, path, memory)
    try:
        text = load_document(path).text
    except InputError as error:
        return spoken(str(error)), memory
    if _REPORT.search(text[:_HEAD]) and path.suffix.lower() != ".xlsx":
        return _check(assistant, path), memory
    if len(_ARTICLE.findall(text)) >= _ARTICLES:
        return spoken(_REGULATION), memory
    if path.suffix.lower() == STATISTICS[0]:
        return take_statistics(assistant, path, memory)
    return spoken(_UNKNOWN), memory


def _check(assistant: Assistant, path: Path) -> dict[str, Any]:
    from assistant.report.check_command import tell_check

    try:
        return spoken(tell_check(assistant.check(path)))
    except InputError as error:
        return spoken(str(error))
