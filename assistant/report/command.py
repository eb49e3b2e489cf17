"""The use cases of the report wing: draft from files, a workbook to fill, conversion."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from assistant.documents.writing.whole import refuse_existing, write_whole
from assistant.errors import InputError
from assistant.report.checking.case import Case
from assistant.report.checking.constraints import run_checks
from assistant.report.checking.entries import check_blanks, check_counts
from assistant.report.drafting.draft import draft_report, load_report_rules
from assistant.report.drafting.edited import check_notes
from assistant.report.drafting.sections import Draft
from assistant.report.errors import FormError
from assistant.report.findings import Finding, load_rules
from assistant.report.form_files import load_forms
from assistant.report.statistics_files import dump_statistics, load_statistics, refuse_other_suffix
from assistant.report.tables import Statistics
from assistant.report.writing import refuse_output, refuse_statistics, statistics_beside, write_draft

Rework = Callable[[Draft, Statistics | None], Draft]
FindPrevious = Callable[[Statistics], Statistics | None]


def draft_files(
    corpus: Path,
    stats: Path,
    previous: Path | None,
    output: Path | None,
    template: Path | None,
    day: date | None,
    *,
    force: bool,
    rework: Rework | None = None,
    find_previous: FindPrevious = lambda statistics: None,
) -> Draft:
    """Draft from statistics files and write the output, if there is one and the figures hold.

    Args:
        rework: changes the words of a draft without violations, given last year's statistics too.
        find_previous: tells last year's statistics where no file of them is given.
    Raises:
        InputError: a file that cannot be read, or an output that cannot be written.
    """
    if template and (output is None or output.suffix.lower() != ".docx"):
        raise InputError("--template 是 Word 模板，请用 --output 写成 .docx。")
    if output:
        if statistics_beside(output).resolve() in {path.resolve() for path in (stats, previous) if path}:
            raise InputError(f"输出会覆盖统计文件 {statistics_beside(output).name}，请换一个输出文件名。")
        refuse_output(output, force=force)
    rules = load_report_rules(corpus)
    statistics = load_statistics(stats, rules.forms)
    if output:
        refuse_statistics(output, statistics, force=force)
    before = load_statistics(previous, rules.forms) if previous else find_previous(statistics)
    draft = check_notes(draft_report(statistics, before, rules), rules.rules, rules.prose, before)
    if rework and not draft.violations:
        draft = rework(draft, before)
    if output and not draft.violations:
        write_draft(draft, output, force=force, day=day, template=template)
    return draft


def write_template(corpus: Path, form: str, output: Path, *, force: bool) -> None:
    """Write the workbook of a form, to be filled in.

    Raises:
        InputError: an unknown form, another suffix than .xlsx, an existing file.
    """
    from assistant.report.workbook_writing import write_workbook

    if output.suffix.lower() != ".xlsx":
        raise InputError(f"模板是 Excel 工作簿，请把 {output.name} 改为 .xlsx。")
    refuse_existing([output], force=force)
    forms = load_forms(corpus / "forms")
    if form not in forms:
        raise FormError(f"没有“{form}”这个表式；可用的有 {'、'.join(forms)}。")
    write_whole({output: write_workbook(forms[form])}, force=force)


def convert_statistics(corpus: Path, source: Path, target: Path, *, force: bool) -> tuple[Finding, ...]:
    """Write the statistics of `source` as another kind of file; return what was typed oddly in it.

    Raises:
        InputError: a file that cannot be read or written, or a value that is no number and would be lost.
    """
    refuse_other_suffix(target)
    refuse_existing([target], force=force)
    statistics = load_statistics(source, load_forms(corpus / "forms"))
    case = Case(load_rules(corpus / "checks.yaml"), statistics)
    no_number = {mark.place or statistics.form.cells[mark.address].name for mark in statistics.remarks
                 if mark.kind == "not_number"}  # fmt: skip
    lost = [finding for finding in run_checks(case, [check_counts]) if finding.location in no_number]
    if lost:
        raise InputError(f"{lost[0].message}改正后再转换。")
    write_whole({target: dump_statistics(statistics, target.suffix.lower())}, force=force)
    typed = {remark.place for remark in statistics.remarks} | {
        statistics.form.cells[remark.address].name for remark in statistics.remarks
    }
    return tuple(finding for finding in run_checks(case, [check_blanks]) if finding.location in typed)


def parse_day(text: str | None) -> date | None:
    """Return the day that 2026-01-20 names.

    Raises:
        InputError: no such day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"日期“{text[:20]}”不对，请写成 2026-01-20 的样子。") from error


def tell_draft(draft: Draft, output: Path | None) -> str:
    """Return what the command line shows of a draft: findings, then where it was written, or its text."""
    lines = [f"错误 {finding.code}　{finding.message}" for finding in draft.violations]
    if draft.violations:
        lines.append(f"共{len(draft.violations)}处错误，没有起草；请改正后再来。")
    lines += [f"提醒 {finding.code}　{finding.message}" for finding in draft.warnings]
    if not draft.violations and output:
        lines.append(f"已写入 {output}，统计文件在 {statistics_beside(output)}。")
    elif not draft.violations:
        lines += ["", tell_text(draft)]
    return "\n".join(lines) + "\n"


def tell_text(draft: Draft) -> str:
    """Return the words of a draft, chapter by chapter; a table is named, not shown."""
    lines = [draft.title.text, *(text.text for place, text in draft.texts() if place == "导语")]
    for section in draft.sections:
        lines += [
            "",
            section.chapter.title,
            section.text.text or f"（{_table_name(draft, section.table)}，写出文件时附上）",
        ]
    return "\n".join(lines)


def _table_name(draft: Draft, key: str | None) -> str:
    return draft.statistics.form.tables[key].name if key else ""
