"""Finished reports read from many layouts: every cell right, chapters and prose told apart, what is missing named."""

import pytest
from layouts import TEXT_LAYOUTS, as_html, paper_lines

from assistant.documents.opening import load_document
from assistant.errors import DocumentError
from assistant.report.drafting.draft import draft_report
from assistant.report.errors import ReportError
from assistant.report.layout import lay_out
from assistant.report.reading.report import read_report
from assistant.report.writing import render_draft

CHAPTERS = ["overview", "disclosure", "requests", "reviews", "problems", "other"]


@pytest.fixture
def read(check_rules, tmp_path):
    """read(content, "a.txt") → the report in it."""

    def read(content, name="a.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_report(load_document(path), check_rules.forms, check_rules.words)

    return read


@pytest.fixture(scope="session")
def papers(make, rules):
    """papers(seed, form) → (statistics, draft, paper)."""

    def papers(seed, form="2021"):
        statistics = make(seed, form)
        draft = draft_report(statistics, None, rules)
        return statistics, draft, lay_out(draft)

    return papers


def wrong_cells(report, statistics):
    return [
        (str(address), value, report.statistics.cells.get(address))
        for address, value in statistics.cells.items()
        if report.statistics.cells.get(address) != value
    ]


def text_of(paper, layout="markdown"):
    return "\n".join(paper_lines(paper, TEXT_LAYOUTS[layout]))


@pytest.mark.parametrize("form", ["2021", "2019"])
@pytest.mark.parametrize("layout", TEXT_LAYOUTS)
@pytest.mark.parametrize("seed", [3, 17, 20])
def test_a_flattened_report_is_read_to_the_last_cell(read, papers, layout, form, seed):
    statistics, _, paper = papers(seed, form)
    report = read(text_of(paper, layout))
    assert wrong_cells(report, statistics) == []
    assert report.defects == ()
    assert (report.form.id, report.statistics.agency, report.statistics.year) == (
        form,
        statistics.agency,
        statistics.year,
    )
    assert [heading.chapter for heading in report.headings] == CHAPTERS
    assert not [p.text for p in report.passages if p.chapter in ("disclosure", "requests", "reviews")]


@pytest.mark.parametrize("form", ["2021", "2019"])
@pytest.mark.parametrize(
    "page",
    [{}, {"lines": True}, {"spans": False}, {"article": "xyz"}],
    ids=["plain", "broken lines", "no spans", "unnamed"],
)
def test_a_web_page_is_read_to_the_last_cell(read, papers, page, form):
    statistics, _, paper = papers(4, form)
    report = read(as_html(paper, **page), "a.html")
    assert wrong_cells(report, statistics) == []
    assert report.defects == ()
    assert [heading.chapter for heading in report.headings] == CHAPTERS


@pytest.mark.parametrize("form", ["2021", "2019"])
@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_what_was_drafted_is_read_back(read, papers, suffix, form):
    statistics, draft, paper = papers(20, form)
    report = read(render_draft(draft, suffix), f"a{suffix}")
    assert wrong_cells(report, statistics) == []
    assert report.defects == ()
    texts = [block.text for block in paper.blocks if hasattr(block, "text")]
    prose = [text for text in texts if text[1] != "、"]
    assert [p.text for p in report.passages if p.text not in (paper.signature, paper.date)][: len(prose)] == prose


def test_passages_say_where_they_stand_in_the_document(read, papers):
    report = read(text_of(papers(3)[2]))
    for passage in report.passages:
        assert report.document.blocks[passage.block].text == passage.text


def test_places_lead_back_to_the_printed_figures(read, papers):
    statistics, draft, _ = papers(20)
    report = read(render_draft(draft, ".docx"), "a.docx")
    assert set(report.places) == {address for address in statistics.cells if address.table != "processing_fee"}
    for address, place in report.places.items():
        printed = report.document.blocks[place.block].rows[place.row][place.column]
        assert printed == str(statistics.cells[address])


def test_a_text_that_is_no_report_is_refused_in_one_line(read):
    with pytest.raises(ReportError, match="不像政府信息公开工作年度报告") as caught:
        read("关于召开会议的通知\n各科室：\n定于下周一召开会议。\n办公室\n2025年1月3日")
    assert "\n" not in str(caught.value)


def test_two_reports_in_one_file_are_refused(read, papers):
    one, other = text_of(papers(3)[2]), text_of(papers(17)[2])
    with pytest.raises(ReportError, match="两份报告"):
        read(f"{one}\n{other}")


def test_a_broken_file_is_refused_in_one_line(read):
    with pytest.raises(DocumentError, match="不完整或已损坏"):
        read(b"PK\x03\x04 not a word file", "a.docx")
