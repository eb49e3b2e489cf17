"""Tells cells in words: numbers with their source, comparisons with last year, parts of a whole, gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.report.drafting.notes import Point, points_of
from assistant.report.drafting.sources import Derivation, Term, derive
from assistant.report.drafting.texts import Text, join, number, quoted, words
from assistant.report.drafting.wording import Wording
from assistant.report.forms import Address, Node
from assistant.report.tables import Statistics, Value


@dataclass(frozen=True)
class Teller:
    """What every chapter needs to tell its figures.

    Attributes:
        manner: chooses another of the ways to put it; 0 is the usual one.
    """

    statistics: Statistics
    previous: Statistics | None
    wording: Wording
    manner: int = 0

    def say(self, key: str, **slots: Text) -> Text:
        """Return the sentence `key` of the wording; {year} and {we} are always known."""
        seed = f"{self.statistics.agency}{self.statistics.year}"
        return self.wording.say(key, seed, self.manner, **{"year": self.year, "we": self.self_name, **slots})

    @property
    def year(self) -> Text:
        """The report year."""
        return number(self.statistics.year, Derivation("year"))

    @property
    def self_name(self) -> Text:
        """How the body calls itself."""
        return words(self.wording.self_name(self.statistics.agency))

    @property
    def own_leads(self) -> tuple[str, ...]:
        """How a note of this year and this body may begin: 「2025年，」, 「我局」."""
        statistics, own = self.statistics, self.self_name.text
        return (
            f"{statistics.year}年度",
            f"{statistics.year}年",
            statistics.agency,
            own,
            f"本{own[1:]}",
            "我单位",
            "本单位",
            "本机关",
        )

    def gap(self, what: str) -> Text:
        """Return a marked gap for what was not entered."""
        # Labels may hold 三 or 一; in a gap they are no numbers, only the name of what is missing.
        return self.say("gap", what=words(what))

    def value(self, term: Term) -> Value:
        """The value of a sum of cells; None if one is not entered."""
        source = self.previous if term.of_previous else self.statistics
        return source.total(term.addresses) if source is not None else None

    def count(self, term: Term, unit: str, what: str) -> Text:
        """Return 「16件」, or a gap."""
        value = self.value(term)
        return self.gap(what) if value is None else number(value, Derivation("sum", (term,)), unit)

    def amount(self, term: Term, unit: str, what: str, *, inside: bool = False) -> Text:
        """Return 「16件，比上年增加4件，增长33.33%」 where last year is known, else 「16件」; or a gap.

        Args:
            inside: the sentence goes on, so that the comparison stands in brackets.
        """
        told = self.count(term, unit, what)
        now, before = self.value(term), self.value(Term(term.addresses, of_previous=True))
        if now is None or before is None:
            return told
        if not inside and self.grew_from_zero(term):
            return self.say("from_zero", now=told)
        comparison = self._comparison(term, unit, now, before)
        return self.say("compared_inside" if inside else "compared", now=told, comparison=comparison)

    def grew_from_zero(self, term: Term) -> bool:
        """Whether there was none last year and there is some now."""
        return self.value(Term(term.addresses, of_previous=True)) == 0 and bool(self.value(term))

    def _comparison(self, term: Term, unit: str, now: int | Decimal, before: int | Decimal) -> Text:
        if now == before:
            return self.say("same_as_last_year")
        if before == 0:
            return self.say("zero_last_year")
        last = Term(term.addresses, of_previous=True)
        operations = ("increase", "growth") if now > before else ("decrease", "fall")
        return self.say(
            "more_than_last_year" if now > before else "less_than_last_year",
            difference=self._derived(operations[0], term, last, unit),
            percent=self._derived(operations[1], term, last, "%"),
        )

    def last_year(self, term: Term, unit: str) -> Text:
        """Return 「（上年为12件）」 beside a zero, where last year was none; else nothing."""
        before = Term(term.addresses, of_previous=True)
        if not self.value(before):
            return Text()
        return self.say("amount_last_year", before=self.count(before, unit, ""))

    def parts(self, table: str, parts: Sequence[tuple[Node, Term]], unit: str = "件") -> tuple[list[Text], list[Node]]:
        """Return 「予以公开9件」 for every part that is not 0, and the nodes of those parts."""
        told = [(node, term) for node, term in parts if self.value(term)]
        return [self.label(table, node) + self.count(term, unit, node.short) for node, term in told], [
            n for n, _ in told
        ]

    def label(self, table: str, node: Node) -> Text:
        """Return the short name of a row or column; a 三 in it leads to the form."""
        return quoted(node.short, f"form.{table}.{node.key}")

    def notes(self, key: str) -> Text:
        """Return the notes under `key` as one clause each; notes with commas of their own are kept apart by ；"""
        return self.clauses(points_of(self.statistics.facts.of(key), key))

    def clauses(self, points: Sequence[Point]) -> Text:
        """Return points one after the other; those that hold sentences stay sentences."""
        texts = [point.quoted() for point in points]
        if any("。" in text.text for text in texts):
            return join(texts, "。")
        return join(texts, "；" if any(set("，；：") & set(text.text) for text in texts) else "，")

    def _derived(self, operation: str, now: Term, before: Term, unit: str) -> Text:
        derivation = Derivation(operation, (now, before))
        value = derive(derivation, self.statistics, self.previous)
        assert value is not None  # the callers have looked at both values
        return number(value, derivation, unit)


def cells(table: str, rows: Sequence[str], column: str) -> Term:
    """Return the sum of one column over several rows."""
    return Term(tuple(Address(table, row, column) for row in rows))
