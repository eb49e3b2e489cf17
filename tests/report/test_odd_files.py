"""Files that other programs and other hands make: every figure read, or said what is not."""

import copy
import io
import re
import shutil
import subprocess

import pytest
from golden_reports import Case, load_bodies, make_paper, read_figures

from assistant.report.checked import check_report
from assistant.report.errors import ReportError
from benchmarks.report_files import STYLES, Style, office_word, site_page
from tests.conftest import ROOT

BODY = load_bodies()["yunze_water_2025"]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def paper(check_rules):
    return make_paper(Case("", "", "word", {}, ()), BODY, check_rules.forms)


@pytest.fixture(scope="module")
def typed(paper):
    return office_word(paper, STYLES[0])


@pytest.fixture
def word(typed):
    """word() → the sound report opened with python-docx."""
    import docx

    return lambda: docx.Document(io.BytesIO(typed))


@pytest.fixture
def checked(check_rules, tmp_path):
    """checked(document or bytes, name) → the checked report."""

    def checked(content, name="年报.docx"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content.save(path)
        return check_report(path, None, check_rules)

    return checked


def wrong(result):
    wanted = read_figures(BODY, result.report.form)
    return {str(a): (w, result.statistics.cells[a]) for a, w in wanted.items() if str(result.statistics.cells[a]) != w}


def told(result):
    return sorted((finding.code, finding.location) for finding in result.findings)


def element(tag, **attributes):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def paragraph_of(document, text):
    return next(p for p in document.paragraphs if p.text.startswith(text))


def test_chapters_numbered_by_word_alone_are_found(word, checked):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = word()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f"<w:abstractNum {nsdecls('w')} w:abstractNumId='77'><w:lvl w:ilvl='0'><w:start w:val='1'/>"
            "<w:numFmt w:val='chineseCountingThousand'/><w:lvlText w:val='%1、'/></w:lvl></w:abstractNum>"
        ),
    )
    numbering.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='77'><w:abstractNumId w:val='77'/></w:num>"))
    for paragraph in document.paragraphs:
        if re.match("[一二三四五六]、", paragraph.text):
            paragraph.runs[0].text = paragraph.text[2:]
            holder = paragraph._p.get_or_add_pPr()
            holder.append(parse_xml(f"<w:numPr {nsdecls('w')}><w:ilvl w:val='0'/><w:numId w:val='77'/></w:numPr>"))
    result = checked(document)
    assert (told(result), wrong(result)) == ([], {})


def test_tracked_changes_are_read_as_accepted_and_comments_passed_over(word, checked):
    document = word()
    table = document.tables[1]._tbl
    # A row taken out with changes tracked, a figure struck out beside the one put in, a paragraph put in.
    row = copy.deepcopy(table.findall(f"{W}tr")[-1])
    properties = row.find(f"{W}trPr")
    if properties is None:
        properties = element("w:trPr")
        row.insert(0, properties)
    properties.append(element("w:del", id="9001", author="校对"))
    for run in row.iter(f"{W}r"):
        for text in run.findall(f"{W}t"):
            text.tag = f"{W}delText"
    for paragraph in row.iter(f"{W}p"):
        for run in list(paragraph.findall(f"{W}r")):
            struck = element("w:del", id="9002", author="校对")
            paragraph.replace(run, struck)
            struck.append(run)
    table.append(row)
    cell = document.tables[1].rows[-2].cells[-1].paragraphs[0]
    run = cell.runs[0]._r
    inserted = element("w:ins", id="9003", author="校对")
    run.addprevious(inserted)
    inserted.append(copy.deepcopy(run))
    struck = element("w:del", id="9004", author="校对")
    run.addprevious(struck)
    struck.append(run)
    for text in run.findall(f"{W}t"):
        text.tag = f"{W}delText"
        text.text = "77"
    document.add_comment(paragraph_of(document, "一、").runs, text="收到申请999件？", author="处长")
    result = checked(document)
    assert (told(result), wrong(result)) == ([], {})


