"""All texts of the law folder, split from five formats: same articles, nothing lost. Nothing of it is committed."""

import dataclasses
import html
import re
from pathlib import Path

import pytest
from official_tables import convert_to_pdf, soffice

from assistant.documents.opening import load_document
from assistant.sources.splitting import split_statute

CHECKOUT = Path(__file__).parents[2]
LAW = next((folder for up in (1, 2) if (folder := CHECKOUT.parents[up - 1] / "shared" / "law").is_dir()), None)
pytestmark = pytest.mark.skipif(LAW is None, reason="no ../shared/law beside the checkout: nothing to split")
TEXTS = sorted(LAW.glob("*.md")) if LAW else []
FORMATS = ("md", "txt", "docx", "html", "pdf")


def lines_of(path):
    """Yield (is a heading, line) of a text, read here without the product's own reader."""
    for line in re.sub("<!--.*?-->", "", path.read_text(encoding="utf-8")).splitlines():
        line = line.strip().replace("\u200b", "").strip()
        if line:
            heading = re.match(r"#+\s*(.*)", line)
            yield heading is not None, heading[1] if heading else line


def squash(text):
    return re.sub(r"[\s\u200b]", "", text)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Every text as Word file, web page, GB18030 text and PDF."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Pt

    made = tmp_path_factory.mktemp("law")
    for number, path in enumerate(TEXTS):
        document = docx.Document()
        style = document.styles["Normal"]
        style.font.name, style.font.size = "Noto Serif CJK SC", Pt(14)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
        body, plain = [], []
        for is_heading, line in lines_of(path):
            paragraph = document.add_paragraph(line)
            if is_heading:
                paragraph.alignment = 1
                body.append(f'<p style="text-align:center"><strong>{html.escape(line)}</strong></p>')
            else:
                paragraph.paragraph_format.first_line_indent = Pt(28)
                body.append(f"<p>　　{html.escape(line)}</p>")
            plain.append(("" if is_heading else "　　") + line)
        document.save(made / f"{number}.docx")
        (made / f"{number}.txt").write_bytes("\r\n".join(plain).encode("gb18030"))
        (made / f"{number}.html").write_bytes(page("".join(body)).encode("gbk", errors="xmlcharrefreplace"))
    if soffice():
        convert_to_pdf(sorted(made.glob("*.docx")), made)
    return made


def page(body):
    """Return a page as sites of governments serve it, with everything around the article."""
    menu = "".join(f"<li><a href='/{n}'>栏目{n}的名称</a></li>" for n in range(30))
    return (
        "<!DOCTYPE html><html><head><meta charset='gbk'><title>正文</title>"
        "<script>var a='第一条 不是条文';</script></head>"
        f"<body><div class='header'>某某市人民政府</div><div class='nav'><ul>{menu}</ul></div><div class='wrap'>"
        f"<div class='crumbs'>当前位置：<a>首页</a> &gt; <a>政策</a></div><div class='TRS_Editor'>{body}</div>"
        "<div class='share'>分享到：微信 微博</div></div>"
        "<div class='footer'>主办单位：某某市人民政府办公室 网站标识码</div></body></html>"
    )


def split(path):
    statute = split_statute(load_document(path).blocks)
    return dataclasses.replace(
        statute, articles=tuple(dataclasses.replace(article, page=None) for article in statute.articles)
    )


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_every_article_is_found_and_no_character_is_lost(number):
    lines = list(lines_of(TEXTS[number]))
    statute = split_statute(load_document(TEXTS[number]).blocks)
    begins = re.compile(r"(第[零一二三四五六七八九十百]+条)\s")
    printed = [match[1] for heading, line in lines if not heading and (match := begins.match(line))]
    assert [article.name for article in statute.articles] == printed
    assert [squash(h) for h in statute.headings] == [squash(line) for heading, line in lines[1:] if heading]
    pieces = [squash("".join(statute.preamble))]
    held: tuple[str, ...] = ()
    for article in statute.articles:
        pieces += [squash(h) for depth, h in enumerate(article.path) if article.path[: depth + 1] != held[: depth + 1]]
        held = article.path
        pieces.append(squash(article.name + article.text))
    assert "".join(pieces) + squash("".join(statute.annex)) == squash("".join(line for _, line in lines))


@pytest.mark.parametrize("kind", FORMATS[1:])
@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_every_format_gives_the_same_statute(folder, number, kind):
    path = folder / f"{number}.{kind}"
    if kind == "pdf" and not soffice():
        pytest.skip("LibreOffice is not installed: no PDF can be made of the text")
    assert split(path) == split(TEXTS[number])
