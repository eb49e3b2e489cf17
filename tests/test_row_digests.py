"""A letter that is changed in a database behind the program, on the disk itself, is noticed and named."""

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import StatementError

from assistant.cli import main
from assistant.errors import BackupError, LedgerError
from assistant.office.audit import Entry
from assistant.office.ledger import Ledger
from assistant.office.ledger_records import RequestRecord
from assistant.office.records import Records
from assistant.row_digests import accept_rows, damaged_rows, last_link
from assistant.settings import Settings
from assistant.upkeep.backup import make_backup
from assistant.upkeep.doctor import BAD, GOOD, examine
from assistant.upkeep.versions import DATA_VERSION, bring_up

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = date(2026, 6, 1)
ROWS = {"granted": "予以公开"}


@pytest.fixture
def data(tmp_path):
    """A data folder with twenty requests, ten conversations and ten lines of the audit, closed."""
    data = tmp_path / "data"
    data.mkdir()
    with closing(Ledger(data / "ledger.sqlite", ROWS)) as ledger:
        day = date(2026, 1, 5)
        ledger.add_requests(
            [
                RequestRecord(f"2026-{n:03}", day, "post", f"申请人{n:03}", "natural_person", f"文件{n:03}")
                for n in range(20)
            ],
            DAY,
        )
    with closing(Records(data / "office.sqlite")) as records:
        records.people.add_person("张三", "管理员", NOW)
        for n in range(10):
            _, turn = records.conversations.ask("张三", "", f"问题{n:03}", "c", NOW)
            said = {"answer": f"回答{n:03}", "citations": []}
            records.keep_answer(turn, said, Entry(NOW, "张三", "ask", {"问题": f"审计{n:03}"}, "c", ""))
    (data / "version.json").write_text(f'{{"version": {DATA_VERSION}}}', encoding="utf-8")
    return data


