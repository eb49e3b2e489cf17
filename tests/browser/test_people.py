"""From the one-time password in the terminal to an office with accounts and an audit."""

import re
import shutil

import pytest

from tests.browser.conftest import confirming, picture, serve

NEW = "wending-2026-gongkai"


@pytest.fixture(scope="module")
def new_office(assistant, data_folder, tmp_path_factory):
    """A server with sign-in over a data folder of its own, its index ready; yields the address and its messages."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(data_folder / "index", folder / "index")
    shutil.copy(data_folder / "corpus.sqlite", folder)
    with serve(folder, "--sign-in") as (url, lines):
        yield url, lines


def sign_in(page, name, password):
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button")


def change_password(page, old, new=NEW):
    page.fill("#old", old)
    page.fill("#new", new)
    page.fill("#again", new)
    page.click("button >> nth=0")


def test_the_office_begins_with_an_administrator_who_lets_a_clerk_in(new_office, visit):
    url, lines = new_office
    password = re.search(r"一次性密码 (\S+?)（", "".join(lines))[1]
    page = visit(url)
    assert page.url.endswith("/sign-in")
    picture(page, "sign-in")
    sign_in(page, "admin", "不对的密码")
    assert "用户名或者密码不对" in page.inner_text("[role=alert]")
    sign_in(page, "admin", password)
    page.wait_for_url("**/password")
    picture(page, "password")
    change_password(page, password)
    page.wait_for_selector("#question textarea", timeout=30_000)
    page.wait_for_function("document.querySelector('#masthead')?.innerText.includes('admin（管理员）')")
    page.get_by_role("tab", name="管理").click()
    page.fill("#people-name textarea, #people-name input", "张三")
    page.click("#people-add")
    page.wait_for_function("document.querySelector('#people-said')?.innerText.includes('一次性密码')")
    picture(page, "management")
    given = re.search(r"一次性密码 (\S+?)（", page.inner_text("#people-said"))[1]
    assert "登录失败" in page.inner_text("#audit-list")
    answering = confirming(page)
    for button, word in (("close", "停用“张三”"), ("reset", "重置“张三”")):
        answering.append(False)
        page.click(f"#people-{button}")
        assert word in answering[-1]
    page.wait_for_timeout(500)
    assert given in page.inner_text("#people-said")
    for button, word in (("close", "张三 已停用"), ("reopen", "张三 已恢复")):
        answering.append(True)
        page.click(f"#people-{button}")
        page.wait_for_function(f"document.querySelector('#people-said').innerText.includes('{word}')")

    clerk = visit(url)
    sign_in(clerk, "张三", given)
    clerk.wait_for_url("**/password")
    change_password(clerk, given, "renzhen-2026-banli")
    clerk.wait_for_selector("#question textarea", timeout=30_000)
    clerk.wait_for_function("document.querySelector('#masthead')?.innerText.includes('张三（经办）')")
    assert clerk.get_by_role("tab", name="管理").count() == 0
    picture(clerk, "clerk")
    clerk.click(".account .out button")
    clerk.wait_for_url("**/sign-in")
    clerk.go_back()
    clerk.reload()
    assert clerk.url.endswith("/sign-in")


@pytest.mark.parametrize("size", ["1920", "phone"])
def test_the_sign_in_page_fits(new_office, visit, size):
    page = visit(new_office[0], size)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    picture(page, f"sign-in-{size}")
