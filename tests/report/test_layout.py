import os
import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from lxml import html

from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.provenance import find_altered
from assistant.report.layout import lay_out, lay_out_table, printed
from assistant.report.statistics_files import load_statistics
from assistant.report.writing import render_draft, template_values, write_draft

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
GOLDEN = REPOSITORY / "tests" / "golden"
SEED = REPOSITORY / "corpus" / "reports" / "zibo-government-offices-2019.yaml"


def values_of(table_rows, table, statistics):
    """The values of a table read back, in the order of the form's cells, by the labels before them."""
    width = {"requests": 7, "reviews": 15}.get(table.key)
    if table.key == "requests":
        return [row[-width:] for row in table_rows[3:]]
    if table.key == "reviews":
        return [table_rows[-1]]
    return [row for row in table_rows if row[0] in {leaf.label for block in table.blocks for leaf in block.row_leaves}]


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_the_word_file_read_back_has_the_very_same_tables_and_numbers(rules, make, form):
    for seed in range(12):
        statistics = make(seed, form)
        draft = draft_report(statistics, None, rules)
        document = docx.Document(BytesIO(render_draft(draft, ".docx")))
        for table, found in zip(statistics.form.tables.values(), document.tables, strict=True):
            rows = [[cell.text for cell in row.cells] for row in found.rows]
            expected = [printed(statistics, cell.address) for cell in table.cells]
            if table.key == "disclosure":
                labelled = values_of(rows, table, statistics)
                counts = [len(block.column_leaves) for block in table.blocks for _ in block.row_leaves]
                read = [text for row, count in zip(labelled, counts, strict=True) for text in row[1 : 1 + count]]
            else:
                read = [text for row in values_of(rows, table, statistics) for text in row]
            assert read == expected
        chapters = text_by_place(document, draft)
        assert find_altered(draft, chapters) == []
        assert {place: text.text for place, text in draft.texts()} == chapters


def text_by_place(document, draft):
    """The prose of a Word file by place, as Draft.texts names it."""
    places, place = {}, "标题"
    titles = {section.chapter.title for section in draft.sections}
    for paragraph in document.paragraphs:
        if paragraph.text in titles:
            place = paragraph.text
        elif paragraph.text == draft.statistics.agency:
            break
        elif paragraph.text:
            places.setdefault(place, []).append(paragraph.text)
            place = "导语" if place == "标题" else place
    return {
        key: "".join(lines).replace("\n", "") if key == "标题" else "\n".join(lines) for key, lines in places.items()
    }


def test_the_tables_are_labelled_exactly_as_the_official_form(rules, make):
    statistics = make(1)
    document = docx.Document(BytesIO(render_draft(draft_report(statistics, None, rules), ".docx")))
    first, second, third = ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
    assert first[0] == ["第二十条第（一）项"] * 4
    assert first[1] == ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]
    assert first[-2] == ["信息内容", *["本年收费金额（单位：万元）"] * 3]
    assert second[0][0] == "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    assert second[2][3:] == ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    assert second[1][3:] == ["自然人", *["法人或其他组织"] * 5, "总计"]
    assert len(second) == 28
    assert second[7][:3] == ["三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"]
    assert second[3][:3] == ["一、本年新收政府信息公开申请数量"] * 3
    assert third[1] == ["行政复议"] * 5 + ["未经复议直接起诉"] * 5 + ["复议后起诉"] * 5
    assert third[2] == ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3


def test_large_figures_turn_the_page(rules, make, change):
    statistics = make(1)
    table = statistics.form.tables["requests"]
    assert not lay_out_table(table, change(statistics, {"requests.received.total": 12_345})).landscape
    assert lay_out_table(table, change(statistics, {"requests.received.total": 123_456_789})).landscape


def test_the_web_page_has_the_same_tables(rules, make):
    statistics = make(2)
    page = html.fromstring(render_draft(draft_report(statistics, None, rules), ".html").decode())
    values = [cell.text or "" for cell in page.xpath("//td")]
    assert values == [
        printed(statistics, cell.address) for table in statistics.form.tables.values() for cell in table.cells
    ]


def test_what_is_not_entered_is_printed_blank_and_a_change_with_its_sign(make, change):
    statistics = change(make(1, "2019"), {"disclosure.licences.change": 3, "disclosure.licences.decisions": None})
    texts = {
        str(cell.address): printed(statistics, cell.address) for cell in statistics.form.tables["disclosure"].cells
    }
    assert (texts["disclosure.licences.change"], texts["disclosure.licences.decisions"]) == ("+3", "")


def test_the_date_is_printed_when_given_and_left_open_otherwise(rules, make):
    draft = draft_report(make(1), None, rules)
    assert lay_out(draft, date(2026, 1, 20)).date == "2026年1月20日"
    assert re.fullmatch(r"\s+年\s+月\s+日", lay_out(draft).date)


