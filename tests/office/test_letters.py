import os
from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.errors import CalendarCoverageError, DateError, FeeError, LetterError
from assistant.numbers import parse_chinese_numeral
from assistant.office.letter_input import example_fields, office_fields, read_data
from assistant.sources.digests import load_digests

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden/letters"
KINDS = sorted(path.stem for path in (ROOT / "corpus/letters").glob("*.yaml"))
REPLIES = [key for key in KINDS if key.startswith("reply_")]
REVIEW_FIRST = {
    "reply_refused_state_secret",
    "reply_refused_prohibited_by_law",
    "reply_refused_security_and_stability",
    "reply_refused_third_party_rights",
    "reply_refused_internal_affairs",
    "reply_refused_process_information",
    "reply_refused_enforcement_files",
}


def picture(letter):
    """A letter as its golden file has it: what the office must know, then the letter."""
    articles = "；".join(f"《{c.document}》{c.clause}" for c in letter.citations)
    dates = "；".join(f"{item.rule.name} {item.due}" for item in letter.deadlines.values())
    head = [f"表三：{letter.row_label or '中间文书'}", f"条文：{articles or '无'}", f"期限：{dates or '无'}"]
    head += [f"提醒：{warning}" for warning in letter.warnings]
    return "\n".join(head) + "\n" + "─" * 30 + "\n" + letter.text


@pytest.mark.parametrize("key", KINDS)
def test_a_letter_of_every_kind_reads_as_its_golden_file(key, desk, example, today):
    text = picture(desk.letters.draft_letter(key, example(key), today))
    path = GOLDEN / f"{key}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_a_kind():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(KINDS)


def test_every_letter_that_staff_needs_names_has_a_kind():
    needed = {
        "registration_form", "receipt", "correction_notice", "reasons_notice", "extension_notice",
        "third_party_consultation", "third_party_opinion", "consultation_notice", "third_party_disclosure",
        "joint_maker_consultation", "assistance_request", "fee_notice", "record_correction_reply",
        "record_correction_refusal", "record_correction_transfer", "service_receipt", "archive_index",
    }  # fmt: skip
    assert needed <= set(KINDS)


def test_every_row_of_the_table_has_a_letter(desk):
    assert {kind.row for kind in desk.kinds.kinds.values() if kind.row} == set(desk.kinds.rows)


@pytest.mark.parametrize("key", KINDS)
def test_a_missing_required_field_is_named_in_one_line(key, desk, example):
    kind = desk.kinds.kind(key)
    entered = example(key)
    for name in (name for name, field in kind.fields.items() if field.required):
        with pytest.raises(LetterError, match=rf"缺少.*{name}") as caught:
            desk.letters.draft_letter(key, {field: value for field, value in entered.items() if field != name})
        assert "\n" not in str(caught.value)


def test_all_missing_fields_are_named_at_once(desk):
    with pytest.raises(LetterError, match=r"本机关全称（agency）.*需要补正的事项.*补正期限的最后一日"):
        desk.letters.draft_letter("correction_notice", {"applicant": "张某"})


@pytest.mark.parametrize("key", KINDS)
def test_every_cited_article_is_in_the_corpus(key, desk, example):
    known = {(article.source.title, article.number) for article in load_digests(ROOT / "corpus/regulations")}
    for citation in desk.letters.draft_letter(key, example(key)).citations:
        numeral = citation.clause.partition("第")[2].partition("条")[0]
        if numeral:
            assert (citation.document, parse_chinese_numeral(numeral)) in known, citation


