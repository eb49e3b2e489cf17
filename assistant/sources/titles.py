"""Finds the title of an official text among its first lines."""

import re
from collections.abc import Sequence

from assistant.documents.blocks import Document
from assistant.documents.characters import close_gaps
from assistant.sources.issue import BETWEEN_BODIES

_FIRST_LINES = 15
_ENDING = re.compile(
    r"(?:法|法典|条例|规定|办法|细则|规则|规程|通知|通报|意见|决定|决议|解释|批复|复函|答复|函|公告|通告|报告|方案|计划|规划|要点|制度|指南|指引"
    r"|目录|清单|格式|标准|规范|守则|章程|纪要|汇编|说明)(?:[（(〔][^（）()]{1,20}[）)〕])?$"
)
_NO_TITLE = re.compile(
    r"[。；？！]|^[（(].*[）)]$|^[一二三四五六七八九十]{1,3}、|^第[零〇一二三四五六七八九十百千\d]+[条章节编号]|文件$|^\S{2,6}[：:]|[：:]$|^目录?\s*录$|^附件|^\d|令$|^[—\-\s]*\d+[—\-\s]*$"
    r"|〔\d{4}〕|\[\d{4}\]|^第?[\d零一二三四五六七八九十百]+号$|(?:令|公告)\s?第"
)
_DATED = re.compile(r"[（(]?\d{4}[-年.]?\d{0,2}[-月.]?\d{0,2}日?[）)]?$")


_MATTER = re.compile("关于|转发|印发|批转")


def close_title(line: str) -> str:
    """Return a line without its gaps, but for one space between the bodies that a joint text names in its title."""
    matter = _MATTER.search(line)
    bodies = BETWEEN_BODIES.split(line[: matter.start()]) if matter else []
    return " ".join(map(close_gaps, bodies)) + close_gaps(line[matter.start() :]) if matter else close_gaps(line)


def find_title(document: Document, lines: Sequence[str]) -> str:
    """Return the title: the page's own statement, a marked heading, or the line of the head that reads as one.

    Args:
        lines: the paragraphs, each as `close_title` leaves it.

    The file's name stands in where the text shows no title.
    """
    stated = _DATED.sub("", close_title(document.declared.get("title", "")))
    if document.kind == "html" and _ENDING.search(stated):
        # The page's statement may leave out what the title itself says in full.
        full = (
            line
            for line in lines[:_FIRST_LINES]
            if stated in line and _ENDING.search(line) and not _NO_TITLE.search(line)
        )
        return next(full, stated)
    marked = [close_title(p.text) for p in document.paragraphs[:_FIRST_LINES] if p.level == 1]
    if all(map(_NO_TITLE.search, marked)):
        # What is marked are the headings of chapters.
        marked = []
    head = marked or list(lines[:_FIRST_LINES])
    for number, line in enumerate(head):
        if _NO_TITLE.search(line) or len(line) > 80:
            continue
        if _ENDING.search(line):
            return line
        # A long title is set in two or three lines.
        for more in (2, 3):
            whole = "".join(head[number : number + more])
            parts = head[number + 1 : number + more]
            if (
                len(parts) == more - 1
                and _ENDING.search(whole)
                and not any(map(_NO_TITLE.search, parts))
                and len(whole) < 100
            ):
                return whole
    fallback = next((line for line in head if not _NO_TITLE.search(line) and 4 <= len(line) <= 60), "")
    return (marked and fallback) or stated or fallback or _DATED.sub("", document.path.stem)


_VERSION = re.compile(r"（(?:(?:19|20)\d\d年?(?:\d{1,2}月\d{1,2}日)?(?:修[订正改]|公布|版|本)*|修[订正])）$")


def bare_title(title: str) -> str:
    """Return a title without 《》 and 中华人民共和国, brackets in full width; a version that it names stays in it."""
    return re.sub(r"\s", "", title).strip("《》").removeprefix("中华人民共和国").replace("(", "（").replace(")", "）")


def plain_title(title: str) -> str:
    """Return a title by which versions of one text know each other: without 《》, 中华人民共和国 and the version."""
    name = bare_title(title)
    return _VERSION.sub("", name) or name
