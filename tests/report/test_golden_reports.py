"""Reports made up for the purpose, each in a real layout, and exactly what a check must find in each."""

import shutil

import pytest
from golden_reports import PRINTED, Case, load_bodies, load_cases, load_no_claims, make_paper, write_report

from assistant.report.checked import check_report
from benchmarks.report_files import to_pdf, to_scan

BODIES, CASES = load_bodies(), load_cases()
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# W9 asks back about tables full of zeros; it is a question to those who draft and none of a finished report.
NOT_OF_A_REPORT = {"W9"}


def told(checked):
    """Code and place of every finding; that a figure of a scan is unsure is no finding about the report."""
    return sorted((finding.code, finding.location) for finding in checked.findings if finding.severity != "info")


def named(cases):
    return {"argvalues": cases, "ids": [case.name for case in cases]}


@pytest.mark.parametrize("case", **named([case for case in CASES if case.layout not in PRINTED]))
def test_a_golden_report_yields_exactly_its_findings(case, check_rules, tmp_path):
    path = write_report(case, make_paper(case, BODIES[case.body], check_rules.forms), tmp_path / "年报")
    previous = None
    if case.previous:
        paper = make_paper(case.previous, BODIES[case.previous.body], check_rules.forms)
        previous = write_report(case.previous, paper, tmp_path / "上年")
    checked = check_report(path, previous, check_rules)
    assert told(checked) == sorted(case.finds), [f.message for f in checked.findings]


@pytest.fixture(scope="module")
def printed(check_rules, tmp_path_factory):
    """The PDF of every report that is printed or scanned, by name; LibreOffice is started once."""
    folder = tmp_path_factory.mktemp("printed")
    words = {
        case.name: write_report(case, make_paper(case, BODIES[case.body], check_rules.forms), folder / str(number))
        for number, case in enumerate(CASES)
        if case.layout in PRINTED
    }
    to_pdf(list(words.values()), folder)
    return {name: word.with_suffix(".pdf") for name, word in words.items()}


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed: no PDF can be made")
@pytest.mark.parametrize("case", **named([case for case in CASES if case.layout in PRINTED]))
def test_a_printed_or_scanned_golden_report_yields_exactly_its_findings(case, printed, check_rules, tmp_path):
    path = printed[case.name]
    if case.layout == "scan":
        pytest.importorskip("rapidocr", reason="the recognizer is not installed: no scan can be read")
        path, pdf = tmp_path / "年报.pdf", path
        to_scan(pdf, path)
    checked = check_report(path, None, check_rules)
    assert told(checked) == sorted(case.finds), [f.message for f in checked.findings]


@pytest.mark.parametrize("group", load_no_claims(), ids=lambda group: f"{group['body']}, {group['chapter']}")
def test_sentences_that_are_right_or_claim_nothing_raise_nothing(group, check_rules, tmp_path):
    case = Case("", group["body"], "bars", {"add": {group["chapter"]: group["sentences"]}}, ())
    path = write_report(case, make_paper(case, BODIES[case.body], check_rules.forms), tmp_path / "年报")
    findings = check_report(path, None, check_rules).findings
    # So many sentences make chapter one too long, which is right.
    assert [f.message for f in findings if f.code != "S4"] == []


def test_the_golden_reports_show_every_code_and_every_kind_of_sound_report(check_rules):
    assert {code for case in CASES for code, _ in case.finds} == set(check_rules.rules) - NOT_OF_A_REPORT
    clean = [case for case in CASES if not case.finds]
    assert len(CASES) >= 40
    assert len({(case.body, case.layout) for case in clean}) >= 10
    assert {BODIES[case.body]["form"] for case in clean} == {2019, 2021}
    assert any("政府" in BODIES[case.body]["signature"] and "县" in BODIES[case.body]["signature"] for case in clean)
    zero = [case for case in clean if not BODIES[case.body].get("requests") and not BODIES[case.body].get("reviews")]
    assert any(BODIES[case.body]["form"] == 2021 and not BODIES[case.body].get("disclosure") for case in zero)
    assert {case.layout for case in CASES} >= {"word", "site", "pdf", "scan", "workbook", "bars", "cell_a_line"}
