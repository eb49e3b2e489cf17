"""One request in the register (条例 45): what is kept of it, what state it is in, and what cannot be."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.clock.deadlines import Pause
from assistant.errors import LedgerError

CHANNELS = {
    "in_person": "当面",
    "post": "邮寄",
    "ordinary_mail": "平常信函",
    "internet": "互联网渠道",
    "fax": "传真",
}
# The columns of 表三, in the form's order.
APPLICANT_KINDS = {
    "natural_person": "自然人",
    "enterprise": "商业企业",
    "research": "科研机构",
    "public_welfare": "社会公益组织",
    "legal_service": "法律服务机构",
    "other": "其他",
}
CONSULTED = {"third_party": "第三方", "joint_maker": "共同制作机关", "organ": "其他机关"}
STATES = {
    "in_progress": "办理中",
    "awaiting_correction": "等待补正",
    "consulting": "征求意见中",
    "awaiting_payment": "等待缴费",
    "closed": "已办结",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Consultation:
    """Time in which others were asked; `until` is None while the answer is out."""

    first: date
    until: date | None
    consulted: str = "third_party"


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that went out in the case."""

    kind: str
    signed: date | None
    document_number: str


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request.

    Attributes:
        number: 登记编号, unique.
        arrived: the day the paper or message came, where it is not the receiving day.
        received: the receiving day of 条例 31, which the year of 本年新收 goes by.
        channel, applicant_kind: keys of CHANNELS and APPLICANT_KINDS.
        extended_on: the day the applicant was told of the extension.
        fee_notice_received: the day the applicant got the fee notice.
        fee_amount: yuan.
        outcome: the row of 表三, set with `closed`.
    """

    number: str
    received: date
    channel: str
    applicant: str
    applicant_kind: str
    asked: str
    arrived: date | None = None
    correction_notified: date | None = None
    correction_deadline: date | None = None
    corrected: date | None = None
    extended_on: date | None = None
    fee_notice_received: date | None = None
    fee_amount: Decimal | None = None
    fee_paid: date | None = None
    outcome: str | None = None
    closed: date | None = None
    note: str = ""
    consultations: tuple[Consultation, ...] = ()
    letters: tuple[SentLetter, ...] = field(default=())

    @property
    def state(self) -> str:
        """A key of STATES; derived, so that it cannot contradict the dates."""
        if self.closed:
            return "closed"
        if self.correction_notified and not self.corrected:
            return "awaiting_correction"
        if any(consultation.until is None for consultation in self.consultations):
            return "consulting"
        if self.fee_notice_received and not self.fee_paid:
            return "awaiting_payment"
        return "in_progress"

    @property
    def runs_from(self) -> date:
        """The day the answer period runs from: the receiving day, or the corrected request's."""
        return self.corrected or self.received

    def pauses(self, until: date) -> tuple[Pause, ...]:
        """Return the time that does not count, an open consultation up to `until`, nothing before a restart."""
        spans = (
            Pause(max(item.first, self.runs_from), item.until or max(until, item.first))
            for item in sorted(self.consultations, key=lambda item: item.first)
        )
        return tuple(span for span in spans if span.last >= span.first)

    def as_json(self) -> dict[str, Any]:
        """Return the record as `gongkai ledger … --json` prints it, its state among the values."""
        values = {name: getattr(self, name) for name in FIELDS}
        values["fee_amount"] = None if self.fee_amount is None else str(self.fee_amount)
        return values | {
            "state": self.state,
            "consultations": [
                {"from": item.first, "until": item.until, "consulted": item.consulted} for item in self.consultations
            ],
            "letters": [
                {"kind": item.kind, "signed": item.signed, "document_number": item.document_number}
                for item in self.letters
            ],
        }


