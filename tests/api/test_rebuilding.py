"""A rebuild through the interface: who may, begun once, followed, and what becomes of one that cannot be done."""

import time
from datetime import date
from types import SimpleNamespace

import pytest

from assistant.api import rebuilding
from assistant.api.guard import Refusal
from assistant.api.rebuilding import Rebuilding
from assistant.settings import Settings
from tests.small import write_small_shipped

TODAY = date(2026, 11, 22)


@pytest.fixture
def site(tmp_path):
    """An assistant over the small corpus: its settings, which are all that a rebuild needs."""
    settings = Settings(data_dir=tmp_path / "data")
    settings.__dict__["shipped_folder"] = write_small_shipped(tmp_path)
    return SimpleNamespace(settings=settings)


def ended(work):
    for _ in range(600):
        if work.at.state != "running":
            return work.at
        time.sleep(0.05)
    raise AssertionError(work.at)


def test_a_rebuild_is_begun_once_followed_and_begun_again_when_it_is_done(site):
    seen = []
    work = Rebuilding(site)
    assert work.at.state == "none"
    assert work.begin(TODAY).state == "running"
    with pytest.raises(Refusal) as refusal:
        work.begin(TODAY)
    assert (refusal.value.status, refusal.value.wait) == (409, 30)
    while work.at.state == "running":
        seen.append((work.at.doing, work.at.done, work.at.total))
        time.sleep(0.002)
    assert ended(work).state == "done", work.at
    assert any(doing == "建立索引" and total for doing, _, total in seen), seen
    assert next((site.settings.data_folder / "index").iterdir())
    assert work.at.ended >= work.at.started
    assert work.begin(TODAY).state == "running"
    assert ended(work).state == "done"


def test_one_that_another_process_does_is_told_in_words(site):
    from assistant.retrieval.folders import changing

    work = Rebuilding(site)
    (site.settings.data_folder).mkdir(parents=True, exist_ok=True)
    with changing(site.settings.data_folder):
        work.begin(TODAY)
        at = ended(work)
    assert at.state == "failed"
    assert "正在" in at.doing


def test_one_that_breaks_is_told_and_the_next_may_begin(site, monkeypatch):
    monkeypatch.setattr("threading.excepthook", lambda args: None)
    site.settings.__dict__["shipped_folder"] = None
    work = Rebuilding(site)
    work.begin(TODAY)
    assert (ended(work).state, work.at.doing) == ("failed", rebuilding._BROKE)
    assert work.begin(TODAY).state == "running"
    ended(work)


def test_only_an_administrators_token_that_may_begins_or_looks(client, house, keeper):
    from tests.api.conftest import moment

    asking = house.records.tokens.make("资料同步", "只读", moment(), ("corpus",))[1]
    for headers in ({}, {"Authorization": f"Bearer {asking}"}):
        for method in ("GET", "POST"):
            assert client.request(method, "/corpus/rebuild", headers=headers).status_code == 403
    looked = client.get("/corpus/rebuild", headers={"Authorization": f"Bearer {keeper}"})
    assert (looked.status_code, looked.json()["state"]) == (200, "none")
    assert "409" in str(client.get("/openapi.json").json()["paths"]["/corpus/rebuild"]["post"]["description"])
