"""A form as plain data for a screen: its tables as printed, its cells by name, and what must hold between them."""

from typing import Any

from assistant.documents.writing.paper import Grid
from assistant.report.completing import sums
from assistant.report.forms import FEE_TABLE, Form
from assistant.report.layout import lay_out_grid


def show_form(form: Form) -> dict[str, Any]:
    """Return the form as JSON; cells are named by their address (`requests.received.total`).

    `totals` follow from their parts; both sides of a `balance` are equal; of a `carried` pair, `now` is last year's
    `before`.
    """
    titles = {chapter.key: chapter.title for chapter in form.chapters}
    every = list(sums(form))
    return {
        "id": form.id,
        "name": f"{form.id}年表式（{form.document_number}）",
        "tables": [
            _show_table(lay_out_grid(table, str), titles[table.key], table.layout) for table in form.tables.values()
        ],
        "fee": [str(address) for address in form.cells if address.table == FEE_TABLE],
        "cells": {
            str(address): {"name": cell.name, "unit": cell.unit, "decimal": cell.decimal, "signed": cell.signed}
            for address, cell in form.cells.items()
        },
        "totals": [
            {"code": code, "total": str(left[0]), "parts": list(map(str, right))}
            for code, left, right in every
            if len(left) == 1
        ],
        "balances": [
            {"code": code, "left": list(map(str, left)), "right": list(map(str, right))}
            for code, left, right in every
            if len(left) > 1
        ],
        "carried": list(_carried(form)),
    }


def _show_table(grid: Grid, title: str, layout: str) -> dict[str, Any]:
    return {
        "key": grid.key,
        "name": grid.caption,
        "title": title,
        "layout": layout,
        "widths": list(grid.widths),
        "header_rows": grid.header_rows,
        "rows": [
            [
                {
                    "text": "" if cell.value else cell.text,
                    "cell": cell.text if cell.value else None,
                    "rows": cell.rows,
                    "columns": cell.columns,
                    "left": cell.left,
                }
                for cell in row
            ]
            for row in grid.rows
        ],
    }


def _carried(form: Form) -> list[dict[str, str]]:
    return [
        {
            "code": constraint["code"],
            "now": f"{constraint['table']}.{constraint['now']}.{column.key}",
            "before": f"{constraint['table']}.{constraint['before']}.{column.key}",
        }
        for constraint in form.constraints
        if "now" in constraint
        for column in form.tables[constraint["table"]].blocks[0].column_leaves
    ]
