"""The short form of `python -m benchmarks.load`: everybody at work at once on the real server, and troublemakers."""

import shutil

import pytest

from benchmarks.load import Load, Seen, growth, may_open, run
from tests.conftest import apart

ACTIONS = {"sign in", "open the page", "ask", "a slow reader", "ask beside them"}


def test_many_at_work_and_troublemakers_beside_them_leave_no_failure(assistant, data_folder, tmp_path):
    if not may_open(300):
        pytest.skip("this account may not hold 300 connections (ulimit -n)")
    data = tmp_path / "data"
    left_out = shutil.ignore_patterns("office.sqlite*", "*.lock", "temporary", "models")
    shutil.copytree(data_folder, data, ignore=left_out)
    seen = apart(run, Load(users=8, seconds=8, pause=1, connections=300), data)
    assert not seen.failures
    assert set(seen.seconds) >= {*ACTIONS, "a message of 1.5 MB to the page", "a message of 1.5 MB to the interface"}
    assert len(seen.seconds["ask"]) > 5
    assert max(seen.memory) < 1200


def test_a_failure_and_a_leak_are_seen():
    seen = Seen()
    with seen.timing("ask"):
        raise ValueError("broken")
    assert seen.failures == ["ask: ValueError broken"]
    assert not seen.seconds
    assert growth([300, 400, *[500.0] * 8]) < 1
    assert growth([400.0 + 10 * second for second in range(50)]) > 100
