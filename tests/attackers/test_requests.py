"""Requests of strangers and of colleagues: every door of the site, other people's ids and files, bodies without end."""

import asyncio
import re
from copy import copy
from datetime import datetime

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from assistant.office.records import Records, load_secret
from tests.conftest import apart
from ui.gate import COOKIE
from ui.site import LARGEST_REQUEST, LARGEST_UPLOAD, build_site

NEW = "wending-2026-gongkai"
# What anybody may see: whether the service is well, the way in, and its look.
OPEN = {"/healthz", "/sign-in", "/sign-out"}


def moment():
    return datetime.now().astimezone()


@pytest.fixture(scope="module")
def site(assistant, tmp_path_factory):
    records = Records(tmp_path_factory.mktemp("attack") / "office.sqlite")
    office = copy(assistant)
    office.__dict__["records"] = records
    for name in ("张三", "李四"):
        first = records.people.add_person(name, "经办", moment())
        records.people.change_password(name, first, NEW)
    yield build_site(office, alone=False), records
    records.close()


@pytest.fixture
def visit(site):
    clients = []

    def visit(name=None):
        client = TestClient(site[0], base_url="http://gongkai.local", raise_server_exceptions=False)
        clients.append(client)
        if name:
            done = client.post("/sign-in", data={"name": name, "password": NEW}, follow_redirects=False)
            assert done.status_code == 303, done.text
        return client

    yield visit
    for client in clients:
        client.close()


def doors(routes, before=""):
    """Every (method, path) that the application answers, mounted ones too."""
    for route in routes:
        path = before + getattr(route, "path", "")
        if inner := getattr(route, "routes", None):
            yield from doors(inner, path)
            continue
        filled = re.sub(r"\{[^}]*\}", "x", path).replace("//", "/")
        for method in getattr(route, "methods", None) or ["GET"]:
            yield method, filled or "/"


def test_no_door_opens_to_a_stranger(site, visit):
    stranger, tried = visit(), 0
    for method, path in sorted(set(doors(site[0].routes))):
        # The interface for programs asks for tokens of its own: tests/api.
        if path in OPEN or path.startswith("/api/v1"):
            continue
        answer = stranger.request(method, path, follow_redirects=False)
        assert answer.status_code in (401, 403), (method, path, answer.status_code)
        tried += 1
    assert tried > 30


AROUND = (
    "//config", "/./config", "/sign-in/../config", "/healthz/../config", "/%2e%2e/config", "/sign-in%2f..%2fconfig",
    "/config;/sign-in", "/CONFIG", "/gradio_api/file=/sign-in", "/gradio_api//file=/etc/passwd", "/sign-in/",
    "/api/v1/../../config", "/drafting/wizard/..%2f..%2fgate.py", "/sign-in?next=/config",
)  # fmt: skip


@pytest.mark.parametrize("path", AROUND)
def test_a_stranger_does_not_walk_around_the_gate(visit, path):
    answer = visit().get(path, follow_redirects=False)
    assert answer.status_code in (303, 307, 401, 403, 404, 405) or "登录" in answer.text
    assert '"components"' not in answer.text
    assert "root:" not in answer.text


def test_a_websocket_is_closed(visit):
    for client in (visit(), visit("张三")):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
            pass


def test_a_forged_stale_or_foreign_cookie_opens_nothing(visit):
    for value in ("", "x", "WyLlvKDkuIkiLDFd.abc.def", '["张三", 1]', "a" * 9000):
        client = visit()
        cookie = {"cookie": f"{COOKIE}={value}".encode()}
        assert client.get("/config", headers=cookie).status_code in (400, 401, 431)


def as_event(client):
    """A request of `client` as the page's events carry it."""
    from types import SimpleNamespace

    from starlette.requests import Request

    cookie = f"{COOKIE}={client.cookies[COOKIE]}".encode()
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"cookie", cookie)], "client": ("10.0.0.9", 5)}
    return SimpleNamespace(request=Request(scope), client=SimpleNamespace(host="10.0.0.9"))


