"""The table of deadlines worked by hand (tests/golden/deadlines.yaml), every case a test."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.clock.calendar import load_calendar
from assistant.clock.deadlines import Pause, compute_deadline
from assistant.clock.rules import load_rules

ROOT = Path(__file__).resolve().parents[2]
TABLE = yaml.safe_load((ROOT / "tests/golden/deadlines.yaml").read_text(encoding="utf-8"))
CASES = [(rule, case) for rule, cases in TABLE.items() for case in cases]


@pytest.fixture(scope="module")
def calendar():
    return load_calendar()


@pytest.fixture(scope="module")
def rules():
    return load_rules(ROOT / "corpus/deadlines.yaml")


def pause(text):
    first, last = (date.fromisoformat(part) for part in text.split(":"))
    return Pause(first, last)


def test_the_table_is_large_enough_and_has_every_rule_and_channel(rules):
    assert len(CASES) >= 150
    assert set(TABLE) == set(rules.rules)
    assert {rules.channel(case["received_by"]).key for _, case in CASES if "received_by" in case} == set(rules.channels)


def test_no_case_stands_twice():
    seen = [
        (rule, str({key: value for key, value in case.items() if key not in ("due", "working")}))
        for rule, case in CASES
    ]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("rule", "case"), CASES, ids=[f"{rule}-{case['from']}-{n}" for n, (rule, case) in enumerate(CASES)]
)
def test_a_deadline_worked_by_hand_is_computed_alike(rule, case, rules, calendar):
    result = compute_deadline(
        rules,
        calendar,
        rule,
        case["from"],
        received_by=case.get("received_by"),
        confirmed=case.get("confirmed"),
        corrected=case.get("corrected"),
        extended=case.get("extended", False),
        pauses=[pause(text) for text in case.get("pauses", ())],
        today=date(2026, 11, 22),
    )
    assert result.due == case["due"], case["working"]
