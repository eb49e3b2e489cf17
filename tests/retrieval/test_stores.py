"""What a vector store promises, the same for every store: Chroma in a folder, Milvus (Lite, which speaks its API)."""

import contextlib
import subprocess
import sys
import time
from contextlib import closing
from datetime import date

import numpy as np
import pytest

from assistant.errors import IndexMismatchError, IndexMissingError, SettingsError, StoreUnreachableError
from assistant.holdings import Holdings
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.generations import current_folder
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.retrieval.keyword import Tokenizer, write_dictionary
from assistant.retrieval.rows import Row, server_of
from assistant.retrieval.store import forget, open_rows
from assistant.retrieval.words import open_texts, write_texts
from assistant.settings import Settings
from tests.conftest import ROOT, TODAY

NAME = BundledEmbeddings.name
STORES = ["chroma", "milvus"]
FIELDS = {"article": int, "is_question": bool, "source": str}
TEXTS = [
    "行政机关收到申请后二十个工作日内答复",
    "超过合理范围的收取信息处理费",
    "车辆停放每小时收费7元",
    "公开年度报告",
]


class Fixed:
    """Gives the dimension."""

    def embed_query(self, text):
        return [0.0] * 16


@pytest.fixture(scope="module")
def milvus(tmp_path_factory):
    pytest.importorskip("pymilvus", reason="gongkai[milvus] is not installed")
    pytest.importorskip("milvus_lite", reason="gongkai[milvus] is not installed")
    place = tmp_path_factory.mktemp("milvus") / "vectors.db"
    yield f"milvus:{place}"
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(str(place))


@pytest.fixture(params=STORES)
def place(request):
    return None if request.param == "chroma" else request.getfixturevalue("milvus")