def test_nobody_reaches_the_conversation_of_another_by_its_id(assistant, site, visit):
    import gradio as gr

    from ui.chat_desk import ChatDesk
    from ui.gate import Gate

    records = site[1]
    office = copy(assistant)
    office.__dict__["records"] = records
    talk, turn = records.conversations.ask("张三", "", "张三的秘密问题", "c", moment())
    records.conversations.answer(turn, {"answer": "张三的秘密回答", "citations": []})
    desk = ChatDesk(office, Gate(records, load_secret(assistant.settings.data_folder), False))
    other, own = as_event(visit("李四")), as_event(visit("张三"))

    def shown(events):
        async def follow():
            return [event async for event in events]

        return str(apart(asyncio.run, follow()))

    assert "秘密" in shown(desk.open(own, talk))
    assert "秘密" not in shown(desk.open(other, talk))
    assert "秘密" not in shown(desk.ask_again(other, talk, 0, None))
    assert "张三" not in desk.find("秘密", talk, other)
    desk.rename("改了", talk, "", other)
    desk.give_feedback(other, talk, 0, None)
    desk.delete(talk, other)
    with pytest.raises(gr.Error):
        desk.export(talk, other)
    assert records.conversations.find("张三", talk).title == "张三的秘密问题"
    assert len(records.conversations.turns("张三", talk)) == 1


def test_nobody_reaches_the_report_in_hand_of_another_by_its_id(visit):
    owner, other = visit("张三"), visit("李四")
    begun = owner.post("/drafting/reports", json={"agency": "张三的局", "year": "2025", "level": "department"})
    assert begun.status_code == 200, begun.text
    report = begun.json()["id"]
    place = f"/drafting/reports/{report}"
    held = owner.get(place).json()
    tries = [
        other.get(place), other.get(f"{place}/draft"), other.delete(f"{place}/last-year"),
        other.post(f"{place}/register"), other.put(place, json={"version": 1, "content": held["content"]}),
        *(other.get(f"{place}/files/{kind}") for kind in ("docx", "html", "xlsx", "yaml", "json")),
        other.post(f"{place}/files/this-year", content=b"x", headers={"x-file-name": "a.yaml"}),
    ]  # fmt: skip
    assert {answer.status_code for answer in tries} == {400}
    assert not any("张三的局" in answer.text for answer in tries)
    assert other.delete(place).json() == {"deleted": False}
    assert report not in other.get("/drafting/reports").text
    assert owner.get(place).json() == held


def test_files_beside_those_made_for_the_page_are_not_served(site, visit, data_folder, tmp_path):
    client = visit("李四")
    (tmp_path / "外面.txt").write_text("秘密")
    inside = sorted(path for path in data_folder.rglob("*") if path.is_file())[:3]
    for path in ("/etc/passwd", tmp_path / "外面.txt", *inside, data_folder / "session.key", "../pyproject.toml"):
        answer = client.get(f"/gradio_api/file={path}")
        assert answer.status_code in (403, 404), path


def test_too_large_is_refused_before_it_is_held(visit):
    client = visit("张三")
    answer = client.post("/gradio_api/queue/join", headers={"content-length": str(LARGEST_REQUEST + 1)}, content=b"{}")
    assert answer.status_code == 413
    assert "上限" in answer.json()["detail"]
    upload = client.post("/gradio_api/upload", files={"files": ("大.pdf", bytes(LARGEST_UPLOAD + 1))})
    assert upload.status_code == 413


def test_a_name_of_a_file_leads_nowhere_else(visit, tmp_path):
    client = visit("张三")
    names = ("../../../escaped.txt", "/tmp/escaped.txt", "..\\..\\escaped.txt", "a\x00b.txt", "x" * 300 + ".txt")
    for name in names:
        answer = client.post("/gradio_api/upload", files={"files": (name, b"x")})
        assert answer.status_code in (200, 400, 413, 500)
        for path in answer.json() if answer.status_code == 200 else ():
            assert "escaped" not in path or "/gradio/" in path
            assert ".." not in path.split("/")


def test_every_answer_tells_the_browser_to_keep_to_us(visit):
    clerk = visit("张三")
    for client, path in ((visit(), "/sign-in"), (clerk, "/"), (clerk, "/config"), (visit(), "/nothing")):
        headers = client.get(path, follow_redirects=False).headers
        policy = headers["content-security-policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"):
            assert part in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"


def test_an_error_of_the_program_tells_no_stranger_and_no_clerk_its_inside(visit):
    client = visit("张三")
    for path in ("/drafting/reports/x/files/x", "/drafting/reports/' OR 1=1 --", "/gradio_api/nothing"):
        said = client.get(path).text
        assert "Traceback" not in said
        assert "sqlalchemy" not in said.lower()
        assert "/work" not in said
        assert "site-packages" not in said
