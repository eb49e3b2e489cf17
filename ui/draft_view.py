"""A draft, last year's figures and what is found, as the page's script takes them: plain data, no markup."""

from typing import Any

from assistant.report.drafting.edited import Edited
from assistant.report.drafting.sections import Paragraph
from assistant.report.drafting.telling import cells_of_source, tell_source
from assistant.report.findings import Finding
from assistant.report.forms import Address, Form
from assistant.report.worksheet import Before, cells_of


def show_before(before: Before) -> dict[str, Any]:
    """Return last year's figures by cell, and where they are from."""
    return {
        "year": before.statistics.year,
        "source": before.source,
        "cells": cells_of(before.statistics),
        "facts": {key: list(notes) for key, notes in before.statistics.facts.notes.items()},
        "chapters": dict(before.chapters),
    }


def show_finding(finding: Finding, form: Form) -> dict[str, Any]:
    """Return a finding with the table and the cell that it is of ("" for none)."""
    anchor = finding.anchor if isinstance(finding.anchor, Address) else None
    named = next((cell.address for cell in form.cells.values() if cell.name == finding.location), None)
    place = anchor or named
    table = place.table if place else next((t.key for t in form.tables.values() if t.name in finding.location), "")
    return {**finding.plain(), "cell": str(place or ""), "table": table}


def show_draft(edited: Edited, by_hand: set[str]) -> dict[str, Any]:
    """Return the draft: paragraphs cut at their numbers, each number with its source in words and its cells.

    Args:
        by_hand: keys of the chapters that somebody has edited.
    """
    draft = edited.draft
    form = draft.statistics.form
    findings = draft.violations or edited.findings
    return {
        "title": draft.title.text,
        "lead_in": [_show_paragraph(paragraph, form) for paragraph in draft.lead_in],
        "sections": [
            {
                "key": section.chapter.key,
                "title": section.chapter.title,
                "table": section.table,
                "edited": section.chapter.key in by_hand,
                "text": section.text.text,
                "length": section.length,
                "paragraphs": [_show_paragraph(paragraph, form) for paragraph in section.paragraphs],
            }
            for section in draft.sections
        ],
        "limit": form.overview_limit,
        "refused": bool(draft.violations),
        "findings": [
            {**show_finding(finding, form), "place": _place(edited, index)}
            for index, finding in enumerate(findings)
            if not is_blank(finding)
        ],
    }


def is_blank(finding: Finding) -> bool:
    """Whether a finding says only that cells are open, which the page counts by itself."""
    return finding.code == "W6" and finding.actual is None


def _place(edited: Edited, index: int) -> dict[str, Any] | None:
    if edited.draft.violations or index not in edited.places:
        return None
    key, paragraph, start, end = edited.places[index]
    return {"chapter": key, "paragraph": paragraph, "start": start, "end": end}


def _show_paragraph(paragraph: Paragraph, form: Form) -> dict[str, Any]:
    text = paragraph.text
    return {
        "text": text.text,
        "heading": paragraph.heading,
        "figures": [
            {
                "start": figure.start,
                "end": figure.start + len(figure.text),
                "source": tell_source(figure.source, form),
                "cells": [str(address) for address in cells_of_source(figure.source)],
                "step": "notes" if str(figure.source).startswith("facts.") else "",
            }
            for figure in text.figures
        ],
        "marked": [list(span) for span in paragraph.marked],
    }
