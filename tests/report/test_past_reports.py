"""Past reports: kept from files that our own drafts wrote, asked for by figure, used for the next draft."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
import yaml

from assistant.documents.opening import load_document
from assistant.office.report_figures import look_up, read_figure_question
from assistant.report.corpus_files import load_corpus_yaml
from assistant.report.drafting.draft import draft_report
from assistant.report.shelf import KeptReport, ReportShelf, recognize_report
from assistant.report.statistics_files import dump_statistics
from assistant.report.writing import write_draft
from tests.conftest import ROOT

TODAY = date(2025, 1, 5)
OWN = "样本县自然资源局"
ZIBO = "淄博市机关事务管理局"
WORDS = load_corpus_yaml(ROOT / "corpus" / "report_figures.yaml")
TOTAL = {2022: 11, 2023: 23, 2024: 37}
FEES = {2022: (0, 0), 2023: (2, 130), 2024: (0, 0)}


@pytest.fixture(scope="module")
def own(make, change):
    """own(year) → valid statistics of one body whose requests received are TOTAL[year], all granted."""

    def own(year):
        base = make(1, year=year)
        zero = {str(a): 0 for a in base.cells if a.table == "requests"}
        n = TOTAL[year]
        cells = {
            f"requests.{row}.{column}": n
            for row in ("received", "granted", "total")
            for column in ("natural_person", "total")
        }
        reviews = {str(a): 0 for a in base.cells if a.table == "reviews"}
        counted = {"reviews.reconsideration.upheld": 2, "reviews.reconsideration.total": 2}
        rules = {str(a): 0 for a in base.cells if a.row == "rules"}
        fees = dict(zip(("processing_fee.cases", "processing_fee.amount"), FEES[year], strict=True))
        return change(
            base, zero | cells | reviews | counted | rules | fees, agency=OWN, level="department", region_rank="county"
        )

    return own


@pytest.fixture(scope="module")
def written(own, rules, tmp_path_factory):
    """The drafts of three years as Word files and a web page."""
    folder = tmp_path_factory.mktemp("reports")
    paths = {}
    for year, suffix in ((2022, ".html"), (2023, ".docx"), (2024, ".docx")):
        draft = draft_report(own(year), None, rules)
        assert not draft.violations, [finding.message for finding in draft.violations]
        paths[year] = folder / f"{year}{suffix}"
        write_draft(draft, paths[year], force=False, day=None, template=None)
    return paths


def recognized(path, check_rules):
    return recognize_report(load_document(path), check_rules.forms, check_rules.words)


def kept(path, check_rules, sha256="0" * 64):
    report = recognized(path, check_rules)
    passages = tuple((p.chapter, p.text) for p in report.passages)
    return KeptReport(report.title, report.statistics, path.name, sha256, "2025-01-05", passages)


@pytest.fixture(scope="module")
def shelf(written, check_rules, tmp_path_factory):
    shelf = ReportShelf(
        tmp_path_factory.mktemp("data") / "reports.sqlite", ROOT / "corpus" / "reports", check_rules.forms
    )
    for path in written.values():
        assert shelf.put(kept(path, check_rules)) == "added"
    return shelf


def ask(shelf, message, today=TODAY):
    reports = shelf.reports()
    question = read_figure_question(message, today, WORDS, reports)
    return question and look_up(question, WORDS, reports)


def told(found):
    return [int(n) for n in re.findall(r"\*\*(\d+)", "".join(found.lines))]


def test_a_report_is_kept_with_every_figure_and_its_passages(shelf, own, check_rules, written):
    for year in TOTAL:
        report = shelf.of(OWN, year)
        tables = {a: v for a, v in own(year).cells.items() if a.table != "processing_fee"}
        assert {a: report.statistics.cells[a] for a in tables} == tables
        assert {"overview", "problems"} <= {chapter for chapter, _ in report.passages}
        assert shelf.put(kept(written[year], check_rules)) == "unchanged"
    assert shelf.of(ZIBO, 2019).sha256 == ""


def test_another_file_of_the_same_year_replaces_it_and_the_log_says_so(written, check_rules, tmp_path, change):
    shelf = ReportShelf(tmp_path / "reports.sqlite", tmp_path, check_rules.forms)
    first = kept(written[2023], check_rules, "a" * 64)
    shelf.put(first)
    other = replace(first, sha256="b" * 64, statistics=change(first.statistics, {"requests.received.total": 24}))
    assert shelf.put(other) == "changed"
    assert [r.statistics.value("requests", "received", "total") for r in shelf.reports()] == [24]
    shelf.remove(shelf.of(OWN, 2023), "2025-01-06")
    assert shelf.reports() == []
    assert [(row["action"], row["sha256_before"][:1]) for row in shelf.log()] == [
        ("added", ""), ("replaced", "a"), ("removed", "b"),
    ]  # fmt: skip


def test_a_report_is_parsed_once_and_again_when_its_file_changed(shelf, check_rules, tmp_path, change):
    assert [id(report) for report in shelf.reports()] == [id(report) for report in shelf.reports()]
    shipped, statistics = tmp_path / "shipped", shelf.of(OWN, 2023).statistics
    shipped.mkdir()
    (shipped / "own.yaml").write_bytes(dump_statistics(statistics, ".yaml"))
    other = ReportShelf(tmp_path / "reports.sqlite", shipped, check_rules.forms)
    assert [r.statistics.value("requests", "received", "total") for r in other.reports()] == [23]
    changed = change(statistics, {"requests.received.total": 24})
    (shipped / "own.yaml").write_bytes(dump_statistics(changed, ".yaml"))
    assert [r.statistics.value("requests", "received", "total") for r in other.reports()] == [24]


@pytest.mark.parametrize(
    ("message", "figures"),
    [
        ("我们2023年收到多少申请？", [23]), ("我局2022年收到多少件申请", [11]), ("去年我们收到几件申请", [37]),
        ("前年本机关新收申请多少件？", [23]), ("我们近三年收到的申请各多少", [11, 23, 37]),
        ("我局历年收到的申请数量", [11, 23, 37]), ("我们去年结转几件", [0, 0]), ("我们2022年上年结转多少件", [0]),
        ("我局2023年结转下年的有几件", [0]), ("我们2022年行政复议几件", [2]), ("我局2023年被复议了几次", [2]),
        ("我们2023年行政诉讼多少起", [0]), ("我们2023年复议后起诉几件", [0]), ("我单位2023年直接起诉几件", [0]),
        ("我们2023年复议维持了几件", [2]), ("我们2023年复议纠正几件", [0]), ("我们2023年不予公开了多少件", [0]),
        ("我们2023年予以公开多少件", [23]), ("我们2023年部分公开几件", [0]), ("我们2023年无法提供几件", [0]),
        ("我们2023年不予处理几件", [0]), ("我们2023年其他处理几件", [0]), ("我们2023年一共办结多少件", [23]),
        ("我们2023年自然人申请多少件", [23]), ("我们2023年企业申请几件", [0]), ("我们2023年法人的申请多少件", [0]),
        ("我局2023年因国家秘密不予公开几件", [0]), ("我局2023年重复申请几件", [0]), ("我局2023年信访类几件", [0]),
        (f"{OWN}2024年收到多少申请", [37]), ("淄博市机关事务管理局2019年收到几件申请", [0]),
        ("2023年收了多少信息处理费", [2, 130]), ("我们2023年收了多少钱的信息处理费", [2, 130]),
        ("我局2022年信息处理费一共多少钱", [0, 0]), ("我们2023年信息处理费收了几笔", [2, 130]),
        ("2023年收到多少申请", [23]), ("２０２３年我们收到多少申请", [23]), ("我局2023年规章制发了几件", [0]),
        ("2023年收到多少件政府信息公开申请？", [23]), ("去年共有几件政府信息公开申请", [37]),
    ],
)  # fmt: skip
def test_a_figure_is_answered_from_its_cell(shelf, message, figures):
    found = ask(shelf, message)
    assert told(found) == figures
    assert all(cell.quote and cell.printed_in(shelf.reports()) == cell.quote for cell in found.cells)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("我们2023、2024年收到的申请多了几件", "2024年比2023年增加**14件**，增长**60.9%**，由上面两格算出。 [1][2]"),
        ("我们2022年、2023年的行政诉讼件数有变化吗", "2023年与2022年持平。 [1][2]"),
    ],
)  # fmt: skip
def test_two_years_are_compared_by_their_cells(shelf, message, line):
    found = ask(shelf, message)
    assert found.lines[-1] == line
    assert len(found.cells) == 2


def test_the_cell_is_cited_as_printed(shelf):
    [cell] = ask(shelf, "我们2023年收到多少申请？").cells
    assert cell.quote == "一、本年新收政府信息公开申请数量　总计：23"
    assert cell.clause.startswith("表三“")
    assert cell.clause.endswith("行“总计”列")
    assert cell.document == f"{OWN}2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("我们2018年收到多少申请", "没有收录"), ("市卫健委2023年收到多少申请", "没有收录市卫健委"),
        ("我们2023年年报里的数是多少", "不清楚问的是哪一个数"),
        ("淄博市去年一共收了多少件公开申请", "没有收录淄博市"),
    ],
)  # fmt: skip
def test_what_is_not_held_or_not_clear_is_declined_with_what_there_is(shelf, message, says):
    assert says in ask(shelf, message).refusal


def test_without_a_body_of_ones_own_or_with_two_a_question_has_to_name_one(shelf, own, check_rules, tmp_path):
    two = ReportShelf(tmp_path / "reports.sqlite", ROOT / "corpus" / "reports", check_rules.forms)
    for name in (OWN, "样本县水利局"):
        two.put(KeptReport(f"{name}年报", replace(own(2023), agency=name), "a.docx", "0" * 64, "2025-01-05"))
    for message in ("2023年收到多少申请", "我们2023年收到多少申请"):
        assert "请写明是哪个机关" in ask(two, message).refusal


def test_the_processing_fee_is_quoted_from_chapter_six_and_never_taken_for_0_where_it_is_silent(shelf, own, tmp_path):
    [cell] = ask(shelf, "我们2023年收了多少信息处理费").cells
    assert cell.clause == "“六、其他需要报告的事项”"
    assert re.search("收取信息处理费2件.*130元。$", cell.quote)
    assert cell.printed_in(shelf.reports()) == cell.quote
    silent = ReportShelf(tmp_path / "reports.sqlite", tmp_path, {"2021": own(2023).form})
    silent.put(KeptReport(f"{OWN}年报", own(2023), "a.docx", "0" * 64, "2025-01-05"))
    found = ask(silent, "我们2023年收了多少信息处理费")
    assert (found.cells, told(found)) == ((), [])
    assert "没有写信息处理费，不能当作0" in found.lines[0]


def test_a_cell_that_was_not_entered_is_said_not_to_be(shelf):
    found = ask(shelf, "淄博市机关事务管理局2019年结转下年几件")
    assert "没有填写" in found.lines[0]
    assert found.cells == ()


@pytest.mark.parametrize("name", ["questions", "questions_unseen", "questions_fresh", "questions_wide"])
def test_no_golden_question_that_the_corpus_answers_is_taken_for_a_figure(shelf, name):
    rows = yaml.safe_load((ROOT / "tests" / "golden" / f"{name}.yaml").read_text(encoding="utf-8"))
    for row in rows:
        if row["half"] == "tuning":
            found = ask(shelf, row["question"])
            assert found is None or (not row["answerable"] and found.refusal), row["question"]


@pytest.mark.parametrize(
    "message",
    [
        "收到申请多少天内答复",
        "我们收到申请后几个工作日内要答复",
        "去年收到的申请今年答复算哪年的",
        "我们一年收到多少件才能收费",
    ],
)
def test_a_question_of_law_is_left_to_the_corpus(shelf, message):
    assert ask(shelf, message) is None


def test_the_commands_keep_list_ask_draft_and_remove(
    assistant, data_folder, written, own, tmp_path, check_rules, rules
):
    data = tmp_path / "data"
    shutil.copytree(data_folder, data, ignore=shutil.ignore_patterns("*.lock"))

    def gongkai(*arguments):
        return subprocess.run(
            [sys.executable, "-c", "from assistant.cli import main; main()", *map(str, arguments)],
            capture_output=True, text=True, encoding="utf-8", timeout=180,
            env={**os.environ, "GONGKAI_DATA_DIR": str(data)},
        )  # fmt: skip

    added = json.loads(gongkai("corpus", "add", written[2023], "--json").stdout)["added"]
    assert [(row["id"], row["kind"]) for row in added] == [(f"{OWN}@2023", "report")]
    assert [r["id"] for r in json.loads(gongkai("corpus", "add", written[2023], "--json").stdout)["unchanged"]]
    listed = json.loads(gongkai("corpus", "list", "--json").stdout)
    assert {f"{OWN}@2023", f"{ZIBO}@2019"} <= {row["id"] for row in listed}
    answer = json.loads(gongkai("ask", "我们2023年收到多少申请？", "--json").stdout)
    [citation] = answer["citations"]
    assert "**23件**" in answer["answer"]
    assert (citation["article"], citation["verbatim"], citation["status"]) == (None, True, "verified")
    stats = tmp_path / "2024.json"
    stats.write_bytes(dump_statistics(own(2024), ".json"))
    drafted = gongkai("draft", stats)
    assert len(drafted.stderr.strip().splitlines()) == 1
    assert f"《{OWN}2023年" in drafted.stderr
    assert gongkai("draft", stats, "--no-previous").stderr == ""
    assert gongkai("corpus", "remove", f"{ZIBO}@2019").returncode == 2
    passage = max((p.text for p in recognized(written[2023], check_rules).passages), key=len)[:40].encode()
    files = [path for path in data.rglob("*") if path.is_file()]
    assert any(passage in path.read_bytes() for path in files)
    assert gongkai("corpus", "remove", f"{OWN}@2023").returncode == 0
    assert f"{OWN}@2023" not in gongkai("corpus", "list", "--json").stdout
    assert not [path for path in data.rglob("*") if path.is_file() and passage in path.read_bytes()]
    # What the name of the body does not tell has to be said; until then the report is a text like any other.
    path = tmp_path / "管委会.docx"
    name = "样本开发区管理委员会"
    write_draft(draft_report(replace(own(2023), agency=name), None, rules), path, force=False, day=None, template=None)
    said = gongkai("corpus", "add", path).stdout
    assert "看来是年报，但没有认出机关类别" in said
    assert "--level" in said
    added = json.loads(gongkai("corpus", "add", path, "--level", "政府", "--json").stdout)["added"]
    assert [(row["id"], row["kind"]) for row in added] == [(f"{name}@2023", "report")]
    listed = json.loads(gongkai("corpus", "list", "--json").stdout)
    assert [row["kind"] for row in listed if row["file"] == path.name] == ["report"]
    assert gongkai("corpus", "add", path, "--level", "公司").returncode == 2
