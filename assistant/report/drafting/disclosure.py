"""Chapter one, aspects （一） and （三）: 主动公开 and 政府信息管理, from 表二."""

from assistant.report.drafting.notes import points_of
from assistant.report.drafting.teller import Teller, cells
from assistant.report.drafting.texts import Text, join, quoted
from assistant.report.forms import Address, Node

_TABLE = "disclosure"


def draft_proactive(teller: Teller) -> list[Text]:
    """Return the sentences of 主动公开: notes, decisions, fees, procurement."""
    points = points_of(teller.statistics.facts.of("proactive"), "proactive")
    decisions = _decisions(teller)
    if points:
        # The sentence names the year and the body itself.
        first = points[0].without(*teller.own_leads, *teller.wording.year_leads)
        acts = first.text.startswith(teller.wording.note_openings)
        notes = teller.clauses([first, *points[1:]])
        sentences = [teller.say("proactive_actions" if acts else "proactive_notes", notes=notes)]
    else:
        sentences = [teller.say("proactive_gap", gap=teller.gap("主动公开的内容、数量和解读情况"))]
    if decisions:
        sentences.append(teller.say("decisions", decisions=decisions))
    return [*sentences, *_fees(teller), *_procurement(teller)]


def draft_management(teller: Teller) -> list[Text]:
    """Return the sentences of 政府信息管理: 规章 where the body can make them, 规范性文件, notes."""
    sentences = []
    for row in teller.statistics.form.tables[_TABLE].blocks[0].row_leaves:
        values = [teller.statistics.cells.get(Address(_TABLE, row.key, column)) for column in _columns(teller, row.key)]
        if row.key == "rules" and not teller.statistics.makes_rules and not any(values):
            continue
        sentences.append(_documents(teller, row))
    notes = teller.notes("management")
    return [*sentences, teller.say("notes", notes=notes)] if notes else sentences


def _decisions(teller: Teller) -> Text:
    rows = [
        row
        for block in teller.statistics.form.tables[_TABLE].blocks
        for row in block.row_leaves
        if Address(_TABLE, row.key, "decisions") in teller.statistics.cells
    ]
    none = [row for row in rows if teller.value(cells(_TABLE, [row.key], "decisions")) == 0]
    some = [(row, cells(_TABLE, [row.key], "decisions")) for row in rows if row not in none]
    amounts = [(row, term, teller.amount(term, "件", f"{row.short}处理决定数量")) for row, term in some]
    separator = "；" if any("，" in amount.text for _, _, amount in amounts) else "，"
    told = [
        # 「由零增至」 is a verb of its own.
        teller.say(
            "decision_some" if separator == "，" or teller.grew_from_zero(term) else "decision_made",
            what=_name(row),
            amount=amount,
        )
        for row, term, amount in amounts
    ]
    if told and separator == "，":
        told = [teller.say("decisions_made", decisions=join(told, "、"))]
    if len(none) == 1:
        last_year = teller.last_year(cells(_TABLE, [none[0].key], "decisions"), "件")
        told.append(teller.say("decision_none", what=_name(none[0]), last_year=last_year))
    elif none:
        names = [_name(row) + teller.last_year(cells(_TABLE, [row.key], "decisions"), "件") for row in none]
        told.append(teller.say("decision_none_several", what=join(names, "、")))
    return join(told, separator)


def _fees(teller: Teller) -> list[Text]:
    term = cells(_TABLE, ["fees"], "amount")
    if term.addresses[0] not in teller.statistics.cells:
        return []
    if teller.value(term) == 0:
        return [teller.say("fees_none", last_year=teller.last_year(term, "万元"))]
    return [teller.say("fees_some", amount=teller.amount(term, "万元", "行政事业性收费金额"))]


def _procurement(teller: Teller) -> list[Text]:
    items, amount = (cells(_TABLE, ["procurement"], column) for column in ("items", "amount"))
    if items.addresses[0] not in teller.statistics.cells:
        return []
    if teller.value(items) == 0 and teller.value(amount) == 0:
        return [teller.say("procurement_none")]
    return [
        teller.say(
            "procurement_some",
            items=teller.amount(items, "项", "政府集中采购项目数量", inside=True),
            amount=teller.count(amount, "万元", "政府集中采购总金额"),
        )
    ]


def _columns(teller: Teller, row: str) -> list[str]:
    return [address.column for address in teller.statistics.cells if address[:2] == (_TABLE, row)]


def _documents(teller: Teller, row: Node) -> Text:
    columns = _columns(teller, row.key)
    terms = {column: cells(_TABLE, [row.key], column) for column in columns}
    values = {column: teller.value(term) for column, term in terms.items()}
    counts = {
        column: teller.amount(term, "件", f"{row.short}{_column_label(teller, row, column)}", inside=True)
        if column == "issued"
        else teller.count(term, "件", f"{row.short}{_column_label(teller, row, column)}")
        for column, term in terms.items()
    }
    what = {"what": _name(row)}
    # The two forms count differently: what is made and repealed, or what is made and published.
    if "in_force" not in columns:
        return teller.say("published_none" if set(values.values()) == {0} else "published_some", **counts, **what)
    if set(values.values()) == {0}:
        return teller.say("documents_none", **what)
    key = {(True, True): "unchanged", (True, False): "repealed", (False, True): "issued", (False, False): "some"}[
        values["issued"] == 0, values["repealed"] == 0
    ]
    return teller.say(f"documents_{key}", **counts, **what)


def _column_label(teller: Teller, row: Node, column: str) -> str:
    return next(
        leaf.short
        for block in teller.statistics.form.tables[_TABLE].blocks
        if row in block.row_leaves
        for leaf in block.column_leaves
        if leaf.key == column
    )


def _name(row: Node) -> Text:
    return quoted(row.short, f"form.{_TABLE}.{row.key}")
