"""Mutated files through the command line."""

import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz.mutations import mutate
from tests.fuzz.runner import Ran, preload, run
from tests.fuzz.seeds import write_seeds

_DOCUMENTS, _STATISTICS = (".docx", ".pdf", ".html", ".xlsx"), (".yaml", ".json", ".xlsx")
COMMANDS = {"check": _DOCUMENTS, "convert": _STATISTICS, "draft": _STATISTICS, "add": _DOCUMENTS}
# Adding takes ten times as long as the others.
_ROUND = ("check", "convert", "draft") * 3 + ("add",)
# Texts that the throwaway library holds at most before another begins.
_MOST_TEXTS = 40


@dataclass(frozen=True)
class Failure:
    """One promise that was broken: by which file, and how."""

    command: str
    number: int
    suffix: str
    complaint: str
    data: bytes
    ran: Ran


def break_files(
    count: int,
    start: int = 0,
    commands: tuple[str, ...] = _ROUND,
    each: Callable[[Ran], object] = lambda ran: None,
) -> Iterator[Failure]:
    """Run `count` mutated files through the commands in turn; yield those that broke a promise.

    A file is made from its number alone, so that one that failed can be made again.
    """
    preload()
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scratch = Path(name)
        seeds = write_seeds(scratch)
        used = Counter[str]()
        for number in range(start, start + count):
            chance = Random(number)
            command = commands[number % len(commands)]
            suffix = chance.choice(COMMANDS[command])
            data = mutate(chance.choice(seeds[suffix]), suffix, chance, [d for held in seeds.values() for d in held])
            folder = scratch / "data"
            used[command] += 1
            if command == "add" and used[command] % _MOST_TEXTS == 0:
                shutil.rmtree(folder, ignore_errors=True)
            ran = _run(command, suffix, data, chance, scratch, folder)
            each(ran)
            if complaint := ran.complaint():
                yield Failure(command, number, suffix, complaint, data, ran)


def _run(command: str, suffix: str, data: bytes, chance: Random, scratch: Path, folder: Path) -> Ran:
    path = scratch / f"case{suffix}"
    path.write_bytes(data)
    other = chance.choice(_STATISTICS)
    arguments = {
        "check": ["check", path, *chance.choice(([], ["--json"], ["--annotate", scratch / "marked.html", "--force"]))],
        "convert": ["statistics", "convert", path, scratch / f"converted{other}", "--force"],
        "draft": ["draft", path, *chance.choice(([], ["--json"], ["--output", scratch / "draft.docx", "--force"]))],
        "add": ["corpus", "add", path, "--yes"],
    }[command]
    ran = run(arguments, scratch, folder)
    for left in scratch.glob("*.part"):
        left.unlink()
    return ran
