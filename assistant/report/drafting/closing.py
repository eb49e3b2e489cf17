"""Chapters five and six: problems and improvement, and what else is to be reported."""

from assistant.numbers import write_chinese_numeral
from assistant.report.drafting.sections import Paragraph
from assistant.report.drafting.sources import Term, tidy
from assistant.report.drafting.teller import Teller
from assistant.report.drafting.texts import Text, enumerate_points, quoted
from assistant.report.forms import FEE_TABLE, Address

_ORDINALS = tuple(write_chinese_numeral(value) for value in range(1, 100))


def draft_problems(teller: Teller) -> list[Paragraph]:
    """Return chapter five: last year's problems and what was done, this year's problems, what will be done."""
    paragraphs = []
    entries = teller.statistics.facts.last_year_problems
    if entries:
        points = [
            teller.say(
                "last_year_point",
                problem=quoted(tidy(entry.problem), f"facts.last_year_problems[{index}].problem"),
                done=quoted(tidy(entry.done), f"facts.last_year_problems[{index}].done")
                if entry.done
                else teller.gap("改进情况"),
            )
            for index, entry in enumerate(entries)
        ]
        paragraphs.append(_points(teller, "last_year", points))
    paragraphs.append(_points(teller, "problem", _notes(teller, "problems") or [teller.gap("存在的主要问题")]))
    paragraphs.append(_points(teller, "measure", _notes(teller, "measures") or [teller.gap("改进措施")]))
    return [Paragraph(text) for text in paragraphs]


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
    notes = _notes(teller, "other")
    if notes:
        paragraphs.extend(teller.say("notes", notes=note) for note in notes)
    elif paragraphs:
        paragraphs[-1] = paragraphs[-1] + teller.say("other_none")
    else:
        paragraphs.append(teller.say("other_none_at_all"))
    return [Paragraph(text) for text in paragraphs]


def _notes(teller: Teller, key: str) -> list[Text]:
    return [
        quoted(tidy(note), f"facts.{key}[{index}]")
        for index, note in enumerate(teller.statistics.facts.of(key))
        if tidy(note)
    ]


def _points(teller: Teller, key: str, points: list[Text]) -> Text:
    return teller.say(f"{key}_{'one' if len(points) == 1 else 'several'}", points=enumerate_points(points, _ORDINALS))
