"""Statistics in YAML, JSON and workbooks: read, written and converted without loss."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assistant.documents.confined import confined
from assistant.errors import InputError
from assistant.report.entry import parse_statistics, plain_statistics
from assistant.report.errors import StatisticsError
from assistant.report.forms import Form
from assistant.report.tables import Statistics

if TYPE_CHECKING:
    from _typeshed import SupportsItems

SUFFIXES = (".yaml", ".yml", ".json", ".xlsx")
_MAX_BYTES = 20_000_000
_MAX_TEXT_BYTES = 500_000


def load_statistics(path: Path, forms: Mapping[str, Form]) -> Statistics:
    """Return the statistics in a YAML, JSON or xlsx file.

    Raises:
        StatisticsError: the file is missing, too large, of another kind, or no statistics.
        FormError: an unknown form, or one that does not serve the year.
    """
    content = _read_bytes(path)
    if path.suffix.lower() == ".xlsx":
        return confined(_read_workbook, path, content, forms)
    return parse_statistics(read_plain(content, path.name), forms)


def _read_workbook(path: Path, content: bytes, forms: Mapping[str, Form]) -> Statistics:
    from assistant.report.workbook_reading import read_workbook

    return read_workbook(content, path.name, forms)


def dump_statistics(statistics: Statistics, suffix: str) -> bytes:
    """Return the content of a statistics file of that kind (.yaml, .json, .xlsx).

    Raises:
        StatisticsError: another kind.
    """
    if suffix == ".xlsx":
        from assistant.report.workbook_writing import write_workbook

        return write_workbook(statistics.form, statistics)
    data = plain_statistics(statistics)
    if suffix == ".json":
        return (_dump_json(data) + "\n").encode()
    if suffix in (".yaml", ".yml"):
        return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000).encode()
    raise StatisticsError(f"不会写 {suffix or '没有扩展名的'} 文件；统计文件可用 {'、'.join(SUFFIXES)}。")


def read_plain(content: bytes, name: str) -> object:
    """Return the plain data of a YAML or JSON text, with Decimal for every fraction.

    Raises:
        StatisticsError: broken or ambiguous text; the message says where.
    """
    if len(content) > _MAX_TEXT_BYTES:
        raise StatisticsError(f"{name} 太大（上限 {_MAX_TEXT_BYTES // 1000} KB），不像一份统计文件。")
    try:
        text = content.decode("utf-8-sig")
        if name.lower().endswith(".json"):
            return json.loads(
                text, parse_float=_decimal, parse_int=_integer, parse_constant=str, object_pairs_hook=_unique
            )
        return yaml.load(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        raise StatisticsError(f"{name} 不是 UTF-8 编码的文本，请另存为 UTF-8。") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise StatisticsError(
            f"{name} 第{mark.line + 1 if mark else 1}行不是正确的 YAML，请检查缩进和冒号。"
        ) from error
    except json.JSONDecodeError as error:
        raise StatisticsError(f"{name} 第{error.lineno}行不是正确的 JSON。") from error
    except RecursionError as error:
        raise StatisticsError(f"{name} 的层次太深，不像一份统计文件。") from error


def _read_bytes(path: Path) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise StatisticsError(f"{path.name} 是旧的 .xls 格式，请在 Excel 或 WPS 中另存为 .xlsx 再用。")
    if suffix not in SUFFIXES:
        raise StatisticsError(f"不会读 {path.name}；统计文件可用 {'、'.join(SUFFIXES)}。")
    if not path.is_file():
        raise StatisticsError(f"找不到统计文件 {path}。")
    if path.stat().st_size > _MAX_BYTES:
        raise StatisticsError(f"{path.name} 太大（上限 {_MAX_BYTES // 1_000_000} MB），不像一份统计文件。")
    try:
        return path.read_bytes()
    except OSError as error:
        raise StatisticsError(f"{path.name} 打不开（{error.strerror}），请检查权限。") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        keys = [key for key, _ in pairs]
        raise StatisticsError(f"项目 {next(key for key in keys if keys.count(key) > 1)} 写了两次，请只留一个。")
    return data


def _decimal(text: str) -> Decimal | str:
    # A number too long to be a figure stays text, which H5 reports.
    return Decimal(text) if len(text) < 40 and "e" not in text.lower() else text


def _integer(text: str) -> int | str:
    return int(text) if len(text) < 40 else text


class _Loader(yaml.SafeLoader):
    """YAML without aliases (they can blow up), without doubled keys, and with Decimal for every fraction."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise StatisticsError(
                f"第{event.start_mark.line + 1}行用了 YAML 的引用（*{event.anchor[:20]}），不会读；请把内容写全。"
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        doubled = next((key for key in keys if keys.count(key) > 1), None)
        if doubled is not None:
            raise StatisticsError(f"第{node.start_mark.line + 1}行起，项目 {doubled} 写了两次，请只留一个。")
        return super().construct_mapping(node, deep)


def _yaml_int(loader: _Loader, node: yaml.ScalarNode) -> int | str:
    text = node.value.replace("_", "") if isinstance(node.value, str) else ""
    # YAML 1.1 reads 010 as eight and 1:30 as ninety; an office means neither.
    return int(text) if re.fullmatch(r"[+-]?\d{1,40}", text) else str(node.value)


def _yaml_float(loader: _Loader, node: yaml.ScalarNode) -> Decimal | str:
    return Decimal(node.value) if re.fullmatch(r"[+-]?\d{1,30}\.\d{0,30}", node.value) else str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _yaml_int)
_Loader.add_constructor("tag:yaml.org,2002:float", _yaml_float)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))


class _Dumper(yaml.SafeDumper):
    """YAML that a clerk can read: one table row a line."""

    def represent_mapping(
        self, tag: str, mapping: "SupportsItems[Any, Any] | Iterable[tuple[Any, Any]]", flow_style: bool | None = None
    ) -> yaml.MappingNode:
        leaf = isinstance(mapping, dict) and mapping and not any(isinstance(v, dict | list) for v in mapping.values())
        return super().represent_mapping(tag, mapping, flow_style=bool(leaf) or None)


_Dumper.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", _written(value))
)


def _written(value: Decimal) -> str:
    text = format(value, "f")
    return text if "." in text else f"{text}.0"


def _dump_json(data: Mapping[str, object]) -> str:
    # The json module knows no Decimal: a marked string becomes the bare number.
    text = json.dumps(data, ensure_ascii=False, indent=2, default=lambda value: f"\x00{_written(value)}")
    return re.sub(r'"\\u0000([^"]*)"', r"\1", text)


def refuse_other_suffix(path: Path) -> None:
    """Refuse a path that names no kind of statistics file.

    Raises:
        InputError: see above.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"不会写 {path.name}；统计文件可用 {'、'.join(SUFFIXES)}。")
