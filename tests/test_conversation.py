import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import read_message, split_question


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "？？！……", "😀😀", "How many days?", "12345", "あいう"])
def test_what_cannot_be_read_is_met_with_what_to_do(text):
    read = read_message(text)
    assert read.refusal
    assert "请" in read.refusal


def test_a_question_of_ten_thousand_characters_is_refused_with_its_length():
    assert "10000字" in read_message("问" * 10_000).refusal


def test_control_characters_and_blanks_are_folded():
    assert read_message("几天\x00内\n 回话\u200b？").text == "几天 内 回话 ？"


@pytest.mark.parametrize(
    "text", ["谁批？", "那要是对方不回呢？", "这种情况谁批", "超过了怎么办", "县政府的呢？", "如果他不补正呢"]
)
def test_a_follow_up_leans_on_the_question_before(text):
    read = read_message(text, ["征求第三方意见给多少天？"])
    assert read.leans
    assert read.context == "征求第三方意见给多少天？"


def test_a_question_that_stands_alone_is_searched_alone():
    read = read_message("部门的年度报告哪天前公布？", ["征求第三方意见给多少天？"])
    assert not read.leans


def test_without_history_nothing_leans():
    assert not read_message("那要是对方不回呢？").leans


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stands_alone():
    read = read_message("那最多几天？", ["天气如何", "依申请公开的答复期限是多少个工作日", "要是来不及呢"])
    assert read.context == "依申请公开的答复期限是多少个工作日 要是来不及呢"


@given(st.text(max_size=300), st.lists(st.text(max_size=50), max_size=3))
def test_any_message_is_read_without_an_error(text, history):
    read_message(text, history)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("延长期限谁批准，最多延多久", ("延长期限谁批准", "最多延多久")),
        ("单位被复议了，几天内交答复，不交会怎么样", ("几天内交答复", "不交会怎么样")),
        ("主动公开跟依申请公开的期限各是多少", ("主动公开的期限各是多少", "依申请公开的期限各是多少")),
        ("答复期限是几个工作日？", ()),
        ("乡镇的年报哪天前交，条例写了吗？", ()),
        ("拿不准一份文件能不能公开，该找谁定？", ()),
    ],
)
def test_a_message_that_asks_for_two_things_is_read_in_parts(text, parts):
    assert split_question(text) == parts


def test_tags_that_were_copied_along_are_no_part_of_the_question():
    assert read_message("<p class='a'>几天内答复？</p><img src=x>").text == "几天内答复？"
    assert read_message("<条例>第三十三条").text == "<条例>第三十三条"
