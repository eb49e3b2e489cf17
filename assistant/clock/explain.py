"""Deadlines and fees told in Chinese, line by line, as the command line and the chat show them."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from assistant.clock.dates import weekday_name, write_date
from assistant.clock.deadlines import Deadline, Skipped
from assistant.clock.fees import Fee
from assistant.clock.rules import FIXED_DATE, WORKING_DAY


def explain_deadline(deadline: Deadline) -> list[str]:
    """Return the due date, the working, the basis and the notes, a line each."""
    lines = [f"{deadline.rule.name}：最晚{_day(deadline.due)}。"]
    if deadline.unit != FIXED_DATE:
        lines.append(f"{deadline.rule.start}：{_day(deadline.start)}，当日不计入，从次日起算。")
        extended = "（含延长）" if deadline.extended else ""
        lines.append(f"期限：{deadline.days}{'个' if deadline.unit != '日' else ''}{deadline.unit}{extended}。")
        lines.append(f"计入：{'、'.join(_runs(deadline.counted))}。")
    else:
        lines.append("这是每年固定的日期，不从某一天起算，也不数工作日。")
    if deadline.skipped:
        lines.append(f"跳过：{'、'.join(_skipped_runs(deadline.skipped))}。")
    if deadline.make_up:
        days = "、".join(
            f"{_short(item.day)}（{weekday_name(item.day)}，{item.reason}调休）" for item in deadline.make_up
        )
        lines.append(f"调休上班、照常计入：{days}。")
    lines.append(f"依据：{'；'.join(deadline.basis)}。")
    lines.extend(f"注意：{note}" for note in deadline.notes)
    return lines


def explain_today(deadline: Deadline, today: date) -> str:
    """Return what is left of the period on `today`."""
    told = f"今天是{_day(today)}，"
    if today > deadline.due:
        return f"{told}期限已经在{write_date(deadline.due)}届满。"
    if today == deadline.due:
        return f"{told}是期限的最后一日。"
    if deadline.unit != WORKING_DAY:
        return f"{told}离最后一日还有{(deadline.due - today).days}日。"
    return f"{told}今天以后还有{sum(day > today for day in deadline.counted)}个工作日。"


def explain_fee(fee: Fee) -> list[str]:
    """Return the amount, each step, the basis and the notes, a line each."""
    measure = fee.scale.measure
    lines = [f"信息处理费：{fee.amount}{fee.unit}（{fee.scale.counts}：{fee.quantity}{measure}）。"]
    lines += [
        f"{s.span(measure)}：{s.count}{measure}×{s.rate}元＝{s.amount}元" if s.rate
        else f"{s.span(measure)}：免费"
        for s in fee.steps
    ]  # fmt: skip
    lines.append(f"依据：{fee.basis}。")
    lines.extend(f"注意：{note}" for note in fee.notes)
    lines.append(f"不得收取：{'；'.join(item for item, _ in fee.not_chargeable)}。")
    return lines


def _day(day: date) -> str:
    return f"{write_date(day)}（{weekday_name(day)}）"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _runs(days: Iterable[date]) -> Iterator[str]:
    """Days in a row as 1月6日至9日（4天）."""
    run: list[date] = []
    for day in [*days, None]:
        if run and (day is None or day != run[-1] + timedelta(days=1)):
            yield _span(run)
            run = []
        if day is not None:
            run.append(day)


def _skipped_runs(skipped: Iterable[Skipped]) -> Iterator[str]:
    """Days in a row with the reasons they share; a weekend is one reason."""
    run: list[Skipped] = []
    for item in [*skipped, None]:
        if run and (item is None or item.day != run[-1].day + timedelta(days=1) or _why(item) != _why(run[-1])):
            yield f"{_span([one.day for one in run])}{_why(run[-1])}"
            run = []
        if item is not None:
            run.append(item)


def _why(item: Skipped) -> str:
    return "周末" if item.reason in ("星期六", "星期日") else item.reason


def _span(run: list[date]) -> str:
    if len(run) == 1:
        return _short(run[0])
    last = f"{run[-1].day}日" if run[0].month == run[-1].month else _short(run[-1])
    return f"{_short(run[0])}至{last}（{len(run)}天）"
