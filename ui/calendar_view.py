"""A deadline as a picture: the months with the days counted and skipped, the pauses, the first and the last day."""

import calendar as months
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from html import escape

from assistant.clock.dates import weekday_name, write_date
from assistant.clock.deadlines import Deadline, Pause

_WEEK = ("一", "二", "三", "四", "五", "六", "日")
# What a day is, in the order of the legend.
_KINDS = {
    "start": "起算之日，不计入",
    "counted": "计入（数字是第几天）",
    "make-up": "调休上班，照常计入",
    "rest": "周末、放假，跳过",
    "paused": "扣除的期间",
    "first-due": "延长前的最后一日",
    "due": "最后一日",
}
_MOST_MONTHS = 13


def show_calendar(deadline: Deadline, pauses: Sequence[Pause] = ()) -> str:
    """Return the months from the start to the last day as HTML; every day tells in words what it is."""
    first = deadline.start.replace(day=1) if deadline.counted else deadline.due.replace(day=1)
    shown = list(_months(first, deadline.due))[-_MOST_MONTHS:]
    days = dict(_days(deadline, pauses))
    used = {kind for kind, _, _ in days.values()}
    legend = "".join(
        f'<li><span class="day-{kind}">{"" if kind != "counted" else "1"}</span>{text}</li>'
        for kind, text in _KINDS.items()
        if kind in used
    )
    told = f"{deadline.rule.name}的日历，从{write_date(deadline.start)}到{write_date(deadline.due)}"
    body = "".join(_month(month, days) for month in shown)
    return (
        f'<figure class="months" aria-label="{escape(told)}"><div class="month-row">{body}</div>'
        f'<figcaption><ul class="legend">{legend}</ul></figcaption></figure>'
    )


def _days(deadline: Deadline, pauses: Sequence[Pause]) -> Iterator[tuple[date, tuple[str, str, str]]]:
    """Each day with its kind, what stands under its number, and what it is in words."""
    if deadline.counted:
        yield deadline.start, ("start", "", f"{deadline.rule.start}，不计入")
    make_up = {item.day: item.reason for item in deadline.make_up}
    for number, day in enumerate(deadline.counted, start=1):
        if day in make_up:
            yield day, ("make-up", str(number), f"第{number}天，{make_up[day]}调休上班，照常计入")
        else:
            yield day, ("counted", str(number), f"第{number}天")
    for item in deadline.skipped:
        paused = any(pause.first <= item.day <= pause.last for pause in pauses)
        holiday = item.reason.partition("放假")[0] if "放假" in item.reason else ""
        yield item.day, ("paused" if paused else "rest", holiday[:3], f"跳过：{item.reason}")
    if deadline.first_due:
        number = deadline.counted.index(deadline.first_due) + 1
        yield deadline.first_due, ("first-due", str(number), f"第{number}天，延长前的最后一日")
    length = str(len(deadline.counted)) if deadline.counted and deadline.due == deadline.counted[-1] else ""
    yield deadline.due, ("due", length, "最后一日")


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def _month(month: date, days: dict[date, tuple[str, str, str]]) -> str:
    head = "".join(f'<th scope="col" abbr="星期{name}">{name}</th>' for name in _WEEK)
    weeks = months.Calendar(firstweekday=0).monthdatescalendar(month.year, month.month)
    body = "".join(f"<tr>{''.join(_cells(week, month, days))}</tr>" for week in weeks)
    caption = f"{month.year}年{month.month}月"
    return (
        f'<table class="month"><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _cells(week: Iterable[date], month: date, days: dict[date, tuple[str, str, str]]) -> Iterator[str]:
    for day in week:
        if day.month != month.month:
            yield "<td></td>"
        elif day not in days:
            yield f'<td class="day"><b>{day.day}</b></td>'
        else:
            kind, under, words = days[day]
            told = f"{day.month}月{day.day}日（{weekday_name(day)}）：{words}"
            yield (
                f'<td class="day day-{kind}" title="{escape(told)}"><b>{day.day}</b><small>{escape(under)}</small>'
                f'<span class="told-only">{escape(words)}</span></td>'
            )
