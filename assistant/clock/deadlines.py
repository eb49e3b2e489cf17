"""Due dates: the days counted and skipped, each with its reason, from the rules and a working calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from assistant.clock.calendar import WorkingCalendar
from assistant.clock.dates import add_months, weekday_name, write_date
from assistant.clock.receiving import receiving_day, restart
from assistant.clock.rules import DAY, FIXED_DATE, WORKING_DAY, DeadlineRule, DeadlineRules, RuleVersion
from assistant.errors import DeadlineError

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count, from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that does not count, and why."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date with its working.

    Attributes:
        entered: the day that was entered; `start` is the day the period starts from (itself not counted).
        due: the last day on which the thing can be done in time.
        days: length in `unit`, the extension included; None for a fixed date.
        counted: the days that count, in order; the last is the period's last day before any move.
        skipped: the days between that do not count.
        make_up: counted weekend days, with the holiday they make up for.
        first_due: of an extended period, the last day of the original one.
        notes: what else the law says of it, and what to watch.
    """

    rule: DeadlineRule
    entered: date
    start: date
    due: date
    days: int | None
    unit: str
    extended: bool
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]
    make_up: tuple[Skipped, ...]
    first_due: date | None
    basis: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the value that `gongkai deadline --json` prints."""
        return {
            "rule": self.rule.key,
            "name": self.rule.name,
            "start": self.start,
            "start_event": self.rule.start,
            "due": self.due,
            "due_weekday": weekday_name(self.due),
            "days": self.days,
            "unit": self.unit,
            "extended": self.extended,
            "first_due": self.first_due,
            "counted": list(self.counted),
            "skipped": [{"date": item.day, "reason": item.reason} for item in self.skipped],
            "make_up": [{"date": item.day, "reason": item.reason} for item in self.make_up],
            "basis": "；".join(self.basis),
            "notes": list(self.notes),
        }


@dataclass(slots=True)
class _Count:
    """A period while its days are told."""

    counted: list[date] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    make_up: list[Skipped] = field(default_factory=list)


def compute_deadline(
    rules: DeadlineRules,
    calendar: WorkingCalendar,
    key: str,
    start: date,
    *,
    received_by: str | None = None,
    confirmed: date | None = None,
    corrected: date | None = None,
    extended: bool = False,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
) -> Deadline:
    """Return the due date of rule `key`.

    Args:
        start: the day of the rule's start event; with `confirmed`, the day the request arrived.
        received_by: the channel (key, name or everyday word), for rules that start with a request.
        confirmed: the day on which both sides confirmed it, for channels that want that.
        corrected: the day the corrected request came; the period starts anew from it.
        extended: whether the period was made longer.
        pauses: time that does not count, both ends included.
        today: refuses a start later than this, for events that must have happened.
    Raises:
        DeadlineError: an unknown rule or channel, a start in the future, a pause before the start or overlapping
            another, or an option that the rule does not know.
        CalendarCoverageError: a year in the span has no calendar.
    """
    rule = rules.rule(key)
    version = rule.version_on(start) if rule.versions[0].month_day is None else None
    notes: list[str] = []
    basis: list[str] = []
    begin = receiving_day(rules, rule, start, received_by, confirmed, notes, basis)
    begin = restart(rule, begin, corrected, notes)
    if today is not None and rule.past and max(start, begin) > today:
        raise DeadlineError(f"{rule.start}写的是{max(start, begin)}，晚于今天{today}；请核对日期。")
    if version is None:
        _refuse(rule, extended, pauses)
        return _next_fixed_date(rule, calendar, start, begin)
    version = rule.version_on(begin)
    ordered = _check_pauses(rule, version, begin, pauses)
    if extended and not version.extension:
        raise DeadlineError(f"“{rule.name}”的期限没有规定可以延长，请去掉 --extended。")
    if version.unit == WORKING_DAY:
        return _working_days(rule, version, calendar, start, begin, extended, ordered, notes, basis)
    return _calendar_period(rule, version, calendar, start, begin, notes, basis)


def count_working_days(
    start: date, days: int, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> tuple[list[date], list[Skipped]]:
    """Return the `days` working days after `start` (not counted, nor are pauses), and the days skipped between.

    Raises:
        CalendarCoverageError: a year in the span is not covered.
    """
    counted: list[date] = []
    skipped: list[Skipped] = []
    day = start
    while len(counted) < days:
        day += _ONE_DAY
        if not calendar.covers(day) and counted:
            told = f"到{write_date(day - _ONE_DAY)}是第{len(counted)}个工作日，还差{days - len(counted)}个；"
            raise calendar.uncovered(day, told)
        reason = calendar.rest_reason(day)
        if reason is None and any(pause.first <= day <= pause.last for pause in pauses):
            reason = "征求意见期间，不计入期限"
        if reason is None:
            counted.append(day)
        else:
            skipped.append(Skipped(day, reason))
    return counted, skipped


def _check_pauses(rule: DeadlineRule, version: RuleVersion, begin: date, pauses: Sequence[Pause]) -> list[Pause]:
    if pauses and not version.pause:
        raise DeadlineError(f"“{rule.name}”的期限没有规定可以扣除的时间，请去掉 --pause。")
    ordered = sorted(pauses, key=lambda pause: (pause.first, pause.last))
    for pause in ordered:
        if pause.last < pause.first:
            raise DeadlineError(f"扣除的时间{pause.first}至{pause.last}，结束早于开始，请核对。")
        if pause.first < begin:
            raise DeadlineError(f"扣除的时间从{pause.first}开始，早于期限起算的{begin}，请核对。")
    for earlier, later in pairwise(ordered):
        if later.first <= earlier.last:
            raise DeadlineError(
                f"扣除的时间{earlier.first}至{earlier.last}与{later.first}至{later.last}重叠，请合并成一段。"
            )
    return ordered


def _refuse(rule: DeadlineRule, extended: bool, pauses: Sequence[Pause]) -> None:
    if extended or pauses:
        raise DeadlineError(f"“{rule.name}”是固定的日期，不能延长，也没有可以扣除的时间。")


def _working_days(
    rule: DeadlineRule,
    version: RuleVersion,
    calendar: WorkingCalendar,
    entered: date,
    begin: date,
    extended: bool,
    pauses: list[Pause],
    notes: list[str],
    basis: list[str],
) -> Deadline:
    days = version.length + (version.extension if extended else 0)
    counted, skipped = count_working_days(begin, days, calendar, pauses)
    make_up = [Skipped(day, calendar.make_up_days[day]) for day in counted if day in calendar.make_up_days]
    first_due = counted[version.length - 1] if extended else None
    if first_due:
        notes.append(f"延长应当经工作机构负责人同意，并在原期限届满的{write_date(first_due)}以前告知申请人。")
    notes.extend(
        f"扣除的时间从{write_date(pause.first)}开始，那时期限已经在{write_date(counted[-1])}届满，没有扣除。"
        for pause in pauses
        if pause.first > counted[-1]
    )
    return Deadline(
        rule, entered, begin, counted[-1], days, version.unit, extended, tuple(counted), tuple(skipped),
        tuple(make_up), first_due, (*basis, *(item for item in version.basis if item not in basis)),
        (*notes, *version.notes),
    )  # fmt: skip


def _calendar_period(
    rule: DeadlineRule,
    version: RuleVersion,
    calendar: WorkingCalendar,
    entered: date,
    begin: date,
    notes: list[str],
    basis: list[str],
) -> Deadline:
    last = begin + timedelta(days=version.length) if version.unit == DAY else add_months(begin, version.length)
    counted = tuple(begin + timedelta(days=n) for n in range(1, (last - begin).days + 1))
    due, skipped = last, []
    if version.moves and not calendar.covers(last):
        raise calendar.uncovered(last, f"期限的最后一日是{write_date(last)}，是不是休息日、要不要顺延还不能判断；")
    if version.moves:
        due = calendar.next_working_day(last)
        if due != last:
            notes.append(f"最后一日{write_date(last)}是{_rest(calendar, last)}，顺延到之后的第一个工作日。")
        for n in range(1, (due - last).days):
            day = last + timedelta(days=n)
            skipped.append(Skipped(day, f"{_rest(calendar, day)}，期满日顺延"))
    else:
        notes.extend(_advice(calendar, last))
    return Deadline(
        rule, entered, begin, due, version.length, version.unit, False, counted, tuple(skipped), (), None,
        (*basis, *version.basis), (*notes, *version.notes),
    )  # fmt: skip


def _next_fixed_date(rule: DeadlineRule, calendar: WorkingCalendar, entered: date, begin: date) -> Deadline:
    for year in (begin.year, begin.year + 1):
        for version in rule.versions:
            month, day = version.month_day or (1, 1)
            due = date(year, month, day)
            if due >= begin and version.in_force_on(due):
                notes = (f"报告的是{year - 1}年度的工作。", *_advice(calendar, due), *version.notes)
                return Deadline(
                    rule, entered, begin, due, None, FIXED_DATE, False, (), (), (), None, version.basis, notes
                )
    raise DeadlineError(f"“{rule.name}”没有{begin}以后的到期日，请核对日期。")


def _advice(calendar: WorkingCalendar, due: date) -> list[str]:
    """What to say of a last day that does not move: the law grants no later day, so the work must be done before."""
    if not calendar.covers(due):
        return [f"没有{due.year}年的放假安排，不能判断{write_date(due)}是否上班；期限不因休息日顺延，请提前办理。"]
    reason = calendar.rest_reason(due)
    if reason is None:
        return []
    before = write_date(calendar.last_working_day(due))
    return [f"{write_date(due)}是休息日（{reason}），没有规定可以顺延，请在最后一个工作日{before}以前办完。"]


def _rest(calendar: WorkingCalendar, day: date) -> str:
    return calendar.rest_reason(day) or "工作日"
