"""How well and how fast finished reports are read: `python -m benchmarks.reading [--without-scans | --prose]`.

Writes `benchmarks/reading.md`; with `--prose` it only prints how much of scanned prose is read right.

The reports are made here (invented bodies and figures), so that every cell is known: as this product writes them, as
an office types them, as a site shows them, as a workbook, as LibreOffice prints them, as a scanner gives them. Needs
LibreOffice for PDF and the optional recognizer for scans; what is missing is left out and said.
"""

import difflib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.documents.opening import load_document
from assistant.documents.writing.paper import Body, Paper
from assistant.report.checked import CheckRules, check_report, load_check_rules
from assistant.report.drafting.draft import ReportRules, load_report_rules
from assistant.report.many import check_many
from assistant.report.tables import Statistics
from benchmarks.report_files import (
    STYLES,
    Style,
    draft_word,
    drafted,
    make_statistics,
    office_word,
    site_page,
    to_pdf,
    to_scan,
    workbook,
)

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SEEDS = range(4)
PRINTED = (2,)  # seeds that are printed as PDF, in both forms
SCANNED = (("2021", 2), ("2019", 2))
PROSE = ("yunze_water_2025", "qingyan_county_2024", "lishan_province_education_2021")  # golden reports
MANY = 100
BARE = (Style("without rules", ruled=False), Style("without rules, centred", ruled=False, centred=True))


@dataclass
class Measure:
    """The cells and the seconds of one kind of file."""

    files: int = 0
    cells: int = 0
    right: int = 0
    marked: int = 0  # wrong and marked as unsure, or told as not read
    errors: int = 0  # findings of severity error other than S3 in these sound reports
    seconds: list[float] = field(default_factory=list)


def reports(rules: ReportRules) -> Iterator[tuple[str, Statistics]]:
    """Yield every report of the benchmark with its name."""
    for form_id, form in rules.forms.items():
        for seed in SEEDS:
            yield f"{form_id}-{seed}", make_statistics(seed, form)


def write_files(folder: Path, rules: ReportRules) -> dict[Path, tuple[str, Statistics]]:
    """Write every report in every kind; return the kind and the figures of each file."""
    files: dict[Path, tuple[str, Statistics]] = {}
    for name, statistics in reports(rules):
        kinds = [(f"{name}-draft.docx", "docx", draft_word(statistics, rules))]
        kinds += [
            (f"{name}-office{number}.docx", "docx", office_word(drafted(statistics, rules), style))
            for number, style in enumerate(STYLES)
        ]
        kinds.append((f"{name}.html", "html", site_page(drafted(statistics, rules))))
        kinds.append((f"{name}.xlsx", "xlsx", workbook(drafted(statistics, rules))))
        for file, kind, content in kinds:
            (folder / file).write_bytes(content)
            files[folder / file] = (kind, statistics)
    return files


def print_and_scan(folder: Path, files: dict[Path, tuple[str, Statistics]], rules: ReportRules, *, scans: bool) -> None:
    """Add some of the reports as PDF and, if wanted, as scans of 150 dpi, which take by far the longest."""
    printed = {f"{form}-{seed}" for form in rules.forms for seed in PRINTED}
    sources = [path for path in files if path.suffix == ".docx" and path.stem.rsplit("-", 1)[0] in printed]
    # Where nothing but position tells, sizes and lengths of the figures matter: every seed.
    for name, statistics in reports(rules):
        for number, style in enumerate(BARE):
            path = folder / f"{name}-{number}-bare.docx"
            path.write_bytes(office_word(drafted(statistics, rules), style))
            sources.append(path)
            files[path] = ("docx", statistics)
    to_pdf(sources, folder)
    for path in sources:
        kind = "pdf, tables without rules" if path.stem.endswith("bare") else "pdf"
        files[path.with_suffix(".pdf")] = (kind, files[path][1])
    for form, seed in SCANNED if scans else ():
        pdf = folder / f"{form}-{seed}-draft.pdf"
        scan = folder / f"{form}-{seed}-scan.pdf"
        pages = to_scan(pdf, scan)
        files[scan] = (f"scan of 150 dpi ({pages} pages)", files[pdf][1])


