"""The chat in a real Chromium: open, ask, read the answer and its source; no request to another host."""

import os
import re
import time
from pathlib import Path

import docx
import pytest

from tests.browser.conftest import confirming, picture, serve
from tests.browser.reports import write_report

SOURCE = "#sources section:not([hidden]) .source >> nth=0"


@pytest.fixture
def page(visit, address):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    return page


def ask(page, question):
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")


def ask_and_wait(page, question):
    """Ask, and wait until the answer is there, its sources beside it."""
    before = page.locator("#sources section").count()
    ask(page, question)
    page.wait_for_function(f"document.querySelectorAll('#sources section').length > {before}", timeout=30_000)


def test_a_question_is_answered_with_its_source(page):
    ask(page, "人家来要材料，几天内要回话？")
    page.wait_for_selector(".source", timeout=20_000)
    assert "20个工作日" in page.inner_text("#chat")
    source = page.inner_text(SOURCE)
    assert "政府信息公开条例" in source
    assert "第三十三条第二款" in source
    assert "已核验" in source
    assert page.locator("#question textarea").input_value() == ""
    picture(page, "chat")


def test_an_example_is_a_question_and_a_follow_up_is_understood(page):
    page.get_by_text("企业不同意公开，还能给申请人吗？").click()
    page.wait_for_selector(".source", timeout=20_000)
    assert "第三方" in page.inner_text("#chat")
    ask(page, "那要是对方不回呢？")
    page.wait_for_function("document.querySelector('#chat')?.innerText.includes('逾期')", timeout=20_000)
    page.wait_for_function(
        "document.querySelector('#sources section:not([hidden]) .source')?.innerText.includes('第三十二条')",
        timeout=20_000,
    )


def test_the_last_question_stays_in_sight_above_its_answer_until_the_reader_scrolls(page):
    ask_and_wait(page, "企业不同意公开，还能给申请人吗？")
    ask_and_wait(page, "人家来要材料，几天内要回话？")
    below = (
        "(() => { const all = document.querySelectorAll('#chat [data-testid=user]'); const log = "
        "all[all.length - 1].closest('.panel-wrap'); return all[all.length - 1].getBoundingClientRect().top - "
        "log.getBoundingClientRect().top; })()"
    )
    assert 0 <= page.evaluate(below) < 60
    page.locator("#chat .panel-wrap").hover()
    page.mouse.wheel(0, 200)
    page.wait_for_function(f"{below} < 0", timeout=5_000)


def test_a_refusal_empties_the_panel_and_a_new_conversation_starts_clean(page):
    ask(page, "明天天气怎么样")
    page.wait_for_function("document.querySelector('#sources')?.innerText.includes('没有作答')", timeout=20_000)
    page.click("#clear")
    page.wait_for_function("document.querySelector('#sources')?.innerText.includes('依据会列在这里')", timeout=20_000)
    assert "天气" not in page.inner_text("#chat")


def test_markup_in_a_question_is_shown_and_not_run(page):
    ask(page, "<img src=x onerror=\"document.title='broken'\"> 几天答复？")
    page.wait_for_selector(".source", timeout=20_000)
    assert page.title() == "公开助手"


