"""What is drafted here passes the check of finished reports: written as Word, read back, nothing wrong found."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from conftest import _make
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.report.checked import check_report
from assistant.report.drafting.draft import draft_report
from assistant.report.statistics_files import load_statistics
from assistant.report.writing import render_draft

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="session")
def checked_draft(rules, check_rules, tmp_path_factory):
    """checked_draft(statistics) → the draft of these figures, written as Word and checked."""
    path = tmp_path_factory.mktemp("drafts") / "年度报告.docx"

    def checked_draft(statistics):
        draft = draft_report(statistics, None, rules)
        path.write_bytes(render_draft(draft, ".docx", day=date(statistics.year + 1, 1, 20)))
        return check_report(path, None, check_rules)

    return checked_draft


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), form=st.sampled_from(["2021", "2021", "2019"]))
def test_a_draft_read_back_has_the_same_figures_and_nothing_wrong_but_its_gaps(rules, checked_draft, seed, form):
    statistics = _make(Random(seed), rules.forms[form], None)
    checked = checked_draft(statistics)
    # What the office has not told yet is marked 【待填】, and that is named.
    assert [f.message for f in checked.findings if "待填" not in f.message] == []
    assert {f.severity for f in checked.findings} <= {"warning"}
    read = checked.statistics
    assert (read.agency, read.year, read.form.id) == (statistics.agency, statistics.year, statistics.form.id)
    tables = [address for address in statistics.cells if address.table in statistics.form.tables]
    assert {a: read.cells[a] for a in tables} == {a: statistics.cells[a] for a in tables}


@pytest.mark.parametrize("path", sorted((CORPUS / "reports").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_report_drafted_and_checked_has_no_error_though_cells_are_not_entered(rules, checked_draft, path):
    checked = checked_draft(load_statistics(path, rules.forms))
    assert not checked.failed, [f.message for f in checked.findings]