def scanned_prose(folder: Path) -> str:
    """Return in words how many characters of prose are read right from scans of 150 dpi, punctuation included."""
    pages = wanted = right = 0
    for name in PROSE:
        body = yaml.safe_load((ROOT / "tests/golden/reports/bodies" / f"{name}.yaml").read_text(encoding="utf-8"))
        texts = [text for key in ("lead", "overview", "problems", "other") for text in body.get(key, ())]
        path = folder / f"{name}-prose.docx"
        path.write_bytes(office_word(Paper(("年度报告文字",), tuple(map(Body, texts)), "", ""), STYLES[0]))
        to_pdf([path], folder)
        scan = folder / f"{name}-prose-scan.pdf"
        pages += to_scan(path.with_suffix(".pdf"), scan)
        whole = re.sub(r"\s", "", "年度报告文字" + "".join(texts))
        read = re.sub(r"\s", "", load_document(scan).text)
        matcher = difflib.SequenceMatcher(None, whole, read, autojunk=False)
        wanted += len(whole)
        right += sum(block.size for block in matcher.get_matching_blocks())
    return f"Prose of {pages} scanned pages: {right} of {wanted} characters right ({100 * right / wanted:.2f} %)."


def measure(path: Path, statistics: Statistics, rules: CheckRules, into: Measure) -> None:
    """Read one file and compare every cell of its tables."""
    started = time.perf_counter()
    checked = check_report(path, None, rules)
    into.seconds.append(time.perf_counter() - started)
    into.files += 1
    told = checked.report.unsure | (statistics.cells.keys() - checked.report.places.keys())
    into.errors += sum(1 for finding in checked.findings if finding.severity == "error" and finding.code != "S3")
    for table in statistics.form.tables.values():
        for cell in table.cells:
            right = checked.statistics.cells.get(cell.address) == statistics.cells[cell.address]
            into.cells += 1
            into.right += right
            into.marked += not right and cell.address in told


def main() -> None:
    """Measure, print and write the table."""
    scans = "--without-scans" not in sys.argv
    if "--prose" in sys.argv:
        with tempfile.TemporaryDirectory() as name:
            print(scanned_prose(Path(name)))
        return
    rules, check_rules = load_report_rules(CORPUS), load_check_rules(CORPUS)
    measures: dict[str, Measure] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_files(folder, rules)
        office = shutil.which("soffice") or shutil.which("libreoffice")
        if office:
            print_and_scan(folder, files, rules, scans=scans)
        for number, (path, (kind, statistics)) in enumerate(files.items(), start=1):
            print(f"\r{number}/{len(files)} {kind}        ", end="", file=sys.stderr, flush=True)
            measure(path, statistics, check_rules, measures.setdefault(kind, Measure()))
        prose = scanned_prose(folder) if scans and office else ""
        words = [path for path in files if path.suffix == ".docx"][:MANY]
        copies = folder / "many"
        copies.mkdir()
        for number in range(MANY):
            shutil.copy(words[number % len(words)], copies / f"{number}.docx")
        started = time.perf_counter()
        check_many(CORPUS, sorted(copies.iterdir()))
        many = time.perf_counter() - started
    text = tell(measures, many, prose, scans=scans)
    print(f"\n{text}")
    (ROOT / "benchmarks" / "reading.md").write_text(text, encoding="utf-8")


def tell(measures: dict[str, Measure], many: float, prose: str, *, scans: bool) -> str:
    """Return the tables as Markdown."""
    lines = [
        "# Reading finished reports",
        "",
        "`python -m benchmarks.reading`. Reports made by us, so figures on real ones may be lower. "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} when it ended: on a machine at rest it is faster.",
        "",
        "| kind | files | cells | read right | wrong but marked | false errors | seconds, median | longest |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, m in measures.items():
        share = f"{100 * m.right / m.cells:.2f} %"
        middle = sorted(m.seconds)[len(m.seconds) // 2]
        lines.append(
            f"| {kind} | {m.files} | {m.cells} | {share} | {m.marked} of {m.cells - m.right} | {m.errors} | "
            f"{middle:.2f} | {max(m.seconds):.2f} |"
        )
    lines += ["", f"{MANY} Word files at once: {many:.1f} s."]
    if prose:
        lines += ["", prose]
    if not scans:
        lines += ["", "Without scans (`--without-scans`)."]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
