import stat
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assistant.errors import LedgerError, OutputError
from assistant.office.ledger import Ledger
from assistant.office.ledger_due import calendar_entries, explain_due, list_due, reply_due
from assistant.office.ledger_records import Consultation, RequestRecord, SentLetter
from assistant.office.ledger_workbook import export_workbook, read_workbook

DAY = date(2026, 1, 5)
BASE = RequestRecord("2026-001", DAY, "post", "张某", "natural_person", "验收报告")
FULL = replace(
    BASE, number="2026-002", arrived=date(2026, 1, 4), channel="internet", correction_notified=date(2026, 1, 7),
    correction_deadline=date(2026, 1, 20), corrected=date(2026, 1, 15), extended_on=date(2026, 2, 2),
    fee_notice_received=date(2026, 1, 20), fee_amount=Decimal("3000.10"), fee_paid=date(2026, 1, 23),
    outcome="granted", closed=date(2026, 3, 2), note="加急",
    consultations=(Consultation(date(2026, 1, 16), date(2026, 1, 22), "third_party"),
                   Consultation(date(2026, 2, 2), date(2026, 2, 4), "joint_maker")),
    letters=(SentLetter("reply_granted", date(2026, 3, 2), "示水公开〔2026〕12号"),),
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path, desk):
    opened = Ledger(tmp_path / "data" / "ledger.sqlite", desk.kinds.rows)
    yield opened
    opened.close()


def test_what_is_kept_comes_back_as_it_was(ledger, today):
    ledger.add_requests([FULL, BASE], today)
    assert ledger.requests() == [BASE, FULL]
    assert ledger.get("2026-002") == FULL


def test_the_file_is_for_its_owner_only(tmp_path, ledger):
    assert stat.S_IMODE((tmp_path / "data/ledger.sqlite").stat().st_mode) == 0o600


def test_a_number_is_kept_once(ledger, today):
    ledger.add_requests([BASE], today)
    with pytest.raises(LedgerError, match="已经登记过"):
        ledger.add_requests([BASE], today)
    with pytest.raises(LedgerError, match="出现了两次"):
        ledger.add_requests([FULL, FULL], today)
    assert len(ledger.requests()) == 1


def test_a_batch_with_a_wrong_record_leaves_nothing(ledger, today):
    with pytest.raises(LedgerError):
        ledger.add_requests([BASE, replace(FULL, channel="鸽子")], today)
    assert ledger.requests() == []


def test_a_replaced_request_loses_nothing_but_what_was_changed(ledger, today):
    ledger.add_requests([FULL], today)
    ledger.replace_request(replace(FULL, note="改过"), today)
    assert ledger.get("2026-002") == replace(FULL, note="改过")
    with pytest.raises(LedgerError, match="没有登记编号"):
        ledger.replace_request(BASE, today)


def test_numbers_go_on_from_the_highest_of_the_year(ledger, today):
    assert ledger.next_number(2026) == "2026-001"
    ledger.add_requests([replace(BASE, number="2026-041"), replace(BASE, number="甲-7")], today)
    assert ledger.next_number(2026) == "2026-042"
    assert ledger.next_number(2025) == "2025-001"


