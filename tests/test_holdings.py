"""The office's own texts over a small corpus, with the real embedder and real Chroma."""

import json
from contextlib import closing
from datetime import date

import pytest

from assistant.answering.chain import Inquiry, build_chain
from assistant.errors import IndexBusyError, LibraryError
from assistant.holdings import Holdings
from assistant.numbers import write_chinese_numeral
from assistant.retrieval.building import build_index
from assistant.retrieval.calibration import Calibration
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.folders import changing, current_added, tidy
from assistant.retrieval.hits import as_document
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.sources.intake import Told
from tests.conftest import ROOT, TODAY
from tests.office_texts import rule, write_rule

NAME = BundledEmbeddings.name
ISSUERS = ROOT / "corpus" / "issuers.yaml"


@pytest.fixture(scope="module")
def embeddings():
    return BundledEmbeddings()


@pytest.fixture
def office(small_corpus, tmp_path, embeddings):
    """Holdings over the small corpus, without statutes of their own."""
    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    (small_corpus / "issuers.yaml").write_bytes(ISSUERS.read_bytes())
    build_index(small_corpus, tmp_path / "data", embeddings, NAME, "2026-11-22")
    return Holdings(small_corpus, tmp_path / "data", embeddings, NAME)


def opened(office):
    return closing(open_index(office.data, office.embeddings, NAME))


def add(office, path, sure=False, **told):
    [outcome] = office.add([path], Told(**told), TODAY, sure=sure)
    return outcome


def first(office, question, on=TODAY):
    with opened(office) as index:
        return search(index, question, on).hits[0].article


@pytest.mark.parametrize("suffix", [".md", ".txt", ".docx", ".html"])
def test_a_text_of_any_format_is_found_and_quoted_word_for_word(office, tmp_path, suffix):
    outcome = add(office, write_rule(tmp_path / f"办法{suffix}", rule()))
    assert (outcome.state, outcome.id, outcome.articles) == ("added", "示例市加装电梯补贴办法@2023-05-01", 5)
    article = first(office, "加装一台电梯补贴多少钱")
    assert (article.name, article.source.document_number) == ("第三条", "示府办〔2023〕8号")
    assert article.paragraphs[0].text == "每台电梯补贴15万元，由加装电梯的业主共同申领。"
    assert [p.label for p in article.paragraphs] == ["第一款", "第二款"]
    assert all(p.verbatim for p in article.paragraphs)


def test_adding_twice_changes_nothing(office, tmp_path):
    path = write_rule(tmp_path / "办法.docx", rule())
    add(office, path)
    before = sorted((office.data / "index" / "added").rglob("*"))
    assert add(office, path).state == "unchanged"
    assert sorted((office.data / "index" / "added").rglob("*")) == before
    assert [row["action"] for row in office.library.log()] == ["added"]


def test_a_corrected_file_takes_the_place_of_the_old_one_and_the_log_keeps_its_identity(office, tmp_path):
    path = write_rule(tmp_path / "办法.txt", rule(days=60))
    add(office, path)
    old = office.library.texts()[0].sha256
    assert add(office, write_rule(path, rule(days=90))).state == "changed"
    [text] = office.library.texts()
    assert text.revision == 2
    assert "90日内" in first(office, "加装电梯几天内申请补贴").text
    assert [(row["action"], row["sha256_before"]) for row in office.library.log()] == [("added", ""), ("replaced", old)]


def test_a_quite_different_text_of_the_same_name_is_refused_unless_one_is_sure(office, tmp_path):
    add(office, write_rule(tmp_path / "甲.txt", rule()))
    other = "示例市加装电梯补贴办法\n第一条 完全是另一回事。\n第二条 别的规定。\n第三条 本办法自2023年5月1日起施行。\n"
    path = write_rule(tmp_path / "乙.txt", other)
    outcome = add(office, path)
    assert outcome.state == "refused"
    assert "--yes" in outcome.remark
    assert "15万元" in first(office, "加装一台电梯补贴多少钱").text
    assert add(office, path, sure=True).state == "changed"


def test_of_two_files_of_one_name_in_one_folder_the_second_is_refused(office, tmp_path):
    folder = tmp_path / "文件"
    folder.mkdir()
    write_rule(folder / "甲.txt", rule(amount=15))
    write_rule(folder / "乙.txt", rule(amount=20))
    states = {o.file: o for o in office.add([folder], Told(), TODAY)}
    assert sorted(o.state for o in states.values()) == ["added", "refused"]
    [refused] = [o for o in states.values() if o.state == "refused"]
    assert "同名同版本而内容不同" in refused.remark


def test_texts_without_a_date_whose_titles_tell_the_version_stand_side_by_side(office, tmp_path):
    folder = tmp_path / "修正案"
    folder.mkdir()
    for year in (1993, 1999):
        text = f"示例市章程修正案（{year}年）\n第一条 {year}年改了这一条。\n第二条 {year}年又改了那一条。\n"
        (folder / f"{year}.txt").write_text(text, encoding="utf-8")
    assert [(o.state, o.id) for o in office.add([folder], Told(), TODAY)] == [
        ("added", "示例市章程修正案（1993年）"), ("added", "示例市章程修正案（1999年）"),
    ]  # fmt: skip


