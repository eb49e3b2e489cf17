"""`python -m tests.fuzz`: mutated files and messages by the thousand, told as they break a promise."""

import argparse
import os
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from tests.fuzz.files import COMMANDS, break_files
from tests.fuzz.runner import Ran


def main() -> None:
    """Run; status 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="the one file of this number, as it was made before")
    parser.add_argument("--command", choices=[*COMMANDS], action="append")
    parser.add_argument("--keep", type=Path, help="folder for the files that broke a promise")
    options = parser.parse_args()
    if options.only is not None:
        options.files, options.start = 1, options.only
    worst, ends, failures = [0.0, 0], Counter[int](), 0

    def note(ran: Ran) -> None:
        ends[ran.status] += 1
        worst[0], worst[1] = max(worst[0], ran.seconds), max(worst[1], ran.peak)

    chosen = [tuple(options.command)] if options.command else []
    for failure in break_files(options.files, options.start, *chosen, each=note):
        failures += 1
        sys.stdout.write(f"{failure.number} {failure.command} {failure.suffix}: {failure.complaint}\n")
        sys.stdout.flush()
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{failure.number}{failure.suffix}").write_bytes(failure.data)
            (options.keep / f"{failure.number}.err").write_text(failure.ran.err + failure.ran.out)
    told = ", ".join(f"{count} ended {status}" for status, count in sorted(ends.items()))
    sys.stdout.write(
        f"{options.files} files: {told}; slowest {worst[0]:.1f} s, most memory {worst[1] / 2**20:.0f} MB, "
        f"{failures} broke a promise\n"
    )
    # Files first: they are run in forks of this process, which has to have one thread until then.
    failures += _send(options.messages, options.start) if options.messages else 0
    sys.exit(1 if failures else 0)


def _send(count: int, start: int) -> int:
    """Send messages to an assistant of its own; return how many broke a promise.

    Told, too: what the process holds once a fifth are answered (models and vectors are read by then) and at the end.
    """
    from tests.fuzz.messages import complaint, converse

    failures, slowest, held = 0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GONGKAI_DATA_DIR"] = folder
        from assistant import build_assistant

        talk = converse(build_assistant(date(2026, 11, 22)), count, start)
        for number, (message, seconds, answer) in enumerate(talk):
            slowest = max(slowest, seconds)
            if number == count // 5:
                held = _resident()
            if found := complaint(answer, seconds):
                failures += 1
                sys.stdout.write(f"message {number} {message[:80]!r}: {found}\n")
                sys.stdout.flush()
    sys.stdout.write(
        f"{count} messages: slowest {slowest:.1f} s, memory {held} MB after a fifth and {_resident()} MB at the end, "
        f"{failures} broke a promise\n"
    )
    return failures


def _resident() -> int:
    """Return the MB that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main()
