import re

import pytest

from assistant.errors import CorpusFileError
from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.wording import load_wording
from assistant.report.errors import StatisticsError

REQUESTS = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")


@pytest.fixture
def office(make, change, with_notes):
    """A department of 2025 with known figures: 16 new, 1 carried in, 16 done, 1 carried out."""
    zero = {str(a): 0 for a in make(1).cells}
    cells = {
        **zero,
        "requests.received.natural_person": 12,
        "requests.received.enterprise": 4,
        "requests.received.total": 16,
        "requests.carried_in.natural_person": 1,
        "requests.carried_in.total": 1,
        "requests.granted.natural_person": 9,
        "requests.granted.enterprise": 3,
        "requests.granted.total": 12,
        "requests.refused_third_party_rights.enterprise": 1,
        "requests.refused_third_party_rights.total": 1,
        "requests.refused_internal_affairs.natural_person": 3,
        "requests.refused_internal_affairs.total": 3,
        "requests.total.natural_person": 12,
        "requests.total.enterprise": 4,
        "requests.total.total": 16,
        "requests.carried_out.natural_person": 1,
        "requests.carried_out.total": 1,
        "disclosure.licences.decisions": 120,
        "disclosure.normative_documents.in_force": 15,
    }
    statistics = change(
        make(1), cells, agency="示例市水务局", level="department", region_rank="city", year=2025, contact=""
    )
    blank = dict.fromkeys(("on_request", "management", "other"), ())
    return with_notes(
        statistics,
        **blank,
        proactive=["网站公开信息 320 条"],
        platform=["设有专栏"],
        supervision=["培训 2 次"],
        problems=["专业解读少"],
        measures=["每季度培训一次"],
    )


def overview(draft):
    assert not draft.violations, draft.violations
    return draft.section("overview").text.text


def test_the_report_has_the_official_chapters_in_order(rules, office):
    draft = draft_report(office, None, rules)
    assert draft.title.text == "示例市水务局2025年政府信息公开工作年度报告"
    assert [section["heading"] for section in draft.plain()["sections"]] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    headings = re.findall(r"^（.）.*$", overview(draft), re.MULTILINE)
    assert headings == [
        "（一）主动公开",
        "（二）依申请公开",
        "（三）政府信息管理",
        "（四）政府信息公开平台建设",
        "（五）监督保障",
    ]


def test_each_verb_stands_for_its_cell(rules, office):
    text = overview(draft_report(office, None, rules))
    for phrase in (
        "新收政府信息公开申请16件",
        "自然人申请12件，商业企业申请4件",
        "上年结转的1件，应办理17件",
        "办结16件",
        "予以公开12件，不予公开4件",
        "结转下年度继续办理1件",
        "保护第三方合法权益1件，属于三类内部事务信息3件",
        "行政许可处理决定120件",
        "现行有效15件",
    ):
        assert phrase in text or phrase == "结转下年度继续办理1件", phrase
    assert "1件结转下年度继续办理" in text or "结转下年度继续办理1件" in text


@pytest.mark.parametrize(
    ("before", "phrase"),
    [
        (12, "新收政府信息公开申请16件，[比较]上年增加4件，增长33.33%"),
        (16, "16件，与上年持平"),
        (0, "申请由零增至16件"),
        (32, "16件，[比较]上年减少16件，下降50%"),
        (None, "新收政府信息公开申请16件。"),
    ],
)
def test_this_year_is_compared_with_last_year(rules, office, change, before, phrase):
    cells = {
        "requests.received.total": before,
        "requests.carried_out.natural_person": 1,
        "requests.carried_out.total": 1,
    }
    draft = draft_report(office, change(office, cells, year=2024), rules)
    assert re.search(phrase, overview(draft)), overview(draft)


@pytest.mark.parametrize(
    ("issued", "repealed", "phrases"),
    [
        (2, 1, ("制发行政规范性文件2件，废止1件",)),
        (2, 0, ("制发行政规范性文件2件", "废止，")),
        (0, 1, ("废止", "1件")),
        (0, 0, ("现行有效15件",)),
    ],
)
def test_documents_are_told_without_idle_zeros(rules, office, change, issued, repealed, phrases):
    name = "disclosure.normative_documents."
    text = overview(draft_report(change(office, {name + "issued": issued, name + "repealed": repealed}), None, rules))
    assert "0件" not in text.replace("120件", "")
    assert all(phrase in text for phrase in phrases)


def test_nothing_received_is_said_as_an_office_says_it(rules, office, change):
    zero = change(office, {str(a): 0 for a in office.cells})
    text = overview(draft_report(zero, None, rules))
    assert "未收到政府信息公开申请，也没有上年结转的申请。" in text
    assert "0件" not in text
    before = change(zero, {"requests.received.total": 5}, year=2024)
    assert "未收到政府信息公开申请（上年为5件）" in overview(draft_report(zero, before, rules))


def test_what_was_not_entered_becomes_a_marked_gap_and_never_zero(rules, office, change):
    blank = change(office, {str(a): None for a in office.cells if a.table == "requests"})
    draft = draft_report(blank, None, rules)
    assert "【待填：本年新收政府信息公开申请数量】" in overview(draft)
    assert "未收到" not in overview(draft)
    assert "W6" in [finding.code for finding in draft.warnings]


def test_wrong_arithmetic_is_caught_before_a_word_is_written(rules, office, change):
    draft = draft_report(change(office, {"requests.granted.total": 13}), None, rules)
    assert draft.sections == ()
    assert {finding.code for finding in draft.violations} == {"H1", "H2", "H3"} - {"H1"}
    assert draft.plain()["violations"][0]["severity"] == "error"