@pytest.mark.parametrize("key", REPLIES)
def test_the_remedy_is_reconsideration_first_for_articles_14_to_16_and_free_for_the_rest(key, desk, example):
    letter = desk.letters.draft_letter(key, example(key))
    if key in REVIEW_FIRST:
        assert "应当先申请行政复议" in letter.text
        assert "本决定不能直接提起行政诉讼" in letter.text
        assert "6个月" not in letter.text
    elif key == "reply_partly_granted":
        assert "不予公开的部分，应当先申请行政复议" in letter.text
        assert "其他部分" in letter.text
    elif key == "reply_withdrawn":
        assert letter.remedy is None
    else:
        assert "60日内向示例市人民政府申请行政复议，也可以自收到" in letter.text
        assert "6个月内直接向" in letter.text


def test_withholding_what_is_no_government_information_needs_no_reconsideration_first(desk, example):
    letter = desk.letters.draft_letter(
        "reply_partly_granted", example("reply_partly_granted", withheld_ground="not_government_information")
    )
    assert letter.remedy == "review_or_lawsuit"
    assert "第二条所称的政府信息" in letter.text


@pytest.mark.parametrize(
    ("agency_kind", "names", "expected"),
    [
        ("local_department", {"government": "甲县人民政府"}, "向甲县人民政府申请行政复议"),
        ("local_government", {"government": "乙市人民政府"}, "向乙市人民政府申请行政复议"),
        ("dispatched_office", {"government": "丙区人民政府"}, "向丙区人民政府申请行政复议"),
        ("authorised_organisation", {"government": "丁市人民政府"}, "向丁市人民政府申请行政复议"),
        ("department_branch", {"government": "戊县人民政府"}, "向戊县人民政府申请行政复议"),
        ("provincial_government", {"agency": "己省人民政府"}, "向己省人民政府申请行政复议"),
        ("state_council_department", {"agency": "庚部"}, "向庚部申请行政复议"),
        ("vertical", {"superior": "辛省税务局"}, "向辛省税务局申请行政复议"),
        ("state_council_branch", {"superior": "庚部"}, "向庚部申请行政复议"),
        ("state_council_organisation", {"superior": "庚部"}, "向庚部申请行政复议"),
        (
            "municipal_branch",
            {"government": "子市人民政府", "seat_government": "丑区人民政府"},
            "向子市人民政府或者丑区人民政府（由申请人选择）申请行政复议",
        ),
        (
            "justice_department",
            {"government": "壬县人民政府", "superior": "癸市司法局"},
            "向壬县人民政府或者癸市司法局（由申请人选择）申请行政复议",
        ),
    ],
)
def test_the_reviewing_body_follows_the_kind_of_agency(agency_kind, names, expected, desk, example):
    entered = example("reply_nonexistent", agency_kind=agency_kind, government=None) | names
    assert expected in desk.letters.draft_letter("reply_nonexistent", entered).text


@pytest.mark.parametrize("kind", ["reply_refused_internal_affairs", "reply_partly_granted", "reply_nonexistent"])
@pytest.mark.parametrize("agency_kind", ["provincial_government", "state_council_department", "local_department"])
def test_of_a_review_by_the_agency_itself_the_ruling_of_the_state_council_is_told(kind, agency_kind, desk, example):
    """行政复议法 26: after a review of its own acts the applicant may also turn to the State Council."""
    letter = desk.letters.draft_letter(kind, example(kind, agency_kind=agency_kind))
    told = agency_kind != "local_department" and letter.remedy != "review_or_lawsuit"
    assert ("向国务院申请裁决" in letter.text) == told
    assert (
        any(a["document"].endswith("行政复议法") and a["clause"] == "第二十六条" for a in letter.as_json()["articles"])
        == told
    )


def test_no_other_body_is_offered_where_the_agency_reviews_its_own_acts(desk):
    bodies = desk.kinds.remedies["bodies"]
    own = {key for key, body in bodies.items() if body["needs"] == "agency"}
    assert own == {"provincial_government", "state_council_department"}
    assert all("向本机关申请复议" in bodies[key]["name"] and "上一级" not in bodies[key]["name"] for key in own)


