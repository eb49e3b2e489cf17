"""`gongkai corpus migrate`: from the folder to a Chroma server, to Milvus, and back, without computing a vector."""

import json
import shutil
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np
import pytest

import assistant.retrieval.moving as moving
from assistant.errors import IndexMismatchError, IndexMissingError
from assistant.holdings import Holdings
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.folders import current_added, left_over, root_of
from assistant.retrieval.generations import current_folder
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.retrieval.rows import server_of
from assistant.sources.intake import Told
from tests.conftest import ROOT, TODAY
from tests.retrieval.test_server import chroma
from tests.retrieval.test_stores import TEXT, milvus  # noqa: F401  (a fixture)
from tests.small import write_small_corpus

NAME = BundledEmbeddings.name
QUESTIONS = ("几天内要回话", "收不收钱", "停车每小时多少钱")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture(scope="module")
def made_office(tmp_path_factory, embeddings):
    folder = tmp_path_factory.mktemp("office")
    corpus = write_small_corpus(folder / "corpus")
    (corpus / "sources.toml").write_text("", encoding="utf-8")
    (corpus / "issuers.yaml").write_bytes((ROOT / "corpus" / "issuers.yaml").read_bytes())
    build_index(corpus, folder / "data", embeddings, NAME, "2026-11-22")
    held = Holdings(corpus, folder / "data", embeddings, NAME)
    for number in range(3):
        (folder / f"{number}.txt").write_text(TEXT.format(number + 5).replace("示例区", f"示例{number}区"), "utf-8")
    held.add([folder / f"{number}.txt" for number in range(3)], Told(), TODAY)
    return held


@pytest.fixture
def office(made_office, tmp_path):
    shutil.copytree(made_office.data, tmp_path / "data")
    return replace(made_office, data=tmp_path / "data")


def quiet(doing, done, total):
    pass


def opened(office, place):
    return closing(open_index(office.data, office.embeddings, NAME, server=place))


def seen(office, place):
    with opened(office, place) as index:
        rows = {row.id: row.vector for batch in index.store._rows.read() for row in batch}
        found = [search(index, question, TODAY) for question in QUESTIONS]
        return rows, [s.hits[0].article.id for s in found], [[n.similarity for n in s.nearby] for s in found]


@pytest.mark.parametrize("kind", ["server", "milvus"])
def test_an_index_moved_there_and_back_is_what_it_was(office, request, kind):
    place = request.getfixturevalue(kind)
    before = seen(office, None)
    for target in (place, None):
        moved = moving.move(office.data, target, quiet)
        assert (moved.shipped, moved.library) == (len(before[0]), 6)
        after = seen(office, target)
        assert after[0].keys() == before[0].keys()
        assert max(float(np.abs(after[0][i] - before[0][i]).max()) for i in before[0]) < 1e-6
        assert after[1] == before[1]
        for ours, theirs in zip(after[2], before[2], strict=True):
            assert ours == pytest.approx(theirs, abs=1e-5)
        assert moving.move(office.data, target, quiet) == moving.Moved(0, 0)
        assert not left_over(office.data)
        with pytest.raises(IndexMismatchError, match="corpus migrate"):
            open_index(office.data, office.embeddings, NAME, server=None if target else place)
    # What is added afterwards goes where the index lies now.
    assert office.remove("示例0区车辆停放办法", TODAY).articles == 2


def test_from_a_chroma_server_to_milvus(office, server, milvus):  # noqa: F811
    before = seen(office, None)
    moving.move(office.data, server, quiet)
    assert moving.move(office.data, milvus, quiet).library == 6
    assert seen(office, milvus)[1] == before[1]
    assert server_of(current_folder(office.data) / "chroma") == milvus


@contextmanager
def broken_off(after):
    """Break the move off when that much of it has been told."""
    told = 0

    def progress(doing, done, total):
        nonlocal told
        told += 1
        if told == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        yield progress


@pytest.mark.parametrize("after", [3, 5])
def test_a_move_that_is_broken_off_leaves_the_old_index_or_goes_on_where_it_was(office, milvus, after):  # noqa: F811
    from pymilvus import MilvusClient

    before = seen(office, None)
    with closing(MilvusClient(milvus.removeprefix("milvus:"))) as client:
        collections = set(client.list_collections())
        with broken_off(after) as progress:
            moving.move(office.data, milvus, progress)
        if after <= 4:
            # Nothing of what was copied is in use yet.
            assert seen(office, None)[1] == before[1]
        moving.move(office.data, milvus, quiet)
        assert seen(office, milvus)[1] == before[1]
        moving.move(office.data, None, quiet)
        assert seen(office, None)[1] == before[1]
        assert set(client.list_collections()) == collections


def test_a_row_that_came_out_different_is_noticed_and_the_old_index_stays(office, milvus, monkeypatch):  # noqa: F811
    from assistant.retrieval.milvus import MilvusRows

    add = MilvusRows.add

    def spoil(self, rows):
        add(self, rows)
        if "article" in self._fields and rows:
            add(self, [type(rows[0])(rows[0].id, rows[0].text, -rows[0].vector, rows[0].fields)])

    monkeypatch.setattr(MilvusRows, "add", spoil)
    with pytest.raises(IndexMismatchError, match="不一致"):
        moving.move(office.data, milvus, quiet)
    monkeypatch.undo()
    assert server_of(current_folder(office.data) / "chroma") is None
    moving.move(office.data, milvus, quiet)
    assert seen(office, milvus)[1][0] == "rule#1"


def test_the_command_moves_and_says_so(office, milvus, monkeypatch, capsys):  # noqa: F811
    from assistant.cli import main

    monkeypatch.setenv("GONGKAI_DATA_DIR", str(office.data))
    monkeypatch.setenv("GONGKAI_MILVUS_URI", milvus.removeprefix("milvus:"))
    for shipped in (True, False):
        monkeypatch.setattr("sys.argv", ["gongkai", "corpus", "migrate", "--json"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in (0, None)
        told = json.loads(capsys.readouterr().out)
        assert (told["added"] == 6, told["shipped"] > 0) == (shipped, shipped)
    assert server_of(root_of(office.data) / current_added(office.data)[1] / "chroma") == milvus


def test_without_an_index_there_is_nothing_to_move(tmp_path):
    with pytest.raises(IndexMissingError, match="corpus rebuild"):
        moving.move(tmp_path, None, quiet)
