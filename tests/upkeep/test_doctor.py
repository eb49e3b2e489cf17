"""`gongkai doctor`: an installation that is well, and each thing that may be wrong with one."""

import json
import shutil
import sys
from datetime import date

import pytest

from assistant.cli import main
from assistant.retrieval.generations import current_folder
from assistant.settings import Settings
from assistant.upkeep.doctor import BAD, GOOD, WARNING, examine

DAY = date(2026, 6, 1)


def found(settings, name, day=DAY):
    return [finding for finding in examine(settings, day) if finding.name == name]


def states(settings, name, day=DAY):
    return [finding.state for finding in found(settings, name, day)]


def test_one_that_is_well_has_nothing_wrong(office):
    assert [finding for finding in examine(office, DAY) if finding.state == BAD] == []
    assert states(office, "数据库") == states(office, "放假安排") == [GOOD]


def test_a_fresh_one_is_no_fault(tmp_path):
    findings = list(examine(Settings(data_dir=tmp_path / "neu"), DAY))
    assert [finding for finding in findings if finding.state == BAD] == []
    assert "第一次启动" in found(Settings(data_dir=tmp_path / "neu"), "索引")[0].remedy
    assert not (tmp_path / "neu").exists()


def test_a_damaged_database_is_named_with_the_way_back(office):
    with (office.data_folder / "office.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    [finding] = found(office, "数据库")
    assert finding.state == BAD
    assert "office.sqlite" in finding.message
    assert "restore" in finding.remedy


def test_an_index_that_cannot_be_used_is_told(office):
    manifest = current_folder(office.data_folder) / "manifest.json"
    told = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(told | {"embedder": "bge-m3"}), encoding="utf-8")
    [finding] = found(office, "索引")
    assert finding.state == BAD
    assert "gongkai corpus rebuild" in finding.message


def test_files_that_others_can_read_are_told(office):
    (office.data_folder / "office.sqlite").chmod(0o644)
    [finding] = found(office, "权限")
    assert finding.state == WARNING
    assert finding.remedy.startswith("chmod 600")


def test_next_year_is_asked_for_when_it_is_announced(office):
    assert states(office, "放假安排", date(2026, 10, 31)) == [GOOD]
    [finding] = found(office, "放假安排", date(2026, 11, 22))
    assert finding.state == WARNING
    assert "2027.yaml" in finding.remedy


def test_little_room_is_told(office, monkeypatch):
    usage = shutil.disk_usage(office.data_folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=2**20))
    assert states(office, "磁盘") == [BAD]


def test_passwords_that_wait_are_told(office):
    assert states(office, "账户") == [GOOD, WARNING]


def test_a_chat_model_is_asked_for(office):
    away = office.model_copy(update={"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "qwen"})
    assert states(away, "聊天模型") == [BAD]


def test_data_of_a_newer_release(office):
    (office.data_folder / "version.json").write_text('{"version": 99}', encoding="utf-8")
    assert states(office, "数据目录") == [BAD]


def test_the_command_and_its_status(office, monkeypatch, capsys):
    def gongkai(*arguments):
        monkeypatch.setenv("GONGKAI_DATA_DIR", str(office.data_folder))
        monkeypatch.setattr(sys, "argv", ["gongkai", "doctor", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, capsys.readouterr().out

    code, out = gongkai("--json")
    assert code == 0
    assert {"name", "state", "message", "remedy"} == set(json.loads(out)[0])
    (office.data_folder / "ledger.sqlite").write_bytes(b"no database at all")
    code, out = gongkai()
    assert code == 1
    assert "有问题　数据库：ledger.sqlite" in out
