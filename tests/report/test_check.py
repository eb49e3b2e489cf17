"""`gongkai check`: what it finds, what it prints, how it ends."""

import json
import subprocess
import sys
from dataclasses import replace

import openpyxl
import pytest
from layouts import TEXT_LAYOUTS, paper_lines

from assistant.report.checked import check_report
from assistant.report.drafting.draft import draft_report
from assistant.report.explaining import explain_finding
from assistant.report.layout import lay_out
from assistant.report.statistics_files import dump_statistics


@pytest.fixture
def report_file(make, change, without_gaps, rules, tmp_path):
    """report_file({"requests.received.total": 5}) → a report of 2025 as Markdown with such figures in its tables."""

    def report_file(cells=None, name="年报.md", seed=20, year=2025, form="2021"):
        statistics = without_gaps(make(seed, form, year=year))
        draft = draft_report(statistics, None, rules)
        paper = lay_out(replace(draft, statistics=change(statistics, cells)))
        path = tmp_path / name
        path.write_text("\n".join(paper_lines(paper, TEXT_LAYOUTS["markdown"])), encoding="utf-8")
        return path

    return report_file


def gongkai(*arguments):
    return subprocess.run(
        [sys.executable, "-c", "from assistant.cli import main; main()", *map(str, arguments)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def codes(checked):
    return [finding.code for finding in checked.findings]


def test_a_sound_report_has_no_error(report_file, check_rules):
    assert codes(check_report(report_file(), None, check_rules)) == []


def test_the_json_has_the_keys_of_the_contract_and_ends_with_status_1_for_errors(report_file, make):
    statistics = make(20, year=2025)
    path = report_file({"requests.carried_out.enterprise": 987})
    done = gongkai("check", path, "--json")
    data = json.loads(done.stdout)
    assert set(data) == {"form", "agency", "year", "tables", "findings"}
    assert (data["form"], data["agency"], data["year"]) == ("2021", statistics.agency, 2025)
    assert data["tables"]["requests"]["received"]["total"] == statistics.value("requests", "received", "total")
    assert {finding["code"] for finding in data["findings"]} >= {"H1", "H3"}
    assert set(data["findings"][0]) == {"code", "severity", "location", "message", "expected", "actual", "basis"}
    assert (done.returncode, done.stderr) == (1, "")


def test_what_is_no_report_ends_with_status_2_and_one_line(tmp_path):
    path = tmp_path / "通知.txt"
    path.write_text("关于召开会议的通知\n定于下周一召开会议。", encoding="utf-8")
    done = gongkai("check", path, "--json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "不像政府信息公开工作年度报告" in done.stderr


def test_the_previous_year_may_be_statistics_or_a_report(report_file, make, check_rules, tmp_path):
    before = make(17, year=2024)
    stats = tmp_path / "上年.yaml"
    stats.write_bytes(dump_statistics(before, ".yaml"))
    by_stats = check_report(report_file(), stats, check_rules)
    by_report = check_report(report_file(), report_file(name="上年.md", seed=17, year=2024), check_rules)
    assert "H6" in codes(by_stats)
    assert codes(by_stats) == codes(by_report)
    assert [c.before for c in by_stats.changes] == [c.before for c in by_report.changes]


def test_last_year_must_be_the_year_before(report_file, check_rules):
    from assistant.report.errors import ReportError

    with pytest.raises(ReportError, match="请给出2024年度的报告"):
        check_report(report_file(), report_file(name="早.md", year=2023), check_rules)


def test_a_finding_is_explained_with_the_sum_and_the_rule(report_file, check_rules, make):
    statistics = make(20, year=2025)
    checked = check_report(report_file({"requests.carried_out.enterprise": 987}), None, check_rules)
    finding = next(finding for finding in checked.findings if finding.code == "H1")
    told = explain_finding(finding, checked.report)
    came = [statistics.value("requests", row, "enterprise") for row in ("received", "carried_in")]
    done = statistics.value("requests", "total", "enterprise")
    assert f"＝{sum(came)}" in told
    assert f"＝{done + 987}" in told
    assert f"相差{abs(sum(came) - done - 987)}" in told
    assert "第一项加第二项之和，等于第三项加第四项之和" in told


@pytest.fixture
def many(report_file, tmp_path):
    """A folder with six reports, one with a wrong sum, and two files that are none."""
    folder = tmp_path / "报送"
    folder.mkdir()
    for number in range(6):
        report_file(name=f"报送/{number}.md", seed=20 + number)
    report_file({"requests.carried_out.enterprise": 987}, name="报送/错.md")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    (folder / "通知.txt").write_text("关于开会的通知", encoding="utf-8")
    return folder


def test_a_folder_is_checked_whole_and_told_in_a_workbook(many, tmp_path):
    output = tmp_path / "检查情况.xlsx"
    done = gongkai("check", many, "--output", output)
    assert done.returncode == 1
    assert "共9个文件" in done.stdout
    assert "2个没有读出" in done.stdout
    book = openpyxl.load_workbook(output)
    reports = {row[0]: row for row in book["报告"].iter_rows(min_row=2, values_only=True)}
    assert len(reports) == 9
    assert reports["坏.docx"][6] == reports["通知.txt"][6] == "没有读出"
    assert reports["错.md"][4] >= 2
    findings = [row for row in book["问题"].iter_rows(min_row=2, values_only=True) if row[0] == "错.md"]
    assert {"H1", "H3"} <= {row[2] for row in findings}
    totals = {row[0]: row[3] for row in book["分类合计"].iter_rows(min_row=2, values_only=True)}
    assert totals["H1"] == sum(1 for row in book["问题"].iter_rows(min_row=2, values_only=True) if row[2] == "H1")


def test_an_existing_workbook_is_kept_unless_forced(many, tmp_path):
    output = tmp_path / "检查情况.xlsx"
    output.write_bytes(b"mine")
    done = gongkai("check", many, "--output", output)
    assert (done.returncode, output.read_bytes()) == (2, b"mine")
    assert "--force" in done.stderr


def test_text_of_a_report_is_never_a_formula(tmp_path, check_rules):
    from assistant.report.findings import Finding
    from assistant.report.many import Outcome
    from assistant.report.overview_book import write_overview

    wicked = "=HYPERLINK(1)"
    finding = Finding("H5", "error", wicked, wicked, None, "+1\x07", wicked)
    outcome = Outcome(tmp_path / "=a.docx", wicked, 2025, "2021", (finding,))
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_overview([outcome], check_rules.rules, tmp_path))
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == wicked for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_file_that_breaks_the_program_is_told_and_stops_nothing(tmp_path):
    from concurrent.futures import Future

    from assistant.report.many import _outcome

    future = Future()
    future.set_exception(ZeroDivisionError())
    assert "ZeroDivisionError" in _outcome(tmp_path / "a.docx", future).problem


def test_cells_recognized_with_little_confidence_are_told_but_are_no_error(report_file, check_rules):
    from assistant.report.checking.case import Case
    from assistant.report.checking.printed import check_tables
    from assistant.report.published import Defect

    report = check_report(report_file(), None, check_rules).report
    defect = Defect("S3", "unsure", "requests", {"table": "表三", "count": 1, "cells": "“甲”"})
    case = Case(check_rules.rules, report.statistics, report=replace(report, defects=(defect,)))
    (finding,) = check_tables(case)
    assert (finding.code, finding.severity) == ("S3", "info")
    assert "请对照原件核对" in finding.message


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("通知.txt", "关于召开会议的通知\n定于下周一召开会议。".encode(), "不像政府信息公开工作年度报告"),
        ("坏.docx", b"PK\x03\x04 broken", "不完整或已损坏"),
        ("坏.pdf", b"%PDF-1.4 broken", "不完整或已损坏"),
        ("空.docx", b"", "0 字节"),
    ],
)
def test_a_file_that_is_no_report_is_refused_in_one_line(name, content, told, tmp_path, monkeypatch, capsys):
    from assistant.cli import main

    path = tmp_path / name
    path.write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["gongkai", "check", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert told in shown.err


def test_two_bodies_in_one_file_are_refused_and_one_report_twice_too(report_file, check_rules, tmp_path):
    from assistant.report.errors import ReportError

    one, other = report_file(name="甲.md"), report_file(name="乙.md", seed=23)
    for second, told in ((other, "两份报告的表格"), (one, "出现了两遍")):
        both = tmp_path / "合并.md"
        both.write_text(f"{one.read_text('utf-8')}\n{second.read_text('utf-8')}", "utf-8")
        with pytest.raises(ReportError, match=told):
            check_report(both, None, check_rules)
