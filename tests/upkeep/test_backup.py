"""A backup holds everything, is made while people work, and comes back whole or not at all."""

import json
import random
import shutil
import sqlite3
import sys
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import BackupError, DataBusyError, GongkaiError, InputError
from assistant.office.database import rows_changed
from assistant.office.records import Records
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.settings import Settings
from assistant.upkeep.backup import MANIFEST, make_backup, read_backup, unpack_backup
from assistant.upkeep.data_folder import contents, serving
from assistant.upkeep.restoring import restore_backup
from assistant.upkeep.versions import DATA_VERSION, bring_up
from tests.conftest import TODAY
from tests.upkeep.conftest import NAME, NOW


@pytest.fixture
def kept(office, tmp_path):
    make_backup(office.data_folder, tmp_path / "备份.gongkai", NOW)
    return tmp_path / "备份.gongkai"


def questions(data):
    records = Records(data / "office.sqlite")
    try:
        [head] = records.conversations.list_conversations("张三")
        return [turn.question for turn in records.conversations.turns("张三", head.id)]
    finally:
        records.close()


def parts_of(data):
    """Every file of the office with its bytes; of a database its rows, as its file differs from copy to copy."""
    found = {}
    for path in sorted(p for name in contents(data) for p in [data / name, *(data / name).rglob("*")]):
        name = path.relative_to(data).as_posix()
        if not path.is_file() or name.endswith((".lock", "/lock", "-wal", "-shm")):
            continue
        if path.suffix in (".sqlite", ".sqlite3"):
            connection = sqlite3.connect(path)
            found[name] = "\n".join(connection.iterdump())
            connection.close()
        else:
            found[name] = path.read_bytes()
    return found


def test_a_backup_comes_back_with_index_accounts_and_conversations(office, kept, tmp_path, embeddings):
    backup, aside = restore_backup(kept, tmp_path / "new", NOW)
    assert aside is None
    assert backup.files == read_backup(kept).files
    assert parts_of(tmp_path / "new") == parts_of(office.data_folder)
    index = open_index(tmp_path / "new", embeddings, NAME)
    try:
        assert "7元" in search(index, "停车每小时多少钱", TODAY).hits[0].article.text
    finally:
        index.close()
    assert kept.stat().st_mode & 0o077 == 0
    assert (tmp_path / "new" / "office.sqlite").stat().st_mode & 0o077 == 0


def test_a_backup_made_while_people_write_is_whole(office, tmp_path):
    records, stop, written = Records(office.data_folder / "office.sqlite"), threading.Event(), []
    [head] = records.conversations.list_conversations("张三")

    def write():
        while not stop.is_set():
            written.append(records.conversations.ask("张三", head.id, f"问{len(written)}", "abc", NOW))

    writer = threading.Thread(target=write)
    writer.start()
    before = len(written)
    while len(written) < before + 5:
        pass
    least = len(written)
    make_backup(office.data_folder, tmp_path / "b", NOW, index=False)
    most = len(written)
    stop.set()
    writer.join()
    records.close()
    restore_backup(tmp_path / "b", tmp_path / "new", NOW)
    assert least <= len(questions(tmp_path / "new")) - 1 <= most + 1


def test_a_damaged_backup_is_refused_and_nothing_is_touched(office, kept, tmp_path):
    content, chance = bytearray(kept.read_bytes()), random.Random(7)
    before = parts_of(office.data_folder)
    with zipfile.ZipFile(kept) as whole:
        starts = {part.filename: part.header_offset for part in whole.infolist()}
        sizes = {part.filename: part.compress_size for part in whole.infolist()}
    places = [starts[name] + 30 + len(name.encode()) + chance.randrange(sizes[name]) for name in sorted(starts)]
    broken = [content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :] for place in places]
    broken += [content[: len(content) * n // 7] for n in range(7)]
    refused = 0
    for number, damaged in enumerate(broken):
        (tmp_path / "坏.gongkai").write_bytes(damaged)
        try:
            unpack_backup(tmp_path / "坏.gongkai", tmp_path / f"unpacked-{number}")
            # Packed zeros may unpack to the same zeros by another way: every byte is as it was, nothing is damaged.
        except BackupError:
            refused += 1
            with pytest.raises(BackupError, match=r"^这份备份已经损坏（.*）.*。$"):
                restore_backup(tmp_path / "坏.gongkai", office.data_folder, NOW, force=True)
    assert refused >= len(broken) - 3
    assert parts_of(office.data_folder) == before
    assert not list(office.data_folder.glob(".unpacking*"))


def rewritten(kept, target, change):
    """A backup with another manifest, or other parts."""
    with zipfile.ZipFile(kept) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    told = json.loads(parts[MANIFEST])
    change(told, parts)
    parts[MANIFEST] = json.dumps(told).encode()
    with zipfile.ZipFile(target, "w") as whole:
        for name, content in parts.items():
            whole.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda told, parts: told.update(data_version=99), "更新的版本"),
        (lambda told, parts: told.update(kind="x"), "不是 gongkai"),
        (lambda told, parts: parts.update({"多.txt": b"x"}), "与目录不符"),
        (lambda told, parts: parts.pop("office.yaml"), "与目录不符"),
        (lambda told, parts: parts.update({"office.yaml": b"agency: x\n"}), "校验值"),
        (
            lambda told, parts: (parts.update({"../x": b"x"}), told["files"].update({"../x": ["0" * 64, 1]})),
            "路径",
        ),
        (
            lambda told, parts: (parts.update({"/x": b"x"}), told["files"].update({"/x": ["0" * 64, 1]})),
            "路径",
        ),
    ],
)
def test_a_backup_that_was_changed_is_refused(kept, tmp_path, change, says):
    with pytest.raises(BackupError, match=says):
        restore_backup(rewritten(kept, tmp_path / "b", change), tmp_path / "new", NOW)
    assert contents(tmp_path / "new") == []
    assert not (tmp_path / "x").exists()


