"""Tables of a PDF that have no rules are read by where their figures stand; what is blank stays blank."""

import random
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))
from official_tables import convert_to_pdf, soffice

from assistant.report.checked import check_report
from benchmarks.report_files import Style, drafted, make_statistics, office_word

pytestmark = pytest.mark.skipif(not soffice(), reason="LibreOffice is not installed: no PDF can be made")
STYLES = (Style("left", ruled=False), Style("centred", ruled=False, centred=True))


def _half_blank(statistics):
    """Half of the zeros of 表三 and 表四 left blank, as offices do; the totals stay."""
    chance = random.Random(5)
    cells = dict(statistics.cells)
    for address, value in statistics.cells.items():
        in_rows = address.table in {"requests", "reviews"} and address.column != "total"
        if in_rows and value == 0 and chance.random() < 0.5:
            cells[address] = None
    return replace(statistics, cells=MappingProxyType(cells))


@pytest.fixture(scope="module")
def printed(rules, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    made = {}
    for form_id, form in rules.forms.items():
        for number, style in enumerate(STYLES):
            for blanks in (False, True):
                whole = make_statistics(2, form)
                statistics = _half_blank(whole) if blanks else whole
                word = folder / f"{form_id}-{number}-{blanks}.docx"
                word.write_bytes(office_word(drafted(statistics, rules), style))
                made[word] = statistics
    convert_to_pdf(list(made), folder)
    return {(word.stem): (word.with_suffix(".pdf"), statistics) for word, statistics in made.items()}


@pytest.mark.parametrize("name", [f"{f}-{s}-{b}" for f in ("2019", "2021") for s in (0, 1) for b in (False, True)])
def test_tables_without_rules_are_read_to_the_last_cell(printed, check_rules, name):
    path, statistics = printed[name]
    report = check_report(path, None, check_rules).report
    wrong = {
        (address, report.statistics.cells[address], value)
        for address, value in statistics.cells.items()
        if address.table in statistics.form.tables and report.statistics.cells[address] != value
    }
    assert not wrong
    assert report.defects == ()
    assert all(heading.chapter for heading in report.headings)


def test_prose_between_such_tables_stays_prose(printed, check_rules):
    path, statistics = printed["2021-0-False"]
    report = check_report(path, None, check_rules).report
    prose = "".join(passage.text for passage in report.passages)
    assert "一是专业解读少" in prose
    assert "办理政协提案" in prose
    assert statistics.agency in report.title