def test_a_vertical_agency_must_name_its_superior(desk, example):
    with pytest.raises(LetterError, match="上一级主管部门或者所属国务院部门全称（superior）"):
        desk.letters.draft_letter("reply_nonexistent", example("reply_nonexistent", agency_kind="vertical"))


def test_a_decision_served_by_internet_names_where_the_review_is_applied_for(desk, example):
    online = example("reply_granted", manner="以电子文档形式发送至你填写的电子邮箱")
    for entered in (online, example("reply_granted", channel="internet")):
        (warning,) = desk.letters.draft_letter("reply_granted", entered).warnings
        assert "提交行政复议申请书的互联网渠道（行政复议法第二十二条第二款）" in warning
    assert not desk.letters.draft_letter("reply_granted", example("reply_granted", channel="post")).warnings
    letter = desk.letters.draft_letter("reply_granted", online | {"review_channel": "某平台"})
    assert letter.text.count("行政复议申请书可以通过某平台提交。") == 1
    assert not letter.warnings
    assert any(citation.clause == "第二十二条第二款" for citation in letter.citations)


def test_several_things_stand_in_paragraphs_of_their_own_and_one_in_the_sentence(desk, example):
    lines = desk.letters.draft_letter("correction_notice", example("correction_notice")).paragraphs
    assert [line[:3] for line in lines if line.startswith("（")] == ["（一）", "（二）"]
    one = desk.letters.draft_letter("correction_notice", example("correction_notice", items=["写明年度"])).text
    assert "需要补正的事项：写明年度。" in one


def test_a_decision_before_the_new_reconsideration_law_is_refused(desk, example):
    entered = example("reply_nonexistent", received=date(2023, 11, 1), signed=date(2023, 11, 10))
    with pytest.raises(LetterError, match="2024-01-01起施行"):
        desk.letters.draft_letter("reply_nonexistent", entered)


def test_dates_follow_the_deadline_rules(desk, example):
    letter = desk.letters.draft_letter("extension_notice", example("extension_notice"))
    assert "即延长至2026年3月6日" in letter.text
    paused = example("extension_notice", pauses=[{"from": date(2026, 1, 12), "until": "2026年1月20日"}])
    assert "即延长至2026年3月17日" in desk.letters.draft_letter("extension_notice", paused).text


def test_a_letter_dated_after_its_period_is_drafted_with_a_warning(desk, example):
    entered = example("correction_notice", signed=date(2026, 1, 15))
    warnings = desk.letters.draft_letter("correction_notice", entered).warnings
    assert any("2026年1月14日，已经超期" in warning for warning in warnings)
    assert not desk.letters.draft_letter("correction_notice", example("correction_notice")).warnings


def test_an_organisation_is_addressed_as_such(desk, example):
    letter = desk.letters.draft_letter("reply_granted", example("reply_granted", applicant_kind="enterprise"))
    assert "收到你单位" in letter.text


def test_correction_extension_and_consultation_are_told_in_the_opening(desk, example):
    entered = example(
        "reply_granted", corrected="2026-01-08", extended=True,
        pauses=[{"from": "2026-01-12", "until": "2026-01-20"}],
    )  # fmt: skip
    text = desk.letters.draft_letter("reply_granted", entered).text
    assert "本机关于2026年1月8日收到补正的申请" in text
    assert "已经依法告知延长答复期限" in text
    assert "2026年1月12日至2026年1月20日为征求意见的时间" in text


def test_official_wording_is_quoted_where_the_office_has_imported_it(desk, example):
    def wording(title, clause):
        return "测 试 条 文" if clause == "第三十六条第四项" else None

    letter = desk.letters.draft_letter("reply_nonexistent", example("reply_nonexistent"), quotation=wording)
    assert letter.paragraphs[-2] == "《中华人民共和国政府信息公开条例》第三十六条第四项规定：“测试条文”"


def test_what_is_entered_is_never_run_as_a_template(desk, example):
    text = desk.letters.draft_letter("reply_granted", example("reply_granted", request="{{ 7*7 }}{% x %}")).text
    assert "{{ 7*7 }}{% x %}" in text


