"""Two processes on one data folder: what may go on beside each other does, the rest waits or is told so in one line."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date

import pytest

from assistant.cli import main
from assistant.errors import RecordsError
from assistant.holdings import open_reports
from assistant.office.ledger import Ledger
from assistant.office.records import Records
from assistant.report.errors import ReportError
from assistant.row_digests import damaged_rows
from tests.conftest import ROOT
from tests.upkeep.conftest import NOW

# Holds what it is told to hold, in a process of its own, until it is let go.
HOLDER = """
import sqlite3, sys
from contextlib import ExitStack
from pathlib import Path
from assistant.locks import hold
from assistant.upkeep.data_folder import keeping, serving
what, data = sys.argv[1], Path(sys.argv[2])
with ExitStack() as stack:
    if what.endswith(".sqlite"):
        database = sqlite3.connect(data / what, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
    elif what == "serving":
        stack.enter_context(serving(data))
    elif what == "keeping":
        stack.enter_context(keeping(data, "备份"))
    else:
        stack.enter_context(hold(data / what, "添加、删除或重建资料"))
    print("held", flush=True)
    sys.stdin.read()
"""
# Writes thirty requests and thirty answers, while another one does the same.
WRITER = """
import sys
from datetime import date
from pathlib import Path
from assistant.office.audit import Entry
from assistant.office.ledger import Ledger
from assistant.office.ledger_records import RequestRecord
from assistant.office.records import Records
from assistant.report.errors import ReportError
from assistant.row_digests import damaged_rows
from tests.upkeep.conftest import NOW
who, data = sys.argv[1], Path(sys.argv[2])
ledger, records = Ledger(data / "ledger.sqlite", {}), Records(data / "office.sqlite")
records.people.add_person(who, "经办", NOW)
print("ready", flush=True)
sys.stdin.readline()
talk = ""
for n in range(30):
    day = date(2026, 1, 5)
    ledger.add_requests([RequestRecord(f"{who}-{n:03}", day, "post", who, "natural_person", "文件")], date(2026, 6, 1))
    talk, turn = records.conversations.ask(who, talk, f"第{n}问", "c", NOW)
    entry = Entry(NOW, who, "ask", {"问题": str(n)}, "c", "")
    records.keep_answer(turn, {"answer": f"第{n}答", "citations": []}, entry)
"""


def start(code, *arguments):
    run = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@contextmanager
def held(what, data):
    """Another process that holds a lock or a database; yields its number."""
    with start(HOLDER, what, data) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            yield holder.pid
        finally:
            holder.kill()


@pytest.fixture
def gongkai(office, monkeypatch, capsys):
    monkeypatch.setattr("assistant.office.database._PATIENCE", 0.3)
    monkeypatch.setattr("assistant.logged_file._PATIENCE", 0.3)
    monkeypatch.setattr("assistant.upkeep.data_folder._WAIT", 0.3)

    def run(*arguments):
        monkeypatch.setenv("GONGKAI_DATA_DIR", str(office.data_folder))
        monkeypatch.setattr(sys, "argv", ["gongkai", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    return run


def refused(ran):
    status, out, err = ran
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    return err


def test_a_register_that_another_process_is_writing_is_told_and_nothing_is_half(office, gongkai):
    add = (
        "ledger",
        "add",
        "--received",
        "2026-01-05",
        "--applicant",
        "王五",
        "--asked",
        "文件",
        "--number",
        "2026-900",
    )
    assert gongkai(*add)[0] == 0
    with held("ledger.sqlite", office.data_folder):
        assert "台账" in refused(gongkai(*add[:-1], "2026-901"))
        # Reading goes on beside it.
        status, out, _ = gongkai("ledger", "list", "--json")
        assert status == 0
        assert [row["number"] for row in json.loads(out)] == ["2026-900"]
    assert gongkai(*add[:-1], "2026-901")[0] == 0


def test_accounts_and_conversations_that_another_process_is_writing_are_told(office, gongkai):
    with held("office.sqlite", office.data_folder):
        assert "正被占用" in refused(gongkai("people", "add", "李四"))
        with closing(Records(office.data_folder / "office.sqlite")) as records:
            with pytest.raises(RecordsError, match="正被占用"):
                records.conversations.ask("张三", "", "几天？", "c", NOW)
            assert [talk.title for talk in records.conversations.list_conversations("张三")] == ["几天内要答复？"]
    assert gongkai("people", "add", "李四")[0] == 0


def test_texts_and_reports_that_another_process_is_writing_are_told(office, gongkai):
    def own():
        return [one["id"] for one in json.loads(gongkai("corpus", "list", "--json")[1]) if "车辆停放" in one["title"]]

    [text] = own()
    with held("corpus.sqlite", office.data_folder):
        assert "corpus.sqlite" in refused(gongkai("corpus", "remove", text))
    assert own() == [text]
    shelf = open_reports(ROOT / "corpus", office.data_folder)
    report = replace(shelf.reports()[0], sha256="ab", added_on="2026-11-22")
    assert shelf.put(report) == "added"
    with held("reports.sqlite", office.data_folder):
        with pytest.raises(ReportError, match="没有改动"):
            shelf.remove(report, "2026-11-22")
        assert shelf.of(report.statistics.agency, report.statistics.year).sha256 == "ab"


@pytest.mark.parametrize(
    ("lock", "command"),
    [("index/added/lock", ("remove", "x")), ("index/added/lock", ("add", "README.md")), ("index/lock", ("rebuild",))],
)
def test_a_library_and_an_index_that_another_process_is_changing_are_told(office, gongkai, lock, command):
    with held(lock, office.data_folder) as number:
        said = refused(gongkai("corpus", *command))
        assert f"进程 {number}" in said
        assert "正在添加、删除或重建资料" in said


def test_the_folder_of_a_service_is_neither_served_nor_restored_nor_accepted(office, gongkai, tmp_path):
    assert gongkai("backup", tmp_path / "b.gongkai", "--no-index")[0] == 0
    with held("serving", office.data_folder) as number:
        for command in (("restore", tmp_path / "b.gongkai", "--force"), ("doctor", "--accept-rows")):
            said = refused(gongkai(*command))
            assert f"进程 {number}" in said
            assert "网页服务" in said
    with held("keeping", office.data_folder) as number:
        assert f"进程 {number}" in refused(gongkai("restore", tmp_path / "b.gongkai", "--force"))


def test_two_processes_that_write_at_once_lose_nothing(office):
    data = office.data_folder
    with start(WRITER, "甲局", data) as one, start(WRITER, "乙局", data) as other:
        for writer in (one, other):
            assert writer.stdout.readline() == "ready\n"
        for writer in (one, other):
            writer.stdin.write("go\n")
            writer.stdin.flush()
    assert one.returncode == other.returncode == 0
    with closing(Ledger(data / "ledger.sqlite", {})) as ledger:
        expected = [f"{who}-{n:03}" for who in ("甲局", "乙局") for n in range(30)]
        assert sorted(record.number for record in ledger.requests()) == sorted(expected)
        assert {record.received for record in ledger.requests()} == {date(2026, 1, 5)}
    with closing(Records(data / "office.sqlite")) as records:
        for who in ("甲局", "乙局"):
            [talk] = records.conversations.list_conversations(who)
            said = [(turn.question, turn.answer["answer"]) for turn in records.conversations.turns(who, talk.id)]
            assert said == [(f"第{n}问", f"第{n}答") for n in range(30)]
            assert len(records.audit.entries(who)) == 30
    for name in ("ledger.sqlite", "office.sqlite"):
        with closing(sqlite3.connect(data / name)) as connection:
            assert damaged_rows(connection) == []
