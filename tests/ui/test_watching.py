"""Numbers and lines of the log: true, few, and with nothing personal in them."""

import json
import logging
import threading
from copy import copy
from datetime import datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from assistant.office.records import Records
from ui.site import build_site
from ui.watching import JsonLines, begin_log, route_of

SECRET = "张某申请公开李某的拆迁补偿"


@pytest.fixture(scope="module")
def site(assistant, tmp_path_factory):
    records = Records(tmp_path_factory.mktemp("office") / "office.sqlite")
    house = copy(assistant)
    house.__dict__["records"] = records
    yield build_site(house, alone=False), house
    records.close()


@pytest.fixture
def client(site):
    with TestClient(site[0], base_url="http://gongkai.local", client=("127.0.0.1", 5)) as client:
        yield client


@pytest.fixture
def lines():
    """The lines that the log writes."""
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(JsonLines().format(record))

    logger, keep = logging.getLogger("gongkai.requests"), Keep()
    logger.addHandler(keep)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(keep)
    logger.setLevel(logging.NOTSET)


def numbers(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_status(client, assistant):
    before = numbers(client)
    client.get("/healthz")
    client.get(f"/api/v1/search?words={SECRET}")
    client.get(f"/gradio_api/file={SECRET}")
    client.get(f"/{SECRET}")
    after = numbers(client)

    def grown(route, status):
        key = ("gongkai_requests_total", (("method", "GET"), ("route", route), ("status", status)))
        return after.get(key, 0) - before.get(key, 0)

    assert grown("/healthz", "200") == 1
    assert grown("/api/v1/search", "401") == 1
    assert grown("/gradio_api", "401") + grown("other", "401") == 2
    assert after["gongkai_corpus_articles", ()] == assistant.status["articles"]
    assert after["process_resident_memory_bytes", ()] > 10_000_000
    assert SECRET not in client.get("/metrics").text


def test_the_numbers_are_for_this_machine_and_for_tokens(site):
    app, house = site
    with TestClient(app, base_url="http://gongkai.local", client=("10.0.0.9", 5)) as client:
        assert client.get("/metrics").status_code == 403
        house.records.people.add_person("监控", "经办", datetime.now().astimezone())
        _, secret = house.records.tokens.make("监控", "Prometheus", datetime.now().astimezone())
        assert client.get("/metrics", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
        assert client.get("/metrics", headers={"Authorization": "Bearer nein"}).status_code == 403
    with TestClient(app, base_url="http://gongkai.local", client=("127.0.0.1", 5)) as client:
        assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 403


def test_a_line_has_an_id_and_nothing_personal(client, lines):
    answer = client.get(f"/api/v1/search?words={SECRET}", headers={"x-request-id": "abc-1"})
    assert answer.headers["x-request-id"] == "abc-1"
    other = client.post("/sign-in", data={"name": "张三", "password": "geheim"}, headers={"x-request-id": "x" * 99})
    line, second = map(json.loads, lines)
    assert (line["request"], line["route"], line["status"]) == ("abc-1", "/api/v1/search", 401)
    assert line["ms"] >= 0
    assert second["request"] == other.headers["x-request-id"] != "x" * 99
    for word in (SECRET, "张三", "geheim", "127.0.0.1", "words"):
        assert word not in "".join(lines)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"), ("/api/v1/ask", "/api/v1/ask"), ("/api/v1/letters/x", "/api/v1/letters"),
        ("/api/v1/geheim", "other"), ("/gradio_api/queue/join", "/gradio_api"), ("/metricsx", "other"),
        ("/张三", "other"),
    ],
)  # fmt: skip
def test_a_path_is_told_by_its_route(path, route):
    assert route_of(path, frozenset({"/api/v1/ask", "/api/v1/letters"})) == route


def test_an_error_is_told_by_kind_and_place_and_not_by_its_words(capsys):
    root, hook = logging.getLogger(), threading.excepthook
    handlers, level = root.handlers[:], root.level
    try:
        begin_log(requests=False)
        try:
            raise ValueError(SECRET)
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application %s", SECRET)
        thread = threading.Thread(target=lambda: [][len(SECRET)])
        thread.start()
        thread.join()
    finally:
        threading.excepthook = hook
        root.handlers[:] = handlers
        root.setLevel(level)
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert first["error"] == "builtins.ValueError"
    assert "test_watching.py" in first["where"][-1]
    assert second["error"] == "builtins.IndexError"
    assert SECRET not in json.dumps([first, second], ensure_ascii=False)
