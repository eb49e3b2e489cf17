"""The commands `gongkai deadline`, `fee`, `letter` and `guide`: parse, call, print."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli_entries import (
    ForceOption,
    JsonOption,
    LedgerFile,
    open_desk,
    read_count,
    read_day,
    read_optional_day,
    read_pause,
    show,
    today,
)
from assistant.cli_ledger import ledger_app
from assistant.errors import DeadlineError, LetterError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.clock.ics import DueDate
    from assistant.office.desk import Desk


def add_office_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the command line `app`."""
    app.command("deadline")(deadline)
    app.command("fee")(fee)
    app.command("letter")(letter)
    app.command("guide")(guide)
    app.add_typer(ledger_app, name="ledger")


def deadline(
    rule: Annotated[str | None, typer.Argument(help="期限规则，例如 reply；用 --rules 列出全部。")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="起算之日，例如 2026-01-05；年度报告可以不写，从今天起看。")
    ] = None,
    received_by: Annotated[str | None, typer.Option(help="提交渠道：当面、邮寄、平信、互联网、传真。")] = None,
    confirmed: Annotated[str | None, typer.Option(help="与申请人确认之日（平信、互联网、传真）。")] = None,
    corrected: Annotated[str | None, typer.Option(help="收到补正的申请之日；期限从这天重新计算。")] = None,
    extended: Annotated[bool, typer.Option("--extended", help="已经延长期限。")] = False,
    pause: Annotated[
        list[str] | None, typer.Option(help="征求意见的起止日期，例如 2026-01-10:2026-01-20，可以写几次。")
    ] = None,
    ics: Annotated[Path | None, typer.Option(help="同时写一个日历文件（.ics）。")] = None,
    ledger: Annotated[bool, typer.Option("--ledger", help="列出台账里所有未办结申请的到期日。")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="列出所有期限规则。")] = False,
    file: LedgerFile = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """推算期限：哪天到期，数了哪些日子，跳过哪些日子，依据是什么。"""
    from assistant.clock.deadlines import compute_deadline
    from assistant.clock.explain import explain_deadline
    from assistant.clock.ics import DueDate

    desk = open_desk(file)
    if ledger:
        _due_list(desk, ics, force, as_json)
        return
    if rules:
        show(
            [{"rule": item.key, "name": item.name, "start_event": item.start} for item in desk.rules.rules.values()],
            [
                f"{item.key}  {item.name}（{'每年固定日期' if item.versions[0].month_day else f'从{item.start}起算'}）"
                for item in desk.rules.rules.values()
            ],
            as_json,
        )
        return
    fixed = rule is not None and desk.rules.rule(rule).versions[0].month_day is not None
    if rule is None or (start is None and not fixed):
        raise DeadlineError("请写明期限规则和起算之日，例如 gongkai deadline reply --from 2026-01-05。")
    result = compute_deadline(
        desk.rules,
        desk.calendar,
        rule,
        read_day(start, "起算之日") if start is not None else today(),
        received_by=received_by,
        confirmed=read_optional_day(confirmed, "确认之日"),
        corrected=read_optional_day(corrected, "收到补正之日"),
        extended=extended,
        pauses=[read_pause(text) for text in pause or ()],
        today=today(),
    )
    lines = explain_deadline(result)
    if ics:
        uid = f"{result.rule.key}-{result.start:%Y%m%d}@gongkai"
        _write_ics([DueDate(uid, result.due, f"{result.rule.name}到期", "\n".join(lines))], ics, force)
    show(result.as_json(), lines, as_json)


def fee(
    requests: Annotated[str | None, typer.Option(help="按件：同一申请人一个自然月的申请件数。")] = None,
    pages: Annotated[str | None, typer.Option(help="按量：一件申请提供的页数。")] = None,
    already: Annotated[str | None, typer.Option(help="按件时，本月已经收过费的件数。")] = None,
    on: Annotated[str | None, typer.Option(help="按哪一天有效的标准；默认今天。")] = None,
    as_json: JsonOption = False,
) -> None:
    """计算信息处理费：按件或者按量，写出每一档。"""
    from assistant.clock.explain import explain_fee
    from assistant.clock.fees import processing_fee

    result = processing_fee(
        open_desk().fees,
        read_optional_day(on, "日期") or today(),
        requests=read_count(requests),
        pages=read_count(pages),
        already=read_count(already) or 0,
    )
    show(result.as_json(), explain_fee(result), as_json)


