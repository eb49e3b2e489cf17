"""Reports made for the browser: written by the program itself, with figures that one chooses."""

from dataclasses import replace
from types import MappingProxyType

from assistant.documents.writing.word import write_word
from assistant.report.drafting.draft import draft_report
from assistant.report.forms import Address
from assistant.report.layout import lay_out
from assistant.report.tables import Facts, Statistics


def statistics_of(rules, year, agency="示例市水务局", **cells):
    """Every cell of the newest form 0 but those named, as `requests__received__total=5`."""
    form = rules.forms["2021"]
    values = dict.fromkeys(form.cells, 0) | {Address(*name.split("__")): value for name, value in cells.items()}
    notes = {"problems": ("专业解读少",), "measures": ("每季度培训一次",), "proactive": ("门户网站公开信息320条",)}
    return Statistics(
        form, agency, "department", "city", year, MappingProxyType(values), Facts(MappingProxyType(notes))
    )


def write_report(rules, path, year, agency="示例市水务局", **cells):
    """Write a report as Word: its text is that of a year without anything, its tables hold `cells`."""
    draft = draft_report(statistics_of(rules, year, agency), None, rules)
    path.write_bytes(write_word(lay_out(replace(draft, statistics=statistics_of(rules, year, agency, **cells)))))
    return path
