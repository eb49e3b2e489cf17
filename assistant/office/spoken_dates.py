"""Days as people write them in a message: 1月5日, 去年12月5号, 上周五, 上个月28号, 三天前, 3月2日到20日.

A day without a year is the last such day that is not after today: staff speak of what has happened.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.clock.dates import add_months, parse_date
from assistant.errors import DateError
from assistant.numbers import fold_figures

_YEARS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}
_DAYS = {
    "大前天": 3,
    "前天": 2,
    "前日": 2,
    "昨天": 1,
    "昨日": 1,
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "明天": -1,
    "后天": -2,
}
_WEEKS = {"上上": 2, "上": 1, "这": 0, "本": 0, "下": -1}
_WEEKDAYS = "一二三四五六日"
_PATTERNS = (
    r"(?P<full>\d{4})[-/.年](?P<full_month>\d{1,2})[-/.月](?P<full_day>\d{1,2})[日号]?(?!\d)",
    r"(?<!\d)(?P<run>20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)",
    # 「1.5号收的」, 「11/10收到」: a day by what follows, 1.5万元 and 3.2版 are none.
    r"(?<![\d./-])(?P<dotted>\d{1,2}[./]\d{1,2})(?:[日号]|(?=收|接|签|来[件的]|到的|提交|递交|当面|寄|登记|确认|补正|印发|送|批|形成))",
    r"(?P<year>今年|本年|去年|上年|前年|明年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})(?:[日号]|(?![\d个件页份天]))",
    r"(?P<months>上上|上|这|本|当|下)个?月(?P<month_day>\d{1,2})[日号]",
    r"(?P<weeks>上上|上|这|本|下)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![一二三四五六日天])",
    rf"(?P<word>{'|'.join(_DAYS)})",
    r"(?P<ago>\d{1,3})天(?:以)?前",
    r"(?P<weeks_ago>\d)个?(?:周|星期|礼拜)(?:以)?前",
    # 「15日」 alone may be a length of time: it is a day only after 到, or before what happens on a day.
    r"(?<![\d月.〕\]）)】第])(?P<bare>(?<=[到至~-])\d{1,2}(?=[日号])|\d{1,2}(?=号|日[收签到至交提发寄接确补登]))[日号]",
)
_DAY = re.compile("|".join(_PATTERNS))
_TO = re.compile(r"(?:到|至|—+|-|~|–)(?:了)?$")


@dataclass(frozen=True, slots=True)
class SpokenDay:
    """A day in a message, or a span with its last day.

    Attributes:
        start, end: offsets in the folded text (`fold_figures`).
        last: the end of a span 「3月2日到20日」, else None.
        yearless: a month and a day were told, and the year is taken for granted.
    """

    start: int
    end: int
    day: date
    last: date | None = None
    yearless: bool = False

    def not_before(self, first: date) -> "SpokenDay":
        """Return the same day, or where its year was not told and it lies before `first`, that of the next year."""
        if not self.yearless or self.day >= first:
            return self
        return replace(self, day=add_months(self.day, 12), last=add_months(self.last, 12) if self.last else None)


def find_days(text: str, today: date) -> list[SpokenDay]:
    """Return the days and spans of `text`, left to right; offsets are those of `fold_figures(text)`.

    Raises:
        DateError: a day that does not exist (31 February).
    """
    folded = fold_figures(text)
    found: list[SpokenDay] = []
    for match in _DAY.finditer(folded):
        before = found[-1] if found else None
        joined = before and before.last is None and _TO.fullmatch(folded[before.end : match.start()])
        if before and joined:
            last = _span_end(match, before.day, today)
            found[-1] = replace(before, end=match.end(), last=last)
        else:
            yearless = bool(match["dotted"] or (match["month"] and not match["year"]))
            found.append(SpokenDay(match.start(), match.end(), _read(match, today), yearless=yearless))
    return found


def find_day(text: str, today: date) -> date | None:
    """Return the only day of `text`; None where there is none, or more than one."""
    days = find_days(text, today)
    return days[0].day if len(days) == 1 and days[0].last is None else None


def _read(match: re.Match[str], today: date) -> date:
    parts = match.groupdict()
    return next(read for kind, read in _READERS.items() if parts[kind])(match, today)


def _run_together(match: re.Match[str], _today: date) -> date:
    run = match["run"]
    return parse_date(f"{run[:4]}-{run[4:6]}-{run[6:]}")


def _dotted(match: re.Match[str], today: date) -> date:
    month, day = re.split(r"[./]", match["dotted"])
    return _yearless(month, day, match[0], today)


def _span_end(match: re.Match[str], first: date, today: date) -> date:
    """The end of a span, which lies after its beginning: the 20th of March in 3月2日到20日; 12月25日到1月4日."""
    if match["bare"]:
        return parse_date(f"{first.year}-{first.month}-{match['bare']}")
    if match["month"] and not match["year"]:
        last = parse_date(f"{first.year}-{match['month']}-{match['day']}")
        return last if last >= first else parse_date(f"{first.year + 1}-{match['month']}-{match['day']}")
    return _read(match, today)


def _full(match: re.Match[str], _today: date) -> date:
    return parse_date(f"{match['full']}-{match['full_month']}-{match['full_day']}")


def _month_and_day(match: re.Match[str], today: date) -> date:
    month, day = match["month"], match["day"]
    if match["year"]:
        return parse_date(f"{today.year + _YEARS[match['year']]}-{month}-{day}")
    return _yearless(month, day, match[0], today)


def _yearless(month: str, day: str, said: str, today: date) -> date:
    for found in _each_year(today, f"{month}-{day}"):
        if found <= today:
            return found
    raise DateError(f"日期“{said}”不是真实存在的日子，请核对年、月、日。")


def _each_year(today: date, month_and_day: str) -> Iterator[date]:
    """That day of this year and of the years before; 29 February only of leap years."""
    for year in range(today.year, today.year - 9, -1):
        try:
            yield parse_date(f"{year}-{month_and_day}")
        except DateError:
            continue


def _month_told(match: re.Match[str], today: date) -> date:
    back = {"上上": 2, "上": 1, "下": -1}.get(match["months"], 0)
    index = today.year * 12 + today.month - 1 - back
    return parse_date(f"{index // 12}-{index % 12 + 1}-{match['month_day']}")


def _weekday(match: re.Match[str], today: date) -> date:
    number = _WEEKDAYS.index(match["weekday"].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    if match["weeks"]:
        return monday + timedelta(days=number - 7 * _WEEKS[match["weeks"]])
    day = monday + timedelta(days=number)
    return day if day <= today else day - timedelta(days=7)


def _bare(match: re.Match[str], today: date) -> date:
    day = int(match["bare"])
    for back in range(13):
        index = today.year * 12 + today.month - 1 - back
        try:
            found = parse_date(f"{index // 12}-{index % 12 + 1}-{day}")
        except DateError:
            continue
        if found <= today:
            return found
    raise DateError(f"日期“{match[0]}”不是真实存在的日子，请核对。")


_READERS: dict[str, Callable[[re.Match[str], date], date]] = {
    "full": _full,
    "run": _run_together,
    "dotted": _dotted,
    "month": _month_and_day,
    "months": _month_told,
    "weekday": _weekday,
    "word": lambda match, today: today - timedelta(days=_DAYS[match["word"]]),
    "ago": lambda match, today: today - timedelta(days=int(match["ago"])),
    "weeks_ago": lambda match, today: today - timedelta(weeks=int(match["weeks_ago"])),
    "bare": _bare,
}