def test_a_file_that_is_no_register_is_refused(tmp_path, desk):
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 50)
    with pytest.raises(LedgerError, match="打不开"):
        Ledger(path, desk.kinds.rows)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"applicant": " "}, "申请人不能为空"),
        ({"asked": "a\x00b"}, "不能打印"),
        ({"channel": "鸽子"}, "提交渠道不能是"),
        ({"applicant_kind": "外星人"}, "申请人类别不能是"),
        ({"outcome": "lost", "closed": DAY}, "办理结果不能是"),
        ({"outcome": "granted"}, "一起写"),
        ({"closed": DAY}, "一起写"),
        ({"outcome": "granted", "closed": date(2026, 1, 4)}, "早于收到申请之日"),
        ({"received": date(2026, 12, 1)}, "晚于今天"),
        ({"corrected": date(2026, 1, 9)}, "告知补正之日"),
        ({"arrived": date(2026, 1, 6)}, "早于来件日期"),
        ({"fee_amount": Decimal(-1)}, "不小于0"),
        ({"fee_amount": Decimal("NaN")}, "不小于0"),
        ({"consultations": (Consultation(date(2026, 1, 1), None),)}, "早于收到申请"),
        ({"consultations": (Consultation(date(2026, 1, 9), date(2026, 1, 8)),)}, "结束早于开始"),
        ({"consultations": (Consultation(DAY, None), Consultation(date(2026, 1, 8), None))}, "重叠"),
        ({"consultations": (Consultation(DAY, None, "nobody"),)}, "对象不能是"),
    ],
)
def test_a_record_that_cannot_be_is_refused_in_one_line(changes, message, ledger, today):
    with pytest.raises(LedgerError, match=message) as caught:
        ledger.add_requests([replace(BASE, **changes)], today)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "in_progress"),
        ({"correction_notified": date(2026, 1, 7)}, "awaiting_correction"),
        ({"correction_notified": date(2026, 1, 7), "corrected": date(2026, 1, 9)}, "in_progress"),
        ({"consultations": (Consultation(date(2026, 1, 9), None),)}, "consulting"),
        ({"fee_notice_received": date(2026, 1, 9)}, "awaiting_payment"),
        ({"outcome": "other", "closed": date(2026, 1, 9)}, "closed"),
    ],
)
def test_the_state_follows_from_the_dates(changes, state):
    assert replace(BASE, **changes).state == state


def test_the_due_date_lives(desk):
    def due(on=date(2026, 1, 20), **changes):
        return reply_due(replace(BASE, **changes), desk.rules, desk.calendar, on)

    assert due() == date(2026, 2, 2)
    assert due(extended_on=date(2026, 1, 30)) == date(2026, 3, 6)
    assert due(consultations=(Consultation(date(2026, 1, 12), date(2026, 1, 20)),)) == date(2026, 2, 11)
    # Still asked on the 20th: the same as if the answer came today.
    assert due(consultations=(Consultation(date(2026, 1, 12), None),)) == date(2026, 2, 11)
    assert due(correction_notified=date(2026, 1, 7)) is None
    restarted = due(correction_notified=date(2026, 1, 7), corrected=date(2026, 1, 20))
    assert restarted == date(2026, 2, 24)


def test_a_consultation_before_the_restart_does_not_count(desk):
    record = replace(
        BASE, correction_notified=date(2026, 1, 7), corrected=date(2026, 1, 20),
        consultations=(Consultation(date(2026, 1, 6), date(2026, 1, 9)),),
    )  # fmt: skip
    assert reply_due(record, desk.rules, desk.calendar, date(2026, 1, 21)) == date(2026, 2, 24)


def test_the_warning_list_names_what_is_due_and_how_pressing(desk):
    records = [
        BASE,
        replace(BASE, number="2026-003", received=date(2026, 1, 26)),
        replace(BASE, number="2026-004", consultations=(Consultation(date(2026, 1, 12), None),)),
        replace(BASE, number="2026-005", correction_notified=date(2026, 1, 7), correction_deadline=date(2026, 2, 3)),
        replace(BASE, number="2026-006", fee_notice_received=date(2026, 1, 28)),
        FULL,
    ]
    items = list_due(records, desk.rules, desk.calendar, date(2026, 2, 3))
    told = {(item.number, item.rule): item for item in items}
    assert told["2026-001", "reply"].level == "overdue"
    assert told["2026-001", "reply"].working_days_left == -1
    assert told["2026-003", "correction"].due == date(2026, 2, 4)
    assert told["2026-003", "correction"].level == "urgent"
    assert not told["2026-004", "reply"].firm
    assert told["2026-004", "third_party"].due == date(2026, 2, 2)
    assert told["2026-005", "correction_deadline"].level == "today"
    assert told["2026-006", "fee_payment"].due == date(2026, 3, 3)
    assert not any(item.number == "2026-002" for item in items)
    assert [item.due for item in items] == sorted(item.due for item in items)
    text = "\n".join(explain_due(items))
    assert "2026-02-02  【已超期】2026-001 张某  答复申请人，超过1个工作日" in text
    assert len({entry.uid for entry in calendar_entries(items)}) == len(items)
    assert explain_due([]) == ["没有未办结的申请到期。"]


