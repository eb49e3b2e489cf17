"""What is asked about the findings of a checked report."""

import pytest
from golden_reports import Case, load_bodies, make_paper, write_report

from assistant.report.checked import check_report
from assistant.report.finding_questions import answer_about_findings, explain_rule

EDITS = {
    "cells": {"requests.carried_out.enterprise": 3, "requests.carried_out.total": 4},
    "swap": {"国务院令第711号": "国务院令第771号", "新收政府信息公开申请23件": "新收政府信息公开申请32件"},
}


@pytest.fixture(scope="module")
def checked(check_rules, tmp_path_factory):
    case = Case("问", "yunze_water_2025", "word", EDITS, ())
    paper = make_paper(case, load_bodies()[case.body], check_rules.forms)
    return check_report(write_report(case, paper, tmp_path_factory.mktemp("asked") / "年报"), None, check_rules)


@pytest.fixture
def ask(checked, check_rules):
    def ask(message):
        lines = answer_about_findings(message, checked, check_rules.rules)
        return None if lines is None else "\n".join(lines)

    return ask


@pytest.mark.parametrize("message", ["为什么 H1 不对？", "h1怎么算的", "Ｈ１", "H1 是什么意思？"])
def test_a_code_is_answered_with_the_sum_and_the_rule_of_every_place(ask, message):
    told = ask(message)
    assert "＝4，" in told or "＝4\n" in told
    assert "＝7" in told
    assert "相差3" in told
    assert "第一项加第二项之和，等于第三项加第四项之和" in told
    assert told.count("位置：") == 2


def test_a_number_a_place_and_a_pointer_find_their_findings(ask, checked):
    first = checked.findings[0]
    assert first.message in ask("第1处为什么不对")
    assert first.message in ask("第一个错误怎么改？")
    assert "商业企业" in ask("商业企业那一列为什么不平？")
    assert first.message in ask("这里为什么不对？")


def test_a_code_that_was_not_found_is_told_as_its_rule(ask):
    told = ask("H4 有没有问题？")
    assert "没有发现H4的问题" in told
    assert "表四：总计等于四种结果之和" in told


def test_wrong_prose_is_explained_with_both_figures_and_where_it_stands(ask):
    told = ask("N1怎么不对")
    assert "32" in told
    assert "23" in told
    assert "位置：" in told


@pytest.mark.parametrize(
    "message",
    [
        "收到申请后几个工作日内答复？",
        "为什么不能收费？",
        "商业企业申请公开怎么办？",
        "H5页面怎么做",
        "第三方不同意怎么办",
        "第3条怎么规定的",
        "谢谢",
    ],
)
def test_other_questions_are_not_about_the_findings(ask, message):
    assert ask(message) is None


def test_without_a_report_a_code_is_told_as_its_rule(check_rules):
    lines = explain_rule("H1 是什么意思", check_rules.rules, check_rules.forms["2021"])
    assert "H1" in lines[0]
    assert "国办公开办函〔2021〕30号" in lines[1]
    assert explain_rule("信息处理费怎么收", check_rules.rules, check_rules.forms["2021"]) is None
