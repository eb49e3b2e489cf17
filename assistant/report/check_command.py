"""The use cases of `gongkai check` and what the command line shows of their results."""

from collections.abc import Iterator
from pathlib import Path

from assistant.report.changes import Change
from assistant.report.checked import SEVERITIES, CheckedReport, check_report, load_check_rules
from assistant.report.findings import Finding, show

_MOST_CHANGES = 40


def check_file(corpus: Path, path: Path, previous: Path | None) -> CheckedReport:
    """Return what is found in one report.

    Raises:
        InputError: a file that cannot be read, or is no annual report.
    """
    return check_report(path, previous, load_check_rules(corpus))


def tell_check(checked: CheckedReport) -> str:
    """Return what the command line shows of a checked report: what it is, findings by severity, changes."""
    return "\n".join(_lines(checked)) + "\n"


def _lines(checked: CheckedReport) -> Iterator[str]:
    statistics = checked.statistics
    year = f"{statistics.year}年度" if statistics.year else "年度不明"
    yield f"{statistics.agency or '机关名称不明'}　{year}　按{checked.report.form.years}的表式读出"
    counts = [f"{name}{len(checked.of(key))}处" for key, name in SEVERITIES.items() if checked.of(key)]
    yield f"共发现{'，'.join(counts)}。" if counts else "没有发现问题。"
    for key, name in SEVERITIES.items():
        findings = checked.of(key)
        if findings:
            yield ""
            yield f"【{name}】"
            for number, finding in enumerate(findings, start=1):
                yield from _finding_lines(number, finding)
    yield from _zero_lines(checked)
    for note in checked.report.document.notes:
        yield f"\n读取情况：{note}"
    if checked.changes and checked.previous is not None:
        yield ""
        yield f"与{checked.previous.year}年度相比（两年都是0的不列）："
        for change in checked.changes[:_MOST_CHANGES]:
            yield f"  {tell_change(change)}"
        if len(checked.changes) > _MOST_CHANGES:
            yield f"  另有{len(checked.changes) - _MOST_CHANGES}项，见 --json 或 --output 的工作簿。"


def _finding_lines(number: int, finding: Finding) -> Iterator[str]:
    yield f"{number}. {finding.code}　{finding.location}"
    yield f"   {finding.message}"
    yield f"   依据：{finding.basis}"


def _zero_lines(checked: CheckedReport) -> Iterator[str]:
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
