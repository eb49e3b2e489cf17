"""A file that is dropped into the chat: statistics begin a draft, a report is checked, a law is for the corpus."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant.app import Assistant
from assistant.errors import GongkaiError, InputError
from assistant.numbers import fold_width
from ui.running import Memory, Run, spoken
from ui.talk import STATISTICS, take_statistics

_REPORT = re.compile("政府信息公开(?:工作)?年度报告|信息公开工作年报")
_ARTICLE = re.compile("^第[一二三四五六七八九十百]+条[\\s　]", re.MULTILINE)
_ARTICLES = 3
_HEAD = 4000
_ASK = "\n要看算式和依据，可以接着问，例如：为什么 {code} 不对？第2处怎么改？"
_UNKNOWN = (
    "看不出这是什么文件。"
    "可以拖进来的有：填好的统计表（起草年度报告）、写好的年度报告（核对）、法规原文（由管理员入库）。"
)
_FOR_ADMINISTRATORS = "这像是一份法规或者文件。入库由管理员办理，请把它交给管理员；入库以后，回答里引用的就是它的原文。"
_OFFER = (
    "这像是一份法规或者文件：{name}。要加入资料库吗？加入以后，回答里引用的就是它的原文；在“语料”页可以看、可以删。"
)
ADD = "加入资料库"
_LEAVE = "不用"
_GONE = "请先把要加入资料库的文件拖进来。"


def take_file(assistant: Assistant, path: Path, memory: Memory, manages: bool = False) -> tuple[dict[str, Any], Memory]:
    """Return what follows the file as an answer, and what the conversation remembers after it.

    Args:
        manages: whoever dropped it may change the corpus.
    """
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
        return _check(assistant, path, memory)
    if len(_ARTICLE.findall(text)) >= _ARTICLES:
        if not manages:
            return spoken(_FOR_ADMINISTRATORS), memory
        return spoken(_OFFER.format(name=path.name)) | {"options": [ADD, _LEAVE]}, replace(memory, offered=path)
    if path.suffix.lower() == STATISTICS[0]:
        return take_statistics(assistant, path, memory)
    return spoken(_UNKNOWN), memory


def in_order(assistant: Assistant, message: str, files: Sequence[Path]) -> list[str | Path]:
    """Return a message and the files beside it in the order in which they are to be taken.

    A wish for a draft comes before its figures, last year's report before this year's; a message that only says what
    the file is needs no answer of its own.
    """
    from assistant.report.interview_wish import wants_draft

    said = [message] if message.strip() else []
    if not files or not said:
        return [*files, *said]
    if wants_draft(message):
        return [*said, *sorted(files, key=lambda path: path.suffix.lower() in STATISTICS)]
    presents = assistant.report_rules.interview.says("presents", fold_width(message))
    return [*files] if presents else [*files, *said]


def take_offer(
    assistant: Assistant, message: str, memory: Memory, today: date, run: Run
) -> tuple[dict[str, Any], Memory] | None:
    """Return what becomes of a text that was offered to the corpus; None where the message does not speak of it.

    The caller has made sure that who answers may change the corpus.
    """
    from assistant.sources.intake import Told
    from ui.texts_view import tell_added

    if message.strip() == _LEAVE and memory.offered:
        return spoken("好，没有加入资料库。"), replace(memory, offered=None)
    if message.strip() != ADD:
        return None
    if memory.offered is None or not memory.offered.is_file():
        return spoken(_GONE), replace(memory, offered=None)
    run.firm = True
    try:
        outcomes = assistant.holdings.add([memory.offered], Told(), today, run.tell)
    except GongkaiError as error:
        return spoken(str(error)), memory
    added = {"added": outcomes[0].id} if outcomes[0].id else {}
    return spoken(tell_added(outcomes[0])) | added, replace(memory, offered=None)


def _check(assistant: Assistant, path: Path, memory: Memory) -> tuple[dict[str, Any], Memory]:
    """Say what is found in a report, and remember it for what is asked about it."""
    from assistant.report.check_command import tell_check
    from ui.check_files import write_marked_copies

    try:
        checked = assistant.check(path)
    except InputError as error:
        return spoken(str(error)), memory
    word, page = write_marked_copies(checked, Path(tempfile.mkdtemp()))
    hint = _ASK.format(code=checked.findings[0].code) if checked.findings else ""
    told = f"{tell_check(checked)}{hint}\n要看标在原处的问题，请到“检查”页，或者下载下面的标注稿。"
    return spoken(told, (word or page,)), replace(memory, checked=checked)
