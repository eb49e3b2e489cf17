import pytest

from assistant.errors import GongkaiError, ModelSilentError
from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.polishing import polish_draft, polish_section
from assistant.report.drafting.provenance import verify_draft


@pytest.fixture
def draft(rules, make, change, with_notes):
    cells = {str(a): 0 for a in make(1).cells} | {
        "requests.received.natural_person": 12,
        "requests.received.enterprise": 4,
        "requests.received.total": 16,
        "requests.granted.natural_person": 12,
        "requests.granted.total": 12,
        "requests.unavailable_not_held.enterprise": 4,
        "requests.unavailable_not_held.total": 4,
        "requests.total.natural_person": 12,
        "requests.total.enterprise": 4,
        "requests.total.total": 16,
        "disclosure.licences.decisions": 120,
        "disclosure.penalties.decisions": 8,
        "disclosure.fees.amount": 35,
    }
    statistics = change(make(1), cells, agency="示例市水务局", level="department", year=2025, contact="")
    notes = {
        "proactive": ["门户网站公开信息320条", "政策解读12篇"],
        "on_request": [],
        "management": [],
        "platform": ["设有专栏"],
        "supervision": ["举办业务培训2次"],
        "problems": ["专业解读少"],
        "measures": ["每季度培训一次"],
        "other": [],
    }
    return draft_report(with_notes(statistics, **notes), None, rules)


def gate(rules, draft, *changes):
    text = draft.section("overview").text.text
    new = text
    for old, other in changes:
        assert old in new, (old, new)
        new = new.replace(old, other)
    return polish_section(draft.section("overview"), new, rules.wording.polishing, 1000)


def test_better_words_with_the_same_numbers_are_taken(rules, draft):
    polish = gate(rules, draft, ("举办业务培训", "认真组织并举办业务培训"), ("设有专栏", "在门户网站设有专栏"))
    assert polish.reasons == ()
    assert "认真组织并举办业务培训2次" in polish.section.text.text


def test_a_taken_text_still_traces_every_number(rules, draft):
    polished = polish_draft(
        draft,
        lambda section, limit: section.text.text.replace("门户网站公开", "全年在门户网站公开"),
        rules.wording.polishing,
    )
    rewritten = polished.draft
    assert polished.refused == {}
    assert len(polished.taken) == 3
    assert rewritten.section("overview").text.text != draft.section("overview").text.text
    verify_draft(rewritten, None)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("320条", "321条", "多了数字“321条”"),
        ("320条，", "", "少了数字“320条”"),
        ("2次", "2次，参训30人", "多了数字“30人”"),
        ("政策解读12篇", "政策解读十二篇", "数字"),
        ("行政许可处理决定120件、行政处罚处理决定8件", "行政处罚处理决定8件、行政许可处理决定120件", "先后顺序"),
        ("行政许可处理决定120件、行政处罚处理决定8件", "行政许可处理决定8件、行政处罚处理决定120件", "先后顺序"),
        ("行政许可处理决定120件、行政处罚处理决定8件", "行政处罚处理决定120件、行政许可处理决定8件", "所说的事项变了"),
        ("门户网站公开信息320条，政策解读12篇", "政策解读320条，门户网站公开信息12篇", "所说的事项变了"),
        ("办结16件", "收到16件", "所说的事项变了"),
        ("未作出", "作出", "意思可能相反"),
        ("35万元", "35元", "多了数字“35元”"),
        ("举办业务培训", "会同市财政局举办业务培训", "多出机关名称“财政局”"),
        ("举办业务培训", "按照《公开办法》举办业务培训", "多出文件名或文号“《公开办法》”"),
        ("举办业务培训", "3月举办业务培训", "多了数字"),
        ("举办业务培训", "会同市发改委举办业务培训", "多出机关名称“发改委”"),
        ("举办业务培训", "按照国务院要求举办业务培训", "多出原文没有的说法“国务院”"),
        ("举办业务培训", "根据省公开工作要点举办业务培训", "多出文件名或文号“工作要点”"),
        ("举办业务培训", "根据省里的实施办法举办业务培训", "多出文件名或文号“实施办法”"),
        ("举办业务培训", "年初举办业务培训", "多出原文没有的说法“年初”"),
        ("设有专栏", "不设专栏", "意思可能相反"),
        ("举办业务培训", "首次举办业务培训", "多出原文没有的说法“首次”"),
        ("（五）监督保障", "（五）保障监督", "标题"),
        ("\n（五）", "（五）", "段落"),
        ("举办业务培训", "举办" + "十分重要的" * 90 + "业务培训", "篇幅"),
    ],
)
def test_a_text_that_says_something_else_is_refused_with_the_reason(rules, draft, old, new, reason):
    polish = gate(rules, draft, (old, new))
    assert any(reason in told for told in polish.reasons), polish.reasons
    assert polish.section is draft.section("overview")


def test_a_marked_gap_must_stay(rules, draft, with_notes):
    blank = draft_report(with_notes(draft.statistics, platform=[]), None, rules)
    polish = gate(rules, blank, ("【待填：政府信息公开平台建设情况】", "平台建设情况良好。"))
    assert any("待填" in reason for reason in polish.reasons)


def test_every_chapter_that_was_refused_keeps_its_plain_text(rules, draft):
    polished = polish_draft(draft, lambda section, limit: "今年一切顺利。", rules.wording.polishing)
    assert polished.draft == draft
    assert polished.taken == ()
    assert list(polished.refused) == ["一、总体情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"]


def test_swapping_any_two_numbers_is_refused_and_the_same_text_never_is(rules, make):
    from random import Random

    swapped = 0
    for seed in range(300):
        draft = draft_report(make(seed, "2021" if seed % 3 else "2019"), None, rules)
        section, random = draft.section("overview"), Random(seed)
        text = section.text.text
        assert polish_section(section, text, rules.wording.polishing, 1000).reasons == ()
        figures = [figure for figure in section.text.figures if figure.text.isdecimal()]
        one, two = sorted(random.sample(figures, 2), key=lambda figure: figure.start)
        if one.text == two.text:
            continue
        middle = text[one.start + len(one.text) : two.start]
        other = text[: one.start] + two.text + middle + one.text + text[two.start + len(two.text) :]
        assert polish_section(section, other, rules.wording.polishing, 1000).reasons
        swapped += 1
    assert swapped > 250


def test_what_a_model_adds_around_the_text_is_put_aside(rules, draft):
    section = draft.section("problems")
    said = f"<think>先看数字。共12处？</think>\n```text\n{section.text.text}\n```"
    polish = polish_section(section, said, rules.wording.polishing)
    assert polish.reasons == ()
    assert polish.section.text.text == section.text.text


def test_a_model_that_fails_leaves_the_plain_text_and_says_why(rules, draft):
    def fail(section, limit):
        raise GongkaiError("聊天模型没有回答。")

    polished = polish_draft(draft, fail, rules.wording.polishing)
    assert polished.draft == draft
    assert set(polished.refused.values()) == {("聊天模型没有回答。",)}
    assert "保留原文：一、总体情况（聊天模型没有回答。）" in polished.lines()


def test_a_model_that_is_silent_once_is_asked_no_more(rules, draft):
    asked = []

    def silent(section, limit):
        asked.append(section.chapter.title)
        raise ModelSilentError("聊天模型120秒没有回答。")

    polished = polish_draft(draft, silent, rules.wording.polishing)
    assert polished.draft == draft
    assert asked == ["一、总体情况"]
    assert len(polished.refused) == 3
    assert set(polished.refused.values()) == {("聊天模型120秒没有回答。",)}
