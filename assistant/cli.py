"""The command line: `gongkai`. Parses, calls one use case, prints; nothing heavy is imported before a command runs."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.errors import GongkaiError
from assistant.settings import load_settings

app = typer.Typer(
    name="gongkai", help="公开助手：政府信息公开的问答与年报助手。", no_args_is_help=True, add_completion=False
)
corpus_app = typer.Typer(help="查看、重建资料库。", no_args_is_help=True)
app.add_typer(corpus_app, name="corpus")

JsonOption = Annotated[bool, typer.Option("--json", help="只在标准输出打印一个 JSON。")]


def print_json(value: Any) -> None:
    """Print one JSON value on standard output and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


statistics_app = typer.Typer(help="年报统计表：生成模板、转换格式。", no_args_is_help=True)
app.add_typer(statistics_app, name="statistics")

ForceOption = Annotated[bool, typer.Option("--force", help="覆盖已有的文件。")]


@app.command("draft")
def draft(
    stats: Annotated[Path, typer.Argument(metavar="STATS", help="统计文件：yaml、json 或 xlsx。")],
    previous: Annotated[Path | None, typer.Option(help="上一年度的统计文件，用来核对结转、写增减。")] = None,
    output: Annotated[Path | None, typer.Option(help="写成 .docx 或 .html；旁边另存一份统计文件。")] = None,
    template: Annotated[Path | None, typer.Option(help="本单位自己的 .docx 模板。")] = None,
    date: Annotated[str | None, typer.Option(help="成文日期，例如 2026-01-20；不给就留空。")] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """由统计数据起草政府信息公开工作年度报告；数据有错误时不起草，退出码为 1。"""
    from assistant.report.command import draft_files, parse_day, tell_draft

    result = draft_files(
        load_settings().shipped_folder / "corpus", stats, previous, output, template, parse_day(date), force=force
    )
    if as_json:
        print_json(result.plain(str(output) if output and not result.violations else None))
    else:
        sys.stdout.write(tell_draft(result, output))
    raise typer.Exit(1 if result.violations else 0)


@statistics_app.command("template")
def statistics_template(
    output: Annotated[Path, typer.Option(help="要写的 .xlsx 文件。")],
    form: Annotated[str, typer.Option(help="表式：2021（2021年度及以后）或 2019（2019、2020年度）。")] = "2021",
    force: ForceOption = False,
) -> None:
    """生成一份待填的统计工作簿，版式与官方表格相同。"""
    from assistant.report.command import write_template

    write_template(load_settings().shipped_folder / "corpus", form, output, force=force)
    sys.stderr.write(f"已生成 {output}。\n")


@statistics_app.command("convert")
def statistics_convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="原文件：yaml、json 或 xlsx。")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="目标文件，格式由扩展名决定。")],
    force: ForceOption = False,
) -> None:
    """在 xlsx、yaml、json 之间转换统计文件。"""
    from assistant.report.command import convert_statistics

    for remark in convert_statistics(load_settings().shipped_folder / "corpus", source, target, force=force):
        sys.stderr.write(f"{remark.code} {remark.message}\n")
    sys.stderr.write(f"已写入 {target}。\n")


def main() -> None:
    """Run the command line; a GongkaiError becomes one Chinese line on standard error and status 2."""
    try:
        app()
    except GongkaiError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