def test_what_the_readme_says_of_templates_holds(rules, make, without_gaps, tmp_path):
    """Every placeholder of the README's line, each in a paragraph of its own, is filled."""
    line = next(row for row in README.read_text(encoding="utf-8").splitlines() if "自己的报告模板" in row)
    written = re.findall(r"`(\{[^`]+\})`", line)
    assert len(written) >= 12
    template = docx.Document()
    for placeholder in written:
        template.add_paragraph(placeholder)
    template.save(tmp_path / "模板.docx")
    draft = draft_report(without_gaps(make(5)), None, rules)
    document = docx.Document(BytesIO(render_draft(draft, ".docx", template=tmp_path / "模板.docx")))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert not [text for text in texts if "{" in text]
    assert [paragraph.text.text in texts for paragraph in draft.section("overview").paragraphs].count(False) == 0
    assert len(document.tables) == 3


def test_an_office_template_may_name_every_cell_and_chapter(rules, make, tmp_path):
    statistics = make(5)
    draft = draft_report(statistics, None, rules)
    template = docx.Document()
    for line in (
        "{{ title }}",
        "新收{{ cells.requests.received.total }}件",
        "{%p for text in chapters.problems.paragraphs %}",
        "{{ text }}",
        "{%p endfor %}",
        "{{ tables.requests }}",
    ):
        template.add_paragraph(line)
    template.save(tmp_path / "模板.docx")
    document = docx.Document(BytesIO(render_draft(draft, ".docx", template=tmp_path / "模板.docx")))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert f"新收{statistics.value('requests', 'received', 'total')}件" in texts
    assert draft.section("problems").paragraphs[-1].text.text in texts
    assert len(document.tables[0].rows) == 28
    assert set(template_values(draft, lay_out(draft))) == {
        "title",
        "agency",
        "year",
        "date",
        "lead_in",
        "chapters",
        "cells",
    }


def test_the_statistics_are_written_beside_the_report(rules, make, tmp_path):
    statistics = make(3)
    paths = write_draft(draft_report(statistics, None, rules), tmp_path / "年报.docx")
    assert [path.name for path in paths] == ["年报.docx", "年报.统计.yaml"]
    assert load_statistics(paths[1], rules.forms) == statistics


def test_the_seed_is_drafted_as_the_golden_file_says(rules):
    """The report of 2019 from the figures that the published one still shows; gaps are marked, not filled."""
    statistics = load_statistics(SEED, rules.forms)
    draft = draft_report(statistics, None, rules)
    lines = [draft.title.text, "", *(text.text for place, text in draft.texts() if place == "导语")]
    for section in draft.sections:
        lines += ["", section.chapter.title, *(paragraph.text.text for paragraph in section.paragraphs)]
        if section.table:
            grid = lay_out_table(statistics.form.tables[section.table], statistics)
            lines += [" | ".join(cell.text or "□" for cell in row) for row in grid.rows]
    golden = GOLDEN / "report-zibo-2019.txt"
    assert "\n".join(lines) + "\n" == golden.read_text(encoding="utf-8")


@pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdftoppm"), reason="LibreOffice or poppler is absent"
)
def test_libreoffice_renders_every_number_of_the_report(rules, make, tmp_path):
    """Page images are left in artefacts/report for a look."""
    draft = draft_report(make(17, year=2025), None, rules)
    (tmp_path / "report.docx").write_bytes(render_draft(draft, ".docx", day=date(2026, 1, 20)))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "report.docx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    text = subprocess.run(
        ["pdftotext", "-raw", "report.pdf", "-"], cwd=tmp_path, check=True, capture_output=True
    ).stdout.decode()
    folded = re.sub(r"—\d+—", "", "".join(text.split()))
    for _, prose in draft.texts():
        for sentence in re.split("[。；\n]", "".join(prose.text.split(" "))):
            assert sentence in folded
    table = text.split("三、收到和处理政府信息公开申请情况")[1].split("四、政府信息公开行政复议")[0]
    for row in draft.statistics.form.tables["requests"].blocks[0].row_leaves:
        cells = [cell.address for cell in draft.statistics.form.tables["requests"].cells if cell.address.row == row.key]
        assert " ".join(printed(draft.statistics, address) for address in cells) in " ".join(table.split())
    images = REPOSITORY / "artefacts" / "report"
    images.mkdir(parents=True, exist_ok=True)
    subprocess.run(["pdftoppm", "-r", "60", "-png", "report.pdf", str(images / "page")], cwd=tmp_path, check=True)
    assert len(list(images.glob("page-*.png"))) >= 4
