"""The index of the library as it grows: it says what an index made at once says, and little of it is written."""

import shutil
from contextlib import closing

import jieba
import numpy as np
import pytest

from assistant.holdings import Holdings
from assistant.numbers import write_chinese_numeral
from assistant.retrieval.building import build_index
from assistant.retrieval.chroma import ChromaRows
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.folders import current_added, root_of
from assistant.retrieval.index import open_index
from assistant.retrieval.keyword import KeywordIndex, Tokenizer, fold, open_jieba
from assistant.retrieval.postings import Postings, PostingWords
from assistant.retrieval.unit_vectors import share_out, stores_of
from assistant.retrieval.vocabulary import may_name, read_vocabulary, whole_vocabulary, write_vocabulary
from assistant.sources.intake import Told
from tests.conftest import ROOT, TODAY
from tests.small import write_small_corpus

NAME = BundledEmbeddings.name
TEXTS = [
    "行政机关应当自收到申请之日起二十个工作日内答复申请人，申请人逾期不补正的视为放弃申请",
    "车辆停放每小时收费7元，车辆停放超过二十四小时的，每日收费60元",
    "依照《中华人民共和国行政复议法》和示例市加装电梯补贴办法的规定办理",
    "公开年度报告，每年1月31日前公布年度报告",
]
QUESTIONS = ["车辆停放怎么收费", "几天内回话 回话", "年度报告公布", "加装电梯补贴办法", "，。", "天气"]
SYNONYMS = {"回话": "答复", "回信": "答复"}


def tokenizer(names=()):
    return Tokenizer(whole_vocabulary(SYNONYMS, names), SYNONYMS)


def test_the_scores_are_those_of_bm25s():
    cut = tokenizer()
    ours = PostingWords(Postings.empty().changed({}, {n: cut.tokens(text) for n, text in enumerate(TEXTS)}), cut)
    theirs = KeywordIndex.of(TEXTS, cut)
    for question in QUESTIONS:
        assert ours.scores(question) == pytest.approx(theirs.scores(question), abs=1e-6)
        assert ours.attainable(question) == pytest.approx(theirs.attainable(question))
        assert ours.share(question, TEXTS[1]) == pytest.approx(theirs.share(question, TEXTS[1]))


def test_postings_that_grew_and_shrank_are_those_made_at_once(tmp_path):
    cut, chance = tokenizer(), np.random.default_rng(5)
    words = [cut.tokens(text) for text in TEXTS] + [["词", *cut.tokens(f"第{n}号 {n % 7}")] for n in range(40)]
    held: list[int] = []
    grown = Postings.empty()
    for _ in range(30):
        after = [int(n) for n in chance.permutation(len(words))[: chance.integers(len(words))]]
        moved = {held.index(n): place for place, n in enumerate(after) if n in held}
        grown = grown.changed(moved, {place: words[n] for place, n in enumerate(after) if n not in held})
        held = after
        at_once = PostingWords(Postings.empty().changed({}, {place: words[n] for place, n in enumerate(held)}), cut)
        grown.save(tmp_path)
        grown = Postings.load(tmp_path)
        for question in QUESTIONS:
            assert PostingWords(grown, cut).scores(question) == pytest.approx(at_once.scores(question), abs=1e-6)
        assert grown.held_of(["词", "没有的"]) == ({"词"} if any(n >= len(TEXTS) for n in held) else set())


def test_a_text_is_cut_the_same_whatever_else_is_held(tmp_path):
    names = {"示例市加装电梯补贴办法", "行政复议法"}
    whole = whole_vocabulary(SYNONYMS, names)
    for held in ([TEXTS[0]], TEXTS[1:3], TEXTS):
        words = {word for text in held for word in Tokenizer(whole, SYNONYMS).words(text)}
        write_vocabulary(tmp_path / "d.json", whole, words.intersection, {*names, *SYNONYMS, *SYNONYMS.values()})
        kept = Tokenizer(read_vocabulary(tmp_path / "d.json"), SYNONYMS)
        for text in held:
            assert kept.tokens(text) == Tokenizer(whole, SYNONYMS).tokens(text)
    assert "示例市加装电梯补贴办法" in kept.words(TEXTS[2])
    # The sum of all frequencies is jieba's own but for the synonyms, so a title changes no other text's cut.
    assert whole.total == whole_vocabulary(SYNONYMS, ()).total
    assert len(read_vocabulary(tmp_path / "d.json").FREQ) < 300 < len(open_jieba(jieba.get_dict_file()).FREQ)


def test_a_title_is_found_in_a_text_as_both_are_folded():
    assert may_name("按照二〇二〇年　停车 办法（试行）办理", fold("停车办法(试行)"))
    assert may_name("按照20日办法办理", fold("二十日办法"))
    assert not may_name("按照停车的办法办理", "停车办法")


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture
def office(tmp_path, embeddings):
    corpus = write_small_corpus(tmp_path / "corpus")
    (corpus / "sources.toml").write_text("", encoding="utf-8")
    shutil.copyfile(ROOT / "corpus" / "issuers.yaml", corpus / "issuers.yaml")
    build_index(corpus, tmp_path / "data", embeddings, NAME, "2026-11-22")
    return Holdings(corpus, tmp_path / "data", embeddings, NAME)


