from datetime import UTC, datetime

from fastapi.testclient import TestClient

from assistant.office.conversations import Turn
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


def panel_of(assistant, question, **changed):
    """The panel for one answered turn; `changed` replaces fields of every citation."""
    answer = assistant.ask(question, TODAY).as_json()
    answer["citations"] = [{**citation, **changed} for citation in answer["citations"]]
    turn = Turn(1, question, answer, "", datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC), None)
    return show_sources([turn], assistant.index)


def test_the_panel_shows_document_article_text_status_and_link(assistant):
    panel = panel_of(assistant, "几天内要答复申请人？")
    for part in ("政府信息公开条例", "第三十三条第二款", "20个工作日", "已核验", "要点", "https://www.gov.cn/"):
        assert part in panel


def test_the_panel_marks_what_is_expired_and_what_is_not_verified(assistant):
    assert "已失效" in panel_of(assistant, "旧条例规定答复期限是多少")
    assert "未核验" in panel_of(assistant, "几天内要答复申请人？", status="unsupported")


def test_texts_are_escaped(assistant):
    panel = panel_of(assistant, "几天内要答复申请人？", quote="<script>alert(1)</script>", url='"><b>')
    assert "<script>" not in panel
    assert '"><b>' not in panel


def test_a_refusal_and_the_start_say_what_to_do(assistant):
    assert "[n]" in EMPTY
    assert "换个问法" in panel_of(assistant, "今天天气如何")
