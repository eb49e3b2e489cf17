"""Every kind of file of a data folder overwritten at random places, and real full and read-only disks.

What can be made anew is made anew and gives the answers of before; what cannot is refused in one Chinese line that says
what to do; an answer is never another one.
"""

import json
import random
import shutil
import subprocess
import sys

import pytest

from assistant.app import build_assistant
from assistant.errors import GongkaiError
from assistant.settings import Settings
from assistant.upkeep.doctor import BAD, examine
from tests.conftest import ROOT, TODAY
from tests.small import write_small_corpus
from tests.upkeep.conftest import NOW, TEXT

QUESTIONS = ("几天内要回话", "示例区车辆停放办法第一条怎么规定", "申请太多要不要收费")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """What is shipped, with two small texts for the regulations."""
    folder = tmp_path_factory.mktemp("shipped")
    left_out = shutil.ignore_patterns("regulations", "vectors.npz", "reports")
    shutil.copytree(ROOT / "corpus", folder / "corpus", ignore=left_out)
    shutil.copytree(ROOT / "prompts", folder / "prompts")
    (folder / "corpus" / "reports").mkdir()
    small = write_small_corpus(folder / "small")
    shutil.copytree(small / "regulations", folder / "corpus" / "regulations")
    shutil.copyfile(small / "out_of_scope.yaml", folder / "corpus" / "out_of_scope.yaml")
    (folder / "corpus" / "sources.toml").write_text("", encoding="utf-8")
    return folder


class Installed(Settings):
    """Settings of an installation of another shipped folder."""


@pytest.fixture(scope="module")
def made(shipped, tmp_path_factory):
    """A data folder with everything in it, and what is answered from it."""
    from datetime import date
    from decimal import Decimal

    from assistant.office.desk import Desk
    from assistant.office.ledger_records import RequestRecord
    from assistant.sources.intake import Told

    folder = tmp_path_factory.mktemp("damaged")
    settings = settings_of(shipped, folder / "data")
    (folder / "办法.txt").write_text(TEXT, encoding="utf-8")
    assistant = build_assistant(TODAY, settings)
    [outcome] = assistant.holdings.add([folder / "办法.txt"], Told(), TODAY)
    assert outcome.state == "added"
    desk = Desk(shipped / "corpus", folder / "data")
    desk.ledger.add_requests(
        [
            RequestRecord(f"2026-{n:03}", date(2026, 1, 5), "post", f"申请人{n}", "natural_person", "文件" * 200,
                          fee_amount=Decimal(n))
            for n in range(1, 60)
        ],
        TODAY,
    )  # fmt: skip
    desk.ledger.close()
    assistant.records.people.add_person("张三", "管理员", NOW)
    talk = ""
    for n in range(40):
        talk, turn = assistant.records.conversations.ask("张三", talk, f"问题{n}" * 30, "abc", NOW)
        assistant.records.conversations.answer(turn, {"answer": f"回答{n}" * 100, "citations": []})
    assistant.records.close()
    answers = asked(assistant)
    assert "7元" in answers[1]
    return folder / "data", answers


def settings_of(shipped, data, **more):
    settings = Installed(data_dir=data, **more)
    settings.__dict__["shipped_folder"] = shipped
    return settings


def asked(assistant):
    answers = [assistant.ask(question, TODAY).answer for question in QUESTIONS]
    assistant.index.close()
    return answers


def damage(path, chance):
    whole = bytearray(path.read_bytes())
    for _ in range(3):
        place, length = chance.randrange(len(whole)), chance.choice((1, 16, 300, 5000))
        whole[place : place + length] = chance.randbytes(len(whole[place : place + length]))
    path.write_bytes(whole)


def kinds(data):
    """One file of every kind that an installation keeps."""
    files = sorted(path for path in data.rglob("*") if path.is_file() and path.stat().st_size)
    found = {}
    for path in files:
        if path.name == "lock" or path.suffix in (".lock", ".key"):
            continue
        parts = ["" if any(c.isdigit() for c in part) else part for part in path.relative_to(data).parts[:-1]]
        found.setdefault((*parts, path.name), path.relative_to(data))
    return list(found.values())


OFFICE = ("corpus.sqlite", "office.sqlite", "ledger.sqlite", "reports.sqlite", "version.json")


