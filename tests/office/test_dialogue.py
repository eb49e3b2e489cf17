"""The desk's dialogue: what is missing is asked for, corrections are taken, a letter comes at the end."""

from datetime import date
from random import Random

import pytest

from assistant.office.dialogue import continue_talk, open_talk
from assistant.office.ledger_records import RequestRecord

TODAY = date(2026, 11, 24)


@pytest.fixture
def talk(desk):
    """talk(message, …) → (state, [what was said to each]); a message that is not for the desk is said None to."""

    def talk(*messages):
        state, said = None, []
        for message in messages:
            taken = continue_talk(state, message, desk, TODAY) if state else None
            if taken is None and not (state and state.asking):
                taken = open_talk(message, desk, TODAY)
            if taken is None:
                said.append(None)
                continue
            state = taken[0]
            said.append(taken[1])
        return state, said

    return talk


def first_lines(said):
    return [entry and entry.lines[0] for entry in said]


def test_the_missing_day_is_asked_for_and_then_computed(talk):
    state, said = talk("我们刚收到一个申请，最晚哪天答复", "1月5日")
    assert first_lines(said) == [
        "从哪一天起算？请告诉我收到申请之日，例如“2026年1月5日”或者“上周五”。",
        "答复政府信息公开申请：最晚2026年2月2日（星期一）。",
    ]
    assert not state.asking


def test_the_missing_period_is_asked_for_before_its_day(talk):
    _, said = talk("帮我算个期限", "告知补正", "上周六")
    assert "哪一个期限" in said[0].lines[0]
    assert "收到申请之日" in said[1].lines[0]
    assert said[2].lines[0] == "告知申请人补正：最晚2026年12月1日（星期二）。"


@pytest.mark.parametrize(
    ("message", "due"),
    [
        ("那延期呢", "2026年3月6日"),
        ("征求意见从1月12日到1月20日呢", "2026年2月11日"),
        ("要是1月6日收到的呢", "2026年2月3日"),
        ("如果1月20日才补正回来呢", "2026年2月24日"),
    ],
)
def test_a_condition_may_be_changed_afterwards(talk, message, due):
    _, said = talk("1月5日收到的申请，最晚哪天答复", message)
    assert f"最晚{due}" in said[1].lines[0]


def test_an_extension_may_be_taken_back(talk):
    _, said = talk("1月5日收到的申请，最晚哪天答复", "那延期呢", "那不延期呢")
    assert said[2].lines == said[0].lines


def test_a_span_answers_the_question_for_the_consultation(talk):
    _, said = talk("1月5日收到申请，征求第三方意见用了15天，最晚哪天答复", "1月12日到1月20日")
    assert "最晚2026年2月11日" in said[1].lines[0]


def test_a_letter_that_was_sent_waits_for_the_day_it_was_signed_for(talk):
    _, said = talk("挂号信1月5日寄出的，最晚哪天答复", "1月8日")
    assert "行政机关签收之日" in said[0].lines[0]
    assert "最晚2026年2月5日" in said[1].lines[0]


def test_a_number_alone_says_whether_it_counts_requests_or_pages(talk):
    _, said = talk("帮我算一下信息处理费", "大概不少", "35", "件", "那250页呢")
    assert "没有看懂" in said[1].lines[0]
    assert said[2].lines == ("“35”是件数还是页数？请回复“35件”或者“35页”。",)
    assert "3000元" in said[3].lines[0]
    assert "4700元" in said[4].lines[0]


def test_another_question_in_between_is_left_to_the_corpus_and_the_desk_goes_on(talk):
    _, said = talk("我们刚收到一个申请，最晚哪天答复", "节假日也算在内吗？", "1月5日")
    assert said[1] is None
    assert "最晚2026年2月2日" in said[2].lines[0]


