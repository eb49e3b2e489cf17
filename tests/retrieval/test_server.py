"""The vectors on a real Chroma server: the same answers, several processes at once, texts added meanwhile."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from contextlib import closing, contextmanager

import pytest

from assistant.errors import IndexMismatchError, IndexMissingError, SettingsError, StoreUnreachableError
from assistant.holdings import Holdings
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.generations import current_folder
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.retrieval.rows import server_of
from assistant.sources.intake import Told
from benchmarks.stores import chroma_server
from tests.conftest import ROOT, TODAY
from tests.small import write_small_shipped

NAME = BundledEmbeddings.name
TEXT = "示例区车辆停放办法\n第一条 每小时收费{}元。\n第二条 本办法自2023年5月1日起施行。\n"
# A process that answers over the small folder of what is shipped, for every line that it is given.
READER = """
import sys
from pathlib import Path
from assistant.settings import Settings
Settings.shipped_folder = Path(sys.argv[1])
from assistant.app import build_assistant
from tests.conftest import TODAY
assistant = build_assistant(TODAY)
print("ready", flush=True)
for line in sys.stdin:
    hit = assistant.search(line.strip(), TODAY, 1)[0]
    print(hit.article.source.title, hit.article.text.replace(chr(10), " "), flush=True)
"""


@contextmanager
def chroma(folder, port=0):
    """A Chroma server over `folder`; yields its URL."""
    with chroma_server(folder, port) as (url, _):
        yield url


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture
def corpus(small_corpus):
    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    shutil.copyfile(ROOT / "corpus" / "issuers.yaml", small_corpus / "issuers.yaml")
    return small_corpus


@pytest.fixture
def office(corpus, tmp_path, embeddings, server):
    build_index(corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", server=server)
    return Holdings(corpus, tmp_path / "data", embeddings, NAME, server)


def opened(office):
    return closing(open_index(office.data, office.embeddings, NAME, server=office.server))


def add(office, tmp_path, price):
    (tmp_path / "办法.txt").write_text(TEXT.format(price), encoding="utf-8")
    [outcome] = office.add([tmp_path / "办法.txt"], Told(), TODAY)
    assert outcome.state in ("added", "changed")
    return outcome.id


def collections(url):
    with urllib.request.urlopen(
        f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    ) as answer:
        return {collection["name"] for collection in json.load(answer)}


def test_the_answers_are_those_of_the_folder(office, corpus, tmp_path, embeddings):
    add(office, tmp_path, 7)
    local = Holdings(corpus, tmp_path / "local", embeddings, NAME)
    build_index(corpus, local.data, embeddings, NAME, "2026-11-22")
    add(local, tmp_path, 7)
    with opened(office) as there, opened(local) as here:
        for question in ("几天内要回话", "收不收钱", "停车每小时多少钱"):
            ours, theirs = (search(index, question, TODAY).hits for index in (there, here))
            assert [hit.article.id for hit in ours] == [hit.article.id for hit in theirs]
            assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-4)
    assert not list((current_folder(office.data) / "chroma").glob("*.sqlite3"))


def test_what_is_removed_goes_from_the_server_too(office, tmp_path, server):
    before = collections(server)
    name = add(office, tmp_path, 7)
    with_it = collections(server)
    assert len(with_it) == len(before) + 1
    office.remove(name, TODAY)
    assert collections(server) == before
    build_index(office.corpus, office.data, office.embeddings, NAME, "2026-11-22", server=server)
    build_index(office.corpus, office.data, office.embeddings, NAME, "2026-11-22", server=server)
    # The index in use and the one before it, which others may still read.
    assert len(collections(server)) == len(before) + 1


def test_a_setting_that_does_not_fit_the_index_is_refused_in_words(office, tmp_path, embeddings):
    with pytest.raises(IndexMismatchError, match=r"服务器.*corpus rebuild"):
        open_index(office.data, embeddings, NAME)
    build_index(office.corpus, tmp_path / "local", embeddings, NAME, "2026-11-22")
    with pytest.raises(IndexMismatchError, match=r"本机.*corpus rebuild"):
        open_index(tmp_path / "local", embeddings, NAME, server=office.server)


def test_a_rebuild_brings_everything_to_the_server_and_back(office, tmp_path, server):
    add(office, tmp_path, 7)
    for place in (None, server):
        office.server = place
        build_index(office.corpus, office.data, office.embeddings, NAME, "2026-11-22", server=place)
        office.rebuild(TODAY)
        with opened(office) as index:
            assert "7元" in search(index, "停车每小时多少钱", TODAY).hits[0].article.text
            assert server_of(index.folder / "chroma") == place


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "http://127.0.0.1:1/path"])
def test_a_wrong_address_is_told(corpus, tmp_path, embeddings, url):
    with pytest.raises(SettingsError, match="GONGKAI_CHROMA_URL"):
        build_index(corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", server=url)


def test_a_server_that_is_down_or_has_lost_the_vectors_is_told(corpus, tmp_path, embeddings):
    with pytest.raises(StoreUnreachableError, match="检查它是否在运行"):
        build_index(corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", server="http://127.0.0.1:9")
    with chroma(tmp_path / "server") as url:
        build_index(corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", server=url)
        index = open_index(tmp_path / "data", embeddings, NAME, server=url)
    with pytest.raises(StoreUnreachableError, match="检查它是否在运行"):
        search(index, "几天内要回话", TODAY)
    with chroma(tmp_path / "empty", int(url.rpartition(":")[2])), pytest.raises(IndexMissingError, match="rebuild"):
        open_index(tmp_path / "data", embeddings, NAME, server=url)
    with chroma(tmp_path / "server", int(url.rpartition(":")[2])):
        with closing(open_index(tmp_path / "data", embeddings, NAME, server=url)) as again:
            assert search(again, "几天内要回话", TODAY).hits[0].article.id == "rule#1"
        assert search(index, "几天内要回话", TODAY).hits[0].article.id == "rule#1"
    index.close()


def test_several_processes_answer_while_the_command_line_adds(tmp_path, server):
    shipped = write_small_shipped(tmp_path)
    (tmp_path / "办法.txt").write_text(TEXT.format(7), encoding="utf-8")
    settings = {**os.environ, "GONGKAI_DATA_DIR": str(tmp_path / "data"), "GONGKAI_CHROMA_URL": server}

    def start():
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, str(shipped)], env=settings, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert reader.stdout.readline() == "ready\n"
        return reader

    def ask(reader, question):
        reader.stdin.write(question + "\n")
        reader.stdin.flush()
        return reader.stdout.readline()

    readers = []
    try:
        readers += [start() for _ in range(2)]
        assert all("7个工作日" in ask(reader, "几天内要回话") for reader in readers)
        launch = (
            READER.partition("from assistant.app")[0] + "sys.argv[1:2] = []\nfrom assistant.cli import main; main()"
        )
        adding = [sys.executable, "-c", launch, str(shipped), "corpus", "add", str(tmp_path / "办法.txt")]
        done = subprocess.run(adding, env=settings, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert all("7元" in ask(reader, "停车每小时多少钱") for reader in readers)
    finally:
        for reader in readers:
            reader.stdin.close()
            reader.wait(timeout=30)
            reader.stdout.close()
