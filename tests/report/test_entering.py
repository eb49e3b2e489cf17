"""Figures as a clerk says them, read into cells; what is not clear is asked back."""

from decimal import Decimal
from random import Random

import pytest

from assistant.report.checking.case import Case
from assistant.report.checking.constraints import run_checks
from assistant.report.completing import complete, sum_rules
from assistant.report.entering import read_entries

KINDS = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")


@pytest.fixture(scope="module")
def read(rules):
    def read(message, row=None, table="", form="2021"):
        return read_entries(message, rules.forms[form], rules.interview, row, table)

    return read


@pytest.mark.parametrize(
    ("message", "cells"),
    [
        ("新收：自然人12，企业3", {"requests.received.natural_person": 12, "requests.received.enterprise": 3}),
        ("新收 自然人 12 企业 3", {"requests.received.natural_person": 12, "requests.received.enterprise": 3}),
        (
            "今年收到申请十六件，其中自然人十二件，律所4件",
            {
                "requests.received.total": 16,
                "requests.received.natural_person": 12,
                "requests.received.legal_service": 4,
            },
        ),
        ("上年结转1件", {"requests.carried_in.total": 1}),
        ("把新收改成13", {"requests.received.total": 13}),
        ("新收不是12件，是13件", {"requests.received.total": 13}),
        ("2025年新收12件", {"requests.received.total": 12}),
        ("结转下年度：自然人2", {"requests.carried_out.natural_person": 2}),
        (
            "信息不存在3件，重复申请2件",
            {"requests.unavailable_not_held.total": 3, "requests.not_processed_repeated.total": 2},
        ),
        ("第三方权益自然人2件", {"requests.refused_third_party_rights.natural_person": 2}),
        ("无正当理由大量反复申请1件", {"requests.not_processed_excessive.total": 1}),
        ("行政许可120件，行政处罚8件", {"disclosure.licences.decisions": 120, "disclosure.penalties.decisions": 8}),
        ("行政事业性收费12.5万元", {"disclosure.fees.amount": Decimal("12.5")}),
        ("事业性收费125000元", {"disclosure.fees.amount": Decimal("12.5")}),
        (
            "规范性文件制发2件，废止1件，现行有效15件",
            {
                "disclosure.normative_documents.issued": 2,
                "disclosure.normative_documents.repealed": 1,
                "disclosure.normative_documents.in_force": 15,
            },
        ),
        (
            "复议3件，维持2，纠正1",
            {
                "reviews.reconsideration.total": 3,
                "reviews.reconsideration.upheld": 2,
                "reviews.reconsideration.corrected": 1,
            },
        ),
        ("收了信息处理费2件，1300元", {"processing_fee.cases": 2, "processing_fee.amount": 1300}),
        ("没有行政处罚", {"disclosure.penalties.decisions": 0}),
        (
            "行政强制没有，行政许可3件",
            {"disclosure.coercive_measures.decisions": 0, "disclosure.licences.decisions": 3},
        ),
    ],
)
def test_figures_are_read_into_their_cells(read, message, cells):
    entries = read(message)
    assert {str(address): value for address, value in entries.values.items()} == cells
    assert entries.unclear == []


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("结转2件", "上年结转和结转下年度"),
        ("不予公开5件", "“不予公开”要分情形填"),
        ("规范性文件2件", "要写明本年制发件数、本年废止件数、现行有效件数"),
        ("共有20件左右", "数字“20”没有说清"),
        ("没有强制，收费12.5万元", "数字“12.5”没有说清"),
        ("新收自然人12，群众满意度98", "数字“98”没有说清"),
    ],
)
def test_what_is_not_clear_is_asked_back_and_not_entered(read, message, asked):
    entries = read(message)
    assert any(asked in told for told in entries.unclear), entries.unclear
    assert not any(value in (2, 5, 20, 98, Decimal("12.5")) for value in entries.values.values())


