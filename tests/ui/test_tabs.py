"""The handlers of the tabs 期限与费用, 文书 and 台账, called as the page calls them: the good and the bad case."""

import json
import re
from datetime import date
from pathlib import Path

import gradio as gr
import pytest
import yaml

from assistant.clock.deadlines import Pause, compute_deadline
from assistant.office.desk import Desk
from assistant.office.ledger_records import RequestRecord
from tests.conftest import ROOT, TODAY
from ui import deadlines, ledger, ledger_entry, letters
from ui.texts_view import show_list


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk with a register of its own, on a fixed day."""
    for tab in (deadlines, letters, ledger, ledger_entry):
        monkeypatch.setattr(tab, "office_day", lambda: TODAY)
    desk = Desk(ROOT / "corpus", tmp_path / "data")
    yield desk
    desk.ledger.close()


def _request(number="2026-001", **changes):
    values = {"received": date(2026, 1, 5), "channel": "post", "applicant": "张<某>", "asked": "验收报告"}
    return RequestRecord(number=number, applicant_kind="natural_person", **(values | changes))


def test_the_tabs_are_built(desk):
    with gr.Blocks() as page:
        with gr.Tab("期限与费用"):
            deadlines.build_tab(desk)
        with gr.Tab("文书") as papers:
            letters.build_tab(desk, papers)
        with gr.Tab("台账") as register:
            ledger.build_tab(desk, register)
    events = page.config["dependencies"]
    assert events
    assert {event["api_visibility"] for event in events} == {"private"}
    boxes = [item for item in page.config["components"] if item["type"] in ("textbox", "dropdown", "radio", "number")]
    assert all(box["props"]["label"] for box in boxes)


def test_a_deadline_shows_its_working_and_gives_a_calendar_file(desk):
    shown, path = deadlines.work_out_deadline(desk, "reply", "2026年1月5日", "post", False, "", "")
    for part in ("2026年2月2日", "计入：", "跳过：", "第三十三条第二款"):
        assert part in shown
    assert "DTSTART;VALUE=DATE:20260202" in Path(path).read_text(encoding="utf-8")


def days_of(shown):
    """month and day → (kind, number under it) of the picture of a deadline."""
    from bs4 import BeautifulSoup

    found = {}
    for month in BeautifulSoup(shown, "lxml").select("table.month"):
        number = int(month.caption.text.split("年")[1].removesuffix("月"))
        for cell in month.select("td.day"):
            kind = next((name for name in cell["class"] if name != "day"), "")
            found[number, int(cell.b.text)] = (kind, cell.small.text if cell.small else "")
    return found


def test_the_calendar_shows_every_day_that_counts_and_why_others_do_not(desk):
    shown, _ = deadlines.work_out_deadline(desk, "reply", "2026-01-05", "", False, "2026-01-12", "2026-01-16")
    result = compute_deadline(desk.rules, desk.calendar, "reply", date(2026, 1, 5), pauses=[
        Pause(date(2026, 1, 12), date(2026, 1, 16))
    ])  # fmt: skip
    days = days_of(shown)
    assert days[1, 5] == ("day-start", "")
    counted = {(day.month, day.day): number for number, day in enumerate(result.counted, start=1)}
    for key, number in counted.items():
        assert days[key][1] == str(number)
    assert days[result.due.month, result.due.day] == ("day-due", "20")
    assert {days[1, day][0] for day in range(12, 17)} == {"day-paused"}
    for item in result.skipped:
        assert days[item.day.month, item.day.day][0] in ("day-rest", "day-paused")
    assert {key for key, (kind, _) in days.items() if kind in ("day-counted", "day-make-up", "day-due")} == set(counted)


def test_the_calendar_tells_holidays_make_up_days_and_an_extension(desk):
    shown, _ = deadlines.work_out_deadline(desk, "reply", "2026-02-05", "", True, "", "")
    days = days_of(shown)
    assert days[2, 17] == ("day-rest", "春节")
    assert days[2, 14][0] == "day-make-up"
    assert sum(kind == "day-first-due" for kind, _ in days.values()) == 1
    assert "春节放假" in shown


def test_a_period_in_months_and_a_fixed_day_have_their_picture(desk):
    half_a_year = days_of(deadlines.work_out_deadline(desk, "lawsuit", "2026-01-05", "", False, "", "")[0])
    assert len({month for month, _ in half_a_year}) == 7
    fixed = days_of(deadlines.work_out_deadline(desk, "annual_report_department", "2026-01-05", "", False, "", "")[0])
    assert {key: kind for key, (kind, _) in fixed.items() if kind} == {(1, 31): "day-due"}


def test_extension_and_pause_make_a_deadline_later(desk):
    shown, _ = deadlines.work_out_deadline(desk, "reply", "2026-01-05", "", True, "2026-01-12", "2026-01-16")
    assert "含延长" in shown
    assert "征求意见期间，不计入期限" in shown


@pytest.mark.parametrize(
    ("entered", "part"),
    [
        (("reply", "2026-02-30", "", False, "", ""), "不是真实存在的日子"),
        (("reply", "<b>", "", False, "", ""), "&lt;b&gt;"),
        (("reply", "", "", False, "", ""), "起算之日"),
        (("reply", "2026-12-31", "", False, "", ""), "晚于今天"),
        (("reply", "2026-01-05", "", False, "2026-01-12", ""), "征求意见结束之日"),
        (("reply", "2026-01-05", "", False, "2026-01-16", "2026-01-12"), "结束早于开始"),
    ],
)
def test_a_deadline_that_cannot_be_says_why(desk, entered, part):
    shown, path = deadlines.work_out_deadline(desk, *entered)
    assert 'role="alert"' in shown
    assert part in shown
    assert path is None


def test_the_form_hides_and_empties_what_a_rule_has_no_use_for(desk):
    assert all(part.get("visible", True) for part in deadlines.fit_form(desk, "reply"))
    start, *others = deadlines.fit_form(desk, "lawsuit")
    assert "知道" in start["label"]
    assert not any(part["visible"] or part["value"] for part in others)


def test_a_fee_shows_its_steps(desk):
    assert "免费" in deadlines.work_out_fee(desk, "requests", "12")
    assert "×" in deadlines.work_out_fee(desk, "pages", "250")


@pytest.mark.parametrize("count", ["", " ", "十二件", "-1", "999999999999"])
def test_a_fee_of_no_number_says_why(desk, count):
    shown = deadlines.work_out_fee(desk, "requests", count)
    assert 'role="alert"' in shown
    assert "“”" not in shown


def test_a_day_that_is_not_there_is_asked_for(desk):
    for empty in ("", "  "):
        assert "请写明起算之日，例如" in deadlines.work_out_deadline(desk, "reply", empty, "", False, "", "")[0]


def filled(desk, key, **changes):
    """The letter's examples that must be there, as the page's script gathers them."""
    kind = desk.kinds.kind(key)
    wanted = {*kind.own, *(("agency_kind", "government") if kind.remedy else ())}
    fields = [field for field in kind.fields.values() if field.required or field.key in wanted]
    return json.dumps({f.key: f.example for f in fields if f.example is not None} | changes, default=str)


def test_every_letter_is_drafted_from_its_form_and_gives_a_word_file(desk):
    for key, kind in desk.kinds.kinds.items():
        shown, text, path = letters.draft(desk, key, filled(desk, key))
        assert 'role="alert"' not in shown, (key, shown)
        assert kind.title in text
        assert Path(path).read_bytes()[:2] == b"PK"


def test_the_form_has_every_field_under_its_label_and_markup_in_it_is_text(desk):
    from bs4 import BeautifulSoup

    desk.ledger.add_requests(
        [_request(applicant='<img src=x onerror=a()>"', asked="</textarea><script>a()</script>")], TODAY
    )
    for key, kind in desk.kinds.kinds.items():
        page = BeautifulSoup(letters.open_form(desk, key, "2026-001"), "lxml")
        assert [box["data-field"] for box in page.select("details [data-field]")] or not page.select("details")
        assert {box["data-field"] for box in page.select("[data-field]")} == set(kind.fields), key
        for body in page.select("[data-reviews]"):  # nobody has chosen yet which bodies review the decision
            assert "hidden" in body.attrs
            assert bool(body["data-reviews"]) == bool(kind.remedy)
        for box in page.select("input, select, textarea"):
            assert box.get("aria-label") or page.select_one(f"label[for={box['id']}]").text
        assert not page.select("img, script")
    page = BeautifulSoup(letters.open_form(desk, "correction_notice", "2026-001"), "lxml")
    assert page.select_one("#letter-applicant")["value"] == '<img src=x onerror=a()>"'
    assert page.select_one("#letter-request").text == "</textarea><script>a()</script>"
    assert page.select_one("#letter-signed")["value"] == TODAY.isoformat()
    assert page.select_one("#letter-channel option[selected]")["value"] == "post"


@pytest.mark.parametrize(
    ("agency_kind", "shown"),
    [
        ("local_department", {"government"}),
        ("state_council_department", set()),
        ("provincial_government", set()),
        ("vertical", {"superior"}),
        ("justice_department", {"government", "superior"}),
        ("municipal_branch", {"government", "seat_government"}),
    ],
)
def test_only_the_bodies_that_review_its_decisions_are_asked_for(desk, agency_kind, shown):
    from bs4 import BeautifulSoup

    entered = json.dumps({"agency_kind": agency_kind})
    page = BeautifulSoup(letters.open_form(desk, "reply_nonexistent", "", entered), "lxml")
    asked = page.select("[data-reviews]:not([hidden]) [data-field]")
    assert {box["data-field"] for box in asked} == shown


def test_what_was_written_goes_along_to_another_letter_and_the_register_comes_first_when_it_is_chosen(desk):
    desk.ledger.add_requests([_request(applicant="张某")], TODAY)
    entered = json.dumps({"applicant": "李某", "agency": "示例局", "items": ["一"]})
    kept = letters.open_form(desk, "extension_notice", "2026-001", entered)
    assert 'value="李某"' in kept
    assert 'value="示例局"' in kept
    assert 'value="张某"' in letters.open_form(desk, "extension_notice", "2026-001", entered, case_first=True)


def test_a_letter_with_a_request_number_is_noted_in_the_register(desk):
    desk.ledger.add_requests([_request(applicant="张某")], TODAY)
    letters.draft(desk, "correction_notice", filled(desk, "correction_notice"))
    assert desk.ledger.get("2026-001").letters == ()
    shown, _, _ = letters.draft(desk, "correction_notice", filled(desk, "correction_notice", request_number="2026-001"))
    assert "已记入台账2026-001" in shown
    assert [sent.kind for sent in desk.ledger.get("2026-001").letters] == ["correction_notice"]


@pytest.mark.parametrize(
    ("key", "fields", "part"),
    [
        (None, "", "请先选一种文书"),
        ("correction_notice", "", "缺少"),
        ("correction_notice", "agency: [", "刷新页面"),
        ("correction_notice", "[1]", "刷新页面"),
        ("correction_notice", '{"signed": "2026-02-30"}', "2026-02-30"),
        ("correction_notice", '{"agency": "示例局"}', "申请人"),
        ("correction_notice", '{"pauses": [{"from": "2026-01-10", "until": ""}]}', "征求意见"),
    ],
)
def test_a_letter_that_cannot_be_says_why(desk, key, fields, part):
    shown, text, path = letters.draft(desk, key, fields)
    assert 'role="alert"' in shown
    assert part in shown
    # The keys of a file are no words of the page.
    assert not re.search("（[a-z_]+）", shown)
    assert (text, path) == ("", None)


def test_the_seven_steps_end_in_a_letter_and_a_row(desk):
    shown, question, letter = letters.take_steps(desk, [])
    assert question.number == 1
    assert "第1步" in shown
    assert letter is None
    shown, question, letter = letters.take_steps(desk, ["明确", "不是，是信访、投诉、举报"])
    assert (question, letter) == (None, "reply_petition")
    assert desk.kinds.rows["not_processed_petition"] in shown
    assert letters.show_question(question)["visible"] is False


def test_an_interim_letter_leads_on(desk):
    shown, question, letter = letters.take_steps(desk, ["不明确，还没有告知过补正"])
    assert letter == "correction_notice"
    assert question.key == "corrected"
    assert letters.show_question(question)["choices"]
    assert "还没有办结" in shown


def test_a_step_that_is_no_option_says_why(desk):
    shown, question, letter = letters.take_steps(desk, ["也许"])
    assert 'role="alert"' in shown
    assert (question.number, letter) == (1, None)


def test_an_empty_register_says_what_to_do(desk):
    week, due, listed = ledger.look(desk)
    assert "登记或者导入" in week
    assert "没有未办结" in due
    assert "导入" in listed


def test_the_register_marks_what_is_overdue(desk):
    desk.ledger.add_requests([_request(), _request("2026-002", outcome="granted", closed=date(2026, 1, 9))], TODAY)
    week, due, listed = ledger.look(desk)
    assert "0项到期，另有1项已超期" in week
    assert "已超期" in due
    assert "2026-02-02" in due
    assert "2026-002" not in due
    assert "张&lt;某&gt;" in due
    assert desk.kinds.rows["granted"] in listed


def test_the_week_holds_what_is_overdue_and_due_by_sunday_and_else_says_what_comes_next(desk, monkeypatch):
    desk.ledger.add_requests([_request(received=date(2026, 11, 3))], date(2026, 11, 3))
    for day, part in (
        (date(2026, 11, 23), "下一项：2026-12-01"),
        (date(2026, 11, 29), "下一项：2026-12-01"),
        (date(2026, 11, 30), "1项到期，另有0项已超期"),
        (date(2026, 12, 1), "1项到期，另有0项已超期"),
        (date(2026, 12, 2), "0项到期，另有1项已超期"),
    ):
        assert part in ledger.show_week(desk.list_due(day), day), day
    closed = _request(received=date(2026, 11, 3), outcome="granted", closed=date(2026, 11, 20))
    desk.ledger.replace_request(closed, date(2026, 11, 20))
    assert "没有到期的事项" in ledger.show_week(desk.list_due(date(2026, 11, 23)), date(2026, 11, 23))


def test_a_register_that_is_none_says_so(desk, tmp_path):
    path = tmp_path / "broken.sqlite"
    path.write_bytes(b"no register" * 100)
    broken = Desk(desk.corpus, desk.data, path)
    assert all('role="alert"' in shown for shown in ledger.look(broken))
    assert ledger.export_requests(broken)[1] is None


def test_a_workbook_goes_out_and_comes_in(desk, tmp_path):
    desk.ledger.add_requests([_request()], TODAY)
    shown, path = ledger.export_requests(desk)
    assert "已导出 1 件" in shown
    assert "已经登记过" in ledger.import_requests(desk, path, False)
    assert "已导入 1 件" in ledger.import_requests(desk, path, True)


def test_a_workbook_that_is_none_says_why(desk, tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_text("不是工作簿", encoding="utf-8")
    assert "另存为" in ledger.import_requests(desk, str(path), False)
    assert "请先选" in ledger.import_requests(desk, None, False)


def test_table_three_of_a_year_is_a_statistics_file(desk):
    desk.ledger.add_requests([_request()], TODAY)
    shown, path = ledger.make_statistics(desk, "2026")
    assert "本年新收：1件" in shown
    assert "还没有结束" in shown
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    assert content["requests"]["received"]["total"] == 1


@pytest.mark.parametrize(
    ("year", "part"), [(" ", "请写明年度"), ("去年", "不是整数"), ("2027", "还没有到"), ("2018", "从2019")]
)
def test_table_three_of_no_year_says_why(desk, year, part):
    shown, path = ledger.make_statistics(desk, year)
    assert part in shown
    assert path is None


def test_an_audit_line_of_another_release_is_shown_by_its_own_name():
    from datetime import datetime

    from assistant.office.audit import Entry
    from ui.office import audit_rows

    at = datetime(2026, 11, 22, 9).astimezone()
    rows = audit_rows([Entry(at, "张三", action, {}, "", "") for action in ("ask", "later")])
    assert [row[2] for row in rows] == ["提问", "later"]


def enter(desk, received="2026-11-02", applicant="张<某>", asked="验收报告"):
    return ledger_entry.register(desk, received, "internet", applicant, "natural_person", asked, "")


def test_a_request_is_registered_by_hand_under_the_next_number_with_its_last_day(desk):
    shown = enter(desk)
    for part in ("登记编号 2026-001", "张&lt;某&gt;：验收报告", "最晚 2026-11-30 答复"):
        assert part in shown
    assert "2026-002" in enter(desk)
    assert [record.channel for record in desk.ledger.requests()] == ["internet", "internet"]


@pytest.mark.parametrize(
    ("entered", "says"),
    [
        ({"received": ""}, "收到申请之日"),
        ({"received": "去年"}, "收到申请之日"),
        ({"applicant": " "}, "申请人"),
        ({"asked": ""}, "内容"),
        ({"received": "2030-01-01"}, "2030-01-01"),
    ],
)
def test_a_request_that_cannot_be_is_told_and_not_registered(desk, entered, says):
    shown = enter(desk, **entered)
    assert ('role="alert"' in shown, says in shown) == (True, True), shown
    assert desk.ledger.requests() == []


def test_what_becomes_of_a_request_is_noted_and_what_is_left_empty_stays(desk):
    desk.ledger.add_requests([_request(note="加急")], TODAY)
    case = ledger_entry.open_cases(desk)["choices"]
    assert case == [("2026-001 张<某>：验收报告", "2026-001")]
    shown = ledger_entry.note_step(desk, "2026-001", "", "2026-01-07", "", "", "", "")
    assert "告知补正之日 2026-01-07" in shown
    shown = ledger_entry.note_step(desk, "2026-001", "granted", "", "", "2026-01-12", "", "2026年1月20日")
    assert "办理结果 （一）予以公开" in shown
    record = desk.ledger.get("2026-001")
    assert (record.correction_notified, record.corrected, record.closed, record.outcome, record.note) == (
        date(2026, 1, 7), date(2026, 1, 12), date(2026, 1, 20), "granted", "加急",
    )  # fmt: skip
    assert ledger_entry.open_cases(desk)["choices"] == []


@pytest.mark.parametrize(
    ("number", "outcome", "closed", "says"),
    [
        (None, "granted", "2026-01-20", "登记编号"),
        ("2026-001", "", "", "至少写一个日期"),
        ("2026-001", "granted", "", "办结"),
        ("2026-001", "granted", "2025-01-01", "2025-01-01"),
        ("2026-009", "", "2026-01-20", "2026-009"),
    ],
)
def test_a_step_that_cannot_be_is_told_and_not_noted(desk, number, outcome, closed, says):
    desk.ledger.add_requests([_request()], TODAY)
    shown = ledger_entry.note_step(desk, number, outcome, "", "", "", "", closed)
    assert ('role="alert"' in shown, says in shown) == (True, True), shown
    assert desk.ledger.get("2026-001") == _request()


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ({"in_force_from": "2020-01-01"}, "2020-01-01 起有效"),
        ({}, "有效，施行日不明"),
        ({"kind": "report"}, "有效"),
        ({"in_force": False, "in_force_until": "2019-12-31"}, "已失效（2019-12-31止）"),
        ({"in_force": False, "in_force_from": "2099-01-01"}, "2099-01-01 起，还没有施行"),
    ],
)
def test_the_list_of_texts_says_from_when_one_is_in_force_and_where_that_is_not_known(known, says):
    row = {
        "id": "示例", "title": "示例办法", "document_number": "", "issuer": "", "kind": "verbatim", "wording": None,
        "in_force": True, "in_force_from": None, "in_force_until": None, "articles": 3,
    } | known  # fmt: skip
    assert f">{says}</span></td>" in show_list([row], "", TODAY, 1)
