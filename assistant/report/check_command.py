"""The use cases of `gongkai check` and what the command line shows of their results."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.documents.opening import find_documents
from assistant.documents.writing.whole import refuse_existing, write_whole
from assistant.errors import InputError
from assistant.report.annotating import refuse_annotated, write_annotated
from assistant.report.changes import Change
from assistant.report.checked import SEVERITIES, CheckedReport, check_report, load_check_rules
from assistant.report.findings import Finding, load_rules, show
from assistant.report.many import Outcome, check_many
from assistant.report.overview_book import write_overview


def check_file(
    corpus: Path, path: Path, previous: Path | None, annotated: Path | None = None, *, force: bool = False
) -> CheckedReport:
    """Return what is found in one report, and write the marked copy if one is wanted.

    Raises:
        InputError: a file that cannot be read or written, or is no annual report.
    """
    if annotated is not None:
        refuse_annotated(path, annotated, force=force)
    checked = check_report(path, previous, load_check_rules(corpus))
    if annotated is not None:
        write_annotated(checked, annotated, force=force)
    return checked


def check_folder(
    corpus: Path, folder: Path, output: Path | None, progress: Callable[[int, int], None], *, force: bool
) -> list[Outcome]:
    """Check every report in a folder, and write the workbook of what was found if there is an output.

    Raises:
        InputError: nothing to check, or an output that cannot be written.
    """
    if output is not None:
        if output.suffix.lower() != ".xlsx":
            raise InputError(f"核对情况写成 Excel 工作簿，请把 {output.name} 改为 .xlsx。")
        refuse_existing([output], force=force)
    written = output.resolve() if output else None
    paths = [path for path in find_documents([folder]) if path.resolve() != written]
    if not paths:
        raise InputError(f"{folder} 里没有可以核对的文件（docx、pdf、网页、xlsx、文字或图片）。")
    outcomes = check_many(corpus, paths, progress)
    if output is not None:
        write_whole({output: write_overview(outcomes, load_rules(corpus / "checks.yaml"), folder)}, force=force)
    return outcomes


def tell_many(outcomes: Sequence[Outcome], output: Path | None) -> str:
    """Return what the command line shows of many reports: a line each, and how many of each kind."""
    lines = []
    for outcome in outcomes:
        if outcome.problem:
            lines.append(f"没有读出　{outcome.problem}")
            continue
        counts = [f"{name}{outcome.count(key)}处" for key, name in SEVERITIES.items() if outcome.count(key)]
        whose = f"{outcome.agency or '机关不明'}{outcome.year or ''}"
        lines.append(f"{'，'.join(counts) or '未发现问题'}　{outcome.path.name}　{whose}")
    unread = sum(1 for outcome in outcomes if outcome.problem)
    failed = sum(1 for outcome in outcomes if outcome.count("error"))
    summary = f"共{len(outcomes)}个文件：{failed}份有错误，{len(outcomes) - failed - unread}份没有错误"
    lines.append(f"{summary}，{unread}个没有读出。" if unread else f"{summary}。")
    if output is not None:
        lines.append(f"已写入 {output}。")
    return "\n".join(lines) + "\n"


def tell_check(checked: CheckedReport) -> str:
    """Return what the command line shows of a checked report: what it is, findings by severity, changes."""
    return "\n".join(_lines(checked)) + "\n"


def _lines(checked: CheckedReport) -> Iterator[str]:
    statistics = checked.statistics
    year = f"{statistics.year}年度" if statistics.year else "年度不明"
    yield f"{statistics.agency or '机关名称不明'}　{year}　按{checked.report.form.years}的表式读出"
    if checked.notice:
        yield checked.notice
    counts = [f"{name}{len(checked.of(key))}处" for key, name in SEVERITIES.items() if checked.of(key)]
    yield f"共发现{'，'.join(counts)}。" if counts else "没有发现问题。"
    for key, name in SEVERITIES.items():
        findings = checked.of(key)
        if findings:
            yield ""
            yield f"【{name}】"
            for number, finding in enumerate(findings, start=1):
                yield from _finding_lines(number, finding)
    yield from zero_lines(checked)
    for note in checked.report.document.notes:
        yield f"\n读取情况：{note}"
    if checked.changes and checked.previous is not None:
        yield ""
        yield from _change_lines(checked.previous.year, checked.changes)


def _change_lines(year: int, changes: Sequence[Change]) -> Iterator[str]:
    """Tell what differs from last year, and how much does not."""
    differing = [change for change in changes if change.difference]
    yield f"与{year}年度相比（两年都是0的不列）："
    for change in differing:
        yield f"  {tell_change(change)}"
    if len(differing) < len(changes):
        yield f"  {'其余' if differing else ''}{len(changes) - len(differing)}项与上年相同。"


def _finding_lines(number: int, finding: Finding) -> Iterator[str]:
    yield f"{number}. {finding.code}　{finding.location}"
    yield f"   {finding.message}"
    yield f"   依据：{finding.basis}"


def zero_lines(checked: CheckedReport) -> Iterator[str]:
    """Ask back about tables full of zeros; it is no finding, as most such tables are right."""
    form = checked.statistics.form
    zero = [form.tables[key].name for key in ("requests", "reviews") if checked.statistics.all_zero(key)]
    if zero:
        yield f"\n请再核实：{'、'.join(zero)}全部为0，全年确实没有这类情况吗？"


def tell_change(change: Change) -> str:
    """Return a change in words: 表三“…”：12 → 16，增加4，增长33.3%."""
    difference = change.difference
    if not difference:
        return f"{change.name}：{show(change.now)}{change.unit}，与上年相同"
    more = difference > 0
    figures = f"{show(change.before)} → {show(change.now)}{change.unit}"
    told = f"{change.name}：{figures}，{'增加' if more else '减少'}{show(abs(difference))}"
    if change.percent is None:
        return told
    return f"{told}，{'增长' if more else '下降'}{show(abs(change.percent))}%"
