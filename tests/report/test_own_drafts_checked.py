"""What is drafted here passes the check of finished reports: written as Word, read back, nothing wrong found."""

from datetime import date
from pathlib import Path

import pytest

from assistant.report.checked import check_report, load_check_rules
from assistant.report.drafting.draft import draft_report
from assistant.report.writing import render_draft

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def check_rules():
    return load_check_rules(CORPUS)


@pytest.mark.parametrize("seed", range(24))
def test_a_draft_read_back_has_the_same_figures_and_no_error(rules, check_rules, make, tmp_path, seed):
    statistics = make(seed, "2021" if seed % 4 else "2019")
    draft = draft_report(statistics, None, rules)
    path = tmp_path / "年度报告.docx"
    path.write_bytes(render_draft(draft, ".docx", day=date(statistics.year + 1, 1, 20)))
    checked = check_report(path, None, check_rules)
    assert [finding.message for finding in checked.findings if finding.severity == "error"] == []
    read = checked.statistics
    assert (read.agency, read.year, read.form.id) == (statistics.agency, statistics.year, statistics.form.id)
    tables = [address for address in statistics.cells if address.table in statistics.form.tables]
    assert {a: read.cells[a] for a in tables} == {a: statistics.cells[a] for a in tables}
