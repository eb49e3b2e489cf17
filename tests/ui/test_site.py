from dataclasses import replace
from datetime import date

from fastapi.testclient import TestClient

from tests.conftest import TODAY
from ui.site import build_site
from ui.sources import EMPTY, show_sources


def test_health_tells_versions_and_counts(assistant):
    with TestClient(build_site(assistant), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        health = client.get("/healthz")
    assert health.status_code == 200
    assert health.json()["status"] == "ok"
    assert health.json()["articles"] == assistant.status["articles"]
    assert "gradio" in health.json()


def test_the_browser_is_told_to_ask_nobody_else(assistant):
    with TestClient(build_site(assistant), base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        page = client.get("/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_the_panel_shows_document_article_text_status_and_link(assistant):
    answer = assistant.ask("几天内要答复申请人？", TODAY)
    panel = show_sources(answer, TODAY)
    for part in ("政府信息公开条例", "第三十三条第二款", "20个工作日", "已核验", "要点", "https://www.gov.cn/"):
        assert part in panel


def test_the_panel_marks_what_is_expired_and_what_is_not_verified(assistant):
    answer = assistant.ask("旧条例规定答复期限是多少", TODAY)
    assert "已失效" in show_sources(answer, TODAY)
    doubtful = tuple(replace(c, status="unsupported", in_force_until=None) for c in answer.citations)
    assert "未核验" in show_sources(replace(answer, citations=doubtful), date(2026, 1, 1))


def test_texts_are_escaped(assistant):
    answer = assistant.ask("几天内要答复申请人？", TODAY)
    [first, *_] = answer.citations
    evil = replace(answer, citations=(replace(first, quote="<script>alert(1)</script>", url='"><b>'),))
    panel = show_sources(evil, TODAY)
    assert "<script>" not in panel
    assert '"><b>' not in panel


def test_a_refusal_and_the_start_say_what_to_do(assistant):
    assert "[n]" in EMPTY
    assert "换个问法" in show_sources(assistant.ask("今天天气如何", TODAY), TODAY)
