"""The tab 语料 with every kind of file an office has: added in one go, quoted in the chat, taken out, rebuilt."""

import html

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from tests.browser.conftest import confirming, picture, serve
from tests.browser.test_texts import wait_for
from tests.documents.official_tables import convert_to_pdf, scan_pages, soffice, write_scan
from tests.small import write_small_shipped

# Kind of file → what its rule is about, and the amount that only it names.
RULES = {
    "docx": ("校车停靠点设置", 31),
    "pdf": ("古树名木认养", 42),
    "scan": ("沿街店铺招牌更换", 53),
    "html": ("社区食堂助餐", 64),
    "png": ("屋顶雨水收集", 75),
}
# What the bar under the buttons says while work goes on, in the order in which it is first said.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const bar = document.querySelector('#texts-said progress');
    const said = bar && bar.getAttribute('aria-label');
    if (said && !window.seen.includes(said)) window.seen.push(said);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def lines_of(subject, amount):
    return [
        f"示例市{subject}补助办法",
        f"示府办〔2023〕{amount}号",
        "（2023年3月1日示例市人民政府办公室印发）",
        f"第一条 为了规范{subject}的补助，制定本办法。",
        f"第二条 {subject}的补助标准为每处{amount}万元，由申请人所在街道办事处核发。",
        f"第三条 申请人应当自{subject}完成之日起三十日内提出申请。",
        "第四条 本办法自2023年5月1日起施行。",
    ]


def write_word(path, lines):
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Noto Serif CJK SC", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    for line in lines:
        document.add_paragraph(line)
    document.save(path)


def write_page(path, lines):
    """A page as a government's site serves it, with what stands around the article."""
    menu = "".join(f"<li><a href='/{n}'>栏目{n}</a></li>" for n in range(20))
    body = "".join(f"<p>　　{html.escape(line)}</p>" for line in lines)
    path.write_bytes(
        f"<!DOCTYPE html><html><head><meta charset='gbk'><title>正文</title></head><body><div class='nav'><ul>{menu}"
        f"</ul></div><div class='TRS_Editor'>{body}</div><div class='footer'>主办单位 网站标识码</div></body></html>"
        .encode("gbk")
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    if not soffice():
        pytest.skip("LibreOffice is absent (tests/install-system-parts)")
    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("files")
    for kind in ("pdf", "scan", "png"):
        write_word(made / f"{kind}.docx", lines_of(*RULES[kind]))
    convert_to_pdf(sorted(made.glob("*.docx")), made)
    write_word(folder / "文字.docx", lines_of(*RULES["docx"]))
    (made / "pdf.pdf").rename(folder / "文字.pdf")
    write_scan(scan_pages(made / "scan.pdf", 150), folder / "扫描.pdf", 150)
    [page] = scan_pages(made / "png.pdf", 150)
    page.save(folder / "图片.png")
    write_page(folder / "网页.html", lines_of(*RULES["html"]))
    (folder / "坏的.docx").write_bytes(b"PK" + bytes(400))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A server for one person, over a small corpus of its own."""
    folder = tmp_path_factory.mktemp("alone")
    with serve(folder / "data", "--no-auth", shipped=write_small_shipped(folder)) as (url, _):
        yield url


def test_every_kind_of_file_is_added_with_its_progress_quoted_taken_out_and_the_index_rebuilt(alone, visit, files):
    page = visit(alone)
    page.get_by_role("tab", name="语料").click()
    page.wait_for_selector("#texts-list table", timeout=20_000)
    page.evaluate(WATCH)
    page.set_input_files("#texts-files input[type=file]", [str(path) for path in files])
    page.wait_for_function(
        "document.querySelectorAll('#texts-files tr, #texts-files .file').length >= 6", timeout=20_000
    )
    page.click("#texts-add")
    wait_for(page, "#texts-said", "已添加5份", 120_000)
    said = page.inner_text("#texts-said")
    assert "没有添加1份" in said
    [bad] = [row for row in page.locator("#texts-said tr").all_inner_texts() if "坏的.docx" in row]
    assert "没有添加" in bad
    assert "读取文件" in page.evaluate("window.seen")
    picture(page, "texts-formats")
    for subject, amount in RULES.values():
        wait_for(page, "#texts-list", f"示例市{subject}补助办法")
        wait_for(page, "#texts-list", f"示府办〔2023〕{amount}号")

    page.get_by_role("tab", name="问答").click()
    for subject, amount in RULES.values():
        page.fill("#question textarea", f"{subject}补助标准是多少？")
        page.keyboard.press("Enter")
        wait_for(page, "#chat", f"每处{amount}万元", 40_000)
        wait_for(page, "#sources", f"示例市{subject}补助办法", 20_000)

    page.get_by_role("tab", name="语料").click()
    page.click("#texts-list button:text-is('示例市沿街店铺招牌更换补助办法')")
    wait_for(page, "#texts-text", "每处53万元")
    confirming(page).append(True)
    page.click("#texts-remove")
    wait_for(page, "#texts-said", "已删除《示例市沿街店铺招牌更换补助办法》", 60_000)
    page.wait_for_function("!document.querySelector('#texts-list').innerText.includes('招牌')", timeout=20_000)

    page.evaluate("window.seen = []")
    page.click("#texts-rebuild")
    wait_for(page, "#texts-said", "索引已重建", 120_000)
    assert {"建立索引", "建立词语索引", "保存向量"} & set(page.evaluate("window.seen"))
    page.get_by_role("tab", name="问答").click()
    page.fill("#question textarea", "再问一次，屋顶雨水收集的补助申请要在几日内提出？")
    page.keyboard.press("Enter")
    wait_for(page, "#chat", "三十日内提出申请", 40_000)
    page.fill("#question textarea", "沿街店铺招牌更换补助标准现在是多少？")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "(document.querySelector('#chat').innerText.match(/每处53万元/g) || []).length === 1", timeout=20_000
    )
