from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clock.explain import explain_fee
from assistant.clock.fees import load_fees, processing_fee
from assistant.errors import CorpusFileError, FeeError

ROOT = Path(__file__).resolve().parents[2]
FEES = load_fees(ROOT / "corpus/fees.yaml")
ON = date(2026, 1, 5)


# Worked by hand: 11 to 30 at 100, then each ten dearer by 100.
@pytest.mark.parametrize(
    ("requests", "amount"),
    [
        (0, 0), (1, 0), (9, 0), (10, 0), (11, 100), (12, 200), (29, 1900), (30, 2000), (31, 2200), (35, 3000),
        (39, 3800), (40, 4000), (41, 4300), (50, 7000), (51, 7400), (60, 11000), (61, 11500), (100, 37000),
        (101, 37900),
    ],
)  # fmt: skip
def test_the_scale_by_requests_is_right_at_every_boundary(requests, amount):
    assert processing_fee(FEES, ON, requests=requests).amount == amount


# Worked by hand: 31 to 100 at 10 (700 in all), 101 to 200 at 20 (2,000 in all), then 40.
@pytest.mark.parametrize(
    ("pages", "amount"),
    [
        (0, 0), (1, 0), (29, 0), (30, 0), (31, 10), (32, 20), (99, 690), (100, 700), (101, 720), (120, 1100),
        (199, 2680), (200, 2700), (201, 2740), (250, 4700), (1000, 34700),
    ],
)  # fmt: skip
def test_the_scale_by_pages_is_right_at_every_boundary(pages, amount):
    assert processing_fee(FEES, ON, pages=pages).amount == amount


def test_the_steps_are_shown():
    value = processing_fee(FEES, ON, requests=35).as_json()
    assert value["steps"] == [
        {"from": 1, "to": 10, "rate": 0, "count": 10, "amount": 0},
        {"from": 11, "to": 30, "rate": 100, "count": 20, "amount": 2000},
        {"from": 31, "to": 35, "rate": 200, "count": 5, "amount": 1000},
    ]
    assert value["basis"] == "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）第四条"
    assert value["unit"] == "元"
    assert any("邮寄费" in item["item"] for item in value["not_chargeable"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({}, "选一种"),
        ({"requests": 3, "pages": 3}, "选一种"),
        ({"requests": -1}, "不能是负数"),
        ({"pages": -1}, "不能是负数"),
        ({"requests": 3, "already": -1}, "不能是负数"),
        ({"requests": 3, "already": 4}, "多于本月"),
        ({"pages": 3, "already": 1}, "每一件申请单独计算"),
        ({"requests": 10**9}, "太多"),
    ],
)
def test_counts_that_cannot_be_are_refused(call, message):
    with pytest.raises(FeeError, match=message):
        processing_fee(FEES, ON, **call)


def test_there_was_no_fee_before_2021():
    with pytest.raises(FeeError, match="2021-01-01起施行"):
        processing_fee(FEES, date(2020, 12, 31), requests=35)
    assert processing_fee(FEES, date(2021, 1, 1), requests=35).amount == 3000


@given(st.integers(0, 500), st.data())
def test_charging_in_parts_comes_to_the_same_as_at_once(total, data):
    before = data.draw(st.integers(0, total))
    first = processing_fee(FEES, ON, requests=before).amount
    rest = processing_fee(FEES, ON, requests=total, already=before)
    assert first + rest.amount == processing_fee(FEES, ON, requests=total).amount
    assert sum(step.count for step in rest.steps) == total - before


@given(st.integers(0, 3000))
def test_one_more_page_never_costs_less(pages):
    assert processing_fee(FEES, ON, pages=pages + 1).amount >= processing_fee(FEES, ON, pages=pages).amount


def test_the_explanation_shows_each_step_and_what_may_not_be_charged():
    text = "\n".join(explain_fee(processing_fee(FEES, ON, pages=120)))
    assert "第31至第100页：70页×10元＝700元" in text
    assert "不得收取：检索费" in text


def test_a_broken_scale_is_refused(tmp_path):
    text = (ROOT / "corpus/fees.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("{up_to: 30, rate: 100}", "{up_to: 5, rate: 100}"),
        ("rate: 40}", "rate: 40, up_to: 300}"),
        ("- in", "in"),
    ):
        (tmp_path / "fees.yaml").write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(CorpusFileError):
            load_fees(tmp_path / "fees.yaml")


def test_a_step_of_one_unit_is_named_alone():
    assert "第31页：1页×10元＝10元" in explain_fee(processing_fee(FEES, ON, pages=31))
    assert "第31至第32页：2页×10元＝20元" in explain_fee(processing_fee(FEES, ON, pages=32))
