"""Where a number of a draft came from: a cell, a declared derivation of cells, or a text that was entered."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.numerals import find_numerals
from assistant.report.forms import Address
from assistant.report.tables import Statistics

PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Term:
    """A sum of cells, of this year or of last year."""

    addresses: tuple[Address, ...]
    of_previous: bool = False

    def __str__(self) -> str:
        prefix = f"{PREVIOUS}." if self.of_previous else ""
        return " + ".join(f"{prefix}{address}" for address in self.addresses)


@dataclass(frozen=True, slots=True)
class Derivation:
    """A declared computation.

    Attributes:
        operation: `sum` (one term), `increase` (first minus second), `decrease` (second minus first),
            `growth` and `fall` (the same in per cent of the second, two decimals), `year`, `previous_year`.
    """

    operation: str
    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        if not self.terms:
            return {"previous_year": "year - 1"}.get(self.operation, self.operation)
        names = [f"({term})" if len(term.addresses) > 1 else str(term) for term in self.terms]
        if self.operation == "sum":
            return str(self.terms[0])
        high, low = names if self.operation in ("increase", "growth") else names[::-1]
        difference = f"{high} - {low}"
        return difference if self.operation in ("increase", "decrease") else f"({difference}) / {names[1]} * 100"


@dataclass(frozen=True, slots=True)
class Quotation:
    """The numeral number `index` of a text that was entered or belongs to the form: `facts.proactive[0]`."""

    origin: str
    index: int

    def __str__(self) -> str:
        return self.origin


Source = Derivation | Quotation


def derive(derivation: Derivation, statistics: Statistics, previous: Statistics | None) -> Decimal | None:
    """Return the value of a derivation; None if a cell is not entered or there is nothing to divide by."""
    if derivation.operation == "year":
        return Decimal(statistics.year)
    if derivation.operation == "previous_year":
        return Decimal(statistics.year - 1)
    values = []
    for term in derivation.terms:
        source = previous if term.of_previous else statistics
        total = source.total(term.addresses) if source is not None else None
        if total is None:
            return None
        values.append(Decimal(total))
    if derivation.operation == "sum":
        return values[0]
    now, before = values
    difference = before - now if derivation.operation in ("decrease", "fall") else now - before
    if derivation.operation in ("increase", "decrease"):
        return difference
    if before == 0:
        return None
    return (difference * 100 / before).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def quote_value(quotation: Quotation, texts: dict[str, str]) -> Decimal | None:
    """Return the value of the quoted numeral in the text it came from; None if there is none."""
    numerals = find_numerals(texts.get(quotation.origin, ""))
    return numerals[quotation.index].value if quotation.index < len(numerals) else None


def entered_texts(statistics: Statistics) -> dict[str, str]:
    """Return every text that a draft may quote, by its origin; notes as `tidy` writes them."""
    form = statistics.form
    texts = {
        "agency": statistics.agency,
        "contact": tidy(statistics.contact),
        "form.lead_in": form.lead_in,
        "form.period": form.period.format(year=statistics.year),
    }
    for key, notes in statistics.facts.notes.items():
        texts |= {f"facts.{key}[{index}]": tidy(note) for index, note in enumerate(notes)}
    for index, entry in enumerate(statistics.facts.last_year_problems):
        texts[f"facts.last_year_problems[{index}].problem"] = tidy(entry.problem)
        texts[f"facts.last_year_problems[{index}].done"] = tidy(entry.done)
    for table in form.tables.values():
        for node in (
            node for block in table.blocks for outer in (*block.rows, *block.columns) for node in outer.walk()
        ):
            texts[f"form.{table.key}.{node.key}"] = node.short
    return texts


def tidy(note: str) -> str:
    """Return a note ready to stand in a sentence: no closing stop, no blanks beside Chinese characters."""
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3000-\u9fff\uff00-\uffef])", "", note.strip())
    return text.strip("。；;，,、 ")
