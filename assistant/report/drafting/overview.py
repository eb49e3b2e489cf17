"""Chapter one: the five aspects, in principle within the form's limit of characters."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.numbers import write_chinese_numeral
from assistant.report.checking.case import Case
from assistant.report.drafting.disclosure import draft_management, draft_proactive
from assistant.report.drafting.requests import Sentence, draft_on_request
from assistant.report.drafting.sections import Paragraph, Section, aspect
from assistant.report.drafting.teller import Teller
from assistant.report.drafting.texts import Text, join
from assistant.report.findings import Finding
from assistant.report.forms import Chapter

_ONE_PARAGRAPH = 240  # characters
# What a government must tell beside the five aspects (条例第五十条第一款第四项), and how a note is known to tell it.
_GOVERNMENT = {"工作考核": "考核", "社会评议": "评议", "责任追究": "追究"}


@dataclass(frozen=True, slots=True)
class Overview:
    """Chapter one and what its drafting found."""

    section: Section
    findings: tuple[Finding, ...]


def draft_overview(teller: Teller, chapter: Chapter, case: Case) -> Overview:
    """Return chapter one; sentences that the tables tell too are left out while it is too long."""
    sentences = {key: _ASPECTS[key](teller) for key in chapter.aspects}
    limit = teller.statistics.form.overview_limit
    section = _section(chapter, sentences)
    while limit and section.length > limit and _drop_optional(sentences):
        section = _section(chapter, sentences)
    findings = list(_missing(teller, chapter, case))
    if limit and section.length > limit:
        findings.append(case.finding("S4", chapter.title, "too_long", length=section.length, limit=limit))
    return Overview(section, tuple(findings))


def _section(chapter: Chapter, sentences: dict[str, list[Sentence]]) -> Section:
    paragraphs: list[Paragraph] = []
    for index, (key, title) in enumerate(chapter.aspects.items(), start=1):
        paragraphs.extend(aspect(write_chinese_numeral(index), title, _paragraphs(sentences[key])))
    return Section(chapter, tuple(paragraphs))


def _paragraphs(sentences: list[Sentence]) -> list[Text]:
    """The sentences of an aspect in one paragraph, or where they are many, in one for each matter."""
    if sum(len(sentence.text.text) for sentence in sentences) <= _ONE_PARAGRAPH:
        return [join((sentence.text for sentence in sentences), "")]
    paragraphs = [Text()]
    for sentence in sentences:
        if sentence.begins and paragraphs[-1]:
            paragraphs.append(Text())
        paragraphs[-1] = paragraphs[-1] + sentence.text
    return paragraphs


def _drop_optional(sentences: dict[str, list[Sentence]]) -> bool:
    """Drop the last sentence that the chapter can do without; False if there is none."""
    for told in sentences.values():
        for index in reversed(range(len(told))):
            if told[index].optional:
                del told[index]
                return True
    return False


def _missing(teller: Teller, chapter: Chapter, case: Case) -> list[Finding]:
    facts = teller.statistics.facts
    findings = [
        case.finding("S4", chapter.title, "missing", aspect=chapter.aspects[key])
        for key in ("proactive", "platform", "supervision")
        if key in chapter.aspects and not facts.told(key)
    ]
    untold = "、".join(_untold(teller))
    return [*findings, case.finding("S4", chapter.title, "government", aspect=untold)] if untold else findings


def _untold(teller: Teller) -> list[str]:
    """What a government must tell and no note of 监督保障 does."""
    if teller.statistics.level != "government":
        return []
    told = "".join(teller.statistics.facts.told("supervision"))
    return [duty for duty, sign in _GOVERNMENT.items() if sign not in told]


def _plain(function: Callable[[Teller], list[Text]]) -> Callable[[Teller], list[Sentence]]:
    return lambda teller: [Sentence(text) for text in function(teller)]


def _draft_platform(teller: Teller) -> list[Text]:
    notes = teller.notes("platform")
    return [teller.say("notes", notes=notes) if notes else teller.gap("政府信息公开平台建设情况")]


def _draft_supervision(teller: Teller) -> list[Text]:
    notes = teller.notes("supervision")
    told = [teller.say("notes", notes=notes) if notes else teller.gap("监督保障情况")]
    return told + [teller.gap(f"{duty}情况") for duty in _untold(teller)]


_ASPECTS: dict[str, Callable[[Teller], list[Sentence]]] = {
    "proactive": _plain(draft_proactive),
    "on_request": draft_on_request,
    "management": _plain(draft_management),
    "platform": _plain(_draft_platform),
    "supervision": _plain(_draft_supervision),
}
