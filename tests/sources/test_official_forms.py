"""The forms in which rules reach an office, each read for what a clerk would write down, in every format alike."""

import html
from datetime import date

import pytest
import yaml

from assistant.documents.opening import load_document
from assistant.sources.metadata import load_issuers, read_metadata
from assistant.sources.splitting import split_statute
from tests.conftest import ROOT
from tests.documents.official_tables import convert_to_pdf, soffice

CASES = yaml.safe_load((ROOT / "tests" / "golden" / "official_forms.yaml").read_text(encoding="utf-8"))
ISSUERS = load_issuers(ROOT / "corpus" / "issuers.yaml")
FORMATS = ("txt", "docx", "html", "pdf")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Every case as GB18030 text, Word file, page of a site and PDF."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    made = tmp_path_factory.mktemp("forms")
    for number, case in enumerate(CASES):
        lines = case["lines"].splitlines()
        document = docx.Document()
        style = document.styles["Normal"]
        style.font.name, style.font.size = "Noto Serif CJK SC", Pt(14)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
        for line in lines:
            paragraph = document.add_paragraph(line)
            paragraph.alignment = 1 if len(line) < 30 and not line.endswith(("。", "：")) else 0
            paragraph.paragraph_format.first_line_indent = Pt(28 if line.endswith("。") else 0)
        document.save(made / f"{number}.docx")
        (made / f"{number}.txt").write_bytes("\r\n".join(lines).encode("gb18030"))
        body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        (made / f"{number}.html").write_text(
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{lines[0]}_某市门户</title></head><body>"
            f"<div class='nav'><a>首页</a></div><div class='TRS_Editor'>{body}</div></body></html>",
            encoding="utf-8",
        )
    if soffice():
        convert_to_pdf(sorted(made.glob("*.docx")), made)
    return made


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_a_rule_in_its_official_form_is_read_for_what_it_says(folder, number, suffix):
    if suffix == "pdf" and not soffice():
        pytest.skip("LibreOffice is absent")
    case = CASES[number]
    document = load_document(folder / f"{number}.{suffix}")
    found = read_metadata(document, ISSUERS)
    assert {
        "title": found.title,
        "number": found.document_number,
        "issuer": found.issuer,
        "issued": found.issued_on,
        "from": found.in_force_from,
        "until": found.in_force_until,
    } == {key: case.get(key) for key in ("title", "number", "issuer", "issued", "from", "until")}
    assert list(found.repeals) == case.get("repeals", list(found.repeals))
    assert all(isinstance(day, date) or day is None for day in (found.issued_on, found.in_force_from))
    notes = "".join(found.notes)
    if "note" in case:
        assert case["note"] in notes
    if found.in_force_from is None:
        assert "--in-force-from" in notes
    statute = split_statute(document.blocks)
    assert len(statute.articles) == case["articles"]
    for article in statute.articles:
        assert article.text.endswith(("。", "；"))
        assert "印发给你们" not in article.text
        assert "抄送" not in article.text


def test_a_centred_title_of_any_width_ends_where_it_ends(tmp_path):
    """A title that fills its line is followed at once by the addressees or by the first article."""
    if not soffice():
        pytest.skip("LibreOffice is absent")
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    filling = "示范推广应用工作" * 9
    articles = [
        "第一条 为了规范公共数据的管理，促进公共数据的共享与利用，根据有关法律、法规，结合本市的实际情况，制定本办法。",
        "第二条 本办法自2024年7月1日起施行。",
    ]
    for size in (14, 16, 22):
        for width in (20, 28, 30, 31, 36, 40, 55, 60, 62):
            notice = f"示例市人民政府办公室关于印发{filling[: max(0, width - 20)]}办法的通知"
            rule = f"示例市{filling[: width - 12]}管理暂行办法"
            letter = [notice, "各县、区人民政府，市政府各部门、各直属机构：", "现将《示例市停车管理办法》印发给你们。"]
            for name, lines in (
                ("notice", [*letter, "示例市停车管理办法", *articles]),
                ("rule", [rule, *articles]),
            ):
                document = docx.Document()
                document.styles["Normal"].font.name = "Noto Serif CJK SC"
                document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
                for line in lines:
                    paragraph = document.add_paragraph()
                    title = line in (notice, rule, "示例市停车管理办法")
                    paragraph.add_run(line).font.size = Pt(size if title else 14)
                    paragraph.alignment = 1 if title else 0
                    paragraph.paragraph_format.first_line_indent = Pt(28 if line.endswith("。") else 0)
                document.save(tmp_path / f"{name}-{size}-{width}.docx")
    files = sorted(tmp_path.glob("*.docx"))
    convert_to_pdf(files, tmp_path)
    for file in files:
        of_word, of_pdf = (load_document(path) for path in (file, file.with_suffix(".pdf")))
        assert read_metadata(of_pdf, ISSUERS) == read_metadata(of_word, ISSUERS), file.name
        assert len(split_statute(of_pdf.blocks).articles) == 2, file.name
