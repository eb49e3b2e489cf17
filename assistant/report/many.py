"""Checks many reports at once, with every processor that there is; one unreadable file does not stop the rest."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from assistant.errors import GongkaiError
from assistant.report.checked import CheckedReport, CheckRules, check_report, load_check_rules
from assistant.report.findings import Finding

# Starting processes takes longer than a few Word files.
_FEW = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its findings, or the line that says why it could not be checked.

    Attributes:
        form: id of the form, "" where it could not be read.
        notes: what to know of how it was read (recognized pages).
    """

    path: Path
    agency: str = ""
    year: int = 0
    form: str = ""
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    def plain(self) -> dict[str, object]:
        """The outcome as JSON."""
        return {
            "file": str(self.path),
            "agency": self.agency,
            "year": self.year or None,
            "form": self.form,
            "findings": [finding.plain() for finding in self.findings],
            "problem": self.problem or None,
        }

    def count(self, severity: str) -> int:
        """How many findings of that severity there are."""
        return sum(1 for finding in self.findings if finding.severity == severity)


def check_many(
    corpus: Path, paths: Sequence[Path], progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Outcome]:
    """Return the outcome of every file, in the order of `paths`.

    Args:
        progress: told how many are done, and of how many.
    """
    found: dict[Path, Outcome] = {}
    for path, outcome in _outcomes(corpus, paths):
        found[path] = outcome
        progress(len(found), len(paths))
    return [found[path] for path in paths]


def _outcomes(corpus: Path, paths: Sequence[Path]) -> Iterator[tuple[Path, Outcome]]:
    workers = min(os.cpu_count() or 1, len(paths))
    if workers < 2 or len(paths) <= _FEW:
        for path in paths:
            yield path, check_one(corpus, path)
        return
    # Started afresh and not forked: a copy of a process with threads may wait for one of them for ever.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(check_one, corpus, path): path for path in paths}
        for future in as_completed(futures):
            yield futures[future], _outcome(futures[future], future)


def _outcome(path: Path, future: "Future[Outcome]") -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return Outcome(path, problem="核对它的进程中断了（可能是内存不足），请单独核对这个文件。")
    return Outcome(path, problem=f"读取时程序出错（{type(error).__name__}），请单独核对，并把文件反馈给维护人员。")


def check_one(corpus: Path, path: Path) -> Outcome:
    """Return the outcome of one file, in any process."""
    try:
        checked = check_report(path, None, _rules(corpus))
    except GongkaiError as error:
        return Outcome(path, problem=str(error))
    return outcome_of(checked)


def outcome_of(checked: CheckedReport) -> Outcome:
    """Return what is told of a checked report among many."""
    statistics = checked.statistics
    return Outcome(
        checked.path, statistics.agency, statistics.year, checked.report.form.id, checked.findings,
        checked.report.document.notes,
    )  # fmt: skip


@cache
def _rules(corpus: Path) -> CheckRules:
    return load_check_rules(corpus)
