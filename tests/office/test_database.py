"""What an office keeps, in PostgreSQL: moved there whole, and used by several processes from the first moment on."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text

from assistant.errors import LedgerError, RecordsError
from assistant.office.audit import Entry
from assistant.office.desk import Desk
from assistant.office.ledger import Ledger
from assistant.office.moving import move_to
from assistant.office.records import Records, load_secret
from tests.conftest import ROOT
from tests.postgres import database  # noqa: F401  (a fixture)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PASSWORD = "wending-2026-gongkai"


@pytest.fixture
def url(database, request):  # noqa: F811
    """An empty database."""
    name = f"t{abs(hash(request.node.name)) % 10**9}"
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return database.rpartition("/")[0] + f"/{name}"


def a_request(number):
    from assistant.office.ledger_records import RequestRecord

    return RequestRecord(
        number=number, received=date(2026, 11, 2), channel="post", applicant="某甲", applicant_kind="natural_person",
        asked="示例路改造的批复", fee_amount=Decimal("12.50"),
    )  # fmt: skip


@pytest.fixture
def office(tmp_path):
    """An account, a conversation of two turns, a line of the audit, two requests; in files."""
    with closing(Records(tmp_path / "office.sqlite")) as records:
        given = records.people.add_person("张三", "经办", NOW)
        records.people.change_password("张三", given, PASSWORD)
        talk, turn = records.conversations.ask("张三", "", "几天内要回话", "abc", NOW)
        records.conversations.answer(turn, {"answer": "20个工作日", "citations": [], "declined": False})
        records.conversations.give_feedback("张三", turn, "有用")
        records.conversations.ask("张三", talk, "要不要交钱", "abc", NOW)
        records.conversations.pin("张三", talk, True)
        records.audit.note(Entry(NOW, "张三", "ask", {"question": "几天"}, "abc", "127.0.0.1"))
    desk = Desk(ROOT / "corpus", tmp_path)
    desk.ledger.add_requests([a_request("2026-1"), a_request("2026-2")], TODAY)
    desk.ledger.close()
    return tmp_path


def test_the_files_of_an_office_are_moved_whole_and_work_goes_on_there(office, url):
    with pytest.raises(LedgerError, match="gongkai move-database"):
        _ = Desk(ROOT / "corpus", office, url).ledger
    before = Desk(ROOT / "corpus", office).ledger.requests()
    moved = move_to(url, office)
    assert moved == {"office.sqlite": 6, "ledger.sqlite": 2}
    assert not list(office.glob("*.sqlite"))
    with closing(Records(url)) as records:
        assert records.people.sign_in("张三", PASSWORD, "127.0.0.1", NOW).role == "经办"
        [talk] = records.conversations.list_conversations("张三", "工作日")
        assert talk.pinned
        turns = records.conversations.turns("张三", talk.id)
        assert [(t.question, t.feedback) for t in turns] == [("几天内要回话", "有用"), ("要不要交钱", None)]
        assert turns[0].answer["answer"] == "20个工作日"
        assert turns[1].answer is None
        # The next numbers follow those that came along, and what PostgreSQL has no place for is left out.
        _, turn = records.conversations.ask("张三", talk.id, "一\0二", "abc", NOW)
        assert turn > turns[1].id
        records.conversations.answer(turn, {"answer": "三\0四"})
        assert records.conversations.turns("张三", talk.id)[2].question == "一二"
        records.audit.note(Entry(NOW, "张三", "ask", {}, "abc", "127.0.0.1"))
        assert len(records.audit.entries()) == 2
        assert records.usage.by_day(date(2026, 11, 1)) == {"2026-11-22": (3, 0)}
        assert records.usage.feedback(date(2026, 11, 1)) == {"有用": 1}
        assert records.conversations.delete("张三", talk.id)
    with closing(Desk(ROOT / "corpus", office, url).ledger) as ledger:
        assert ledger.requests() == before
        ledger.add_requests([a_request("2026-3")], TODAY)
        assert ledger.get("2026-3").fee_amount == Decimal("12.50")
    with pytest.raises(RecordsError, match="没有要搬的"):
        move_to(url, office)


def test_a_database_that_holds_something_is_not_moved_into_and_the_files_stay(office, url):
    with closing(Records(url)) as records:
        records.people.add_person("李四", "经办", NOW)
    with pytest.raises(RecordsError, match="已经有数据"):
        move_to(url, office)
    assert {path.name for path in office.glob("*.sqlite")} >= {"office.sqlite", "ledger.sqlite"}
    with closing(Records(office / "office.sqlite")) as records:
        assert len(records.conversations.list_conversations("张三")) == 1


def test_processes_that_begin_at_once_make_one_administrator_and_one_key(url, tmp_path):
    def begin(_):
        with closing(Records(url)) as records, closing(Ledger(url, {})):
            return records.people.begin(NOW)

    with ThreadPoolExecutor(6) as threads:
        given = [one for one in threads.map(begin, range(6)) if one]
        keys = set(threads.map(lambda _: load_secret(tmp_path), range(6)))
    assert len(given) == 1
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["session.key"]
    with closing(Records(url)) as records:
        assert records.people.sign_in(*given[0], "127.0.0.1", NOW).must_change


def test_a_database_that_does_not_answer_is_told_without_its_password():
    pytest.importorskip("psycopg", reason="gongkai[postgresql] is not installed")
    for kind, call in ((RecordsError, Records), (LedgerError, lambda url: Ledger(url, {}))):
        with pytest.raises(kind, match="GONGKAI_DATABASE_URL") as told:
            call("postgresql://gongkai:secret@127.0.0.1:9/gongkai")
        assert "secret" not in str(told.value)