def test_the_page_fits_a_telephone(visit, address):
    page = visit(address, "phone")
    page.wait_for_selector("#question textarea", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_whole_desk_is_seen_without_scrolling_the_page(visit, address):
    for size in ("1366", "1920"):
        page = visit(address, size)
        ask_and_wait(page, "人家来要材料，几天内要回话？")
        assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
        picture(page, f"chat-{size}")


def test_a_marker_opens_its_source_with_the_sentence_marked(page):
    ask_and_wait(page, "人家来要材料，几天内要回话？")
    page.locator('#chat a[href*="#s-"]', has_text="[2]").first.click()
    page.wait_for_selector(".source.chosen")
    assert page.get_attribute(".source.chosen", "data-marker") == "2"
    marked = page.inner_text(".source.chosen details mark")
    assert marked == page.inner_text(".source.chosen blockquote")
    assert "当场答复" in marked
    seen = page.locator(".source.chosen").bounding_box()
    assert 0 <= seen["y"] < 768


def test_an_earlier_answer_opens_its_own_sources(page):
    ask_and_wait(page, "人家来要材料，几天内要回话？")
    ask_and_wait(page, "申请人逾期不补正怎么办？")
    page.locator('#chat a[href*="#s-"]', has_text="[1]").first.click()
    page.wait_for_selector(".source.chosen")
    assert "第三十三条" in page.inner_text(".source.chosen")


def test_a_conversation_has_an_address_survives_a_reload_and_the_back_button_works(page):
    ask_and_wait(page, "部门年报哪天前公布？")
    first = page.url
    assert re.search(r"\?c=[0-9a-f]{16}$", first)
    page.reload()
    page.wait_for_selector(".source", timeout=30_000)
    assert "部门年报" in page.inner_text("#chat")
    page.click("#clear")
    page.wait_for_function("!location.search")
    ask_and_wait(page, "收费标准是什么？")
    assert page.url != first
    page.go_back()
    page.go_back()
    page.wait_for_function("document.querySelector('#chat')?.innerText.includes('部门年报')", timeout=20_000)
    assert page.url == first
    assert "收费标准" not in page.inner_text("#chat")


def test_a_reload_in_the_middle_of_an_answer_loses_nothing(page):
    ask(page, "不予公开的答复书，救济途径怎么写？")
    page.wait_for_function("document.querySelector('#chat')?.innerText.includes('检索依据')", timeout=20_000)
    page.wait_for_function("location.search.includes('c=')")
    page.reload()
    page.wait_for_selector(".source", timeout=30_000)
    assert "救济途径怎么写" in page.inner_text("#chat")
    assert "没有完成" not in page.inner_text("#chat")


def test_a_question_is_asked_again_and_edited(page):
    ask_and_wait(page, "人家来要材料，几天内要回话？")
    page.hover("#chat .user")
    page.locator("#chat button[title='编辑']").first.click()
    page.locator("#chat textarea").fill("申请人逾期不补正怎么办？")
    page.locator("#chat button[title='发送']").first.click()
    page.wait_for_function("document.querySelector('#sources')?.innerText.includes('第三十条')", timeout=20_000)
    assert "几天内要回话" not in page.inner_text("#chat")
    page.locator("#chat button[title='重试']").first.click()
    page.wait_for_timeout(300)
    page.wait_for_selector(".source", timeout=20_000)
    assert page.inner_text("#chat").count("申请人逾期不补正怎么办？") == 1


def test_a_file_is_taken_again_and_one_that_is_gone_is_asked_for(page, assistant, tmp_path):
    report = write_report(assistant.report_rules, tmp_path / "年报.docx", 2025, requests__received__total=4)
    page.set_input_files("#question input[type=file]", str(report))
    page.wait_for_selector("#question .thumbnail-item, #question [class*=thumbnail]")
    page.click("#question .submit-button")
    page.wait_for_function("document.querySelector('#chat').innerText.includes('标注稿')", timeout=30_000)
    before = page.inner_text("#chat .bot")
    page.locator("#chat button[title='重试']").first.click()
    page.wait_for_function("!document.querySelector('#chat .bot')?.innerText.includes('标注稿')")
    page.wait_for_function("document.querySelector('#chat').innerText.includes('标注稿')", timeout=30_000)
    assert page.inner_text("#chat .bot") == before
    assert page.inner_text("#chat").count("上传了 年报.docx") == 1
    for copy in Path(os.environ["GONGKAI_DATA_DIR"]).rglob("年报.docx"):
        copy.unlink()
    page.locator("#chat button[title='重试']").first.click()
    page.wait_for_selector(".toast-body >> text=再拖进来一次")
    assert "上传了 年报.docx" in page.inner_text("#chat")


def test_a_suggestion_is_a_question(page):
    ask_and_wait(page, "人家来要材料，几天内要回话？")
    suggestion = page.locator("#chat .options .option").first
    text = suggestion.inner_text()
    suggestion.click()
    page.wait_for_function("document.querySelectorAll('#sources section').length == 2", timeout=30_000)
    assert text in page.inner_text("#chat")


def test_feedback_is_kept_with_the_answer(page, data_folder):
    from assistant.office.records import Records

    ask_and_wait(page, "人家来要材料，几天内要回话？")
    page.hover("#chat .extra-feedback")
    page.click("#chat .extra-feedback-option:has-text('引用错误')", force=True)
    records = Records(data_folder / "office.sqlite")
    talk = page.url.split("c=")[1]
    for _ in range(50):
        if records.conversations.turns("本机", talk)[0].feedback:
            break
        time.sleep(0.1)
    assert records.conversations.turns("本机", talk)[0].feedback == "引用错误"
    records.close()


def test_a_conversation_is_found_renamed_exported_and_deleted(page, tmp_path):
    ask_and_wait(page, "企业不同意公开，还能给申请人吗？")
    page.fill("#find input, #find textarea", "企业不同意")
    page.fill("#find input, #find textarea", "没有这样的词")
    page.wait_for_function("document.querySelector('#talks')?.innerText.includes('没有找到')")
    page.fill("#find input, #find textarea", "")
    page.wait_for_function("document.querySelector('#talks')?.innerText.includes('企业不同意')")
    page.click("#this-talk button >> nth=0")
    page.fill("#talk-title input, #talk-title textarea", "甲企业一案")
    page.click("#talk-rename")
    page.wait_for_function("document.querySelector('#talks')?.innerText.includes('甲企业一案')")
    page.click("#talk-export")
    page.wait_for_selector("#talk-file a[download], #talk-file button", timeout=20_000)
    picture(page, "conversation")
    with page.expect_download() as download:
        page.locator("#talk-file a[download]").first.click()
    download.value.save_as(tmp_path / "会话.docx")
    text = "\n".join(p.text for p in docx.Document(tmp_path / "会话.docx").paragraphs)
    assert "企业不同意公开" in text
    assert "已核验" in text
    assert "第三十二条" in text
    answering = confirming(page)
    answering.append(False)
    page.click("#talk-delete")
    assert "删除会话“甲企业一案”" in answering[-1]
    page.click("#talk-pin")
    page.wait_for_function("document.querySelector('#talks .day')?.innerText === '置顶'")
    page.wait_for_function("document.querySelector('#talk-pin').innerText === '取消置顶'")
    assert "甲企业一案" in page.inner_text("#talks li:nth-child(2)")
    page.reload()
    page.wait_for_selector("#talks a")
    assert page.inner_text("#talks .day >> nth=0") == "置顶"
    picture(page, "conversation-pinned")
    page.click("#this-talk button >> nth=0")
    answering.append(True)
    page.click("#talk-delete")
    page.wait_for_function("!document.querySelector('#talks').innerText.includes('甲企业一案')", timeout=20_000)
    assert page.locator("#chat .message").count() == 0


def test_a_telephone_shows_the_source_that_is_asked_for(visit, address):
    page = visit(address, "phone")
    ask_and_wait(page, "人家来要材料，几天内要回话？")
    picture(page, "chat-phone")
    page.locator('#chat a[href*="#s-"]').first.click()
    page.wait_for_selector(".source.chosen")
    page.wait_for_timeout(700)
    seen = page.locator(".source.chosen").bounding_box()
    assert 0 <= seen["y"] < 844


def test_two_people_do_not_see_each_others_conversations(assistant, data_folder, tmp_path, visit):
    import shutil
    from datetime import datetime

    from assistant.office.records import Records

    shutil.copytree(data_folder / "index", tmp_path / "index")
    records = Records(tmp_path / "office.sqlite")
    for name in ("张三", "李四"):
        given = records.people.add_person(name, "经办", datetime.now().astimezone())
        records.people.change_password(name, given, "wending-2026-gongkai")
    records.close()
    with serve(tmp_path, "--sign-in") as (url, _):
        pages = []
        for name, question in (("张三", "人家来要材料，几天内要回话？"), ("李四", "收费标准是什么？")):
            page = visit(url)
            page.fill("#name", name)
            page.fill("#password", "wending-2026-gongkai")
            page.click("button")
            page.wait_for_selector("#question textarea", timeout=30_000)
            ask(page, question)
            pages.append(page)
        for page in pages:
            page.wait_for_selector(".source", timeout=30_000)
        first, second = pages
        assert first.locator("#talks a").count() == second.locator("#talks a").count() == 1
        assert "收费标准" not in first.inner_text("body")
        second.goto(first.url)
        second.wait_for_selector("#question textarea", timeout=30_000)
        second.wait_for_selector("#talks a")
        assert "几天内要回话" not in second.inner_text("#talks")
        assert second.locator("#chat .message").count() == 0
        assert second.locator(".source").count() == 0
