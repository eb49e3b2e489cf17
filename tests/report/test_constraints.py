from random import Random

import pytest

from assistant.report.checking.case import Case
from assistant.report.checking.constraints import run_checks
from assistant.report.tables import Remark
from assistant.report.values import read_value


def codes(findings, severity=None):
    return [finding.code for finding in findings if severity in (None, finding.severity)]


def check(rules, statistics, previous=None, **chapters):
    return run_checks(Case(rules.rules, statistics, previous, **chapters))


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_a_thousand_valid_tables_have_no_error(rules, make, form):
    for seed in range(500):
        statistics = make(seed, form)
        assert [str(f) for f in check(rules, statistics) if f.severity == "error"] == []


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_one_changed_cell_is_always_found_in_a_sum_that_contains_it(rules, make, change, form):
    random = Random(7)
    for seed in range(500):
        statistics = make(seed, form)
        summed = [address for address in statistics.cells if address.table in ("requests", "reviews")]
        address = random.choice(summed)
        value = statistics.cells[address]
        other = random.choice([value + 1, value + 7, value - 1 if value else value + 3, value * 10 + 1])
        found = [
            f for f in check(rules, change(statistics, {str(address): other})) if f.code in ("H1", "H2", "H3", "H4")
        ]
        table = statistics.form.tables[address.table]
        row, column = table.node("row", address.row).name, table.node("column", address.column).name
        lines = (f"{table.name}“{row}”", f"{table.name}“{column}”列")
        assert any(f.location.startswith(lines) and f.message.startswith(lines) for f in found), (address, found)
        assert all(f.expected != f.actual for f in found)


def test_both_sides_of_a_sum_are_told(rules, make, change):
    statistics = change(make(4), dict.fromkeys([str(a) for a in make(4).cells if a.table == "requests"], 0))
    wrong = change(statistics, {"requests.received.natural_person": 5, "requests.received.total": 5})
    messages = [f.message for f in check(rules, wrong) if f.code == "H1"]
    assert messages[0] == (
        "表三“自然人”列不平：“本年新收政府信息公开申请”5＋“上年结转政府信息公开申请”0＝5，"
        "“办理结果总计”0＋“结转下年度继续办理”0＝0，两边相差5。"
    )


@pytest.mark.parametrize(
    ("cells", "code", "part"),
    [
        ({"requests.granted.research": -1}, "H5", "表三“（一）予以公开”行“法人或其他组织—科研机构”列是负数（-1）"),
        ({"disclosure.licences.decisions": -3}, "H5", "表二“行政许可”行“本年处理决定数量”列是负数"),
        ({"processing_fee.cases": 3, "processing_fee.amount": 0}, "W5", "一项为0而另一项不为0"),
        (
            {"requests.other_fee_overdue.total": 2, "processing_fee.cases": None, "processing_fee.amount": None},
            "W5",
            "2件",
        ),
        ({"disclosure.licences.decisions": None}, "W6", "表二“行政许可”行“本年处理决定数量”列没有填写"),
    ],
)
def test_a_cell_at_fault_is_named_as_printed(rules, make, change, cells, code, part):
    found = [f.message for f in check(rules, change(make(1), cells)) if f.code == code]
    assert any(part in message for message in found), found


def test_a_fraction_of_a_request_is_an_error(rules, make, change):
    from decimal import Decimal

    found = check(rules, change(make(1), {"requests.granted.total": Decimal("1.5")}))
    assert any(f.code == "H5" and f.actual == "1.5" and "应当填整数" in f.message for f in found)


def test_a_signed_column_of_the_old_form_may_be_negative(rules, make, change):
    statistics = change(make(1, "2019"), {"disclosure.licences.change": -253})
    assert "H5" not in codes(check(rules, statistics))


def test_what_is_no_number_is_an_error_that_quotes_it(rules, make, change):
    statistics = make(1)
    address = next(iter(statistics.cells))
    broken = change(statistics, {str(address): None}, remarks=(Remark(address, "not_number", "三十多", "表二!B4"),))
    found = [f for f in check(rules, broken) if f.code == "H5"]
    assert "（表二!B4）不是数（“三十多”）" in found[0].message


@pytest.mark.parametrize(
    ("cell", "raw", "message"),
    [
        ("disclosure.fees.amount", "125,000元", "填的是“125,000元”，这一格的单位是万元；请换算成万元，只填数字。"),
        ("disclosure.fees.amount", "12件", "不是数（“12件”）"),
        ("disclosure.licences.decisions", "12元", "不是数（“12元”）"),
        ("processing_fee.amount", "０．３万元", "这一格的单位是元；请换算成元"),
    ],
)
def test_an_amount_in_the_other_unit_of_money_is_to_be_converted(rules, make, change, cell, raw, message):
    statistics = make(1)
    address = next(a for a in statistics.cells if str(a) == cell)
    assert read_value(raw, statistics.form.cells[address]) == (None, "not_number")
    broken = change(statistics, {cell: None}, remarks=(Remark(address, "not_number", raw, "表二!B4"),))
    assert message in next(f.message for f in check(rules, broken) if f.code == "H5")


def test_every_column_must_carry_in_what_last_year_carried_out(rules, make, change):
    now = make(8, year=2025)
    cells = {
        f"requests.carried_out.{key}": now.value("requests", "carried_in", key)
        for key in ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
    }
    before = change(now, cells, year=2024)
    assert "H6" not in codes(check(rules, now, before))
    for key in cells:
        column = key.split(".")[-1]
        wrong = change(before, {key: cells[key] + 1})
        found = [f for f in check(rules, now, wrong) if f.code == "H6"]
        name = now.form.tables["requests"].node("column", column).name
        assert [f.location for f in found] == [f"表三“{name}”列"]
        assert (found[0].expected, found[0].actual) == (str(cells[key] + 1), str(cells[key]))


