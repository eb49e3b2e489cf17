"""The statistics file (YAML or JSON) read and written, for 表三 to be filled in."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from assistant.documents.writing.whole import write_whole
from assistant.errors import LedgerError, OutputError
from assistant.office.ledger_records import APPLICANT_KINDS

_YAML = (".yaml", ".yml")
_SHOWN = {"received": "本年新收", "carried_in": "上年结转", "total": "办理结果总计", "carried_out": "结转下年度"}


def read_statistics(path: Path) -> dict[str, Any]:
    """Return the content of a statistics file.

    Raises:
        LedgerError: no such file, a workbook, or no list of 「名称: 内容」.
    """
    if path.suffix.lower() not in (*_YAML, ".json"):
        raise LedgerError(f"{path.name} 不是 yaml 或者 json；工作簿请先用 gongkai statistics convert 转换。")
    try:
        # JSON is YAML too, and one reader keeps figures alike.
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LedgerError(f"没有文件 {path}，请核对。") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise LedgerError(f"{path.name} 读不懂，请检查格式（UTF-8 编码的 yaml 或者 json）。") from error
    if not isinstance(data, dict):
        raise LedgerError(f"{path.name} 应当是“名称: 内容”的统计文件。")
    return data


def write_statistics(content: Mapping[str, Any], path: Path, force: bool = False) -> None:
    """Write a statistics file, complete or not at all.

    Raises:
        OutputError: neither yaml nor json, or as `write_whole` raises it.
    """
    suffix = path.suffix.lower()
    if suffix in _YAML:
        text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=200)
    elif suffix == ".json":
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    else:
        raise OutputError(f"{path.name} 应当以 .yaml 或者 .json 结尾；工作簿请再用 gongkai statistics convert 转换。")
    write_text(text, path, force)


def write_text(text: str, path: Path, force: bool = False) -> None:
    """Write `text` as UTF-8, complete or not at all; raises as `write_whole` does."""
    write_whole({path: text.encode("utf-8")}, force=force)


def explain_table(table: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return the four sums of 表三 with their columns, as lines for people."""
    lines = []
    for row, label in _SHOWN.items():
        parts = "、".join(f"{name}{table[row][key]}" for key, name in APPLICANT_KINDS.items() if table[row][key])
        lines.append(f"{label}：{table[row]['total']}件" + (f"（{parts}）" if parts else ""))
    return lines
