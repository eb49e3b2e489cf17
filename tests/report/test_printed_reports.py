"""A report printed as PDF by LibreOffice is read as the Word file is."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
from official_tables import convert_to_pdf, soffice

from assistant.report.checked import check_report
from assistant.report.drafting.draft import draft_report
from assistant.report.writing import render_draft


@pytest.mark.skipif(not soffice(), reason="LibreOffice is not installed: no PDF can be made")
def test_a_printed_report_is_read_to_the_last_cell_with_its_chapters(make, rules, check_rules, tmp_path):
    statistics = make(20, year=2025)
    word = tmp_path / "年报.docx"
    word.write_bytes(render_draft(draft_report(statistics, None, rules), ".docx"))
    convert_to_pdf([word], tmp_path)
    by_word = check_report(word, None, check_rules)
    printed = check_report(word.with_suffix(".pdf"), None, check_rules)
    assert printed.statistics.cells == statistics.cells == by_word.statistics.cells
    assert printed.report.defects == ()
    assert [h.chapter for h in printed.report.headings] == [h.chapter for h in by_word.report.headings]
    assert (printed.statistics.agency, printed.statistics.year) == (statistics.agency, 2025)
    assert not [p.text for p in printed.report.passages if "— " in p.text]
