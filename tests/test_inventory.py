"""The command `gongkai letter` quotes what the index in use holds, and nothing without one."""

import contextlib
import json
import sys

import pytest

from assistant.cli import main
from assistant.cli_entries import open_desk
from assistant.holdings import Holdings
from assistant.inventory import held_wording, list_documents
from assistant.numbers import write_chinese_numeral
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.settings import load_settings
from assistant.sources.intake import Told
from tests.conftest import ROOT, TODAY

TITLE = "中华人民共和国政府信息公开条例"


@pytest.fixture
def data(small_corpus, tmp_path, monkeypatch):
    """A data folder whose index holds a made-up wording of the regulation."""
    (small_corpus / "sources.toml").write_text("", encoding="utf-8")
    (small_corpus / "issuers.yaml").write_bytes((ROOT / "corpus/issuers.yaml").read_bytes())
    data, embeddings = tmp_path / "data", BundledEmbeddings()
    build_index(small_corpus, data, embeddings, BundledEmbeddings.name, "2026-11-22")
    articles = [f"第{write_chinese_numeral(number)}条　样本文字{number}。" for number in range(1, 36)]
    (tmp_path / "条例.txt").write_text("\n\n".join([TITLE, *articles]) + "\n", encoding="utf-8")
    told = Told(title=TITLE, in_force_from=TODAY.replace(year=2019))
    [added] = Holdings(small_corpus, data, embeddings, BundledEmbeddings.name).add(
        [tmp_path / "条例.txt"], told, TODAY, sure=True
    )
    assert added.state == "added"
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(data))
    return data


def test_a_letter_on_the_command_line_quotes_the_article(data, monkeypatch, capsys, tmp_path):
    def call(*arguments):
        open_desk.cache_clear()
        monkeypatch.setattr(sys, "argv", ["gongkai", "letter", "correction_notice", *arguments])
        with contextlib.suppress(SystemExit):
            main()
        return capsys.readouterr().out

    (tmp_path / "f.yaml").write_text(call("--example"), encoding="utf-8")
    text = json.loads(call("--data", str(tmp_path / "f.yaml"), "--json"))["text"]
    assert f"《{TITLE}》第三十条规定：“样本文字30。”" in text
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "empty"))
    assert "样本文字" not in call("--data", str(tmp_path / "f.yaml"))
    open_desk.cache_clear()


def test_no_index_has_no_wording_and_none_is_made(tmp_path):
    settings = load_settings()
    assert held_wording(replace_data(settings, tmp_path / "none")) is None
    (tmp_path / "none" / "index").mkdir(parents=True)
    assert held_wording(replace_data(settings, tmp_path / "none")) is None
    assert list((tmp_path / "none" / "index").iterdir()) == []


def replace_data(settings, folder):
    return settings.model_copy(update={"data_dir": folder})


def test_a_day_in_force_that_the_text_does_not_say_is_listed_as_unknown(
    data, small_corpus, tmp_path, monkeypatch, capsys
):
    path = tmp_path / "示例条例.txt"
    path.write_text(
        "示例市犬只条例\n\n（2010年1月5日示例市人民政府令第3号公布 根据2022年4月6日示例市人民政府令第9号修正）\n\n"
        "第一条 为了规范养犬，制定本条例。\n\n第二条 本条例自2010年3月1日起施行。\n",
        encoding="utf-8",
    )
    Holdings(small_corpus, data, BundledEmbeddings(), BundledEmbeddings.name).add([path], Told(), TODAY)
    [row] = [row for row in list_documents(load_settings(), TODAY) if row["title"] == "示例市犬只条例"]
    assert (row["in_force_from"], row["in_force"]) == (None, True)
    assert "--in-force-from" in row["notes"][0]
    monkeypatch.setattr(sys, "argv", ["gongkai", "corpus", "list"])
    with contextlib.suppress(SystemExit):
        main()
    assert "施行日不明" in next(line for line in capsys.readouterr().out.splitlines() if "示例市犬只条例" in line)