def test_what_cannot_be_is_said_and_may_be_corrected(talk):
    _, said = talk("我们刚收到一个申请，最晚哪天答复", "2月31日", "1月5日")
    assert "不是真实存在" in said[1].lines[0]
    assert "最晚2026年2月2日" in said[2].lines[0]


def test_it_can_be_called_off(talk):
    state, said = talk("帮我写个补正告知书", "取消")
    assert state is None
    assert "不再继续" in said[1].lines[0]


ANSWERS = ("示例市水务局", "示水公开〔2026〕12号", "张某", "上周五", "2025年度防洪工程验收报告")


def test_a_letter_is_filled_in_field_by_field(talk):
    state, said = talk("帮我写个补正告知书", *ANSWERS, "写明工程名称\n写明希望的形式", "12月10日", "今天", "生成")
    assert [entry.letter for entry in said[:-1]] == [None] * (len(said) - 1)
    letter = said[-1].letter
    assert letter.kind.key == "correction_notice"
    assert "张某：" in letter.text
    assert "（一）写明工程名称；\n　　（二）写明希望的形式。" in letter.text
    assert "2026年11月20日收到" in letter.text
    assert "2026年12月10日前（含当日）" in letter.text
    assert not state.asking


def test_what_was_filled_in_is_shown_corrected_and_taken_back(talk):
    state, said = talk("帮我写个补正告知书", *ANSWERS[:3], "看一下", "把申请人改成李四", "上一项", "王某")
    assert "申请人姓名或者名称：张某" in said[4].lines
    assert said[5].lines[0] == "已改。申请人姓名或者名称：李四。"
    assert "申请人姓名或者名称" in said[6].lines[0]
    assert state.letter.entered["applicant"] == "王某"


def test_a_finished_letter_may_still_be_corrected(talk):
    messages = ("帮我写个补正告知书", *ANSWERS, "写明工程名称", "12月10日", "今天", "生成", "把成文日期改成昨天")
    _, said = talk(*messages)
    assert "2026年11月23日" in said[-1].letter.text.splitlines()[-1]


def test_a_wrong_answer_is_asked_for_again(talk):
    state, said = talk("帮我写个补正告知书", "示例市水务局", "12号", "跳过")
    assert "〔2026〕" in said[2].lines[0]
    assert "必须填写" in said[3].lines[0]
    assert state.letter.awaiting == "document_number"


def test_a_question_in_between_is_no_answer(talk):
    state, said = talk("帮我写个补正告知书", "示例市水务局", "文号怎么编？")
    assert said[2] is None
    assert state.letter.awaiting == "document_number"


def test_what_the_wish_tells_is_not_asked_again(talk):
    state, said = talk("给张某写个延期告知书，11月2日收到的")
    assert state.letter.entered == {"applicant": "张某", "received": date(2026, 11, 2)}
    assert "申请人姓名或者名称：张某" in said[0].lines


def test_several_kinds_are_offered_and_chosen_by_number_or_name(talk):
    by_number, _ = talk("来个不予公开答复书", "1")
    by_name, _ = talk("来个不予公开答复书", "国家秘密")
    assert by_number.letter.kind == by_name.letter.kind == "reply_refused_state_secret"


def test_the_seven_steps_lead_to_a_letter(talk):
    state, said = talk("写一份答复书", "1", "1", "2")
    assert any("计入表三：（五）不予处理 2.重复申请" in line for line in said[-1].lines)
    assert state.letter.kind == "reply_repeated"


def test_the_seven_steps_may_end_without_a_letter(talk, desk):
    question, answers = desk.steps.question(), []
    while not any(option.outcome and option.outcome.letter is None for option in question.options):
        index, option = next((i, o) for i, o in enumerate(question.options, start=1) if o.next)
        answers.append(str(index))
        question = desk.steps.question(option.next)
    last = next(i for i, o in enumerate(question.options, start=1) if o.outcome and o.outcome.letter is None)
    state, said = talk("写一份答复书", *answers, str(last))
    assert state is None
    assert said[-1].letter is None