def test_a_whole_row_or_table_may_be_nothing(read):
    row = read("新收一件也没有")
    assert {str(address): value for address, value in row.values.items()} == {
        f"requests.received.{kind}": 0 for kind in KINDS
    }
    both = read("没有复议和诉讼")
    assert len(both.values) == 15
    assert set(both.values.values()) == {0}


def test_the_rest_is_of_the_row_the_table_or_what_was_asked(read):
    assert read("新收自然人12，企业3，其余都是0").rest == [("requests", "received")]
    assert read("新收自然人12。表三其余都是0").rest == [("requests", "")]
    assert read("其余都是0").rest == [("", "")]


@pytest.mark.parametrize("message", ["新收16件都是自然人", "新收16件，自然人", "新收16件，均为自然人"])
def test_all_of_a_row_may_be_of_one_kind(read, message):
    entries = read(message)
    assert entries.every == {("requests", "received"): "natural_person"}


def test_a_column_alone_goes_to_the_row_spoken_of_before(read):
    entries = read("自然人改成13", row=("requests", "received"))
    assert {str(address): value for address, value in entries.values.items()} == {
        "requests.received.natural_person": 13
    }
    assert read("12件自然人，3件企业", row=("requests", "received")).unclear == []


@pytest.mark.parametrize("message", ["今天天气不错", "帮我写个补正告知书", "第五部分再写具体些", "政策解读12篇", ""])
def test_what_is_no_figure_says_nothing(read, message):
    assert read(message).empty


def test_the_old_form_has_its_own_rows_and_columns(read):
    entries = read("集中采购采购项目3项，采购总金额12.5万元", form="2019")
    assert {str(address): value for address, value in entries.values.items()} == {
        "disclosure.procurement.items": 3,
        "disclosure.procurement.amount": Decimal("12.5"),
    }


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_what_follows_from_valid_figures_is_always_right(rules, make, form):
    """Take cells away from 300 valid tables at random: what is filled in again is what stood there."""
    filled = 0
    for seed in range(300):
        statistics, random = make(seed, form), Random(seed)
        kept = {address: value for address, value in statistics.cells.items() if random.random() < 0.8}
        found = complete(kept, statistics.form)
        for address, value in found.items():
            if address not in kept and value is not None:
                filled += 1
                assert value == statistics.cells[address], (seed, address)
    assert filled > 3000


def test_totals_follow_and_nothing_else_is_guessed(rules, make):
    form = rules.forms["2021"]
    totals = {left[0] for left, _ in sum_rules(form) if len(left) == 1}
    statistics = make(5)
    parts = {address: value for address, value in statistics.cells.items() if address not in totals}
    assert complete(parts, form) == dict(statistics.cells)
    assert all(value is None for value in complete({}, form).values())


def test_a_clerk_can_say_a_whole_table_and_it_holds(rules, make, read):
    """A hundred valid 表三, each said row by row in words, give the same figures again."""
    names = {
        "natural_person": "自然人", "enterprise": "商业企业", "research": "科研机构", "public_welfare": "社会公益组织",
        "legal_service": "法律服务机构", "other": "其他组织",
    }  # fmt: skip
    form = rules.forms["2021"]
    rows = {leaf.key: leaf.short for leaf in form.tables["requests"].blocks[0].row_leaves if leaf.key != "total"}
    for seed in range(100):
        statistics = make(seed)
        given = {}
        for key, name in rows.items():
            told = [(names[kind], statistics.value("requests", key, kind)) for kind in names]
            said = f"{name}：" + "，".join(f"{kind}{value}" for kind, value in told)
            entries = read(said)
            assert entries.unclear == []
            given |= entries.values
        cells = complete(given, form)
        for address, value in statistics.cells.items():
            if address.table == "requests":
                assert cells[address] == value, (seed, address)
    assert not [f for f in run_checks(Case(rules.rules, statistics)) if f.severity == "error"]
