"""The gate over the real site: strangers, sessions that end, other sites' pages, one person alone."""

import os
import tempfile
from copy import copy
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from assistant.office.audit import Entry
from assistant.office.records import Records
from ui.gate import COOKIE, Gate
from ui.site import build_site

PAGE = {"accept": "text/html"}
NEW = "wending-2026-gongkai"


def moment():
    return datetime.now().astimezone()


@pytest.fixture
def house(assistant, tmp_path):
    records = Records(tmp_path / "office.sqlite")
    office = copy(assistant)
    office.__dict__["records"] = records
    yield office
    records.close()


@pytest.fixture
def visitor(house):
    with TestClient(build_site(house, alone=False), base_url="http://gongkai.local") as client:
        yield client


def sign_in(client, name, password, **options):
    return client.post("/sign-in", data={"name": name, "password": password}, follow_redirects=False, **options)


def test_a_stranger_sees_the_sign_in_page_and_nothing_else(visitor):
    assert visitor.get("/", headers=PAGE, follow_redirects=False).headers["location"] == "/sign-in"
    for path in ("/config", "/gradio_api/info", "/gradio_api/file=/etc/passwd", "/theme.css"):
        assert visitor.get(path).status_code == 401
    assert visitor.post("/gradio_api/queue/join", json={}).status_code == 401
    assert visitor.get("/healthz").status_code == 200
    assert "登录" in visitor.get("/sign-in").text


def test_the_first_sign_in_leads_to_a_new_password_and_then_to_the_page(visitor, house):
    name, password = house.records.people.begin(moment())
    assert sign_in(visitor, name, password).headers["location"] == "/password"
    assert visitor.get("/", headers=PAGE, follow_redirects=False).headers["location"] == "/password"
    assert visitor.get("/config").status_code == 403
    wrong = visitor.post("/password", data={"old": password, "new": NEW, "again": "不一样的密码不一样"})
    assert "不一样" in wrong.text
    done = visitor.post("/password", data={"old": password, "new": NEW, "again": NEW}, follow_redirects=False)
    assert done.headers["location"] == "/"
    assert visitor.get("/config").json()["username"] == name
    assert [e.action for e in house.records.audit.entries()] == ["password", "sign_in"]


def test_the_cookie_is_httponly_and_signed_and_ends(visitor, house):
    name, password = house.records.people.begin(moment())
    given = sign_in(visitor, name, password).headers["set-cookie"].lower()
    assert "httponly" in given
    assert "samesite=lax" in given
    assert "max-age=43200" in given
    visitor.post("/password", data={"old": password, "new": NEW, "again": NEW})
    value = visitor.cookies[COOKIE]
    visitor.cookies.clear()
    visitor.cookies.set(COOKIE, value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))
    assert visitor.get("/config").status_code == 401
    visitor.cookies.clear()
    visitor.cookies.set(COOKIE, value)
    assert visitor.get("/config").status_code == 200
    house.records.people.reset_password(name)
    assert visitor.get("/config").status_code == 401


def test_a_session_expires(visitor, house, monkeypatch):
    name, password = house.records.people.begin(moment())
    sign_in(visitor, name, password)
    assert visitor.get("/config").status_code == 403
    import time

    later = time.time() + 13 * 3600
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert visitor.get("/config").status_code == 401


def test_a_form_of_another_site_is_not_taken(visitor, house):
    name, password = house.records.people.begin(moment())
    assert sign_in(visitor, name, password, headers={"origin": "http://evil.example"}).status_code == 403
    assert sign_in(visitor, name, password, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert sign_in(visitor, name, password, headers={"origin": "http://gongkai.local"}).status_code == 303


def test_wrong_passwords_are_told_in_words_and_throttled(visitor, house):
    name, password = house.records.people.begin(moment())
    for _ in range(5):
        assert "用户名或者密码不对" in sign_in(visitor, name, "不对").text
    assert "15分钟" in sign_in(visitor, name, password).text


def test_markup_in_a_name_is_shown_and_not_run(visitor):
    assert "<script>" not in sign_in(visitor, "<script>alert(1)</script>", "x").text.split("<main>")[1]


def test_one_person_alone_needs_no_name_but_only_on_this_machine(house):
    site = build_site(house, alone=True)
    with TestClient(site, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5)) as client:
        assert client.get("/config").status_code == 200
        assert client.get("/config", headers={"host": "rebound.example"}).status_code == 403
        assert client.get("/config", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 403
    with TestClient(site, base_url="http://127.0.0.1:7860", client=("10.0.0.9", 5)) as client:
        assert client.get("/config").status_code == 403


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/config", "/api/v1/corpus", "/api/v1/docs", "/nothing"])
def test_every_answer_tells_the_browser_to_keep_to_us(visitor, path):
    answer = visitor.get(path, follow_redirects=False)
    policy = answer.headers["content-security-policy"]
    for part in (
        "default-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    ):
        assert part in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert ("no-store" in answer.headers.get("cache-control", "")) >= path.startswith("/api/")
    assert "strict-transport-security" not in answer.headers


def test_over_https_the_browser_is_told_to_stay_there(house):
    with TestClient(build_site(house, alone=False), base_url="https://gongkai.local") as client:
        assert client.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"


def test_what_has_been_kept_long_enough_goes_of_every_kind(house, tmp_path, monkeypatch):
    at, old = moment(), moment() - timedelta(days=31)
    records = house.records
    for day in (old, at):
        key, turn = records.conversations.ask("张三", "", "几天答复？", "c1", day)
        records.conversations.give_feedback("张三", turn, "有用")
        records.worksheets.begin("张三", {"head": {}}, None, day)
        records.audit.note(Entry(day, "张三", "ask", {}, "", ""))
    gradio = tmp_path / "temporary" / "gradio" / "abc"
    gradio.mkdir(parents=True)
    made = tmp_path / "temporary" / "made"
    made.mkdir()
    (gradio / "年报.docx").write_bytes(b"1")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for folder, day in ((gradio, at - timedelta(days=2)), (made, at)):
        os.utime(folder, (day.timestamp(), day.timestamp()))
    keep = {"conversations": 30, "drafts": 30, "audit": 30}
    gate = Gate(records, "secret", alone=True, keep=keep, keep_files=1)
    gate.tidy()
    assert [talk.id for talk in records.conversations.list_conversations("张三")] == [key]
    assert [turn.feedback for turn in records.conversations.turns("张三", key)] == ["有用"]
    assert len(records.worksheets.list_worksheets("张三")) == 1
    entries = records.audit.entries()
    assert [entry.action for entry in entries] == ["forget", "ask"]
    assert entries[0].detail == {"会话": "1", "年报草稿": "1", "审计": "1"}
    assert (gradio.exists(), made.exists()) == (False, True)
    gate.tidy()
    assert len(records.audit.entries()) == 2, "once a day"
