"""A figure of a past annual report that a message asks for, read from its cell; words in `report_figures.yaml`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assistant.numbers import fold_width
from assistant.report.errors import FormError
from assistant.report.forms import FEE_TABLE, Address, Table
from assistant.report.shelf import KeptReport

# 「2023、2024年」 names two.
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|[、和与及,，]20\d\d年)")
_MOST_YEARS = 5
_FEE = "信息处理费"
_FEE_CHAPTER = "other"
_DIGITS = {mark: number for number, mark in enumerate("零一二三四五六七八九")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """What is asked: a figure (`table.row` and the words for its column, or the fee), of which bodies and years.

    Attributes:
        figures: several where the words mean several; () where it is not told which.
        agencies: that may be meant; one where it is told or where only one is held.
        named: a body that the message names and that is not held, "" for none.
        years: newest last; () stands for every year held.
    """

    figures: tuple[str, ...]
    words: str
    agencies: tuple[str, ...]
    years: tuple[int, ...]
    named: str = ""


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A place in a held report, and what is printed there (or the rows under a heading, one after the other)."""

    report: str
    document: str
    addresses: tuple[Address, ...]
    clause: str
    quote: str
    source: str

    def printed_in(self, reports: Sequence[KeptReport]) -> str | None:
        """Return what the held report prints in this place, None where it is not held."""
        kept = next((report for report in reports if report.id == self.report), None)
        return _printed(kept, self.addresses) if kept else None


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The lines of the answer with [n] for the cells, or why there is none."""

    lines: tuple[str, ...] = ()
    cells: tuple[ReportCell, ...] = ()
    refusal: str = ""


def read_figure_question(
    message: str, today: date, words: dict[str, Any], reports: Sequence[KeptReport]
) -> FigureQuestion | None:
    """Return which figure a message asks for, None where it asks for none."""
    text = re.sub(r"\s", "", fold_width(message))
    if len(text) > 60 or not re.search(words["asks"], text) or re.search(words["never"], text):
        return None
    held = sorted({report.statistics.agency for report in reports}, key=len, reverse=True)
    agency = next((name for name in held if name in text), "")
    rest = text.replace(agency, "") if agency else text
    years, dated = _years(re.sub(words["not_year"], "", rest), today, words)
    own = re.search(words["own"], rest)
    if not (dated or agency or own):
        return None
    row = next((row for row in words["rows"] if re.search(row["when"], rest)), None)
    if row is None and not re.search(words["report_words"], rest):
        return None
    named = "" if agency or own else _body(rest, words)
    agencies = (agency,) if agency else tuple(sorted(held))
    if not agency:
        # What comes with the program is another body's, unless nothing else is held; where no body is named, one alone
        # that has reports of its own is meant.
        added = tuple(sorted({r.statistics.agency for r in reports if r.sha256}))
        agencies = added if added and (own or len(added) == 1) else agencies
    return FigureQuestion(tuple(row["cells"]) if row else (), rest, agencies, years, named)


def look_up(question: FigureQuestion, words: dict[str, Any], reports: Sequence[KeptReport]) -> LookedUp:
    """Return the figures that are asked for, or what is held instead."""
    holds = "、".join(f"{r.statistics.agency}{r.statistics.year}年" for r in reports) or "没有年报"
    add = f"现收录的年报：{holds}。其他年报请用 gongkai corpus add 添加。"
    if question.named:
        return LookedUp(refusal=f"没有收录{question.named}的年报。{add}")
    if not question.figures:
        return LookedUp(
            refusal="不清楚问的是哪一个数。可以问：本年新收、上年结转、予以公开、部分公开、不予公开、无法提供、不予处理、"
            "其他处理、办理结果总计、结转下年度、行政复议、行政诉讼、规章、行政规范性文件、行政许可、行政处罚、行政强制的件数，以及信息处理费。"
        )
    if len(question.agencies) != 1:
        return LookedUp(refusal=f"请写明是哪个机关。{add}")
    kept = {r.statistics.year: r for r in reports if r.statistics.agency == question.agencies[0]}
    years = question.years or tuple(sorted(kept))[-_MOST_YEARS:]
    if not set(years) & set(kept):
        asked = "、".join(f"{year}年" for year in years)
        return LookedUp(refusal=f"没有收录{question.agencies[0]}{asked}的年报。{add}")
    lines: list[str] = []
    cells: list[ReportCell] = []
    told: list[tuple[int, int | Decimal, str]] = []
    for year in years:
        if year not in kept:
            lines.append(f"{year}年：没有收录这一年的年报。")
            continue
        for figure in question.figures:
            cell, line = _figure(kept[year], figure, question.words, words)
            if cell:
                cells.append(cell)
                line += f" [{len(cells)}]"
                value = kept[year].statistics.total(cell.addresses)
                if value is not None:
                    told.append((year, value, kept[year].statistics.form.cells[cell.addresses[0]].unit))
            lines.append(line)
    if len(told) == len(cells) == len(years) == 2 and re.search(words["compares"], question.words):
        lines.append(_compare(*told))
    return LookedUp(tuple(lines), tuple(cells))


def _compare(first: tuple[int, int | Decimal, str], last: tuple[int, int | Decimal, str]) -> str:
    """Return how a figure of two years changed, reckoned from the two cells cited above."""
    (before, was, unit), (after, now, _) = first, last
    if was == now:
        return f"{after}年与{before}年持平。 [1][2]"
    grew, difference = now > was, abs(Decimal(now) - Decimal(was))
    change = f"{after}年比{before}年{'增加' if grew else '减少'}**{difference}{unit}**"
    if was:
        share = (difference * 100 / Decimal(was)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        change += f"，{'增长' if grew else '下降'}**{share}%**"
    return f"{change}，由上面两格算出。 [1][2]"


def _figure(report: KeptReport, figure: str, text: str, words: dict[str, Any]) -> tuple[ReportCell | None, str]:
    """Return the cell of one figure and the line that tells it."""
    if figure == FEE_TABLE:
        return _fee(report)
    key, row = figure.split(".")
    figures, table = report.statistics, report.statistics.form.tables[key]
    start = f"{figures.agency}{figures.year}年"
    try:
        rows, name = table.expand("row", row), table.node("row", row).name
        # 「一、」 stands before the name of a row in print, not in a sentence.
        short = re.sub("^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|[0-9]+[.．])", "", name)
        column, addresses = _column(table, rows, text, words["columns"][key])
    except FormError:
        return None, f"{start}的年报用的表式没有这一项。"
    if not addresses:
        return None, f"{start}的年报用的表式没有这一项。"
    head = table.node("column", column).name
    value = figures.total(addresses)
    what = f"{table.name}“{name}”{'下' if table.layout == 'single_row' else '行'}“{head}”列"
    if value is None:
        return None, f"{start}{what}没有填写或没有读出，不能当作0。"
    unit = figures.form.cells[addresses[0]].unit
    added = "（各格相加）" if len(addresses) > 1 else ""
    cell = ReportCell(report.id, report.title, addresses, what, _printed(report, addresses) or "", report.file)
    return cell, f"{start}{short}（{head}）：**{value}{unit}**{added}，见{what}。"


def _fee(report: KeptReport) -> tuple[ReportCell | None, str]:
    """Return what chapter six says of the processing fee, and the line that tells it."""
    figures = report.statistics
    start = f"{figures.agency}{figures.year}年"
    addresses = tuple(a for a in figures.cells if a.table == FEE_TABLE)
    chapter = next(f"“{c.title}”" for c in figures.form.chapters if c.key == _FEE_CHAPTER)
    if not addresses:
        return None, f"{start}的年报用的表式不要求报告{_FEE}。"
    quote = _printed(report, addresses)
    if quote is None:
        return None, f"{start}的年报{chapter}没有写{_FEE}，不能当作0。"
    told = [f"**{value}{figures.form.cells[a].unit}**" for a in addresses if (value := figures.cells[a]) is not None]
    says = f"{_FEE}：{'，'.join(told)}，" if told else f"{_FEE}：没有读出数，"
    return ReportCell(report.id, report.title, addresses, chapter, quote, report.file), f"{start}{says}见{chapter}。"


def _column(table: Table, rows: tuple[str, ...], text: str, words: dict[str, Any]) -> tuple[str, tuple[Address, ...]]:
    """Return the column that the words mean and its cells; () where the form has none."""
    said = [entry["column"] for entry in words["words"] if re.search(entry["when"], text)][:1]
    present = {cell.address for cell in table.cells}
    for column in said or words["default"]:
        try:
            leaves = table.expand("column", column)
        except FormError:
            continue
        addresses = tuple(Address(table.key, row, leaf) for row in rows for leaf in leaves)
        if set(addresses) <= present:
            return column, addresses
    return "", ()


def _printed(report: KeptReport, addresses: tuple[Address, ...]) -> str | None:
    """Return the cells as the table prints them, 「一、本年新收政府信息公开申请数量　总计：23」; of the fee the prose.

    None where a cell is blank, or the prose is silent.
    """
    if addresses[0].table == FEE_TABLE:
        prose = [text for chapter, text in report.passages if chapter == _FEE_CHAPTER]
        sentences = [f"{part.strip()}。" for text in prose for part in text.split("。") if _FEE in part]
        return "".join(sentences) or None
    parts = []
    for address in addresses:
        if report.statistics.cells.get(address) is None:
            return None
        table = report.statistics.form.tables[address.table]
        row, column = table.node("row", address.row).label, table.node("column", address.column).label
        parts.append(f"{row}　{column}：{report.statistics.cells[address]}")
    return "；".join(parts)


def _years(text: str, today: date, words: dict[str, Any]) -> tuple[tuple[int, ...], bool]:
    """Return the years that are named, and whether any word names years; () for every year."""
    if re.search(words["every"], text):
        return (), True
    if recent := re.search(words["recent"], text):
        count = int(_DIGITS.get(recent["count"]) or recent["count"])
        return tuple(range(today.year - count, today.year)), True
    years = {int(year) for year in _YEAR.findall(text)}
    years |= {today.year - entry["back"] for entry in words["years"] if re.search(entry["when"], text)}
    return tuple(sorted(years)), bool(years)


def _body(text: str, words: dict[str, Any]) -> str:
    """Return the body or the region that a message begins with, or ""."""
    rest = re.sub(words["before_body"], "", text)
    match = re.match(words["body"], rest)
    return match[0] if match else ""