def rewrite(path, before, after):
    """Change the bytes of a text where it lies in the file, as a disk or an editor would; SQLite finds nothing odd."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    assert len(before.encode()) == len(after.encode())
    assert before.encode() in whole
    path.write_bytes(whole.replace(before.encode(), after.encode()))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


def changed(path):
    with closing(sqlite3.connect(path)) as connection:
        return damaged_rows(connection)


def told(data, name="数据库"):
    return [f for f in examine(Settings(data_dir=data), DAY) if f.name == name]


def test_what_was_written_and_changed_through_the_program_is_sound(data):
    with closing(Ledger(data / "ledger.sqlite", ROWS)) as ledger:
        ledger.replace_request(RequestRecord("2026-003", DAY, "fax", "别人", "other", "别的"), DAY)
    with closing(Records(data / "office.sqlite")) as records:
        first, *_ = records.conversations.list_conversations("张三")
        records.conversations.delete("张三", first.id)
        records.forget(datetime(2027, 6, 1, tzinfo=UTC), {"conversations": 30, "audit": 365})
        records.audit.note(Entry(NOW, "张三", "sign_in", {}, "c", ""))
    assert changed(data / "ledger.sqlite") == changed(data / "office.sqlite") == []
    assert [finding.state for finding in told(data)] == [GOOD]


def test_a_letter_of_the_register_changed_on_the_disk_is_noticed_before_it_is_used(data):
    rewrite(data / "ledger.sqlite", "申请人007", "申请人107")
    with pytest.raises(LedgerError, match=r"2026-007.*gongkai restore"):
        Ledger(data / "ledger.sqlite", ROWS)
    assert BAD in [finding.state for finding in told(data)]
    with pytest.raises(BackupError, match="没有备份"):
        make_backup(data, data.parent / "备份.gongkai", NOW)
    assert not (data.parent / "备份.gongkai").exists()


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [("回答004", "回答104", "turns 5"), ("问题004", "问题104", "turns 5"), ("审计006", "审计106", "audit 7")],
)
def test_a_letter_of_a_conversation_or_of_the_audit_changed_on_the_disk_is_named(data, before, after, row):
    rewrite(data / "office.sqlite", before, after)
    assert row in changed(data / "office.sqlite")
    assert any(row in finding.message for finding in told(data) if finding.state == BAD)


def test_rows_that_another_tool_took_out_or_put_in_are_named(data):
    with closing(sqlite3.connect(data / "ledger.sqlite")) as connection:
        with pytest.raises(sqlite3.OperationalError, match="row_digest"):
            connection.execute("UPDATE requests SET note = 'x' WHERE number = '2026-001'")
        connection.execute("DROP TRIGGER requests_digest_delete")
        connection.execute("DELETE FROM requests WHERE number = '2026-001'")
        connection.commit()
        assert damaged_rows(connection) == ["requests 2026-001"]


def test_a_line_of_the_audit_cannot_be_changed_and_its_last_digest_holds_for_all_before(data):
    with closing(Records(data / "office.sqlite")) as records, records.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        with pytest.raises(sqlite3.IntegrityError, match="written once"):
            raw.execute("UPDATE audit SET who = '李四' WHERE id = 2")
        raw.rollback()
        before = last_link(raw, "audit")
        raw.execute("DROP TRIGGER audit_digest_update")
        raw.execute("UPDATE audit SET who = '李四' WHERE id = 2")
        raw.commit()
    # Opening it puts the trigger back, and does not make right what was changed without it.
    with closing(Records(data / "office.sqlite")) as records, records.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert damaged_rows(raw) == ["audit 2"]
        # Somebody who knows how it works writes the digest of that line anew: the next one tells.
        columns = [row[1] for row in raw.execute("PRAGMA table_info(audit)")]
        values = ", ".join(f"CAST(x.{name} AS BLOB)" for name in columns)
        raw.execute(
            f"UPDATE row_digests SET digest = (SELECT row_digest(row_digests.before, {values}) FROM audit x "
            "WHERE x.id = 2) WHERE name = 'audit' AND key = 2"
        )
        raw.commit()
        assert damaged_rows(raw) == ["audit 3"]
        # All of them: the last digest is another one than was noted down.
        accept_rows(raw)
        assert damaged_rows(raw) == []
        assert last_link(raw, "audit") != before
        assert last_link(raw, "audit")


def test_what_was_looked_at_can_be_accepted(data, monkeypatch, capsys):
    rewrite(data / "ledger.sqlite", "申请人007", "申请人107")
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(data))
    monkeypatch.setattr(sys, "argv", ["gongkai", "doctor", "--accept-rows"])
    with pytest.raises(SystemExit):
        main()
    assert "requests 2026-007" in capsys.readouterr().err
    with closing(Ledger(data / "ledger.sqlite", ROWS)) as ledger:
        assert ledger.get("2026-007").applicant == "申请人107"
    with closing(Records(data / "office.sqlite")) as records:
        [entry] = records.audit.entries(actions=["accept_rows"])
        assert entry.detail == {"ledger.sqlite": "requests 2026-007"}


def test_rows_of_an_earlier_release_get_their_digests_once_after_a_backup(data):
    for path in data.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as connection, connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("DROP TABLE row_digests")
    (data / "version.json").write_text('{"version": 2}', encoding="utf-8")
    assert bring_up(Settings(data_dir=data)).name.startswith("升级前-数据版本2")
    assert changed(data / "ledger.sqlite") == changed(data / "office.sqlite") == []
    rewrite(data / "ledger.sqlite", "申请人007", "申请人107")
    assert changed(data / "ledger.sqlite") == ["requests 2026-007"]


def test_an_answer_and_its_line_of_the_audit_are_written_both_or_neither(data):
    with closing(Records(data / "office.sqlite")) as records:
        talk, turn = records.conversations.ask("张三", "", "几天？", "c", NOW)
        lines = len(records.audit.entries())
        for entry in (
            Entry(NOW, "张三", "no such thing", {}, "c", ""),
            Entry(NOW, None, "ask", {}, "c", ""),
            Entry(NOW, "张三", "ask", {"问题": object()}, "c", ""),
        ):
            with pytest.raises((KeyError, TypeError, StatementError)):
                records.keep_answer(turn, {"answer": "20个工作日", "citations": []}, entry)
            assert records.conversations.turns("张三", talk)[0].answer is None
            assert len(records.audit.entries()) == lines
