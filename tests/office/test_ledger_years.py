"""A closed year keeps its figures, and the years fit together (H6) whatever is tried afterwards."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from assistant.errors import LedgerError
from assistant.office.ledger import Ledger
from assistant.office.ledger_records import APPLICANT_KINDS, RequestRecord
from assistant.office.ledger_statistics import count_requests
from assistant.office.ledger_years import check_same

TODAY = date(2026, 11, 22)
BASE = RequestRecord("2025-001", date(2025, 3, 3), "post", "张某", "natural_person", "验收报告")
DONE = replace(BASE, outcome="granted", closed=date(2025, 3, 20))
OPEN = replace(BASE, number="2025-002", received=date(2025, 12, 20))


@pytest.fixture
def ledger(tmp_path, desk):
    opened = Ledger(tmp_path / "ledger.sqlite", desk.kinds.rows)
    opened.add_requests([DONE, OPEN], TODAY)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"outcome": "partly_granted"}, "（一）予以公开、（二）部分公开"),
        ({"applicant_kind": "enterprise"}, "本年新收"),
        ({"closed": date(2026, 1, 4)}, "（一）予以公开、结转下年度"),
        ({"outcome": None, "closed": None}, "结转下年度"),
        ({"received": date(2024, 12, 30)}, "上年结转"),
    ],
)
def test_what_would_change_a_closed_year_is_refused_and_named(ledger, changes, rows):
    ledger.close_year(2025, TODAY)
    with pytest.raises(LedgerError, match="2025年度的台账已在2026-11-22封存") as refused:
        ledger.replace_request(replace(DONE, **changes), TODAY)
    assert rows in str(refused.value)
    assert "gongkai ledger reopen --year 2025" in str(refused.value)
    assert ledger.get("2025-001") == DONE


def test_a_new_case_of_a_closed_year_is_refused(ledger):
    ledger.close_year(2025, TODAY)
    with pytest.raises(LedgerError, match="本年新收"):
        ledger.add_requests([replace(BASE, number="2025-003")], TODAY)
    with pytest.raises(LedgerError, match="本年新收"):
        ledger.update_requests([replace(BASE, number="2025-003")], TODAY)


def test_what_leaves_the_figures_alone_is_taken(ledger):
    ledger.close_year(2025, TODAY)
    ledger.replace_request(replace(DONE, note="已归档"), TODAY)
    ledger.replace_request(replace(OPEN, outcome="granted", closed=date(2026, 1, 10)), TODAY)
    ledger.add_requests([replace(BASE, number="2026-001", received=date(2026, 2, 1))], TODAY)
    assert ledger.get("2025-001").note == "已归档"


def test_a_year_that_is_open_again_can_be_corrected_and_closed_again(ledger):
    ledger.close_year(2025, TODAY)
    with pytest.raises(LedgerError, match="已经封存过"):
        ledger.close_year(2025, TODAY)
    ledger.reopen_year(2025)
    ledger.replace_request(replace(DONE, outcome="partly_granted"), TODAY)
    assert ledger.close_year(2025, TODAY).table["partly_granted"]["natural_person"] == 1
    with pytest.raises(LedgerError, match="没有封存"):
        ledger.reopen_year(2024)


def test_a_year_that_is_not_over_cannot_be_closed(ledger):
    with pytest.raises(LedgerError, match="还没有结束"):
        ledger.close_year(2026, TODAY)
    with pytest.raises(LedgerError, match="没有统一的年报表格"):
        ledger.close_year(2018, TODAY)


def test_a_register_changed_from_outside_is_noticed(ledger, desk):
    (closed,) = [ledger.close_year(2025, TODAY)]
    table = count_requests([DONE], 2025, desk.kinds.rows)
    with pytest.raises(LedgerError, match="封存时不同：“本年新收”行“自然人”列现在是1，封存的是2"):
        check_same(closed, table, desk.kinds.rows)
    check_same(closed, count_requests(ledger.requests(), 2025, desk.kinds.rows), desk.kinds.rows)


def test_years_fit_together_after_hundreds_of_attempts(ledger, desk):
    """Close three years, then try to change everything at random: each closed table stays, and H6 holds."""
    random = Random(7)
    rows = list(desk.kinds.rows)

    def at_random(number):
        received = date(random.randrange(2022, 2026), random.randrange(1, 13), random.randrange(1, 28))
        closed = date(random.randrange(received.year, 2027), random.randrange(1, 11), random.randrange(1, 21))
        done = closed >= received and random.random() < 0.8
        kind = random.choice(list(APPLICANT_KINDS))
        record = RequestRecord(number, received, "post", "某人", kind, "材料")
        return replace(record, outcome=random.choice(rows), closed=closed) if done else record

    ledger.add_requests([at_random(f"r-{index:03d}") for index in range(200)], TODAY)
    for year in (2022, 2023, 2024):
        ledger.close_year(year, TODAY)
    fixed = {item.year: item.table for item in ledger.closed_years()}
    refused = 0
    for _ in range(300):
        try:
            ledger.add_requests([at_random(f"r-{random.randrange(260):03d}")], TODAY, replacing=True)
        except LedgerError:
            refused += 1
    assert 0 < refused < 300
    tables = {year: count_requests(ledger.requests(), year, rows) for year in range(2022, 2027)}
    assert {year: tables[year] for year in fixed} == fixed
    for year in range(2023, 2027):
        assert tables[year]["carried_in"] == tables[year - 1]["carried_out"]
