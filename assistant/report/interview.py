"""The dialogue that leads to a draft, by rules: which body, which year, the figures, the draft, more notes.

A pure state machine: it is given the state, the message and the statistics of an uploaded file, and returns the next
state and what to say. Reading uploads, showing and saving are the caller's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from assistant.numbers import fold_width
from assistant.report.drafting.draft import ReportRules, draft_report
from assistant.report.drafting.sections import Draft
from assistant.report.entry import NOTE_KEYS, clean, parse_statistics
from assistant.report.errors import FormError, StatisticsError
from assistant.report.form_files import form_of_year
from assistant.report.tables import Facts, Statistics

_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_START = re.compile("(?:起草|草拟|拟写|编写|编制|撰写|写|生成|做).{0,24}(?:年报|年度报告)")
_AGENCY = re.compile(
    r"[\u4e00-\u9fff]{2,30}?(?:人民政府(?:办公室)?|委员会|管委会|街道办事处|局|厅|署|中心|办公室)(?=$|[\d，。、的 ])"
)
_LEAD = re.compile("^(?:请|帮我|帮忙|给|我们是|我是|起草|写|为|帮)+")
_PART = re.compile("第([一五六156])(?:部分|章)")
_ALL_ZERO = re.compile("(?:全部|都|均)(?:为零|是零|为0|是0|没有)|没有(?:收到)?任何申请")
_CONFIRM = re.compile("^(?:是|是的|确认|对|没错|属实|确实没有)[。！]?$")
_PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "一": ("proactive", "第一部分“主动公开”"),
        "五": ("problems", "第五部分“存在的主要问题”"),
        "六": ("other", "第六部分"),
    }
)
_DIGITS = {"1": "一", "5": "五", "6": "六"}


@dataclass(frozen=True)
class Interview:
    """How far the dialogue has come.

    Attributes:
        awaiting: `agency`, `year`, `figures`, `zero` (a confirmation), `notes:KEY`, or "" once there is a draft.
    """

    agency: str = ""
    year: int | None = None
    statistics: Statistics | None = None
    previous: Statistics | None = None
    draft: Draft | None = None
    awaiting: str = ""


@dataclass(frozen=True)
class Reply:
    """What to say, and the draft if there is a new one to show and to offer as a file."""

    text: str
    draft: Draft | None = None


def wants_draft(message: str) -> bool:
    """Whether a message asks for an annual report to be drafted."""
    return bool(_START.search(fold_width(message)))


def start_interview(message: str, rules: ReportRules) -> tuple[Interview, Reply]:
    """Begin from a message such as 「帮我起草示例市水务局2025年年报」."""
    folded = fold_width(message)
    year = _YEAR.search(folded)
    name = _AGENCY.search(_LEAD.sub("", _START.sub("", folded) if not year else folded.split(year[1])[0]))
    interview = Interview(agency=name[0] if name else "", year=int(year[1]) if year else None)
    return _ask(interview, rules)


def advance(
    interview: Interview, message: str, rules: ReportRules, uploaded: Statistics | None = None
) -> tuple[Interview, Reply]:
    """Return the next state and the reply to a message and, perhaps, an uploaded statistics file."""
    if uploaded is not None:
        return _take_upload(interview, uploaded, rules)
    text = clean(message)
    part = _PART.search(text)
    if interview.draft is not None and part:
        key, name = _PARTS[_DIGITS.get(part[1], part[1])]
        reply = f"请把{name}要补充的内容发给我，一行一条；我只写您给的事实，不会自己添加。"
        return replace(interview, awaiting=f"notes:{key}"), Reply(reply)
    if interview.awaiting == "agency":
        return _ask(replace(interview, agency=text[:60]), rules)
    if interview.awaiting == "year":
        year = _YEAR.search(fold_width(text))
        return _ask(replace(interview, year=int(year[1]) if year else None), rules)
    if interview.awaiting.startswith("notes:"):
        return _take_notes(interview, message, rules)
    if interview.awaiting == "figures" and _ALL_ZERO.search(fold_width(text)):
        question = (
            f"请再确认：{interview.year}年确实没有收到政府信息公开申请、没有行政复议、没有行政诉讼吗？确认请回复“是”。"
        )
        return replace(interview, awaiting="zero"), Reply(question)
    if interview.awaiting == "zero" and _CONFIRM.match(text):
        return _take_all_zero(interview, rules)
    return _ask(interview, rules)


def _ask(interview: Interview, rules: ReportRules) -> tuple[Interview, Reply]:
    """Ask for the first thing that is missing."""
    if not interview.agency:
        return replace(interview, awaiting="agency"), Reply("起草哪个机关的年度报告？请写机关全称。")
    if interview.year is None:
        return replace(interview, awaiting="year"), Reply(f"起草{interview.agency}哪一年度的报告？例如：2025年。")
    try:
        form = form_of_year(rules.forms, interview.year)
    except FormError as error:
        return replace(interview, year=None, awaiting="year"), Reply(str(error))
    text = (
        f"好，起草{interview.agency}{interview.year}年度的报告，用“{form.id}”表式（{form.document_number}）。\n"
        "请上传填好的统计表（xlsx、yaml 或 json）；有上一年度的也请上传，用来核对结转、写增减。\n"
        "还没有填的，可以先下载模板。申请、复议、诉讼全部为零的，请回复“全部为零”。"
    )
    return replace(interview, awaiting="figures"), Reply(text)


def _take_upload(interview: Interview, uploaded: Statistics, rules: ReportRules) -> tuple[Interview, Reply]:
    if interview.year is not None and uploaded.year == interview.year - 1:
        with_previous = replace(interview, previous=uploaded)
        if interview.statistics is not None:
            return _draft(with_previous, interview.statistics, rules)
        return with_previous, Reply(
            f"已收到{uploaded.year}年度的统计，作为上年数据。请再上传{interview.year}年度的统计表。"
        )
    if interview.year is not None and uploaded.year != interview.year:
        text = f"这份统计是{uploaded.year}年度的，要起草的是{interview.year}年度；请上传{interview.year}年度的统计表。"
        return interview, Reply(text)
    if interview.agency and fold_width(interview.agency) != fold_width(uploaded.agency):
        text = f"这份统计是“{uploaded.agency}”的，要起草的是“{interview.agency}”的报告；请检查后重新上传。"
        return interview, Reply(text)
    return _draft(replace(interview, agency=uploaded.agency, year=uploaded.year), uploaded, rules)


def _take_all_zero(interview: Interview, rules: ReportRules) -> tuple[Interview, Reply]:
    """Requests and cases are 0 as confirmed; 表二 stays open, since nobody has said anything about it."""
    assert interview.year is not None  # _ask has made sure of it
    government = interview.agency.endswith("人民政府")
    township = re.search("(?:镇|乡)人民政府$|街道办事处$", interview.agency)
    data: dict[str, Any] = {
        "form": form_of_year(rules.forms, interview.year).id,
        "agency": interview.agency,
        "level": "township" if township else "government" if government else "department",
        "year": interview.year,
        "requests": {"all_zero": True},
        "reviews": {"all_zero": True},
    }
    return _draft(interview, parse_statistics(data, rules.forms), rules)


def _take_notes(interview: Interview, message: str, rules: ReportRules) -> tuple[Interview, Reply]:
    key = interview.awaiting.removeprefix("notes:")
    assert interview.statistics is not None  # notes are asked for only once there is a draft
    notes = tuple(note for note in map(clean, message.splitlines()) if note)
    facts = interview.statistics.facts
    more = {**{name: facts.of(name) for name in NOTE_KEYS}, key: facts.of(key) + notes}
    statistics = replace(interview.statistics, facts=Facts(MappingProxyType(more), facts.last_year_problems))
    return _draft(interview, statistics, rules)


def _draft(interview: Interview, statistics: Statistics, rules: ReportRules) -> tuple[Interview, Reply]:
    try:
        draft = draft_report(statistics, interview.previous, rules)
    except StatisticsError as error:
        return interview, Reply(str(error))
    if draft.violations:
        lines = "\n".join(f"{finding.code}　{finding.message}" for finding in draft.violations)
        text = f"统计数据有{len(draft.violations)}处错误，先不起草；请改正后重新上传。\n{lines}"
        return replace(interview, awaiting="figures"), Reply(text)
    told = "\n".join(f"{finding.code}　{finding.message}" for finding in draft.warnings)
    text = "草稿写好了。" + (f"有{len(draft.warnings)}处请核实：\n{told}" if draft.warnings else "没有需要核实的地方。")
    text += "\n要补充某一部分，请说“第五部分再写具体些”。"
    return replace(interview, statistics=statistics, draft=draft, awaiting=""), Reply(text, draft)
