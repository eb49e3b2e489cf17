"""The register of requests (条例 45), kept in SQLite through SQLAlchemy, so that a server database is a URL."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import LedgerError
from assistant.office.database import connect, make_tables, rows_changed, tell_in_words
from assistant.office.ledger_records import FIELDS, Consultation, RequestRecord, SentLetter, check_record
from assistant.office.ledger_statistics import count_requests
from assistant.office.ledger_years import ClosedYear, check_change, check_over
from assistant.row_digests import tell_changed

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

# Yuan are kept as text: SQLite has no decimals of its own.
_TEXT = ("number", "channel", "applicant", "applicant_kind", "asked", "outcome", "note", "fee_amount")


class Ledger:
    """The register. Every change is checked first and made whole or not at all.

    Args:
        place: a file, or the URL of a database.
        rows: the rows of 表三 that a case may end in, by key.
    Raises:
        LedgerError: the place cannot be opened or is no register, or a row is not what was written.
    """

    def __init__(self, place: Path | str, rows: dict[str, str]) -> None:
        from sqlalchemy.exc import DatabaseError

        self._rows = rows
        try:
            self._engine: Engine = connect(place)
        except OSError as error:
            raise LedgerError(f"台账文件 {place} 不能建立，请检查文件夹和权限。") from error
        self._tables = define_tables()
        try:
            make_tables(self._engine, self._tables)
        except DatabaseError as error:
            if not isinstance(place, Path):
                raise LedgerError("台账的数据库打不开；请核对 GONGKAI_DATABASE_URL，检查它是否在运行。") from error
            raise LedgerError(
                "申请台账打不开：文件已经损坏或者不是台账，或者磁盘已满、没有权限；请检查，或者用备份恢复。"
            ) from error
        tell_in_words(self._engine, "申请台账", LedgerError)
        if changed := rows_changed(self._engine):
            raise LedgerError(tell_changed("申请台账", changed))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def add_requests(self, records: Iterable[RequestRecord], today: date, replacing: bool = False) -> int:
        """Add requests, all or none; return how many.

        Args:
            replacing: an existing number is replaced rather than refused.
        Raises:
            LedgerError: a record that cannot be (`check_record`), a number that exists or stands twice, or a change
                of the figures of a closed year.
        """
        batch = list(records)
        seen: set[str] = set()
        for record in batch:
            check_record(record, self._rows, today)
            if record.number in seen:
                raise LedgerError(f"登记编号{record.number}出现了两次，请核对。")
            seen.add(record.number)
        closed = self.closed_years()
        before = {record.number: record for record in self.requests()} if closed else {}
        with self._begin() as connection:
            existing = seen & self._numbers(connection)
            if existing and not replacing:
                raise LedgerError(f"登记编号{min(existing)}已经登记过；要修改请用 gongkai ledger update。")
            for record in batch if closed else ():
                check_change(closed, before.get(record.number), record, self._rows)
            self._delete(connection, existing)
            self._insert(connection, batch)
        return len(batch)

    def replace_request(self, record: RequestRecord, today: date) -> None:
        """Put `record` in the place of the one with its number.

        Raises:
            LedgerError: there is none, or the record cannot be.
        """
        self.get(record.number)
        self.add_requests([record], today, replacing=True)

    def update_requests(self, records: Iterable[RequestRecord], today: date) -> int:
        """Add requests or put them in the place of those with their numbers, all or none; return how many.

        Letters that the register holds stay: a workbook does not carry them.
        """
        letters = {record.number: record.letters for record in self.requests()}
        kept = [replace(record, letters=record.letters or letters.get(record.number, ())) for record in records]
        return self.add_requests(kept, today, replacing=True)

    def get(self, number: str) -> RequestRecord:
        """Return the request of that number.

        Raises:
            LedgerError: there is none.
        """
        for record in self.requests(number):
            return record
        raise LedgerError(f"台账里没有登记编号{number}；用 gongkai ledger list 查看。")

    def requests(self, number: str | None = None) -> list[RequestRecord]:
        """Return every request (or the one of that number), by receiving day and number."""
        from sqlalchemy import select

        requests, consultations, letters = (
            self._tables.tables[name] for name in ("requests", "consultations", "letters")
        )
        query = select(requests).order_by(requests.c.received, requests.c.number)
        if number is not None:
            query = query.where(requests.c.number == number)
        asked: dict[str, list[Consultation]] = {}
        sent: dict[str, list[SentLetter]] = {}
        with self._begin() as connection:
            rows = connection.execute(query).mappings().all()
            for row in connection.execute(select(consultations).order_by(consultations.c.first)).mappings():
                asked.setdefault(row["number"], []).append(Consultation(row["first"], row["until"], row["consulted"]))
            for row in connection.execute(select(letters).order_by(letters.c.id)).mappings():
                sent.setdefault(row["number"], []).append(
                    SentLetter(row["kind"], row["signed"], row["document_number"])
                )
        return [
            RequestRecord(
                **({name: row[name] for name in FIELDS} | {"fee_amount": _amount(row["fee_amount"])}),
                consultations=tuple(asked.get(row["number"], ())),
                letters=tuple(sent.get(row["number"], ())),
            )
            for row in rows
        ]

    def closed_years(self) -> list[ClosedYear]:
        """Return the years whose figures are fixed, the earliest first."""
        from sqlalchemy import select

        table = self._tables.tables["closed_years"]
        with self._begin() as connection:
            rows = connection.execute(select(table).order_by(table.c.year)).mappings().all()
        return [ClosedYear(row["year"], row["closed_on"], json.loads(row["requests"])) for row in rows]

    def close_year(self, year: int, today: date) -> ClosedYear:
        """Fix 表三 of `year`: later changes that would alter it are refused.

        Raises:
            LedgerError: the year is not over, is closed already, or has no form.
        """
        check_over(year, today)
        if any(item.year == year for item in self.closed_years()):
            raise LedgerError(f"{year}年度已经封存过；要更正请先用 gongkai ledger reopen --year {year}。")
        closed = ClosedYear(year, today, count_requests(self.requests(), year, self._rows))
        values = {"year": year, "closed_on": today, "requests": json.dumps(closed.table)}
        with self._begin() as connection:
            connection.execute(self._tables.tables["closed_years"].insert(), values)
        return closed

    def reopen_year(self, year: int) -> None:
        """Let the figures of a closed year change again.

        Raises:
            LedgerError: it is not closed.
        """
        table = self._tables.tables["closed_years"]
        with self._begin() as connection:
            if not connection.execute(table.delete().where(table.c.year == year)).rowcount:
                raise LedgerError(f"{year}年度没有封存，不用重新开放。")

    def next_number(self, year: int) -> str:
        """Return the next free 登记编号 of `year`: 2026-001."""
        with self._begin() as connection:
            used = [
                int(tail)
                for head, _, tail in (number.partition("-") for number in self._numbers(connection))
                if head == str(year) and tail.isascii() and tail.isdigit()
            ]
        return f"{year}-{max(used, default=0) + 1:03d}"

    @contextmanager
    def _begin(self) -> "Iterator[Connection]":
        with self._engine.begin() as connection:
            yield connection

    def _numbers(self, connection: "Connection") -> set[str]:
        from sqlalchemy import select

        return set(connection.scalars(select(self._tables.tables["requests"].c.number)))

    def _delete(self, connection: "Connection", numbers: Iterable[str]) -> None:
        from sqlalchemy import bindparam

        chosen = [{"chosen": number} for number in numbers]
        for name in ("consultations", "letters", "requests") if chosen else ():
            table = self._tables.tables[name]
            connection.execute(table.delete().where(table.c.number == bindparam("chosen")), chosen)

    def _insert(self, connection: "Connection", batch: list[RequestRecord]) -> None:
        rows: dict[str, list[dict[str, Any]]] = {
            "requests": [
                {name: getattr(record, name) for name in FIELDS}
                | {"fee_amount": None if record.fee_amount is None else str(record.fee_amount)}
                for record in batch
            ],
            "consultations": [
                {"number": record.number, "first": item.first, "until": item.until, "consulted": item.consulted}
                for record in batch
                for item in record.consultations
            ],
            "letters": [
                {
                    "number": record.number,
                    "kind": item.kind,
                    "signed": item.signed,
                    "document_number": item.document_number,
                }
                for record in batch
                for item in record.letters
            ],
        }
        for name, values in rows.items():
            if values:
                connection.execute(self._tables.tables[name].insert(), values)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def define_tables() -> "MetaData":
    """Return the tables of the register."""
    from sqlalchemy import Column, Date, ForeignKey, Integer, MetaData, Table, Text

    tables = MetaData()
    columns: list[Column[Any]] = []
    for name in FIELDS:
        if name == "number":
            columns.append(Column(name, Text, primary_key=True))
        else:
            columns.append(Column(name, Text if name in _TEXT else Date))
    Table("requests", tables, *columns)
    Table(
        "consultations",
        tables,
        Column("id", Integer, primary_key=True),
        Column("number", ForeignKey("requests.number"), index=True, nullable=False),
        Column("first", Date, nullable=False),
        Column("until", Date),
        Column("consulted", Text, nullable=False),
    )
    Table(
        "letters",
        tables,
        Column("id", Integer, primary_key=True),
        Column("number", ForeignKey("requests.number"), index=True, nullable=False),
        Column("kind", Text, nullable=False),
        Column("signed", Date),
        Column("document_number", Text, nullable=False),
    )
    Table(
        "closed_years",
        tables,
        Column("year", Integer, primary_key=True),
        Column("closed_on", Date, nullable=False),
        Column("requests", Text, nullable=False),
    )
    return tables
