"""The tab 年报, from sign-in to the Word file that is read back: typing, pasting, keeping, editing."""

import re
import shutil
from datetime import datetime

import pytest

from assistant.office.records import Records
from assistant.report.checked import check_report, load_check_rules
from tests.browser.axe import violations
from tests.browser.conftest import picture, serve
from tests.conftest import ROOT
from tests.model_server import scripted_model

PASSWORD = "wending-2026-gongkai"
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  const pasted = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(pasted);
}"""


@pytest.fixture(scope="module")
def office(assistant, data_folder, tmp_path_factory):
    """A server with two clerks and a chat model that polishes; yields its address."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(data_folder / "index", folder / "index")
    records = Records(folder / "office.sqlite")
    for name in ("张三", "李四"):
        given = records.people.add_person(name, "经办", datetime.now().astimezone())
        records.people.change_password(name, given, PASSWORD)
    records.close()
    with scripted_model(polish) as (address, _):
        settings = {"GONGKAI_LLM_BASE_URL": address, "GONGKAI_LLM_MODEL": "scripted"}
        with serve(folder, "--sign-in", **settings) as (url, _):
            yield url


def polish(prompt):
    """Chapter one in other words; chapter five with a number of its own."""
    text = prompt.split("原文：\n")[-1]
    return text + "另有77件。" if "专业解读少" in text else text.replace("门户网站公开", "在门户网站公开")


@pytest.fixture(scope="module")
def sessions():
    """Who has signed in already, by name."""
    return {}


@pytest.fixture
def clerk(office, visit, sessions):
    """clerk(name="张三", size="1366") → a page of that person with the tab open; the first time, after signing in."""

    def clerk(name="张三", size="1366", **options):
        page = visit(office, size, storage_state=sessions.get(name), **options)
        page.on("dialog", lambda dialog: dialog.accept())
        if name not in sessions:
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            page.click("button")
            page.wait_for_selector("button[role=tab]", timeout=30_000)
            sessions[name] = page.context.storage_state()
        page.get_by_role("tab", name="年报").click(timeout=30_000)
        page.wait_for_selector(".desk-start", timeout=20_000)
        return page

    return clerk


def begin(page, agency="示例市水务局", year="2025"):
    page.fill("[name=agency]", agency)
    page.fill("[name=year]", year)
    page.check("[name=level][value=department]")
    page.check("[name=region_rank][value=city]")
    page.click(".head-form button.main")
    page.wait_for_selector("table.sheet")


def step(page, name):
    page.locator(".steps button", has_text=name).click()


def cell(page, name):
    return page.locator(f'input[data-cell="{name}"]')


def value(page, name):
    return cell(page, name).input_value()


def saved(page):
    page.wait_for_function("document.querySelector('.save-state').textContent.startsWith('已保存')", timeout=10_000)


def fill_rest(page, table):
    step(page, table)
    page.get_by_role("button", name="空格填0").click()


