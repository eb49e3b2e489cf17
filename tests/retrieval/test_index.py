import fcntl
import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant.errors import CorpusFileError, IndexBusyError, IndexMismatchError, IndexMissingError
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.generations import current_folder, read_manifest
from assistant.retrieval.hybrid import HybridRetriever, fuse, search
from assistant.retrieval.index import open_index
from tests.small import RULE

TODAY = date(2026, 11, 22)
NAME = BundledEmbeddings.name


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture
def build(small_corpus, tmp_path, embeddings):
    def build():
        build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22")
        return open_index(tmp_path / "data", embeddings, NAME)

    return build


def found(index, question, on=TODAY):
    return [hit.article.id for hit in search(index, question, on).hits]


def test_a_question_leads_to_its_article(build):
    index = build()
    assert found(index, "几天要回话")[0] == "rule#1"
    assert found(index, "收不收钱")[0] == "rule#2"


def test_a_repealed_text_is_found_only_when_it_is_asked_for_or_on_its_day(build):
    index = build()
    assert "old-rule#1" not in found(index, "几天要回话")
    assert found(index, "旧规定几天答复")[0] == "old-rule#1"
    assert found(index, "几天要回话", date(2015, 6, 1)) == ["old-rule#1"]


def test_building_twice_gives_the_same_index(build):
    first = build()
    once = [(d.article, d.text, round(d.similarity, 6)) for d in search(first, "收费", TODAY).nearby]
    first.store.close()
    second = build()
    again = [(d.article, d.text, round(d.similarity, 6)) for d in search(second, "收费", TODAY).nearby]
    assert once == again
    assert second.manifest["vectors"] == first.manifest["vectors"] == len(once)


def test_a_door_is_what_chroma_holds_under_its_place(build, embeddings):
    store = build().store
    vector = embeddings.embed_query("几天要回话")
    held = {row.id: row for batch in store._rows.read() for row in batch}
    near = store._rows.nearest(vector, 99)
    assert [
        (door.text, {"article": door.article, "paragraph": door.paragraph, "is_question": door.is_question})
        for door in store.nearest(vector, 99)
    ] == [(held[name].text, dict(held[name].fields)) for name, _ in near]
    assert [door.similarity for door in store.nearest(vector, 99)] == pytest.approx(
        [float(held[name].vector @ np.array(vector)) for name, _ in near], abs=1e-5
    )


def test_a_broken_corpus_is_refused_and_the_old_index_stays(build, small_corpus, tmp_path, embeddings):
    build()
    before = current_folder(tmp_path / "data")
    (small_corpus / "regulations" / "rule.md").write_text(RULE.replace("title", "titel"), encoding="utf-8")
    with pytest.raises(CorpusFileError):
        build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22")
    assert current_folder(tmp_path / "data") == before
    assert found(open_index(tmp_path / "data", embeddings, NAME), "几天要回话")[0] == "rule#1"


def test_a_rebuild_that_dies_half_way_leaves_the_old_index(build, small_corpus, tmp_path, embeddings):
    build()
    before = current_folder(tmp_path / "data")

    def die(done, total):
        raise KeyboardInterrupt

    (small_corpus / "regulations" / "rule.md").write_text(RULE.replace("7个", "8个"), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", die)
    assert current_folder(tmp_path / "data") == before
    build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22")
    index = open_index(tmp_path / "data", embeddings, NAME)
    assert "8个工作日" in search(index, "几天要回话", TODAY).hits[0].article.text


def test_an_index_of_another_embedder_is_refused_with_the_command(build, tmp_path, embeddings):
    build()
    with pytest.raises(IndexMismatchError, match="gongkai corpus rebuild"):
        open_index(tmp_path / "data", embeddings, "bge-m3")


def test_an_index_of_another_format_is_refused(build, tmp_path, embeddings):
    build()
    manifest = current_folder(tmp_path / "data") / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 0}))
    with pytest.raises(IndexMismatchError, match="另一版本"):
        open_index(tmp_path / "data", embeddings, NAME)


def test_without_an_index_the_command_that_builds_it_is_named(tmp_path, embeddings):
    with pytest.raises(IndexMissingError, match="gongkai corpus rebuild"):
        open_index(tmp_path, embeddings, NAME)


def test_two_builders_do_not_meet(small_corpus, tmp_path, embeddings):
    (tmp_path / "data" / "index").mkdir(parents=True)
    with (tmp_path / "data" / "index" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexBusyError):
            build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22")


def test_the_manifest_tells_what_is_in(build, tmp_path):
    build()
    manifest = read_manifest(current_folder(tmp_path / "data"))
    assert {k: manifest[k] for k in ("sources", "articles", "paragraphs", "questions", "declined_topics")} == {
        "sources": 2, "articles": 3, "paragraphs": 4, "questions": 5, "declined_topics": 1,
    }  # fmt: skip


def test_the_retriever_speaks_langchain(build):
    documents = HybridRetriever(index=build(), on=TODAY, k=2).invoke("几天要回话")
    assert [d.id for d in documents] == ["rule#1", "rule#2"]
    assert documents[0].metadata["article"] == 1
    assert documents[0].metadata["in_force_from"] == "2020-01-01"


# Drawn as whole arrays: lists of lists are drawn number by number, too slowly for a busy machine.
rankings = arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 6)), elements=st.floats(-5, 5))


@given(rankings, st.integers(0, 2**32 - 1))
def test_fusion_ignores_the_order_of_rankings(rows, seed):
    shuffled = np.random.default_rng(seed).permutation(rows)
    assert (fuse(list(rows)) == fuse(list(shuffled))).all()


def test_a_ranking_without_spread_adds_nothing():
    one = np.array([3.0, 1.0, 2.0])
    assert (fuse([one, np.zeros(3)]) == fuse([one])).all()
