"""The commands `gongkai ledger …`: the register of requests. Parse, call, print."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli_entries import (
    ForceOption,
    JsonOption,
    LedgerFile,
    open_desk,
    read_day,
    read_money,
    read_optional_day,
    show,
    today,
)
from assistant.errors import LedgerError

if TYPE_CHECKING:
    from assistant.office.desk import Desk

ledger_app = typer.Typer(help="申请台账：登记、查看、导入导出、生成表三。")


@ledger_app.command("add")
def ledger_add(
    received: Annotated[str, typer.Option(help="收到申请之日。")] = "",
    applicant: Annotated[str, typer.Option(help="申请人姓名或者名称。")] = "",
    asked: Annotated[str, typer.Option(help="申请公开的内容。")] = "",
    kind: Annotated[
        str, typer.Option(help="申请人类别：自然人、商业企业、科研机构、社会公益组织、法律服务机构、其他。")
    ] = "自然人",
    channel: Annotated[str, typer.Option(help="提交渠道：当面、邮寄、平信、互联网、传真。")] = "当面",
    arrived: Annotated[str | None, typer.Option(help="来件日期，与收到申请之日不同的才写。")] = None,
    number: Annotated[str | None, typer.Option(help="登记编号；默认自动编。")] = None,
    note: Annotated[str, typer.Option(help="备注。")] = "",
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """登记一件申请。"""
    from assistant.office.choices import read_choice
    from assistant.office.ledger_records import APPLICANT_KINDS, RequestRecord

    desk = open_desk(file)
    day = read_day(received, "收到申请之日")
    record = RequestRecord(
        number=number or desk.ledger.next_number(day.year),
        received=day,
        channel=desk.rules.channel(channel).key,
        applicant=applicant,
        applicant_kind=read_choice(kind, APPLICANT_KINDS, "申请人类别"),
        asked=asked,
        arrived=read_optional_day(arrived, "来件日期"),
        note=note,
    )
    desk.ledger.add_requests([record], today())
    _show_request(desk, record.number, as_json)


@ledger_app.command("update")
def ledger_update(
    number: Annotated[str, typer.Argument(metavar="登记编号", help="如 2026-001。")],
    correction_notified: Annotated[str | None, typer.Option(help="告知补正之日。")] = None,
    correction_deadline: Annotated[str | None, typer.Option(help="补正期限的最后一日。")] = None,
    corrected: Annotated[str | None, typer.Option(help="收到补正的申请之日。")] = None,
    extended_on: Annotated[str | None, typer.Option(help="告知延期之日。")] = None,
    consult: Annotated[
        list[str] | None, typer.Option(help="征求意见，例如 第三方2026-01-10至2026-01-20；还没有结果的，写到“至”为止。")
    ] = None,
    fee_notice_received: Annotated[str | None, typer.Option(help="申请人收到收费通知之日。")] = None,
    fee_amount: Annotated[str | None, typer.Option(help="收费金额（元）。")] = None,
    fee_paid: Annotated[str | None, typer.Option(help="缴费之日。")] = None,
    outcome: Annotated[
        str | None, typer.Option(help="办理结果：表三的一行，写行名的一部分就行，例如 予以公开。")
    ] = None,
    closed: Annotated[str | None, typer.Option(help="办结日期。")] = None,
    note: Annotated[str | None, typer.Option(help="备注。")] = None,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """记下一件申请的进展或者结果；没有写的栏目不变，consult 写了就整个替换。"""
    from assistant.office.choices import read_choice
    from assistant.office.ledger_workbook import read_consultation

    desk = open_desk(file)
    days = {
        "correction_notified": correction_notified,
        "correction_deadline": correction_deadline,
        "corrected": corrected,
        "extended_on": extended_on,
        "fee_notice_received": fee_notice_received,
        "fee_paid": fee_paid,
        "closed": closed,
    }
    changes: dict[str, Any] = {name: read_day(text, "日期") for name, text in days.items() if text is not None}
    if outcome is not None:
        changes["outcome"] = read_choice(outcome, desk.kinds.rows, "办理结果", desk.kinds.rows_by_name)
    if fee_amount is not None:
        changes["fee_amount"] = read_money(fee_amount)
    if note is not None:
        changes["note"] = note
    if consult is not None:
        changes["consultations"] = tuple(read_consultation(text) for text in consult)
    desk.ledger.replace_request(replace(desk.ledger.get(number), **changes), today())
    _show_request(desk, number, as_json)


@ledger_app.command("show")
def ledger_show(
    number: Annotated[str, typer.Argument(metavar="登记编号", help="如 2026-001。")],
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """查看一件申请。"""
    _show_request(open_desk(file), number, as_json)


@ledger_app.command("list")
def ledger_list(
    year: Annotated[int | None, typer.Option(help="只列这一年收到的。")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="只列没有办结的。")] = False,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """列出台账里的申请。"""
    from assistant.office.ledger_records import STATES

    records = [
        record
        for record in open_desk(file).ledger.requests()
        if (year is None or record.received.year == year) and not (open_only and record.closed)
    ]
    show(
        [record.as_json() for record in records],
        [f"{r.number}  {r.received}  {STATES[r.state]}  {r.applicant}  {r.asked}" for r in records] or ["没有申请。"],
        as_json,
    )


@ledger_app.command("import")
def ledger_import(
    workbook: Annotated[Path, typer.Argument(metavar="工作簿", help="工作簿（.xlsx），表头与导出的相同。")],
    update: Annotated[bool, typer.Option("--update", help="登记编号已有的，用工作簿里的替换。")] = False,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """从工作簿导入申请；有一行不对就一件也不导入。"""
    from assistant.office.ledger_workbook import read_workbook

    desk = open_desk(file)
    records = read_workbook(workbook, desk.kinds.rows, desk.kinds.rows_by_name)
    count = desk.ledger.update_requests(records, today()) if update else desk.ledger.add_requests(records, today())
    show({"imported": count}, [f"已导入 {count} 件。"], as_json)


@ledger_app.command("export")
def ledger_export(
    workbook: Annotated[Path, typer.Argument(metavar="工作簿", help="写到这个工作簿（.xlsx）。")],
    force: ForceOption = False,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """把台账导出成工作簿。"""
    from assistant.office.ledger_workbook import export_workbook

    desk = open_desk(file)
    dates = desk.reply_dates(today())
    count = export_workbook(desk.ledger.requests(), desk.kinds.rows, dates, workbook, force)
    show({"exported": count, "output": str(workbook)}, [f"已导出 {count} 件到 {workbook}。"], as_json)


@ledger_app.command("statistics")
def ledger_statistics(
    year: Annotated[int | None, typer.Option(help="哪一年度。")] = None,
    statistics: Annotated[
        Path | None, typer.Option("--into", help="已有的统计文件（yaml 或者 json），其余内容保留。")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="写到这个文件；与 --into 相同时要加 --force。")] = None,
    force: ForceOption = False,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """由台账生成一个年度的表三，写进统计文件。"""
    from assistant.office.ledger_statistics import fill_statistics
    from assistant.office.ledger_years import check_same
    from assistant.office.statistics_file import explain_table, read_statistics, write_statistics

    if year is None:
        raise LedgerError("请写明年度，例如 gongkai ledger statistics --year 2026。")
    if year > today().year:
        raise LedgerError(f"{year}年还没有到，不能生成表三。")
    desk = open_desk(file)
    before = read_statistics(statistics) if statistics else None
    content = fill_statistics(before, desk.ledger.requests(), year, desk.kinds.rows)
    for closed in desk.ledger.closed_years():
        if closed.year == year:
            check_same(closed, content["requests"], desk.kinds.rows)
    if output:
        write_statistics(content, output, force)
    if today() <= date(year, 12, 31):
        sys.stderr.write(f"{year}年度还没有结束，没有办结的暂时计入结转下年度。\n")
    show(content, [*explain_table(content["requests"]), *([f"已写入 {output}"] if output else [])], as_json)


@ledger_app.command("close")
def ledger_close(
    year: Annotated[int | None, typer.Option(help="哪一年度。")] = None,
    list_years: Annotated[bool, typer.Option("--list", help="只列出已经封存的年度。")] = False,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """年报公布后封存一个年度：会改变当年表三的修改不再接受，上年结转年年衔接。"""
    from assistant.office.statistics_file import explain_table

    desk = open_desk(file)
    if list_years:
        years = desk.ledger.closed_years()
        shown = [{"year": item.year, "closed_on": item.closed_on} for item in years]
        show(shown, [f"{item.year}年度  {item.closed_on}封存" for item in years] or ["没有封存的年度。"], as_json)
        return
    closed = desk.ledger.close_year(_needed(year, "close"), today())
    lines = [f"已封存{closed.year}年度：", *explain_table(closed.table)]
    show({"year": closed.year, "closed_on": closed.closed_on, "requests": closed.table}, lines, as_json)


@ledger_app.command("reopen")
def ledger_reopen(
    year: Annotated[int | None, typer.Option(help="哪一年度。")] = None,
    file: LedgerFile = None,
    as_json: JsonOption = False,
) -> None:
    """重新开放一个封存的年度；更正以后要重新封存，已经公布的年报也要更正。"""
    number = _needed(year, "reopen")
    open_desk(file).ledger.reopen_year(number)
    show({"reopened": number}, [f"已重新开放{number}年度；更正后请再封存。"], as_json)


def _needed(year: int | None, command: str) -> int:
    if year is None:
        raise LedgerError(f"请写明年度，例如 gongkai ledger {command} --year 2025。")
    return year


def _show_request(desk: "Desk", number: str, as_json: bool) -> None:
    from assistant.office.ledger_due import explain_due, list_due
    from assistant.office.ledger_records import STATES

    record = desk.ledger.get(number)
    due = list_due([record], desk.rules, desk.calendar, today())
    head = f"{record.number}  {record.received}收到  {STATES[record.state]}  {record.applicant}：{record.asked}"
    if record.outcome:
        head += f"  {desk.kinds.rows[record.outcome]}（{record.closed}）"
    lines = [head, *(explain_due(due) if due else [])]
    show(record.as_json() | {"due": [item.as_json() for item in due]}, lines, as_json)