FIELDS = (
    "number", "received", "arrived", "channel", "applicant", "applicant_kind", "asked", "correction_notified",
    "correction_deadline", "corrected", "extended_on", "fee_notice_received", "fee_amount", "fee_paid", "outcome",
    "closed", "note",
)  # fmt: skip
# Day that comes first, day that comes later (or on the same day), and how the message names them.
_ORDER = (
    ("arrived", "来件日期", "received", "收到申请之日"),
    ("received", "收到申请之日", "correction_notified", "告知补正之日"),
    ("correction_notified", "告知补正之日", "correction_deadline", "补正期限"),
    ("correction_notified", "告知补正之日", "corrected", "收到补正之日"),
    ("received", "收到申请之日", "extended_on", "告知延期之日"),
    ("received", "收到申请之日", "fee_notice_received", "收到收费通知之日"),
    ("fee_notice_received", "收到收费通知之日", "fee_paid", "缴费之日"),
    ("received", "收到申请之日", "closed", "办结日期"),
    ("corrected", "收到补正之日", "closed", "办结日期"),
)
_PAST = ("received", "correction_notified", "corrected", "extended_on", "fee_notice_received", "fee_paid", "closed")


def check_record(record: RequestRecord, rows: dict[str, str], today: date) -> None:
    """Refuse a record that cannot be.

    Args:
        rows: the rows of 表三 that a case may end in, by key.
        today: no event may lie later.
    Raises:
        LedgerError: a value that is missing, unknown or in the future, or dates in an impossible order.
    """
    where = f"登记编号{record.number}："
    for name, label in (("number", "登记编号"), ("applicant", "申请人"), ("asked", "申请公开的内容")):
        text = getattr(record, name)
        if not text.strip() or _CONTROL.search(text):
            raise LedgerError(f"{where}{label}不能为空，也不能有不能打印的字符。")
    for value, known, label in (
        (record.channel, CHANNELS, "提交渠道"),
        (record.applicant_kind, APPLICANT_KINDS, "申请人类别"),
        (record.outcome, rows, "办理结果"),
    ):
        if value is not None and value not in known:
            raise LedgerError(f"{where}{label}不能是“{value}”；可用的有 {'、'.join(known)}。")
    if (record.outcome is None) != (record.closed is None):
        raise LedgerError(f"{where}办理结果和办结日期要一起写；没有办结的都不写。")
    for early, early_name, late, late_name in _ORDER:
        first, second = getattr(record, early), getattr(record, late)
        if first and second and second < first:
            raise LedgerError(f"{where}{late_name}（{second}）早于{early_name}（{first}），请核对。")
    if record.corrected and not record.correction_notified:
        raise LedgerError(f"{where}写了收到补正之日，还要写告知补正之日。")
    for name in _PAST:
        day = getattr(record, name)
        if day and day > today:
            raise LedgerError(f"{where}日期{day}晚于今天{today}，请核对。")
    if record.fee_amount is not None and not (record.fee_amount.is_finite() and record.fee_amount >= 0):
        raise LedgerError(f"{where}收费金额应当是不小于0的数。")
    _check_consultations(record, where, today)


def _check_consultations(record: RequestRecord, where: str, today: date) -> None:
    previous: Consultation | None = None
    for item in sorted(record.consultations, key=lambda item: item.first):
        if item.consulted not in CONSULTED:
            raise LedgerError(f"{where}征求意见的对象不能是“{item.consulted}”；可用的有 {'、'.join(CONSULTED)}。")
        if item.first < record.received or max(item.first, item.until or item.first) > today:
            raise LedgerError(f"{where}征求意见从{item.first}开始，早于收到申请或者晚于今天，请核对。")
        if item.until and item.until < item.first:
            raise LedgerError(f"{where}征求意见{item.first}至{item.until}，结束早于开始，请核对。")
        if previous and (previous.until is None or item.first <= previous.until):
            raise LedgerError(f"{where}征求意见{previous.first}起与{item.first}起的两段重叠，请合并成一段。")
        previous = item
