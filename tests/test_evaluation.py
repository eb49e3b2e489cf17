"""A run as a report, and two runs compared."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.evaluation import Question
from assistant.evaluation.comparison import compare, load_run
from assistant.evaluation.measures import measure, nearest_rank
from assistant.evaluation.page import tell, write_run
from assistant.evaluation.quality import measure_quality
from benchmarks.side_by_side import Tool

TODAY = date(2026, 11, 22)
LAW = "政府信息公开条例"
QUESTIONS = [
    Question("term", "几天内要答复？", (), ((LAW, 33),), (("20个工作日",), ("没有这句话",)), True),
    Question("weather", "明天下雨吗？", (), (), (), False),
    Question("no-answer", "几天内要答复？", (), (), (), False),
    Question("elsewhere", "申请内容不明确，要求补正的期限是几天？", (), ((LAW, 1),), (), True),
]


@pytest.fixture(scope="module")
def run(assistant):
    return measure_quality(assistant, QUESTIONS, TODAY)


def rows(count, right):
    return [{"id": str(n), "scores": {"recall@1": [float(n < right), 1.0]}} for n in range(count)]


def test_each_question_tells_what_was_found_said_cited_and_missed(run):
    term, weather, no_answer, elsewhere = run["questions"]
    assert term["articles"][0]["rank"] == 1
    assert [fact["found"] for fact in term["facts"]] == [True, False]
    assert term["missed"] == ["缺少：没有这句话"]
    assert term["citations"][0]["expected"]
    assert term["scores"]["fact_coverage"] == (1.0, 2.0)
    assert len(term["retrieved"]) == 10
    assert weather["declined"]
    assert weather["missed"] == []
    assert no_answer["missed"] == ["该拒答而回答了"]
    assert elsewhere["missed"] == [f"前十条没有《{LAW}》第1条"]
    measures = run["measures"]
    assert (measures["recall@10"], measures["mrr"]) == (0.5, 0.5)
    assert (measures["refusal_precision"], measures["refusal_recall"]) == (1.0, 0.5)
    assert 0 < measures["citation_precision"] < 1


def test_the_95th_percentile_is_one_of_the_values_and_never_below_the_median(run):
    assert nearest_rank([3.0]) == 3.0
    assert nearest_rank([9.0, 1.0]) == 9.0
    assert nearest_rank(list(range(1, 21))) == 19
    assert nearest_rank(list(range(1, 22))) == 20
    assert nearest_rank([5.0, 1.0, 3.0], 50) == 3.0
    two = [{**run["questions"][0], "ms": ms} for ms in (10.0, 90.0)]
    measured = measure(two)
    assert (measured["p50_ms"], measured["p95_ms"]) == (50.0, 90.0)
    tool = Tool("two", lambda question: ([], ""), [0], [], [10.0, 90.0])
    assert tool.row().endswith("| 50 | 90 |")


def test_the_files_hold_the_run_and_the_page_loads_nothing_from_elsewhere(run, tmp_path):
    paths = write_run(run, tmp_path / "new")
    assert [path.name for path in paths] == ["evaluation.json", "scores.json", "evaluation.html"]
    page = paths[2].read_text(encoding="utf-8")
    assert "几天内要答复" in page
    assert "缺少：没有这句话" in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert load_run(paths[1])["questions"][0] == {
        "id": "term", "scores": json.loads(json.dumps(run["questions"][0]["scores"]))
    }  # fmt: skip
    again = compare(run["questions"], load_run(paths[0])["questions"])
    assert again["fell"] == []
    assert {change["change"] for change in again["measures"].values()} == {0.0}
    assert "4 题，3 题有缺失" in tell(run)


def test_markup_in_a_question_or_an_answer_stays_text(run, tmp_path):
    changed = copy.deepcopy(run)
    changed["questions"][0]["question"] = "<script>alert(1)</script>"
    page = write_run(changed, tmp_path)[2].read_text(encoding="utf-8")
    assert "<script>" not in page


def test_a_fall_beyond_chance_is_told_and_one_question_is_not():
    assert compare(rows(150, 120), rows(150, 140))["fell"] == ["recall@1"]
    assert compare(rows(150, 139), rows(150, 140))["fell"] == []
    rose = compare(rows(150, 140), rows(150, 120))["measures"]["recall@1"]
    assert (rose["verdict"], rose["change"]) == ("rose", 0.1333)


def test_only_questions_of_both_runs_are_compared():
    found = compare(rows(30, 10), rows(20, 10))
    assert (found["questions"], found["only_here"], found["only_before"]) == (20, 10, 0)
    assert found["measures"]["recall@1"]["change"] == 0.0
    assert compare(rows(3, 1), [])["measures"] == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"questions": [{"id": 1}]}'])
def test_a_file_that_is_no_run_is_refused(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(InputError, match="不是评测结果"):
        load_run(path)
    with pytest.raises(InputError, match="找不到"):
        load_run(Path("absent.json"))


def test_the_command_fails_when_a_measure_fell(data_folder, assistant, tmp_path, capsys, monkeypatch):
    from assistant.cli import main

    lines = [
        {"id": str(n), "question": "几天内要答复？", "articles": [{"document": LAW, "article": 1 if n else 33}]}
        for n in range(12)
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    good = [{"id": str(n), "scores": {"recall@1": [1.0, 1.0]}} for n in range(12)]
    (tmp_path / "base.json").write_text(json.dumps({"questions": good}))
    arguments = ["--questions", str(tmp_path / "q.jsonl"), "--baseline", str(tmp_path / "base.json"), "--json"]
    monkeypatch.setattr("sys.argv", ["gongkai", "evaluate", *arguments, "--output", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"]["fell"] == ["recall@1"]
    assert told["recall@1"] == pytest.approx(1 / 12, abs=1e-4)
    assert (tmp_path / "out" / "evaluation.html").is_file()
