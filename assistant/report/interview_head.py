"""The body and the year that a message names: 「我们是青石县水利局」, 「25年」."""

import re

from assistant.report.interview_words import InterviewWords

_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_SHORT_YEAR = re.compile(r"^(\d\d)年度?(?:的)?[。]?$")
_AGENCY = re.compile(
    r"[\u4e00-\u9fff]{2,30}?(?:人民政府(?:办公室)?|委员会|管委会|街道办事处|局|厅|署|中心|办公室)"
    r"(?=$|[\d，。、的 ]|年报|年度)"
)
_LEAD = re.compile(
    "^(?:请|帮我|帮忙|给|我们(?:单位|局|这里)?(?:是|叫)|我(?:单位|局)?是|单位(?:名称)?是|起草|写|为|帮|[:：，,])+"
)
_LONGEST, _SHORTEST = 60, 3


def agency_in(folded: str, year: int | None) -> str:
    """Return the body that a wish for a report names, before its year or after it; "" where it names none."""
    before, _, after = folded.partition(str(year)) if year else (folded, "", "")
    for part in (before, after.lstrip("年度的")):
        if found := _AGENCY.search(_LEAD.sub("", part)):
            return found[0]
    return ""


def agency_named(text: str, words: InterviewWords) -> str:
    """Return the body that an answer names, which may be of any kind; "" where it names none."""
    name = _LEAD.sub("", text).rstrip("。，,.!！ ")[:_LONGEST]
    return "" if len(name) < _SHORTEST or words.says("unknown", name) else name


def year_named(folded: str) -> int | None:
    """Return the year that a message names, 25年 too where it says nothing else; None where it names none."""
    if found := _YEAR.search(folded):
        return int(found[1])
    return 2000 + int(short[1]) if (short := _SHORT_YEAR.match(folded)) else None
