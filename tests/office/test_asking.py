from datetime import date

import pytest
import yaml

from assistant.clock.deadlines import compute_deadline
from assistant.clock.fees import processing_fee
from assistant.errors import CorpusFileError, DateError, DeadlineError
from assistant.office.asking import answer_office_question, read_office_question
from assistant.office.question_words import load_question_words
from tests.office.conftest import ROOT

TODAY = date(2026, 11, 22)
SAID = yaml.safe_load((ROOT / "tests/golden/office_questions.yaml").read_text(encoding="utf-8"))
THEN = date(2026, 11, 24)


@pytest.mark.parametrize("case", SAID, ids=lambda case: case["say"])
def test_what_a_clerk_says_is_computed_or_asked_back_and_never_guessed(case, desk):
    found = read_office_question(case["say"], THEN, desk)
    if case.get("corpus"):
        assert found is None
        return
    lines = answer_office_question(found, desk, THEN)
    if "missing" in case:
        assert found.missing
        asked = desk.question_words["asks"][case["missing"]]
        assert lines[0].startswith(asked[: asked.find("{")] if "{" in asked else asked)
    elif "due" in case:
        due = compute_deadline(desk.rules, desk.calendar, today=THEN, **found.arguments).due
        assert (found.missing, due) == ((), case["due"])
    elif "amount" in case:
        assert (found.missing, processing_fee(desk.fees, THEN, **found.arguments).amount) == ((), case["amount"])
    else:
        assert (found.use, list(found.letters)) == ("letter", case["letters"])


def test_a_number_of_requests_and_of_pages_are_both_computed(desk):
    lines = answer_office_question(read_office_question("申请了12件共300页收多少钱", THEN, desk), desk, THEN)
    assert "只能选一种" in lines[0]
    assert [line.split("（")[0] for line in lines if line.startswith("信息处理费")] == [
        "信息处理费：200元",
        "信息处理费：6700元",
    ]


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("1月5日收到的申请，最晚哪天答复？", {"key": "reply", "start": date(2026, 1, 5)}),
        ("12月5日收到的申请什么时候到期", {"key": "reply", "start": date(2025, 12, 5)}),
        ("去年十二月五日收到的申请，几号之前要答复", {"key": "reply", "start": date(2025, 12, 5)}),
        ("2026-01-05签收的挂号信申请最迟哪天回复", {"key": "reply", "start": date(2026, 1, 5), "received_by": "post"}),
        ("1月5日收到申请，已经延期，最晚几号答复", {"key": "reply", "start": date(2026, 1, 5), "extended": True}),
        ("昨天收到的申请，最晚哪天告知补正？", {"key": "correction", "start": date(2026, 11, 21)}),
        ("第三方3月2日收到征求意见书，意见最晚哪天提", {"key": "third_party", "start": date(2026, 3, 2)}),
        ("申请人1月28日收到收费通知，缴费到期是几号", {"key": "fee_payment", "start": date(2026, 1, 28)}),
        ("2月29日收到的申请最晚哪天答复", {"key": "reply", "start": date(2024, 2, 29)}),
    ],
)
def test_a_question_with_a_day_is_a_deadline(text, arguments, desk):
    found = read_office_question(text, TODAY, desk)
    assert (found.use, found.arguments) == ("deadline", arguments)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [("这个人本月申请了35件，收多少？", {"requests": 35}), ("一共250页要收多少钱", {"pages": 250})],
)
def test_a_number_of_requests_or_pages_is_a_fee(text, arguments, desk):
    found = read_office_question(text, TODAY, desk)
    assert (found.use, found.arguments) == ("fee", arguments)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("帮我写个补正告知书", ("correction_notice",)),
        ("起草一份延期答复告知书", ("extension_notice",)),
        ("出个信息不存在的答复书", ("reply_nonexistent",)),
        ("写一份答复书", ()),
    ],
)
def test_a_wish_for_a_letter_names_its_kind(text, kinds, desk):
    found = read_office_question(text, TODAY, desk)
    assert (found.use, found.letters) == ("letter", kinds)


@pytest.mark.parametrize(
    "text",
    [
        "答复期限是几天？",
        "收费标准是什么",
        "什么时候可以延期",
        "补正告知书要写什么",
        "第三方不回复怎么办",
        "年报写多少字",
        "提出申请的登记表怎么填",
        "作出的答复书送达用什么方式",
        "",
    ],
)
def test_other_questions_are_left_to_the_corpus(text, desk):
    assert read_office_question(text, TODAY, desk) is None


def test_the_answers_come_from_the_desk(desk):
    def answer(text):
        return "\n".join(answer_office_question(read_office_question(text, TODAY, desk), desk, TODAY))

    assert "最晚2026年2月2日" in answer("1月5日收到的申请，最晚哪天答复？")
    assert "3000元" in answer("这个人本月申请了35件，收多少？")
    assert "需要补正的事项" in answer("帮我写个补正告知书")
    assert "请选一种文书" in answer("帮我写个不予公开答复书")
    assert "补不补" in answer("写一份答复书")


def test_a_day_that_is_not_or_lies_ahead_is_refused(desk):
    with pytest.raises(DateError, match="不是真实存在"):
        read_office_question("2月31日收到的申请最晚哪天答复", TODAY, desk)
    with pytest.raises(DeadlineError, match="晚于今天"):
        answer_office_question(read_office_question("明年1月5日收到的申请最晚哪天答复", TODAY, desk), desk, TODAY)


def test_a_broken_word_list_is_refused(tmp_path):
    (tmp_path / "w.yaml").write_text("asks_when: '('", encoding="utf-8")
    with pytest.raises(CorpusFileError):
        load_question_words(tmp_path / "w.yaml")
