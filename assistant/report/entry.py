"""The statistics file as plain data (contract: one form a year) into `Statistics`, and back."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from assistant.report.errors import StatisticsError
from assistant.report.form_files import choose_form
from assistant.report.forms import FEE_TABLE, Address, Form
from assistant.report.tables import LEVELS, REGION_RANKS, Facts, LastYearProblem, Remark, Statistics, Value
from assistant.report.values import read_value

NOTE_KEYS = {
    "proactive": "主动公开",
    "on_request": "依申请公开",
    "management": "政府信息管理",
    "platform": "政府信息公开平台建设",
    "supervision": "监督保障",
    "problems": "存在的主要问题",
    "measures": "改进措施",
    "other": "其他需要报告的事项",
}
# In the order in which the workbook prints them.
HEAD_ROWS: Mapping[str, str] = MappingProxyType(
    {
        "form": "表式",
        "agency": "机关名称",
        "level": "机关类别",
        "region_rank": "行政层级",
        "year": "年度",
        "contact": "联系方式",
    }
)
_NEEDED = ("form", "agency", "level", "year")
_MAX_NOTE, _MAX_NOTES, _MAX_AGENCY = 600, 60, 60


def parse_statistics(data: object, forms: Mapping[str, Form]) -> Statistics:
    """Return the statistics that `data`, read from YAML, JSON or a workbook, describes.

    Raises:
        StatisticsError: no mapping, a missing or unknown key, an impossible head.
        FormError: an unknown form, or one that does not serve the year.
    """
    if not isinstance(data, dict):
        raise StatisticsError("统计文件的内容应当是“名称: 数值”的列表，请对照 gongkai statistics template 的模板。")
    missing = [f"{key}（{HEAD_ROWS[key]}）" for key in _NEEDED if data.get(key) in (None, "")]
    if missing:
        raise StatisticsError(f"统计文件缺少 {'、'.join(missing)}，请补上（工作簿在“基本信息”表里填）。")
    year = _year(data["year"])
    form = choose_form(forms, str(data["form"]), year)
    _refuse_unknown(
        data, {*HEAD_ROWS, *form.tables, *([FEE_TABLE] if form.processing_fee else []), "facts"}, "统计文件"
    )
    cells: dict[Address, Value] = dict.fromkeys(form.cells)
    remarks: list[Remark] = []
    for key in form.tables:
        _read_table(form, key, data.get(key), cells, remarks)
    _read_row(form, FEE_TABLE, "", data.get(FEE_TABLE), cells, remarks)
    return Statistics(
        form=form,
        agency=_agency(data["agency"]),
        level=_choice("level", data["level"], LEVELS),
        region_rank=_choice("region_rank", data["region_rank"], REGION_RANKS) if data.get("region_rank") else None,
        year=year,
        cells=MappingProxyType(cells),
        facts=_facts(data.get("facts")),
        contact=clean(str(data.get("contact") or "")),
        remarks=tuple(remarks),
    )


def plain_statistics(statistics: Statistics) -> dict[str, Any]:
    """Return the statistics as the plain data of the statistics file; a cell that is not entered is None."""
    data: dict[str, Any] = {"form": statistics.form.id, "agency": statistics.agency, "level": statistics.level}
    if statistics.region_rank:
        data["region_rank"] = statistics.region_rank
    data["year"] = statistics.year
    if statistics.contact:
        data["contact"] = statistics.contact
    for address, value in statistics.cells.items():
        place = data.setdefault(address.table, {})
        (place.setdefault(address.row, {}) if address.row else place)[address.column] = value
    data["facts"] = {key: list(statistics.facts.of(key)) for key in NOTE_KEYS}
    data["facts"]["last_year_problems"] = [
        {"problem": entry.problem, "done": entry.done} for entry in statistics.facts.last_year_problems
    ]
    return data


def clean(text: str) -> str:
    """Return one line without control characters, which neither Word nor a workbook can hold."""
    spaced = re.sub(r"\s+", " ", text)
    return "".join(ch for ch in spaced if unicodedata.category(ch) not in ("Cc", "Cs", "Cn", "Co")).strip()


def _refuse_unknown(data: Mapping[Any, Any], known: Iterable[str], where: str) -> None:
    allowed = list(known)
    unknown = [str(key) for key in data if key not in allowed]
    if unknown:
        raise StatisticsError(f"{where}中有不认识的项目 {'、'.join(unknown[:5])}；可用的有 {'、'.join(allowed)}。")


def _year(raw: object) -> int:
    text = unicodedata.normalize("NFKC", str(raw)).strip().removesuffix("年")
    if isinstance(raw, bool) or not re.fullmatch(r"(?:19|20)\d\d", text):
        raise StatisticsError(f"年度“{str(raw)[:20]}”不对，请写四位年份，例如 2025。")
    return int(text)


def _agency(raw: object) -> str:
    agency = clean(str(raw))
    if not agency or len(agency) > _MAX_AGENCY:
        raise StatisticsError(f"机关名称应当为1至{_MAX_AGENCY}个字，请检查 agency。")
    return agency


def _choice(key: str, raw: object, choices: Mapping[str, str]) -> str:
    for value, name in choices.items():
        if str(raw).strip() in (value, name):
            return value
    options = "；".join(f"{name}（{value}）" for value, name in choices.items())
    raise StatisticsError(f"{HEAD_ROWS[key]}（{key}）填的是“{str(raw)[:20]}”，不认识；可以填的有 {options}。")


def _read_table(form: Form, key: str, data: object, cells: dict[Address, Value], remarks: list[Remark]) -> None:
    table = form.tables[key]
    if data is None:
        return
    if not isinstance(data, dict):
        raise StatisticsError(f"{table.name}（{key}）的内容应当按行填写，请对照模板。")
    if "all_zero" in data:
        if data != {"all_zero": True}:
            raise StatisticsError(f"{table.name}（{key}）写了 all_zero 就只能是 all_zero: true，不能再填其他行。")
        cells.update(dict.fromkeys((cell.address for cell in table.cells), 0))
        return
    rows = list(dict.fromkeys(cell.address.row for cell in table.cells))
    _refuse_unknown(data, rows, f"{table.name}（{key}）")
    for row in rows:
        _read_row(form, key, row, data.get(row), cells, remarks)


def _read_row(
    form: Form, table: str, row: str, data: object, cells: dict[Address, Value], remarks: list[Remark]
) -> None:
    addresses = [address for address in form.cells if address.table == table and address.row == row]
    if data is None:
        return
    where = f"{table}.{row}".rstrip(".")
    if not isinstance(data, dict):
        raise StatisticsError(f"{where} 的内容应当是“列: 数值”，请对照模板。")
    _refuse_unknown(data, [address.column for address in addresses], where)
    for address in addresses:
        raw = data.get(address.column)
        value, kind = read_value(raw, form.cells[address])
        cells[address] = value
        if kind:
            remarks.append(Remark(address, kind, clean(str(raw))[:30]))


def _facts(data: object) -> Facts:
    if data is None:
        return Facts()
    if not isinstance(data, dict):
        raise StatisticsError("facts 的内容应当按类别填写，请对照模板。")
    _refuse_unknown(data, [*NOTE_KEYS, "last_year_problems"], "facts")
    notes = {key: _notes(key, data.get(key)) for key in NOTE_KEYS}
    return Facts(MappingProxyType(notes), _last_year(data.get("last_year_problems")))


def _notes(key: str, data: object) -> tuple[str, ...]:
    entries = [] if data is None else [data] if isinstance(data, str) else data
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise StatisticsError(f"facts.{key} 应当是一条一条的文字。")
    notes = tuple(note for note in (clean(entry) for entry in entries) if note)
    if len(notes) > _MAX_NOTES or any(len(note) > _MAX_NOTE for note in notes):
        raise StatisticsError(f"facts.{key} 太长：最多{_MAX_NOTES}条，每条最多{_MAX_NOTE}个字。")
    return notes


def _last_year(data: object) -> tuple[LastYearProblem, ...]:
    entries = data or []
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and set(entry) <= {"problem", "done"} and entry.get("problem") for entry in entries
    ):
        raise StatisticsError("facts.last_year_problems 的每一条应当写 problem（问题）和 done（改进情况）。")
    pairs = [
        [*_notes("last_year_problems", str(entry.get(key) or "")), ""][0]
        for entry in entries
        for key in ("problem", "done")
    ]
    return tuple(LastYearProblem(problem, done) for problem, done in zip(pairs[::2], pairs[1::2], strict=True))
