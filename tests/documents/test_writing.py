import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from assistant.documents.writing.office_template import fill_template
from assistant.documents.writing.paper import Body, Grid, GridCell, Heading, Paper
from assistant.documents.writing.web import write_web
from assistant.documents.writing.whole import write_whole
from assistant.documents.writing.word import write_word
from assistant.errors import InputError, OutputError

GRID = Grid(
    "t",
    "表",
    (1, 1, 1),
    (
        (GridCell("角", rows=2), GridCell("甲", columns=2)),
        (GridCell("乙"), GridCell("丙")),
        (GridCell("<行>"), GridCell("3", value=True), GridCell("", value=True)),
    ),
    2,
    9.0,
)
PAPER = Paper(
    ("示例市水务局2025年", "年度报告"),
    (Heading("一、总体", 1), Heading("（一）公开", 2), Body("全年“公开”3件。"), GRID),
    "示例市水务局",
    "2026年1月20日",
)


@pytest.fixture(scope="module")
def document():
    return docx.Document(BytesIO(write_word(PAPER)))


def test_the_page_is_that_of_the_standard(document):
    section = document.sections[0]
    millimetres = [
        round(length.mm)
        for length in (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.bottom_margin,
            section.left_margin,
            section.right_margin,
        )
    ]
    assert millimetres == [210, 297, 37, 35, 28, 26]


@pytest.mark.parametrize(
    ("style", "font", "size", "line"),
    [
        ("Title", "方正小标宋简体", 22, 34),
        ("Heading 1", "黑体", 16, 28),
        ("Heading 2", "楷体_GB2312", 16, 28),
        ("Normal", "仿宋_GB2312", 16, 28),
    ],
)
def test_type_and_lines_are_those_of_the_standard(document, style, font, size, line):
    found = document.styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert found.element.rPr.rFonts.get(qn("w:eastAsiaTheme")) is None
    assert (found.font.size.pt, found.paragraph_format.line_spacing.pt) == (size, line)


def test_pages_are_numbered_outside_on_both_sides(document):
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "RIGHT"), (section.even_page_footer, "LEFT")):
        paragraph = footer.paragraphs[0]
        assert paragraph.alignment.name == side
        assert "PAGE" in paragraph._p.xml
        assert paragraph.text == "— 1 —"


def test_merged_cells_read_back_as_they_were_meant(document):
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [["角", "甲", "甲"], ["角", "乙", "丙"], ["<行>", "3", ""]]


def test_the_title_breaks_where_it_was_told_and_the_paper_is_signed(document):
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "示例市水务局2025年\n年度报告"
    assert texts[-2:] == ["示例市水务局", "2026年1月20日"]


def test_the_same_paper_gives_the_same_document():
    one, two = (docx.Document(BytesIO(write_word(PAPER))) for _ in range(2))
    assert one.element.xml == two.element.xml


def test_a_wide_table_lies_on_its_side_and_the_rest_stands():
    from dataclasses import replace

    blocks = (Body("前"), Heading("三、表", 1), replace(GRID, landscape=True), Heading("五、后", 1))
    document = docx.Document(BytesIO(write_word(replace(PAPER, blocks=blocks))))
    assert [section.orientation.name for section in document.sections]
    assert [section.page_width > section.page_height for section in document.sections] == [False, True, False]
    assert document.sections[1].top_margin.mm == pytest.approx(28, abs=0.1)


def test_the_web_page_shows_markup_as_text_and_loads_nothing():
    from lxml import html

    page = html.fromstring(write_web(PAPER).decode())
    assert page.xpath("//h1")[0].text == "示例市水务局2025年年度报告"
    assert [cell.text_content() for cell in page.xpath("//tr")[2]] == ["<行>", "3", ""]
    assert [cell.text for cell in page.xpath("//th[@rowspan='2']")] == ["角"]
    assert not page.xpath("//script|//link|//img")
    # A table too wide for a phone is moved with the finger or the arrow keys; its labels are not broken to pieces.
    assert page.xpath("//div[@class='scroll' and @tabindex='0' and @role='region']/table")
    assert "word-break: keep-all" in page.xpath("//style")[0].text


