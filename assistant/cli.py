"""The command line: `gongkai`. Parses, calls one use case, prints; nothing heavy is imported before a command runs."""

import json
import sys
from typing import Annotated, Any

import typer

from assistant.errors import GongkaiError

app = typer.Typer(name="gongkai", help="公开助手：政府信息公开的问答与年报助手。", no_args_is_help=True, add_completion=False)
corpus_app = typer.Typer(help="查看、重建资料库。", no_args_is_help=True)
app.add_typer(corpus_app, name="corpus")

JsonOption = Annotated[bool, typer.Option("--json", help="只在标准输出打印一个 JSON。")]


def print_json(value: Any) -> None:
    """Print one JSON value on standard output and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def main() -> None:
    """Run the command line; a GongkaiError becomes one Chinese line on standard error and status 2."""
    try:
        app()
    except GongkaiError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
