"""Runs the command line on one file after another, each in a process of its own, and judges what came of it."""

import contextlib
import io
import os
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.documents import confined

CORPUS = Path(__file__).parents[2] / "corpus"
# Processor seconds, which a busy machine does not change; and by the clock, for what waits for ever.
LONGEST = 30.0
LONGEST_WAIT = 300.0
LARGEST = 2**30
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Ran:
    """What one run of the command came to; processor seconds, and bytes at its peak."""

    status: int
    out: str
    err: str
    seconds: float
    peak: int

    def complaint(self) -> str:
        """Return what is wrong with it, "" where it kept every promise: 0, 1 or 2 and one clear Chinese line."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        if self.seconds > LONGEST or self.status == -9:
            return f"hangs: {self.seconds:.0f} s"
        if "Traceback" in self.err + self.out:
            return "traceback: " + (lines[-1] if lines else "")
        if self.status not in (0, 1, 2):
            return f"status {self.status}"
        if self.status == 2 and len(lines) != 1:
            return f"{len(lines)} lines where one is promised: {lines[:3]}"
        if self.status == 2 and not _CHINESE.search(lines[0]):
            return f"no Chinese line: {lines[0][:200]}"
        if self.peak > LARGEST:
            return f"memory: {self.peak / 2**20:.0f} MB"
        return ""


def preload() -> None:
    """Import what the commands import, so that a fork finds it there."""
    import bs4  # noqa: F401
    import docx  # noqa: F401
    import lxml.html  # noqa: F401
    import openpyxl  # noqa: F401
    import pdfplumber  # noqa: F401

    import assistant.cli
    from assistant.report import check_command, checked, command

    # The shipped rules are the same for every file: read once.
    rules = cache(checked.load_check_rules)
    checked.load_check_rules = check_command.load_check_rules = rules
    for name in ("load_forms", "load_rules", "load_report_rules"):
        setattr(command, name, cache(getattr(command, name)))
    rules(CORPUS)
    command.load_forms(CORPUS / "forms")
    command.load_rules(CORPUS / "checks.yaml")
    command.load_report_rules(CORPUS)
    # Once through the command line: it imports more as it goes.
    sys.argv = ["gongkai", "draft", "没有.yaml"]
    with contextlib.suppress(SystemExit), contextlib.redirect_stderr(io.StringIO()):
        assistant.cli.main()


def warm() -> None:
    """Have one child for reading at hand, which the forks use in turn: starting one takes half a second."""
    confined.confined(_nothing, Path())


def _nothing(path: Path) -> None:
    """Do nothing."""


def run(arguments: Sequence[object], scratch: Path, data: Path) -> Ran:
    """Run `gongkai` with these arguments in a fork of this process, which has to have one thread."""
    warm()
    out, err = scratch / "stdout", scratch / "stderr"
    started = time.monotonic()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _become(arguments, out, err, scratch, data)
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        waited = time.monotonic() - started
        if done:
            break
        if waited > LONGEST_WAIT:
            os.killpg(child, signal.SIGKILL)
            confined.close_idle()
            _, status, used = os.wait4(child, 0)
            break
        time.sleep(0.002 if waited < 1 else 0.05)
    code = os.waitstatus_to_exitcode(status)
    texts = [path.read_text("utf-8", errors="replace") if path.exists() else "" for path in (out, err)]
    return Ran(code, texts[0], texts[1], used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _become(arguments: Sequence[object], out: Path, err: Path, scratch: Path, data: Path) -> None:
    """Be the command, and never return."""
    status = 70
    try:
        os.setpgid(0, 0)
        for path, number in ((out, 1), (err, 2)):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, number)
        sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), "utf-8", write_through=True)  # noqa: SIM115
        sys.stderr = io.TextIOWrapper(open(2, "wb", closefd=False), "utf-8", write_through=True)  # noqa: SIM115
        # Far above what is promised: what runs away ends here and not with the machine.
        resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
        resource.setrlimit(resource.RLIMIT_CPU, (40, 41))
        os.environ["GONGKAI_DATA_DIR"] = str(data)
        os.chdir(scratch)
        sys.argv = ["gongkai", *map(str, arguments)]
        from assistant.cli import main

        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001  (a traceback is what is looked for)
            traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
