"""Text, Markdown, Word, web pages and workbooks: what stands in the file comes out, in order."""

import io

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from assistant.documents.blocks import Paragraph, RawTable
from assistant.documents.opening import load_document

PROSE = "本机关设立公开工作机构，日常事务由办公室承担，受理时间为工作日上午九时至下午五时。"


def read(tmp_path, name, content):
    path = tmp_path / name
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    return load_document(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_in_every_chinese_encoding_reads_the_same(tmp_path, encoding):
    document = read(tmp_path, "a.txt", f"　　{PROSE}\r\n\r\n第二段。".encode(encoding))
    assert [p.text for p in document.paragraphs] == [PROSE, "第二段。"]


def test_radicals_and_invisible_characters_become_what_was_meant(tmp_path):
    document = read(tmp_path, "a.txt", "⽂件\u200b由⼾籍⻔\ufeff户⻚面公开")
    assert document.text == "文件由户籍门户页面公开"


def test_markdown_headings_make_sections_and_tables_stay_tables(tmp_path):
    text = "---\ntitle: x\n---\n# 年报\n\n## 一、总体情况\n**新收**申请[说明](http://a)\n\n"
    text += "| 项 | 数 |\n|---|:-:|\n| 新收 | 3 |\n\n<!-- 注 -->\n尾"
    document = read(tmp_path, "a.md", text)
    assert document.tables == (RawTable((("项", "数"), ("新收", "3"))),)
    assert [(s.heading, s.text) for s in document.sections] == [
        (("年报",), ""),
        (("年报", "一、总体情况"), "新收申请说明\n项 | 数\n新收 | 3\n尾"),
    ]


def test_rows_drawn_with_bars_in_plain_text_are_a_table(tmp_path):
    document = read(
        tmp_path, "a.txt", "二、主动公开\n信息内容|本年制发|现行有效\n规章|0|0\n规范性文件 | 2 | 15\n三、其他"
    )
    assert document.tables[0].rows == (
        ("信息内容", "本年制发", "现行有效"),
        ("规章", "0", "0"),
        ("规范性文件", "2", "15"),
    )
    assert [p.text for p in document.paragraphs] == ["二、主动公开", "三、其他"]


def test_a_single_bar_in_prose_is_no_table(tmp_path):
    assert read(tmp_path, "a.txt", "首页|公开指南").blocks == (Paragraph("首页|公开指南"),)


def test_official_numbering_makes_sections(tmp_path):
    document = read(
        tmp_path, "a.txt", f"某局年度报告\n一、总体情况\n（一）主动公开\n{PROSE}\n二、存在的问题\n（一）不足；\n没有。"
    )
    assert [s.heading for s in document.sections] == [
        (),
        ("一、总体情况",),
        ("一、总体情况", "（一）主动公开"),
        ("二、存在的问题",),
    ]
    assert document.sections[3].text == "（一）不足；\n没有。"


def word(tmp_path, build):
    document = docx.Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return read(tmp_path, "a.docx", buffer.getvalue())


def test_word_keeps_order_headings_line_breaks_and_insertions_and_drops_deletions(tmp_path):
    def build(document):
        document.add_heading("制度", level=1)
        document.add_paragraph("甲").add_run().add_break()
        document.paragraphs[-1].add_run("乙")
        revised = document.add_paragraph("保留")
        revised._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>插入</w:t></w:r></w:ins>"))
        revised._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>删除</w:delText></w:r></w:del>"))
        controlled = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        document.element.body.insert(0, parse_xml(controlled))

    document = word(tmp_path, build)
    assert [(p.text, p.level) for p in document.paragraphs] == [
        ("控件", 0),
        ("制度", 1),
        ("甲", 0),
        ("乙", 0),
        ("保留插入", 0),
    ]


def test_word_tables_resolve_cells_merged_both_ways(tmp_path):
    def build(document):
        table = document.add_table(rows=3, cols=3)
        for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = str(number)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "横"
        table.cell(1, 2).merge(table.cell(2, 2)).text = "竖"

    (table,) = word(tmp_path, build).tables
    assert table.rows == (("横", "横", "2"), ("3", "4", "竖"), ("6", "7", "竖"))
    assert table.covered == {(0, 1), (2, 2)}
    assert table.text == "横 | 2\n3 | 4 | 竖\n6 | 7"


def test_a_table_nested_in_a_cell_follows_and_names_its_cell_and_a_frame_gives_way(tmp_path):
    def build(document):
        outer = document.add_table(rows=2, cols=2)
        outer.cell(0, 0).text = "外"
        inner = outer.cell(1, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "内一", "内二"
        frame = document.add_table(rows=1, cols=1)
        frame.cell(0, 0).text = "框中文字"
        framed = frame.cell(0, 0).add_table(rows=1, cols=2)
        framed.cell(0, 0).text, framed.cell(0, 1).text = "甲", "乙"

    document = word(tmp_path, build)
    assert [(t.rows, t.nested_in) for t in document.tables] == [
        ((("外", ""), ("", "")), None),
        ((("内一", "内二"),), (1, 1)),
        ((("甲", "乙"),), None),
    ]
    assert [p.text for p in document.paragraphs] == ["框中文字"]


def test_automatic_numbers_of_word_are_written_out(tmp_path):
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    levels = level.format(0, "chineseCounting", "第%1条") + level.format(1, "chineseCounting", "（%2）")

    def build(document):
        part = document.part.numbering_part.element
        abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'
        part.insert(0, parse_xml(abstract))
        part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for text, depth in (("甲。", 0), ("乙如下：", 0), ("子；", 1), ("丑。", 1), ("丙。", 0)):
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            numbers = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'
            properties.append(parse_xml(numbers))

    texts = [p.text for p in word(tmp_path, build).paragraphs]
    assert texts == ["第一条 甲。", "第二条 乙如下：", "（一） 子；", "（二） 丑。", "第三条 丙。"]


def test_pictures_left_unread_are_named(tmp_path):
    from PIL import Image

    def build(document):
        picture = io.BytesIO()
        Image.new("RGB", (10, 10)).save(picture, "PNG")
        picture.seek(0)
        document.add_paragraph("三张表见图")
        document.add_picture(picture)

    assert word(tmp_path, build).notes == ("文档里有 1 张图片，图片中的文字没有读取。",)


def site(article, head=""):
    return (
        f"<html><head><meta charset='utf-8'>{head}</head><body>"
        "<div class='top'><a href='/'>首页</a><a href='/x'>政务公开</a></div>"
        f"<h1>某局关于公开工作的通知</h1><div class='left'><ul><li><a>栏目甲</a></li></ul></div>{article}"
        "<div style='display:none'>隐藏</div><div class='bottom'><p>版权所有 联系电话</p></div></body></html>"
    )


@pytest.mark.parametrize(
    "frame", ["<div id='UCAP-CONTENT'>{}</div>", "<div class='mine'>{}</div>", "<table><tr><td>{}</td></tr></table>"]
)
def test_the_article_of_a_site_is_found_and_its_surroundings_dropped(tmp_path, frame):
    body = f"<p>　　{PROSE}</p><p><span>第二</span><span>段</span><br>换行</p>" + f"<p>{PROSE}</p>" * 4
    document = read(tmp_path, "a.html", site(frame.format(body)))
    texts = [p.text for p in document.paragraphs]
    assert texts == ["某局关于公开工作的通知", PROSE, "第二段", "换行", *[PROSE] * 4]


def test_what_a_site_declares_of_the_article_is_kept(tmp_path):
    head = "<meta name='ArticleTitle' content='某通知'><meta name='PubDate' content='2026-01-05'>"
    document = read(tmp_path, "a.htm", site(f"<div id='zoom'><p>{PROSE * 3}</p></div>", head))
    assert document.declared == {"title": "某通知", "published": "2026-01-05"}


def test_tables_of_a_page_resolve_spans_and_layout_tables_give_way(tmp_path):
    table = "<table><tr><td rowspan=2>甲</td><td colspan='2'>乙</td></tr>"
    table += "<tr><td>1</td><td><p>2</p><p>件</p></td></tr></table>"
    article = f"<div id='zoom'><table><tr><td><p>{PROSE}</p><p>{PROSE}</p>{table}<p>{PROSE}</p></td></tr></table></div>"
    document = read(tmp_path, "a.html", site(article))
    assert [t.rows for t in document.tables] == [(("甲", "乙", "乙"), ("甲", "1", "2\n件"))]
    assert document.tables[0].covered == {(0, 2), (1, 0)}


def test_a_table_of_bars_in_a_page_is_a_table(tmp_path):
    article = f"<div id='zoom'><p>{PROSE * 2}</p><p>规章|0|0|0<br/>规范性文件|2|1|15</p></div>"
    assert read(tmp_path, "a.html", site(article)).tables[0].rows == (
        ("规章", "0", "0", "0"),
        ("规范性文件", "2", "1", "15"),
    )


def test_a_workbook_shows_numbers_as_typed_and_merged_cells_resolved(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表三"
    sheet["B2"], sheet["B3"], sheet["C3"], sheet["D3"], sheet["C4"] = "申请人", 3, 12.5, 0.125, "=B3+1"
    sheet["D3"].number_format = "0.0%"
    sheet["B4"] = 1.10
    sheet.merge_cells("B2:D2")
    book.create_sheet("空表")
    buffer = io.BytesIO()
    book.save(buffer)
    document = read(tmp_path, "a.xlsx", buffer.getvalue())
    assert document.sections[0].heading == ("表三",)
    assert document.tables[0].rows == (("申请人", "申请人", "申请人"), ("3", "12.5", "12.5%"), ("1.1", "", ""))
    assert document.notes == ("工作表“表三”的 C4 有公式而没有结果，请用 Excel 或 WPS 打开并保存一次。",)
