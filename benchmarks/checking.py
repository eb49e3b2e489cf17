"""Measures how many seeded defects the check of finished reports finds, code by code, and what it finds on sound ones.

Reports are made from random sound statistics, with the project's own drafts and the manners of prose in
tests/golden/reports/styles.yaml. A defect spoils one figure, year, heading or word. Run:
`python -m benchmarks.checking` (about five minutes); the result is committed as benchmarks/checking.md.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import MappingProxyType

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "report"))

from conftest import _make  # noqa: E402
from layouts import TEXT_LAYOUTS, paper_lines  # noqa: E402

from assistant.numbers import write_chinese_numeral  # noqa: E402
from assistant.report.checked import check_report, load_check_rules  # noqa: E402
from assistant.report.drafting.draft import ReportRules, draft_report, load_report_rules  # noqa: E402
from assistant.report.layout import lay_out  # noqa: E402
from assistant.report.tables import Statistics  # noqa: E402
from benchmarks.figure_defects import (  # noqa: E402
    DEFECTS,
    DEFECTS_OF_YEARS,
    with_cells,
    with_other_form,
    with_torn_table,
    year_before,
)

CORPUS = ROOT / "corpus"
STYLES = yaml.safe_load((ROOT / "tests/golden/reports/styles.yaml").read_text(encoding="utf-8"))
_FIELD = re.compile(r"\{(?:(?P<code>[A-Z]\dh?):)?(?P<name>\w+)\}")
Spoil = Callable[[Random, list[str]], bool]


def figures(statistics: Statistics) -> dict[str, int]:
    """What the fields of styles.yaml stand for."""
    form = statistics.form

    def total(table: str, row: str, *columns: str) -> int:
        return sum(
            statistics.value(table, leaf, column)
            for leaf in form.tables[table].expand("row", row)
            for column in columns
        )

    names = ("received", "carried_in", "total", "granted", "partly_granted", "refused", "unavailable",
             "not_processed", "other_heading", "carried_out")  # fmt: skip
    values = {name: total("requests", name, "total") for name in names}
    values |= {name: total("reviews", name, "total") for name in ("reconsideration", "litigation")}
    values |= {name: total("disclosure", "normative_documents", name) for name in ("issued", "repealed", "in_force")}
    values |= {name: total("disclosure", name, "decisions") for name in ("licences", "penalties")}
    values["natural"] = total("requests", "received", "natural_person")
    values["legal"] = values["received"] - values["natural"]
    values["due"] = values["received"] + values["carried_in"]
    return values | {"year": statistics.year, "711": 711}


def sound_statistics(seed: int, rules: ReportRules) -> Statistics:
    """The figures of a sound report of a city's department."""
    random = Random(seed)
    statistics = _make(random, rules.forms["2021"], None)
    return replace(
        statistics,
        level="department",
        region_rank="city",
        agency=f"{random.choice(['云泽', '松桥', '白石'])}市{random.choice(['水务', '教育', '民政', '体育'])}局",
        cells=MappingProxyType({a: 0 if a.row == "rules" else v for a, v in statistics.cells.items()}),
    )


def sound_lines(seed: int, rules: ReportRules) -> tuple[list[str], dict[str, list[str]] | None, dict[str, int]]:
    """A sound report as Markdown lines; for the written manners its prose before the figures are filled in."""
    statistics = sound_statistics(seed, rules)
    lines = paper_lines(lay_out(draft_report(statistics, None, rules)), TEXT_LAYOUTS["markdown"])
    manner = [None, *STYLES][seed % (len(STYLES) + 1)]
    return lines, STYLES[manner] if manner else None, figures(statistics)


def fill(text: str, values: dict[str, int], spoilt: tuple[int, int] | None, counter: Iterator[int]) -> str:
    """The text with its figures; field number `spoilt[0]` gets `spoilt[1]` added."""

    def figure(match: re.Match[str]) -> str:
        value = values[match["name"]]
        if spoilt is not None and next(counter) == spoilt[0]:
            value += spoilt[1]
        return write_chinese_numeral(value) if (match["code"] or "").endswith("h") and value < 9999 else str(value)

    return _FIELD.sub(figure, text)


def fields_of(prose: dict[str, list[str]]) -> list[re.Match[str]]:
    """The fields of a manner of prose in the order in which `assemble` fills them."""
    return [m for key in ("lead", "overview", "problems", "other") for t in prose[key] for m in _FIELD.finditer(t)]