def test_hidden_text_is_passed_over_as_no_reader_sees_it(word, checked):
    document = word()
    run = paragraph_of(document, "一、").insert_paragraph_before("全年新收政府信息公开申请999件。").runs[0]
    run.font.hidden = True
    result = checked(document)
    assert (told(result), wrong(result)) == ([], {})


def test_characters_that_nobody_sees_change_nothing(word, checked):
    document = word()
    for table in document.tables:
        for cell in table._cells:
            for run in (run for paragraph in cell.paragraphs for run in paragraph.runs if len(run.text) > 3):
                run.text = f"{run.text[:2]}\u00ad\u200b{run.text[2:]}\ufeff"
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace("件", "\u200b件").replace("申请", "申\u00ad请")
    result = checked(document)
    assert (told(result), wrong(result)) == ([], {})


def test_figures_of_full_width_are_read(word, checked):
    document = word()
    for table in document.tables:
        for cell in table._cells:
            for run in (run for paragraph in cell.paragraphs for run in paragraph.runs if run.text.isdigit()):
                run.text = run.text.translate({48 + n: 0xFF10 + n for n in range(10)})
    result = checked(document)
    assert wrong(result) == {}
    assert {code for code, _ in told(result)} == {"W6"}


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_tables_within_a_frame_or_beside_others_are_read(word, checked, cut):
    """A table within a cell: a frame of one cell around all, a cell beside another, two frames one in the other."""
    document = word()
    for table in document.tables:
        if table._tbl.getparent().tag == f"{W}tc":
            continue
        outer = document.add_table(rows=1, cols=2 if cut == 1 else 1)
        holder = outer.cell(0, cut if cut == 1 else 0)
        if cut == 2:
            holder = holder.add_table(rows=1, cols=1).cell(0, 0)
        table._tbl.addprevious(outer._tbl)
        holder._tc.insert(0, table._tbl)
    result = checked(document)
    assert (told(result), wrong(result)) == ([], {})


def test_vertical_text_and_text_boxes_are_read(word, checked):
    from docx.oxml import parse_xml

    document = word()
    for cell in document.tables[1].columns[0].cells:
        cell._tc.get_or_add_tcPr().append(element("w:textDirection", val="tbRlV"))
    lead = next(p for p in document.paragraphs if "统计期限" in p.text)
    spaces = (
        "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:v='urn:schemas-microsoft-com:vml'"
    )
    box = parse_xml(f"<w:r {spaces}><w:pict><v:shape><v:textbox><w:txbxContent/></v:textbox></v:shape></w:pict></w:r>")
    holder = document.add_paragraph()
    lead._p.addprevious(holder._p)
    holder._p.append(box)
    next(box.iter(f"{W}txbxContent")).append(lead._p)
    for table in document.tables[2:]:
        frame = copy.deepcopy(box)
        content = next(frame.iter(f"{W}txbxContent"))
        for child in list(content):
            content.remove(child)
        holder = document.add_paragraph()
        table._tbl.addprevious(holder._p)
        holder._p.append(frame)
        content.append(table._tbl)
    result = checked(document)
    assert (told(result), wrong(result)) == ([], {})
    assert any("统计期限" in passage.text for passage in result.report.passages)


def test_tables_as_pictures_are_named_one_by_one(word, checked, tmp_path):
    from PIL import Image

    document = word()
    picture = tmp_path / "t.png"
    Image.new("RGB", (40, 20), "white").save(picture)
    for table in document.tables:
        holder = document.add_paragraph()
        holder.add_run().add_picture(str(picture))
        table._tbl.addprevious(holder._p)
        table._tbl.getparent().remove(table._tbl)
    result = checked(document)
    assert [code for code, _ in told(result)] == ["S3", "S3", "S3"]
    assert all("图片" in finding.message for finding in result.findings)


