"""What is written and killed: how it is prepared, what one write is, and what must hold afterwards."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from assistant.row_digests import damaged_rows
from assistant.settings import Settings

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
CORPUS = Path(__file__).parents[2] / "corpus"
LONG = "公开的内容" * 400


@dataclass(frozen=True)
class Kind:
    """One kind of write.

    Attributes:
        prepare: makes what is there before; what it returns is handed to the others.
        write: one write, the number of which it carries.
        judge: asserts what holds after a kill, given the number of the last write that was said to be done.
    """

    prepare: Callable[[Path], Any]
    write: Callable[[Path, Any, int], None]
    judge: Callable[[Path, Any, int], None]


@cache
def _desk() -> Any:
    from assistant.office.desk import Desk

    desk = Desk(CORPUS, Path("/nowhere"))
    assert desk.kinds.rows
    assert desk.letters
    return desk


def _sound(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert damaged_rows(connection) == []


# The register: a request with consultations and letters stands in three tables.


def _ledger(folder: Path) -> Any:
    from assistant.office.ledger import Ledger

    return Ledger(folder / "ledger.sqlite", _desk().kinds.rows)


def _request(number: int, state: int) -> Any:
    from assistant.office.ledger_records import Consultation, RequestRecord, SentLetter

    begun = RequestRecord(f"{number:05}", date(2026, 1, 5), "post", "张三", "natural_person", f"{state} {LONG}")
    asked = tuple(
        Consultation(date(2026, 1, 6) + timedelta(3 * n), date(2026, 1, 7) + timedelta(3 * n)) for n in range(state)
    )
    return replace(begun, consultations=asked, letters=(SentLetter("receipt", TODAY, f"第{n}号") for n in range(state)))


def _write_request(folder: Path, held: object, number: int) -> None:
    # Odd: a new request; even: the same one changed in every table.
    record = _request((number + 1) // 2, 3 if number % 2 else 6)
    with closing(_ledger(folder)) as ledger:
        record = replace(record, letters=tuple(record.letters))
        ledger.add_requests([record], TODAY, replacing=not number % 2)


def _judge_ledger(folder: Path, held: object, last: int) -> None:
    _sound(folder / "ledger.sqlite")
    with closing(_ledger(folder)) as ledger:
        states = {}
        for record in ledger.requests():
            states[record.number] = len(record.consultations)
            assert len(record.consultations) == len(record.letters) == int(record.asked.split()[0])
    expected = {f"{n:05}": 6 for n in range(1, last // 2 + 1)} | ({f"{last // 2 + 1:05}": 3} if last % 2 else {})
    after = expected | ({f"{last // 2 + 1:05}": 6} if last % 2 else {f"{last // 2 + 1:05}": 3})
    assert states in (expected, after), (last, states)
    _write_request(folder, held, len(states) * 2 + 1)


# Conversations with feedback and the audit, accounts, reports in hand: one database.


def _records(folder: Path) -> Any:
    from assistant.office.records import Records

    return Records(folder / "office.sqlite")


def _begin_talk(folder: Path) -> str:
    with closing(_records(folder)) as records:
        return str(records.conversations.ask("张三", "", "第0问", "c", NOW)[0])


def _talk(folder: Path, talk: str, number: int) -> None:
    from assistant.office.audit import Entry

    with closing(_records(folder)) as records:
        _, turn = records.conversations.ask("张三", talk, f"第{number}问 {LONG}", "c", NOW)
        said = {"answer": f"第{number}答 {LONG}", "citations": []}
        records.keep_answer(turn, said, Entry(NOW, "张三", "ask", {"问题": str(number)}, "c", ""))
        records.conversations.give_feedback("张三", turn, "有用")


def _judge_talk(folder: Path, talk: str, last: int) -> None:
    _sound(folder / "office.sqlite")
    with closing(_records(folder)) as records:
        turns = records.conversations.turns("张三", talk)[1:]
        noted = [entry.detail["问题"] for entry in records.audit.entries(limit=10**6)][::-1]
        assert len(turns) in (last, last + 1)
        # An answer is there with its line of the audit, or neither is.
        assert noted == [str(n) for n, turn in enumerate(turns, start=1) if turn.answer is not None]
        assert noted in ([str(n) for n in range(1, k + 1)] for k in (last, last + 1))
        for number, turn in enumerate(turns, start=1):
            assert turn.question == f"第{number}问 {LONG}"
            whole = {"answer": f"第{number}答 {LONG}", "citations": []}
            assert (turn.answer, turn.feedback) == (whole, "有用") or number > last
            assert turn.answer in (None, whole)
            assert turn.feedback in (None, "有用")
    _talk(folder, talk, last + 2)


def _begin_people(folder: Path) -> None:
    with closing(_records(folder)) as records:
        records.people.add_person("admin", "管理员", NOW)


def _change_people(folder: Path, held: object, number: int) -> None:
    with closing(_records(folder)) as records:
        name = f"人员{(number + 1) // 2}"
        if number % 2:
            records.people.add_person(name, "经办", NOW)
        else:
            records.people.change_role(name, "审核")


def _judge_people(folder: Path, held: object, last: int) -> None:
    _sound(folder / "office.sqlite")
    with closing(_records(folder)) as records:
        roles = {person.name: person.role for person in records.people.list_people()}
    del roles["admin"]
    expected = {f"人员{n}": "审核" for n in range(1, last // 2 + 1)}
    expected |= {f"人员{last // 2 + 1}": "经办"} if last % 2 else {}
    after = expected | {f"人员{last // 2 + 1}": "审核" if last % 2 else "经办"}
    assert roles in (expected, after), (last, roles)
    _change_people(folder, held, 2 * len(roles) + 1)


def _begin_sheet(folder: Path) -> str:
    with closing(_records(folder)) as records:
        return str(records.worksheets.begin("张三", {"number": 0}, None, NOW).id)


def _save_sheet(folder: Path, sheet: str, number: int) -> None:
    with closing(_records(folder)) as records:
        content = {"number": number, "again": [number] * 3000, "number_too": number}
        records.worksheets.save("张三", sheet, number, NOW, content=content)


def _judge_sheet(folder: Path, sheet: str, last: int) -> None:
    _sound(folder / "office.sqlite")
    with closing(_records(folder)) as records:
        held = records.worksheets.find("张三", sheet)
    number = held.content["number"]
    assert number in (last, last + 1)
    assert held.version == number + 1
    if number:
        assert held.content == {"number": number, "again": [number] * 3000, "number_too": number}
    _save_sheet(folder, sheet, number + 1)


# Files that are asked for by name: whole, or as they were.

_FILES = ("文书.docx", "台账.xlsx", "期限.ics", "统计.yaml", "统计.xlsx", "年报.docx")


@cache
def _statistics() -> Any:
    from assistant.report.drafting.draft import load_report_rules
    from benchmarks.report_files import draft_word, make_statistics

    rules = load_report_rules(CORPUS)
    statistics = make_statistics(1, rules.forms["2021"])
    return statistics, draft_word(statistics, rules)


@cache
def _letter() -> Any:
    kind = _desk().kinds.kind("receipt")
    names = {name for name, field in kind.fields.items() if field.required} | kind.own
    entered = {name: kind.fields[name].example for name in names if kind.fields[name].example is not None}
    return _desk().letters.draft_letter("receipt", entered, TODAY)


def _prepare_files(folder: Path) -> None:
    _statistics()
    _letter()


def _write_file(folder: Path, held: object, number: int) -> None:
    from assistant.clock.ics import DueDate, write_calendar
    from assistant.documents.letters_docx import write_letter
    from assistant.documents.writing.whole import write_whole
    from assistant.office.ledger_workbook import export_workbook
    from assistant.office.statistics_file import write_text
    from assistant.report.statistics_files import dump_statistics
    from assistant.report.workbook_writing import write_workbook

    path, rows = folder / _FILES[number % len(_FILES)], _desk().kinds.rows
    statistics, draft = _statistics()
    if path.name == "文书.docx":
        write_letter(_letter().as_paper(), path, force=True)
    elif path.name == "台账.xlsx":
        export_workbook([replace(_request(n, 1), letters=()) for n in range(60)], rows, {}, path, force=True)
    elif path.suffix == ".ics":
        due = [DueDate(f"{n}", TODAY, "答复", LONG) for n in range(200)]
        write_text(write_calendar(due, TODAY), path, force=True)
    elif path.suffix == ".yaml":
        write_whole({path: dump_statistics(statistics, ".yaml")}, force=True)
    elif path.name == "统计.xlsx":
        write_whole({path: write_workbook(statistics.form, statistics)}, force=True)
    else:
        write_whole({path: draft}, force=True)


def _judge_files(folder: Path, held: object, last: int) -> None:
    import docx
    import openpyxl

    from assistant.report.drafting.draft import load_report_rules
    from assistant.report.statistics_files import load_statistics

    seen = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert {_FILES[n % len(_FILES)] for n in range(1, last + 1)} <= seen <= set(_FILES), seen
    for path in folder.iterdir():
        if path.name.startswith("."):
            assert path.suffix == ".part"
        elif path.suffix == ".docx":
            assert docx.Document(str(path)).paragraphs
        elif path.name == "台账.xlsx":
            assert openpyxl.load_workbook(path).worksheets[0].max_row == 61
        elif path.suffix == ".ics":
            assert path.read_text("utf-8").endswith("END:VCALENDAR\n")
        else:
            found = load_statistics(path, load_report_rules(CORPUS).forms)
            assert dict(found.cells) == dict(_statistics()[0].cells)


# A backup being written, and one being put in the place of the data.


def _office(folder: Path, name: str) -> Path:
    data = folder / name
    data.mkdir()
    with closing(_records(data)) as records:
        records.conversations.ask("张三", "", f"{name} {LONG}", "c", NOW)
    (data / "office.yaml").write_text(f"agency: {name}\n", encoding="utf-8")
    (data / "sessions").mkdir()
    (data / "sessions" / f"{name}.json").write_text("[]", encoding="utf-8")
    (data / "version.json").write_text(f'{{"version": {_version()}}}', encoding="utf-8")
    return data


def _version() -> int:
    from assistant.upkeep.versions import DATA_VERSION

    return DATA_VERSION


def _told(data: Path) -> set[str]:
    """The names by which the parts of the data say what they are: one, unless old and new are mixed."""
    with closing(_records(data)) as records:
        [head] = records.conversations.list_conversations("张三")
    written = (data / "office.yaml").read_text("utf-8").partition(": ")[2].strip()
    return {head.title.split()[0], written, *(path.stem for path in (data / "sessions").glob("*.json"))}


def _back_up(folder: Path, data: Path, number: int) -> None:
    from assistant.upkeep.backup import make_backup

    make_backup(data, folder / "备份.gongkai", NOW, force=True)


def _judge_backup(folder: Path, data: Path, last: int) -> None:
    from assistant.upkeep.backup import unpack_backup

    assert _told(data) == {"甲局"}
    if last or (folder / "备份.gongkai").exists():
        (folder / "unpacked").mkdir()
        unpack_backup(folder / "备份.gongkai", folder / "unpacked")
        assert _told(folder / "unpacked") == {"甲局"}
        shutil.rmtree(folder / "unpacked")
    # The next backup clears up: at once what has a lock that nobody holds, after a minute what has none.
    for left in folder.glob(".gongkai-backup-*"):
        os.utime(left, (0, 0))
    _back_up(folder, data, last + 1)
    assert {path.name for path in folder.iterdir()} == {"甲局", "备份.gongkai"}, "what the killed one left stays"


def _begin_restore(folder: Path) -> Path:
    from assistant.upkeep.backup import make_backup

    for name in ("甲局", "乙局"):
        make_backup(_office(folder, name), folder / f"{name}.gongkai", NOW)
    return folder / "甲局"


def _restore(folder: Path, data: Path, number: int) -> None:
    from assistant.upkeep.restoring import restore_backup

    name = "甲局" if number % 2 == 0 else "乙局"
    restore_backup(folder / f"{name}.gongkai", data, NOW + timedelta(seconds=number), force=True)


def _judge_restore(folder: Path, data: Path, last: int) -> None:
    from assistant.upkeep.data_folder import contents
    from assistant.upkeep.versions import bring_up

    bring_up(Settings(data_dir=data))
    [told] = _told(data)
    names = ("甲局", "乙局")
    assert told in (names[last % 2], names[(last + 1) % 2])
    assert set(contents(data)) == {"office.sqlite", "office.yaml", "sessions", "version.json"}
    _restore(folder, data, last + 2)
    assert _told(data) == {names[last % 2]}
    for aside in (data / "replaced").iterdir():
        assert len(_told(aside)) == 1
    assert not list(data.glob(".unpacking-*"))


KINDS: dict[str, Kind] = {
    "ledger": Kind(lambda folder: _ledger(folder).close(), _write_request, _judge_ledger),
    "conversations": Kind(_begin_talk, _talk, _judge_talk),
    "accounts": Kind(_begin_people, _change_people, _judge_people),
    "drafts": Kind(_begin_sheet, _save_sheet, _judge_sheet),
    "files": Kind(_prepare_files, _write_file, _judge_files),
    "backup": Kind(lambda folder: _office(folder, "甲局"), _back_up, _judge_backup),
    "restore": Kind(_begin_restore, _restore, _judge_restore),
}
