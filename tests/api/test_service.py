"""The interface over a real port: the command line's JSON, described, and every refusal in one Chinese line."""

import json
import re
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import jsonschema
import pytest

from assistant.api.guard import Places, Refusal
from assistant.cli import main
from assistant.cli_entries import open_desk
from tests.api.conftest import moment

CORPUS = Path(__file__).parents[2] / "corpus"
ZIBO = CORPUS / "reports" / "zibo-government-offices-2019.yaml"
QUESTION = "收到申请后几天内要答复？"
FIELDS = {
    "agency": "示例市水务局", "document_number": "示水公开〔2026〕12号", "applicant": "张某", "received": "2026-01-05",
    "request": "验收报告", "signed": "2026-01-12", "items": ["写明是哪一项工程的"], "correction_deadline": "2026-01-28",
}  # fmt: skip
CALLS = {
    "ask": ("POST", "/ask", {"json": {"question": QUESTION}}),
    "search": ("GET", "/search", {"params": {"words": "补正", "k": 3}}),
    "corpus": ("GET", "/corpus", {}),
    "rules": ("GET", "/deadline/rules", {}),
    "deadline": ("POST", "/deadline", {"json": {"rule": "reply", "from": "2026-01-05", "extended": True}}),
    "fee": ("POST", "/fee", {"json": {"requests": 35}}),
    "letters": ("GET", "/letters", {}),
    "validate": ("POST", "/statistics/validate", {"files": {"statistics": ("统计.yaml", ZIBO.read_bytes())}}),
    "draft": ("POST", "/draft", {"files": {"statistics": ("统计.yaml", ZIBO.read_bytes())}}),
}