def assemble(
    lines: list[str], prose: dict[str, list[str]], values: dict[str, int], spoilt: tuple[int, int] | None = None
) -> list[str]:
    """The report's lines with the prose of one manner in place of the draft's."""
    counter = iter(range(10**6))
    heads = {key: n for n, line in enumerate(lines) for key, mark in _HEADS if line.startswith(mark)}
    title = lines[0] if lines[0].endswith("报告") else lines[0] + lines[1]
    out = [title, *(fill(text, values, spoilt, counter) for text in prose["lead"])]
    out += [lines[heads["overview"]], *(fill(text, values, spoilt, counter) for text in prose["overview"])]
    out += lines[heads["disclosure"] : heads["problems"] + 1]
    out += [fill(text, values, spoilt, counter) for text in prose["problems"]]
    out += [lines[heads["other"]], *(fill(text, values, spoilt, counter) for text in prose["other"])]
    return [*out, *lines[-2:]]


_HEADS = (("overview", "一、总体"), ("disclosure", "二、主动"), ("problems", "五、存在"), ("other", "六、其他"))


def _swap(old: str, new: str) -> Spoil:
    def spoil(random: Random, lines: list[str]) -> bool:
        for number, line in enumerate(lines):
            if re.search(old, line):
                lines[number] = re.sub(old, new, line, count=1)
                return True
        return False

    return spoil


def _drop(*marks: str) -> Spoil:
    def spoil(random: Random, lines: list[str]) -> bool:
        mark = random.choice(marks)
        kept = [line for line in lines if not line.startswith(mark)]
        done = len(kept) < len(lines)
        lines[:] = kept
        return done

    return spoil


def _chapter(start: str, end: str | None, text: list[str]) -> Spoil:
    """Puts `text` in place of what stands between two headings."""

    def spoil(random: Random, lines: list[str]) -> bool:
        first = next(n for n, line in enumerate(lines) if line.startswith(start))
        last = next((n for n, line in enumerate(lines) if end and line.startswith(end)), len(lines) - 2)
        lines[first + 1 : last] = text
        return True

    return spoil


def _add(text: str, before: str = "二、主动") -> Spoil:
    def spoil(random: Random, lines: list[str]) -> bool:
        at = next(n for n, line in enumerate(lines) if line.startswith(before))
        lines.insert(at, text)
        return True

    return spoil


def _charge(random: Random, lines: list[str]) -> bool:
    """A fee in chapter one that chapter six leaves out or denies; no defect where chapter six tells one."""
    if any(re.search(r"信息处理费.*[1-9]\d*元", line) for line in lines):
        return False
    return _add("依法收取信息处理费3200元。")(random, lines)


# Layouts of text in which a blank cell still has its place.
_BLANKS_STAY = ("markdown", "bars", "bars_with_fillers", "bar_ends_line", "bar_between_lines", "tabs")
SEEDS: dict[str, list[Spoil]] = {
    "N5": [
        _add("依据《中华人民共和国政府信息公开条例》（国务院令第771号）开展工作。"),
        _add("本报告依据国办公开办函〔2019〕60号编制。", "一、总体"),
        _add("本报告统计期限自2018年1月1日至2018年12月31日。", "一、总体"),
        _add("北川市体育馆路的青山县卫生健康局2011年政府信息公开工作年度报告如下。", "一、总体"),
    ],
    "N6": [
        _add("全年发布信息400条，其中通知类100条，占25.9%。"),
        _add("发布政策解读20篇，其中文字8篇，图解7篇，其他6篇。"),
        _add("受理咨询80件，其中电话咨询60件，占总数的57%。"),
    ],
    "S1": [
        _drop("五、存在", "六、其他", "四、政府"),
        _swap("^六、其他需要报告的事项", "六、附则"),
        _swap("^五、存在的主要问题及改进情况", "五、问题与打算"),
    ],
    "S4": [
        _chapter("一、总体", "二、主动", ["今年工作平稳有序，依申请公开办理规范，主动公开及时。"]),
        _chapter(
            "一、总体", "二、主动", ["我局主动公开各类信息，依申请公开、网站平台、目录管理、监督考核都有进步，" * 40]
        ),
    ],
    "S5": [
        _chapter("五、存在", "六、其他", ["总体运行良好。"]),
        _chapter("六、其他", None, []),
    ],
    "S6": [
        _add("报告包括总体情况、主动公开情况、申请处理情况、复议诉讼情况、其他事项等六部分。", "一、总体"),
        _add("一是加强领导；二是完善机制；四是强化培训。", "六、其他"),
    ],
    "P1": [
        _add("2024年2月30日召开专题会议。"),
        _add("对公开目录进行进行了更新。"),
        _add("全年更新栏目１2个。"),
        _add("20251月1日起启用新平台。"),
    ],
    "W5": [_charge],
    "W7": [_add("{last}年，我局主动公开各类信息，持续扩大公开范围。")],
}


