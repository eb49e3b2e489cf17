"""The marked copy: Word comments at the figures and words they are about; a web page with marks for other reports."""

import io
from dataclasses import replace
from html.parser import HTMLParser

import docx
import pytest
from layouts import TEXT_LAYOUTS, paper_lines

from assistant.errors import InputError
from assistant.report.annotating import annotate_page, annotate_word, write_annotated
from assistant.report.checked import check_report
from assistant.report.drafting.draft import draft_report
from assistant.report.findings import Finding, Span
from assistant.report.layout import lay_out
from assistant.report.writing import render_draft


@pytest.fixture
def checked(make, change, without_gaps, rules, check_rules, tmp_path):
    """checked(".docx") → the check of a report with a wrong 结转下年度 of 商业企业."""

    def checked(suffix):
        statistics = without_gaps(make(20, year=2025))
        draft = draft_report(statistics, None, rules)
        draft = replace(draft, statistics=change(statistics, {"requests.carried_out.enterprise": 987}))
        path = tmp_path / f"年报{suffix}"
        if suffix == ".docx":
            path.write_bytes(render_draft(draft, suffix))
        else:
            path.write_text("\n".join(paper_lines(lay_out(draft), TEXT_LAYOUTS["markdown"])), encoding="utf-8")
        return check_report(path, None, check_rules)

    return checked


def comments_of(content):
    """(text of the comment, text it is fastened to) of every comment of a Word file."""
    document = docx.Document(io.BytesIO(content))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found = {}
    inside = set()
    for element in document.element.body.iter():
        if element.tag == f"{w}commentRangeStart":
            inside.add(element.get(f"{w}id"))
        elif element.tag == f"{w}commentRangeEnd":
            inside.discard(element.get(f"{w}id"))
        elif element.tag == f"{w}t":
            for identity in inside:
                found[identity] = found.get(identity, "") + element.text
    return [(comment.text, found.get(str(comment.comment_id), "")) for comment in document.comments]


def test_every_finding_is_a_word_comment_at_its_figure(checked):
    result = checked(".docx")
    assert {finding.code for finding in result.findings} == {"H1", "H3"}
    comments = comments_of(annotate_word(result))
    assert len(comments) == len(result.findings)
    for (text, place), finding in zip(comments, result.findings, strict=True):
        assert finding.message in text
        assert finding.basis in text
        assert place == str(result.statistics.cells[finding.anchor])


def test_the_marked_copy_reads_as_the_report_does(checked, check_rules, tmp_path):
    result = checked(".docx")
    output = tmp_path / "标注.docx"
    write_annotated(result, output, force=False)
    again = check_report(output, None, check_rules)
    assert again.statistics == result.statistics
    assert again.findings == result.findings


def test_a_finding_in_prose_is_fastened_to_its_words(checked):
    result = checked(".docx")
    passage = next(p for p in result.report.passages if "新收政府信息公开申请" in p.text)
    start = passage.text.index("新收政府信息公开申请")
    finding = Finding("N1", "error", "第一部分", "不一致", None, None, "依据", passage.span(start, start + 10))
    whole = Finding("S1", "error", "全文", "缺少一章", None, None, "依据")
    comments = comments_of(annotate_word(replace(result, findings=(finding, whole))))
    assert "新收政府信息公开申请" in comments[0][1]
    assert comments[1][1]


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.marked, self.open, self.scripts = [], "", 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        classes = dict(attrs).get("class", "")
        self.open = tag if tag in ("td", "mark") and classes else ""

    def handle_data(self, data):
        if self.open:
            self.marked.append(data.strip())
            self.open = ""


def test_another_report_becomes_a_page_with_marks(checked):
    result = checked(".md")
    passage = result.report.passages[1]
    prose = Finding("N1", "error", "第一部分", "<b>不一致</b>", None, None, "依据", Span(passage.block, 0, 4))
    page = annotate_page(replace(result, findings=(*result.findings, prose))).decode()
    parser = Page()
    parser.feed(page)
    figures = [str(result.statistics.cells[finding.anchor]) for finding in result.findings]
    assert set(figures) <= set(parser.marked)
    assert passage.text[:4] in parser.marked
    assert "&lt;b&gt;不一致&lt;/b&gt;" in page
    assert parser.scripts == 0
    for finding in result.findings:
        assert finding.message in page


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("年报.md", "不能覆盖原来的报告"),
        ("标注.docx", "请写成 .html"),
        ("标注.pdf", r"可以写成 .docx（Word 批注）或 .html"),
        ("已有.html", "--force"),
        ("没有/标注.html", "请先建立"),
    ],
)
def test_an_impossible_output_is_refused_and_nothing_lost(checked, tmp_path, name, message):
    result = checked(".md")
    (tmp_path / "已有.html").write_text("mine")
    with pytest.raises(InputError, match=message):
        write_annotated(result, tmp_path / name, force=False)
    assert (tmp_path / "已有.html").read_text() == "mine"
