import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from docx import Document

from assistant.cli import main
from assistant.report.statistics_files import dump_statistics


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def gongkai(monkeypatch, capsys):
    """gongkai("draft", "a.yaml", cwd=folder) → what the command line says, run in this process."""

    def gongkai(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["gongkai", *map(str, arguments)])
        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        return Done(status, *capsys.readouterr())

    return gongkai


@pytest.fixture
def folder(tmp_path, make, change):
    statistics = make(17, year=2025)
    (tmp_path / "本年.yaml").write_bytes(dump_statistics(statistics, ".yaml"))
    (tmp_path / "本年.xlsx").write_bytes(dump_statistics(statistics, ".xlsx"))
    carried = {f"requests.carried_out.{a.column}": v for a, v in statistics.cells.items() if a.row == "carried_in"}
    before = change(statistics, carried, year=2024)
    (tmp_path / "上年.yaml").write_bytes(dump_statistics(before, ".yaml"))
    wrong = change(statistics, {"requests.received.total": statistics.value("requests", "received", "total") + 1})
    (tmp_path / "错.json").write_bytes(dump_statistics(wrong, ".json"))
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_draft_is_one_json_value_with_the_keys_of_the_contract(gongkai, folder):
    done = gongkai("draft", "本年.yaml", "--output", "年报.docx", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    assert {"title", "sections", "violations", "warnings", "output"} <= set(data)
    assert (data["output"], data["violations"], len(data["sections"])) == ("年报.docx", [], 6)
    assert set(data["sections"][0]["figures"][0]) == {"text", "start", "cell"}
    assert {"年报.docx", "年报.统计.yaml"} <= set(names(folder))


def test_wrong_figures_end_with_status_1_and_write_nothing(gongkai, folder):
    before = names(folder)
    done = gongkai("draft", "错.json", "--output", "年报.docx", "--json", cwd=folder)
    assert done.returncode == 1
    data = json.loads(done.stdout)
    assert {finding["code"] for finding in data["violations"]} >= {"H3"}
    assert (data["sections"], data["output"], names(folder)) == ([], None, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draft", "无.yaml"], "找不到统计文件"),
        (["draft", "本年.yaml", "--output", "年报.pdf"], r"可以写成 .docx 或 .html"),
        (["draft", "本年.yaml", "--output", "本年.xlsx"], "不会写"),
        (["draft", "本年.yaml", "--output", "没有/年报.docx"], "不存在，请先建立"),
        (["draft", "本年.yaml", "--previous", "本年.yaml"], "请给出2024年度的统计"),
        (["draft", "本年.yaml", "--date", "2026年"], "请写成 2026-01-20 的样子"),
        (["draft", "本年.yaml", "--output", "年报.docx", "--template", "无.docx"], "不是 .docx 文件"),
        (["draft", "本年.yaml", "--output", "年报.html", "--template", "模板.docx"], "请用 --output 写成 .docx"),
        (["draft", "本年.yaml", "--template", "模板.docx"], "请用 --output 写成 .docx"),
        (["statistics", "template", "--form", "2030", "--output", "a.xlsx"], "没有“2030”这个表式"),
        (["statistics", "template", "--output", "a.docx"], "请把 a.docx 改为 .xlsx"),
        (["statistics", "convert", "本年.yaml", "本年.xlsx"], "已经存在；要覆盖请加 --force"),
        (["statistics", "convert", "本年.yaml", "本年.csv"], "不会写"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_one_chinese_line(gongkai, folder, arguments, message):
    before = names(folder)
    done = gongkai(*arguments, cwd=folder)
    assert (done.returncode, done.stdout, names(folder)) == (2, "", before)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_finished_report_is_not_overwritten_without_force(gongkai, folder):
    (folder / "年报.docx").write_bytes(b"mine")
    assert gongkai("draft", "本年.yaml", "--output", "年报.docx", cwd=folder).returncode == 2
    assert (folder / "年报.docx").read_bytes() == b"mine"
    assert gongkai("draft", "本年.yaml", "--output", "年报.docx", "--force", cwd=folder).returncode == 0
    assert (folder / "年报.docx").read_bytes().startswith(b"PK")


def test_the_web_page_of_a_report_goes_beside_its_word_file_and_other_figures_do_not(gongkai, folder, make):
    for name in ("年报.docx", "年报.html"):
        assert gongkai("draft", "本年.yaml", "--output", name, cwd=folder).returncode == 0
    figures = (folder / "年报.统计.yaml").read_bytes()
    (folder / "年报.html").unlink()
    (folder / "别的.yaml").write_bytes(dump_statistics(make(18, year=2025), ".yaml"))
    before = names(folder)
    done = gongkai("draft", "别的.yaml", "--output", "年报.html", cwd=folder)
    assert (done.returncode, names(folder)) == (2, before)
    assert "年报.统计.yaml 已经存在；要覆盖请加 --force" in done.stderr
    assert (folder / "年报.统计.yaml").read_bytes() == figures


def test_a_value_that_is_no_number_stops_a_conversion(gongkai, folder):
    text = (folder / "本年.yaml").read_text()
    key = "fees: {amount: "
    start = text.index(key) + len(key)
    (folder / "元.yaml").write_text(text[:start] + "125000元" + text[text.index("}", start) :])
    done = gongkai("statistics", "convert", "元.yaml", "元.json", cwd=folder)
    assert (done.returncode, (folder / "元.json").exists()) == (2, False)
    assert "请换算成万元，只填数字。改正后再转换。" in done.stderr


def test_statistics_go_round_through_the_command_line(gongkai, folder, rules):
    from assistant.report.statistics_files import load_statistics

    for source, target in (("本年.yaml", "a.json"), ("a.json", "b.xlsx"), ("b.xlsx", "c.yaml")):
        assert gongkai("statistics", "convert", source, target, cwd=folder).returncode == 0
    assert load_statistics(folder / "c.yaml", rules.forms) == load_statistics(folder / "本年.yaml", rules.forms)
    assert gongkai("statistics", "template", "--form", "2019", "--output", "t.xlsx", cwd=folder).returncode == 0


def test_without_json_findings_and_text_are_shown_in_chinese(gongkai, folder):
    done = gongkai("draft", "本年.xlsx", "--previous", "上年.yaml", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "一、总体情况" in done.stdout
    wrong = gongkai("draft", "错.json", cwd=folder)
    assert wrong.returncode == 1
    assert "错误 H3" in wrong.stdout


def test_every_draft_has_a_word_file_with_its_title_and_its_chapters(rules, make):
    from assistant.report.drafting.draft import draft_report
    from assistant.report.writing import render_draft

    for seed in range(5):
        draft = draft_report(make(seed), None, rules)
        paper = Document(io.BytesIO(render_draft(draft, ".docx")))
        lines = [paragraph.text.replace("\n", "") for paragraph in paper.paragraphs]
        assert draft.title.text in lines
        chapters = [section.chapter.title for section in draft.sections]
        assert len(chapters) == 6
        assert [line for line in lines if line in chapters] == chapters


def test_the_shell_gets_a_word_file_within_three_seconds(folder):
    command = [
        sys.executable,
        "-c",
        "from assistant.cli import main; main()",
        "draft",
        "本年.xlsx",
        "--output",
        "年报.docx",
    ]
    before = os.times()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    after = os.times()
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "年报.docx").is_file()
    # Processor seconds: how long the processors are somebody else's is no fault of the program.
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < 3, used


def test_last_year_is_told_by_what_differs_and_how_much_does_not():
    from dataclasses import replace
    from decimal import Decimal

    from assistant.report.changes import Change
    from assistant.report.check_command import _change_lines
    from assistant.report.forms import Address

    same = Change(Address("requests", "received", "total"), "表三“本年新收”", "件", 23, 23, Decimal(0))
    lines = list(_change_lines(2024, [same, replace(same, now=25, percent=Decimal("8.7")), same]))
    assert lines[1:] == ["  表三“本年新收”：23 → 25件，增加2，增长8.7%", "  其余2项与上年相同。"]
    assert list(_change_lines(2024, [same]))[1:] == ["  1项与上年相同。"]
