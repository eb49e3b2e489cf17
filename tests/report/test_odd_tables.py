"""Tables that offices turned or added to: read all the same, and what is too much is said."""

from dataclasses import replace
from pathlib import Path

import pytest
from golden_reports import Case, load_bodies, make_paper, read_figures, write_report

from assistant.documents.writing.paper import GridCell
from assistant.report.checked import check_report

BODY = load_bodies()["yunze_water_2025"]
LAYOUTS = [
    "word",
    "word_broken_labels",
    "page",
    "workbook",
    "bars",
    "bars_with_fillers",
    "bar_ends_line",
    "cell_a_line",
]
RESULTS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
KINDS = ["行政复议", "未经复议直接起诉", "复议后起诉"]


def kinds_down(values):
    rows = [[kind, *values[number * 5 : number * 5 + 5]] for number, kind in enumerate(KINDS)]
    return [["", *RESULTS], *rows]


def results_down(values):
    rows = [[result, *values[number::5]] for number, result in enumerate(RESULTS)]
    return [["", *KINDS], *rows]


def turned(paper, turn):
    """The paper with 表四 laid out by `turn`."""

    def block(old):
        if getattr(old, "key", "") != "reviews":
            return old
        rows = turn([cell.text for cell in old.rows[-1]])
        cells = tuple(tuple(GridCell(text, value=text.isdigit()) for text in row) for row in rows)
        return replace(old, rows=cells, header_rows=1, widths=(1.0,) * len(rows[0]))

    return replace(paper, blocks=tuple(map(block, paper.blocks)))


def check(paper, layout, check_rules, tmp_path):
    checked = check_report(write_report(Case("", "", layout, {}, ()), paper, tmp_path / "年报"), None, check_rules)
    wanted = read_figures(BODY, checked.report.form)
    read = {address: str(checked.statistics.cells[address]) for address in wanted}
    return {str(a): (read[a], wanted[a]) for a in wanted if read[a] != wanted[a]}, checked


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("turn", [kinds_down, results_down])
def test_a_table_of_cases_on_its_side_is_read(turn, layout, check_rules, tmp_path):
    paper = turned(make_paper(Case("", "", layout, {}, ()), BODY, check_rules.forms), turn)
    wrong, checked = check(paper, layout, check_rules, tmp_path)
    assert wrong == {}
    assert checked.findings == ()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_column_of_subtotals_is_told_and_shifts_no_figure(layout, check_rules, tmp_path):
    edits = {"columns": [{"table": "requests", "after": "other", "add": "小计"}]}
    paper = make_paper(Case("", "", layout, edits, ()), BODY, check_rules.forms)
    wrong, checked = check(paper, layout, check_rules, tmp_path)
    assert wrong == {}
    assert [(finding.code, "小计" in finding.message) for finding in checked.findings] == [("S3", True)]


def test_labels_of_the_head_broken_over_two_lines_of_text_shift_no_figure(check_rules, tmp_path):
    case = Case("", "", "bars", {}, ())
    path = write_report(case, make_paper(case, BODY, check_rules.forms), tmp_path / "年报")
    text = path.read_text("utf-8")
    head = next(line for line in text.split("\n") if line.startswith("商业企业"))
    broken = head.replace("商业企业 | 科研机构", "商业 | 科研") + "\n企业 | 机构 |"
    path.write_text(text.replace(head, broken), "utf-8")
    assert check_report(path, None, check_rules).findings == ()


def test_last_year_of_another_body_is_compared_only_with_a_word_of_warning(check_rules, tmp_path):
    case = Case("", "", "bars", {}, ())
    path = write_report(case, make_paper(case, BODY, check_rules.forms), tmp_path / "年报")
    before = load_bodies()["yunze_water_2024"]
    for name, warned in (("云泽市水务局", False), ("松桥市教育局", True)):
        last = Path(tmp_path / name)
        paper = make_paper(
            case, before | {"title": f"{name}2024年政府信息公开工作年度报告", "signature": name}, check_rules.forms
        )
        checked = check_report(path, write_report(case, paper, last), check_rules)
        assert ("机构改革" in checked.notice) is warned
        assert (name in checked.notice) is warned
