import shutil
import subprocess
from datetime import date
from zipfile import ZipFile

import pytest

from assistant.documents.letters_docx import LetterPaper, write_letter
from assistant.errors import OutputError

PAPER = LetterPaper(
    "示例市水务局", "示水公开〔2026〕12号", "政府信息公开申请答复书", "张某：",
    ("第一段。" * 40, "第二段。" * 60, "第三段。" * 60, "如不服本决定，救济告知。" * 10), (), ("某某报告",),
    "2026年1月26日", date(2026, 1, 26), "联系人：李某",
)  # fmt: skip
FORM = LetterPaper(
    "示例市水务局", "", "登记表", "", (), (("登记编号", "2026-001"), ("申请人", "张某")), (), "", None, ""
)


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "letter.docx"
    write_letter(PAPER, path)
    return path


def test_the_paper_has_the_standards_measures_and_type(written):
    import docx

    document = docx.Document(str(written))
    section = document.sections[0]
    assert [round(value.mm) for value in (section.page_width, section.page_height)] == [210, 297]
    assert [
        round(value.mm)
        for value in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    ] == [37, 35, 28, 26]
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size.pt) == ("仿宋_GB2312", 16)
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == PAPER.number
    assert PAPER.title in texts
    assert texts.index("张某：") < texts.index(PAPER.paragraphs[0]) < texts.index("附件：某某报告")
    assert texts[-4:] == ["示例市水务局", "2026年1月26日", "", "（联系人：李某）"]


def test_the_letterhead_is_red_with_a_double_line_and_only_on_the_first_page(written):
    import docx

    section = docx.Document(str(written)).sections[0]
    assert section.different_first_page_header_footer
    head = section.first_page_header.paragraphs[0]
    assert head.text == "示例市水务局"
    assert str(head.runs[0].font.color.rgb) == "FF0000"
    assert 'w:val="thickThinSmallGap"' in head._p.xml
    assert 'w:val="thinThickSmallGap"' in section.first_page_footer.paragraphs[0]._p.xml
    assert "PAGE" in section.footer.paragraphs[0]._p.xml
    assert "PAGE" not in section.first_page_footer.paragraphs[0]._p.xml


def test_a_form_is_a_ruled_table_without_letterhead(tmp_path):
    import docx

    write_letter(FORM, tmp_path / "form.docx")
    document = docx.Document(str(tmp_path / "form.docx"))
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [list(row) for row in FORM.table]
    assert "机关：示例市水务局" in [paragraph.text for paragraph in document.paragraphs]
    assert not document.sections[0].different_first_page_header_footer


def test_the_file_names_the_office_and_no_program(written):
    with ZipFile(written) as archive:
        core = archive.read("docProps/core.xml").decode()
    assert "示例市水务局" in core
    assert "python-docx" not in core
    assert "2026-01-26" in core


def test_a_file_is_not_overwritten_and_nothing_half_written_stays(tmp_path, written):
    with pytest.raises(OutputError, match="已经存在"):
        write_letter(PAPER, written)
    write_letter(PAPER, written, force=True)
    with pytest.raises(OutputError, match=r"以 \.docx 结尾"):
        write_letter(PAPER, tmp_path / "letter.doc")
    with pytest.raises(OutputError, match="不存在"):
        write_letter(PAPER, tmp_path / "无" / "letter.docx")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.docx"]


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")), reason="LibreOffice 或 poppler 没有安装，不能排版"
)
def test_the_seal_never_stands_on_a_page_without_text(tmp_path, written):
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(written)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "letter.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = [page for page in text.split("\f") if page.strip()]
    assert len(pages) >= 2
    sealed = next(page for page in pages if "2026年1月26日" in page.replace(" ", ""))
    assert "附件" in sealed
    assert "—2—" in pages[1].replace(" ", "")
    assert "—1—" not in pages[0].replace(" ", "")