def test_one_bad_file_among_fifty_is_named_and_the_others_are_added(office, tmp_path):
    folder = tmp_path / "五十份"
    folder.mkdir()
    for number in range(49):
        (folder / f"{number:02}.md").write_text(f"第{number}区停车办法\n第一条 收费{number}元。\n", encoding="utf-8")
    (folder / "坏的.docx").write_bytes(b"PK\x03\x04 broken")
    outcomes = office.add([folder], Told(), TODAY)
    assert [o.state for o in outcomes].count("added") == 49
    [bad] = [o for o in outcomes if o.state == "refused"]
    assert bad.file == "坏的.docx"
    assert "损坏" in bad.remark
    with opened(office) as index:
        assert index.added.count == len(index.added.rows) == 49


def test_two_versions_stand_side_by_side_and_the_day_decides(office, tmp_path):
    add(office, write_rule(tmp_path / "新.md", rule(2023, amount=15)))
    add(office, write_rule(tmp_path / "旧.md", rule(2018, amount=8)))
    question = "加装一台电梯补贴多少钱"
    assert "15万元" in first(office, question).text
    old = first(office, question, date(2020, 1, 1))
    assert "8万元" in old.text
    assert old.source.in_force_until == date(2023, 4, 30)
    with opened(office) as index:
        calibration = Calibration(1000.0, {}, 0.5)
        answer = build_chain(index, calibration).invoke(Inquiry("2018年示例市加装电梯补贴办法第三条怎么规定", TODAY))
    assert "2018年5月1日起施行" in answer.answer
    assert "失效" in answer.answer
    assert all(citation.status == "verified" for citation in answer.citations)


def test_a_day_in_force_that_the_text_does_not_say_is_not_shown_as_one(office, tmp_path):
    amended = rule(2018, amount=8).replace("办公室印发）", "公布　根据2021年3月2日示例市人民政府决定修正）")
    add(office, write_rule(tmp_path / "修正.txt", amended))
    add(office, write_rule(tmp_path / "新.txt", rule(2023, amount=15)))
    with opened(office) as index:
        calibration = Calibration(1000.0, {}, 0.5)
        answer = build_chain(index, calibration).invoke(Inquiry("加装一台电梯补贴多少钱", date(2022, 1, 1)))
        found = as_document(search(index, "加装一台电梯补贴多少钱", date(2022, 1, 1)).hits[0]).metadata
    assert "8万元" in answer.answer
    assert "2021年3月2日的文本" in answer.answer
    assert "起施行" not in answer.answer.split("**相关规定**")[0]
    assert answer.as_json()["citations"][0]["in_force_from"] is None
    assert answer.citations[0].status == "verified"
    assert found["in_force_from"] is None


def test_what_a_person_says_goes_before_what_the_text_says(office, tmp_path):
    path = write_rule(tmp_path / "办法.md", rule())
    outcome = add(office, path, title="另一个名称", number="某办〔2020〕1号", in_force_from=date(2020, 1, 1))
    [text] = office.library.texts()
    assert outcome.id == "另一个名称@2020-01-01"
    assert (text.document_number, text.in_force_from) == ("某办〔2020〕1号", date(2020, 1, 1))


def test_what_is_removed_is_not_found_any_more_and_the_log_says_so(office, tmp_path):
    add(office, write_rule(tmp_path / "办法.md", rule()))
    office.remove("示例市加装电梯补贴办法", TODAY)
    assert office.library.texts() == []
    with opened(office) as index:
        assert index.added.count == 0
        assert index.added.store is None
    assert office.library.log()[-1]["action"] == "removed"


def test_removing_what_is_not_there_or_is_not_one_says_so(office, tmp_path):
    add(office, write_rule(tmp_path / "新.md", rule(2023)))
    add(office, write_rule(tmp_path / "旧.md", rule(2018)))
    with pytest.raises(LibraryError, match="有几个版本"):
        office.remove("示例市加装电梯补贴办法", TODAY)
    with pytest.raises(LibraryError, match="corpus list"):
        office.remove("没有的", TODAY)


def test_the_official_text_gives_the_digest_its_words_and_the_questions_still_lead_to_it(office, tmp_path):
    official = (
        "示例规定\n（2019年12月1日示例机关公布）\n第一条 行政机关应当自收到申请之日起七个工作日内给予答复。\n"
        "第二条 提供信息，不得收取费用。\n申请超过合理范围的，可以收取费用。\n"
        + "".join(f"第{n}条 其他规定。\n" for n in "三四五六七八")
        + "第九条 本规定自2020年1月1日起施行。\n"
    )
    outcome = add(office, write_rule(tmp_path / "示例规定.txt", official))
    assert outcome.id == "示例规定@2020-01-01"
    article = first(office, "几天内要回话")
    assert article.id == "rule#1"
    assert article.text == "行政机关应当自收到申请之日起七个工作日内给予答复。"
    assert article.paragraphs[0].verbatim
    assert article.paragraphs[0].questions == ("几天内要回话", "多久给答复")
    # What the digest does not have is findable, too.
    with opened(office) as index:
        assert "示例规定@2020-01-01#第三条" in {a.id for a in index.articles}