def test_documents_in_force_follow_from_last_year(rules, make, change):
    parts = {"issued": 3, "repealed": 1, "in_force": 12}
    now = change(make(2, year=2025), {f"disclosure.normative_documents.{key}": value for key, value in parts.items()})
    before = change(now, {"disclosure.normative_documents.in_force": 10}, year=2024)
    assert not {"W1", "W2"} & set(codes(check(rules, now, before)))
    wrong = change(now, {"disclosure.normative_documents.in_force": 13})
    assert "10＋本年制发3－本年废止1＝12" in next(f.message for f in check(rules, wrong, before) if f.code == "W1")
    gone = change(now, {"disclosure.normative_documents.repealed": 14, "disclosure.normative_documents.in_force": 0})
    assert "多于上年现行有效10＋本年制发3＝13" in next(f.message for f in check(rules, gone, before) if f.code == "W2")
    many = change(now, {"disclosure.normative_documents.issued": 14})
    assert "W2" in codes(check(rules, many))


@pytest.mark.parametrize(
    ("level", "rank", "warned"),
    [
        ("department", "city", True),
        ("township", "county", True),
        ("government", "county", True),
        ("government", "city", False),
        ("government", "province", False),
    ],
)
def test_only_a_government_with_that_power_makes_rules(rules, make, change, level, rank, warned):
    statistics = change(make(3), {"disclosure.rules.issued": 2}, level=level, region_rank=rank)
    assert ("W3" in codes(check(rules, statistics))) is warned


def test_results_in_a_column_without_requests_are_noticed(rules, make, change):
    zero = {str(a): 0 for a in make(5).cells if a.table == "requests"}
    statistics = change(make(5), {**zero, "requests.granted.research": 2})
    found = next(f for f in check(rules, statistics) if f.code == "W4")
    assert found.location == "表三“法人或其他组织—科研机构”列"
    assert "“予以公开”2" in found.message


def test_cases_left_pending_last_year_must_turn_up(rules, make, change):
    now = change(make(6, year=2025), {str(a): 0 for a in make(6).cells if a.table == "reviews"})
    before = change(now, {"reviews.litigation_direct.pending": 2}, year=2024)
    found = next(f for f in check(rules, now, before) if f.code == "W8")
    assert "2024年度表四“行政诉讼—未经复议直接起诉”有2件尚未审结" in found.message
    assert "W8" not in codes(check(rules, change(now, {"reviews.reconsideration.total": 1}), before))


def test_an_all_zero_table_asks_back(rules, make, change):
    zero = change(make(9), {str(a): 0 for a in make(9).cells if a.table != "disclosure"})
    asked = [f for f in check(rules, zero) if f.code == "W9"]
    assert [f.location for f in asked] == ["表三", "表四"]
    assert all(f.severity == "warning" and f.message.endswith("吗？") for f in asked)


def test_blank_cells_of_a_row_are_told_together(rules, make, change):
    statistics = make(3)
    blank = {str(a): None for a in statistics.cells if a.row == "carried_in"}
    found = [f for f in check(rules, change(statistics, blank)) if f.code == "W6"]
    assert [f.location for f in found] == ["表三“二、上年结转政府信息公开申请数量”行"]
    assert "7格没有填写（自然人、商业企业、科研机构、社会公益组织、法律服务机构、其他、总计）" in found[0].message


def test_a_sum_with_a_blank_cell_is_not_called_wrong(rules, make, change):
    blank = {str(a): None for a in make(3).cells}
    found = check(rules, change(make(3), blank))
    assert set(codes(found)) == {"W6"}
    assert [f.location for f in found if f.location.startswith("表")] == ["表二", "表三", "表四"]


def test_notes_copied_from_last_year_or_with_its_year_are_noticed(rules, make, with_notes, change):
    now = with_notes(
        make(2, year=2025), proactive=["门户网站公开信息320条，政策解读12篇，访谈3期", "2024年公开信息5条"]
    )
    before = with_notes(change(now, year=2024), proactive=["门户网站公开信息 320 条，政策解读12篇，访谈3期"])
    found = [f for f in check(rules, now, before) if f.code == "W7"]
    assert [f.location for f in found[:2]] == ["文字材料“主动公开”第1条", "文字材料“主动公开”第2条"]
    assert "“2024年”" in found[1].message


def test_chapter_six_must_tell_of_a_fee(rules, make, change):
    charged = change(make(2), {"processing_fee.cases": 2, "processing_fee.amount": 300})
    fee = "2025年，我局收取信息处理费2件，共计300元。"
    for text, expected in (
        ("没有其他需要报告的事项。", "没有提到"),
        ("本年没有收取信息处理费。", "写没有收取"),
        (fee, None),
    ):
        found = [f.message for f in check(rules, charged, chapters={"other": text}) if f.code == "W5"]
        assert (expected in found[0]) if expected else not found


def test_every_finding_has_the_keys_of_the_contract(rules, make, change):
    found = check(rules, change(make(1), {"requests.received.total": 10**6}))
    assert list(found[0].plain()) == ["code", "severity", "location", "message", "expected", "actual", "basis"]
    assert "国办公开办函〔2021〕30号" in found[0].basis
