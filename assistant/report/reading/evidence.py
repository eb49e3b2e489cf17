"""Tells by the printed labels which year's form the tables of a report follow."""

from collections.abc import Mapping

from assistant.documents.blocks import Document
from assistant.report.forms import Form
from assistant.report.reading.wording import fold_label


def told_forms(document: Document, forms: Mapping[str, Form]) -> dict[str, str]:
    """Return the id of the form that the labels of each table tell of, by table; a table without such labels is absent.

    Only labels that one form alone has count, wherever they stand: one mentioned in prose is outvoted by the tables.
    """
    text = "".join(fold_label(cell) for block in document.blocks for cell in _texts(block))
    told: dict[str, str] = {}
    for key in {table for form in forms.values() for table in form.tables}:
        shares: dict[str, float] = {}
        for form_id, own in _own_labels(forms, key).items():
            found = sum(1 for label in own if label in text)
            if found >= min(2, len(own)) > 0:
                shares[form_id] = found / len(own)
        if shares:
            told[key] = max(shares, key=lambda form_id: shares[form_id])
    return told


def _texts(block: object) -> list[str]:
    rows = getattr(block, "rows", None)
    return [cell for row in rows for cell in row] if rows is not None else [str(getattr(block, "text", ""))]


def _own_labels(forms: Mapping[str, Form], table: str) -> dict[str, list[str]]:
    """The folded labels of a table by form, without those that any other form has or contains."""
    labels = {form.id: _labels(form, table) for form in forms.values()}
    return {
        form_id: [
            label
            for label in own
            if len(label) > 4
            and not any(label in other for o, them in labels.items() if o != form_id for other in them)
        ]
        for form_id, own in labels.items()
    }


def _labels(form: Form, table: str) -> set[str]:
    if table not in form.tables:
        return set()
    blocks = form.tables[table].blocks
    nodes = [node for block in blocks for outer in (*block.rows, *block.columns) for node in outer.walk()]
    return {fold_label(node.label) for node in nodes}
