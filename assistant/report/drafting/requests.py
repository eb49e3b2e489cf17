"""Chapter one, aspect （二）: 依申请公开, from 表三 and 表四."""

import re
from dataclasses import dataclass

from assistant.report.drafting.notes import points_of
from assistant.report.drafting.sources import Term
from assistant.report.drafting.teller import Teller, cells
from assistant.report.drafting.texts import Text, join, within_quotes, words
from assistant.report.forms import Node

_TABLE, _REVIEWS = "requests", "reviews"
# A note that says nothing without the sentence before it.
_LEANS = re.compile(
    r"(?:以上|上述)?(?:均(?!衡)|都(?!市)|全部(?=在|是|为|因|按)|其中|这些|原因|主要(?=是|因|原因)|尚未办结|未办结|结转)|以上|上述"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence.

    Attributes:
        optional: the chapter can do without it when it grows too long (the tables tell it too).
        begins: a new paragraph begins with it where the aspect is long.
    """

    text: Text
    optional: bool = False
    begins: bool = False


def draft_on_request(teller: Teller) -> list[Sentence]:
    """Return the sentences of 依申请公开: received, carried in, completed, carried out, cases, notes."""
    cases = cells(_REVIEWS, [node.key for node in _review_rows(teller)], "total")
    reviews = Sentence(_reviews(teller), begins=teller.value(cases) != 0)
    points = points_of(teller.statistics.facts.of("on_request"), "on_request")
    # 「均在征求第三方意见」 speaks of the requests before it, not of the reviews.
    leaning, own = ([p for p in points if bool(_LEANS.match(p.text)) == leans] for leans in (True, False))
    told = [Sentence(teller.say("notes", notes=teller.clauses(leaning)))] if leaning else []
    rest = [Sentence(teller.say("notes", notes=teller.clauses(own)), begins=True)] if own else []
    return [*_received(teller), *_results(teller), *told, *_reasons(teller), reviews, *rest]


def _received(teller: Teller) -> list[Sentence]:
    received, carried_in = (cells(_TABLE, [row], "total") for row in ("received", "carried_in"))
    came, before = teller.value(received), teller.value(carried_in)
    told_before = teller.count(carried_in, "件", "上年结转政府信息公开申请数量")
    if came == 0:
        carried = teller.say("carried_none_either" if before == 0 else "only_carried", carried_in=told_before)
        last_year = teller.last_year(received, "件")
        return [Sentence(teller.say("received_none", last_year=last_year, carried=carried))]
    amount = teller.amount(received, "件", "本年新收政府信息公开申请数量")
    who, parts = _applicants(teller)
    inside = teller.say("carried_none_inside") if before == 0 and who else Text()
    sentences = [Sentence(teller.say("received_some", amount=amount, who=who, carried=inside)), *parts]
    if before == 0:
        return sentences if who else [*sentences, Sentence(teller.say("carried_none"))]
    due = teller.count(cells(_TABLE, ["received", "carried_in"], "total"), "件", "应办理的申请数量")
    return [*sentences, Sentence(teller.say("due", carried_in=told_before, due=due))]


def _applicants(teller: Teller) -> tuple[Text, list[Sentence]]:
    """Who asked: words within the sentence where all are of one kind, else a sentence of its own."""
    table = teller.statistics.form.tables[_TABLE]
    kinds = [node for node in table.blocks[0].column_leaves if node.key != "total"]
    parts, nodes = teller.parts(_TABLE, [(node, cells(_TABLE, ["received"], node.key)) for node in kinds])
    if len(nodes) == 1:
        key = _single(teller, "applicants_one_kind", cells(_TABLE, ["received"], nodes[0].key))
        return teller.say(key, who=teller.label(_TABLE, nodes[0])), []
    parts = [
        teller.say(
            "applicant_part",
            who=teller.label(_TABLE, node),
            count=teller.count(cells(_TABLE, ["received"], node.key), "件", node.short),
        )
        for node in nodes
    ]
    return Text(), [Sentence(teller.say("applicants", parts=join(parts, "，")), optional=True)] if parts else []


def _results(teller: Teller) -> list[Sentence]:
    completed, carried_out = (cells(_TABLE, [row], "total") for row in ("total", "carried_out"))
    due = teller.value(cells(_TABLE, ["received", "carried_in"], "total"))
    if due == 0 and not teller.value(completed) and not teller.value(carried_out):
        return []  # nothing to handle, nothing to tell
    told = teller.count(completed, "件", "办理结果总计")
    nothing_left = teller.value(carried_out) == 0
    parts, nodes = teller.parts(_TABLE, [(node, cells(_TABLE, _rows(node), "total")) for node in _kinds(teller)])
    if teller.value(completed) == 0:
        rest = teller.count(carried_out, "件", "结转下年度继续办理数量")
        return [Sentence(teller.say(_single(teller, "completed_none", carried_out), carried_out=rest))]
    if len(nodes) == 1:
        first = teller.say(
            _single(teller, "completed_one_kind", completed),
            completed=told,
            kind=teller.label(_TABLE, nodes[0]),
            rest=teller.say("carried_out_none_inside") if nothing_left else Text(),
        )
        if nothing_left:
            return [Sentence(first)]
    else:
        first = teller.say("completed_kinds", completed=told, parts=join(parts, "，") or teller.gap("各类办理结果"))
    if nothing_left:
        return [Sentence(first), Sentence(teller.say("carried_out_none"))]
    rest = teller.count(carried_out, "件", "结转下年度继续办理数量")
    return [Sentence(first), Sentence(teller.say("carried_out_some", carried_out=rest))]


def _reasons(teller: Teller) -> list[Sentence]:
    """Why requests were refused, could not be met or were not processed: 「不予公开的2件中，…」."""
    sentences: list[Sentence] = []
    for kind in (node for node in _kinds(teller) if node.children):
        whole = cells(_TABLE, _rows(kind), "total")
        parts, nodes = teller.parts(_TABLE, [(leaf, cells(_TABLE, [leaf.key], "total")) for leaf in kind.children])
        if not nodes or [node.key for node in nodes] == ["other"]:
            continue  # 其他处理, all of it 其他: nothing would be told
        told = {"kind": teller.label(_TABLE, kind), "count": teller.count(whole, "件", kind.short)}
        if len(nodes) == 1:
            text = teller.say(
                _single(teller, "reason_one", whole), reason=within_quotes(teller.label(_TABLE, nodes[0])), **told
            )
        else:
            text = teller.say("reasons", parts=join(parts, "，"), **told)
        sentences.append(Sentence(text, optional=True, begins=not sentences))
    return sentences


def _reviews(teller: Teller) -> Text:
    table = teller.statistics.form.tables[_REVIEWS]
    litigation = table.node("row", "litigation").leaves()
    terms = [cells(_REVIEWS, rows, "total") for rows in (["reconsideration"], [node.key for node in litigation])]
    if all(teller.value(term) == 0 for term in terms):
        before = [teller.last_year(term, "件") for term in terms]
        if not any(before):
            return teller.say("reviews_none")
        return teller.say("reviews_none_compared", reconsideration=before[0], litigation=before[1])
    reconsideration = _cases(teller, "reconsideration", ["reconsideration"], "行政复议总计")
    brought = _cases(teller, "litigation", [node.key for node in litigation], "行政诉讼总计")
    both = all(teller.value(term) for term in terms)
    return reconsideration + words("。" if both else "；") + brought + words("。")


def _review_rows(teller: Teller) -> tuple[Node, ...]:
    return teller.statistics.form.tables[_REVIEWS].blocks[0].row_leaves


def _cases(teller: Teller, kind: str, rows: list[str], what: str) -> Text:
    term = cells(_REVIEWS, rows, "total")
    if teller.value(term) == 0:
        return teller.say(f"{kind}_none", last_year=teller.last_year(term, "件"))
    table = teller.statistics.form.tables[_REVIEWS]
    columns = [node for node in table.blocks[0].column_leaves if node.key != "total"]
    parts, nodes = teller.parts(_REVIEWS, [(node, cells(_REVIEWS, rows, node.key)) for node in columns])
    kinds, several = _litigation_kinds(teller, term, rows) if kind == "litigation" else (Text(), False)
    results = Text()
    if len(nodes) == 1:
        key = "review_result_one_other" if nodes[0].key == "other" else "review_result_one"
        results = teller.say(_single(teller, key, term), kind=teller.label(_REVIEWS, nodes[0]))
    elif parts:
        results = teller.say("litigation_results" if several else "review_results", parts=join(parts, "，"))
    slots = {"amount": teller.amount(term, "件", what, inside=True), "results": results}
    return teller.say(f"{kind}_some", **slots, **({"kinds": kinds} if kind == "litigation" else {}))


def _litigation_kinds(teller: Teller, term: Term, rows: list[str]) -> tuple[Text, bool]:
    """How the lawsuits came about, and whether in more than one way."""
    table = teller.statistics.form.tables[_REVIEWS]
    leaves = [(table.node("row", row), cells(_REVIEWS, [row], "total")) for row in rows]
    parts, nodes = teller.parts(_REVIEWS, leaves)
    if len(nodes) == 1:
        key = _single(teller, "litigation_kind_one", term)
        return teller.say(key, kind=teller.label(_REVIEWS, nodes[0])), False
    return (teller.say("litigation_kinds", parts=join(parts, "、")) if parts else Text()), len(nodes) > 1


def _kinds(teller: Teller) -> tuple[Node, ...]:
    """The kinds of result, 予以公开 to 其他处理; the total is none."""
    table = teller.statistics.form.tables[_TABLE]
    return tuple(node for node in table.node("row", "results").children if node.key != "total")


def _rows(node: Node) -> list[str]:
    return [leaf.key for leaf in node.leaves()]


def _single(teller: Teller, key: str, term: Term) -> str:
    """The key of the sentence for one case, which is not 「均为」."""
    return f"{key}_single" if teller.value(term) == 1 else key
