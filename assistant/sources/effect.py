"""From when to when a text is in force, as it says itself or as the letter that brings it says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.numbers import parse_chinese_numeral
from assistant.sources.dates import DAY, add_years, parse_day

# A text that says more is damaged, or ours to misread: the day stays open for a person to enter.
_MOST_DAYS, _MOST_YEARS = 3650, 100
_TAIL = 8
_NUMERAL = "[零〇一二两三四五六七八九十百千]{1,9}"
_SINCE = r"(?:公布|发布|印发|下发|颁布|通过|发文|批准|签发)之日"
_KIND = (
    "法|条例|办法|规定|细则|规则|规程|决定|意见|通知|通告|公告|令|方案|标准|制度|指南|指引|目录|清单|解释|计划|规划"
    "|规范|守则|章程|要点|措施|预案|政策|批复|文件|文"
)
_EFFECT = re.compile(
    rf"(?P<self>本(?:[\u4e00-\u9fff]{{0,6}}?(?:{_KIND}))(?:（[^（）]{{1,10}}）)?|[，,。；]|^)\s*[自从于]"
    rf"(?:(?P<day>{DAY})|(?:本[\u4e00-\u9fff]{{1,4}})?(?P<since>{_SINCE}))(?:零时|0时)?起?[，,]?(?:满)?(?P<later>{_NUMERAL}|\d{{1,9}})?"
    r"(?:个?(?:自然)?日(?:后|起)|日)?(?:起)?(?:正式)?(?:施行|实施|执行|生效|试行|实行|启用)"
)
_NOTED_EFFECT = re.compile(rf"(?:自)?(?P<day>{DAY})(?:起)?(?:施行|实施|生效)")
_TERM = r"(?:有效期(?:限)?|试行期(?:限)?|暂行期(?:限)?|施行期限|执行期限|试行|施行|实施|执行)"
_UNTIL = re.compile(
    rf"(?:{_TERM}(?:暂定)?(?:为|自{DAY}起?)?[，,]?(?:截?至|到|截止(?:到|至)?)|[，,]至|有效至)(?P<day>{DAY})"
)
_YEARS = re.compile(
    rf"(?:有效期(?:限)?|试行期(?:限)?|暂行期(?:限)?|施行期限|执行期限|[，,]试行)(?:暂定)?(?:为)?(?P<years>\d{{1,3}}|{_NUMERAL})年"
)
_ARTICLE = re.compile(r"^第[零〇一二三四五六七八九十百千\d]{1,9}条")
_ANNEX = re.compile(r"^附\s?[件表录]")
_ENTER = "请用 --in-force-from 填写"


@dataclass(frozen=True, slots=True)
class Effect:
    """The first and last day in force, None where the text does not say; `note` is what a person should enter."""

    begins: date | None
    ends: date | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Stated:
    """A statement of effect: its day (None where that of issue is not known), whether the day is that of issue."""

    day: date | None
    at_issue: str
    line: str


def find_effect(
    rule: Sequence[str], head: Sequence[str], letters: Sequence[Sequence[str]], issued: date | None, amended: str
) -> Effect:
    """Return from when to when a text is in force.

    Args:
        rule: the lines of the text, gaps closed.
        head: those of them above the first article.
        letters: those that bring it, the nearest first.
        issued: day of this version.
        amended: 修正 or 修订, as what this version came to be, "" for a first version. The last article of an amended
            text may be the first version's, and then says nothing of this one.
    """
    own = _statements(rule, issued, letter=False)
    brought = [stated for letter in letters for stated in _statements(letter, issued, letter=True)]
    ends = next((end for end in (_end(s) for s in (*own, *brought)) if end), None) or _end_of(rule, own)
    begins, note = _begin(own, brought, head, issued, amended)
    years = next((years for s in (*own, *brought) if (years := _years(s.line))), 0) or _years_of(rule)
    if ends is None and begins is not None and years:
        ends = add_years(begins, years) - timedelta(days=1)
    return Effect(begins, ends, note)


def _begin(
    own: Sequence[_Stated], brought: Sequence[_Stated], head: Sequence[str], issued: date | None, amended: str
) -> tuple[date | None, str]:
    noted = [day for line in head for match in _NOTED_EFFECT.finditer(line) if (day := parse_day(match["day"]))]
    if noted:
        return noted[-1], ""
    stated = own[-1] if own else None
    theirs = next((one for one in brought if one.day), None)
    if stated and stated.day and not amended:
        return stated.day, ""
    if stated and stated.day and issued and stated.day >= issued and not (stated.at_issue and amended == "修正"):
        return stated.day, ""
    if theirs:
        return theirs.day, ""
    if stated and stated.day and issued:
        said = f"“自{stated.at_issue}起施行”" if stated.at_issue else f"施行日期（{stated.day.isoformat()}）"
        note = (
            f"文中的{said}是更早的版本的，没有写{issued.isoformat()}{amended}后的本版从哪天起施行；"
            f"{_ENTER}（见{amended}它的决定或公布令），填写以前查找时按{issued.isoformat()}起算。"
        )
        return None, note
    if since := next((one.at_issue for one in (*own, *brought) if one.at_issue), ""):
        return None, f"文中写明自{since}起施行，但没有找到那一天是哪天；{_ENTER}。"
    return None, f"没有找到施行日期，{_ENTER}。"


def _statements(lines: Sequence[str], issued: date | None, *, letter: bool) -> list[_Stated]:
    """Return what lines say of their own text's effect; what they say of another text's is not taken."""
    found = []
    body = len(lines) if letter else next((i for i, line in enumerate(lines) if i and _ANNEX.match(line)), len(lines))
    for place, line in enumerate(lines):
        if "起" not in line and "施行" not in line and "执行" not in line:
            continue
        for match in _EFFECT.finditer(line):
            named = match["self"].startswith("本")
            sentence = line[line.rfind("。", 0, match.start() + 1) + 1 : match.start()]
            of_another = "《" in sentence and not letter
            near_the_end = place >= min(len(lines), body) - _TAIL
            if not named and (of_another or not (letter or near_the_end)):
                continue
            if match["self"] in ("，", ",") and re.search(r"其中第[^，。]*$", sentence):
                continue
            day = parse_day(match["day"]) if match["day"] else issued
            days = _count(match["later"] or "0")
            day = day + timedelta(days=days) if day is not None and days <= _MOST_DAYS else None
            found.append(_Stated(day, match["since"] or "", line[match.start() :]))
    return found


def _end(stated: _Stated) -> date | None:
    match = _UNTIL.search(stated.line)
    return parse_day(match["day"]) if match else None


def _closing(rule: Sequence[str]) -> list[str]:
    """Return the lines of the last article, or the last lines of a text without articles, where a term stands."""
    end = next((i for i, line in enumerate(rule) if i and _ANNEX.match(line)), len(rule))
    last = max((i for i in range(end) if _ARTICLE.match(rule[i])), default=max(0, end - _TAIL))
    return [line for line in rule[last:end] if re.search(rf"本[\u4e00-\u9fff]{{0,6}}?(?:{_KIND})|^有效期", line)]


def _end_of(rule: Sequence[str], own: Sequence[_Stated]) -> date | None:
    matches = (_UNTIL.search(line) for line in _closing(rule))
    return next((parse_day(match["day"]) for match in matches if match), None)


def _years(line: str) -> int:
    match = _YEARS.search(line)
    years = _count(match["years"]) if match else 0
    return years if years <= _MOST_YEARS else 0


def _years_of(rule: Sequence[str]) -> int:
    return next((years for line in _closing(rule) if (years := _years(line))), 0)


def _count(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else parse_chinese_numeral(numeral.replace("两", "二"))