@pytest.mark.parametrize("key", ["reply_granted", "reply_refused_third_party_rights", "fee_notice", "service_receipt"])
def test_letters_of_other_kinds_come_out_as_from_a_file(key, desk, example):
    """Answering every question with the example gives the letter that the same fields give in a file."""
    from assistant.office.letter_answers import show_value
    from assistant.office.letter_talk import advance_letter, open_letter

    state, _, letter = open_letter("", (key,), desk, TODAY)
    given = {}
    while letter is None:
        if state.awaiting == "more":
            state, _, letter = advance_letter(state, "生成", desk, TODAY)
            continue
        field = desk.kinds.kind(key).fields[state.awaiting]
        given[field.key] = field.example
        state, lines, letter = advance_letter(state, show_value(field, field.example), desk, TODAY)
        assert state.entered[field.key] is not None, lines
    assert letter.text == desk.letters.draft_letter(key, given, TODAY).text


def test_a_registered_request_is_taken_from_the_register(talk, desk):
    record = RequestRecord("2026-901", date(2026, 11, 2), "post", "赵某", "natural_person", "决算报告")
    desk.ledger.add_requests([record], TODAY)
    state, said = talk("给2026-901写个延期告知书")
    assert "申请人姓名或者名称：赵某" in said[0].lines
    assert state.letter.entered["request"] == "决算报告"
    _, said = talk("给2026-999写个延期告知书")
    assert "没有登记编号2026-999" in said[0].lines[0]


PIECES = (
    "1月5日", "收到", "申请", "最晚哪天答复", "？", "，", "征求第三方意见", "到", "3月2日", "延期", "补正",
    "告知", "挂号信", "寄出", "昨天", "上周六", "35件", "250页", "收多少", "多少钱", "写个", "补正告知书",
    "答复书", "1", "2", "取消", "看一下", "生成", "跳过", "上一项", "把申请人改成李四", "示例市水务局",
    "示水公开〔2026〕12号", "2月31日", "2026-001", "那", "呢", "几十件", "\n", "\x00", "🙂", "{x}", "算一下",
    "期限", "起诉", "复议决定书", "哪天", "已经收过", "费用",
)  # fmt: skip


def test_no_message_whatever_breaks_the_dialogue(desk):
    for seed in range(300):
        random, state = Random(seed), None
        for _ in range(10):
            message = "".join(random.choices(PIECES, k=random.randrange(1, 8)))
            taken = continue_talk(state, message, desk, TODAY) if state else None
            if taken is None and not (state and state.asking):
                taken = open_talk(message, desk, TODAY)
            if taken:
                state, said = taken
                assert said.lines
                assert all("{" not in line.replace("{x}", "") for line in said.lines if "例如" not in line)


def test_a_letter_quotes_what_the_office_holds_in_the_laws_own_words(desk, talk):
    from dataclasses import replace

    messages = ("帮我写个补正告知书", *ANSWERS, "写明工程名称", "12月10日", "今天")
    state, _ = talk(*messages)
    holding = replace(
        desk, quotation=lambda title, clause: "申请内容不明确的，一次性告知。" if clause == "第三十条" else None
    )
    _, said = continue_talk(state, "生成", holding, TODAY)
    assert "《中华人民共和国政府信息公开条例》第三十条规定：“申请内容不明确的，一次性告知。”" in said.letter.text
    _, said = continue_talk(state, "生成", desk, TODAY)
    assert "规定：“" not in said.letter.text


def test_awkward_answers_are_taken_as_they_are_meant(talk):
    state, said = talk(
        "帮我写个补正告知书", "我们是示例市水务局", "示水公开2026第013号", "张某", "申请人叫王某", "上上周五收到的",
        "2025年度河堤工程决算", "不对，申请人是李某", "第一写明是哪条河堤，第二写明要哪一年的", "到12月10号", "生成",
    )  # fmt: skip
    letter = said[-1].letter
    assert (letter.agency, letter.document_number, letter.applicant) == ("示例市水务局", "示水公开〔2026〕13号", "李某")
    assert state.letter.entered["items"] == ["写明是哪条河堤", "写明要哪一年的"]
    assert "收到申请之日：2026年11月13日" in said[5].lines[0]
    assert "成文日期：2026年11月24日。" in said[-1].lines