def test_another_version_or_a_part_of_a_text_never_takes_the_place_of_a_digest(office, tmp_path):
    earlier = "示例规定\n第一条 应当三日内答复。\n第二条 本规定自2012年1月1日起施行。\n"
    cut = "示例规定\n第一条 应当五日内答复。\n第二条 本规定自2020年1月1日起施行。\n"
    for name, text in (("早.txt", earlier), ("缺.txt", cut)):
        add(office, write_rule(tmp_path / name, text))
    with opened(office) as index:
        digest = next(a for a in index.articles if a.id == "rule#1")
    assert not digest.paragraphs[0].verbatim
    assert digest.paragraphs[0].text.startswith("行政机关应当自收到申请之日起7个工作日")


def test_a_run_that_is_broken_off_is_found_by_words_and_completed_by_the_next(office, tmp_path, embeddings):
    class Dies(BundledEmbeddings):
        def embed_documents(self, texts):
            raise KeyboardInterrupt

    office.embeddings = Dies()
    path = write_rule(tmp_path / "办法.md", rule())
    with pytest.raises(KeyboardInterrupt):
        office.add([path], Told(), TODAY)
    office.embeddings = embeddings
    assert office.status()["waiting"] == 5
    assert first(office, "加装电梯补贴多少钱").name == "第三条"
    assert add(office, path).state == "unchanged"
    assert office.status()["waiting"] == 0


def test_vectors_come_into_use_while_the_others_are_computed(office, tmp_path, monkeypatch, embeddings):
    monkeypatch.setattr("assistant.ingest._PAUSE", 0.0)
    monkeypatch.setattr("assistant.ingest._SHARE", 0.0)
    path, in_use, told = tmp_path / "办法.md", [], []
    path.write_text(
        "停车办法\n" + "".join(f"第{write_chinese_numeral(n)}条 {n}号场收费{n}元。\n" for n in range(1, 41)), "utf-8"
    )

    class Watched(BundledEmbeddings):
        def embed_documents(self, texts):
            if len(texts) > 1:
                with opened(office) as index:
                    in_use.append((len(index.added.rows), index.added.count))
                if len(in_use) == 3:
                    raise KeyboardInterrupt
            return super().embed_documents(texts)

    office.embeddings = Watched()
    with pytest.raises(KeyboardInterrupt):
        office.add([path], Told(), TODAY, lambda *step: told.append(step))
    assert in_use == [(0, 40), (16, 40), (32, 40)]
    assert [step for step in told if step[0] == "计算向量"] == [("计算向量", n, 40) for n in (0, 16, 32)]
    assert office.status()["waiting"] == 8
    office.embeddings = embeddings
    told.clear()
    office.add([path], Told(), TODAY, lambda *step: told.append(step))
    assert [step for step in told if step[0] == "计算向量"] == [("计算向量", 0, 8), ("计算向量", 8, 8)]
    assert office.status()["waiting"] == 0


def test_an_index_that_is_open_stays_whole_while_another_takes_its_place(office, tmp_path):
    add(office, write_rule(tmp_path / "旧.md", rule(2018, amount=8)))
    with opened(office) as index:
        office.remove("示例市加装电梯补贴办法", TODAY)
        add(office, write_rule(tmp_path / "新.md", rule(2023, amount=15)))
        assert "8万元" in search(index, "加装一台电梯补贴多少钱", TODAY).hits[0].article.text
        assert len(index.added.similarities(office.embeddings.embed_query("电梯"), 60)) == 5
    assert "15万元" in first(office, "加装一台电梯补贴多少钱").text
    tidy(office.data)
    folders = {path.name for path in (office.data / "index" / "added").iterdir() if path.is_dir()}
    assert folders == set(current_added(office.data))


def test_two_processes_do_not_change_the_library_at_once(office, tmp_path):
    with changing(office.data), pytest.raises(IndexBusyError, match="请等它完成"):
        add(office, write_rule(tmp_path / "办法.md", rule()))
    office.catch_up(TODAY)


def test_the_folders_in_use_are_the_only_ones(office, tmp_path):
    for amount in (1, 2, 3):
        add(office, write_rule(tmp_path / "办法.md", rule(amount=amount)))
    root = office.data / "index" / "added"
    assert {p.name for p in root.iterdir() if p.is_dir()} == set(current_added(office.data))
    ids = json.loads((root / current_added(office.data)[1] / "ids.json").read_text(encoding="utf-8"))["ids"]
    assert len(ids) == 5
