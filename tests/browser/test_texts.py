"""The tab 语料 in a real Chromium: everybody reads, administrators change, and only they can, whatever is sent."""

import pytest

from tests.browser.conftest import confirming, picture
from tests.office_texts import rule, write_rule

NAME = "示例市加装电梯补贴办法"


def wait_for(page, box, words, timeout=30_000):
    page.wait_for_function(f"document.querySelector('{box}')?.innerText.includes('{words}')", timeout=timeout)


def open_text(page, words, name):
    page.fill("#texts-words textarea, #texts-words input", words)
    page.wait_for_selector(f"#texts-list button:text-is('{name}')", timeout=20_000)
    page.click(f"#texts-list button:text-is('{name}')")
    wait_for(page, "#texts-text", name)


def audited(folder, action):
    from assistant.office.records import Records

    records = Records(folder / "office.sqlite")
    entries = records.audit.entries(actions=[action])
    records.close()
    return entries


def test_an_administrator_adds_a_text_that_is_quoted_at_once_and_removes_it(enter, office, tmp_path):
    page = enter("王五", "语料")
    page.wait_for_selector("#texts-list table", timeout=20_000)
    before = page.inner_text("#texts-list .note")
    page.set_input_files("#texts-files input[type=file]", str(write_rule(tmp_path / "办法.docx", rule())))
    page.wait_for_selector("#texts-files .file-preview, #texts-files [aria-label*='清除']", timeout=20_000)
    page.click("#texts-add")
    wait_for(page, "#texts-said", "已添加1份", 60_000)
    page.wait_for_function(f"document.querySelector('#texts-list .note').innerText != {before!r}", timeout=20_000)
    open_text(page, "电梯", NAME)
    assert "每台电梯补贴15万元" in page.inner_text("#texts-text")
    assert "示府办〔2023〕8号" in page.inner_text("#texts-text dl")
    picture(page, "texts")

    page.get_by_role("tab", name="问答").click()
    page.fill("#question textarea", "加装一台电梯补贴多少钱？")
    page.keyboard.press("Enter")
    page.wait_for_selector(".source", timeout=30_000)
    assert "15万元" in page.inner_text("#chat")

    page.get_by_role("tab", name="语料").click()
    answering = confirming(page)
    answering.append(False)
    page.click("#texts-remove")
    assert f"删除“{NAME}”" in answering[-1]
    page.wait_for_timeout(500)
    assert page.inner_text("#texts-said").startswith("已添加")
    answering.append(True)
    page.click("#texts-remove")
    wait_for(page, "#texts-said", f"已删除《{NAME}》", 60_000)
    wait_for(page, "#texts-list", "没有符合条件")
    page.click("#texts-history button")
    wait_for(page, "#texts-log", "删除")
    assert [entry.who for entry in audited(office[1], "corpus_add")] == ["王五"]
    assert audited(office[1], "corpus_remove")[0].detail["名称"] == NAME


def test_a_clerk_reads_and_searches_and_is_shown_nothing_to_change(enter):
    page = enter("张三", "语料")
    page.wait_for_selector("#texts-list table", timeout=20_000)
    assert page.locator("#texts-change").is_hidden()
    open_text(page, "711", "政府信息公开条例")
    assert page.locator("#texts-remove").is_hidden()
    page.fill("#texts-inside textarea, #texts-inside input", "第三方")
    page.keyboard.press("Enter")
    wait_for(page, "#texts-text", "条含“第三方”")
    assert page.locator("#texts-text mark").first.inner_text() == "第三方"
    page.click("#texts-where label:has-text('全部文件')")
    wait_for(page, "#texts-text", "最接近的在前")
    assert "第三十二条" in page.locator("#texts-text summary").first.inner_text()
    page.fill("#texts-words textarea, #texts-words input", "")
    page.wait_for_selector("#texts-list button:text-is('行政复议法')", timeout=20_000)
    page.click("#texts-current input")
    page.wait_for_function("!document.querySelector('#texts-list').innerText.includes('已失效')", timeout=20_000)


def test_a_telephone_shows_the_text_that_is_opened(enter):
    page = enter("张三", size="phone")
    page.locator("button[aria-label='更多页']").click()
    page.get_by_text("语料", exact=True).last.click()
    page.click("#texts-list button:has-text('政府信息公开条例') >> nth=0", timeout=20_000)
    page.wait_for_selector("#texts-text details", timeout=30_000)
    page.wait_for_function("document.querySelector('#texts-text h2').getBoundingClientRect().top < 400")
    picture(page, "texts-phone")


@pytest.mark.parametrize("button", ["texts-add", "texts-remove", "texts-rebuild"])
def test_a_clerk_who_sends_the_event_itself_is_refused(enter, office, button):
    page = enter("张三")
    # What the button would send, without the button.
    said = page.evaluate(
        """async (id) => {
          const config = window.gradio_config;
          const button = config.components.find((c) => c.props.elem_id === id);
          const index = config.dependencies.find((d) => d.targets.some((t) => t[0] === button.id)).id;
          const data = config.dependencies.find((d) => d.id === index).inputs.map(() => null);
          const body = JSON.stringify({ fn_index: index, data, session_hash: "a-clerk" + id, event_data: null });
          const headers = { "content-type": "application/json" };
          const joined = await fetch("gradio_api/queue/join", { method: "POST", headers, body });
          if (!joined.ok) return await joined.text();
          const stream = await fetch("gradio_api/queue/data?session_hash=a-clerk" + id);
          const reader = stream.body.getReader();
          let text = "";
          for (;;) {
            const { done, value } = await reader.read();
            if (value) text += new TextDecoder().decode(value);
            if (done || text.includes("process_completed")) return text;
          }
        }""",
        button,
    )
    assert "只给管理员用" in said.encode().decode("unicode_escape", "replace") or "只给管理员用" in said
    assert audited(office[1], "corpus_rebuild") == []


def test_a_regulation_dropped_into_the_chat_is_offered_to_the_corpus(enter, office, tmp_path):
    path = write_rule(tmp_path / "办法.docx", rule(year=2022, amount=11))
    clerk = enter("张三")
    clerk.set_input_files("#question input[type=file]", str(path))
    clerk.wait_for_selector("#question .thumbnail-item, #question [class*=thumbnail]", timeout=20_000)
    clerk.click("#question .submit-button")
    wait_for(clerk, "#chat", "入库由管理员办理")
    page = enter("王五")
    page.set_input_files("#question input[type=file]", str(path))
    page.wait_for_selector("#question .thumbnail-item, #question [class*=thumbnail]", timeout=20_000)
    page.click("#question .submit-button")
    wait_for(page, "#chat", "要加入资料库吗")
    page.locator("#chat .options .option", has_text="加入资料库").click()
    wait_for(page, "#chat", f"已添加《{NAME}》（5条）", 60_000)
    page.fill("#question textarea", "加装一台电梯补贴多少钱？")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sources section:not([hidden]) .source", timeout=30_000)
    assert "11万元" in page.inner_text("#chat")
