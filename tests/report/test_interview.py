from decimal import Decimal
from random import Random

import pytest

from assistant.report.completing import complete
from assistant.report.forms import Address
from assistant.report.interview import advance, start_interview
from assistant.report.interview_state import Interview
from assistant.report.interview_wish import wants_draft


@pytest.mark.parametrize(
    "message",
    ["帮我起草2025年年报", "写一份 2025 年度的政府信息公开工作年度报告", "编制年度报告", "能帮我写2025年年报吗？"],
)
def test_a_wish_for_a_report_is_recognised(message):
    assert wants_draft(message)


@pytest.mark.parametrize(
    "message",
    [
        "年报什么时候公布？",
        "年度报告第一部分不超过多少字",
        "起草答复书",
        "谁负责编制年度报告？",
        "请问编制年度报告要包括哪些内容",
        "写年报有什么要求",
        "怎么编写年报",
        "起草年报应当引用哪个文件",
    ],
)
def test_a_question_about_reports_is_none(message):
    assert not wants_draft(message)


@pytest.mark.parametrize(
    ("message", "agency", "year", "awaiting"),
    [
        ("帮我起草2025年年报", "", 2025, "agency"),
        ("帮我起草示例市水务局2025年年报", "示例市水务局", 2025, "received"),
        ("起草年报", "", None, "agency"),
        ("为样本县人民政府2020年度写年度报告", "样本县人民政府", 2020, "received"),
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


def talk(rules, first, *messages):
    """The state after a dialogue, and the replies."""
    interview, reply = start_interview(first, rules)
    replies = [reply]
    for message in messages:
        interview, reply = advance(interview, message, rules)
        replies.append(reply)
    return interview, replies


FIGURES = (
    "新收：自然人12，企业3，其余都是0",
    "上年结转1件",
    "自然人",
    "予以公开10件",
    "自然人8，企业2",
    "不掌握3件，都是自然人；部分公开1件，企业；其余都是0",
    "是",
    "复议1件，维持；没有诉讼",
    "没有规章，规范性文件制发2件，废止1件，现行有效15件",
    "行政许可120件，行政处罚8件，没有行政强制，行政事业性收费12.5万元",
    "没有",
)


def test_the_figures_are_said_row_by_row_and_asked_for_in_small_groups(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", *FIGURES)
    asked = [reply.text for reply in replies]
    assert "2025年新收多少件、上年结转多少件" in asked[0]
    assert "还缺：上年结转政府信息公开申请" in asked[1]
    assert "上年结转政府信息公开申请共1件，各是哪类申请人" in asked[2]
    assert "应办理16件" in asked[3] or "还缺：予以公开" in asked[3]
    assert "予以公开共10件，各是哪类申请人" in asked[4]
    assert "按前面的数应当是自然人2、总计2" in asked[6]
    assert "表四" in asked[7]
    assert "表二" in asked[8]
    assert "信息处理费" in asked[10]
    assert "数字都有了" in asked[11]
    assert interview.awaiting == "chapter:one"
    interview, replies = talk(rules, "起草示例市水务局2025年年报", *FIGURES, "门户网站公开信息320条", "起草")
    text = replies[-1].draft.section("overview").text.text
    assert "新收政府信息公开申请15件" in text
    assert "门户网站公开信息320条" in text
    assert interview.draft.statistics.value("requests", "carried_out", "total") == 2


NOTES_ONE = """主动公开：门户网站公开信息320条
一、信息管理：
全年清理文件40件
新媒体平台改版1次
举办培训3次"""


def test_missing_notes_are_asked_for_in_two_questions_and_put_where_they_belong(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", *FIGURES, NOTES_ONE, "解读形式单一\n下一步增加图解")
    assert [("主动公开（" in reply.text, "改进措施（" in reply.text) for reply in replies[-3:]] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert "记下：主动公开1条，政府信息管理3条" in replies[-2].text
    told = {key: interview.facts.of(key) for key in ("proactive", "management", "problems", "measures")}
    assert told == {
        "proactive": ("门户网站公开信息320条",),
        "management": ("全年清理文件40件", "新媒体平台改版1次", "举办培训3次"),
        "problems": ("解读形式单一",),
        "measures": ("下一步增加图解",),
    }
    assert replies[-1].draft is not None
    assert interview.awaiting == ""


def test_notes_without_a_label_go_by_their_words(rules):
    interview, _ = talk(rules, "起草示例市水务局2025年年报", *FIGURES, "公开信息320条\n新媒体平台改版1次\n举办培训3次")
    assert {key: interview.facts.of(key) for key in ("proactive", "platform", "supervision")} == {
        "proactive": ("公开信息320条",),
        "platform": ("新媒体平台改版1次",),
        "supervision": ("举办培训3次",),
    }


def test_no_notes_are_skipped_with_two_answers(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", *FIGURES, "没有", "没有")
    assert replies[-1].draft is not None
    assert interview.awaiting == ""
    assert not any(interview.facts.notes.values())


def test_notes_missing_in_uploaded_statistics_are_asked_for_with_the_draft(rules, make, change, with_notes):
    statistics = change(make(17, year=2025), agency="示例市水务局")
    none = dict.fromkeys(("on_request", "management", "platform", "supervision", "problems", "measures"), ())
    interview, reply = advance(Interview(), "", rules, with_notes(statistics, **none, proactive=["公开信息9条"]))
    assert reply.draft is not None
    assert "平台建设（" in reply.text
    assert "主动公开（" not in reply.text
    interview, reply = advance(interview, "平台建设：改版网站1次，规范性文件废止2件", rules)
    assert "改版网站1次" in reply.draft.section("overview").text.text
    before = dict(interview.given)
    interview, reply = advance(interview, "没有", rules)
    assert dict(interview.given) == before
    assert interview.awaiting == ""
    assert "改进措施（" not in reply.text


def test_what_is_there_so_far_is_shown(rules):
    _, replies = talk(rules, "起草示例市水务局2025年年报", "看一下", FIGURES[0], "看一下")
    assert "还没有填数字" in replies[1].text
    assert "本年新收政府信息公开申请：自然人12、商业企业3、总计15" in replies[3].text
    assert "还缺" in replies[3].text


def test_a_figure_is_corrected_before_and_after_the_draft(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", *FIGURES, "起草", "把新收自然人改成13")
    assert "改为：本年新收政府信息公开申请：自然人13、商业企业3、总计16" in replies[-1].text
    assert "H1" in replies[-1].text
    interview, reply = advance(interview, "予以公开自然人改成9", rules)
    assert "新收政府信息公开申请16件" in reply.draft.section("overview").text.text


def test_a_total_is_carried_over_only_where_there_is_one_part(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", "新收自然人12，其余都是0", "把新收改成13")
    assert "改为：本年新收政府信息公开申请：自然人13、总计13" in replies[-1].text
    interview, replies = talk(rules, "起草示例市水务局2025年年报", FIGURES[0], "把新收改成18")
    assert "总计写的是18，各类相加是15" in replies[-1].text
    assert interview.draft is None


@pytest.mark.parametrize(
    ("first", "answers", "agency", "year"),
    [
        ("帮我起草2025年青石县水利局年报", (), "青石县水利局", 2025),
        ("起草年报", ("我们是青石县水利局。", "25年"), "青石县水利局", 2025),
        ("起草年报", ("不知道", "我单位是东门街道办事处", "不清楚", "2025"), "东门街道办事处", 2025),
        ("起草2025年年报", ("城投集团",), "城投集团", 2025),
    ],
)
def test_body_and_year_are_understood_as_they_are_said(rules, first, answers, agency, year):
    interview, _ = talk(rules, first, *answers)
    assert (interview.agency, interview.year) == (agency, year)


def test_who_does_not_know_is_told_how_to_go_on_and_nothing_becomes_zero(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", "不知道", "不太清楚。")
    assert dict(interview.given) == {}
    assert replies[-1].text.startswith("不清楚的先空着，没有填的不会算作0")
    assert "新收多少件" in replies[-1].text


@pytest.mark.parametrize(
    ("said", "cell", "value"),
    [
        ("去年没有结转", ("requests", "carried_in", "total"), 0),
        ("上年也没有结转过来的申请", ("requests", "carried_in", "total"), 0),
        ("规范性文件发了2个", ("disclosure", "normative_documents", "issued"), 2),
    ],
)
def test_everyday_words_reach_their_cell(rules, said, cell, value):
    interview, _ = talk(rules, "起草示例市水务局2025年年报", said)
    assert complete(interview.given, rules.forms["2021"])[Address(*cell)] == value


def test_a_charge_is_that_of_the_question(rules):
    said = (*FIGURES[:-2], "许可43，处罚5，没有强制，收费12.36万")
    interview, _ = talk(rules, "起草示例市水务局2025年年报", *said)
    assert interview.given[Address("disclosure", "fees", "amount")] == Decimal("12.36")


def test_no_charge_said_to_the_processing_fee_leaves_the_other_charges(rules):
    said = FIGURES[:-1]
    interview, _ = talk(rules, "起草示例市水务局2025年年报", *said, "没有收费")
    assert interview.given[Address("processing_fee", "", "cases")] == 0
    assert interview.given[Address("disclosure", "fees", "amount")] == Decimal("12.5")


def test_notes_may_come_before_they_are_asked_for(rules):
    interview, replies = talk(
        rules, "起草示例市水务局2025年年报", "主动公开：发布信息156条\n平台：水利专栏", "问题：术语难懂；措施：多用图解"
    )
    assert interview.facts.of("proactive") == ("发布信息156条",)
    assert interview.facts.of("measures") == ("多用图解",)
    assert "记下：存在的问题1条，改进措施1条。" in replies[-1].text
    assert "新收多少件" in replies[-1].text
    interview, replies = talk(rules, "起草示例市水务局2025年年报", "第五部分再写具体些")
    assert replies[-1].text.startswith("草稿还没有写好；第五部分")


def test_what_followed_from_a_total_stays_known_when_a_part_is_corrected(rules):
    interview, _ = talk(rules, "起草示例市水务局2025年年报", "收到6件，5个人的，1家公司", "把新收自然人改成7")
    values = complete(interview.given, rules.forms["2021"])
    assert values[Address("requests", "received", "total")] == 8
    assert values[Address("requests", "received", "research")] == 0


def test_a_question_in_between_is_none_of_its_business(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", "上年结转是什么意思？", "帮我写个补正告知书")
    assert [reply.passed for reply in replies] == [False, True, True]
    assert interview.awaiting == "received"


def test_the_dialogue_can_be_called_off(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", FIGURES[0], "取消")
    assert interview == Interview()
    assert "不起草了" in replies[-1].text


def test_last_years_figures_start_this_years(rules, make, change, with_notes):
    before = with_notes(change(make(17, year=2024), agency="示例市水务局"), problems=["解读少"])
    interview, _ = start_interview("起草示例市水务局2025年年报", rules)
    interview, reply = advance(interview, "", rules, before)
    carried = before.value("requests", "carried_out", "total")
    assert f"总计{carried}" in reply.text
    assert "上年结转按上年的“结转下年度”填" in reply.text
    given = {str(address): value for address, value in interview.given.items()}
    assert given["requests.carried_in.total"] == carried
    assert interview.facts.last_year_problems[0].problem == "解读少"


def test_a_finished_report_is_last_years_where_no_year_was_told(rules, make, change):
    before = change(make(17, year=2024), agency="示例市水务局")
    interview, reply = advance(Interview(), "", rules, before, published=True)
    assert (interview.year, interview.previous) == (2025, before)
    assert "作为上年数据" in reply.text


def test_what_was_done_about_last_years_problems_is_asked(rules, make, change, with_notes):
    before = with_notes(change(make(3, year=2024), agency="示例市水务局", level="department"), problems=["解读少"])
    nothing = {str(address): 0 for address in before.cells}
    before = change(before, nothing)
    interview, _ = start_interview("起草示例市水务局2025年年报", rules)
    interview, _ = advance(interview, "", rules, before)
    for message in ("新收没有", "没有", "没有", "没有", "没有"):
        interview, reply = advance(interview, message, rules)
        if interview.awaiting.startswith("last_year"):
            break
    assert "上年的问题“解读少”，今年怎么改的" in reply.text
    interview, _ = advance(interview, "全年制作图解12个", rules)
    interview, reply = advance(interview, "起草", rules)
    assert "针对“解读少”" in reply.draft.section("problems").text.text
    assert "全年制作图解12个" in reply.draft.section("problems").text.text


def test_the_rank_of_a_city_government_is_asked(rules):
    interview, _ = start_interview("起草示例市人民政府2025年年报", rules)
    assert interview.awaiting == "region_rank"
    interview, _ = advance(interview, "县级", rules)
    assert (interview.region_rank, interview.awaiting) == ("county", "received")


def test_all_zero_may_be_denied(rules):
    interview, replies = talk(rules, "起草示例市水务局2025年年报", "全部为零", "有的")
    assert "请说明各有多少" in replies[-1].text
    assert interview.awaiting == "received"


def test_what_was_said_before_all_zero_stays(rules):
    said = ("行政许可120件", "全部为零", "是")
    interview, replies = talk(rules, "起草示例市水务局2025年年报", *said)
    assert replies[-1].draft is not None
    assert interview.given[Address("disclosure", "licences", "decisions")] == 120
    assert interview.given[Address("requests", "received", "total")] == 0


def test_after_all_zero_the_rest_is_still_taken(rules):
    _interview, replies = talk(rules, "起草示例市水务局2025年年报", "全部为零", "是", "行政许可120件，行政处罚8件")
    assert "行政许可处理决定120件" in replies[-1].draft.section("overview").text.text


def test_a_broken_word_list_is_refused(tmp_path):
    from assistant.errors import CorpusFileError
    from assistant.report.interview_words import load_interview_words

    (tmp_path / "interview.yaml").write_text("patterns: {rest: '('}", encoding="utf-8")
    with pytest.raises(CorpusFileError):
        load_interview_words(tmp_path / "interview.yaml")


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("第一部分再写具体些", "proactive"),
        ("监督保障部分补充一下", "supervision"),
        ("平台建设写得再详细一点", "platform"),
        ("改进措施加几条，再具体些", "measures"),
        ("第六部分补充", "other"),
    ],
)
def test_any_part_of_the_draft_may_get_more(rules, message, key):
    interview, _ = talk(rules, "起草示例市水务局2025年年报", "全部为零", "是", message)
    assert interview.awaiting == f"notes:{key}"
    interview, reply = advance(interview, "举办培训3次", rules)
    assert "举办培训3次" in "".join(text.text for _, text in reply.draft.texts())


def test_a_line_that_names_problem_and_measure_is_put_into_both(rules):
    interview, _ = talk(rules, "起草示例市水务局2025年年报", "全部为零", "是", "第五部分再写具体些")
    said = "问题：一是计划公开不完整；二是更新慢；措施：建立月度核查，6月底前完成"
    interview, reply = advance(interview, said, rules)
    assert interview.facts.of("problems") == ("计划公开不完整", "更新慢")
    assert interview.facts.of("measures") == ("建立月度核查，6月底前完成",)
    five = next(text.text for place, text in reply.draft.texts() if place.startswith("五"))
    assert "问题：一是计划公开不完整；二是更新慢。" in five
    assert "将建立月度核查，6月底前完成。" in five


PIECES = (
    "新收", "上年结转", "自然人", "企业", "其余都是0", "没有", "都是", "12件", "3", "十二", "，", "。", "；",
    "\n", "表三", "不予公开", "结转", "把", "改成", "12.5万元", "收费", "是", "看一下", "取消", "起草", "跳过",
    "？", "-3", "1.5", "999999999999999999", "第五部分", "规范性文件", "制发", "复议", "诉讼", "维持",
    "信息处理费", "{x}", "\x00", "🙂", "2025年", "全部为零",
)  # fmt: skip


def test_no_message_whatever_breaks_the_dialogue(rules):
    """Two hundred dialogues of pieces put together at random: every reply is a text, and figures stay figures."""
    for seed in range(200):
        random = Random(seed)
        interview, _ = start_interview("起草示例市水务局2025年年报", rules)
        for _ in range(12):
            message = "".join(random.choices(PIECES, k=random.randrange(1, 9)))
            interview, reply = advance(interview, message, rules)
            assert reply.passed or reply.text
            assert "{" not in reply.text.replace("{x}", "")
            assert all(value is None or value == value for value in interview.given.values())
