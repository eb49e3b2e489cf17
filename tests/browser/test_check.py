"""The tab 检查 in a real Chromium: a report dropped in, its findings at their places, the files to take away."""

import docx
import openpyxl
import pytest

from tests.browser.conftest import picture
from tests.browser.reports import write_report

WRONG = {"requests__received__natural_person": 3, "requests__received__total": 4}


@pytest.fixture
def page(visit, address):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    page.get_by_role("tab", name="检查").click()
    return page


def put(page, box, *paths):
    page.set_input_files(f"{box} input[type=file]", [str(path) for path in paths])


def save(page, button, folder):
    with page.expect_download() as download:
        page.click(button)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_report_is_checked_and_a_finding_leads_to_its_place(page, assistant, tmp_path):
    from assistant.office.records import Records

    put(page, "#check-reports", write_report(assistant.report_rules, tmp_path / "年报.docx", 2025, **WRONG))
    page.wait_for_selector("#check-findings .findings", timeout=30_000)
    told = page.inner_text("#check-findings")
    assert "示例市水务局" in told
    assert "2025年度" in told
    finding = page.locator("#check-findings .finding", has_text="本年新收政府信息公开申请数量").first
    assert "H3" in finding.inner_text()
    frame = page.frame_locator("#check-report iframe")
    finding.click()
    marked = frame.locator(".gone-to")
    marked.wait_for()
    assert marked.inner_text().startswith("4")
    page.wait_for_timeout(700)
    seen, around = marked.bounding_box(), page.locator("#check-report iframe").bounding_box()
    assert around["y"] <= seen["y"] <= around["y"] + around["height"]
    picture(page, "check")
    number = marked.locator("sup a").first.inner_text().strip("[]")
    marked.locator("sup a").first.click()
    page.wait_for_selector(f"#f{int(number) - 1}.chosen")

    comments = docx.Document(save(page, "#check-docx", tmp_path)).comments
    assert any("H3" in comment.text for comment in comments)
    assert "H3" in save(page, "#check-html", tmp_path).read_text(encoding="utf-8")
    book = openpyxl.load_workbook(save(page, "#check-xlsx", tmp_path))
    assert book.sheetnames == ["报告", "问题", "分类合计"]
    records = Records(assistant.settings.data_folder / "office.sqlite")
    entries = records.audit.entries(actions=["check", "export"])
    records.close()
    assert {entry.detail["文件"] for entry in entries} >= {
        "年报.docx",
        "标注稿（Word）",
        "标注稿（网页）",
        "检查情况（Excel）",
    }


def test_last_years_report_stands_beside_and_shows_what_changed(page, assistant, tmp_path):
    rules = assistant.report_rules
    even = {"requests__granted__natural_person": 3, "requests__granted__total": 3,
            "requests__total__natural_person": 3, "requests__total__total": 3}  # fmt: skip
    put(page, "#check-reports", write_report(rules, tmp_path / "今年.docx", 2025, **(WRONG | even)))
    page.wait_for_selector("#check-findings .findings", timeout=30_000)
    put(page, "#check-previous", write_report(rules, tmp_path / "上年.docx", 2024, requests__carried_out__total=1))
    page.wait_for_selector("#check-changes table", timeout=30_000)
    assert "与2024年度相比" in page.inner_text("#check-changes")
    assert "0件\t3件\t+3" in page.inner_text("#check-changes")
    assert "H6" in page.inner_text("#check-findings")


def test_many_reports_are_listed_one_bad_file_among_them_and_each_can_be_opened(page, assistant, tmp_path):
    paths = [
        write_report(assistant.report_rules, tmp_path / f"{name}.docx", 2025, f"示例{name}局", **cells)
        for name, cells in (("甲", {}), ("乙", WRONG))
    ]
    broken = tmp_path / "坏的.docx"
    broken.write_bytes(paths[0].read_bytes()[:900])
    put(page, "#check-reports", *paths, broken)
    page.wait_for_selector("#check-table table", timeout=60_000)
    table = page.inner_text("#check-table")
    assert "1份有错误，1份没有错误，1个没有读出" in table
    assert "文件不完整或已损坏" in table
    page.click("#check-table button:has-text('乙.docx')")
    page.wait_for_selector("#check-findings .finding", timeout=30_000)
    assert "示例乙局" in page.inner_text("#check-findings")
    picture(page, "check-many")


def test_a_bad_file_is_one_clear_line_and_markup_in_a_report_is_not_run(page, tmp_path):
    bad = tmp_path / "一张纸.md"
    bad.write_text("# 随便写写\n\n没有表格。\n", encoding="utf-8")
    put(page, "#check-reports", bad)
    page.wait_for_selector("#check-said [role=alert]", timeout=30_000)
    assert page.inner_text("#check-said").count("\n") == 0
    assert page.locator("#check-findings .finding").count() == 0
