"""What a draft guarantees, counted: altered numerals found, changed cells found, false alarms, seconds.

`python -m benchmarks.drafting` runs everything a thousand times and writes `drafting.md` beside this file;
`--count 100` runs a tenth and writes nothing. Statistics are made at random, half of the drafts are compared with a
year before, and the alterations are those of the tests.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from types import MappingProxyType

from assistant.report.checking.case import Case
from assistant.report.checking.constraints import run_checks
from assistant.report.drafting.draft import ReportRules, draft_report, load_report_rules
from assistant.report.drafting.edited import check_notes
from assistant.report.drafting.provenance import find_altered
from assistant.report.statistics_files import dump_statistics
from assistant.report.tables import Statistics
from assistant.report.writing import render_draft
from tests.report.conftest import CORPUS, _make
from tests.report.test_provenance import NUMERAL, alter

SUMS = ("H1", "H2", "H3", "H4")
_SHELL_RUNS = 10


def main() -> None:
    """Count, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    load = os.getloadavg()[0]
    rows = measure(count)
    head = (
        f"`python -m benchmarks.drafting`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, load {load:.1f} "
        "at the start (anything much above 0 is other work, and slows what follows)."
    )
    page = "\n".join(["# Drafts", "", head, "", "| | |", "|---|---|", *(f"| {what} | {told} |" for what, told in rows)])
    print(page)
    if count == parser.get_default("count"):
        (Path(__file__).parent / "drafting.md").write_text(page + "\n", encoding="utf-8")


def measure(count: int) -> list[tuple[str, str]]:
    """Return what was measured and the figure, a row each."""
    rules, seconds = load_report_rules(CORPUS), []
    found = alarms = noted = errors = named = 0
    for seed in range(count):
        form = rules.forms["2021" if seed % 3 else "2019"]
        statistics = _make(Random(seed), form, None)
        previous = _year_before(statistics) if seed % 2 else None
        start = time.perf_counter()
        draft = check_notes(draft_report(statistics, previous, rules), rules.rules, rules.prose, previous)
        render_draft(draft, ".docx")
        seconds.append(time.perf_counter() - start)
        noted += any(finding.code[0] == "N" for finding in draft.warnings)
        texts = {place: text.text for place, text in draft.texts()}
        alarms += bool(find_altered(draft, texts))
        random = Random(seed)
        place = random.choice([place for place, text in texts.items() if NUMERAL.search(text)])
        altered = find_altered(draft, {**texts, place: alter(texts[place], random)})
        found += bool(altered) and altered[0].place == place
        errors += any(f.severity == "error" for f in run_checks(Case(rules.rules, statistics)))
        named += _names_the_change(rules, statistics, random)
    return [
        ("drafts with one numeral altered: found, in the right chapter", f"{found} of {count}"),
        ("untouched drafts: alarms", f"{alarms} of {count}"),
        ("right notes accused of contradicting the tables", f"{noted} of {count}"),
        ("valid tables: with an error", f"{errors} of {count}"),
        ("tables with one changed cell: found, a message names a sum with that cell", f"{named} of {count}"),
        ("draft and its Word file in process: median, most", f"{median(seconds):.3f} s, {max(seconds):.3f} s"),
        ("`gongkai draft` from the shell: median of ten, most", _shell(rules)),
    ]  # fmt: skip


def _names_the_change(rules: ReportRules, statistics: Statistics, random: Random) -> bool:
    """Change one cell of 表三 or 表四; tell whether a finding names its row or column, with both sides."""
    address = random.choice([a for a in statistics.cells if a.table in ("requests", "reviews")])
    value = statistics.cells[address]
    other = random.choice([value + 1, value + 7, value - 1 if value else value + 3, value * 10 + 1])
    changed = replace(statistics, cells=MappingProxyType({**statistics.cells, address: other}))
    table = statistics.form.tables[address.table]
    row, column = table.node("row", address.row).name, table.node("column", address.column).name
    lines = (f"{table.name}“{row}”", f"{table.name}“{column}”列")
    found = [f for f in run_checks(Case(rules.rules, changed)) if f.code in SUMS]
    return any(f.message.startswith(lines) and f.expected != f.actual for f in found)


def _year_before(statistics: Statistics) -> Statistics:
    """Half of everything, and carried over what this year carries in."""
    halved = {a: None if v is None else v // 2 for a, v in statistics.cells.items()}
    carried = {a._replace(row="carried_out"): v for a, v in statistics.cells.items() if a.row == "carried_in"}
    return replace(statistics, year=statistics.year - 1, cells=MappingProxyType({**halved, **carried}))


def _shell(rules: ReportRules) -> str:
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "统计.xlsx"
        path.write_bytes(dump_statistics(_make(Random(17), rules.forms["2021"], 2025), ".xlsx"))
        command = [sys.executable, "-c", "from assistant.cli import main; main()", "draft", str(path), "--output"]
        for number in range(_SHELL_RUNS):
            start = time.perf_counter()
            subprocess.run([*command, f"{folder}/{number}.docx"], check=True, capture_output=True)
            seconds.append(time.perf_counter() - start)
    return f"{median(seconds):.2f} s, {max(seconds):.2f} s"


if __name__ == "__main__":
    main()
