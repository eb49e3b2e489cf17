"""表三 from the register: what came, what was carried in, how it ended, what is carried out, by kind of applicant.

H1 (新收 + 上年结转 = 总计 + 结转下年度) and H6 (上年结转 = last year's 结转下年度) hold by construction: every case is
counted once on each side, by its receiving day and its closing day alone.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from assistant.errors import LedgerError
from assistant.office.ledger_records import APPLICANT_KINDS, RequestRecord

# The 2019 form has one row for what the 2021 form splits in three.
_SPLIT_OTHER = ("other_correction_overdue", "other_fee_overdue")
_FIRST_FORM, _SECOND_FORM = 2019, 2021


def form_of(year: int) -> str:
    """Return the form that reports of `year` use.

    Raises:
        LedgerError: before the first form.
    """
    if year < _FIRST_FORM:
        raise LedgerError(f"{year}年度还没有统一的年报表格，表三从{_FIRST_FORM}年度开始。")
    return str(_SECOND_FORM if year >= _SECOND_FORM else _FIRST_FORM)


def count_requests(records: Iterable[RequestRecord], year: int, rows: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return 表三 of `year`: row key → column key → number, keys as in the statistics file.

    Args:
        records: the whole register, cases of earlier years included.
        rows: the rows of results in the form's order.
    Raises:
        LedgerError: there is no form for the year.
    """
    results = list(rows)
    if form_of(year) == str(_FIRST_FORM):
        results = [row for row in results if row not in _SPLIT_OTHER]
    columns = (*APPLICANT_KINDS, "total")
    table = {row: dict.fromkeys(columns, 0) for row in ("received", "carried_in", *results, "total", "carried_out")}

    def add(row: str, kind: str) -> None:
        table[row][kind] += 1
        table[row]["total"] += 1

    first, last = date(year, 1, 1), date(year, 12, 31)
    for record in records:
        if record.received > last or (record.closed and record.closed < first):
            continue
        add("received" if record.received >= first else "carried_in", record.applicant_kind)
        if record.closed is None or record.closed > last:
            add("carried_out", record.applicant_kind)
        else:
            # A closed case always has an outcome: `check_record` lets no other in.
            outcome = record.outcome or "other"
            if outcome in _SPLIT_OTHER and outcome not in table:
                outcome = "other"
            add(outcome, record.applicant_kind)
            add("total", record.applicant_kind)
    return table


def count_outcomes(records: Iterable[RequestRecord], groups: Mapping[str, Iterable[str]]) -> dict[int, dict[str, int]]:
    """Return year received → group → how many requests; "" counts those that are still open.

    Args:
        groups: name → the rows of results in it.
    """
    group_of = {row: name for name, rows in groups.items() for row in rows}
    counts: dict[int, dict[str, int]] = {}
    for record in records:
        year = counts.setdefault(record.received.year, dict.fromkeys([*groups, ""], 0))
        year[group_of[record.outcome] if record.outcome else ""] += 1
    return dict(sorted(counts.items()))


def fill_statistics(
    statistics: Mapping[str, Any] | None, records: Iterable[RequestRecord], year: int, rows: Iterable[str]
) -> dict[str, Any]:
    """Return the statistics file with 表三 filled; everything else in it stays as it is.

    Args:
        statistics: the file's content, or None for a new one.
    Raises:
        LedgerError: the file is of another year or another form.
    """
    content = dict(statistics or {})
    form = form_of(year)
    if content.get("year", year) != year:
        raise LedgerError(f"统计文件是{content['year']}年度的，不能填{year}年度的表三。")
    if str(content.get("form", form)) != form:
        raise LedgerError(f"统计文件用的是{content['form']}年格式，{year}年度应当用{form}年格式。")
    table = count_requests(records, year, rows)
    return {"form": form, **content, "year": year, "requests": table}