def test_marked_passages_stand_out_in_word_and_on_the_web():
    from dataclasses import replace

    from lxml import html

    paper = replace(PAPER, blocks=(Body("办结【待填】，其余均无。", ((2, 6),)),))
    document = docx.Document(BytesIO(write_word(paper)))
    runs = [(run.text, run.font.highlight_color is not None) for run in document.paragraphs[2].runs]
    assert runs == [("办结", False), ("【待填】", True), ("，其余均无。", False)]
    page = html.fromstring(write_web(paper).decode())
    assert [mark.text for mark in page.xpath("//mark")] == ["【待填】"]
    assert page.xpath("//p")[0].text_content() == "办结【待填】，其余均无。"


def office_template(path, *lines):
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(path)
    return path


def test_an_offices_own_template_is_filled_and_gets_the_tables(tmp_path):
    path = office_template(
        tmp_path / "模板.docx",
        "{{ title }}（本局格式）",
        "{%p for text in texts %}",
        "{{ text }}",
        "{%p endfor %}",
        "{{ tables.t }}",
    )
    content = fill_template(path, {"title": "甲<乙>&丙", "texts": ["一段", "二段"]}, {"t": GRID})
    document = docx.Document(BytesIO(content))
    assert [p.text for p in document.paragraphs if p.text] == ["甲<乙>&丙（本局格式）", "一段", "二段"]
    assert document.tables[0].rows[2].cells[1].text == "3"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{ tittle }}", "占位符有误：没有“tittle”这个名称；可用的名称有 title、tables"),
        ("{{ chapter.x.heading }}", "没有“chapter”这个名称"),
        ("{{ title", "占位符有误：花括号或者 for、endfor 没有写全"),
        ("{% for a in title %}{{ a }}", "占位符有误：花括号或者 for、endfor 没有写全"),
        ("表：{{ tables.t }}", "单独成一段"),
        ("{{ tables.x }}", "没有“x”这个名称"),
        ("{{ tables.t.x }}", "没有“x”这个名称"),
        ("{{ title.__class__.__mro__ }}", "不允许的写法"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(tmp_path, line, message):
    path = office_template(tmp_path / "模板.docx", line)
    with pytest.raises(InputError, match=message):
        fill_template(path, {"title": "甲"}, {"t": GRID})


def test_a_template_that_is_no_word_file_is_refused(tmp_path):
    path = tmp_path / "模板.docx"
    path.write_bytes(b"junk")
    with pytest.raises(InputError, match="打不开"):
        fill_template(path, {}, {})
    with pytest.raises(InputError, match=r"不是 \.docx"):
        fill_template(tmp_path / "无.docx", {}, {})


def test_an_existing_file_is_kept_unless_forced(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(b"old")
    with pytest.raises(InputError, match="--force"):
        write_whole({path: b"new", tmp_path / "b": b"new"})
    assert path.read_bytes() == b"old"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.docx"]
    write_whole({path: b"new"}, force=True)
    assert path.read_bytes() == b"new"


def test_of_several_files_all_are_new_or_all_are_old(tmp_path, monkeypatch):
    paths = [tmp_path / name for name in ("a.docx", "b.yaml", "c")]
    paths[1].write_bytes(b"old")
    replace = Path.replace

    def fail_at_the_last(self, target):
        if target == paths[2]:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_last)
    with pytest.raises(OutputError, match="c 写不进去"):
        write_whole(dict.fromkeys(paths, b"new"), force=True)
    assert {found.name: found.read_bytes() for found in tmp_path.iterdir()} == {"b.yaml": b"old"}


def test_a_fault_in_writing_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="写不进去"):
        write_whole({tmp_path / "a": b"1", tmp_path / "b": b"2"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "message"), [("无/a.docx", "不存在"), ("", "是文件夹")])
def test_a_place_that_cannot_be_written_to_is_named(tmp_path, name, message):
    with pytest.raises(InputError, match=message):
        write_whole({tmp_path / name: b""})


@pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdftotext"), reason="LibreOffice or poppler is absent"
)
def test_libreoffice_renders_the_paper(tmp_path):
    (tmp_path / "a.docx").write_bytes(write_word(PAPER))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "a.docx",
    ]
    subprocess.run(
        command, cwd=tmp_path, check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)}
    )
    text = subprocess.run(
        ["pdftotext", "-layout", "a.pdf", "-"], cwd=tmp_path, check=True, capture_output=True
    ).stdout.decode()
    assert "年度报告" in text
    assert "—1—" in "".join(text.split())