@pytest.fixture
def gongkai(monkeypatch, capsys, assistant):
    """gongkai("ask", "…") → the JSON that the command line prints."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["gongkai", *map(str, arguments), "--json"])
        open_desk.cache_clear()
        with pytest.raises(SystemExit):
            main()
        return json.loads(capsys.readouterr().out)

    return run


def call(client, name):
    method, path, options = CALLS[name]
    answer = client.request(method, path, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ask", ["ask", QUESTION]),
        ("search", ["search", "补正", "-k", 3]),
        ("corpus", ["corpus", "list"]),
        ("rules", ["deadline", "--rules"]),
        ("deadline", ["deadline", "reply", "--from", "2026-01-05", "--extended"]),
        ("fee", ["fee", "--requests", 35]),
        ("letters", ["letter", "--list"]),
        ("draft", ["draft", ZIBO]),
    ],
)
def test_the_json_is_that_of_the_command_line(client, gongkai, name, arguments):
    ours, theirs = call(client, name), gongkai(*arguments)
    if name == "ask":
        ours.pop("seconds"), theirs.pop("seconds")
    assert ours == theirs


def test_a_letter_is_that_of_the_command_line(client, gongkai, tmp_path):
    (tmp_path / "栏目.yaml").write_text(json.dumps(FIELDS, ensure_ascii=False), encoding="utf-8")
    ours = client.post("/letters/correction_notice", json={"fields": FIELDS})
    assert ours.status_code == 200, ours.text
    assert ours.json() == gongkai("letter", "correction_notice", "--data", tmp_path / "栏目.yaml")
    word = client.post("/letters/correction_notice?form=docx", json={"fields": FIELDS})
    assert word.content[:2] == b"PK"
    assert "attachment" in word.headers["content-disposition"]


def test_a_report_is_checked_as_on_the_command_line(client, gongkai, tmp_path):
    drafted = client.post("/draft?form=docx", files={"statistics": ("统计.yaml", ZIBO.read_bytes())})
    assert drafted.status_code == 200
    (tmp_path / "年报.docx").write_bytes(drafted.content)
    ours = client.post("/check", files={"report": ("年报.docx", drafted.content)})
    assert ours.status_code == 200
    assert ours.json() == gongkai("check", tmp_path / "年报.docx")
    assert ours.json()["year"] == 2019


def undescribed(value, schema, shapes):
    """Names in `value` that the description does not tell."""
    if "$ref" in schema:
        schema = shapes[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list) and "items" in schema:
        return [name for item in value for name in undescribed(item, schema["items"], shapes)]
    known = schema.get("properties")
    if not isinstance(value, dict) or known is None:
        return []
    inner = [n for key, item in value.items() if key in known for n in undescribed(item, known[key], shapes)]
    return [key for key in value if key not in known] + inner


@pytest.mark.parametrize("name", CALLS)
def test_every_answer_is_as_described(client, name):
    described = client.get("/openapi.json").json()
    method, path, _ = CALLS[name]
    schema = described["paths"][path][method.lower()]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = call(client, name)
    jsonschema.validate(answer, {**schema, "components": described["components"]})
    assert undescribed(answer, schema, described["components"]["schemas"]) == []


def test_the_page_describes_every_call_and_asks_no_other_host(client):
    described, page = client.get("/openapi.json").json(), client.get("/docs")
    assert page.status_code == 200
    for path in described["paths"]:
        assert f"/api/v1{path}</code>" in page.text
    assert not re.search(r"https?://", page.text)
    assert "src=" not in page.text


def test_statistics_are_converted_and_the_workbook_is_there(client):
    book = client.get("/statistics/template", params={"form": "2021"})
    assert book.content[:2] == b"PK"
    plain = client.post("/statistics/convert", files={"statistics": ("统计.yaml", ZIBO.read_bytes())})
    assert plain.json()["agency"] == "淄博市机关事务管理局"
    again = client.post("/statistics/convert?to=yaml", files={"statistics": ("统计.json", plain.content)})
    assert "淄博市机关事务管理局" in again.text


def test_statistics_that_do_not_add_up_are_told_and_no_file_is_made(client):
    wrong = client.post("/statistics/convert", files={"statistics": ("统计.yaml", ZIBO.read_bytes())}).json()
    wrong["requests"]["received"] = {**dict.fromkeys(wrong["requests"]["received"], 0), "total": 99}
    sent = {"statistics": ("统计.json", json.dumps(wrong).encode())}
    assert client.post("/draft", files=sent).status_code == 200
    refused = client.post("/draft?form=docx", files=sent)
    assert refused.status_code == 409
    assert {finding["code"] for finding in refused.json()["violations"]} >= {"H3"}
    judged = client.post("/statistics/validate", files=sent).json()
    assert judged["violations"] == refused.json()["violations"]


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "says"),
    [
        ("POST", "/ask", {"json": {}}, 400, "question"),
        ("POST", "/ask", {"content": b"{"}, 400, "写得不对"),
        ("POST", "/ask", {"json": {"question": "问" * 2001}}, 400, "question"),
        ("POST", "/ask", {"json": {"question": QUESTION, "as_of": "2026-02-30"}}, 400, "不是真实存在的日子"),
        ("GET", "/search", {"params": {"words": "补正", "k": 0}}, 400, "k"),
        ("POST", "/deadline", {"json": {"rule": "没有", "from": "2026-01-05"}}, 400, "没有"),
        ("POST", "/fee", {"json": {"requests": -1}}, 400, "负数"),
        ("POST", "/fee", {"json": {}}, 400, "选一种"),
        ("POST", "/letters/nothing", {"json": {"fields": {}}}, 400, "nothing"),
        ("POST", "/letters/correction_notice", {"json": {"fields": {}, "case": "2026-999"}}, 400, "2026-999"),
        ("POST", "/check", {"files": {"report": ("../../年报.docx", b"PK\x03\x04 broken")}}, 400, "年报.docx"),
        ("POST", "/check", {"files": {"report": ("空.pdf", b"")}}, 400, "空.pdf"),
        ("POST", "/check", {"files": {"report": ("\x00/", b"x")}}, 400, "不"),
        ("POST", "/draft", {"files": {"statistics": ("统计.yaml", b"a: [")}}, 400, "统计.yaml"),
        ("GET", "/nothing", {}, 404, "没有这个地址"),
        ("DELETE", "/ask", {}, 405, "请求方法"),
    ],
)
def test_what_is_wrong_is_one_chinese_line(client, method, path, options, status, says):
    answer = client.request(method, path, **options)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"detail"}
    assert says in answer.json()["detail"]
    assert "\n" not in answer.json()["detail"]
    assert "/tmp" not in answer.json()["detail"]


def test_many_at_once_are_all_answered(client):
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: call(client, "ask"), range(40)))
    assert {answer["citations"][0]["article"] for answer in answers} == {33}


def test_more_than_can_be_answered_are_told_to_come_back_and_hold_nobody_up(client, house, monkeypatch):
    gate, secret = threading.Event(), house.records.tokens.make("办公系统", "人多", moment())[1]
    own = {"Authorization": f"Bearer {secret}"}

    def ask(assistant, asked, today):
        gate.wait(30)
        return {"answer": "好", "citations": []}

    monkeypatch.setattr("assistant.api.asked.ask", ask)
    with ThreadPoolExecutor(30) as pool:
        asked = [pool.submit(client.post, "/ask", json={"question": "几天？"}, headers=own) for _ in range(30)]
        refused, _ = wait(asked, timeout=8, return_when=FIRST_COMPLETED)
        for answer in [one.result() for one in refused]:
            assert answer.status_code == 503
            assert answer.json() == {"detail": "现在提问的人较多，请稍候再试。"}
            assert int(answer.headers["retry-after"]) > 0
        assert client.post("/fee", json={"requests": 35}, timeout=8, headers=own).status_code == 200
        gate.set()
        codes = [one.result().status_code for one in asked]
    assert sorted(codes) == [200] * 25 + [503] * 5


def test_who_waits_too_long_for_a_place_is_told_so():
    places = Places(1, 1, 0.05, "请稍候再试。")
    with places.hold():
        with pytest.raises(Refusal, match="稍候") as told, places.hold():
            pass
        assert told.value.status == 503
    with places.hold():
        pass


def test_too_large_a_body_is_refused_whatever_it_says_of_its_length(client, monkeypatch):
    monkeypatch.setattr("assistant.api.files.LARGEST", 100_000)
    said = client.post("/check", files={"report": ("大.docx", b"x" * 200_000)})
    assert said.status_code == 413
    assert "上限" in said.json()["detail"]

    def pieces():
        for _ in range(40):
            yield b"x" * 10_000

    unsaid = client.post("/ask", content=pieces(), headers={"content-type": "application/json"})
    assert unsaid.status_code == 413


def test_what_was_asked_and_checked_stands_in_the_audit(client, house):
    call(client, "ask")
    call(client, "draft")
    drafted, asked = house.records.audit.entries(limit=2)
    assert (asked.who, asked.action, asked.detail["接口"]) == ("办公系统", "ask", "收文登记")
    assert asked.detail["问题"] == QUESTION
    assert "第三十三条第二款" in asked.detail["引用"]
    assert drafted.action == "draft"
