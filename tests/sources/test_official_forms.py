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
