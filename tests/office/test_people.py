"""Accounts: one-time passwords, the change of a password, throttled failures, the last administrator, retention."""

from datetime import datetime, timedelta, timezone

import pytest

from assistant.errors import PeopleError, RecordsError
from assistant.office.audit import Entry
from assistant.office.database import rows_changed
from assistant.office.people import ADMINISTRATOR
from assistant.office.records import Records, load_secret

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
NEW = "wending-2026-gongkai"


@pytest.fixture
def records(tmp_path):
    records = Records(tmp_path / "office.sqlite")
    yield records
    records.close()


def fail(records, name="张三", address="10.0.0.7", at=NOW, times=1):
    for _ in range(times):
        with pytest.raises(PeopleError):
            records.people.sign_in(name, "不对的密码", address, at)
        records.audit.note(Entry(at, name, "sign_in_failed", {}, "", address))


def test_the_first_administrator_is_made_once_and_must_change_the_password(records):
    name, password = records.people.begin(NOW)
    person = records.people.sign_in(name, password, "10.0.0.7", NOW)
    assert (person.role, person.must_change) == (ADMINISTRATOR, True)
    assert records.people.begin(NOW) is None
    changed = records.people.change_password(name, password, NEW)
    assert not changed.must_change
    assert changed.epoch > person.epoch
    with pytest.raises(PeopleError, match="不对"):
        records.people.sign_in(name, password, "10.0.0.7", NOW)


def test_a_password_is_kept_as_argon2id_only(records, tmp_path):
    records.people.add_person("张三", "经办", NOW)
    with records.engine.connect() as connection:
        row = connection.execute(records.tables.tables["accounts"].select()).one()
    assert row.password_hash.startswith("$argon2id$")
    assert (tmp_path / "office.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("new", "line"), [("short", "10"), ("张三张三张三张三张三张三", "猜"), ("1111111111", "猜")])
def test_a_weak_password_is_refused_in_words(records, new, line):
    password = records.people.add_person("张三", "经办", NOW)
    with pytest.raises(PeopleError, match=line):
        records.people.change_password("张三", password, new)


def test_an_unknown_name_and_a_wrong_password_are_told_alike(records):
    records.people.add_person("张三", "经办", NOW)
    lines = []
    for name in ("张三", "李四"):
        with pytest.raises(PeopleError) as caught:
            records.people.sign_in(name, "不对", "10.0.0.7", NOW)
        lines.append(str(caught.value))
    assert lines[0] == lines[1]


def test_five_failures_from_one_address_wait_a_quarter_of_an_hour(records):
    password = records.people.add_person("张三", "经办", NOW)
    fail(records, times=5)
    with pytest.raises(PeopleError, match="15分钟"):
        records.people.sign_in("张三", password, "10.0.0.7", NOW)
    assert records.people.sign_in("张三", password, "10.0.0.8", NOW).name == "张三"
    assert records.people.sign_in("张三", password, "10.0.0.7", NOW + timedelta(minutes=16)).name == "张三"


def test_one_address_cannot_try_many_names(records):
    for number in range(20):
        fail(records, name=f"用户{number}")
    password = records.people.add_person("张三", "经办", NOW)
    with pytest.raises(PeopleError, match="15分钟"):
        records.people.sign_in("张三", password, "10.0.0.7", NOW)


def test_a_closed_account_cannot_sign_in_and_the_last_administrator_stays(records):
    records.people.add_person("管理", ADMINISTRATOR, NOW)
    password = records.people.add_person("张三", "经办", NOW)
    records.people.close_account("张三")
    with pytest.raises(PeopleError):
        records.people.sign_in("张三", password, "10.0.0.7", NOW)
    for change in (lambda: records.people.close_account("管理"), lambda: records.people.change_role("管理", "经办")):
        with pytest.raises(PeopleError, match="管理员"):
            change()


def test_conversations_are_their_owners_only(records):
    talk = records.conversations
    key, turn = talk.ask("张三", "", "几天答复？", "c1", NOW)
    talk.answer(turn, {"answer": "20个工作日"})
    assert talk.turns("李四", key) == []
    assert talk.list_conversations("李四") == []
    assert not talk.delete("李四", key)
    talk.give_feedback("李四", turn, "有用")
    talk.rename("李四", key, "我的")
    other, _ = talk.ask("李四", key, "别人的会话", "c1", NOW)
    assert other != key
    [kept] = talk.turns("张三", key)
    assert (kept.answer, kept.feedback) == ({"answer": "20个工作日"}, None)
    assert talk.find("张三", key).title == "几天答复？"


def test_a_conversation_is_found_by_words_of_its_answer_and_goes_when_its_days_are_over(records):
    talk = records.conversations
    old, turn = talk.ask("张三", "", "几天答复？", "c1", NOW - timedelta(days=40))
    talk.answer(turn, {"answer": "二十个工作日内"})
    new, _ = talk.ask("张三", "", "收多少钱 100%？", "c1", NOW)
    assert [c.id for c in talk.list_conversations("张三", "工作日")] == [old]
    assert [c.id for c in talk.list_conversations("张三", "100%")] == [new]
    assert talk.list_conversations("张三", "%%") == []
    assert records.forget(NOW, {"conversations": None}) == {}
    assert records.forget(NOW, {"conversations": 30, "audit": 30}) == {"conversations": 1}
    assert [c.id for c in talk.list_conversations("张三")] == [new]
    assert talk.turns("张三", old) == []


def test_a_pinned_conversation_stands_first_until_it_is_let_go_or_deleted(records):
    talk = records.conversations
    keys = [talk.ask("张三", "", f"第{n}问", "c1", NOW + timedelta(hours=n))[0] for n in range(3)]
    talk.pin("李四", keys[0], True)
    assert [c.id for c in talk.list_conversations("张三")] == keys[::-1]
    for _ in range(2):
        talk.pin("张三", keys[0], True)
    assert [(c.id, c.pinned) for c in talk.list_conversations("张三", limit=2)] == [(keys[0], True), (keys[2], False)]
    assert talk.find("张三", keys[0]).pinned
    talk.pin("张三", keys[0], False)
    assert [c.id for c in talk.list_conversations("张三")] == keys[::-1]
    talk.pin("张三", keys[1], True)
    assert talk.delete("张三", keys[1])
    assert records.forget(NOW + timedelta(days=9), {"conversations": 1}) == {"conversations": 2}
    assert talk.list_conversations("张三") == []
    assert rows_changed(records.engine) == []


def test_feedback_is_one_of_four_words(records):
    key, turn = records.conversations.ask("张三", "", "几天答复？", "c1", NOW)
    records.conversations.give_feedback("张三", turn, "引用错误")
    assert records.conversations.turns("张三", key)[0].feedback == "引用错误"
    with pytest.raises(RecordsError, match="有用"):
        records.conversations.give_feedback("张三", turn, "好")


def test_records_outlive_a_restart_and_a_bad_url_is_told_in_words(tmp_path):
    first = Records(f"sqlite:///{tmp_path / 'a.sqlite'}")
    first.people.add_person("张三", "经办", NOW)
    first.close()
    second = Records(f"sqlite:///{tmp_path / 'a.sqlite'}")
    assert [p.name for p in second.people.list_people()] == ["张三"]
    second.close()
    with pytest.raises(RecordsError, match="GONGKAI_DATABASE_URL"):
        Records("nonsense")


def test_the_secret_stays_and_is_the_owners(tmp_path):
    assert load_secret(tmp_path) == load_secret(tmp_path)
    assert (tmp_path / "session.key").stat().st_mode & 0o077 == 0
