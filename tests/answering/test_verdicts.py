from pathlib import Path

import pytest

from assistant.answering.verdicts import load_verdicts, paragraph_of
from assistant.errors import CorpusFileError
from tests.conftest import ROOT, TODAY

RULES = load_verdicts(ROOT / "corpus" / "verdicts.yaml")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.clause + (rule.value or rule.says)[:12])
def test_every_verdict_rests_on_a_paragraph_of_the_corpus_that_holds_its_number(assistant, rule):
    assert any(paragraph_of(rule, article) for article in assistant.index.articles)


@pytest.mark.parametrize(
    ("question", "verdict", "clause"),
    [
        (
            "申请公开的答复期限是15个工作日吗",
            "不是15个工作日，是20个工作日。15个工作日是",
            "第三十三条第二款",
        ),
        ("答复给20天对吗", "是20个工作日，按工作日计算", "第三十三条第二款"),
        ("部门预算批复后20个工作日内公开就行吧", "不是20个工作日，是20日，不按工作日计算。", "第十四条第二款"),
        ("第三方30天内提出意见，对不对", "不是30天，是15个工作日。", "第三十二条"),
        ("我们局的年报3月31日前公布可以吗", "不是3月31日，是1月31日。", "第四十九条第一款"),
        ("不会写字的人能口头申请吗", "可以口头提出申请", "第二十九条第一款"),
        ("答复期限是20天还是20个工作日", "是20个工作日，不是20天。", "第三十三条第二款"),
        ("听说答复期限改成30天了，是真的吗", "不是30天，是20个工作日。", "第三十三条第二款"),
        ("征求第三方意见的15个工作日计入答复期限吗", "不计算在答复期限内", "第三十三条第三款"),
        ("申请公开要先交500元押金，合规吗", "不能收。", "第四十二条第一款"),
        ("补正以后期限是接着算还是重新算", "重新计算", "第三十条"),
        ("不予公开的可以选择复议或者诉讼吧", "不能任选。", "第二十三条第一款第四项"),
    ],
)
def test_a_yes_or_no_question_gets_a_plain_verdict_with_its_clause(assistant, question, verdict, clause):
    answer = assistant.ask(question, TODAY)
    assert answer.answer.startswith(f"**{verdict}")
    assert answer.citations[0].clause == clause
    assert answer.citations[0].status == "verified"


@pytest.mark.parametrize(
    "question",
    [
        "我们已经拖了15个工作日没答复，违法吗",
        "申请人15天前寄的信还没答复，是不是超期了",
        "收到申请几个工作日内答复？",
        "补正之后20个工作日内答复，对吗",
    ],
)
def test_a_number_that_is_told_and_not_asked_gets_no_verdict(assistant, question):
    assert not assistant.ask(question, TODAY).answer.startswith("**不是")


def test_a_broken_rule_is_refused(tmp_path):
    path = Path(tmp_path / "verdicts.yaml")
    path.write_text("- document: 条例\n  clause: 第一条\n  words: [[甲]]\n", encoding="utf-8")
    with pytest.raises(CorpusFileError, match="第1项"):
        load_verdicts(path)
