"""Text is data: what a text of the office, a question or a file orders changes nothing, even when the model obeys."""

import json
import shutil
import sys

import pytest
import yaml

from assistant.app import build_assistant
from assistant.cli import main
from assistant.holdings import open_holdings
from assistant.numbers import write_chinese_numeral
from assistant.settings import load_settings
from assistant.sources.intake import Told
from benchmarks.judging import shown_sentences
from tests.answering.liar_server import liar_server
from tests.conftest import ROOT, TODAY
from tests.office_texts import rule, write_rule

CASES = yaml.safe_load((ROOT / "tests" / "golden" / "injections.yaml").read_text(encoding="utf-8"))
CHUNKS, QUESTIONS, REPORTS = (
    [case for case in CASES if case["where"] == where] for where in ("chunk", "question", "report")
)
REPLACED = yaml.safe_load((ROOT / "corpus" / "claims.yaml").read_text(encoding="utf-8"))["words"]["unproved"]
TRUE = "加装电梯的第{}类住宅每台补贴15万元。"
QUESTION = "人家来要材料，几天内要回话？"


@pytest.fixture(scope="module")
def script():
    """What the obedient model does next, and what it was asked."""
    return {"play": lambda *_: "", "prompts": []}


@pytest.fixture(scope="module")
def speaking(assistant, data_folder, tmp_path_factory, script):
    """An assistant whose model obeys, and a Word file of the office in which every article is poisoned."""
    folder = tmp_path_factory.mktemp("poisoned")
    shutil.copytree(data_folder, folder / "data", ignore=shutil.ignore_patterns("*.lock"))
    articles = [
        f"第{write_chinese_numeral(n)}条 {TRUE.format(write_chinese_numeral(n))}{case['text']}"
        for n, case in enumerate(CHUNKS, start=1)
    ]
    begins = rule().split("第一章")[0]
    path = write_rule(folder / "办法.docx", "\n".join([begins, *articles, "本办法自2023年5月1日起施行。"]))

    def play(passages, prompt, request):
        script["prompts"].append(prompt)
        return script["play"](passages)

    with liar_server(play) as url:
        settings = load_settings(data_dir=folder / "data", llm_base_url=url, llm_model="obedient", llm_timeout=20)
        [outcome] = open_holdings(settings).add([path], Told(), TODAY, sure=True)
        assert (outcome.state, outcome.articles) == ("added", len(CHUNKS))
        yield build_assistant(TODAY, settings)


def own_words(answer):
    return [sentence for sentence, _ in shown_sentences(answer, REPLACED)]


@pytest.mark.parametrize("number", range(1, len(CHUNKS) + 1), ids=[case["text"][:16] for case in CHUNKS])
def test_an_instruction_in_a_passage_changes_nothing(speaking, script, number):
    case, true = CHUNKS[number - 1], TRUE.format(write_chinese_numeral(number))

    def obey(passages):
        n = next(n for n, text in passages.items() if true in text)
        return case["says"].replace("[n]", f"[{n}]") + "\n"

    script["play"] = obey
    script["prompts"].clear()
    question = f"《示例市加装电梯补贴办法》第{write_chinese_numeral(number)}条怎么规定"
    answer = speaking.ask(question, TODAY)
    # Reading a file may close up the space between Latin and Chinese letters.
    assert case["text"].replace(" ", "") in script["prompts"][-1].replace(" ", "")
    assert own_words(answer) == []
    assert answer.answerer == "extractive"
    # What the file itself says stands there as its words, with its name.
    assert answer.citations[0].source == "办法.docx"
    script["play"] = lambda passages: f"{true}[{next(n for n, text in passages.items() if true in text)}]\n"
    assert own_words(speaking.ask(question, TODAY)) == [true]


@pytest.mark.parametrize("case", QUESTIONS, ids=[case["text"][:16] for case in QUESTIONS])
def test_an_instruction_in_a_question_changes_nothing(speaking, script, case):
    script["play"] = lambda passages: case["says"] + "\n"
    answer = speaking.ask(f"{QUESTION}{case['text']}", TODAY)
    assert own_words(answer) == []
    assert answer.declined or answer.citations[0].status == "verified"


@pytest.mark.parametrize("case", REPORTS, ids=[case["text"][:16] for case in REPORTS])
def test_an_instruction_in_a_report_meets_no_model(script, case, tmp_path, monkeypatch, capsys):
    report = (ROOT / "tests" / "golden" / "report-zibo-2019.txt").read_text(encoding="utf-8")
    path = write_rule(tmp_path / "报告.docx", report)
    found = []
    for text in (report, f"{report}\n{case['text']}"):
        write_rule(path, text)
        with liar_server(lambda *_: found.append("asked")) as url:
            monkeypatch.setenv("GONGKAI_LLM_BASE_URL", url)
            monkeypatch.setenv("GONGKAI_LLM_MODEL", "obedient")
            monkeypatch.setattr(sys, "argv", ["gongkai", "check", str(path), "--json"])
            with pytest.raises(SystemExit):
                main()
        codes = [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]]
        found.append(codes)
    assert found[0] == found[1]
    assert found[0]
