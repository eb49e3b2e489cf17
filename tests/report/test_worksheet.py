"""A report in hand as it was typed, and the statistics that it means."""

import json
from decimal import Decimal

import pytest

from assistant.report.errors import StatisticsError
from assistant.report.forms import Address
from assistant.report.layout import lay_out_grid
from assistant.report.screen import show_form
from assistant.report.worksheet import (
    Before,
    begin_content,
    clean_content,
    content_of,
    keep_before,
    read_before,
    read_content,
    refuse_before,
)

HEAD = {"agency": "示例市水务局", "level": "department", "region_rank": "city", "year": "2025", "contact": ""}


@pytest.mark.parametrize("seed", range(8))
def test_statistics_go_into_a_worksheet_and_come_out_the_same(rules, make, seed):
    statistics = make(seed, "2021" if seed % 3 else "2019")
    content = clean_content(json.loads(json.dumps(content_of(statistics))))
    assert read_content(content, rules.forms) == statistics


@pytest.mark.parametrize("seed", range(4))
def test_the_year_before_is_kept_whole(rules, make, seed):
    before = Before(make(seed), {"overview": "第一部分"}, "上年年报.docx")
    kept = read_before(json.loads(json.dumps(keep_before(before))), rules.forms)
    assert kept == before


def test_an_open_cell_is_not_entered_and_what_is_no_number_stays_as_typed(rules):
    content = begin_content(HEAD)
    content["cells"] = {
        "requests.received.natural_person": "0", "requests.received.enterprise": "/",
        "requests.received.research": "十二", "disclosure.fees.amount": "12.50",
    }  # fmt: skip
    statistics = read_content(clean_content(content), rules.forms)
    assert statistics.value("requests", "received", "natural_person") == 0
    assert statistics.value("requests", "received", "legal_service") is None
    assert statistics.value("disclosure", "fees", "amount") == Decimal("12.50")
    assert {(remark.address.column, remark.kind) for remark in statistics.remarks} == {
        ("enterprise", "slash"), ("research", "not_number"),
    }  # fmt: skip
    assert content["cells"]["requests.received.research"] == "十二"


@pytest.mark.parametrize("data", [None, [], {"head": {}}, {"head": {"agency": []}, "cells": {}}])
def test_what_is_no_worksheet_is_refused_in_words(data):
    with pytest.raises(StatisticsError, match="没有保存"):
        clean_content(data)


@pytest.mark.parametrize("year", ["", "25", "二〇二五", "1999"])
def test_a_year_that_is_none_is_told(rules, year):
    with pytest.raises(StatisticsError, match="四位年份"):
        read_content(begin_content({**HEAD, "year": year}), rules.forms)


def test_last_year_is_of_the_same_body_one_year_before(make, change):
    content = begin_content(HEAD)
    right = change(make(1), year=2024, agency="示例市水务局")
    refuse_before(content, right)
    with pytest.raises(StatisticsError, match="2024年度"):
        refuse_before(content, change(right, year=2023))
    with pytest.raises(StatisticsError, match="别的局"):
        refuse_before(content, change(right, agency="别的局"))


@pytest.mark.parametrize("form_id", ["2021", "2019"])
def test_the_screen_shows_the_tables_as_printed_and_every_cell_once(rules, form_id):
    form = rules.forms[form_id]
    shown = show_form(form)
    cells = [cell["cell"] for table in shown["tables"] for row in table["rows"] for cell in row if cell["cell"]]
    assert sorted(cells + shown["fee"]) == sorted(map(str, form.cells))
    for table in shown["tables"]:
        printed = lay_out_grid(form.tables[table["key"]], lambda address: "")
        labels = [cell.text for row in printed.rows for cell in row if not cell.value]
        assert [cell["text"] for row in table["rows"] for cell in row if not cell["cell"]] == labels


def test_every_sum_of_the_form_is_on_the_screen(rules):
    shown = show_form(rules.forms["2021"])
    assert {rule["code"] for rule in shown["totals"]} == {"H2", "H3", "H4"}
    assert len(shown["balances"]) == len(shown["carried"]) == 7
    assert len([rule for rule in shown["totals"] if rule["code"] == "H3"]) == 25
    corner = str(Address("requests", "total", "total"))
    assert sorted(rule["code"] for rule in shown["totals"] if rule["total"] == corner) == ["H2", "H3"]