@pytest.fixture
def vectors():
    drawn = np.random.default_rng(3).standard_normal((600, 16)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture
def rows(tmp_path, place, vectors):
    """600 rows, every third one of a text that is out of force."""
    with closing(open_rows(tmp_path / "rows", Fixed(), place, FIELDS)) as opened:
        opened.add(
            [
                Row(f"编号“{i}”", f"文字{i}", vector, {"article": i, "is_question": i % 2 == 0, "source": source(i)})
                for i, vector in enumerate(vectors)
            ]
        )
        yield opened
    forget(tmp_path / "rows")


def source(number):
    return '旧"规定\\@2010-01-01' if number % 3 == 0 else "新规定@2020-01-01"


def test_the_nearest_are_those_of_the_exact_search_in_order(rows, vectors):
    asked = vectors[7] + vectors[8]
    exact = sorted(range(600), key=lambda i: -float(vectors[i] @ asked))[:50]
    found = rows.nearest([float(value) for value in asked], 50)
    assert [name for name, _ in found] == [f"编号“{i}”" for i in exact]
    cosines = [float(vectors[i] @ asked) / float(np.linalg.norm(asked)) for i in exact]
    assert [cosine for _, cosine in found] == pytest.approx(cosines, abs=1e-5)


def test_texts_that_are_left_out_take_no_place_among_the_nearest(rows, vectors):
    asked = vectors[9]
    kept = [i for i in sorted(range(600), key=lambda i: -float(vectors[i] @ asked)) if i % 3][:40]
    found = rows.nearest([float(value) for value in asked], 40, without=[source(0)])
    assert [name for name, _ in found] == [f"编号“{i}”" for i in kept]
    assert rows.nearest([float(value) for value in asked], 40, without=[source(0), source(1)]) == []


def test_what_is_removed_is_not_found_and_what_is_added_again_takes_its_place(rows, vectors):
    rows.remove(["编号“5”", "编号“6”", "没有的"])
    assert rows.count() == 598
    assert rows.nearest([float(value) for value in vectors[5]], 1)[0][0] != "编号“5”"
    rows.add([Row("编号“7”", "新的文字", vectors[5], {"article": 7, "is_question": True, "source": "x"})])
    assert rows.count() == 598
    assert rows.nearest([float(value) for value in vectors[5]], 1)[0][0] == "编号“7”"
    [found] = rows.get(["编号“7”", "编号“5”"])
    assert (found.id, found.text, found.fields["is_question"]) == ("编号“7”", "新的文字", True)


def test_everything_is_read_as_it_was_written(rows, vectors):
    read = [row for batch in rows.read() for row in batch]
    assert sorted(row.id for row in read) == sorted(f"编号“{i}”" for i in range(600))
    for row in read:
        number = int(row.fields["article"])
        # Chroma brings every vector to length 1 once more.
        assert np.abs(row.vector - vectors[number]).max() < 1e-6
        assert (row.text, row.fields["source"]) == (f"文字{number}", source(number))


def test_rows_are_there_after_they_were_closed_and_too_few_are_told(tmp_path, place, vectors):
    folder = tmp_path / "rows"
    with closing(open_rows(folder, Fixed(), place, FIELDS)) as opened:
        opened.add([Row("1", "一", vectors[0], {"article": 1, "is_question": False, "source": "s"})])
    with closing(open_rows(folder, Fixed(), place, FIELDS, expected=1)) as again:
        assert [name for name, _ in again.nearest([float(value) for value in vectors[0]], 5)] == ["1"]
    if place is not None:
        with pytest.raises(IndexMissingError, match=r"不全（1/2）.*rebuild"):
            open_rows(folder, Fixed(), place, FIELDS, expected=2)
        forget(folder)
        with pytest.raises(IndexMissingError, match="rebuild"):
            open_rows(folder, Fixed(), place, FIELDS, expected=1)


def test_words_find_the_text_that_has_them_and_weigh_by_how_rare_they_are(tmp_path, place):
    write_dictionary(tmp_path / "dictionary.txt", TEXTS, [])
    tokenizer = Tokenizer(tmp_path / "dictionary.txt", {"回话": "答复"})
    ids = [f"id{i}" for i in range(len(TEXTS))]
    write_texts(tmp_path / "words", TEXTS, tokenizer, place, ids, ["甲", "甲", "乙", "乙"])
    words = open_texts(tmp_path / "words", tokenizer, place, ids)
    with closing(words):
        for question, best in (("停放车辆", 2), ("几天内回话", 0), ("信息处理费怎么收取", 1), ("年度报告", 3)):
            scores = words.scores(question)
            assert scores.shape == (4,)
            assert scores.argmax() == best, (question, scores)
            assert scores[best] > 0
        assert not words.scores("，。").any()
        assert not words.scores("天气").any()
        assert 0 < words.attainable("收费") < words.attainable("收费 信息处理费")
        assert words.attainable("收取") > 0
        assert words.share("停放车辆", TEXTS[2]) > 0.5
        assert words.share("停放车辆", TEXTS[0]) == 0.0
        if place is not None:
            assert not words.scores("车辆停放", without=["乙"]).any()
    forget(tmp_path / "words")


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture
def office(small_corpus, tmp_path, embeddings, place):
    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    (small_corpus / "issuers.yaml").write_bytes((ROOT / "corpus" / "issuers.yaml").read_bytes())
    build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", server=place)
    return Holdings(small_corpus, tmp_path / "data", embeddings, NAME, place)


def opened(office):
    return closing(open_index(office.data, office.embeddings, NAME, server=office.server))


def first(index, question, on=TODAY):
    return search(index, question, on).hits[0].article


TEXT = "示例区车辆停放办法\n第一条 每小时收费{}元。\n第二条 本办法自2023年5月1日起施行。\n"


def test_a_text_is_found_when_added_in_its_new_words_when_changed_and_not_when_removed(office, tmp_path):
    from assistant.sources.intake import Told

    file = tmp_path / "办法.txt"
    with opened(office) as before:
        for price in (7, 9):
            file.write_text(TEXT.format(price), encoding="utf-8")
            [outcome] = office.add([file], Told(), TODAY)
            assert outcome.state in ("added", "changed")
            with opened(office) as index:
                assert f"{price}元" in first(index, "停车每小时多少钱").text
                assert first(index, "几天内要回话").id == "rule#1"
                assert index.added.store.nearest(index.embeddings.embed_query("停车"), 9)[0][0] in index.added.rows
        # Who opened the index before goes on with what was there.
        assert first(before, "几天内要回话").id == "rule#1"
    office.remove(outcome.id, TODAY)
    with opened(office) as index:
        assert "停放" not in first(index, "停车每小时多少钱").text
        assert index.added.count == 0
        assert first(index, "旧规定几天答复", date(2015, 1, 1)).id == "old-rule#1"


def test_the_answers_of_milvus_are_those_of_the_folder(small_corpus, tmp_path, embeddings, milvus):
    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    build_index(small_corpus, tmp_path / "there", embeddings, NAME, "2026-11-22", server=milvus)
    build_index(small_corpus, tmp_path / "here", embeddings, NAME, "2026-11-22")
    there = open_index(tmp_path / "there", embeddings, NAME, server=milvus)
    here = open_index(tmp_path / "here", embeddings, NAME)
    with closing(there), closing(here):
        for question in ("几天内要回话", "收不收钱", "今天气温多少"):
            ours, theirs = search(there, question, TODAY), search(here, question, TODAY)
            assert [hit.article.id for hit in ours.hits] == [hit.article.id for hit in theirs.hits]
            assert [n.similarity for n in ours.nearby] == pytest.approx([n.similarity for n in theirs.nearby], abs=1e-5)
            assert (ours.lexical_known, ours.lexical_foreign) == (theirs.lexical_known, theirs.lexical_foreign)
    assert server_of(current_folder(tmp_path / "there") / "chroma") == milvus


def test_one_more_text_writes_only_its_own_rows_and_nothing_is_left_behind(small_corpus, tmp_path, embeddings, milvus):
    from pymilvus import MilvusClient

    from assistant.sources.intake import Told

    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    (small_corpus / "issuers.yaml").write_bytes((ROOT / "corpus" / "issuers.yaml").read_bytes())
    with contextlib.closing(MilvusClient(milvus.removeprefix("milvus:"))) as client:
        before = set(client.list_collections())
        build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22", server=milvus)
        office = Holdings(small_corpus, tmp_path / "data", embeddings, NAME, milvus)
        outcomes = []
        for number in range(3):
            file = tmp_path / f"{number}.txt"
            file.write_text(f"示例区第{number}号办法\n第一条 收费{number}元。\n第二条 自公布之日起施行。\n", "utf-8")
            outcomes += office.add([file], Told(), TODAY)
        assert [outcome.state for outcome in outcomes] == ["added"] * 3
        held = set(client.list_collections()) - before
        # Doors and articles of the shipped texts, vectors and words of the library; one of each, however often it grew.
        assert len(held) == 4
        count = {name: client.query(name, filter="", output_fields=["count(*)"])[0]["count(*)"] for name in held}
        assert sorted(count.values())[-3:].count(6) == 2
        for outcome in outcomes[:2]:
            office.remove(outcome.id, TODAY)
        count = {name: client.query(name, filter="", output_fields=["count(*)"])[0]["count(*)"] for name in held}
        assert list(count.values()).count(2) >= 2


@pytest.mark.soak
def test_a_store_that_nobody_asked_for_a_minute_answers(rows, vectors):
    time.sleep(60)
    assert rows.nearest([float(value) for value in vectors[7]], 1)[0][0] == "编号“7”"


@pytest.mark.parametrize("uri", ["localhost:19530", "ftp://x", "/tmp/vectors", "http://"])
def test_a_wrong_address_of_milvus_is_told(tmp_path, uri):
    pytest.importorskip("pymilvus", reason="gongkai[milvus] is not installed")
    with pytest.raises(SettingsError, match="GONGKAI_MILVUS_URI"):
        open_rows(tmp_path / "rows", Fixed(), f"milvus:{uri}", FIELDS)


def test_a_milvus_that_is_down_is_told_without_the_password(tmp_path):
    pytest.importorskip("pymilvus", reason="gongkai[milvus] is not installed")
    with pytest.raises(StoreUnreachableError, match="检查它是否在运行") as told:
        open_rows(tmp_path / "rows", Fixed(), "milvus:http://root:secret@127.0.0.1:9", FIELDS)
    assert "secret" not in str(told.value)


def test_a_second_process_on_a_folder_of_milvus_is_told_in_one_line(tmp_path, milvus):
    """Chroma's folders have locks of ours (`test_two_processes.py`); Milvus Lite locks its own."""
    folder = tmp_path / "rows"
    second = (
        "import sys; from pathlib import Path; from assistant.errors import StoreUnreachableError\n"
        "from assistant.retrieval.milvus import MilvusRows\n"
        "try: MilvusRows(Path(sys.argv[1]), sys.argv[2], 16, {}, expected=0)\n"
        "except StoreUnreachableError as error: print(error)\n"
    )
    with closing(open_rows(folder, Fixed(), milvus, FIELDS)) as opened:
        opened.add([Row("1", "一", np.ones(16, np.float32), {"article": 1, "is_question": False, "source": "s"})])
        run = [sys.executable, "-c", second, str(folder), milvus]
        told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=100)
        assert "另一个程序（比如网页服务）正在用它" in told.stdout
        assert len(told.stdout.splitlines()) == 1
        assert "Traceback" not in told.stderr
        assert opened.count() == 1
    forget(folder)


def test_an_index_that_lies_elsewhere_is_refused_and_two_places_are_one_too_many(office, milvus, embeddings):
    other = None if office.server else milvus
    with pytest.raises(IndexMismatchError, match=r"corpus migrate"):
        open_index(office.data, embeddings, NAME, server=other)
    settings = Settings(chroma_url="http://127.0.0.1:8000", milvus_uri="http://127.0.0.1:19530")
    with pytest.raises(SettingsError, match="只能设一个"):
        _ = settings.store_place
