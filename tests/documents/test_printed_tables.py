"""Table 三 through Word, web page, PDF and scan: every figure right. And prose recognized from a picture."""

import difflib
import re
from queue import SimpleQueue

import pytest
from official_tables import (
    FIRST_FIGURES,
    as_html,
    cells_of,
    convert_to_pdf,
    expected_rows,
    made_figures,
    scan_pages,
    soffice,
    write_scan,
    write_word,
)

from assistant.documents.opening import load_document, read_document

FIGURES = made_figures()
# Paragraphs of prose above the table, so that the page breaks cut it at different rows, or not at all.
ABOVE = (0, 5, 7, 9, 11, 14, 17, 21)
PROSE = [
    "某某市综合事务中心二〇二五年共组织业务培训四次，参加人员一百二十余人，重点讲解了答复文书的写法和期限的计算。",
    "对收到的每一件申请，经办人当日登记，三日内完成初审；需要其他科室协助的，由办公室统一转办并跟踪进度。",
    "中心网站全年改版一次，新增检索入口，群众可以按年份、主题、文号查询，页面打开时间缩短到一秒以内。",
    "存在的不足主要有两项：一是政策解读形式单一，图表和视频偏少；二是个别栏目更新不够及时，最长间隔达到四十天。",
    "下一步将建立月度巡查制度，明确专人负责，对巡查发现的情况逐项列出清单、限期整改，并把结果纳入年终考评。",
]  # fmt: skip
needs_office = pytest.mark.skipif(not soffice(), reason="LibreOffice is not installed: no PDF can be made")


def squash(rows):
    return [[re.sub(r"\s", "", cell) for cell in row] for row in rows]


def figures_of(rows):
    return [list(row[3:]) for row in rows[FIRST_FIGURES:]]


@pytest.fixture(scope="session")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    for above in ABOVE:
        write_word(folder / f"{above}.docx", FIGURES, above)
    import docx
    from docx.shared import Pt

    prose = docx.Document()
    for line in PROSE * 2:
        paragraph = prose.add_paragraph()
        run = paragraph.add_run(line)
        run.font.size = Pt(14)
        paragraph.paragraph_format.first_line_indent = Pt(28)
    prose.save(folder / "prose.docx")
    if soffice():
        convert_to_pdf(sorted(folder.glob("*.docx")), folder)
    return folder


@pytest.mark.parametrize("above", ABOVE)
def test_every_cell_of_a_word_table_is_read(printed, above):
    assert squash(load_document(printed / f"{above}.docx").tables[0].rows) == expected_rows(FIGURES)


def test_every_cell_of_a_table_on_a_page_is_read(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(
        f"<html><body><div id='zoom'><p>三、情况</p>{as_html(cells_of(FIGURES))}</div></body></html>", "utf-8"
    )
    assert squash(load_document(path).tables[0].rows) == expected_rows(FIGURES)


@needs_office
@pytest.mark.parametrize("above", ABOVE)
def test_a_table_that_runs_over_pages_of_a_pdf_is_one_with_every_cell(printed, above):
    document = load_document(printed / f"{above}.pdf")
    assert len(document.tables) == 1
    assert squash(document.tables[0].rows) == expected_rows(FIGURES)
    assert len(document.paragraphs) == above + 2


@needs_office
@pytest.mark.parametrize(("dpi", "skew", "noise"), [(150, -1.2, 12)])
def test_every_figure_of_a_scanned_table_is_read(printed, tmp_path, dpi, skew, noise):
    pytest.importorskip("rapidocr", reason="the optional recognizer is not installed")
    path = tmp_path / "scan.pdf"
    write_scan(scan_pages(printed / "0.pdf", dpi, skew, noise), path, dpi)
    document = load_document(path)
    assert len(document.tables) == 1
    assert figures_of(document.tables[0].rows) == FIGURES
    assert "由文字识别读出" in document.notes[0]
    labels = [row[:3] for row in squash(document.tables[0].rows)]
    wanted = [row[:3] for row in expected_rows(FIGURES)]
    wrong = [(a, b) for got, want in zip(labels, wanted, strict=True) for a, b in zip(got, want, strict=True) if a != b]
    assert len(wrong) <= 3


@needs_office
def test_recognized_prose_is_98_percent_right_and_keeps_its_paragraphs(printed, tmp_path):
    pytest.importorskip("rapidocr", reason="the optional recognizer is not installed")
    (page,) = scan_pages(printed / "prose.pdf", 150, 0.4, 8)[:1]
    path = tmp_path / "page.png"
    page.save(path)
    document = load_document(path)
    wanted, got = "".join(PROSE * 2), re.sub(r"\s", "", "".join(p.text for p in document.paragraphs))
    blocks = difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in blocks) >= 0.98 * len(wanted)
    assert len(document.paragraphs) == len(PROSE) * 2


@needs_office
def test_without_the_recognizer_a_scan_says_what_to_install(printed, tmp_path, monkeypatch):
    from assistant.documents import ocr
    from assistant.errors import MissingReaderError

    def absent():
        raise ImportError("rapidocr")

    monkeypatch.setattr(ocr, "_make_engine", absent)
    monkeypatch.setattr(ocr, "_FREE", SimpleQueue())
    path = tmp_path / "scan.pdf"
    write_scan(scan_pages(printed / "prose.pdf", 72), path, 72)
    with pytest.raises(MissingReaderError, match=r"pip install 'gongkai\[ocr\]'"):
        read_document(path)
