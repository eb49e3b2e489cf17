"""A choice is taken by any part of its label that no other choice has."""

from pathlib import Path

import pytest

from assistant.errors import LedgerError
from assistant.office.choices import read_choice
from assistant.office.letter_kinds import load_letter_kinds

KINDS = load_letter_kinds(Path(__file__).resolve().parents[2] / "corpus" / "letters")
ROWS = KINDS.rows


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_taken_by_its_key_its_label_and_its_last_part(row):
    label = ROWS[row]
    last = label.split()[-1].split(".")[-1].removeprefix("（一）").removeprefix("（二）")
    for word in (row, label, label.replace("（", "(").replace("）", ")"), last, f" {last} "):
        assert read_choice(word, ROWS, "办理结果") == row


@pytest.mark.parametrize(
    ("word", "row"),
    [
        ("予以公开", "granted"),
        ("部分", "partly_granted"),
        ("国家秘密", "refused_state_secret"),
        ("三安全", "refused_security_and_stability"),
        ('危及"三安全一稳定"', "refused_security_and_stability"),
        ("不予公开 执法案卷", "refused_enforcement_files"),
        ("不掌握", "unavailable_not_held"),
        ("重复申请", "not_processed_repeated"),
        ("信访", "not_processed_petition"),
        ("未缴费", "other_fee_overdue"),
        ("其他", "other"),
        ("处理 反复", "not_processed_excessive"),
    ],
)
def test_a_part_that_one_row_has_is_enough(word, row):
    assert read_choice(word, ROWS, "办理结果") == row


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        ("其他处理", ["other_correction_overdue", "other_fee_overdue", "other"]),
        ("无法提供", ["unavailable_not_held", "unavailable_needs_creation", "unavailable_still_unclear"]),
        ("不再处理", ["other_correction_overdue", "other_fee_overdue"]),
    ],
)
def test_a_part_that_several_rows_have_lists_these_only(word, keys):
    with pytest.raises(LedgerError) as refused:
        read_choice(word, ROWS, "办理结果")
    assert f"办理结果“{word}”不止一项" in str(refused.value)
    assert [key for key in ROWS if f"{key}（" in str(refused.value)] == keys


@pytest.mark.parametrize("word", ["", "  ", "（一）", "3.", "丢了", "。"])
def test_what_no_row_has_lists_all(word):
    with pytest.raises(LedgerError, match="可用的有") as refused:
        read_choice(word, ROWS, "办理结果")
    assert all(key in str(refused.value) for key in ROWS)


@pytest.mark.parametrize(
    ("word", "row"),
    [
        ("信息不存在", "unavailable_not_held"),
        ("不存在", "unavailable_not_held"),
        ("非本机关负责", "unavailable_not_held"),
        ("已主动公开", "granted"),
        ("需要加工分析", "unavailable_needs_creation"),
        ("不动产登记资料", "refused_administrative_inquiry"),
        ("撤回申请", "other"),
    ],
)
def test_the_name_of_the_letter_that_ends_a_case_names_its_row(word, row):
    assert read_choice(word, ROWS, "办理结果", KINDS.rows_by_name) == row


def test_a_row_goes_before_the_name_of_a_letter_and_letters_of_several_rows_name_none():
    assert read_choice("部分公开", ROWS, "办理结果", {"部分公开答复书": "other"}) == "partly_granted"
    with pytest.raises(LedgerError, match="不止一项"):
        read_choice("答复书", ROWS, "办理结果", KINDS.rows_by_name)
