"""`python -m tests.killing`: every kind of write of the office, killed at as many moments as one wants.

A fork of this process writes one thing after the other and says of each that it is done; it is killed at a random
moment. Then the store is opened as the program opens it: what was said to be done is there, what was being done is
there whole or not at all, and the next write works.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.killing.kinds import KINDS, Kind

# So many writes are waited for at most before the one that is killed.
_MOST = 12


def kill_one(kind: Kind, folder: Path, chance: random.Random) -> int:
    """Let a fork write in `folder`, kill it; return how many writes it said were done. Asserts what is promised."""
    held = kind.prepare(folder)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(ours)
            for number in range(1, 100_000):
                kind.write(folder, held, number)
                os.write(theirs, b"%d\n" % number)
            status = 0
        except BaseException:  # noqa: BLE001  (the parent is told by the status)
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(theirs)
    with os.fdopen(ours, "rb") as told:
        began, wanted = time.monotonic(), chance.randrange(_MOST)
        done = [int(told.readline() or 0) for _ in range(wanted)]
        one = (time.monotonic() - began) / wanted if wanted else 0.1
        time.sleep(chance.uniform(0, 1.2 * one))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        done += [int(line) for line in told.read().split()]
    assert os.WIFSIGNALED(status), f"the writer ended by itself: {status}"
    last = max(done, default=0)
    kind.judge(folder, held, last)
    return last


def main() -> None:
    """Run; status 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.killing")
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=[*KINDS], action="append")
    options = parser.parse_args()
    chosen = options.kind or list(KINDS)
    counts: dict[str, list[int]] = {name: [] for name in chosen}
    failures = 0
    for moment in range(options.moments):
        name = chosen[moment % len(chosen)]
        with tempfile.TemporaryDirectory() as folder:
            try:
                counts[name].append(kill_one(KINDS[name], Path(folder), random.Random(options.seed * 10_000 + moment)))
            except Exception:  # noqa: BLE001  (told, and the next moment tried)
                failures += 1
                sys.stdout.write(f"moment {moment}, {name}:\n{traceback.format_exc()}\n")
    for name, done in counts.items():
        sys.stdout.write(
            f"{name}: killed {len(done)} times, {sum(done)} writes done before, {done.count(0)} at the first\n"
        )
    sys.stdout.write(f"{options.moments} moments: {failures} broke a promise\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
