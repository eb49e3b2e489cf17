"""What the office's commands share: options, entries read into their types, the desk, today.

A door like `cli.py`: the only place of its wing where today is asked for.
"""

import json
import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.errors import DateError, FeeError, LedgerError

if TYPE_CHECKING:
    from assistant.clock.deadlines import Pause
    from assistant.office.desk import Desk

JsonOption = Annotated[bool, typer.Option("--json", help="只在标准输出打印一个 JSON。")]
ForceOption = Annotated[bool, typer.Option("--force", help="覆盖已有的文件。")]
LedgerFile = Annotated[Path | None, typer.Option("--file", help="台账文件；默认在数据目录。")]


def show(value: Any, lines: list[str], as_json: bool) -> None:  # noqa: ANN401
    """Print `value` as JSON, or `lines` for people."""
    if as_json:
        print_json(value)
    else:
        sys.stdout.write("\n".join(lines) + "\n")


@cache
def open_desk(file: Path | None = None) -> "Desk":
    """Return the office's desk; `file` is the register, by default where the settings say."""
    from assistant.office.desk import Desk
    from assistant.settings import load_settings
    from assistant.upkeep.versions import bring_up

    settings = load_settings()
    bring_up(settings)
    return Desk(settings.shipped_folder / "corpus", settings.data_folder, file or settings.database_url)


def today() -> date:
    """Return the office's own day."""
    return date.today()  # noqa: DTZ011  (the office's own day is meant)


def read_day(text: str, name: str) -> date:
    """Return the date of `text`; `name` says what it is, for the message."""
    from assistant.clock.dates import parse_date

    return parse_date(text, name)


def read_optional_day(text: str | None, name: str) -> date | None:
    """Return the date of `text`, None for None."""
    return None if text is None else read_day(text, name)


def read_pause(text: str) -> "Pause":
    """Return the span 「2026-01-10:2026-01-20」."""
    from assistant.clock.deadlines import Pause

    first, colon, last = text.replace("：", ":").replace("至", ":").partition(":")
    if not colon:
        raise DateError(f"征求意见的起止日期“{text}”读不懂，请写成 2026-01-10:2026-01-20 的样子。")
    return Pause(read_day(first, "征求意见开始之日"), read_day(last, "征求意见结束之日"))


def read_count(text: str | None) -> int | None:
    """Return a whole number, a negative one included (what takes it refuses it), None for None."""
    if text is None:
        return None
    if not text.strip():
        raise FeeError("请写明件数或者页数，例如 12。")
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise FeeError(f"“{text}”不是整数，请写不小于0的整数。")
    return int(text)


def read_money(text: str) -> Decimal:
    """Return an amount in yuan."""
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise LedgerError(f"收费金额“{text}”不是金额。") from error
    return amount


def print_json(value: object) -> None:
    """Print one JSON value on standard output and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
