"""The command line as a user meets it, in processes of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def gongkai(assistant, data_folder):
    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-c", "from assistant.cli import main; main()", *arguments],
            capture_output=True, text=True, encoding="utf-8", timeout=120,
            env={**os.environ, "GONGKAI_DATA_DIR": str(data_folder), **environment},
        )  # fmt: skip

    return run


def test_ask_prints_one_json_value_and_nothing_else(gongkai):
    done = gongkai("ask", "人家来要材料，几天内要回话？", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"question", "answer", "declined", "reason", "citations", "answerer", "seconds"}
    first = answer["citations"][0]
    assert (first["article"], first["clause"], first["status"]) == (33, "第三十三条第二款", "verified")
    assert set(first) >= {
        "marker", "document", "document_number", "article", "clause", "quote", "verbatim", "status", "source", "url",
        "in_force_from", "in_force_until",
    }  # fmt: skip
    assert "20个工作日" in answer["answer"]


def test_ask_prints_the_answer_for_people(gongkai):
    done = gongkai("ask", "部门年报哪天前公布", "--as-of", "2026-11-22")
    assert "1月31日" in done.stdout
    assert "第四十九条" in done.stdout
    assert "已核验" in done.stdout


def test_a_session_remembers_what_was_asked(gongkai):
    gongkai("ask", "征求第三方意见给几天？", "--session", "甲")
    done = gongkai("ask", "那要是对方不回呢？", "--session", "甲", "--json")
    assert json.loads(done.stdout)["citations"][0]["article"] == 32


def test_a_report_is_drafted_in_a_named_session(gongkai):
    def say(message):
        return json.loads(gongkai("ask", message, "--session", "年报", "--json").stdout)["answer"]

    assert "起草哪个机关" in say("帮我起草2025年年报")
    assert "新收多少件" in say("示例市水务局")
    assert "20个工作日" in say("收到申请后几天内要答复？")  # another question does not end the dialogue
    assert "确实没有" in say("全部为零")
    drafted = say("确认")
    assert "示例市水务局2025年政府信息公开工作年度报告" in drafted
    assert "未收到政府信息公开申请" in drafted
    assert "gongkai draft" in drafted
    assert "专业解读" not in drafted
    asked = say("第五部分再写具体些")
    assert "第五部分" in asked
    assert "专业解读少" in say("问题：专业解读少；措施：每季度解读一次政策")


def test_a_batch_is_answered_in_order(gongkai, tmp_path):
    rows = [
        {"id": 2, "question": "答复期限多少天"},
        {"id": 1, "question": "那要是对方不回呢？", "history": ["征求第三方意见给几天？"]},
        {"id": "c", "question": "答复期限多少天", "as_of": "2018-01-01"},
        {"id": "d", "question": ""},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    done = gongkai("ask", "--batch", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == [2, 1, "c", "d"]
    assert answers[1]["citations"][0]["article"] == 32
    assert "15个工作日" in answers[2]["answer"]
    assert answers[3]["declined"]


def test_search_lists_articles(gongkai):
    rows = json.loads(gongkai("search", "信息处理费 标准", "-k", "3", "--json").stdout)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert set(rows[0]) == {"rank", "score", "document", "document_number", "article", "heading", "text", "source"}
    assert "政府信息公开信息处理费管理办法" in {row["document"] for row in rows}


def test_corpus_status_counts_and_dates(gongkai):
    status = json.loads(gongkai("corpus", "status", "--json").stdout)
    assert status["articles"] > 200
    assert {d["id"] for d in status["documents"] if not d["in_force"]} >= {"disclosure-regulation-2007"}


def test_evaluate_reads_questions_of_the_contract(gongkai, tmp_path):
    line = {
        "id": "x", "question": "几天内答复", "articles": [{"document": "政府信息公开条例", "article": 33}],
        "facts": ["20个工作日"], "answerable": True,
    }  # fmt: skip
    (tmp_path / "q.jsonl").write_text(json.dumps(line), encoding="utf-8")
    result = json.loads(gongkai("evaluate", "--questions", str(tmp_path / "q.jsonl"), "--json").stdout)
    assert (result["n"], result["recall@1"], result["mrr"], result["fact_coverage"]) == (1, 1.0, 1.0, 1.0)
    assert set(result) >= {"recall@3", "recall@5", "recall@10", "refusal_precision", "refusal_recall", "corpus", "date"}


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["ask"], {}, "请写下要问的事"),
        (["ask", "期限", "--as-of", "2026-02-30"], {}, "日期 2026-02-30 不对"),
        (["ask", "期限", "--session", "../x"], {}, "会话名称"),
        (["ask", "--batch", "没有.jsonl", "--output", "o"], {}, "找不到文件"),
        (["ask", "--batch", "x.jsonl"], {}, "--output"),
        (["ask", "期限", "--colour"], {}, "请用 gongkai ask --help 查看"),
        (["asks"], {}, "命令写法不对"),
        (["search", "期限", "-k", "x"], {}, "命令写法不对"),
        (["evaluate"], {}, "--questions"),
        (["evaluate", "--questions", "没有.jsonl"], {}, "找不到文件"),
        (["ask", "期限"], {"GONGKAI_COLOUR": "red"}, "不认识的设置 GONGKAI_COLOUR"),
        (["ask", "期限"], {"GONGKAI_EMBEDDING_MODEL": "bge-m3"}, "GONGKAI_EMBEDDING_MODEL"),
        (["serve", "--port", "1"], {}, "端口 1 不能使用"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_one_chinese_line(gongkai, arguments, environment, says):
    if arguments[0] == "serve" and os.geteuid() == 0:
        arguments = ["serve", "--host", "203.0.113.1", "--port", "1"]
    done = gongkai(*arguments, **environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["不是 JSON", '{"id": 1}', '["x"]', '{"id": 1, "question": "x", "as_of": "昨天"}'])
def test_a_broken_line_of_a_batch_is_named(gongkai, tmp_path, text):
    (tmp_path / "in.jsonl").write_text(text, encoding="utf-8")
    done = gongkai("ask", "--batch", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    "command", [[], ["ask"], ["search"], ["corpus"], ["corpus", "status"], ["evaluate"], ["serve"]]
)
def test_every_command_explains_itself(gongkai, command):
    done = gongkai(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout or "用法" in done.stdout
