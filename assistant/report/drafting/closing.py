"""Chapters five and six: problems and improvement, and what else is to be reported."""

import re
from dataclasses import replace

from assistant.numbers import write_chinese_numeral
from assistant.report.drafting.notes import Point, points_of, split_points
from assistant.report.drafting.sections import Paragraph
from assistant.report.drafting.sources import Term, tidy
from assistant.report.drafting.teller import Teller
from assistant.report.drafting.texts import Text, enumerate_points, join, within_quotes
from assistant.report.forms import FEE_TABLE, Address
from assistant.report.tables import LastYearProblem, says_nothing

_ORDINALS = tuple(write_chinese_numeral(value) for value in range(1, 100))


def draft_problems(teller: Teller) -> list[Paragraph]:
    """Return chapter five: last year's problems and what was done, this year's problems, what will be done."""
    paragraphs = []
    entries = list(enumerate(teller.statistics.facts.last_year_problems))
    solved = [_last_year(teller, index, entry) for index, entry in entries if not says_nothing(entry.problem)]
    if solved:
        paragraphs.append(_points(teller, "last_year", solved))
    problems = [point.without(*teller.own_leads, *teller.wording.problem_leads) for point in _of(teller, "problems")]
    told = [point.quoted() for point in problems] or [teller.gap("存在的主要问题")]
    return [Paragraph(text) for text in (*paragraphs, _points(teller, "problem", told), _measures(teller))]


def _last_year(teller: Teller, index: int, entry: LastYearProblem) -> Text:
    origin = f"facts.last_year_problems[{index}]"
    point = Point(tidy(entry.problem), f"{origin}.problem").without(*teller.wording.problem_leads)
    problem = replace(point, text=re.sub("(?<=..)(?:的|等)*问题$", "", point.text)).quoted()
    done = join((point.quoted() for point in split_points(entry.done, f"{origin}.done")), "；")
    return teller.say("last_year_point", problem=within_quotes(problem), done=done or teller.gap("改进情况"))


def _measures(teller: Teller) -> Text:
    """What will be done: 「我局将优化栏目」 where the one measure begins with a verb, else after a colon."""
    leads = (*teller.wording.measure_leads, *(f"{own}将" for own in teller.own_leads), *teller.own_leads)
    points = [point.without(*leads) for point in _of(teller, "measures")]
    if len(points) == 1 and points[0].text.startswith(teller.wording.measure_openings):
        return teller.say("measure_one_act", points=points[0].quoted())
    return _points(teller, "measure", [point.quoted() for point in points] or [teller.gap("改进措施")])


def draft_other(teller: Teller) -> list[Paragraph]:
    """Return chapter six: the processing fee, also when none was charged, and other matters."""
    paragraphs = []
    if teller.statistics.form.processing_fee:
        cases, amount = (Term((Address(FEE_TABLE, "", column),)) for column in ("cases", "amount"))
        if teller.value(cases) == 0 and teller.value(amount) == 0:
            text = teller.say("fee_none")
        else:
            text = teller.say(
                "fee_some",
                cases=teller.count(cases, "件", "信息处理费收取件数"),
                amount=teller.count(amount, "元", "信息处理费收取金额"),
            )
        paragraphs.append(text)
    notes = _of(teller, "other")
    if notes:
        paragraphs.extend(teller.say("notes", notes=note.quoted()) for note in notes)
    elif paragraphs:
        paragraphs[-1] = paragraphs[-1] + teller.say("other_none")
    else:
        paragraphs.append(teller.say("other_none_at_all"))
    return [Paragraph(text) for text in paragraphs]


def _of(teller: Teller, key: str) -> list[Point]:
    return points_of(teller.statistics.facts.of(key), key)


def _points(teller: Teller, key: str, points: list[Text]) -> Text:
    return teller.say(f"{key}_{'one' if len(points) == 1 else 'several'}", points=enumerate_points(points, _ORDINALS))
