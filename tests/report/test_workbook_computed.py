"""The workbook in a spreadsheet program: its formulas computed, and a file that the program saved read back."""

from io import BytesIO
from itertools import combinations

import pdfplumber
import pytest
from openpyxl import load_workbook

from assistant.report.forms import Address
from assistant.report.statistics_files import dump_statistics, load_statistics
from assistant.report.workbook_plan import places, sums
from assistant.report.workbook_writing import write_workbook
from tests.rendering import convert, office, picture


def fill(form, statistics, changes=None):
    """The empty template with every figure typed in that is no total, as a clerk fills it in."""
    workbook = load_workbook(BytesIO(write_workbook(form)))
    where, totals = places(form), sums(form)
    for address, (sheet, row, column) in where.items():
        if address not in totals:
            workbook[sheet].cell(row, column).value = statistics.cells[address]
    for address, value in (changes or {}).items():
        sheet, row, column = where[Address(*address.split("."))]
        workbook[sheet].cell(row, column).value = value
    head = workbook["基本信息"]
    for row, value in ((2, statistics.agency), (3, "部门"), (5, statistics.year)):
        head.cell(row, 2).value = value
    return workbook


@pytest.fixture(scope="module")
def computed(rules, make, change, tmp_path_factory):
    """Filled templates as LibreOffice computed and saved them: name → (form, statistics, path)."""
    folder, made = tmp_path_factory.mktemp("workbooks"), {}
    for name, form_id, seed, changes in (
        ("plain", "2021", 17, {}),
        ("old", "2019", 8, {}),
        ("odd", "2021", 17, {"requests.received.natural_person": " １２ 件", "disclosure.licences.decisions": "1,234"}),
        ("off", "2021", 17, {"requests.carried_out.natural_person": 999_999}),
    ):
        statistics = change(make(seed, form_id), level="department", agency="示例市水务局")
        fill(rules.forms[form_id], statistics, changes).save(folder / f"{name}.xlsx")
        made[name] = (rules.forms[form_id], statistics)
    paths = convert(folder, ".xlsx", "xlsx", "xlsx:Calc MS Excel 2007 XML")
    return {name: (*made[name], path) for name, path in paths.items()}


@office
@pytest.mark.parametrize("name", ["plain", "old"])
def test_every_total_is_computed_to_what_the_parts_add_up_to(computed, name):
    form, statistics, path = computed[name]
    workbook, where = load_workbook(path, data_only=True), places(form)
    wrong = []
    for address in sums(form):
        sheet, row, column = where[address]
        value = workbook[sheet].cell(row, column).value
        if value != statistics.cells[address]:
            wrong.append((str(address), value, statistics.cells[address]))
    assert sums(form)
    assert wrong == []


def balances(path):
    """What the row 「核对（自动）」 of 表三 shows."""
    sheet = load_workbook(path, data_only=True)["表三"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "核对（自动）")
    return [cell.value for cell in row if cell.value and cell.column > 1]


@office
def test_the_line_that_checks_the_table_shows_whether_it_balances(computed):
    assert balances(computed["plain"][2]) == ["平"] * 7
    _, statistics, path = computed["off"]
    shown = balances(path)
    difference = 999_999 - statistics.value("requests", "carried_out", "natural_person")
    assert (shown[0], shown[-1], shown[1:-1]) == (f"差{difference}", f"差{difference}", ["平"] * 5)


@office
@pytest.mark.parametrize("name", ["plain", "old"])
def test_a_workbook_that_the_program_saved_reads_back(computed, rules, name):
    _, statistics, path = computed[name]
    read = load_statistics(path, rules.forms)
    assert read.cells == statistics.cells
    assert (read.agency, read.year, read.remarks) == (statistics.agency, statistics.year, ())


@office
def test_oddly_typed_cells_are_still_named_after_the_program_saved_them(computed, rules):
    _, _, path = computed["odd"]
    read = load_statistics(path, rules.forms)
    assert read.value("requests", "received", "natural_person") == 12
    assert read.value("disclosure", "licences", "decisions") == 1234
    assert {remark.kind for remark in read.remarks} == {"unit", "separator"}
    assert all(remark.place for remark in read.remarks)


@office
def test_a_workbook_written_from_statistics_is_saved_by_the_program_without_loss(rules, make, tmp_path):
    statistics = make(5)
    (tmp_path / "full.xlsx").write_bytes(dump_statistics(statistics, ".xlsx"))
    (path,) = convert(tmp_path, ".xlsx", "xlsx", "xlsx:Calc MS Excel 2007 XML").values()
    read = load_statistics(path, rules.forms)
    assert (read.cells, read.facts) == (statistics.cells, statistics.facts)


@office
def test_every_sheet_prints_on_one_page_and_no_label_lies_over_another(rules, make, tmp_path):
    for form_id in ("2021", "2019"):
        statistics = make(17, form_id)
        (tmp_path / f"table{form_id}.xlsx").write_bytes(write_workbook(statistics.form, statistics))
    for pdf in convert(tmp_path, ".xlsx", "pdf").values():
        picture(pdf, "workbook")
        with pdfplumber.open(pdf) as document:
            assert len(document.pages) == 6
            for page in document.pages:
                letters = [char for char in page.chars if char["text"].strip()]
                assert all(char["x0"] > 0 and char["x1"] < page.width for char in letters), page.page_number
                over = [(a["text"], b["text"]) for a, b in combinations(letters, 2) if _overlap(a, b)]
                assert over == [], (pdf.name, page.page_number)


def _overlap(one, other):
    """Whether two letters cover each other by more than a third of a letter, both ways."""
    across = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > one["size"] / 3 and down > one["size"] / 3
