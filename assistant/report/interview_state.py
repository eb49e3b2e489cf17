"""How far the dialogue of a draft has come, what it says, and what it asks next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from assistant.report.completing import complete
from assistant.report.drafting.draft import ReportRules
from assistant.report.drafting.sections import Draft
from assistant.report.entering import Row
from assistant.report.form_files import form_of_year
from assistant.report.forms import Address, Form
from assistant.report.interview_figures import (
    group_cells,
    open_cells,
    row_to_split,
    suggest_carried_out,
    tell_open,
    tell_rows,
)
from assistant.report.tables import Facts, Statistics, Value


@dataclass(frozen=True)
class Interview:
    """How far the dialogue has come.

    Attributes:
        region_rank: of a government: province, city, county; None is not told.
        given: the figures that were said or uploaded; what follows from them is not among them.
        row: the row spoken of last, for 「自然人改成13」.
        noted: the notes that were asked for.
        awaiting: `agency`, `year`, `region_rank`, `figures`, the key of a group of figures, `split`, `zero` (a
            confirmation), `chapter:KEY` (the notes of a chapter), `notes:KEY` (more of one kind), `last_year:INDEX`, or
            "" once there is a draft and nothing to ask.
    """

    agency: str = ""
    year: int | None = None
    level: str = ""
    region_rank: str | None = None
    contact: str = ""
    given: Mapping[Address, Value] = field(default_factory=lambda: MappingProxyType({}))
    facts: Facts = field(default_factory=Facts)
    row: Row | None = None
    noted: tuple[str, ...] = ()
    previous: Statistics | None = None
    draft: Draft | None = None
    awaiting: str = ""


@dataclass(frozen=True)
class Reply:
    """What to say, and the draft if there is a new one to show and to offer as a file.

    Attributes:
        passed: the message is none of the dialogue's business (another question); nothing is said.
    """

    text: str
    draft: Draft | None = None
    passed: bool = False


def level_of(agency: str) -> str:
    """Return what a body is by the end of its name: township, government or department."""
    if re.search("(?:镇|乡)人民政府$|街道办事处$", agency):
        return "township"
    return "government" if agency.endswith("人民政府") else "department"


def rank_of(agency: str) -> str | None:
    """Return the rank of a government by the end of its name; None for a 市, which may be of either rank."""
    place = agency.removesuffix("人民政府")
    if place.endswith(("省", "自治区")):
        return "province"
    return "county" if place.endswith(("县", "区", "旗")) else "city" if place.endswith(("州", "盟")) else None


def next_figures(interview: Interview, form: Form, rules: ReportRules) -> tuple[str, str]:
    """What is to be asked next of the figures: the state and the question; "" where there is nothing."""
    words, values = rules.interview, complete(interview.given, form)
    if row := row_to_split(values, form):
        total = values[Address(*row, "total")]
        return "split", words.ask("split", row=form.tables[row[0]].node("row", row[1]).short, total=total)
    for group in words.groups:
        if group["table"] not in (*form.tables, *(["processing_fee"] if form.processing_fee else [])):
            continue
        cells, left = group_cells(form, group), open_cells(values, form, group)
        if not left:
            continue
        key = str(group["key"])
        # What follows by itself is no beginning: the whole question is asked until something of it was said.
        if any(address in interview.given for address in cells) and key != "carried_out":
            return key, words.ask("missing", cells=tell_open(form, left))
        due = [values.get(Address("requests", row, "total")) for row in ("received", "carried_in")]
        known = [value for value in due if value is not None]
        rows = "、".join(dict.fromkeys(tell_open(form, left).split("、")))
        question = words.ask(key, year=interview.year, due=sum(known), rows=rows)
        if key == "carried_out" and (suggestion := suggest_carried_out(values, form)):
            told = tell_rows(complete({**interview.given, **suggestion}, form), form, [("requests", "carried_out")])
            question += words.ask("suggested", suggestion=told[0].partition("：")[2])
        return key, question
    return "", ""


def form_of(interview: Interview, rules: ReportRules) -> Form:
    """Return the form of the interview's year."""
    assert interview.year is not None  # the head is asked for first
    return form_of_year(rules.forms, interview.year)