def test_a_case_that_runs_into_a_year_without_calendar_does_not_hide_the_others(desk):
    late = replace(BASE, number="2026-099", received=date(2026, 12, 10))
    old = replace(BASE, number="2018-001", received=date(2018, 12, 3))
    items = list_due([late, BASE, old], desk.rules, desk.calendar, date(2026, 12, 31))
    told = {(item.number, item.rule): item for item in items}
    assert told["2026-099", "reply"].due is None
    assert "没有2027年的放假安排" in told["2026-099", "reply"].note
    assert told["2026-001", "reply"].due == date(2026, 2, 2)
    assert told["2018-001", "reply"].due == date(2018, 12, 24)
    assert items[-1].number == "2026-099"
    assert len(calendar_entries(items)) == 2
    assert "————  【推算不出】2026-099" in explain_due(items)[-1]


def test_a_workbook_carries_the_register_there_and_back(tmp_path, desk, today):
    path = tmp_path / "台账.xlsx"
    records = [BASE, replace(FULL, letters=()), replace(BASE, number="=1+1", applicant="=cmd()", asked="+甲")]
    assert export_workbook(records, desk.kinds.rows, {"2026-001": date(2026, 2, 2)}, path) == 3
    assert read_workbook(path, desk.kinds.rows) == records


def test_a_workbook_runs_no_formula_and_is_not_overwritten(tmp_path, desk):
    from openpyxl import load_workbook

    path = tmp_path / "台账.xlsx"
    export_workbook([replace(BASE, applicant="=1+1")], desk.kinds.rows, {}, path)
    cell = load_workbook(path).worksheets[0]["E2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    with pytest.raises(OutputError, match="已经存在"):
        export_workbook([BASE], desk.kinds.rows, {}, path)
    export_workbook([BASE], desk.kinds.rows, {}, path, force=True)
    with pytest.raises(OutputError, match="结尾"):
        export_workbook([BASE], desk.kinds.rows, {}, tmp_path / "台账.docx")
    with pytest.raises(OutputError, match="不存在"):
        export_workbook([BASE], desk.kinds.rows, {}, tmp_path / "无" / "台账.xlsx")


def test_a_wrong_workbook_is_refused_with_its_rows(tmp_path, desk):
    from openpyxl import Workbook

    def written(*lines):
        book = Workbook()
        for line in lines:
            book.worksheets[0].append(line)
        book.save(tmp_path / "x.xlsx")
        return tmp_path / "x.xlsx"

    head = ["登记编号", "收到申请之日", "提交渠道", "申请人", "申请人类别", "申请公开的内容", "办理结果", "征求意见"]
    good = ["1", "2026年1月5日", "邮寄", "张某", "自然人", "甲", None, "2026-01-06至2026-01-07"]
    assert read_workbook(written(head, good, [None] * 8), desk.kinds.rows)[0].received == DAY
    named = written(head, [*good[:6], "信息不存在", None])
    assert read_workbook(named, desk.kinds.rows, desk.kinds.rows_by_name)[0].outcome == "unavailable_not_held"
    for line, message in (
        (["2", "2026-02-31", *good[2:]], "第2行：收到申请之日“2026-02-31”不是真实存在的日子"),
        (["2", None, *good[2:]], "第2行：收到申请之日是空的"),
        ([*good[:2], "鸽子", *good[3:]], "第2行：提交渠道不能是“鸽子”；可用的有"),
        ([*good[:6], "丢了", None], "第2行：办理结果不能是“丢了”；可用的有"),
        ([*good[:7], "去年"], "第2行：征求意见“去年”读不懂"),
    ):
        with pytest.raises(LedgerError, match=message):
            read_workbook(written(head, line), desk.kinds.rows)
    with pytest.raises(LedgerError, match="缺少表头 登记编号"):
        read_workbook(written(head[1:]), desk.kinds.rows)
    with pytest.raises(LedgerError, match=r"共5处"):
        read_workbook(written(head, *[["2", None, *good[2:]]] * 5), desk.kinds.rows)
    (tmp_path / "y.xlsx").write_text("no workbook")
    with pytest.raises(LedgerError, match="不是能打开的"):
        read_workbook(tmp_path / "y.xlsx", desk.kinds.rows)
    with pytest.raises(LedgerError, match="没有文件"):
        read_workbook(tmp_path / "z.xlsx", desk.kinds.rows)
