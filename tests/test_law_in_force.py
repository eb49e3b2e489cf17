"""Two real versions of one law, and one real article out of every format. Nothing of the law folder is committed."""

import re
import shutil
from contextlib import closing
from datetime import date

import pytest

from assistant.answering.chain import Inquiry, build_chain
from assistant.holdings import Holdings
from assistant.retrieval.building import build_index
from assistant.retrieval.calibration import Calibration
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.index import open_index
from assistant.sources.intake import Told
from tests.conftest import ROOT, TODAY
from tests.documents.official_tables import convert_to_pdf, soffice
from tests.office_texts import write_rule

LAW = next((folder for up in (0, 1) if (folder := ROOT.parents[up] / "shared" / "law").is_dir()), None)
pytestmark = pytest.mark.skipif(LAW is None, reason="no ../shared/law beside the checkout: no law to add")
NAME = BundledEmbeddings.name


def lines_of(name):
    """Return the lines of a law, read here without the product's own reader."""
    [path] = LAW.glob(f"{name}.md")
    lines = re.sub("<!--.*?-->", "", path.read_text(encoding="utf-8")).splitlines()
    return [line for text in lines if (line := re.sub(r"^#+\s*|\u200b", "", text.strip()).strip())]


def article_of(lines, name):
    """Return the 款 and 项 of an article, without its number."""
    start = next(i for i, line in enumerate(lines) if re.match(rf"{name}\s", line))
    end = next(i for i in range(start + 1, len(lines)) if re.match(r"第\S+[条章]\s", lines[i]))
    return [re.sub(rf"^{name}\s+", "", line) for line in lines[start:end]]


def squash(text):
    return re.sub(r"\s", "", text)


@pytest.fixture
def office(small_corpus, tmp_path):
    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    (small_corpus / "issuers.yaml").write_bytes((ROOT / "corpus" / "issuers.yaml").read_bytes())
    holdings = Holdings(small_corpus, tmp_path / "data", BundledEmbeddings(), NAME)
    build_index(small_corpus, holdings.data, holdings.embeddings, NAME, "2026-11-22")
    return holdings


def asked(office, question, on=TODAY):
    with closing(open_index(office.data, office.embeddings, NAME)) as index:
        return build_chain(index, Calibration(1000.0, {}, 0.5)).invoke(Inquiry(question, on))


def test_each_day_is_answered_from_the_version_in_force_and_the_answer_names_it(office):
    old, new = (next(LAW.glob(f"行政复议法({year}*.md")) for year in (2017, 2023))
    outcomes = office.add([old, new], Told(), TODAY)
    assert [o.state for o in outcomes] == ["added", "added"]
    for question, article in (("行政复议法第十一条怎么规定", 11), ("对什么可以申请行政复议", None)):
        for day, path in ((TODAY, new), (date(2020, 1, 1), old)):
            answer = asked(office, question, day)
            words = squash("".join(lines_of(path.stem)))
            assert answer.citations
            for citation in answer.citations:
                assert citation.status == "verified"
                assert citation.source == path.name
                assert squash(citation.quote) in words
                # The old text does not say from when its amended version is in force.
                assert citation.in_force_from == (date(2024, 1, 1) if path == new else None)
            named = "2024年1月1日起施行" if path == new else "2017年9月1日的文本"
            assert named in answer.answer
            if article:
                assert {citation.article for citation in answer.citations} == {article}
    answer = asked(office, "2017年的行政复议法第十一条怎么规定")
    assert "失效" in answer.answer
    assert "2023年12月31日" in answer.answer or "2024年1月1日" in answer.answer


@pytest.fixture(scope="module")
def known_vectors(tmp_path_factory):
    """The vectors of the regulation, computed by whichever format comes first: the words are the same in all."""
    return tmp_path_factory.mktemp("vectors") / "vectors.sqlite"


@pytest.mark.parametrize("suffix", [".md", ".docx", ".html", ".txt", ".pdf"])
def test_an_article_is_quoted_word_for_word_out_of_every_format(office, tmp_path, known_vectors, suffix):
    lines = lines_of("政府信息公开条例(2019*")
    path = tmp_path / f"条例{suffix}"
    if suffix == ".pdf":
        if not soffice():
            pytest.skip("LibreOffice is not installed: no PDF can be made of the text")
        convert_to_pdf([write_rule(path.with_suffix(".docx"), "\n".join(lines))], tmp_path)
    else:
        write_rule(path, "\n".join(lines))
    kept = office.data / "index" / "vectors.sqlite"
    if known_vectors.is_file():
        shutil.copyfile(known_vectors, kept)
    [outcome] = office.add([path], Told(), TODAY)
    shutil.copyfile(kept, known_vectors)
    assert (outcome.state, outcome.articles) == ("added", 56)
    answer = asked(office, "政府信息公开条例第三十三条怎么规定")
    wanted = article_of(lines, "第三十三条")
    assert {citation.article for citation in answer.citations} == {33}
    assert squash("".join(c.quote for c in answer.citations)) == squash("".join(wanted))
    assert all(citation.verbatim and citation.status == "verified" for citation in answer.citations)
    assert all(squash(part) in squash(answer.answer) for part in wanted)
