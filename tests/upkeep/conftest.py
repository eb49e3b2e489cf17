"""An office at work: an index with a text of its own, accounts, a conversation, the register."""

import shutil
from datetime import UTC, datetime

import pytest

from assistant.holdings import Holdings
from assistant.office.records import Records
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.settings import Settings
from assistant.sources.intake import Told
from assistant.upkeep.versions import DATA_VERSION
from tests.conftest import ROOT, TODAY
from tests.small import write_small_corpus

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
NAME = BundledEmbeddings.name
TEXT = "示例区车辆停放办法\n第一条 每小时收费7元。\n第二条 本办法自2023年5月1日起施行。\n"


@pytest.fixture(scope="session")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture(scope="session")
def made_office(tmp_path_factory, embeddings):
    folder = tmp_path_factory.mktemp("made")
    corpus, data = write_small_corpus(folder / "corpus"), folder / "data"
    (corpus / "sources.toml").write_text("", encoding="utf-8")
    shutil.copyfile(ROOT / "corpus" / "issuers.yaml", corpus / "issuers.yaml")
    build_index(corpus, data, embeddings, NAME, "2026-11-22")
    (folder / "办法.txt").write_text(TEXT, encoding="utf-8")
    [outcome] = Holdings(corpus, data, embeddings, NAME).add([folder / "办法.txt"], Told(), TODAY)
    assert outcome.state == "added"
    records = Records(data / "office.sqlite")
    records.people.add_person("张三", "管理员", NOW)
    records.conversations.ask("张三", "", "几天内要答复？", "abc", NOW)
    records.close()
    (data / "office.yaml").write_text("agency: 示例市水务局\n", encoding="utf-8")
    (data / "version.json").write_text(f'{{"version": {DATA_VERSION}}}', encoding="utf-8")
    return folder


@pytest.fixture
def office(made_office, tmp_path):
    """Settings of a copy of it."""
    shutil.copytree(made_office / "data", tmp_path / "data")
    return Settings(data_dir=tmp_path / "data")