def test_what_is_still_lacking_is_told_to_who_would_finish(talk):
    state, said = talk("帮我写个补正告知书", *ANSWERS, "生成")
    assert said[-1].lines[0] == "还缺：成文日期、需要补正的事项和怎样补正、补正期限的最后一日。"
    assert state.letter.awaiting == "items"


def test_a_wish_that_tells_everything_leaves_little_to_ask(talk):
    state, _ = talk(
        "帮我写个延期答复告知书，申请人张某，11月2日收到，申请公开的内容：2025年防洪工程验收报告，"
        "文号示水公开〔2026〕20号，机关示例市水务局，同意人王某，原因是档案多"
    )
    assert state.letter.entered == {
        "agency": "示例市水务局", "document_number": "示水公开〔2026〕20号", "applicant": "张某",
        "received": date(2026, 11, 2), "request": "2025年防洪工程验收报告", "approved_by": "王某", "reasons": "档案多",
    }  # fmt: skip
    assert state.letter.awaiting == "signed"


def test_several_fields_are_given_in_one_answer(talk):
    state, said = talk("帮我写个补正告知书", "单位：示例市水务局，文号：示水公开〔2026〕3号，申请人：赵某")
    assert said[1].lines[:3] == (
        "本机关全称：示例市水务局。", "发文字号：示水公开〔2026〕3号。", "申请人姓名或者名称：赵某。"
    )  # fmt: skip
    assert state.letter.awaiting == "received"


def test_the_choice_of_the_agency_is_asked_again_in_chinese_and_taken_by_a_word_of_it(talk):
    start = ("写个信息不存在的答复书，11月3日收到的申请", *ANSWERS[:3], ANSWERS[4])
    state, said = talk(*start, "水务局")
    assert said[-1].lines[0] == "没有看懂“本机关属于哪一类（决定复议机关）”选的是哪一项，请回复序号。"
    state, _ = talk(*start, "税务")
    assert state.letter.entered["agency_kind"] == "vertical"


def test_a_last_day_told_without_a_year_follows_the_request(talk):
    state, _ = talk("帮我写个补正告知书", *ANSWERS, "写明年度", "1月10日")
    assert state.letter.entered["correction_deadline"] == date(2027, 1, 10)


def test_a_missing_year_is_told_in_the_chat_without_a_place_on_the_server(desk, talk):
    _, said = talk("2026年12月25日形成的文件，主动公开最晚哪天上网？")
    line = "".join(said[0].lines)
    assert "没有2027年的放假安排" in line
    assert "管理员" in line
    assert str(desk.data) not in line


@pytest.mark.parametrize(
    ("agency_kind", "offered"), [("state_council_department", False), ("local_department", False), ("vertical", True)]
)
def test_only_bodies_that_review_the_agency_are_offered(agency_kind, offered, desk, talk):
    fields = desk.kinds.kind("reply_nonexistent").fields
    said, messages = None, ["帮我写个信息不存在的答复书"]
    while said is None or "必填的都有了" not in "".join(said[-1].lines):
        state, said = talk(*messages)
        assert len(messages) < 20, said[-1]
        if state.letter.awaiting in fields:
            wanted = fields[state.letter.awaiting]
            answer = (
                desk.kinds.remedies["bodies"][agency_kind]["name"] if wanted.key == "agency_kind" else wanted.example
            )
            messages.append(str(answer))
    assert state.letter.entered["agency_kind"] == agency_kind
    assert ("superior" in state.letter.entered) == offered
    assert "上一级主管部门" not in said[-1].lines[0] + "".join(said[-1].lines[1:])
