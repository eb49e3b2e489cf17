"""The dialogue that leads to a draft, by rules: which body, which year, the figures, notes, the draft, corrections.

A pure state machine: it is given the state, the message and the statistics of an uploaded file, and returns the next
state and what to say. Reading uploads, showing and saving are the caller's.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from assistant.numbers import fold_width
from assistant.report.completing import complete
from assistant.report.drafting.draft import ReportRules, draft_report
from assistant.report.drafting.edited import check_notes
from assistant.report.entering import Entries, close_rest, read_entries
from assistant.report.entry import clean
from assistant.report.errors import FormError, StatisticsError
from assistant.report.form_files import form_of_year
from assistant.report.interview_figures import (
    group_cells,
    row_to_split,
    suggest_carried_out,
    take_entries,
    tell_rows,
)
from assistant.report.interview_head import agency_in, agency_named, year_named
from assistant.report.interview_notes import asked_all, is_labelled, next_note, take_chapter, take_labelled, take_part
from assistant.report.interview_state import (
    Interview,
    Reply,
    form_of,
    level_of,
    next_figures,
    rank_of,
)
from assistant.report.interview_wish import STARTS_DRAFT, wants_draft
from assistant.report.tables import LastYearProblem, Statistics

_ZERO_TABLES = ("requests", "reviews")  # what 「全部为零」 is said of
_RANKS = {"省": "province", "市": "city", "县": "county"}


Step = tuple[Interview, Reply]


def replay(history: Sequence[str], rules: ReportRules) -> Interview | None:
    """Return how far earlier messages have brought the dialogue, None where none of them began it."""
    interview = None
    for message in history:
        if wants_draft(message):
            interview, _ = start_interview(message, rules)
        elif interview is not None:
            interview, _ = advance(interview, message, rules)
    return interview


def start_interview(message: str, rules: ReportRules) -> Step:
    """Begin from a message such as 「帮我起草示例市水务局2025年年报」."""
    folded = fold_width(message)
    year = year_named(folded)
    interview = Interview(agency=agency_in(folded if year else STARTS_DRAFT.sub("", folded), year), year=year)
    return _ask(interview, rules)


def advance(
    interview: Interview,
    message: str,
    rules: ReportRules,
    uploaded: Statistics | None = None,
    *,
    published: bool = False,
) -> Step:
    """Return the next state and the reply to a message and, perhaps, uploaded figures.

    Args:
        published: they come from a finished report, which is last year's where no year was told.
    """
    if uploaded is not None:
        return _take_upload(interview, uploaded, rules, published=published)
    text, words = clean(message), rules.interview
    folded = fold_width(text)
    part = words.part(folded) if interview.awaiting or interview.draft is not None else None
    if part and interview.draft is not None:
        return replace(interview, awaiting=f"notes:{part['key']}"), Reply(words.ask("part", part=part["what"]))
    if part and interview.agency and interview.year is not None:
        return _go_on(interview, rules, words.ask("part_early", part=part["what"]))
    if interview.awaiting and words.says("cancels", folded):
        return Interview(), Reply(words.ask("cancelled"))
    if words.says("question", folded) and not words.says("shows", folded):
        return interview, Reply("", passed=True)
    if interview.agency and interview.year is not None and words.says("shows", folded):
        return _show(interview, rules)
    if interview.awaiting == "agency":
        return _ask(replace(interview, agency=agency_named(text, words)), rules)
    if interview.awaiting == "year":
        return _ask(replace(interview, year=year_named(folded)), rules)
    if interview.awaiting == "region_rank":
        rank = next((rank for name, rank in _RANKS.items() if name in folded), None)
        return _ask(replace(interview, region_rank=rank), rules)
    if interview.awaiting.startswith("chapter:"):
        return _take_chapter(interview, message, folded, rules)
    if interview.awaiting.startswith(("notes:", "last_year:")):
        return _take_notes(interview, message, rules)
    if interview.year is None or not interview.agency:
        return interview, Reply("", passed=True)
    return _take_figures(interview, message, folded, rules)


def _ask(interview: Interview, rules: ReportRules) -> Step:
    """Ask for the first thing of the head that is missing, then for the figures."""
    words = rules.interview
    if not interview.agency:
        return replace(interview, awaiting="agency"), Reply(words.ask("agency"))
    if interview.year is None:
        return replace(interview, awaiting="year"), Reply(words.ask("year", agency=interview.agency))
    try:
        form = form_of_year(rules.forms, interview.year)
    except FormError as error:
        return replace(interview, year=None, awaiting="year"), Reply(str(error))
    level = interview.level or level_of(interview.agency)
    rank = interview.region_rank or (rank_of(interview.agency) if level == "government" else None)
    interview = replace(interview, level=level, region_rank=rank)
    if level == "government" and rank is None:
        text = words.ask("region_rank", agency=interview.agency)
        return replace(interview, awaiting="region_rank"), Reply(text)
    head = words.ask(
        "figures", agency=interview.agency, year=interview.year, form=form.id, document=form.document_number
    )
    awaiting, first = next_figures(interview, form, rules)
    return replace(interview, awaiting=awaiting), Reply(f"{head}\n{first}")


def _show(interview: Interview, rules: ReportRules) -> Step:
    """Say what is there so far, rows of zeros only by their number, and ask again."""
    words, form = rules.interview, form_of(interview, rules)
    rows = dict.fromkeys((address.table, address.row) for address in form.cells)
    told = tell_rows(complete(interview.given, form), form, rows)
    filled = [line for line in told if not line.endswith("：0")]
    zero = [words.ask("zero_rows", count=len(told) - len(filled))] if len(filled) < len(told) else []
    text = "\n".join([words.ask("so_far"), *filled, *zero]) if told else words.ask("nothing_yet")
    if interview.draft is not None:
        return interview, Reply(text)
    return _go_on(interview, rules, text)


def _take_figures(interview: Interview, message: str, folded: str, rules: ReportRules) -> Step:
    words, form = rules.interview, form_of(interview, rules)
    if interview.awaiting and words.says("unknown", folded):
        return _go_on(interview, rules, words.ask("unknown"))
    if interview.awaiting == "zero":
        if words.says("confirms", folded):
            zero = {address: 0 for address in form.cells if address.table in _ZERO_TABLES}
            return _draft(replace(interview, given=MappingProxyType({**interview.given, **zero})), rules)
        if words.says("denies", folded):
            return _go_on(interview, rules, words.ask("zero_denied"))
    if interview.awaiting and words.says("drafts", folded):
        return _draft(asked_all(interview, rules.interview), rules)
    if words.says("all_zero", folded) and not any(v for a, v in interview.given.items() if a.table in _ZERO_TABLES):
        return replace(interview, awaiting="zero"), Reply(words.ask("zero", year=interview.year))
    group = next((group for group in words.groups if group["key"] == interview.awaiting), None)
    scope = group_cells(form, group) if group else list(form.cells)
    values = complete(interview.given, form)
    if group and words.says("nothing", folded):
        zeros = close_rest(values, Entries(rest=[("", "")]), form, scope)
        return _go_on(replace(interview, given=MappingProxyType({**interview.given, **zeros})), rules)
    suggestion = suggest_carried_out(values, form) if interview.awaiting == "carried_out" else {}
    if suggestion and words.says("confirms", folded):
        return _go_on(replace(interview, given=MappingProxyType({**interview.given, **suggestion})), rules)
    for short, full in (group or {}).get("reads", {}).items():
        message = message if full in message else message.replace(short, full)
    entries = read_entries(message, form, words, interview.row, str(group["table"]) if group else "")
    if interview.awaiting and is_labelled(message, words) and not (entries.values or entries.rest or entries.every):
        interview, told = take_labelled(interview, message, words)
        return _go_on(interview, rules, told)
    if entries.empty:
        if not interview.awaiting or not words.tokens(message, form):
            return interview, Reply("", passed=True)
        return _go_on(interview, rules, words.ask("unread"))
    split = row_to_split(values, form) if interview.awaiting == "split" else None
    taken = take_entries(interview.given, entries, form, words, scope, split)
    interview = replace(interview, given=MappingProxyType(taken.given), row=entries.row)
    return _go_on(interview, rules, "\n".join(taken.told))


def _go_on(interview: Interview, rules: ReportRules, text: str = "") -> Step:
    """Say `text`, then ask for the next figures or notes; with everything there, or a draft already, draft."""
    if interview.draft is not None:
        return _draft(interview, rules, text)
    awaiting, question = next_figures(interview, form_of(interview, rules), rules)
    if not awaiting:
        first = interview.awaiting.partition(":")[0] not in ("chapter", "last_year")
        awaiting, question = next_note(interview, rules.interview, first=first)
    if not awaiting:
        return _draft(interview, rules, text)
    return replace(interview, awaiting=awaiting), Reply("\n".join(line for line in (text, question) if line))


def _take_chapter(interview: Interview, message: str, folded: str, rules: ReportRules) -> Step:
    """Take the notes of a chapter; 「没有」 skips, 「起草」 asks no further, figures after a draft correct it."""
    words = rules.interview
    if words.says("drafts", folded):
        return _draft(asked_all(interview, words), rules)
    if any(words.says(pattern, folded) for pattern in ("skips", "nothing", "unknown")):
        return _go_on(replace(interview, noted=(*interview.noted, interview.awaiting)), rules)
    if interview.draft is not None and not is_labelled(message, words):
        entries = read_entries(message, form_of(interview, rules), words, interview.row)
        if entries.values or entries.rest:
            return _take_figures(interview, message, folded, rules)
    taken, told = take_chapter(interview, message, words)
    return _go_on(taken, rules, told)


def _take_notes(interview: Interview, message: str, rules: ReportRules) -> Step:
    kind, _, key = interview.awaiting.partition(":")
    folded, facts = fold_width(message), interview.facts
    interview = replace(interview, noted=(*interview.noted, interview.awaiting))
    if rules.interview.says("drafts", folded):
        return _draft(asked_all(interview, rules.interview), rules)
    if rules.interview.says("skips", folded) or rules.interview.says("unknown", folded):
        return _go_on(interview, rules)
    if kind == "last_year":
        notes = tuple(note for note in map(clean, message.splitlines()) if note)
        entries = list(facts.last_year_problems)
        entries[int(key)] = LastYearProblem(entries[int(key)].problem, "，".join(notes))
        return _go_on(replace(interview, facts=replace(facts, last_year_problems=tuple(entries))), rules)
    return _go_on(take_part(interview, message, key, rules.interview), rules)


def _take_upload(interview: Interview, uploaded: Statistics, rules: ReportRules, *, published: bool) -> Step:
    words = rules.interview
    if published and interview.year is None:
        interview = replace(interview, year=uploaded.year + 1)
    if interview.agency and fold_width(interview.agency) != fold_width(uploaded.agency):
        return interview, Reply(words.ask("other_agency", found=uploaded.agency, agency=interview.agency))
    if interview.year is not None and uploaded.year == interview.year - 1:
        return _take_previous(interview, uploaded, rules)
    if interview.year is not None and uploaded.year != interview.year:
        return interview, Reply(words.ask("other_year", found=uploaded.year, year=interview.year))
    given = {address: value for address, value in uploaded.cells.items() if value is not None}
    interview = replace(
        interview,
        agency=uploaded.agency,
        year=uploaded.year,
        level=uploaded.level,
        region_rank=uploaded.region_rank,
        contact=uploaded.contact,
        given=MappingProxyType(given),
        facts=uploaded.facts,
    )
    return _draft(interview, rules, uploaded=uploaded)


def _take_previous(interview: Interview, previous: Statistics, rules: ReportRules) -> Step:
    """Take last year's figures: 上年结转 follows from them, and last year's problems ask for what was done."""
    words = rules.interview
    problems = tuple(LastYearProblem(problem, "") for problem in previous.facts.told("problems"))
    facts = interview.facts
    interview = replace(
        interview,
        previous=previous,
        agency=interview.agency or previous.agency,
        level=interview.level or previous.level or level_of(previous.agency),
        region_rank=interview.region_rank or previous.region_rank,
        contact=interview.contact or previous.contact,
        facts=facts if facts.last_year_problems else replace(facts, last_year_problems=problems),
    )
    text = words.ask("previous", year=previous.year)
    if interview.draft is not None:
        return _draft(interview, rules, text)
    form = form_of(interview, rules)
    carried = {
        address: previous.value("requests", "carried_out", address.column)
        for address in form.cells
        if address[:2] == ("requests", "carried_in") and address not in interview.given
    }
    known = {address: value for address, value in carried.items() if value is not None}
    if known:
        told = tell_rows(known, form, [("requests", "carried_in")])
        text += words.ask("previous_carried", cells=told[0].partition("：")[2])
    return _go_on(replace(interview, given=MappingProxyType({**interview.given, **known})), rules, text)


def _draft(interview: Interview, rules: ReportRules, text: str = "", uploaded: Statistics | None = None) -> Step:
    words = rules.interview
    assert interview.year is not None  # the head is asked for first
    form = uploaded.form if uploaded else form_of(interview, rules)
    statistics = uploaded or Statistics(
        form=form,
        agency=interview.agency,
        level=interview.level or level_of(interview.agency),
        region_rank=interview.region_rank,
        year=interview.year,
        cells=MappingProxyType(complete(interview.given, form)),
        facts=interview.facts,
        contact=interview.contact,
    )
    try:
        drafted = draft_report(statistics, interview.previous, rules)
    except StatisticsError as error:
        return interview, Reply(str(error))
    draft = check_notes(drafted, rules.rules, rules.prose, interview.previous)
    if draft.violations:
        lines = [f"{finding.code}　{finding.message}" for finding in draft.violations]
        said = [text, words.ask("violations", count=len(lines)), *lines]
        return replace(interview, awaiting="figures"), Reply("\n".join(line for line in said if line))
    told = [f"{finding.code}　{finding.message}" for finding in draft.warnings]
    judged = "\n".join([words.ask("doubtful", count=len(told)), *told]) if told else words.ask("doubtless")
    awaiting, question = next_note(interview, words)
    spoken = "\n".join(line for line in (text, words.ask("drafted") + judged, words.ask("more"), question) if line)
    return replace(interview, draft=draft, awaiting=awaiting), Reply(spoken, draft)
