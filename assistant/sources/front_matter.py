"""Reads and checks the head of a corpus file: the lines of YAML between two lines of ---."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError

_REQUIRED = {"title", "issuer", "kind", "in_force_from"}
_KEYS = _REQUIRED | {
    "short_titles",
    "document_number",
    "in_force_until",
    "official_url",
    "articles",
    "asked_by",
    "about",
    "preferred",
    "day_stated",
}


def read_front_matter(path: Path, lines: list[str]) -> tuple[dict[str, Any], int]:
    """Return what the head of the file `path` says, by key, and the index of the line after it.

    Raises:
        CorpusFileError: it is broken, with the line.
    """
    if not lines or lines[0].strip() != "---":
        raise CorpusFileError(path, 1, "开头缺少以 --- 起止的文件信息。")
    try:
        end = next(i for i, line in enumerate(lines[1:], start=1) if line.strip() == "---")
    except StopIteration:
        raise CorpusFileError(path, 1, "文件信息没有用 --- 结束。") from None
    try:
        data = yaml.load("\n".join(lines[1:end]), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusFileError(path, 2 + (mark.line if mark else 0), "文件信息不是正确的 YAML。") from error
    if not isinstance(data, dict):
        raise CorpusFileError(path, 2, "文件信息应当是“名称: 内容”的列表。")
    for key in data:
        if key not in _KEYS:
            line = next((i for i, text in enumerate(lines, start=1) if text.startswith(f"{key}:")), 2)
            raise CorpusFileError(path, line, f"不认识的项目 {key}；可用的有 {'、'.join(sorted(_KEYS))}。")
    missing = sorted(key for key in _REQUIRED if not data.get(key))
    if missing:
        raise CorpusFileError(path, 2, f"文件信息缺少 {'、'.join(missing)}。")
    for key in ("in_force_from", "in_force_until"):
        if data.get(key) is not None and not isinstance(data[key], date):
            line = next(i for i, text in enumerate(lines, start=1) if text.startswith(f"{key}:"))
            raise CorpusFileError(path, line, f"{key} 不是日期，应当写成 2019-05-15 的样子。")
    if data["kind"] not in ("digest", "verbatim"):
        raise CorpusFileError(path, 2, "kind 只能是 digest（要点）或 verbatim（原文）。")
    if not isinstance(data.get("day_stated", True), bool):
        raise CorpusFileError(
            path, 2, "day_stated 只能是 true 或 false（施行日期未核实，in_force_from 只用来排先后）。"
        )
    if not isinstance(data.get("articles"), int | None):
        raise CorpusFileError(path, 2, "articles 应当是原文的条数（整数）。")
    return data, end + 1
