"""The commands of the annual report: `draft`, `check`, `statistics template`, `statistics convert`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli_entries import ForceOption, JsonOption, print_json
from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.polisher import Polisher
    from assistant.report.drafting.polishing import Polished
    from assistant.report.drafting.sections import Draft
    from assistant.report.tables import Statistics


def add_report_commands(app: typer.Typer) -> None:
    """Register the commands on the command line's application."""
    statistics = typer.Typer(help="年报统计表：生成模板、转换格式。")
    statistics.command("template")(statistics_template)
    statistics.command("convert")(statistics_convert)
    app.command("draft")(draft)
    app.command("check")(check)
    app.add_typer(statistics, name="statistics")


def _corpus_folder() -> Path:
    from assistant.settings import load_settings

    return load_settings().shipped_folder / "corpus"


def _polisher() -> "Polisher":
    from assistant.polisher import build_polisher
    from assistant.settings import load_settings

    return build_polisher(load_settings(), begins=lambda title: typer.echo(f"正在润色：{title}……", err=True))


def draft(
    stats: Annotated[Path, typer.Argument(metavar="统计表", help="统计文件：yaml、json 或 xlsx。")],
    previous: Annotated[Path | None, typer.Option(help="上一年度的统计文件，用来核对结转、写增减。")] = None,
    output: Annotated[Path | None, typer.Option(help="写成 .docx 或 .html；旁边另存一份统计文件。")] = None,
    template: Annotated[Path | None, typer.Option(help="本单位自己的 .docx 模板。")] = None,
    date: Annotated[str | None, typer.Option(help="成文日期，例如 2026-01-20；不给就留空。")] = None,
    polish: Annotated[
        bool, typer.Option("--polish", help="用设置的聊天模型逐章润色；数字、事实变了的不用，说明原因。")
    ] = False,
    no_previous: Annotated[
        bool, typer.Option("--no-previous", help="没有给 --previous 时，也不用资料库里的上一年度年报。")
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """由统计数据起草政府信息公开工作年度报告；数据有错误时不起草，退出码为 1。"""
    from assistant.report.command import draft_files, parse_day, tell_draft

    polisher = _polisher() if polish else None
    polished: list[Polished] = []

    def rework(plain: "Draft", before: "Statistics | None") -> "Draft":
        assert polisher is not None  # it is called only with one
        polished.append(polisher(plain, before))
        return polished[0].draft

    result = draft_files(
        _corpus_folder(), stats, previous, output, template, parse_day(date), force=force,
        rework=rework if polisher else None, **({} if no_previous else {"find_previous": _held_previous}),
    )  # fmt: skip
    if as_json:
        told = {"polish": polished[0].plain()} if polished else {}
        print_json(result.plain(str(output) if output and not result.violations else None) | told)
    else:
        lines = polished[0].lines() if polished else []
        sys.stdout.write("".join(f"{line}\n" for line in lines) + tell_draft(result, output))
    raise typer.Exit(1 if result.violations else 0)


def _held_previous(statistics: "Statistics") -> "Statistics | None":
    """Return the figures of the year before from the reports held, and say so."""
    from assistant.holdings import open_reports
    from assistant.settings import load_settings

    held = open_reports(_corpus_folder(), load_settings().data_folder).of(statistics.agency, statistics.year - 1)
    if held is None:
        return None
    sys.stderr.write(f"上一年度用资料库里的《{held.title}》（{held.file}）；不用请加 --no-previous。\n")
    return held.statistics


def check(
    report: Annotated[
        Path,
        typer.Argument(metavar="报告", help="写好的报告（docx、pdf、网页、xlsx、文字、图片），或文件夹。"),
    ],
    previous: Annotated[Path | None, typer.Option(help="上一年度的报告或统计文件，用来核对结转、写增减。")] = None,
    annotate: Annotated[Path | None, typer.Option(help="标注稿：.docx（批注，限 Word 报告）或 .html。")] = None,
    output: Annotated[Path | None, typer.Option(help="核对整个文件夹时，把结果写成 .xlsx 工作簿。")] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """核对写好的年度报告，逐处说明哪里不对、依据是什么；有错误时退出码为 1。"""
    if report.is_dir():
        if annotate is not None:
            raise InputError("--annotate 用于一份报告；请逐份标注。")
        _check_folder(report, previous, output, force=force, as_json=as_json)
    if output is not None:
        raise InputError("--output 用于一次核对整个文件夹；核对一份报告请直接看结果，或加 --json。")
    from assistant.report.check_command import check_file, tell_check

    checked = check_file(_corpus_folder(), report, previous, annotate, force=force)
    if as_json:
        sys.stderr.write(f"{checked.notice}\n" if checked.notice else "")
        print_json(checked.plain())
    else:
        sys.stdout.write(tell_check(checked))
    if annotate is not None:
        sys.stderr.write(f"标注稿已写入 {annotate}。\n")
    raise typer.Exit(1 if checked.failed else 0)


def _check_folder(folder: Path, previous: Path | None, output: Path | None, *, force: bool, as_json: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from assistant.report.check_command import check_folder, tell_many

    if previous is not None:
        raise InputError("核对整个文件夹时不能用 --previous；请逐份核对：gongkai check 年报 --previous 上年年报。")
    columns = (TextColumn("正在核对"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        outcomes = check_folder(
            _corpus_folder(), folder, output, lambda done, total: bar.update(task, completed=done, total=total),
            force=force,
        )  # fmt: skip
    if as_json:
        print_json([outcome.plain() for outcome in outcomes])
    else:
        sys.stdout.write(tell_many(outcomes, output))
    raise typer.Exit(1 if any(outcome.count("error") for outcome in outcomes) else 0)


def statistics_template(
    output: Annotated[Path, typer.Option(help="要写的 .xlsx 文件。")],
    form: Annotated[str, typer.Option(help="表式：2021（2021年度及以后）或 2019（2019、2020年度）。")] = "2021",
    force: ForceOption = False,
) -> None:
    """生成一份待填的统计工作簿，版式与官方表格相同。"""
    from assistant.report.command import write_template

    write_template(_corpus_folder(), form, output, force=force)
    sys.stderr.write(f"已生成 {output}。\n")


def statistics_convert(
    source: Annotated[Path, typer.Argument(metavar="原文件", help="原文件：yaml、json 或 xlsx。")],
    target: Annotated[Path, typer.Argument(metavar="目标文件", help="目标文件，格式由扩展名决定。")],
    force: ForceOption = False,
) -> None:
    """在 xlsx、yaml、json 之间转换统计文件。"""
    from assistant.report.command import convert_statistics

    for remark in convert_statistics(_corpus_folder(), source, target, force=force):
        sys.stderr.write(f"{remark.code} {remark.message}\n")
    sys.stderr.write(f"已写入 {target}。\n")