def write_statute(folder, number, articles=5, mention=""):
    path = folder / f"{number:02}.txt"
    lines = [f"示例{write_chinese_numeral(number)}区车辆停放办法"]
    lines += [
        f"第{write_chinese_numeral(n)}条 {number}区{n}号停车场每小时收费{number * 100 + n}元{mention}。"
        for n in range(1, articles)
    ]
    lines.append(f"第{write_chinese_numeral(articles)}条 本办法自2023年5月1日起施行。")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def vectors_in(office):
    folder = root_of(office.data) / current_added(office.data)[1]
    with closing(open_index(office.data, office.embeddings, NAME)) as index:
        rows = {row.id: row.vector for store in index.added.store._stores for batch in store.read() for row in batch}
    return {name: len(ids) for name, ids in stores_of(folder, ()).items()}, rows


def test_only_the_words_of_what_is_new_or_calls_it_are_cut(office, tmp_path, monkeypatch):
    cut: list[str] = []
    tokens = Tokenizer.tokens
    monkeypatch.setattr(Tokenizer, "tokens", lambda self, text: cut.append(text) or tokens(self, text))
    mention = "，另见示例三区车辆停放办法"
    office.add([write_statute(tmp_path, 1), write_statute(tmp_path, 2, mention=mention)], Told(), TODAY)
    cut.clear()
    office.add([write_statute(tmp_path, 3)], Told(), TODAY)
    assert (
        sorted(text.split("\n")[0].split()[0] for text in cut)
        == ["示例三区车辆停放办法"] * 5 + ["示例二区车辆停放办法"] * 4
    )
    with closing(open_index(office.data, office.embeddings, NAME)) as index:
        grown = {question: index.added.by_words.scores(question) for question in ("示例三区车辆停放办法", "每小时收费")}
    cut.clear()
    # The same words made at once.
    shutil.rmtree(root_of(office.data))
    office.catch_up(TODAY)
    with closing(open_index(office.data, office.embeddings, NAME)) as index:
        for question, scores in grown.items():
            assert index.added.by_words.scores(question) == pytest.approx(scores, abs=1e-6)
    cut.clear()
    office.remove("示例一区车辆停放办法", TODAY)
    assert cut == []
    words = root_of(office.data) / current_added(office.data)[0]
    assert "示例一区" not in (words / "dictionary.json").read_text("utf-8")


def test_a_store_of_vectors_is_written_anew_only_where_something_was_taken_out(office, tmp_path, monkeypatch):
    monkeypatch.setattr("assistant.retrieval.unit_vectors.SIZE", 8)
    office.add([write_statute(tmp_path, n) for n in (1, 2, 3, 4)], Told(), TODAY)
    sizes, before = vectors_in(office)
    assert sizes == {"chroma-0001": 8, "chroma-0002": 8, "chroma-0003": 4}
    made, add = [], ChromaRows.add
    monkeypatch.setattr(ChromaRows, "add", lambda self, rows: made.extend(rows) or add(self, rows))
    office.add([write_statute(tmp_path, 5)], Told(), TODAY)
    assert len(made) == 5
    made.clear()
    office.remove("示例一区车辆停放办法", TODAY)
    # Five of the first store left it, and the other three were put elsewhere.
    assert len(made) == 3
    sizes, after = vectors_in(office)
    assert sum(sizes.values()) == len(after) == 20
    assert all(np.abs(after[name] - before[name]).max() < 1e-6 for name in after.keys() & before.keys())
    assert not any("示例一区" in name for name in after)


def test_a_vector_is_found_in_whatever_store_it_is(office, tmp_path, monkeypatch):
    office.add([write_statute(tmp_path, n) for n in (1, 2, 3)], Told(), TODAY)
    asked = office.embeddings.embed_query("二区三号停车场收多少钱")
    with closing(open_index(office.data, office.embeddings, NAME)) as index:
        at_once = index.added.store.nearest(asked, 9)
        without = index.added.store.nearest(asked, 9, ["示例二区车辆停放办法@2023-05-01"])
    monkeypatch.setattr("assistant.retrieval.unit_vectors.SIZE", 4)
    (root_of(office.data) / "current").unlink()
    office.rebuild(TODAY)
    assert len(vectors_in(office)[0]) == 4
    with closing(open_index(office.data, office.embeddings, NAME)) as index:
        for found, wanted in (
            (index.added.store.nearest(asked, 9), at_once),
            (index.added.store.nearest(asked, 9, ["示例二区车辆停放办法@2023-05-01"]), without),
        ):
            assert [name for name, _ in found] == [name for name, _ in wanted]
            assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in wanted], abs=1e-5)


def test_new_vectors_take_the_room_there_is_and_then_new_stores(monkeypatch):
    monkeypatch.setattr("assistant.retrieval.unit_vectors.SIZE", 3)
    stores = {"chroma": ["a"] * 5, "chroma-0002": ["b"], "chroma-0003": ["c"] * 3}
    ids = list("defghi")
    assert share_out(ids, stores, may_grow=True) == {
        "chroma-0002": ["d", "e"], "chroma-0001": ["f", "g", "h"], "chroma-0004": ["i"],
    }  # fmt: skip
    assert share_out(ids, stores, may_grow=False) == {"chroma-0001": ["d", "e", "f"], "chroma-0004": ["g", "h", "i"]}
