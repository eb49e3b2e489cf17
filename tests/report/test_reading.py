"""Finished reports read from many layouts: every cell right, chapters and prose told apart, what is missing named."""

import re
from dataclasses import replace

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


def remarks(report):
    return [(remark.address, remark.raw, remark.kind) for remark in report.statistics.remarks]


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


def test_one_report_twice_in_a_file_is_refused(read, papers):
    one = text_of(papers(3)[2])
    with pytest.raises(ReportError, match="出现了两遍"):
        read(f"{one}\n{one}")


def test_a_broken_file_is_refused_in_one_line(read):
    with pytest.raises(DocumentError, match="不完整或已损坏"):
        read(b"PK\x03\x04 not a word file", "a.docx")


HEADINGS = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]

OTHER_WORDS = ["总体情况", "主动公开情况", "政府信息公开申请情况", "复议诉讼情况", "困难和打算", "其它需报告的情况"]


def renumbered(text, change):
    for number, heading in enumerate(HEADINGS):
        text = text.replace(f"\n{heading}\n", f"\n{change(number, heading[2:])}\n")
    return text


@pytest.mark.parametrize(
    "change",
    [
        lambda n, words: f"（{'一二三四五六'[n]}）{words}",
        lambda n, words: f"{n + 1}.{words}",
        lambda n, words: words,
        lambda n, words: f"第{'一二三四五六'[n]}部分　{words}",
        lambda n, words: f"{'一二三四五六'[n]}、 {' '.join(words)}",
        lambda n, words: f"{'一二三四五六'[n]}、{OTHER_WORDS[n]}",
    ],
    ids=["parts", "digits", "bare", "part words", "spaced", "other words"],
)
def test_chapters_are_found_under_other_numbers_and_words(read, papers, change):
    statistics, _, paper = papers(20)
    report = read(renumbered(text_of(paper, "bar_ends_line"), change))
    assert [heading.chapter for heading in report.headings] == CHAPTERS
    assert wrong_cells(report, statistics) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("（一）主动公开\n", "一、抓好组织领导\n二、抓好主动公开\n（一）主动公开\n"),
        ("一、总体情况\n", "一、总体情况。"),
        ("六、其他需要报告的事项\n", "六、其他需要报告的事项："),
        ("根据《中华", "\n".join(["目录", *HEADINGS]) + "\n根据《中华"),
    ],
    ids=["a list numbered alike", "a heading before its text", "a heading with a colon", "a table of contents"],
)
def test_other_numbered_lines_are_no_chapters(read, papers, old, new):
    report = read(text_of(papers(20)[2], "bars").replace(old, new, 1))
    assert [heading.chapter for heading in report.headings] == CHAPTERS


def test_a_row_of_the_table_is_no_chapter_even_where_a_heading_is_missing(read, papers):
    report = read(text_of(papers(20)[2], "bar_ends_line").replace(f"{HEADINGS[2]}\n", ""))
    assert [heading.chapter for heading in report.headings] == [key for key in CHAPTERS if key != "requests"]


def test_a_whole_table_run_together_in_one_line_is_read(read, papers):
    statistics, _, paper = papers(20)

    def line(grid):
        return [" ".join(cell.text for row in grid.rows for cell in row if cell.text)]

    assert wrong_cells(read("\n".join(paper_lines(paper, line))), statistics) == []


def defects(report):
    return [(defect.code, defect.variant, defect.table) for defect in report.defects]


def test_tables_as_pictures_are_told(read, papers):
    page = re.sub("<table.*?</table>", "<p><img src='a.png'></p>", as_html(papers(20)[2]), flags=re.DOTALL)
    assert defects(read(page, "a.html")) == [("S3", "picture", key) for key in ("disclosure", "requests", "reviews")]


def test_a_missing_row_and_an_added_row_are_told_and_the_others_read(read, papers):
    statistics, _, paper = papers(20)
    lines = as_html(paper).replace("</tr>", "</tr>\n").splitlines()
    row = next(line for line in lines if "2.重复申请" in line)
    lacking = read("\n".join(line for line in lines if line != row), "a.html")
    assert defects(lacking) == [("S3", "missing_rows", "requests")]
    assert {address for address, _, _ in wrong_cells(lacking, statistics)} == {
        f"requests.not_processed_repeated.{key}"
        for key in ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
    }
    added = row.replace("2.重复申请", "6.属于工作秘密的内容")
    assert defects(read("\n".join(lines).replace(row, row + added), "a.html")) == [("S3", "added", "requests")]


