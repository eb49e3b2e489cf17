import pytest

from assistant.report.interview import Interview, advance, start_interview, wants_draft


@pytest.mark.parametrize(
    "message", ["帮我起草2025年年报", "写一份 2025 年度的政府信息公开工作年度报告", "编制年度报告"]
)
def test_a_wish_for_a_report_is_recognised(message):
    assert wants_draft(message)


@pytest.mark.parametrize("message", ["年报什么时候公布？", "年度报告第一部分不超过多少字", "起草答复书"])
def test_a_question_about_reports_is_none(message):
    assert not wants_draft(message)


@pytest.mark.parametrize(
    ("message", "agency", "year", "awaiting"),
    [
        ("帮我起草2025年年报", "", 2025, "agency"),
        ("帮我起草示例市水务局2025年年报", "示例市水务局", 2025, "figures"),
        ("起草年报", "", None, "agency"),
        ("为样本县人民政府2020年度写年度报告", "样本县人民政府", 2020, "figures"),
    ],
)
def test_what_the_first_message_tells_is_not_asked_again(rules, message, agency, year, awaiting):
    interview, reply = start_interview(message, rules)
    assert (interview.agency, interview.year, interview.awaiting) == (agency, year, awaiting)
    assert reply.draft is None


def test_the_dialogue_leads_to_a_draft_and_more_notes_redraft_one_chapter(rules, make, change):
    statistics = change(make(17, year=2025), agency="示例市水务局")
    interview, reply = start_interview("帮我起草2025年年报", rules)
    assert "哪个机关" in reply.text
    interview, reply = advance(interview, "示例市水务局", rules)
    assert "“2021”表式" in reply.text
    interview, reply = advance(interview, "", rules, statistics)
    assert reply.draft is interview.draft is not None
    before = {place: text.text for place, text in interview.draft.texts()}
    interview, reply = advance(interview, "第五部分再写具体些", rules)
    assert "一行一条" in reply.text
    interview, reply = advance(interview, "解读形式单一\n新媒体更新慢", rules)
    after = {place: text.text for place, text in reply.draft.texts()}
    assert [place for place in after if after[place] != before[place]] == ["五、存在的主要问题及改进情况"]
    assert "新媒体更新慢" in after["五、存在的主要问题及改进情况"]


def test_wrong_figures_are_sent_back_with_the_sums(rules, make, change):
    statistics = change(make(17, year=2025), agency="示例市水务局")
    wrong = change(statistics, {"requests.received.total": 10**6})
    interview, _ = start_interview("起草示例市水务局2025年年报", rules)
    interview, reply = advance(interview, "", rules, wrong)
    assert reply.draft is None
    assert "H3　表三“一、本年新收政府信息公开申请数量”行" in reply.text
    interview, reply = advance(interview, "", rules, statistics)
    assert reply.draft is not None


def test_last_years_figures_may_come_first_or_later(rules, make, change):
    now = change(make(17, year=2025), agency="示例市水务局")
    carried = {f"requests.carried_out.{a.column}": v for a, v in now.cells.items() if a.row == "carried_in"}
    extra = {
        f"requests.{row}.{a.column}": 0
        for a in now.cells
        if a.row == "carried_in"
        for row in ("received", "carried_in")
    }
    before = change(now, {**extra, **carried}, year=2024)
    interview, _ = start_interview("起草示例市水务局2025年年报", rules)
    interview, reply = advance(interview, "", rules, before)
    assert "作为上年数据" in reply.text
    interview, reply = advance(interview, "", rules, now)
    assert reply.draft is not None
    assert interview.previous is before


@pytest.mark.parametrize(
    ("field", "value", "part"), [("year", 2022, "这份统计是2022年度的"), ("agency", "样本局", "这份统计是“样本局”的")]
)
def test_figures_of_another_body_or_year_are_not_taken(rules, make, change, field, value, part):
    interview = Interview("示例市水务局", 2025, awaiting="figures")
    statistics = change(make(17, year=2025), **{"agency": "示例市水务局", field: value})
    after, reply = advance(interview, "", rules, statistics)
    assert (after, reply.draft) == (interview, None)
    assert part in reply.text


def test_all_zero_is_taken_only_after_it_was_confirmed(rules):
    interview, _ = start_interview("起草示例市水务局2025年年报", rules)
    interview, reply = advance(interview, "全部为零", rules)
    assert "确实没有" in reply.text
    assert reply.draft is None
    interview, reply = advance(interview, "是", rules)
    assert "未收到政府信息公开申请" in reply.draft.section("overview").text.text
    assert reply.draft.statistics.value("disclosure", "licences", "decisions") is None


def test_a_year_without_a_form_is_asked_again(rules):
    interview, reply = start_interview("起草示例市水务局2010年年报", rules)
    assert interview.awaiting == "year"
    assert "2010年度" in reply.text
