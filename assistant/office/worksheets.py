"""Annual reports in hand: what a person has entered so far, kept as it was typed, each of one person."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.errors import RecordsError

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData, Row


class StaleWorksheetError(RecordsError):
    """Another window has changed the report since."""


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One report in hand.

    Attributes:
        content: what was entered, as plain data.
        previous: last year's figures and prose, as plain data; None where there are none.
        version: grows with every change.
    """

    id: str
    content: dict[str, Any]
    previous: dict[str, Any] | None
    version: int
    changed: datetime


class Worksheets:
    """Every method takes the owner and touches nothing of anybody else."""

    def __init__(self, engine: "Engine", tables: "MetaData") -> None:
        self._engine, self._table = engine, tables.tables["worksheets"]

    def list_worksheets(self, owner: str) -> list[Worksheet]:
        """Return the owner's reports in hand, the last changed first."""
        table = self._table
        query = table.select().where(table.c.owner == owner).order_by(table.c.changed.desc())
        with self._engine.connect() as connection:
            return [_worksheet(row) for row in connection.execute(query)]

    def find(self, owner: str, worksheet: str) -> Worksheet | None:
        """Return the owner's report of this id, None where the owner has none such."""
        table = self._table
        query = table.select().where(table.c.id == worksheet, table.c.owner == owner)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _worksheet(row) if row else None

    def begin(self, owner: str, content: dict[str, Any], previous: dict[str, Any] | None, now: datetime) -> Worksheet:
        """Begin a report."""
        sheet = Worksheet(secrets.token_hex(8), content, previous, 1, now)
        row = {name: getattr(sheet, name) for name in ("id", "content", "previous", "version")}
        with self._engine.begin() as connection:
            connection.execute(self._table.insert(), row | {"owner": owner, "changed": now.isoformat()})
        return sheet

    def save(self, owner: str, worksheet: str, version: int, now: datetime, **changes: dict[str, Any] | None) -> int:
        """Write `content`, `previous` or both; return the new version.

        Args:
            version: what the change was made on.
        Raises:
            StaleWorksheetError: it has been changed since.
            RecordsError: the owner has no such report.
        """
        table = self._table
        own = table.update().where(table.c.id == worksheet, table.c.owner == owner, table.c.version == version)
        with self._engine.begin() as connection:
            written = connection.execute(own.values(version=version + 1, changed=now.isoformat(), **changes)).rowcount
        if written:
            return version + 1
        if self.find(owner, worksheet) is None:
            raise RecordsError("没有这份年报，可能已经删除。请返回列表。")
        raise StaleWorksheetError("这份年报在另一个窗口里改过。请刷新页面，接着最新的填。")

    def delete(self, owner: str, worksheet: str) -> bool:
        """Delete the owner's report; False where there was none."""
        table = self._table
        with self._engine.begin() as connection:
            return bool(
                connection.execute(table.delete().where(table.c.id == worksheet, table.c.owner == owner)).rowcount
            )

    def delete_before(self, day: datetime) -> int:
        """Delete every report that nobody has changed since `day`; return how many."""
        with self._engine.begin() as connection:
            return connection.execute(self._table.delete().where(self._table.c.changed < day.isoformat())).rowcount


def _worksheet(row: "Row[Any]") -> Worksheet:
    return Worksheet(row.id, row.content, row.previous, row.version, datetime.fromisoformat(row.changed))
