"""Statistics made at random, valid by construction, and what changes them."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from types import MappingProxyType

import pytest

from assistant.report.drafting.draft import load_report_rules
from assistant.report.forms import Address
from assistant.report.tables import Facts, LastYearProblem, Statistics

CORPUS = Path(__file__).parents[2] / "corpus"
NOTES = {
    "proactive": [
        "门户网站公开信息 {} 条",
        "政策解读 {} 篇，其中图解 {} 篇",
        "召开新闻发布会 {} 场",
        "公开预算、决算和“三公”经费",
    ],
    "on_request": ["完善登记、审核、答复、归档流程", "平均 {} 个工作日答复"],
    "management": ["清理规范性文件 {} 轮，标注效力状态", "更新主动公开基本目录"],
    "platform": ["政务新媒体发布信息 {} 条", "专栏访问量达 {}.{} 万次", "按统一规范设置政府信息公开专栏"],
    "supervision": ["举办业务培训 {} 次，参训 {} 人次", "每月开展一次网站巡查", "第三方评估得分 {}.{} 分"],
    "problems": ["专业解读少", "基层公开目录更新不够及时", "工作人员业务不熟"],
    "measures": ["每季度开展一次业务培训", "建立目录更新台账", "增加解读形式"],
    "other": ["办理政协提案 {} 件，均按期答复"],
}
AGENCIES = [
    ("示例市水务局", "department", "city"),
    ("样本县人民政府", "government", "county"),
    ("示例市人民政府", "government", "city"),
    ("样本区第三税务局", "department", "county"),
    ("示例镇人民政府", "township", "county"),
    ("示例省教育厅", "department", "province"),
    ("三岭市发展和改革委员会", "department", "city"),
]


@pytest.fixture(scope="session")
def rules():
    return load_report_rules(CORPUS)


@pytest.fixture(scope="session")
def check_rules():
    from assistant.report.checked import load_check_rules

    return load_check_rules(CORPUS)


@pytest.fixture(scope="session")
def make(rules):
    """make(seed, form="2021") → valid statistics; a third of the seeds have empty columns, some are all zero."""

    def make(seed, form_id="2021", year=None):
        return _make(Random(seed), rules.forms[form_id], year)

    return make


@pytest.fixture(scope="session")
def change():
    """change(statistics, {"requests.received.total": 5, …}, **fields) → the same with other cells."""

    def change(statistics, cells=None, **fields):
        changed = dict(statistics.cells)
        for name, value in (cells or {}).items():
            address = next(address for address in changed if str(address) == name)
            changed[address] = value
        return replace(statistics, cells=MappingProxyType(changed), **fields)

    return change


@pytest.fixture(scope="session")
def with_notes():
    def with_notes(statistics, last_year_problems=(), **notes):
        kept = {**statistics.facts.notes, **{key: tuple(value) for key, value in notes.items()}}
        problems = tuple(LastYearProblem(*pair) for pair in last_year_problems)
        return replace(statistics, facts=Facts(MappingProxyType(kept), problems))

    return with_notes


@pytest.fixture
def without_gaps(with_notes):
    """without_gaps(statistics) → the same with a note of every kind, so that its draft has nothing left to fill in.

    The notes of two years in a row differ: a text copied from the year before would be a finding.
    """
    notes = ("分批清理历年文件", "逐项核对")
    kinds = ("proactive", "management", "platform", "supervision", "problems", "measures")
    return lambda statistics: with_notes(statistics, **dict.fromkeys(kinds, (notes[statistics.year % 2],)))


def _make(random, form, year):
    agency, level, rank = random.choice(AGENCIES)
    cells = dict.fromkeys(form.cells, 0)
    most = random.choice([0, 1, 3, 12, 250])
    for address, cell in form.cells.items():
        if address.table == "disclosure" and not (
            address.row == "rules" and not (level == "government" and rank == "city")
        ):
            cells[address] = Decimal(random.randrange(10**6)) / 10**4 if cell.decimal else random.randrange(400)
            if cell.signed:
                cells[address] = random.randrange(-20, 20)
    for row in ("rules", "normative_documents"):
        in_force = Address("disclosure", row, "in_force")
        if in_force in cells:
            cells[in_force] += cells[Address("disclosure", row, "issued")]
    _fill_requests(random, form, cells, most)
    _fill_reviews(random, form, cells, random.choice([0, 0, 2, 30]))
    if form.processing_fee and random.random() < 0.4:
        cells[Address("processing_fee", "", "cases")] = random.randrange(1, 9)
        cells[Address("processing_fee", "", "amount")] = Decimal(random.randrange(1, 90)) * 100
    notes = {
        key: tuple(
            note.format(*(random.randrange(1, 2000) for _ in range(3)))
            for note in random.sample(pool, random.randrange(len(pool) + 1))
        )
        for key, pool in NOTES.items()
    }
    last = (LastYearProblem("更新不及时", "建立月度巡检"),) if random.random() < 0.5 else ()
    years = range(form.first_year, (form.until or 2030) + 1)
    return Statistics(
        form=form,
        agency=agency,
        level=level,
        region_rank=rank,
        year=year or random.choice(years),
        cells=MappingProxyType(cells),
        facts=Facts(MappingProxyType(notes), last),
        contact=random.choice(["", "电话 0533-2300000"]),
    )


def _fill_requests(random, form, cells, most):
    table = form.tables["requests"]
    columns = [leaf.key for leaf in table.blocks[0].column_leaves if leaf.key != "total"]
    results = [leaf.key for leaf in table.node("row", "results").leaves() if leaf.key != "total"]
    for column in columns:
        high = most if random.random() < 0.6 else 0
        for row in results:
            cells[Address("requests", row, column)] = random.randrange(high + 1) if random.random() < 0.5 else 0
        done = sum(cells[Address("requests", row, column)] for row in results)
        out = random.randrange(high + 1)
        carried = random.randrange(min(done + out, high) + 1)
        for row, value in (
            ("total", done),
            ("carried_out", out),
            ("carried_in", carried),
            ("received", done + out - carried),
        ):
            cells[Address("requests", row, column)] = value
    for row in [leaf.key for leaf in table.blocks[0].row_leaves]:
        cells[Address("requests", row, "total")] = sum(cells[Address("requests", row, column)] for column in columns)


def _fill_reviews(random, form, cells, most):
    table = form.tables["reviews"]
    for row in table.blocks[0].row_leaves:
        parts = [leaf.key for leaf in table.blocks[0].column_leaves if leaf.key != "total"]
        for column in parts:
            cells[Address("reviews", row.key, column)] = random.randrange(most + 1)
        cells[Address("reviews", row.key, "total")] = sum(
            cells[Address("reviews", row.key, column)] for column in parts
        )