# One of the shipped index, of the words and the vectors of what was added, and of what cannot be made anew.
SOME = {"vocab.index.json", "chroma.sqlite3", "keys.json", "ids.json", "corpus.sqlite", "ledger.sqlite"}


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))])
def test_a_damaged_file_of_any_kind_is_made_anew_or_refused(made, shipped, tmp_path, seed):
    data, answers = made
    chance, rebuilt = random.Random(seed), 0
    places = [place for place in kinds(data) if seed > 1 or place.name in SOME]
    if seed == 1:
        places = list({place.name: place for place in places}.values())
    for place in places:
        broken = tmp_path / "data"
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(data, broken)
        damage(broken / place, chance)
        settings = settings_of(shipped, broken)
        worse = [f for f in examine(settings, TODAY) if f.state == BAD]
        try:
            assistant = build_assistant(TODAY, settings)
            assert asked(assistant) == answers, place
        except GongkaiError as error:
            said = str(error)
        else:
            rebuilt += "自动重建" in assistant.notice
            continue
        assert place.name in OFFICE, (place, said)
        assert worse, place
        assert "\n" not in said
        assert any(way in said for way in ("restore", "rebuild", "恢复")), said
    assert rebuilt >= len(places) / 3


def test_a_damaged_index_is_named_by_the_doctor_and_rebuilt_by_the_command(made, shipped, tmp_path):
    data, _ = made
    shutil.copytree(data, tmp_path / "data")
    [words] = (tmp_path / "data" / "index" / "added").glob("words-*")
    damage(words / "texts.jsonl", random.Random(3))
    settings = settings_of(shipped, tmp_path / "data")
    [told] = [finding for finding in examine(settings, TODAY) if finding.name == "索引"]
    assert told.state == BAD
    assert "texts.jsonl" in told.message
    assert "gongkai corpus rebuild" in told.message
    from assistant.building import rebuild_index

    rebuild_index(settings, TODAY)
    assert [f.state for f in examine(settings, TODAY) if f.name == "索引"] == ["好"]


def in_a_namespace(*arguments, **options):
    return subprocess.run(["unshare", "-rm", *map(str, arguments)], capture_output=True, text=True, **options)


@pytest.mark.skipif(
    shutil.which("unshare") is None or in_a_namespace("mount", "-t", "tmpfs", "tmpfs", "/mnt").returncode != 0,
    reason="no mount namespaces on this machine (unshare -rm)",
)
@pytest.mark.parametrize("few", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_a_full_and_a_read_only_disk_are_said_in_one_line_and_nothing_is_lost(few, request, tmp_path):
    (tmp_path / "source").mkdir()
    if not few:
        request.getfixturevalue("assistant")
        shutil.copytree(request.getfixturevalue("data_folder") / "index", tmp_path / "source" / "index")
    settings = Settings(data_dir=tmp_path / "source")
    from assistant.configured import open_records
    from assistant.office.desk import Desk

    records = open_records(settings)
    records.people.add_person("张三", "管理员", NOW)
    records.close()
    Desk(ROOT / "corpus", tmp_path / "source").ledger.close()
    run = [sys.executable, "-m", "tests.upkeep.full_disk", tmp_path, tmp_path / "source"]
    run += ["--few"] if few else []
    done = in_a_namespace(*run, cwd=ROOT, timeout=900)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    complaints = {(when, name): ran for when, rans in found["told"].items() for name, ran in rans.items() if ran[3]}
    assert complaints == {}
    before = found["told"]["before"]
    assert [ran[0] for name, ran in before.items() if name != "doctor"] == [0] * (len(before) - 1), before
    for when in ("full", "read-only"):
        for name, (status, out, said, _) in found["told"][when].items():
            if name in before:  # what reads: as ever, or refused in words
                assert status == 2 or out == before[name][1] or name == "doctor", (when, name, out)
            else:
                assert status == 2, (when, name, out)
            assert status != 2 or any(word in said for word in ("空间", "权限", "磁盘")), (when, name, said)
        assert found["told"][when]["doctor"][0] == 1
    assert "磁盘" in found["told"]["full"]["doctor"][1]
    assert "不能写" in found["told"]["read-only"]["doctor"][1]
    # Nothing half is left under a name that was asked for, and with room again all goes on.
    assert set(found["left"]) <= {"data"}
    after = found["told"]["after"]
    assert [after[name][0] for name in after if name != "doctor"] == [0] * (len(after) - 1)
    assert few or after["ask"][1] == before["ask"][1]
    assert after["ledger list"][1] == before["ledger list"][1]
