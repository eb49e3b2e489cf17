"""This year against last year, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.report.forms import Address
from assistant.report.tables import Statistics


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two years.

    Attributes:
        percent: of the change on last year's figure, one decimal; None where last year's is 0.
    """

    address: Address
    name: str
    unit: str
    before: int | Decimal
    now: int | Decimal
    percent: Decimal | None

    @property
    def difference(self) -> int | Decimal:
        """How much more there is now; negative for less."""
        return self.now - self.before


def compare_years(statistics: Statistics, previous: Statistics) -> tuple[Change, ...]:
    """Return every figure that both years have and that is not 0 in both, in the order of the form."""
    return tuple(_changes(statistics, previous))


def _changes(statistics: Statistics, previous: Statistics) -> Iterator[Change]:
    for address, cell in statistics.form.cells.items():
        now, before = statistics.cells[address], previous.cells.get(address)
        other = previous.form.cells.get(address)
        # The same key may count something else on another form (处理决定数量 stays, 万元 against 项 does not).
        if now is None or before is None or other is None or other.unit != cell.unit or not (now or before):
            continue
        yield Change(address, cell.name, cell.unit, before, now, percent_change(before, now))


def percent_change(before: int | Decimal, now: int | Decimal) -> Decimal | None:
    """Return (now − before) ÷ before in percent, rounded half up to one decimal; None where `before` is 0."""
    if not before:
        return None
    share = (Decimal(now) - Decimal(before)) / abs(Decimal(before)) * 100
    return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