def test_from_sign_in_to_the_word_file(clerk, tmp_path):
    page = clerk()
    picture(page, "draft-start")
    begin(page, "示例市水务局")
    cell(page, "disclosure.normative_documents.issued").fill("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.type("16")
    assert value(page, "disclosure.normative_documents.in_force") == "16"
    fill_rest(page, "表二")
    picture(page, "draft-disclosure")
    step(page, "表三")
    cell(page, "requests.received.natural_person").click()
    page.keyboard.type("12")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.cell") == "requests.carried_in.enterprise"
    cell(page, "requests.granted.natural_person").click()
    page.evaluate(PASTE, "（一）予以公开\t10\t2\n（二）部分公开\t1\t1\n")
    assert value(page, "requests.partly_granted.enterprise") == "1"
    assert value(page, "requests.received.total") == ""
    page.get_by_role("button", name="空格填0").click()
    assert value(page, "requests.received.total") == "15"
    assert value(page, "requests.total.total") == "14"
    assert page.locator("td.wrong input").count() == 8
    cell(page, "requests.carried_in.natural_person").fill("0")
    page.wait_for_function("document.querySelector('.problems').textContent.includes('列不平')")
    picture(page, "draft-requests-wrong")
    cell(page, "requests.carried_out.natural_person").fill("1")
    assert page.locator("td.wrong input").count() == 0
    fill_rest(page, "表四")
    step(page, "文字材料")
    for field in page.locator(".short input").all():
        field.fill("0")
    page.locator("label", has_text="主动公开").locator("textarea").first.fill("门户网站公开信息320条\n政策解读12篇")
    page.locator("label", has_text="存在的问题").locator("textarea").fill("专业解读少")
    page.locator("label", has_text="改进措施").locator("textarea").fill("每季度开展一次业务培训")
    step(page, "草稿")
    page.wait_for_selector(".paper .figure")
    received = page.locator(".figure", has_text=re.compile("^15$")).last
    received.hover()
    assert "表三“一、本年新收政府信息公开申请数量”行“总计”列" in page.inner_text(".tip")
    picture(page, "draft-paper")
    said = page.locator(".desk-line")
    page.locator('[data-chapter="problems"] button', has_text="润色").click()
    page.wait_for_function("document.querySelector('.desk-line').textContent.includes('多了数字“77件”')")
    assert "77" not in page.inner_text(".paper")
    page.locator('[data-chapter="overview"] button', has_text="润色").click()
    page.wait_for_function("document.querySelector('.desk-line').textContent.startsWith('已润色')")
    assert "在门户网站公开信息320条" in page.inner_text('[data-chapter="overview"]')
    assert page.locator('[data-chapter="overview"] .badge').inner_text() == "已修改"
    received.hover()
    assert "表三“一、本年新收政府信息公开申请数量”行“总计”列" in page.inner_text(".tip")
    picture(page, "draft-polished")
    page.get_by_role("button", name="撤销").click()
    page.wait_for_selector('[data-chapter="overview"] .badge', state="detached")
    assert said.inner_text() == "已撤销。"
    page.locator('[data-chapter="overview"] button', has_text="编辑").click()
    text = page.locator('[data-chapter="overview"] textarea')
    right = text.input_value()
    text.fill(right.replace("申请15件", "申请51件", 1))
    told = "document.querySelector('[data-chapter=overview] .problems').textContent"
    page.wait_for_function(f"{told}.includes('两处应当一致')")
    picture(page, "draft-edited")
    text.fill(right.replace("政策解读12篇", "政策解读12篇（含图解）", 1))
    page.wait_for_function(f"!{told}", timeout=10_000)
    page.locator('[data-chapter="overview"] button', has_text="完成").click()
    page.wait_for_selector('[data-chapter="overview"] .badge')
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Word").click()
    path = tmp_path / "年报.docx"
    download.value.save_as(path)
    assert download.value.suggested_filename.endswith("2025年政府信息公开工作年度报告.docx")
    checked = check_report(path, None, load_check_rules(ROOT / "corpus"))
    assert [finding.message for finding in checked.findings if finding.severity == "error"] == []
    read = checked.statistics
    assert read.value("requests", "received", "total") == 15
    assert read.value("requests", "carried_out", "natural_person") == 1
    assert read.value("disclosure", "normative_documents", "in_force") == 16
    assert "政策解读12篇（含图解）" in checked.report.chapter("overview")


def test_what_was_typed_is_there_after_a_reload_and_of_nobody_else(clerk):
    page = clerk()
    begin(page, "示例市<b>教育</b>局")
    assert "<b>教育</b>局" in page.inner_text("#draft-desk h2")
    assert page.locator("#draft-desk h2 b").count() == 0
    step(page, "表三")
    cell(page, "requests.received.research").fill("7")
    cell(page, "requests.received.other").fill("十二")
    saved(page)
    page.reload()
    page.wait_for_selector("table.sheet", timeout=30_000)
    assert value(page, "requests.received.research") == "7"
    assert value(page, "requests.received.other") == "十二"
    assert "wrong" in page.locator("td", has=cell(page, "requests.received.other")).get_attribute("class")
    assert value(page, "requests.received.legal_service") == ""
    other = clerk("李四")
    assert "教育" not in other.inner_text("#draft-desk")
    report = re.search("report=([0-9a-f]+)", page.url)[1]
    told = other.evaluate(f"fetch('/drafting/reports/{report}').then(answer => answer.text())")
    assert "没有这份年报" in told
    assert "教育" not in told
    page.go_back()
    page.wait_for_selector("table.stacked")


def test_the_browser_finds_what_the_server_finds(clerk):
    """The marks at the cells are the server's errors, on tables with many kinds of slips."""
    page = clerk("李四")
    begin(page, "示例市卫生局")
    step(page, "表三")
    page.get_by_role("button", name="空格填0").click()
    for name, text in (
        ("received.enterprise", "5"),
        ("total.research", "3"),
        ("granted.total", "2"),
        ("other.other", "-1"),
    ):
        cell(page, f"requests.{name}").fill(text)
    saved(page)
    url = page.url.split("?")[0] + "drafting/reports/" + re.search("report=([0-9a-f]+)", page.url)[1]
    found = page.evaluate(f"fetch('{url}').then(answer => answer.json())")["findings"]
    errors = {finding["cell"] for finding in found if finding["severity"] == "error"}
    marked = set(page.evaluate("[...document.querySelectorAll('td.wrong input')].map(input => input.dataset.cell)"))
    assert errors
    assert errors <= marked
    assert {code for finding in found if (code := finding["code"])} >= {"H1", "H2", "H3", "H5"}


def test_a_sum_is_there_before_anything_else_happens(clerk):
    page = clerk("李四")
    begin(page, "示例市体育局")
    step(page, "表三")
    page.get_by_role("button", name="空格填0").click()
    shown = page.evaluate(
        """() => {
          const cell = (name) => document.querySelector(`input[data-cell="requests.${name}"]`);
          cell('received.other').value = '41';
          cell('received.other').dispatchEvent(new Event('input', {bubbles: true}));
          return [cell('received.total').value, cell('received.total').closest('td').className];
        }"""
    )
    assert shown[0] == "41"
    assert "wrong" in shown[1]
    page.get_by_role("button", name="撤销").click()
    assert value(page, "requests.received.total") == ""
    cell(page, "requests.received.other").fill("5")
    page.keyboard.press("Escape")
    assert value(page, "requests.received.other") == ""


def test_what_could_not_be_saved_is_saved_later_and_a_second_window_overwrites_nothing(clerk):
    page = clerk("李四")
    begin(page, "示例市民政局")
    page.route("**/drafting/reports/*", lambda route: route.abort())
    cell(page, "disclosure.licences.decisions").fill("120")
    page.wait_for_function("document.querySelector('.save-state').textContent.includes('没有保存')")
    page.unroute("**/drafting/reports/*")
    page.wait_for_function("document.querySelector('.save-state').textContent.startsWith('已保存')", timeout=10_000)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("table.sheet", timeout=30_000)
    assert value(other, "disclosure.licences.decisions") == "120"
    cell(page, "disclosure.penalties.decisions").fill("8")
    saved(page)
    cell(other, "disclosure.penalties.decisions").fill("9")
    other.wait_for_function("document.querySelector('.save-state').textContent.includes('另一个窗口')")
    page.reload()
    page.wait_for_selector("table.sheet", timeout=30_000)
    assert value(page, "disclosure.penalties.decisions") == "8"


def test_last_year_stands_beside_this_year(clerk, tmp_path):
    page = clerk("李四")
    begin(page, "示例市商务局")
    path = tmp_path / "上年.yaml"
    path.write_text(
        "form: '2021'\nagency: 示例市商务局\nlevel: department\nregion_rank: city\nyear: 2024\n"
        "requests: {carried_out: {natural_person: 2, total: 2}}\nfacts: {problems: [专业解读少]}\n",
        encoding="utf-8",
    )
    step(page, "机关和年度")
    page.locator("#draft-desk .two input[type=file]").set_input_files(path)
    page.wait_for_function("document.querySelector('.two').textContent.includes('已有2024年度的数据')")
    picture(page, "draft-last-year")
    step(page, "表三")
    assert value(page, "requests.carried_in.natural_person") == "2"
    beside = page.locator("td", has=cell(page, "requests.carried_out.natural_person")).locator(".last")
    assert beside.inner_text() == "上年 2"
    cell(page, "requests.carried_in.natural_person").fill("3")
    assert "wrong" in page.locator("td", has=cell(page, "requests.carried_in.natural_person")).get_attribute("class")
    page.get_by_label("显示上年").uncheck()
    assert beside.inner_text() == ""
    step(page, "文字材料")
    assert page.locator(".pair textarea").first.input_value() == "专业解读少"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_step_has_a_serious_finding_of_axe(clerk, scheme):
    page = clerk("李四", color_scheme=scheme)
    assert violations(page) == []
    begin(page, f"示例市统计局（{scheme}）")
    for name in ("表三", "表四"):
        step(page, name)
        page.get_by_role("button", name="空格填0").click()
        cell(page, f"{'requests.received' if name == '表三' else 'reviews.reconsideration'}.total").fill("7")
        page.wait_for_selector(".problems button")
        assert violations(page) == [], name
        page.get_by_role("button", name="撤销").click()
    for name in ("机关和年度", "表二", "文字材料", "草稿"):
        step(page, name)
        if name == "草稿":
            page.wait_for_selector(".paper .figure")
            page.locator('[data-chapter="overview"] button', has_text="编辑").click()
        assert violations(page) == [], name


def test_statistics_dropped_into_the_chat_open_in_the_wizard(clerk, tmp_path):
    page = clerk("李四")
    path = tmp_path / "统计.yaml"
    path.write_text(
        "form: '2021'\nagency: 示例市气象局\nlevel: department\nregion_rank: city\nyear: 2025\n"
        "reviews: {all_zero: true}\nrequests: {received: {natural_person: 4}}\n",
        encoding="utf-8",
    )
    page.get_by_role("tab", name="问答").click()
    page.locator("#question input[type=file]").set_input_files(path)
    page.wait_for_selector("#question .thumbnail-item, #question .file-item, #question [class*=thumbnail]")
    page.click("#question .submit-button")
    page.wait_for_selector('#chat a[href*="#report-"]', timeout=20_000)
    page.click('#chat a[href*="#report-"]')
    page.wait_for_selector("table.sheet", timeout=20_000)
    assert "示例市气象局" in page.inner_text("#draft-desk h2")
    step(page, "表三")
    assert value(page, "requests.received.natural_person") == "4"
    assert value(page, "requests.received.enterprise") == ""
    assert "已填完" in page.locator(".steps button", has_text="表四").inner_text()


@pytest.mark.parametrize("size", ["1920", "phone"])
def test_the_wizard_fits_the_screen(clerk, size):
    page = clerk("李四", size)
    begin(page, f"示例市{size}局")
    step(page, "表三")
    page.wait_for_selector("table.matrix")
    cell(page, "requests.received.natural_person").fill("4")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    box = cell(page, "requests.received.total").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    picture(page, f"draft-requests-{size}")
