"""The register as a workbook: exported for the eye, imported from a register that an office kept by hand."""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from assistant.clock.dates import parse_date
from assistant.documents.confined import confined
from assistant.documents.writing.whole import refuse_suffix, write_whole
from assistant.errors import InputError, LedgerError
from assistant.office.choices import read_choice
from assistant.office.ledger_records import APPLICANT_KINDS, CHANNELS, CONSULTED, STATES, Consultation, RequestRecord

# Header of the workbook → field of a record. What is exported only (state, due date) is passed over on import.
_COLUMNS = {
    "登记编号": "number",
    "来件日期": "arrived",
    "收到申请之日": "received",
    "提交渠道": "channel",
    "申请人": "applicant",
    "申请人类别": "applicant_kind",
    "申请公开的内容": "asked",
    "告知补正之日": "correction_notified",
    "补正期限": "correction_deadline",
    "收到补正之日": "corrected",
    "告知延期之日": "extended_on",
    "征求意见": "consultations",
    "收到收费通知之日": "fee_notice_received",
    "收费金额（元）": "fee_amount",
    "缴费之日": "fee_paid",
    "办理结果": "outcome",
    "办结日期": "closed",
    "备注": "note",
}
_SHOWN = ("状态", "答复期限")
_REQUIRED = ("登记编号", "收到申请之日", "提交渠道", "申请人", "申请人类别", "申请公开的内容")
_WORDS = {"channel": CHANNELS, "applicant_kind": APPLICANT_KINDS}
_TEXTS = ("number", "applicant", "asked", "note")
_CONSULTATION = re.compile(r"^(?P<who>[^0-9]*)(?P<first>[\d\-/.年月日]+)至(?P<until>[\d\-/.年月日]*)$")
_ERRORS_SHOWN = 3


def export_workbook(
    records: Iterable[RequestRecord],
    rows: Mapping[str, str],
    due: Mapping[str, date | None],
    path: Path,
    force: bool = False,
) -> int:
    """Write the register to `path` (.xlsx), complete or not at all; return how many requests.

    Args:
        rows: label of each row of 表三.
        due: last day for the answer by number, for the column 答复期限.
    Raises:
        OutputError: another ending than .xlsx, or as `write_whole` raises it.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    refuse_suffix(path, ".xlsx")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "申请台账"
    sheet.append([*_COLUMNS, *_SHOWN])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 40 if cell.value == "申请公开的内容" else 16
    sheet.freeze_panes = "B2"
    count = 0
    for count, record in enumerate(records, start=1):
        values = [_shown(record, name, rows) for name in _COLUMNS.values()]
        values += [STATES[record.state], due.get(record.number)]
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(count + 1, column, value)
            if isinstance(value, str):
                # A text that begins with = would be run as a formula when the workbook is opened.
                cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    write_whole({path: content.getvalue()}, force=force)
    return count


def read_workbook(path: Path, rows: Mapping[str, str], also: Mapping[str, str] | None = None) -> list[RequestRecord]:
    """Return the requests of a workbook whose first sheet has the headers of an export, in any order.

    Args:
        rows: label of each row of 表三.
        also: row of 表三 by each other name that an outcome may have.
    Raises:
        LedgerError: no workbook, a header missing, or cells that cannot be read; the first ones are named by row.
    """
    if not path.is_file():
        raise LedgerError(f"没有文件 {path}，请核对。")
    return confined(_read_workbook, path, dict(rows), dict(also or {}))


def _read_workbook(path: Path, rows: Mapping[str, str], also: Mapping[str, str]) -> list[RequestRecord]:
    import zlib
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (
        InvalidFileException, BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, SyntaxError,
        OSError,
    ) as error:  # fmt: skip
        raise LedgerError(f"{path.name} 不是能打开的 xlsx 工作簿，请另存为 .xlsx 再导入。") from error
    lines = book.worksheets[0].iter_rows(values_only=True)
    headers = [str(value or "").strip() for value in next(lines, ())]
    if missing := [name for name in _REQUIRED if name not in headers]:
        raise LedgerError(f"{path.name} 第1行缺少表头 {'、'.join(missing)}；可以先导出一份看样子。")
    records, faults = [], []
    for number, line in enumerate(lines, start=2):
        values = dict(zip(headers, line, strict=False))
        if all(value is None or str(value).strip() == "" for value in values.values()):
            continue
        try:
            records.append(_read_line(values, rows, also))
        except InputError as error:
            faults.append(f"第{number}行：{error}")
    book.close()
    if faults:
        more = f"（共{len(faults)}处）" if len(faults) > _ERRORS_SHOWN else ""
        raise LedgerError(f"{path.name} 没有导入，请修改：{' '.join(faults[:_ERRORS_SHOWN])}{more}")
    return records


def _shown(record: RequestRecord, name: str, rows: Mapping[str, str]) -> object:
    value = getattr(record, name)
    if name == "consultations":
        return "；".join(f"{CONSULTED[item.consulted]}{item.first}至{item.until or ''}" for item in value) or None
    if name in _WORDS:
        return _WORDS[name][value]
    return rows[value] if name == "outcome" and value else value


def _read_line(values: Mapping[str, object], rows: Mapping[str, str], also: Mapping[str, str]) -> RequestRecord:
    fields: dict[str, Any] = {}
    for header, name in _COLUMNS.items():
        value = values.get(header)
        empty = value is None or str(value).strip() == ""
        if empty and header in _REQUIRED:
            raise LedgerError(f"{header}是空的。")
        if name in _TEXTS:
            fields[name] = "" if empty else str(value).strip()
        elif empty:
            fields[name] = () if name == "consultations" else None
        else:
            fields[name] = _read_cell(header, name, value, rows, also)
    return RequestRecord(**fields)


def _read_cell(header: str, name: str, value: object, rows: Mapping[str, str], also: Mapping[str, str]) -> object:
    text = str(value).strip()
    if name == "consultations":
        return tuple(read_consultation(part) for part in re.split("[；;]", text) if part.strip())
    if name == "fee_amount":
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise LedgerError(f"{header}“{text}”不是金额。") from error
    if name == "outcome":
        return read_choice(text, rows, header, also)
    if name in _WORDS:
        return read_choice(text, _WORDS[name], header)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else parse_date(text, header)


def read_consultation(text: str) -> Consultation:
    """Return the consultation that 「第三方2026-01-10至2026-01-20」 writes; without a last day it is still open.

    Raises:
        LedgerError, DateError: it cannot be read.
    """
    match = _CONSULTATION.match(text.strip())
    who = next((key for key, label in CONSULTED.items() if match and match["who"].strip() in (key, label)), None)
    if match is None or (match["who"].strip() and who is None):
        raise LedgerError(f"征求意见“{text.strip()}”读不懂，请写成 第三方2026-01-10至2026-01-20 的样子。")
    until = parse_date(match["until"], "征求意见") if match["until"] else None
    return Consultation(parse_date(match["first"], "征求意见"), until, who or "third_party")