def test_a_page_shows_what_a_reader_sees(paper, checked):
    page = site_page(paper).decode()
    old = "<div style='display: none'><table><tr><td>一、本年新收政府信息公开申请数量</td>" + "<td>9</td>" * 7
    result = checked(page.replace("<p>", old + "</tr></table></div><p>", 1).encode(), "年报.html")
    assert (told(result), wrong(result)) == ([], {})
    chinese = page.replace("charset='utf-8'", "charset='gb2312'").encode("gbk")
    result = checked(chinese, "年报.html")
    assert (told(result), wrong(result)) == ([], {})


def test_tables_that_a_script_makes_are_said_to_be_missing(paper, checked):
    page = re.sub("<table.*?</table>", "<script>show('t')</script>", site_page(paper).decode(), flags=re.S)
    result = checked(page.encode(), "年报.html")
    assert [code for code, _ in told(result)] == ["S3", "S3", "S3"]


def test_two_bodies_in_one_word_file_are_refused(word, checked, check_rules):
    import docx

    document = word()
    second = make_paper(Case("", "", "word", {}, ()), load_bodies()["baishi_resources_2023"], check_rules.forms)
    for child in docx.Document(io.BytesIO(office_word(second, STYLES[0]))).element.body:
        if not child.tag.endswith("sectPr"):
            document.element.body.insert(-1, child)
    with pytest.raises(ReportError, match="两份报告"):
        checked(document)


def test_a_table_in_two_halves_is_read(paper, checked):
    result = checked(office_word(paper, Style("cut", cut=True)))
    assert (told(result), wrong(result)) == ([], {})


CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
STYLE = (
    "<meta charset='utf-8'><style>body{font-size:11pt} table{border-collapse:collapse;width:100%;font-size:8pt}"
    "td{border:0.6pt solid;padding:2px;text-align:center} td.upright{writing-mode:vertical-rl;text-orientation:upright}"
    "</style>"
)


@pytest.fixture(scope="module")
def printed(paper, tmp_path_factory):
    """The report printed by a browser, the merged labels of its tables set upright, letter below letter."""
    folder = tmp_path_factory.mktemp("printed")
    page = re.sub(r"<td rowspan='(?:[3-9]|\d\d)'", r"<td class='upright' \g<0>", site_page(paper).decode())
    page = page.replace("class='upright' <td", "class='upright'").replace("<head>", f"<head>{STYLE}")
    (folder / "a.html").write_text(page, encoding="utf-8")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={folder / 'a.pdf'}"]
    subprocess.run([*command, str(folder / "a.html")], check=True, capture_output=True, timeout=120)
    return folder / "a.pdf"


needs_browser = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: no page can be printed")


@needs_browser
def test_a_printed_table_with_upright_labels_is_read(printed, checked):
    result = checked(printed.read_bytes(), "年报.pdf")
    assert (told(result), wrong(result)) == ([], {})


@needs_browser
def test_a_printed_page_whose_fonts_do_not_tell_their_letters_is_left_to_the_recognizer(printed, tmp_path):
    import pdfplumber
    from pypdf import PdfWriter

    from assistant.documents.pdf import _read_page

    writer = PdfWriter(clone_from=printed)
    fonts = [held.get_object() for held in writer._objects if held is not None]
    for font in fonts:
        if isinstance(font, dict) and font.get("/Type") == "/Font":
            font.pop("/ToUnicode", None)
    writer.write(tmp_path / "mute.pdf")
    for path, read in ((printed, True), (tmp_path / "mute.pdf", False)):
        with pdfplumber.open(path) as opened:
            assert [_read_page(page) is not None for page in opened.pages] == [read] * len(opened.pages)


def test_a_chapter_whose_number_lost_its_mark_is_found(checked):
    whole = (ROOT / "tests/golden/reports/others/15-hrss-2025.txt").read_text(encoding="utf-8")
    assert "一、总体情况" in whole
    assert told(checked(whole.encode(), "年报.txt")) == []
    assert told(checked(whole.replace("一、总体情况", "一总体情况").encode(), "年报.txt")) == []
