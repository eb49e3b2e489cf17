"""N5: the year, the period, the body and the documents that a report names for itself."""

import re
from collections.abc import Iterator

from assistant.report.checking.case import Case
from assistant.report.checking.claimed import place_of
from assistant.report.findings import Finding
from assistant.report.prose.sentences import Sentence, cut_sentences
from assistant.report.prose.words import ProseWords

_SHORTEST_OWN = 2
_HEAD = {"lead_in", "overview"}


def check_identity(case: Case) -> Iterator[Finding]:
    """N5: a wrong year, period, body, decree number or format notice."""
    if case.report is None or case.prose is None:
        return
    sentences = list(cut_sentences(case.report.passages))
    yield from _documents(case, case.prose, sentences)
    if case.statistics.year:
        yield from _years(case, case.prose, sentences)
    if case.statistics.agency:
        yield from _bodies(case, case.prose, sentences)


def _documents(case: Case, words: ProseWords, sentences: list[Sentence]) -> Iterator[Finding]:
    identity = words.raw["identity"]
    formats = {form: [tuple(pair) for pair in pairs] for form, pairs in identity["formats"].items()}
    everywhere = {pair for pairs in formats.values() for pair in pairs}
    due = next((form for form in formats if _serves(case, form)), None)
    for sentence in sentences:
        for match in words.pattern("identity", "decree").finditer(sentence.text):
            if match["number"] != identity["decree_number"]:
                yield _found(
                    case, sentence, match, "number", "decree", expected=identity["decree_number"],
                    actual=match["number"], raw=match["number"],
                )  # fmt: skip
        for match in words.pattern("identity", "format").finditer(sentence.text):
            pair = (int(match["year"]), int(match["number"]))
            # Of several documents in a sentence the number is of the one named right before it.
            named = "年度报告格式" in re.split(r"\d号|[，。；]", sentence.text[: match.start()])[-1]
            if due and pair not in formats[due] and (pair in everywhere or named):
                right = "国办公开办函〔{}〕{}号".format(*formats[due][0])
                yield _found(
                    case, sentence, match, "number", "format", expected=right, actual=match.group(), raw=match.group()
                )


def _serves(case: Case, form: str) -> bool:
    """Whether that form is the one of the report's year, or of its tables where the year is not known."""
    year = case.statistics.year
    if form == case.statistics.form.id:
        return not year or case.statistics.form.serves(year)
    return bool(year) and not case.statistics.form.serves(year)


def _years(case: Case, words: ProseWords, sentences: list[Sentence]) -> Iterator[Finding]:
    year = case.statistics.year
    for sentence in sentences:
        for match in words.pattern("identity", "period").finditer(sentence.text):
            for side in ("from", "to"):
                if match[side] and int(match[side]) != year:
                    yield _found(case, sentence, match, side, "period", expected=year, actual=match[side], raw=match[0])
                    break
        if sentence.passage.chapter not in _HEAD:
            continue
        for match in words.pattern("identity", "days").finditer(sentence.text):
            if (match["first"], match["last"]) != ("1月1日", "12月31日"):
                wrong = "first" if match["first"] != "1月1日" else "last"
                raw = sentence.text[match.start("from") : match.end()]
                yield _found(case, sentence, match, wrong, "period", expected=year, actual=match[wrong], raw=raw)
        for match in words.pattern("identity", "reported_year").finditer(sentence.text):
            # 《…》 around it names another report, as a problem of last year's does.
            before = sentence.text[: match.start()]
            if int(match["year"]) == year or before.count("《") != before.count("》"):
                continue
            announced = sentence.passage.chapter == "lead_in" or words.pattern("identity", "announced").search(
                sentence.text
            )
            clause = re.split("[，；：]", before)[-1]
            if announced and not words.pattern("identity", "earlier_report").search(clause):
                yield _found(case, sentence, match, "year", "year", expected=year, actual=match["year"], raw=match[0])


def _bodies(case: Case, words: ProseWords, sentences: list[Sentence]) -> Iterator[Finding]:
    agency = case.statistics.agency
    told: set[str] = set()
    for sentence in sentences:
        if sentence.passage.chapter in _HEAD:
            found = list(words.pattern("identity", "body").finditer(sentence.text))
            if sentence.passage.chapter == "lead_in" and case.statistics.level == "department":
                found += words.pattern("identity", "maker").finditer(sentence.text)
            for match in found:
                body = re.split("[，、《》“”和与及由将现把了]|编制|公布|发布|制作|起草", match["body"])[-1]
                if len(body) > 3 and not same_body(body, agency) and body not in told:
                    told.add(body)
                    yield _found(case, sentence, match, "body", "body", expected=agency, actual=body, raw=body)
        for name, sign in words.raw["identity"]["self_names"].items():
            at = sentence.text.find(name)
            if at >= 0 and sign not in agency and name not in told and not _self_named(case, name):
                told.add(name)
                yield case.finding(
                    "N5", place_of(case, sentence.passage.chapter), "self_name",
                    sentence.span(at, at + len(name)), expected=agency, actual=name, raw=name,
                )  # fmt: skip


def same_body(body: str, agency: str) -> bool:
    """Whether two names may be of one body: a part of the other, both 人民政府 of a place, or short for it (资规局)."""
    short, long = sorted((body, agency), key=len)
    core = re.sub("人民政府|办公室|办公厅|街道办事处|办事处", "", short)
    own = re.sub("^.{0,4}?[省市州县区]", "", short)
    letters = iter(long)
    abbreviated = len(own) > _SHORTEST_OWN and all(letter in letters for letter in own)
    return short in long or core in long or own in long or abbreviated


def _self_named(case: Case, name: str) -> bool:
    """Whether the report calls itself so throughout: then the name in the title was read short."""
    assert case.report is not None
    return sum(passage.text.count(name) for passage in case.report.passages) > 3


def _found(case: Case, sentence: Sentence, match: re.Match[str], group: str, variant: str, **values: object) -> Finding:
    return case.finding(
        "N5", place_of(case, sentence.passage.chapter), variant, sentence.span(*match.span(group)), **values
    )