def spoilt_tables(seed: int, rules: ReportRules) -> Iterator[tuple[str, list[str]]]:
    """The report with one thing wrong in its tables, code by code, each in one of the layouts of text."""
    random = Random(seed)
    statistics = sound_statistics(seed, rules)
    paper = lay_out(draft_report(statistics, None, rules))
    papers = {
        code: with_cells(paper, statistics, cells)
        for code, defect in DEFECTS.items()
        if (cells := defect(random, statistics)) is not None
    }
    papers |= {"S2": with_other_form(random, paper, rules.forms["2019"]), "S3": with_torn_table(random, paper)}
    for code, spoilt in papers.items():
        yield code, paper_lines(spoilt, TEXT_LAYOUTS[random.choice(_BLANKS_STAY)])


def two_years(seed: int, rules: ReportRules, code: str | None) -> tuple[list[str], list[str]]:
    """A report and that of the year before; with `code`, one thing in them does not follow."""
    random = Random(seed)
    now = sound_statistics(seed, rules)
    before = year_before(now)
    cells = DEFECTS_OF_YEARS[code](random, now, before) if code else ({}, {})
    now_paper, before_paper = (
        with_cells(lay_out(draft_report(statistics, None, rules)), statistics, changed)
        for statistics, changed in zip((now, before), cells, strict=True)
    )
    layout = TEXT_LAYOUTS[random.choice(_BLANKS_STAY)]
    return paper_lines(now_paper, layout), paper_lines(before_paper, layout)


def measure(per_code: int = 120, clean: int = 300) -> tuple[Counter, Counter, Counter, int]:
    """Return how often each code was seeded and found, what was found on sound reports, and their number."""
    rules, check_rules = load_report_rules(CORPUS), load_check_rules(CORPUS)
    seeded, found, false = Counter(), Counter(), Counter()
    with TemporaryDirectory() as folder:
        path, last = Path(folder) / "年报.md", Path(folder) / "上年.md"

        def codes(lines: list[str], before: list[str] | None = None) -> set[str]:
            path.write_text("\n".join(lines), encoding="utf-8")
            last.write_text("\n".join(before or ()), encoding="utf-8")
            findings = check_report(path, last if before else None, check_rules).findings
            # A gap that the draft left is told rightly, and is neither seeded nor false.
            return {finding.code for finding in findings if "待填" not in finding.message}

        for seed in range(clean):
            lines, prose, values = sound_lines(seed, rules)
            for code in codes(assemble(lines, prose, values) if prose else lines):
                false[code] += 1
            # The drafts of two years from the same notes are alike, which W7 tells rightly.
            for code in codes(*two_years(seed, rules, None)) & DEFECTS_OF_YEARS.keys():
                false[code] += 1
        for seed in range(10_000, 10_000 + per_code):
            random = Random(seed)
            lines, prose, values = sound_lines(seed, rules)
            for code, spoils in SEEDS.items():
                spoilt = assemble(lines, prose, values) if prose else list(lines)
                if random.choice(spoils)(random, spoilt):
                    seeded[code] += 1
                    text = [line.replace("{last}", str(values["year"] - 1)) for line in spoilt]
                    found[code] += code in codes(text)
            for code, table_lines in spoilt_tables(seed, rules):
                seeded[code] += 1
                found[code] += code in codes(table_lines)
            for code in DEFECTS_OF_YEARS:
                seeded[code] += 1
                found[code] += code in codes(*two_years(seed, rules, code))
            if prose is None:
                continue
            fields = fields_of(prose)
            for code in ("N1", "N2", "N3", "N4", "N5"):
                own = [n for n, match in enumerate(fields) if (match["code"] or "").startswith(code)]
                if own:
                    change = random.choice([1, 3, 10, 111])
                    lines_now = assemble(lines, prose, values, (random.choice(own), change))
                    seeded[code] += 1
                    hit = code in codes(lines_now)
                    found[code] += hit
                    if not hit and "-v" in sys.argv:
                        print(
                            code, [a for a, b in zip(lines_now, assemble(lines, prose, values), strict=True) if a != b]
                        )
    return seeded, found, false, clean


def main() -> None:
    """Print the result as benchmarks/checking.md holds it."""
    seeded, found, false, clean = measure()
    print("| code | seeded | found | share | on sound reports |\n|---|---|---|---|---|")
    for code in sorted(seeded):
        share = 100 * found[code] / seeded[code]
        print(f"| {code} | {seeded[code]} | {found[code]} | {share:.1f} % | {false[code]} of {clean} |")
    other = {code: number for code, number in false.items() if code not in seeded}
    print(f"\nOther findings on sound reports: {other or 'none'}.")


if __name__ == "__main__":
    main()
