"""Closed years of the register: 表三 of a year that was published is fixed; what would change it is refused.

上年结转 of the next year then is 结转下年度 of this one (H6) for good, whatever is edited later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from assistant.errors import LedgerError
from assistant.office.ledger_records import APPLICANT_KINDS, RequestRecord
from assistant.office.ledger_statistics import count_requests

Table = Mapping[str, Mapping[str, int]]
_ROWS = {"received": "本年新收", "carried_in": "上年结转", "total": "办理结果总计", "carried_out": "结转下年度"}


@dataclass(frozen=True, slots=True)
class ClosedYear:
    """A year whose figures are fixed: when it was closed, and its 表三 (row key → column key → number)."""

    year: int
    closed_on: date
    table: Table


def check_over(year: int, today: date) -> None:
    """Refuse to close a year that is not over.

    Raises:
        LedgerError: it is not.
    """
    if today <= date(year, 12, 31):
        raise LedgerError(f"{year}年度还没有结束，不能封存；请在{year + 1}年1月1日以后再封存。")


def check_change(
    closed: Iterable[ClosedYear], before: RequestRecord | None, after: RequestRecord, rows: Mapping[str, str]
) -> None:
    """Refuse a change of one record that would change 表三 of a closed year.

    Args:
        before: the record as it stands, None for a new one.
        rows: the rows of results, label by key.
    Raises:
        LedgerError: it would; the message names the rows and what to do.
    """
    if before == after:
        return
    for item in closed:
        was = count_requests([before] if before else [], item.year, rows)
        now = count_requests([after], item.year, rows)
        if was == now:
            continue
        changed = [(_ROWS | dict(rows))[row] for row in now if was[row] != now[row] and row != "total"]
        raise LedgerError(
            f"{item.year}年度的台账已在{item.closed_on}封存；登记编号{after.number}这样改会改变当年的表三"
            f"（{'、'.join(changed)}），没有保存。确需更正的，先用 gongkai ledger reopen --year {item.year} 重新开放。"
        )


def check_same(closed: ClosedYear, table: Table, rows: Mapping[str, str]) -> None:
    """Refuse a table that is not the one the year was closed with: the file was changed from outside.

    Args:
        rows: the rows of results, label by key.
    Raises:
        LedgerError: it is not.
    """
    for row, columns in table.items():
        for column, value in columns.items():
            if closed.table.get(row, {}).get(column) != value:
                name = {**APPLICANT_KINDS, "total": "总计"}[column]
                before, label = closed.table.get(row, {}).get(column), (_ROWS | dict(rows))[row]
                raise LedgerError(
                    f"台账算出的{closed.year}年度表三与{closed.closed_on}封存时不同：“{label}”行“{name}”列现在是{value}，"
                    f"封存的是{before}；台账文件可能被别的程序改过，请用备份核对。"
                )
