"""A real llama.cpp server with a real model that answers Chinese badly: nothing unsupported is shown, no fact is lost.

A few questions only; a hundred are `python -m benchmarks.small_model`.
"""

import pytest

from benchmarks.model_server import missing_part, small_model_server
from benchmarks.small_model import ask, chosen

pytestmark = pytest.mark.skipif(
    bool(missing_part()), reason=f"{missing_part()} is not installed (make test installs it)"
)

QUESTIONS = 2


def test_a_bad_model_costs_the_reader_nothing(assistant):
    with small_model_server() as address:
        rows = ask(chosen(QUESTIONS), address)
    assert len(rows) == QUESTIONS
    assert [row.unsupported for row in rows] == [[]] * QUESTIONS
    assert sum(row.covered for row in rows) >= sum(row.covered_without for row in rows)
    # It was asked and it spoke: its words were not proved, it declined, or a sentence of it is shown.
    assert any(row.heard for row in rows)
