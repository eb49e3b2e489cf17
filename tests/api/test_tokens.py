"""Tokens: kept as a digest, held to their uses, ended at once; the one person alone; how often."""

import json
import sys
from copy import copy
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.api.guard import Throttle
from assistant.api.service import build_api
from assistant.cli import main
from assistant.errors import PeopleError
from assistant.office.records import Records
from tests.api.conftest import moment
from ui.site import build_site


@pytest.fixture
def tokens(house):
    return house.records.tokens


@pytest.fixture
def try_with(address):
    def call(shown, path="/corpus"):
        """`shown` is a secret, or the whole header as bytes, or None for no header."""
        given = f"Bearer {shown}".encode() if isinstance(shown, str) else shown
        headers = [(b"authorization", given)] if given else []
        return httpx.get(f"{address}/api/v1{path}", headers=headers, timeout=30, trust_env=False)

    return call


def test_the_secret_is_told_once_and_not_kept(house, tokens):
    _, secret = tokens.make("办公系统", "甲", moment())
    files = list(Path(house.records.engine.url.database).parent.iterdir())
    assert any("甲".encode() in file.read_bytes() for file in files)
    assert all(secret.encode() not in file.read_bytes() for file in files)
    assert secret not in json.dumps([token.plain(moment()) for token in tokens.list_tokens()])


def test_without_a_token_that_serves_nothing_is_told(try_with, tokens):
    for given in (None, b"Bearer gongkai_falsch", b"Bearer x", b"Basic YTpi", "Bearer 令牌".encode()):
        answer = try_with(given)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "令牌" in answer.json()["detail"]
    assert try_with(tokens.make("办公系统", "乙", moment())[1]).status_code == 200


def test_a_revoked_an_expired_and_a_closed_one_end_at_once(try_with, tokens, house):
    token, secret = tokens.make("办公系统", "丙", moment())
    assert try_with(secret).status_code == 200
    tokens.revoke(token.id, moment())
    assert try_with(secret).status_code == 401
    _, old = tokens.make("办公系统", "丁", moment() - timedelta(days=8), days=7)
    assert try_with(old).status_code == 401
    house.records.people.add_person("离职", "经办", moment())
    house.records.people.add_person("管理", "管理员", moment())
    _, theirs = tokens.make("离职", "戊", moment())
    assert try_with(theirs).status_code == 200
    house.records.people.close_account("离职")
    assert try_with(theirs).status_code == 401


def test_a_token_does_only_what_it_is_held_to(try_with, tokens):
    _, secret = tokens.make("办公系统", "己", moment(), ["search"])
    assert try_with(secret, "/search?words=补正").status_code == 200
    refused = try_with(secret, "/corpus")
    assert refused.status_code == 403
    assert "资料库清单" in refused.json()["detail"]


def test_a_session_of_the_page_is_no_token(address, house):
    from ui.gate import COOKIE

    answer = httpx.get(f"{address}/api/v1/corpus", cookies={COOKIE: "x"}, trust_env=False)
    assert answer.status_code == 401


def test_the_last_use_is_written_down(try_with, tokens):
    token, secret = tokens.make("办公系统", "庚", moment())
    try_with(secret)
    used = next(kept for kept in tokens.list_tokens() if kept.id == token.id).used
    assert used is not None
    assert abs(used - moment()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("owner", "label", "uses", "says"),
    [("没有", "甲", [], "people add"), ("办公系统", " ", [], "--label"), ("办公系统", "甲", ["all"], "ask（提问）")],
)
def test_a_wrong_token_is_refused_in_words(tokens, owner, label, uses, says):
    with pytest.raises(PeopleError, match=says):
        tokens.make(owner, label, moment(), uses)


def test_a_caller_that_asks_too_often_waits_and_others_do_not(house):
    settings = house.settings.model_copy(update={"api_per_minute": 3})
    office = copy(house)
    office.settings = settings
    secrets = [house.records.tokens.make("办公系统", label, moment())[1] for label in ("辛", "壬")]
    with TestClient(build_api(office, alone=False)) as client:

        def call(secret):
            return client.get("/deadline/rules", headers={"Authorization": f"Bearer {secret}"})

        assert [call(secrets[0]).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert 0 < int(call(secrets[0]).headers["retry-after"]) <= 61
        assert call(secrets[1]).status_code == 200


def test_guessing_is_held_up_and_a_good_token_is_not(house):
    good = house.records.tokens.make("办公系统", "癸", moment())[1]
    with TestClient(build_api(house, alone=False)) as client:
        tried = [
            client.get("/corpus", headers={"Authorization": f"Bearer gongkai_{number}"}).status_code
            for number in range(25)
        ]
        assert tried == [401] * 20 + [429] * 5
        assert client.get("/deadline/rules", headers={"Authorization": f"Bearer {good}"}).status_code == 200


def test_the_throttle_forgets_after_its_time():
    now = [0.0]
    throttle = Throttle(2, 60, lambda: now[0])
    assert [throttle.wait("甲") for _ in range(3)] == [0, 0, 61]
    assert throttle.wait("乙") == 0
    now[0] = 60.5
    assert throttle.wait("甲") == 0


def test_one_person_alone_needs_no_token_but_only_on_this_machine(house):
    site = FastAPI()
    site.mount("/", build_site(house, alone=True))
    with TestClient(site, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 5)) as client:
        assert client.get("/api/v1/deadline/rules").status_code == 200
        assert client.get("/api/v1/deadline/rules", headers={"Authorization": "Bearer falsch"}).status_code == 401
        assert client.get("/api/v1/deadline/rules", headers={"host": "rebound.example"}).status_code == 403
        evil = {"origin": "http://evil.example"}
        assert client.post("/api/v1/fee", json={"requests": 3}, headers=evil).status_code == 403


def test_tokens_on_the_command_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path))

    def gongkai(*arguments):
        monkeypatch.setattr(sys, "argv", ["gongkai", "people", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    assert "还没有令牌" in gongkai("token", "list")[1]
    gongkai("add", "办公系统")
    made = json.loads(gongkai("token", "add", "办公系统", "--label", "收文", "--may", "ask", "--json")[1])
    records = Records(tmp_path / "office.sqlite")
    assert records.tokens.holder(made["token"], moment())[1].name == "办公系统"
    assert "收文　提问　在用" in gongkai("token", "list")[1]
    assert "已撤销" in gongkai("token", "revoke", made["id"])[1]
    assert records.tokens.holder(made["token"], moment()) is None
    assert [entry.detail["操作"] for entry in records.audit.entries()] == ["撤销令牌", "建立令牌", "建立"]
    records.close()
    code, _, said = gongkai("token", "revoke", "nein")
    assert (code, said.count("\n")) == (2, 1)
