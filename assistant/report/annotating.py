"""Writes a checked report with its findings at their places: Word comments, or a marked web page."""

from pathlib import Path

from assistant.documents.writing.comments import Note, comment_word
from assistant.documents.writing.marked import Mark, write_marked
from assistant.documents.writing.whole import refuse_existing, write_whole
from assistant.errors import InputError
from assistant.report.checked import SEVERITIES, CheckedReport
from assistant.report.findings import Finding, Span
from assistant.report.published import PublishedReport


def refuse_annotated(source: Path, output: Path, *, force: bool) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises:
        InputError: another kind than .docx (for a Word file) or .html, the report itself, an existing file.
    """
    if output.resolve() == source.resolve():
        raise InputError("标注稿不能覆盖原来的报告，请换一个文件名。")
    suffix = output.suffix.lower()
    if suffix == ".docx" and source.suffix.lower() not in (".docx", ".docm"):
        raise InputError(f"{source.name} 不是 Word 文件，标注稿请写成 .html。")
    if suffix not in (".docx", ".html"):
        raise InputError(f"不会写 {output.name}；标注稿可以写成 .docx（Word 批注）或 .html。")
    refuse_existing([output], force=force)


def write_annotated(checked: CheckedReport, output: Path, *, force: bool) -> None:
    """Write the marked copy.

    Raises:
        InputError: see `refuse_annotated`.
    """
    refuse_annotated(checked.path, output, force=force)
    content = annotate_word(checked) if output.suffix.lower() == ".docx" else annotate_page(checked)
    write_whole({output: content}, force=force)


def annotate_word(checked: CheckedReport) -> bytes:
    """Return the Word file of the report with a comment for every finding."""
    notes = []
    for finding in checked.findings:
        block, cell, span = _place(finding, checked.report)
        words = checked.report.document.blocks[block].text[slice(*span)] if block is not None and span else ""
        text = f"{SEVERITIES[finding.severity]} {finding.code}：{finding.message}\n依据：{finding.basis}"
        notes.append(Note(text, block, cell, words))
    return comment_word(checked.path.read_bytes(), notes)


def annotate_page(checked: CheckedReport) -> bytes:
    """Return the report as a web page with every finding at its place."""
    marks = [
        Mark(
            finding.severity,
            f"{SEVERITIES[finding.severity]} {finding.code}",
            finding.message,
            finding.basis,
            *_place(finding, checked.report),
        )
        for finding in checked.findings
    ]
    counts = [f"{name}{len(checked.of(key))}处" for key, name in SEVERITIES.items() if checked.of(key)]
    title = checked.report.title or checked.path.name
    summary = f"核对结果：{'，'.join(counts)}。" if counts else "核对结果：没有发现问题。"
    return write_marked(checked.report.document, marks, title, summary)


def _place(
    finding: Finding, report: PublishedReport
) -> tuple[int | None, tuple[int, int] | None, tuple[int, int] | None]:
    """Return the block, the cell in it and the stretch of its text that a finding is about."""
    anchor = finding.anchor
    if isinstance(anchor, Span):
        return anchor.block, None, (anchor.start, anchor.end)
    place = report.places.get(anchor) if anchor is not None else None
    return (None, None, None) if place is None else (place.block, (place.row, place.column), None)