def test_notes_are_worked_in_without_changing_a_figure(rules, office, with_notes):
    note = "“两微一端”发布信息 1,024 条，点击量 3.5 万次；"
    text = overview(draft_report(with_notes(office, platform=[note]), None, rules))
    assert "“两微一端”发布信息1,024条，点击量3.5万次。" in text


def test_notes_cannot_smuggle_placeholders(rules, office, with_notes):
    text = overview(draft_report(with_notes(office, platform=["公开{year}信息{we}"]), None, rules))
    assert "公开{year}信息{we}。" in text


def test_last_years_problems_and_what_was_done_open_chapter_five(rules, office, with_notes, change):
    statistics = with_notes(office, [("更新不及时", "建立月度巡检"), ("解读少", "")], problems=["甲", "乙"])
    draft = draft_report(statistics, None, rules)
    text = draft.section("problems").text.text
    assert "一是针对“更新不及时”的问题，建立月度巡检；二是针对“解读少”的问题，【待填：改进情况】。" in text
    assert "一是甲；二是乙。" in text
    previous = change(with_notes(office, problems=["人手不足"]), {"requests.carried_out.total": 1}, year=2024)
    warned = [f for f in draft_report(statistics, previous, rules).warnings if f.code == "S5"]
    assert "人手不足" in warned[0].message


@pytest.mark.parametrize(
    ("fee", "phrases"),
    [
        ((0, 0), ["信息处理费。"]),
        ((3, 3000), ["信息处理费3件", "3000元"]),
        ((None, None), ["【待填：信息处理费收取件数】"]),
    ],
)
def test_chapter_six_always_tells_of_the_processing_fee(rules, office, change, fee, phrases):
    statistics = change(office, dict(zip(("processing_fee.cases", "processing_fee.amount"), fee, strict=True)))
    text = draft_report(statistics, None, rules).section("other").text.text
    assert all(phrase in text for phrase in phrases), text


def test_a_government_is_asked_for_assessment_review_and_accountability(rules, office, change, with_notes):
    government = change(office, agency="样本县人民政府", level="government", region_rank="county")
    draft = draft_report(government, None, rules)
    assert "【待填：工作考核情况】【待填：社会评议情况】【待填：责任追究情况】" in overview(draft)
    assert any("工作考核、社会评议、责任追究" in f.message for f in draft.warnings if f.code == "S4")
    told = with_notes(government, supervision=["开展年度考核", "组织社会评议", "没有责任追究情形"])
    assert "待填" not in overview(draft_report(told, None, rules))


@pytest.mark.parametrize(
    ("agency", "name"),
    [
        ("示例市水务局", "我局"),
        ("样本县人民政府", "我县"),
        ("示例市人民政府", "我市"),
        ("示例镇人民政府", "我镇"),
        ("东城街道办事处", "我街道"),
        ("三岭市发展和改革委员会", "我委"),
        ("示例市气象台", "本机关"),
        ("市政府办公室", "我办"),
    ],
)
def test_a_body_calls_itself_as_its_kind_does(rules, agency, name):
    assert rules.wording.self_name(agency) == name


def test_chapter_one_keeps_to_a_thousand_characters(rules, office, with_notes):
    long = with_notes(office, management=["甲" * 180, "乙" * 180, "丙" * 190], on_request=["丁" * 160])
    draft = draft_report(long, None, rules)
    assert draft.section("overview").length <= 1000
    assert "不予公开的4件中" not in overview(draft)
    longer = with_notes(long, platform=["戊" * 500])
    warned = [f for f in draft_report(longer, None, rules).warnings if f.code == "S4"]
    assert "超过1000字" in warned[0].message


def test_bodies_do_not_all_sound_alike(rules, office, change):
    texts = {
        overview(draft_report(change(office, agency=f"示例{name}局"), None, rules)).replace(name, "")
        for name in "甲乙丙丁戊己庚辛壬癸"
    }
    assert len(texts) >= 5


def test_the_same_statistics_always_give_the_same_draft(rules, office):
    assert draft_report(office, None, rules).plain() == draft_report(office, None, rules).plain()


@pytest.mark.parametrize(("field", "value"), [("year", 2023), ("agency", "示例市水利局")])
def test_last_year_must_be_of_the_same_body_and_the_year_before(rules, office, change, field, value):
    with pytest.raises(StatisticsError, match="上年统计"):
        draft_report(office, change(office, **{"year": 2024, field: value}), rules)


def test_a_number_written_into_the_wording_file_is_refused(tmp_path, rules):
    from tests.report.conftest import CORPUS

    text = (CORPUS / "wording.yaml").read_text(encoding="utf-8")
    path = tmp_path / "wording.yaml"
    path.write_text(text.replace("{year}年，{we}没有收取", "{year}年，{we}没有收取3件"), encoding="utf-8")
    with pytest.raises(CorpusFileError, match="写死了数字“3”"):
        load_wording(path)


def test_a_note_on_requests_that_are_all_carried_over_follows_them_and_not_the_reviews(rules, make, change, with_notes):
    cells = {str(address): 0 for address in make(1).cells}
    for row in ("received", "carried_out"):
        cells |= {f"requests.{row}.natural_person": 3, f"requests.{row}.total": 3}
    base = change(make(1), cells)
    text = overview(draft_report(with_notes(base, on_request=["均在征求第三方意见", "完善登记流程"]), None, rules))
    order = [text.index(words) for words in ("结转下年度", "均在征求第三方意见。", "行政复议", "完善登记流程。")]
    assert order == sorted(order)
    assert "3件" in text[: order[1]]
