"""Dates as staff write them, and calendar months added as periods of law are counted."""

import calendar
import re
from datetime import date

from assistant.errors import DateError

_WRITTEN = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
# No rule here is older, and a later year is a slip of the pen.
_YEARS = range(1949, 2200)
_WEEKDAYS = "一二三四五六日"


def parse_date(text: str, name: str = "日期") -> date:
    """Return the date that `text` writes: 2026-01-05, 2026/1/5, 2026.1.5 or 2026年1月5日.

    Args:
        text: what was entered.
        name: what the date is, for the message.
    Raises:
        DateError: another form, or a day that does not exist (31 February).
    """
    if not text.strip():
        raise DateError(f"请写明{name.strip()}，例如 2026-01-05。")
    match = _WRITTEN.match(text.strip())
    if match is None:
        raise DateError(f"{name}“{text}”读不懂，请写成 2026-01-05 的样子。")
    if int(match[1]) not in _YEARS:
        raise DateError(f"{name}“{text}”的年份不对，请核对。")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise DateError(f"{name}“{text}”不是真实存在的日子，请核对年、月、日。") from error


def write_date(day: date) -> str:
    """Return the date as official documents write it: 2026年1月5日, without leading zeros (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


def weekday_name(day: date) -> str:
    """Return 星期一 … 星期日."""
    return f"星期{_WEEKDAYS[day.weekday()]}"


def add_months(start: date, months: int) -> date:
    """Return the day of the same number `months` later, or that month's last day where it has no such day.

    31 August + 6 months is 28 February, or 29 February in a leap year.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
