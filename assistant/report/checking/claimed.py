"""N1 to N4: numbers of the prose against the cells that they speak of."""

from collections.abc import Iterator
from decimal import Decimal

from assistant.report.checking.case import Case
from assistant.report.findings import Finding
from assistant.report.forms import Address, Form, Node
from assistant.report.prose.claims import Claim, find_claims
from assistant.report.prose.sentences import cut_sentences
from assistant.report.tables import Value

# In chapters 五 and 六 numbers are of problems, plans and other work; read there too, right reports were accused
# (a book of 60 model answers; 「收取信息处理费的申请0件」).
_CHAPTERS = {"lead_in", "overview", "disclosure", "requests", "reviews"}
_STOPS = ",，;；。:："
_PLACES = {"lead_in": "开头部分"}


def check_claims(case: Case) -> Iterator[Finding]:
    """N1 to N4: 「收到申请23件」, 「办结22件」, 「行政复议1件」, 「制发规范性文件2件」 that the tables do not say."""
    if case.report is None or case.prose is None:
        return
    form, year = case.statistics.form, case.statistics.year
    passages = [passage for passage in case.report.passages if passage.chapter in _CHAPTERS]
    whole_area = case.statistics.level != "department"
    agency = case.statistics.agency
    for claim in find_claims(cut_sentences(passages), case.prose, form.id, year, whole_area=whole_area, agency=agency):
        options = claim.rule.with_carried if claim.carried and claim.rule.with_carried else claim.rule.cells
        sums = [(option, _sum(case, option)) for option in options if _known(form, option)]
        if not sums or sums[0][1] is None or any(value == claim.value for _, value in sums):
            continue
        yield case.finding(
            claim.rule.code,
            place_of(case, claim.sentence.passage.chapter),
            "zero" if claim.value == 0 and claim.rule in case.prose.zero else "default",
            claim.sentence.span(claim.start, claim.end),
            expected=sums[0][1],
            actual=claim.value,
            what=claim.rule.what,
            raw=_quote(claim),
            cells=_told(form, sums[0][0]),
        )


def place_of(case: Case, chapter: str) -> str:
    """Return how messages call a chapter: 一、总体情况."""
    titles = {item.key: item.title for item in case.statistics.form.chapters}
    return titles.get(chapter) or _PLACES.get(chapter, "正文")


def _quote(claim: Claim) -> str:
    text = claim.sentence.text
    start = max(text.rfind(stop, 0, claim.start) for stop in _STOPS) + 1
    ends = [end for stop in _STOPS + "、）)" if (end := text.find(stop, claim.end)) >= 0]
    return text[max(start, claim.start - 30) : min([*ends, claim.end + 12])]


def _known(form: Form, option: str) -> bool:
    return all(_addresses(form, part) for part in option.split("+"))


def _sum(case: Case, option: str) -> Value:
    addresses = [address for part in option.split("+") for address in _addresses(case.statistics.form, part)]
    total = case.statistics.total(tuple(addresses))
    return total if total is None or isinstance(total, int) else Decimal(total)


def _addresses(form: Form, part: str) -> tuple[Address, ...]:
    """The cells of `table.row.column`; a heading stands for all under it; () where the form has none."""
    table_key, row, column = part.strip().split(".")
    table = form.tables[table_key]
    keys = {(axis, node.key) for axis, nodes in _nodes(form, table_key) for node in nodes}
    if ("row", row) not in keys or ("column", column) not in keys:
        return ()
    cells = [Address(table_key, r, c) for r in table.expand("row", row) for c in table.expand("column", column)]
    return tuple(address for address in cells if address in form.cells)


def _nodes(form: Form, table_key: str) -> Iterator[tuple[str, list[Node]]]:
    for block in form.tables[table_key].blocks:
        yield "row", [node for top in block.rows for node in top.walk()]
        yield "column", [node for top in block.columns for node in top.walk()]


def _told(form: Form, option: str) -> str:
    names = []
    for part in option.split("+"):
        table_key, row, column = part.strip().split(".")
        table = form.tables[table_key]
        cell = table.node("row", row).short
        across = table.node("column", column)
        names.append(f"{table.name}“{cell}”的“{across.short}”")
    return "＋".join(names)
