"""Odd use: double clicks, files of other kinds, signing out elsewhere, a session that ends in the middle of 表三."""

import re

from tests.browser.conftest import PASSWORD, picture
from tests.browser.test_draft import begin, cell, saved, step

ASKED = "人家来要材料，几天内要回话？"


def told(page, words):
    page.wait_for_function(f"document.querySelector('.toast-wrap')?.innerText.includes('{words}')", timeout=20_000)


def answered(page, count):
    page.wait_for_function(f"document.querySelectorAll('#sources section').length === {count}", timeout=30_000)
    page.wait_for_selector("#chat .options .option", timeout=30_000)


def test_what_is_clicked_twice_is_done_once(visit, address):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    page.fill("#question textarea", ASKED)
    page.dblclick("#question .submit-button")
    answered(page, 1)
    page.locator("#chat .options .option").first.dblclick()
    answered(page, 2)
    page.locator("#chat button[title='重试']").first.dblclick()
    page.wait_for_timeout(1500)
    answered(page, 2)
    assert page.locator("#chat .user").count() == 2


def test_a_file_that_is_not_taken_is_named_with_what_is(visit, address, tmp_path):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    (tmp_path / "照片.exe").write_bytes(b"MZ")
    with (tmp_path / "太大.docx").open("wb") as large:
        large.truncate(31 * 2**20)
    for name, words in (("照片.exe", "照片.exe：这种文件不收"), ("太大.docx", "上限是 30 MB")):
        page.set_input_files("#question input[type=file]", str(tmp_path / name))
        told(page, words)
    assert "docx、pdf" in page.inner_text(".toast-wrap")
    assert not re.search("Invalid|exceed|allowed", page.inner_text(".toast-wrap"))


def test_a_question_too_long_is_not_sent_and_not_lost(visit, address):
    page = visit(address)
    page.wait_for_selector("#question textarea", timeout=30_000)
    page.fill("#question textarea", "甲" * 5000)
    page.keyboard.press("Enter")
    told(page, "不超过2000字")
    assert len(page.input_value("#question textarea")) == 5000


def sign_out_elsewhere(page):
    other = page.context.new_page()
    other.goto(page.own)
    other.click(".account .out button", timeout=30_000)
    other.wait_for_url("**/sign-in")
    return other


def sign_in_again(other):
    other.fill("#name", "李四")
    other.fill("#password", PASSWORD)
    other.click("button")
    other.wait_for_selector("#question textarea", timeout=30_000)


def test_who_signs_out_elsewhere_is_told_and_loses_nothing_that_was_written(enter):
    page = enter("李四")
    other = sign_out_elsewhere(page)
    page.fill("#question textarea", ASKED)
    page.keyboard.press("Enter")
    told(page, "另开一个窗口登录")
    assert page.input_value("#question textarea") == ASKED
    # Nothing stands over the conversation, and nothing of what Gradio counts is there to be read out.
    assert page.locator("[data-testid=status-tracker] >> visible=true").all_inner_texts().count("错误") == 0
    assert not re.search("processing|queue:", page.inner_text("body"))
    assert page.locator("#chat span.error").is_hidden()
    picture(page, "signed-out")
    sign_in_again(other)
    page.locator("#question textarea").press("Enter")
    page.wait_for_selector(".source", timeout=30_000)
    assert page.locator("#chat .user").count() == 1


def test_a_session_that_ends_in_table_three_costs_no_figure(enter):
    page = enter("李四", "年报")
    page.wait_for_selector(".desk-start", timeout=20_000)
    begin(page)
    step(page, "表三")
    received = cell(page, "requests.received.natural_person")
    other = sign_out_elsewhere(page)
    received.fill("17")
    page.wait_for_function("document.querySelector('.save-state').textContent.includes('登录已经过期')", timeout=20_000)
    assert received.input_value() == "17"
    sign_in_again(other)
    saved(page)
    page.reload()
    page.wait_for_selector("table.sheet", timeout=30_000)
    assert received.input_value() == "17"
