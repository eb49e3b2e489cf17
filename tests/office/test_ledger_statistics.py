import random
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LedgerError, OutputError
from assistant.office.ledger import Ledger
from assistant.office.ledger_records import APPLICANT_KINDS, RequestRecord
from assistant.office.ledger_statistics import count_requests, fill_statistics
from assistant.office.statistics_file import explain_table, read_statistics, write_statistics

ROOT = Path(__file__).resolve().parents[2]
ROWS = yaml.safe_load((ROOT / "corpus/letters/shared/rows.yaml").read_text(encoding="utf-8"))
COLUMNS = [*APPLICANT_KINDS, "total"]


def record(number, received, closed=None, outcome=None, kind="natural_person"):
    return RequestRecord(str(number), received, "post", "张某", kind, "甲", closed=closed, outcome=outcome)


@st.composite
def registers(draw):
    days = st.dates(date(2021, 1, 1), date(2024, 12, 31))
    cases = []
    for number in range(draw(st.integers(0, 25))):
        received, length = draw(days), draw(st.none() | st.integers(0, 800))
        closed = None if length is None else received + timedelta(length)
        outcome = None if closed is None else draw(st.sampled_from(sorted(ROWS)))
        cases.append(record(number, received, closed, outcome, draw(st.sampled_from(sorted(APPLICANT_KINDS)))))
    return cases


def violations(table, previous=None):
    """H1, H2, H3, H5 and H6, counted here anew."""
    found = []
    results = [row for row in table if row not in ("received", "carried_in", "total", "carried_out")]
    for column in COLUMNS:
        if (
            table["received"][column] + table["carried_in"][column]
            != table["total"][column] + table["carried_out"][column]
        ):
            found.append(("H1", column))
        if table["total"][column] != sum(table[row][column] for row in results):
            found.append(("H2", column))
        if previous and table["carried_in"][column] != previous["carried_out"][column]:
            found.append(("H6", column))
    for row, cells in table.items():
        if list(cells) != COLUMNS or cells["total"] != sum(cells[column] for column in APPLICANT_KINDS):
            found.append(("H3", row))
        if any(type(value) is not int or value < 0 for value in cells.values()):
            found.append(("H5", row))
    return found


@given(registers())
def test_every_register_gives_tables_that_add_up_and_carry_over(cases):
    previous = None
    for year in range(2021, 2028):
        table = count_requests(cases, year, ROWS)
        assert violations(table, previous) == []
        previous = table
    assert previous["received"]["total"] == 0


def test_the_rows_are_those_of_the_statistics_file_in_the_forms_order():
    table = count_requests([], 2026, ROWS)
    assert len(table) == 25
    assert list(table)[:3] == ["received", "carried_in", "granted"]
    assert list(table)[-3:] == ["other", "total", "carried_out"]


def test_a_case_counts_once_on_either_side_of_the_year():
    cases = [
        record(1, date(2025, 12, 31), date(2026, 1, 1), "granted", "enterprise"),
        record(2, date(2026, 12, 31)),
        record(3, date(2026, 1, 1), date(2026, 12, 31), "refused_state_secret"),
        record(4, date(2024, 5, 1), date(2025, 5, 1), "other"),
        record(5, date(2027, 1, 1)),
    ]
    table = count_requests(cases, 2026, ROWS)
    assert table["carried_in"] == dict.fromkeys(COLUMNS, 0) | {"enterprise": 1, "total": 1}
    assert table["received"]["total"] == 2
    assert table["granted"]["enterprise"] == 1
    assert table["refused_state_secret"]["natural_person"] == 1
    assert table["carried_out"]["total"] == 1


def test_the_2019_form_has_one_row_for_all_other_outcomes():
    day = date(2020, 3, 2)
    cases = [
        record(n, day, day, row) for n, row in enumerate(("other_correction_overdue", "other_fee_overdue", "other"))
    ]
    table = count_requests(cases, 2020, ROWS)
    assert len(table) == 23
    assert table["other"]["total"] == 3
    assert violations(table) == []
    with pytest.raises(LedgerError, match="2019年度开始"):
        count_requests(cases, 2018, ROWS)


def test_five_thousand_requests_give_the_table_within_a_second(tmp_path, today):
    chance = random.Random(7)
    cases = []
    for number in range(5000):
        received = date(2024, 1, 1) + timedelta(chance.randrange(1000))
        closed = received + timedelta(chance.randrange(60))
        if closed > today or chance.random() < 0.05:
            closed = None
        outcome = chance.choice(sorted(ROWS)) if closed else None
        cases.append(record(f"n{number}", received, closed, outcome, chance.choice(sorted(APPLICANT_KINDS))))
    ledger = Ledger(tmp_path / "ledger.sqlite", ROWS)
    ledger.add_requests(cases, today)
    previous = None
    for year in (2024, 2025, 2026):
        begin = time.perf_counter()
        table = fill_statistics(None, ledger.requests(), year, ROWS)["requests"]
        assert time.perf_counter() - begin <= 1
        assert violations(table, previous) == []
        previous = table
    ledger.close()


def test_the_rest_of_a_statistics_file_stays(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("form: '2021'\nagency: 示例局\nyear: 2026\ndisclosure:\n  fees: {amount: 12.5}\n", encoding="utf-8")
    content = fill_statistics(read_statistics(path), [record(1, date(2026, 3, 1))], 2026, ROWS)
    for name in ("out.yaml", "out.json"):
        write_statistics(content, tmp_path / name)
        again = read_statistics(tmp_path / name)
        assert again == content
        assert again["disclosure"]["fees"]["amount"] == 12.5
        assert again["requests"]["received"]["natural_person"] == 1
    assert explain_table(content["requests"])[0] == "本年新收：1件（自然人1）"


def test_a_statistics_file_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(LedgerError, match="2025年度"):
        fill_statistics({"year": 2025}, [], 2026, ROWS)
    with pytest.raises(LedgerError, match="2019年格式"):
        fill_statistics({"form": "2019"}, [], 2026, ROWS)
    for name, text, message in (
        ("s.xlsx", "", "statistics convert"), ("a.yaml", "a: [", "读不懂"), ("b.yaml", "- 1", "统计文件"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(LedgerError, match=message):
            read_statistics(tmp_path / name)
    with pytest.raises(LedgerError, match="没有文件"):
        read_statistics(tmp_path / "none.yaml")
    with pytest.raises(OutputError, match="结尾"):
        write_statistics({}, tmp_path / "s.xlsx")
    with pytest.raises(OutputError, match="已经存在"):
        write_statistics({}, tmp_path / "a.yaml")
