"""How much is asked: questions and refusals by day, and what people said of the answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a month: how many questions were asked in it, and how many of them were declined.

    Attributes:
        name: 2026-11-24 of a day, 2026-11 of a month.
    """

    name: str
    asked: int
    declined: int


class Usage:
    """What the kept conversations tell; those that were deleted are not counted."""

    def __init__(self, engine: "Engine", tables: "MetaData") -> None:
        self._engine, self._heads, self._turns = engine, tables.tables["conversations"], tables.tables["turns"]

    def by_day(self, since: date, owner: str | None = None) -> dict[str, tuple[int, int]]:
        """Return day (ISO) → questions asked, questions declined, of one person or of everybody (None)."""
        from sqlalchemy import func, select

        turns, heads = self._turns, self._heads
        day = func.substr(turns.c.asked, 1, 10)
        declined = turns.c.answer["declined"].as_boolean()
        query = select(day, func.count(), func.count().filter(declined.is_(True))).group_by(day)
        query = query.where(day >= since.isoformat())
        if owner is not None:
            query = query.where(turns.c.conversation.in_(select(heads.c.id).where(heads.c.owner == owner)))
        with self._engine.connect() as connection:
            return {str(row[0]): (int(row[1]), int(row[2])) for row in connection.execute(query)}

    def feedback(self, since: date, owner: str | None = None) -> dict[str, int]:
        """Return how often each word of feedback was given."""
        from sqlalchemy import func, select

        turns, heads = self._turns, self._heads
        query = select(turns.c.feedback, func.count()).group_by(turns.c.feedback)
        query = query.where(turns.c.feedback.is_not(None), turns.c.asked >= since.isoformat())
        if owner is not None:
            query = query.where(turns.c.conversation.in_(select(heads.c.id).where(heads.c.owner == owner)))
        with self._engine.connect() as connection:
            return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def in_days(counts: dict[str, tuple[int, int]], until: date, days: int) -> list[Span]:
    """Return the last `days` days up to `until`, a day without any question among them."""
    names = [(until - timedelta(days=back)).isoformat() for back in reversed(range(days))]
    return [Span(name, *counts.get(name, (0, 0))) for name in names]


def in_months(counts: dict[str, tuple[int, int]], until: date, months: int) -> list[Span]:
    """Return the last `months` months up to that of `until`."""
    first = until.year * 12 + until.month - 1
    names = [f"{(first - back) // 12}-{(first - back) % 12 + 1:02}" for back in reversed(range(months))]
    return [Span(name, *_sum(value for day, value in counts.items() if day.startswith(name))) for name in names]


def _sum(values: Iterable[tuple[int, int]]) -> tuple[int, int]:
    pairs = list(values)
    return sum(asked for asked, _ in pairs), sum(declined for _, declined in pairs)


def first_day(today: date, months: int) -> date:
    """Return the first day of the month `months` - 1 before that of `today`."""
    first = today.year * 12 + today.month - months
    return date(first // 12, first % 12 + 1, 1)
