"""A report in hand as plain data, kept as it was typed, and the statistics that it means.

The data: `head` (agency, level, region_rank, year, contact), `cells` (address → text as typed), `facts` (kind → text,
a note a line), `last_year_problems`, `chapters` (key → prose as edited), `manners` (key → how often another way to put
it was asked for).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from assistant.numbers import fold_width
from assistant.report.entry import NOTE_KEYS, parse_statistics
from assistant.report.errors import StatisticsError
from assistant.report.findings import show
from assistant.report.form_files import form_of_year
from assistant.report.forms import FEE_TABLE, Form
from assistant.report.statistics_files import dump_statistics, read_plain
from assistant.report.tables import Statistics

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_LONGEST_CELL, _LONGEST_TEXT, _MOST = 60, 30_000, 400
HEAD = ("agency", "level", "region_rank", "year", "contact")


@dataclass(frozen=True)
class Before:
    """The year before: its statistics, its prose by chapter where it was a report, and where it is from."""

    statistics: Statistics
    chapters: Mapping[str, str]
    source: str


def clean_content(data: object) -> dict[str, Any]:
    """Return what a browser sends as a worksheet, of the shape that is kept and not longer than anybody types.

    Raises:
        StatisticsError: it is none.
    """
    if not isinstance(data, dict):
        raise StatisticsError("送来的内容不是一份年报，没有保存。")
    try:
        return {
            "head": {key: _text(data["head"].get(key, ""), _LONGEST_CELL * 4) for key in HEAD},
            "cells": {
                _text(k, 90): _text(v, _LONGEST_CELL) for k, v in list(data["cells"].items())[:_MOST] if str(v).strip()
            },
            "facts": {key: _text(data["facts"].get(key, ""), _LONGEST_TEXT) for key in NOTE_KEYS},
            "last_year_problems": [
                {part: _text(entry.get(part, ""), _LONGEST_TEXT) for part in ("problem", "done")}
                for entry in data["last_year_problems"][:_MOST]
            ],
            "chapters": {_text(k, 30): _text(v, _LONGEST_TEXT) for k, v in list(data["chapters"].items())[:20]},
            "manners": {_text(k, 30): int(v) for k, v in list(data["manners"].items())[:20]},
        }
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StatisticsError("送来的内容缺了一部分，没有保存；请刷新页面。") from error


def begin_content(head: Mapping[str, str]) -> dict[str, Any]:
    """Return a worksheet with nothing entered but its head."""
    return clean_content(
        {"head": dict(head), "cells": {}, "facts": {}, "last_year_problems": [], "chapters": {}, "manners": {}}
    )


def content_of(statistics: Statistics) -> dict[str, Any]:
    """Return the worksheet that shows `statistics`; what was no number stands as it was written."""
    facts = statistics.facts
    written = {str(remark.address): remark.raw for remark in statistics.remarks if remark.kind == "not_number"}
    return clean_content(
        {
            "head": {
                "agency": statistics.agency,
                "level": statistics.level,
                "region_rank": statistics.region_rank or "",
                "year": str(statistics.year or ""),
                "contact": statistics.contact,
            },
            "cells": written | cells_of(statistics),
            "facts": {key: "\n".join(facts.of(key)) for key in NOTE_KEYS},
            "last_year_problems": [{"problem": p.problem, "done": p.done} for p in facts.last_year_problems],
            "chapters": {},
            "manners": {},
        }
    )


def cells_of(statistics: Statistics) -> dict[str, str]:
    """Return the figures that are entered, as typed."""
    return {str(address): show(value) for address, value in statistics.cells.items() if value is not None}


def year_of(content: Mapping[str, Any]) -> int:
    """Return the year of the report; 2025年 and full-width figures are years too.

    Raises:
        StatisticsError: no year.
    """
    year = fold_width(content["head"]["year"]).strip().removesuffix("年")
    if not re.fullmatch(r"20\d\d", year):
        raise StatisticsError(f"年度“{content['head']['year'][:20]}”不对，请写四位年份，例如 2025。")
    return int(year)


def form_of(content: Mapping[str, Any], forms: Mapping[str, Form]) -> Form:
    """Return the form of the worksheet's year.

    Raises:
        StatisticsError, FormError: no year, or one that no form serves.
    """
    return form_of_year(forms, year_of(content))


def read_content(content: Mapping[str, Any], forms: Mapping[str, Form]) -> Statistics:
    """Return the statistics that a worksheet means.

    Raises:
        StatisticsError, FormError: the head is incomplete, or a note is too long.
    """
    form, head = form_of(content, forms), content["head"]
    if not head["agency"].strip() or not head["level"]:
        raise StatisticsError("请写上机关全称，选行政层级。")
    data: dict[str, Any] = {"form": form.id, **{key: head[key].strip() for key in HEAD}}
    data["region_rank"] = data["region_rank"] or None
    for address in form.cells:
        text = content["cells"].get(str(address), "")
        row = data.setdefault(address.table, {})
        row = row.setdefault(address.row, {}) if address.table != FEE_TABLE else row
        row[address.column] = _value(text)
    lines = {key: [line for line in text.splitlines() if line.strip()] for key, text in content["facts"].items()}
    data["facts"] = lines | {
        "last_year_problems": [entry for entry in content["last_year_problems"] if entry["problem"].strip()]
    }
    return parse_statistics(data, forms)


def keep_before(before: Before) -> dict[str, Any]:
    """Return the year before as JSON."""
    return {
        "statistics": dump_statistics(before.statistics, ".json").decode(),
        "chapters": dict(before.chapters),
        "source": before.source,
    }


def read_before(data: Mapping[str, Any] | None, forms: Mapping[str, Form]) -> Before | None:
    """Return the year before that `keep_before` wrote."""
    if data is None:
        return None
    statistics = parse_statistics(read_plain(data["statistics"].encode(), "statistics.json"), forms)
    return Before(statistics, MappingProxyType(dict(data["chapters"])), data["source"])


def refuse_before(content: Mapping[str, Any], before: Statistics) -> None:
    """Refuse figures that are not those of the same body one year before.

    Raises:
        StatisticsError: another year or another body.
    """
    _refuse_other(content, before, year_of(content) - 1, "上一年度应当是")


def refuse_other(content: Mapping[str, Any], statistics: Statistics) -> None:
    """Refuse figures that are not those of the same body and year.

    Raises:
        StatisticsError: another year or another body.
    """
    _refuse_other(content, statistics, year_of(content), "正在填的是")


def _refuse_other(content: Mapping[str, Any], statistics: Statistics, year: int, wanted: str) -> None:
    agency = content["head"]["agency"].strip()
    if statistics.year != year:
        raise StatisticsError(f"这份材料是{statistics.year}年度的；{wanted}{year}年度，请换一份。")
    if fold_width(statistics.agency) != fold_width(agency):
        raise StatisticsError(f"这份材料是“{statistics.agency}”的，正在填的是“{agency}”；请核对机关名称，或者换一份。")


def carry_in(content: dict[str, Any], before: Before | None, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Fill 上年结转 from last year's 结转下年度, and its problems, where nothing of them is entered yet."""
    if before is None:
        return content
    last = cells_of(before.statistics)
    entered = any(content["cells"].get(now) for now, _ in pairs)
    carried = {} if entered else {now: last[then] for now, then in pairs if then in last}
    problems = content["last_year_problems"] or [
        {"problem": problem, "done": ""} for problem in before.statistics.facts.of("problems")
    ]
    return {**content, "cells": content["cells"] | carried, "last_year_problems": problems}


def take_over(content: dict[str, Any], taken: dict[str, Any]) -> dict[str, Any]:
    """What is entered with what a file has: its figures over those there, its notes and contact where it has any."""
    head = {**content["head"], "contact": taken["head"]["contact"] or content["head"]["contact"]}
    facts = {key: taken["facts"][key] or value for key, value in content["facts"].items()}
    return {
        **content,
        "head": head,
        "cells": content["cells"] | taken["cells"],
        "facts": facts,
        "last_year_problems": taken["last_year_problems"] or content["last_year_problems"],
    }


def with_level(statistics: Statistics, content: Mapping[str, Any]) -> Statistics:
    """A report that says nothing of its level has that of the body."""
    return statistics if statistics.level else replace(statistics, level=content["head"]["level"])


def _value(text: str) -> int | Decimal | str | None:
    """A figure as typed; what is no plain number goes to the reader of values as it stands."""
    if not text.strip():
        return None
    if not _NUMBER.fullmatch(text):
        return text
    return Decimal(text) if "." in text else int(text)


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str | int):
        raise TypeError("no text")
    return "".join(ch for ch in str(value) if ch == "\n" or ord(ch) >= 32)[:longest]
