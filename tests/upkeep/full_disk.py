"""Commands over a data folder whose disk is full, then read-only; run inside a mount namespace of its own.

`unshare -rm python -m tests.upkeep.full_disk SCRATCH DATA [--few]`: prints what every command came to, as JSON.
"""

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from assistant.office.desk import Desk
from assistant.office.letter_input import example_fields
from tests.conftest import ROOT
from tests.fuzz.runner import Ran, preload, run
from tests.office_texts import rule, write_rule

_ROOM = 2**20
REQUEST = ("--received", "2026-01-05", "--applicant", "张三", "--asked", "文件", "--channel", "邮寄")


def mount(*options: object) -> None:
    """Mount; every namespace ends with its process."""
    subprocess.run(["mount", *map(str, options)], check=True, capture_output=True)


def fill(folder: Path) -> Path:
    """Fill the disk to the last byte."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for piece in (2**16, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(piece))
    return filler


def main() -> None:
    """Run every command on the full disk and on the read-only one, and those that read again when there is room."""
    scratch, source, few = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] == ["--few"]
    disk = scratch / "disk"
    disk.mkdir()
    size = sum(path.stat().st_size + 8192 for path in source.rglob("*"))
    mount("-t", "tmpfs", "-o", f"size={size + _ROOM}", "tmpfs", disk)
    shutil.copytree(source, disk / "data")
    write_rule(scratch / "办法.docx", rule())
    preload()
    desk = Desk(ROOT / "corpus", scratch)
    (scratch / "栏目.yaml").write_text(example_fields(desk.kinds.kind("receipt")), encoding="utf-8")
    reading = {
        "ask": ("ask", "几天内要答复？"),
        "ledger list": ("ledger", "list"),
        "doctor": ("doctor",),
    }
    writing = {
        "ledger add": ("ledger", "add", *REQUEST),
        "people add": ("people", "add", "王五"),
        "corpus add": ("corpus", "add", scratch / "办法.docx"),
        "corpus rebuild": ("corpus", "rebuild"),
        "backup": ("backup", disk / "备份.gongkai"),
        "restore": ("restore", scratch / "备份.gongkai", "--force"),
        "letter": ("letter", "receipt", "--data", scratch / "栏目.yaml", "--output", disk / "文书.docx"),
        "ledger export": ("ledger", "export", disk / "台账.xlsx"),
        "statistics": ("statistics", "template", "--output", disk / "统计.xlsx"),
        "ask --session": ("ask", "几天内要答复？", "--session", "甲"),
    }
    if few:
        for slow in ("ask", "corpus add", "corpus rebuild", "ask --session"):
            (reading if slow in reading else writing).pop(slow)
    told: dict[str, dict[str, Ran]] = {}

    def go(when: str, commands: dict[str, tuple[object, ...]]) -> None:
        told[when] = {}
        for name, arguments in commands.items():
            if when == "full":
                fill(disk)  # what the one before gave back, too
            told[when][name] = run(arguments, scratch, disk / "data")

    go("before", {**reading, "backup elsewhere": ("backup", scratch / "备份.gongkai")})
    go("full", reading | writing)
    fill(disk).unlink()
    mount("-o", "remount,ro", disk)
    go("read-only", reading | writing)
    mount("-o", "remount,rw", disk)
    left = sorted(path.name for path in disk.iterdir())
    go("after", {**reading, "ledger add": writing["ledger add"]})
    plain = {
        when: {name: [ran.status, ran.out, ran.err, ran.complaint()] for name, ran in found.items()}
        for when, found in told.items()
    }
    sys.stdout.write(json.dumps({"told": plain, "left": left}, ensure_ascii=False))


if __name__ == "__main__":
    main()
