"""What is due when: every open request with its next dates, the most pressing first, and as calendar entries."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assistant.clock.calendar import WorkingCalendar
from assistant.clock.deadlines import compute_deadline
from assistant.clock.ics import DueDate
from assistant.clock.rules import DeadlineRules
from assistant.errors import CalendarCoverageError, DeadlineError
from assistant.office.ledger_records import RequestRecord

_LEVELS = {
    "overdue": "已超期",
    "today": "今天到期",
    "urgent": "三个工作日内",
    "soon": "七个工作日内",
    "later": "",
    "unknown": "推算不出",
}
_URGENT, _SOON = 3, 7
_WAITING = {"third_party": "third_party", "joint_maker": "joint_maker"}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due in one case.

    Attributes:
        rule: key of the deadline rule, or "correction_deadline" for the day the office gave the applicant.
        what: in words.
        due: the last day; None where it cannot be told (a year without calendar), and `note` says why.
        working_days_left: negative once overdue.
        level: overdue, today, urgent, soon, later; unknown without `due`.
        firm: False while others are still asked: the answer period stands still and will end later.
    """

    number: str
    applicant: str
    asked: str
    rule: str
    what: str
    due: date | None
    working_days_left: int | None
    level: str
    firm: bool
    note: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as `gongkai deadline --ledger --json` prints it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"level_name": _LEVELS[self.level]}


def list_due(
    records: Iterable[RequestRecord], rules: DeadlineRules, calendar: WorkingCalendar, today: date
) -> list[Due]:
    """Return what is due in every open case as of `today`, the earliest first.

    A case whose date cannot be told stands at the end with the reason: it must not hide the others.
    """
    items = [item for record in records if record.closed is None for item in _of(record, rules, calendar, today)]
    return sorted(items, key=lambda item: (item.due or date.max, item.number, item.rule))


def reply_due(record: RequestRecord, rules: DeadlineRules, calendar: WorkingCalendar, today: date) -> date | None:
    """Return the last day for the answer as things stand, None while a correction is awaited.

    Raises:
        CalendarCoverageError: it lies in a year that no calendar covers.
    """
    if record.state == "awaiting_correction":
        return None
    return compute_deadline(
        rules,
        calendar,
        "reply",
        record.received,
        corrected=record.corrected,
        extended=record.extended_on is not None,
        pauses=record.pauses(today),
    ).due


def calendar_entries(items: Iterable[Due]) -> list[DueDate]:
    """Return the entries of an .ics file for `items`."""
    return [
        DueDate(
            uid=f"{item.number}-{item.rule}@gongkai",
            day=item.due,
            summary=f"{item.what}：{item.number} {item.applicant}",
            description=f"{item.asked}\n{item.note}".strip(),
        )
        for item in items
        if item.due
    ]


def explain_due(items: Iterable[Due]) -> list[str]:
    """Return the warning list, a line each."""
    lines = []
    for item in items:
        mark = f"【{_LEVELS[item.level]}】" if _LEVELS[item.level] else ""
        note = f"（{item.note}）" if item.note else ""
        lines.append(f"{item.due or '————'}  {mark}{item.number} {item.applicant}  {item.what}{_left(item)}{note}")
    return lines or ["没有未办结的申请到期。"]


def _left(item: Due) -> str:
    if item.working_days_left is None:
        return ""
    if item.level == "overdue":
        return f"，超过{-item.working_days_left}个工作日"
    return f"，还有{item.working_days_left}个工作日"


def _of(record: RequestRecord, rules: DeadlineRules, calendar: WorkingCalendar, today: date) -> Iterator[Due]:
    def make(rule: str, what: str, find: Callable[[], date | None], firm: bool = True, note: str = "") -> Due:
        due, left, level = None, None, "unknown"
        try:
            due = find()
            if due:
                left = _working_days_left(calendar, today, due)
                level = _level(left, due, today)
        except (CalendarCoverageError, DeadlineError) as error:
            firm, note = False, str(error)
        return Due(record.number, record.applicant, record.asked, rule, what, due, left, level, firm, note)

    def by_rule(key: str, start: date) -> Callable[[], date]:
        return lambda: compute_deadline(rules, calendar, key, start).due

    if record.state == "awaiting_correction":
        if last := record.correction_deadline:
            yield make("correction_deadline", "等待申请人补正", lambda: last, note="逾期不补正的，不再处理。")
        return
    consulting = record.state == "consulting"
    note = "正在征求意见，期限暂停，按今天收到意见推算。" if consulting else ""
    yield make("reply", "答复申请人", lambda: reply_due(record, rules, calendar, today), not consulting, note)
    if not record.correction_notified:
        correction = make("correction", "如需补正，告知申请人", by_rule("correction", record.received))
        if correction.due and correction.due >= today:
            yield correction
    for item in record.consultations:
        if item.until is None and item.consulted in _WAITING:
            rule, hint = _WAITING[item.consulted], "按征求意见之日推算，以对方收到之日为准。"
            yield make(rule, "等待提出意见", by_rule(rule, item.first), note=hint)
    if record.state == "awaiting_payment" and record.fee_notice_received:
        hint = "等待缴费时答复期限是否停止，没有明文规定，这里不扣除。"
        yield make("fee_payment", "等待申请人缴费", by_rule("fee_payment", record.fee_notice_received), note=hint)


def _working_days_left(calendar: WorkingCalendar, today: date, due: date) -> int:
    """Working days after the earlier of the two days up to the later one; negative when `due` is past."""
    first, last = min(today, due), max(today, due)
    count = sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    return count if due >= today else -count


def _level(left: int, due: date, today: date) -> str:
    if due < today:
        return "overdue"
    if due == today:
        return "today"
    return "urgent" if left <= _URGENT else "soon" if left <= _SOON else "later"