def test_data_are_not_replaced_unasked_and_never_lost(office, kept):
    data = office.data_folder
    (data / "office.yaml").write_text("agency: 另一个局\n", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        restore_backup(kept, data, NOW)
    _, aside = restore_backup(kept, data, NOW, force=True)
    assert "示例市水务局" in (data / "office.yaml").read_text("utf-8")
    assert "另一个局" in (aside / "office.yaml").read_text("utf-8")


def test_two_restores_in_one_second_set_aside_two_folders(office, kept):
    data, asides = office.data_folder, []
    for agency in ("甲局", "乙局", "丙局"):
        (data / "office.yaml").write_text(f"agency: {agency}\n", encoding="utf-8")
        asides.append(restore_backup(kept, data, NOW, force=True)[1])
        assert "示例市水务局" in (data / "office.yaml").read_text("utf-8")
    assert len(set(asides)) == 3
    kept_aside = [(aside / "office.yaml").read_text("utf-8") for aside in asides]
    assert kept_aside == [f"agency: {agency}\n" for agency in ("甲局", "乙局", "丙局")]


def test_nothing_is_restored_under_a_running_service(office, kept):
    with serving(office.data_folder):
        with pytest.raises(DataBusyError, match=r"进程 \d+.*网页服务"):
            restore_backup(kept, office.data_folder, NOW, force=True)
        with pytest.raises(DataBusyError, match="网页服务"), serving(office.data_folder):
            pass


class Killed(BaseException):
    """What a kill looks like from inside."""


def test_a_restore_that_is_killed_leaves_the_old_or_the_new(office, kept, monkeypatch):
    data = office.data_folder
    (data / "office.yaml").write_text("agency: 旧的局\n", encoding="utf-8")
    (data / "sessions").mkdir()
    (data / "sessions" / "甲.json").write_text("[]", encoding="utf-8")
    before = parts_of(data)
    shutil.copytree(data, data.with_name("old"))
    rename, ended, seen = Path.rename, 0, set()
    for last in range(40):
        shutil.rmtree(data)
        shutil.copytree(data.with_name("old"), data)
        left = last

        def until(path, target):
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", until)
        try:
            restore_backup(kept, data, NOW, force=True)
            ended += 1
        except Killed:
            pass
        monkeypatch.setattr(Path, "rename", rename)
        bring_up(office)
        found = parts_of(data)
        new = b"\xe6\x97\xa7" not in found["office.yaml"]
        seen.add(new)
        assert ("sessions/甲.json" not in found) == new
        assert found == before or new
        assert questions(data) == ["几天内要答复？"]
        if ended:
            break
    assert ended
    assert seen == {True, False}


def test_what_cannot_be_backed_up_is_said(office, tmp_path):
    with pytest.raises(InputError, match="还是空的"):
        make_backup(tmp_path / "leer", tmp_path / "b", NOW)
    (tmp_path / "b").write_text("x")
    with pytest.raises(InputError, match="--force"):
        make_backup(office.data_folder, tmp_path / "b", NOW)
    with (office.data_folder / "office.sqlite").open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff" * 5000)
    with pytest.raises(BackupError, match=r"office\.sqlite"):
        make_backup(office.data_folder, tmp_path / "c", NOW)
    assert not (tmp_path / "c").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


OLD = """
CREATE TABLE accounts (name VARCHAR(64) PRIMARY KEY, role VARCHAR(16) NOT NULL, password_hash TEXT NOT NULL,
  must_change BOOLEAN NOT NULL, active BOOLEAN NOT NULL, epoch INTEGER NOT NULL, created VARCHAR(40) NOT NULL);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at VARCHAR(40) NOT NULL, who VARCHAR(64) NOT NULL,
  action VARCHAR(32) NOT NULL, detail JSON NOT NULL, corpus VARCHAR(80) NOT NULL, address VARCHAR(64) NOT NULL);
INSERT INTO accounts VALUES ('李四', '管理员', 'x', 0, 1, 1, '2026-01-01T00:00:00+08:00');
"""


@pytest.fixture
def old(tmp_path):
    """A data folder as the version before left it."""
    data = tmp_path / "alt"
    data.mkdir()
    connection = sqlite3.connect(data / "office.sqlite")
    connection.executescript(OLD)
    connection.close()
    (data / "ledger.sqlite").write_bytes(b"")
    (data / "ledger.sqlite").chmod(0o644)
    return Settings(data_dir=data)


def test_older_data_are_upgraded_after_a_backup(old, tmp_path):
    kept = bring_up(old)
    data = old.data_folder
    assert json.loads((data / "version.json").read_text()) == {"version": DATA_VERSION}
    assert (data / "ledger.sqlite").stat().st_mode & 0o077 == 0
    connection = sqlite3.connect(data / "office.sqlite")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert connection.execute("SELECT name FROM accounts").fetchall() == [("李四",)]
    connection.close()
    assert "tokens" in tables
    assert bring_up(old) is None
    restore_backup(kept, tmp_path / "back", NOW)
    connection = sqlite3.connect(tmp_path / "back" / "office.sqlite")
    assert "tokens" not in {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()


def test_conversations_of_version_3_can_be_pinned_and_are_as_they_were_written(tmp_path):
    records = Records(tmp_path / "office.sqlite")
    talk, _ = records.conversations.ask("张三", "", "几天答复？", "c", NOW)
    records.close()
    with closing(sqlite3.connect(tmp_path / "office.sqlite")) as connection:
        connection.execute("DROP TABLE pins")
    (tmp_path / "version.json").write_text('{"version": 3}')
    assert bring_up(Settings(data_dir=tmp_path)).name.startswith("升级前-数据版本3")
    assert json.loads((tmp_path / "version.json").read_text()) == {"version": DATA_VERSION}
    with closing(sqlite3.connect(tmp_path / "office.sqlite")) as connection:
        assert connection.execute("SELECT * FROM pins").fetchall() == []
    records = Records(tmp_path / "office.sqlite")
    assert [(c.id, c.pinned) for c in records.conversations.list_conversations("张三")] == [(talk, False)]
    records.conversations.pin("张三", talk, True)
    assert records.conversations.find("张三", talk).pinned
    assert rows_changed(records.engine) == []
    records.close()


def test_an_upgrade_that_fails_can_be_tried_again(old, monkeypatch):
    def fail(settings):
        raise GongkaiError("坏了")

    monkeypatch.setattr("assistant.upkeep.versions.STEPS", (fail,))
    with pytest.raises(GongkaiError, match="坏了"):
        bring_up(old)
    assert not (old.data_folder / "version.json").exists()
    assert len(list((old.data_folder / "backups").iterdir())) == 1
    monkeypatch.undo()
    assert bring_up(old) is not None


def test_data_of_a_newer_release_are_left_alone(old):
    (old.data_folder / "version.json").write_text('{"version": 99}')
    with pytest.raises(InputError, match="更新的版本"):
        bring_up(old)


def test_the_commands(office, tmp_path, monkeypatch, capsys):
    def gongkai(*arguments, data=office.data_folder):
        monkeypatch.setenv("GONGKAI_DATA_DIR", str(data))
        monkeypatch.setattr(sys, "argv", ["gongkai", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    code, out, _ = gongkai("backup", tmp_path / "b.gongkai", "--json")
    assert code == 0
    assert json.loads(out)["files"] > 10
    assert gongkai("backup", tmp_path / "b.gongkai")[0] == 2
    assert "已恢复" in gongkai("restore", tmp_path / "b.gongkai", data=tmp_path / "new")[1]
    assert questions(tmp_path / "new") == ["几天内要答复？"]
    code, out, said = gongkai("restore", tmp_path / "b.gongkai", data=tmp_path / "new")
    assert (code, out, said.count("\n")) == (2, "", 1)
    assert gongkai("restore", tmp_path / "b.gongkai", "--force", data=tmp_path / "new")[0] == 0
    assert "找不到备份文件" in gongkai("restore", tmp_path / "nein", data=tmp_path / "leer")[2]
