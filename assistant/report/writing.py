"""A draft as files: Word, a web page, or an office's own template, with the statistics beside it."""

from datetime import date
from pathlib import Path
from typing import Any

from assistant.documents.writing.office_template import fill_template
from assistant.documents.writing.paper import Grid, Paper
from assistant.documents.writing.web import write_web
from assistant.documents.writing.whole import refuse_existing, write_whole
from assistant.documents.writing.word import write_word
from assistant.errors import InputError
from assistant.report.drafting.sections import Draft
from assistant.report.layout import lay_out, printed
from assistant.report.statistics_files import dump_statistics
from assistant.report.tables import Statistics

_STATISTICS_SUFFIX = ".统计.yaml"


def refuse_output(path: Path, *, force: bool) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises:
        InputError: another kind than .docx or .html, a missing folder, an existing file without `force`.
    """
    if path.suffix.lower() not in (".docx", ".html"):
        raise InputError(f"不会写 {path.name}；草稿可以写成 .docx 或 .html。")
    refuse_existing([path], force=force)


def refuse_statistics(path: Path, statistics: Statistics, *, force: bool) -> None:
    """Refuse an output whose statistics file would replace other figures.

    The web page of a report whose Word file lies there already has the very same statistics beside it.

    Raises:
        InputError: there is a file of other content, and no `force`.
    """
    beside = statistics_beside(path)
    if not _holds(beside, dump_statistics(statistics, ".yaml")):
        refuse_existing([beside], force=force)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def statistics_beside(path: Path) -> Path:
    """The statistics file that is written beside a report."""
    return path.with_name(path.stem + _STATISTICS_SUFFIX)


def write_draft(
    draft: Draft, path: Path, *, force: bool = False, day: date | None = None, template: Path | None = None
) -> list[Path]:
    """Write the draft and, beside it, its statistics; return the paths.

    Args:
        day: printed below the signature; left open if None.
        template: an office's own .docx with placeholders.

    Raises:
        InputError: see `refuse_output` and `refuse_statistics`; a template that cannot be filled.
    """
    refuse_output(path, force=force)
    refuse_statistics(path, draft.statistics, force=force)
    content = render_draft(draft, path.suffix.lower(), day=day, template=template)
    beside, figures = statistics_beside(path), dump_statistics(draft.statistics, ".yaml")
    write_whole({path: content} | ({} if _holds(beside, figures) else {beside: figures}), force=force)
    return [path, beside]


def render_draft(draft: Draft, suffix: str, *, day: date | None = None, template: Path | None = None) -> bytes:
    """Return the content of the report as .docx or .html.

    Raises:
        InputError: the draft has violations, or a template that cannot be filled.
    """
    if draft.violations:
        raise InputError("统计数据有错误，没有生成草稿；请先改正。")
    paper = lay_out(draft, day)
    if suffix == ".html":
        return write_web(paper)
    if template is None:
        return write_word(paper)
    return fill_template(template, template_values(draft, paper), _grids(paper))


def template_values(draft: Draft, paper: Paper) -> dict[str, Any]:
    """Return what an office's template may name: title, agency, year, date, lead_in, chapters, cells."""
    cells: dict[str, Any] = {}
    for address in draft.statistics.cells:
        place = cells.setdefault(address.table, {})
        (place.setdefault(address.row, {}) if address.row else place)[address.column] = printed(
            draft.statistics, address
        )
    chapters = {
        section.chapter.key: {
            "heading": section.chapter.title,
            "paragraphs": [paragraph.text.text for paragraph in section.paragraphs],
        }
        for section in draft.sections
    }
    return {
        "title": paper.title,
        "agency": draft.statistics.agency,
        "year": draft.statistics.year,
        "date": paper.date,
        "lead_in": [paragraph.text.text for paragraph in draft.lead_in],
        "chapters": chapters,
        "cells": cells,
    }


def _grids(paper: Paper) -> dict[str, Grid]:
    return {block.key: block for block in paper.blocks if isinstance(block, Grid)}