@pytest.mark.parametrize(
    ("key", "changes", "message"),
    [
        ("nonsense", {}, "没有“nonsense”这种文书"),
        ("reply_granted", {"provided_": "x"}, "是不是要写 provided"),
        ("reply_granted", {"zzzz": "x"}, "请删去"),
        ("reply_granted", {"received": "2026-02-10"}, "早于收到申请之日"),
        ("reply_granted", {"document_number": "示水公开[2026]第012号"}, "六角括号"),
        ("reply_granted", {"applicant": "张\x00某"}, "不能打印的字符"),
        ("reply_granted", {"applicant": {"a": 1}}, "应当是一段文字"),
        ("reply_granted", {"applicant_kind": "外星人"}, "不能是“外星人”"),
        ("reply_granted", {"extended": "也许"}, "请写“是”或者“否”"),
        ("reply_granted", {"pauses": [{"from": "2026-01-12"}]}, "from 和 until"),
        ("reply_other_organ", {"other_contact": None}, "要么都写，要么都不写"),
        ("correction_notice", {"correction_deadline": "2026-01-12"}, "应当晚于成文日期"),
        ("reply_repeated", {"previous_date": "2026-01-06"}, "应当晚于前次答复的日期"),
        ("reply_fee_overdue", {"signed": "2026-03-03"}, "应当晚于期限的最后一日"),
        ("reply_granted", {"received": "2026-12-01", "signed": "2026-12-02"}, "晚于今天"),
        ("fee_notice", {"requests": "-3"}, "不小于0的整数"),
        ("fee_notice", {"month": None}, "哪个月"),
        ("fee_notice", {"requests": 10}, "免费范围"),
    ],
)
def test_entries_that_cannot_be_are_refused_in_one_line(key, changes, message, desk, example, today):
    entered = example(key, **changes) if key in KINDS else {}
    with pytest.raises(LetterError, match=message) as caught:
        desk.letters.draft_letter(key, entered, today)
    assert "\n" not in str(caught.value)


def test_other_refusals_come_through(desk, example):
    with pytest.raises(DateError, match="不是真实存在的日子"):
        desk.letters.draft_letter("reply_granted", example("reply_granted", received="2026-02-31"))
    with pytest.raises(CalendarCoverageError, match="2027"):
        desk.letters.draft_letter(
            "extension_notice", example("extension_notice", received="2026-12-01", signed="2026-12-02")
        )
    with pytest.raises(FeeError, match="选一种"):
        desk.letters.draft_letter("fee_notice", example("fee_notice", requests=None))


@pytest.mark.parametrize("key", KINDS)
def test_the_printed_example_drafts_the_letter(key, desk, tmp_path):
    path = tmp_path / "fields.yaml"
    path.write_text(example_fields(desk.kinds.kind(key)), encoding="utf-8")
    assert desk.letters.draft_letter(key, read_data(path)).text


def test_a_data_file_that_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "fields.yaml"
    for text, message in (
        ("", "是空的"),
        ("- a", "一行一个"),
        ("a: [", "第1行附近"),
        ("received: 2026-02-31", "不存在的日期"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(LetterError, match=message):
            read_data(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LetterError, match="UTF-8"):
        read_data(path)
    with pytest.raises(LetterError, match="没有文件"):
        read_data(tmp_path / "absent.yaml")


def test_the_office_says_once_who_it_is(tmp_path):
    assert office_fields(tmp_path) == {}
    (tmp_path / "office.yaml").write_text(yaml.safe_dump({"agency": "示例局"}, allow_unicode=True), encoding="utf-8")
    assert office_fields(tmp_path) == {"agency": "示例局"}
    (tmp_path / "office.yaml").write_text("applicant: 张某", encoding="utf-8")
    with pytest.raises(LetterError, match="不能写 applicant"):
        office_fields(tmp_path)