def letter(
    kind: Annotated[str | None, typer.Argument(help="文书种类；用 --list 列出全部。")] = None,
    data: Annotated[Path | None, typer.Option(help="填好的栏目（YAML）。")] = None,
    output: Annotated[Path | None, typer.Option(help="写成 Word 文件（.docx）。")] = None,
    template: Annotated[
        Path | None, typer.Option(help="本单位自己的 .docx 模板；默认用 office.yaml 里 letter_template 写的。")
    ] = None,
    request: Annotated[
        str | None,
        typer.Option("--request", "--case", help="台账里的登记编号：取其中的内容；写成 Word 文件时记下这份文书。"),
    ] = None,
    list_kinds: Annotated[bool, typer.Option("--list", help="列出所有文书。")] = False,
    example: Annotated[bool, typer.Option("--example", help="打印这种文书的填写样例（YAML）。")] = False,
    file: LedgerFile = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """起草告知书、答复书等文书：核对栏目，推算日期，写明条文和救济途径。"""
    from assistant.inventory import held_wording
    from assistant.office.letter_input import example_fields, fields_of_request, office_fields, read_data
    from assistant.settings import load_settings

    desk = open_desk(file)
    if list_kinds:
        kinds = desk.kinds.kinds.values()
        show(
            [{"kind": k.key, "name": k.name, "title": k.title, "row": k.row} for k in kinds],
            [f"{k.key}  {k.name}" for k in kinds],
            as_json,
        )
        return
    if kind is None:
        raise LetterError("请写明文书种类，例如 gongkai letter correction_notice；用 gongkai letter --list 查看全部。")
    if example:
        sys.stdout.write(example_fields(desk.kinds.kind(kind)))
        return
    record = desk.ledger.get(request) if request else None
    entered = office_fields(desk.data) | (fields_of_request(record, desk.kinds.kind(kind)) if record else {})
    entered |= read_data(data) if data else {}
    noted = ""
    drafted = desk.letters.draft_letter(kind, entered, today(), held_wording(load_settings()))
    if output:
        desk.write_letter(drafted, output, force, template)
        noted = desk.note_letter(drafted, today())
    written = [f"已写入 {output}", *([noted] if noted else [])] if output else []
    show(
        drafted.as_json() | {"output": str(output) if output else None, "register": noted or None},
        [drafted.text, *(f"注意：{text}" for text in drafted.warnings), *written],
        as_json,
    )


def guide(
    answers: Annotated[
        list[str] | None, typer.Argument(help="依次的选择（序号或者文字）；不写就从第一问开始。")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """七步判断：补不补、是不是、谁负责、有没有、给不给、怎么给、怎么答，直到该用哪份文书、计入表三哪一行。"""
    from assistant.office.steps import Outcome, as_json_of, explain_place

    way, place = open_desk().steps.walk(answers or [])
    show(as_json_of(way, place), explain_place(place), as_json)
    if isinstance(place, Outcome) and place.letter and not as_json:
        sys.stdout.write(f"起草：gongkai letter {place.letter} --data 栏目.yaml --output 文书.docx\n")


def _due_list(desk: "Desk", ics: Path | None, force: bool, as_json: bool) -> None:
    from assistant.office.ledger_due import calendar_entries, explain_due

    items = desk.list_due(today())
    if ics:
        _write_ics(calendar_entries(items), ics, force)
    show([item.as_json() for item in items], explain_due(items), as_json)


def _write_ics(entries: "Iterable[DueDate]", path: Path, force: bool) -> None:
    from assistant.clock.ics import write_calendar
    from assistant.office.statistics_file import write_text

    if path.suffix.lower() != ".ics":
        raise OutputError(f"{path.name} 不是 .ics，请把日历文件写成 .ics。")
    write_text(write_calendar(entries, today()), path, force)