def test_tables_of_an_earlier_form_are_told_by_their_labels_whatever_the_title_says(read, papers):
    statistics, _, paper = papers(20, "2019")
    report = read(text_of(paper).replace(f"{statistics.year}年", "2023年"))
    assert (report.form.id, report.statistics.year) == ("2019", 2023)
    assert defects(report) == [("S2", "default", "")]
    assert wrong_cells(report, statistics) == []


def test_blank_cells_keep_their_places_in_every_layout_that_shows_them(read, papers, change):
    statistics, draft, _ = papers(17)
    blank = {
        str(a): None for a, v in statistics.cells.items() if a.table == "requests" and not v and a.column != "total"
    }
    changed = change(statistics, blank)
    paper = lay_out(replace(draft, statistics=changed))
    for layout in ("markdown", "bars", "bars_with_fillers", "bar_ends_line", "bar_between_lines", "tabs"):
        report = read(text_of(paper, layout))
        assert wrong_cells(report, changed) == []
        assert report.defects == ()
    # Where lines leave blank cells out, nothing tells whose the others are.
    assert {defect.variant for defect in read(text_of(paper, "cell_a_line")).defects} == {"torn_rows"}


def test_a_word_in_the_place_of_a_figure_keeps_its_place_where_lines_hold_one_cell(read, papers):
    statistics, _, paper = papers(20)
    lines = text_of(paper, "cell_a_line").splitlines()
    row = lines.index(next(line for line in lines if "本年新收政府信息公开申请数量" in line))
    for place in (1, 4, 7):
        report = read("\n".join([*lines[: row + place], "若干", *lines[row + place + 1 :]]))
        assert [(kind, address.row) for address, _, kind in remarks(report)] == [("not_number", "received")]
        assert len(wrong_cells(report, statistics)) == 1
        assert report.defects == ()
    # Two figures lost and a word instead of one: nothing tells whose the others are.
    torn = read("\n".join([*lines[: row + 1], "若干", *lines[row + 4 :]]))
    assert ("S3", "torn_rows", "requests") in defects(torn)


def test_a_table_of_cases_whose_labels_are_torn_by_lines_is_read_after_a_line_of_prose(read, papers):
    statistics, _, paper = papers(20)
    text = text_of(paper, "cell_a_line")
    for label in ("结果维持", "结果纠正", "其他结果", "尚未审结"):
        text = text.replace(f"\n{label}\n", f"\n{label[:2]}\n{label[2:]}\n")
    heading = "四、政府信息公开行政复议、行政诉讼情况\n"
    report = read(text.replace(heading, f"{heading}全年无重大案件。\n"))
    assert wrong_cells(report, statistics) == []
    assert report.defects == ()


def test_a_row_of_noughts_without_a_head_is_the_table_of_cases(read, papers, change):
    statistics, draft, _ = papers(20)
    none = change(statistics, {str(a): 0 for a in statistics.cells if a.table == "reviews"})
    paper = lay_out(replace(draft, statistics=none))
    lines = text_of(paper, "markdown").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("四、"))
    last = next(n for n, line in enumerate(lines) if line.startswith("五、"))
    row, rule = "| " + " | ".join("0" * 15) + " |", "|" + "---|" * 15
    report = read("\n".join([*lines[:first], "", row, rule, "", *lines[last:]]))
    assert wrong_cells(report, none) == []
    assert ("S3", "headless", "reviews") in defects(report)


def test_the_beginning_of_a_broken_label_is_not_taken_for_a_short_one(read, papers):
    statistics, _, paper = papers(20)
    text = text_of(paper, "spaces")
    line = next(line for line in text.splitlines() if "2.其他法律行政法规禁止公开" in line)
    figures = line.split("2.其他法律行政法规禁止公开")[1]
    report = read(text.replace(line, f"2.其他{figures}\n法律行政法规禁止公开"))
    wrong = {address.rsplit(".", 1)[0] for address, _, _ in wrong_cells(report, statistics)}
    assert wrong <= {"requests.refused_prohibited_by_law"}
    assert ("S3", "missing_rows", "requests") in defects(report)


def test_a_cell_that_repeats_a_heading_many_times_is_read_at_once(check_rules):
    import time

    from assistant.report.reading.labels import LabelBook

    book = LabelBook(check_rules.forms["2021"], check_rules.words)
    began = time.process_time()
    assert book.find("三、本年度办理结果" * 30, "rows") is None
    assert time.process_time() - began < 2
    assert book.find("三、本年度办理结果（一）予以公开", "rows") is not None
