"""Reports as LibreOffice shows them; the pages are left in artefacts/report for a look."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from assistant.report.drafting.draft import draft_report
from assistant.report.layout import printed
from assistant.report.statistics_files import load_statistics
from assistant.report.writing import render_draft
from tests.rendering import contact_sheet, convert, office, page_sizes, page_texts, picture

SEED = Path(__file__).parents[2] / "corpus/reports/zibo-government-offices-2019.yaml"


@pytest.fixture(scope="module")
def reports(rules, make, change, with_notes, tmp_path_factory):
    """Reports of very different bodies, drafted and rendered: name → (draft, PDF)."""
    folder = tmp_path_factory.mktemp("reports")
    bureau = change(make(17, year=2025), agency="示例市自然资源局", level="department", region_rank="city")
    township = change(bureau, {str(a): 0 for a in bureau.cells}, agency="示例县青山镇人民政府", level="township")
    government = change(make(4, year=2025), agency="样本县人民政府", level="government", region_rank="county")
    large = change(government, {str(a): v * 1_000_000 for a, v in government.cells.items()}, agency="示例省人民政府")
    large = with_notes(replace(large, region_rank="province"), supervision=["考核评议追究" * 60])
    drafts = {
        "部门_有上年": draft_report(bureau, _year_before(bureau), rules),
        "乡镇_全零": draft_report(township, None, rules),
        "政府_县": draft_report(government, None, rules),
        "政府_大数": draft_report(large, None, rules),
        "部门_2019": draft_report(change(make(8, "2019"), agency="示例市水务局"), None, rules),
        "种子_2019": draft_report(load_statistics(SEED, rules.forms), None, rules),
    }
    for name, draft in drafts.items():
        assert not draft.violations, (name, draft.violations)
        (folder / f"{name}.docx").write_bytes(render_draft(draft, ".docx", day=date(2026, 1, 20)))
    return {name: (drafts[name], pdf) for name, pdf in convert(folder, ".docx", "pdf").items()}


def _year_before(statistics):
    """Figures of the year before that carry over what this year carries in, and nothing else happened."""
    cells = {a: 0 if a.table == "requests" else v for a, v in statistics.cells.items()}
    for address, value in statistics.cells.items():
        if address.row == "carried_in":
            cells[address._replace(row="carried_out")] = cells[address._replace(row="received")] = value
    return replace(statistics, year=statistics.year - 1, cells=MappingProxyType(cells))


@office
def test_every_page_is_numbered_and_the_last_one_is_signed(reports):
    assert len(reports) == 6
    for name, (draft, pdf) in reports.items():
        pages = page_texts(pdf)
        for number, text in enumerate(pages, start=1):
            assert f"—{number}—" in text, (name, number)
        agency = draft.statistics.agency
        assert f"{agency}2026年1月20日" in pages[-1], name
        assert len(pages[-1]) > len(agency) + 40, f"{name}: the signature stands alone"
        pictures = picture(pdf, "report")
        contact_sheet(pictures, pictures[0].parent / f"_{name}.png", 3)


@office
def test_the_table_of_requests_stands_whole_on_one_page(reports):
    for name, (draft, pdf) in reports.items():
        pages = page_texts(pdf)
        page = next(text for text in pages if "三、收到和处理政府信息公开申请情况" in text)
        block = draft.statistics.form.tables["requests"].blocks[0]
        if name == "政府_大数":
            continue  # on its side it may take two pages, its heading rows repeated
        for row in block.row_leaves:
            values = [printed(draft.statistics, a) for a in draft.statistics.cells if a[:2] == ("requests", row.key)]
            assert "".join(values) in page, (name, row.key)


@office
def test_only_what_needs_it_lies_on_its_side(reports):
    for name, (_, pdf) in reports.items():
        turned = [width > height for width, height in page_sizes(pdf)]
        assert any(turned) == (name == "政府_大数"), name
        for width, height in page_sizes(pdf):
            assert sorted((round(width), round(height))) == [595, 842]
