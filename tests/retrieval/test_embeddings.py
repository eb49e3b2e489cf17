from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval.doors import doors_of
from assistant.retrieval.embeddings import BundledEmbeddings, PreparedVectors, clean_text, embed_texts
from assistant.sources.digests import load_digests
from assistant.sources.scope import load_topics
from benchmarks.prepare_vectors import texts_to_prepare

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


def all_doors():
    return doors_of(load_digests(CORPUS / "regulations"), load_topics(CORPUS / "out_of_scope.yaml"))


@pytest.fixture(scope="module")
def doors():
    return all_doors()


@pytest.mark.parametrize("text", ["", " ", "\x00", "前\x00后", "\ud800", "😀", "a" * 5000, "很长" * 2000])
def test_any_text_has_a_vector_of_length_one(embeddings, text):
    vector = np.array(embeddings.embed_query(text))
    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


def test_a_nul_does_not_cut_the_text_short(embeddings):
    whole = np.array(embeddings.embed_query("申请 二十个工作日"))
    assert np.array(embeddings.embed_query("申请\x00二十个工作日")) @ whole == pytest.approx(1, abs=1e-4)
    assert clean_text("\x00") == "空"


def test_likeness_of_meaning_shows_in_the_vectors(embeddings):
    question = np.array(embeddings.embed_query("几天内要回话"))
    near, far = map(np.array, embeddings.embed_documents(["自收到申请之日起20个工作日内答复。", "今天天气很好。"]))
    assert question @ near > question @ far


def test_every_text_that_is_there_from_the_first_start_has_its_vector_made_beforehand():
    prepared = PreparedVectors.load(CORPUS / "vectors.npz", BundledEmbeddings.name)
    texts = texts_to_prepare()
    missing = [text for text, is_question in texts if prepared.get(text, is_question) is None]
    assert missing == [], "run `make vectors`"
    assert len(prepared) <= len(set(texts)), "run `make vectors`"


def test_the_vectors_made_beforehand_are_the_engines_own(doors, embeddings):
    prepared = PreparedVectors.load(CORPUS / "vectors.npz", BundledEmbeddings.name)
    none = PreparedVectors(BundledEmbeddings.name, {})
    for door in doors[:: len(doors) // 40]:
        [made] = embed_texts([(door.text, door.is_question)], embeddings, none)
        assert np.dot(made, prepared.get(door.text, door.is_question)) > 0.999


def test_vectors_of_another_embedder_are_not_used(tmp_path):
    vectors = PreparedVectors("one", {})
    vectors.put("文字", True, [1.0, 0.0])
    vectors.save(tmp_path / "v.npz")
    assert PreparedVectors.load(tmp_path / "v.npz", "one").get("文字", True) == [1.0, 0.0]
    assert PreparedVectors.load(tmp_path / "v.npz", "one").get("文字", False) is None
    assert len(PreparedVectors.load(tmp_path / "v.npz", "two")) == 0
    assert len(PreparedVectors.load(tmp_path / "absent.npz", "one")) == 0
