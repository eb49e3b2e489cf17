import json
import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assistant.errors import InputError
from assistant.report.errors import FormError, StatisticsError
from assistant.report.statistics_files import dump_statistics, load_statistics
from assistant.report.values import read_value
from assistant.report.workbook_writing import write_workbook

GOOD = """form: "2021"
agency: 示例市水务局
level: department
region_rank: city
year: 2025
disclosure: {fees: {amount: 12.5}}
requests: {all_zero: true}
reviews: {all_zero: true}
"""


@pytest.fixture
def load(tmp_path, rules):
    def load(content, suffix=".yaml"):
        path = tmp_path / f"统计{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_statistics(path, rules.forms)

    return load


@pytest.fixture
def filled(rules, make, load):
    """filled({"表三!D7": "／"}) → the statistics read from a workbook whose cells were typed over."""

    def filled(typed, statistics=None):
        book = load_workbook(BytesIO(dump_statistics(statistics or make(3, year=2025), ".xlsx")))
        for place, value in typed.items():
            sheet, _, cell = place.partition("!")
            book[sheet][cell] = value
        content = BytesIO()
        book.save(content)
        return load(content.getvalue(), ".xlsx")

    return filled


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".xlsx"])
@pytest.mark.parametrize("form", ["2021", "2019"])
def test_nothing_is_lost_in_any_kind_of_file(make, load, change, suffix, form):
    for seed in range(25):
        statistics = make(seed, form)
        addresses = [str(address) for address in statistics.cells]
        statistics = change(statistics, {addresses[seed]: None, addresses[-1 - seed]: None, addresses[40]: 99_999})
        assert load(dump_statistics(statistics, suffix), suffix) == statistics


def test_a_chain_of_conversions_ends_where_it_began(make, load):
    statistics = make(12)
    for suffix in (".xlsx", ".json", ".yaml", ".xlsx", ".yaml", ".json"):
        statistics_after = load(dump_statistics(statistics, suffix), suffix)
        assert statistics_after == statistics
        statistics = statistics_after


def test_amounts_are_decimals_to_the_last_digit(load):
    statistics = load(GOOD.replace("12.5", "0.1001"))
    assert statistics.value("disclosure", "fees", "amount") == Decimal("0.1001")
    assert b"0.1001" in dump_statistics(statistics, ".json")
    assert json.loads(dump_statistics(statistics, ".json"))["disclosure"]["fees"]["amount"] == 0.1001


def test_all_zero_stands_for_a_whole_table_and_the_rest_is_not_entered(load):
    statistics = load(GOOD)
    assert statistics.all_zero("requests")
    assert statistics.value("disclosure", "licences", "decisions") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year: 2025\n", "", "缺少 year"),
        ("year: 2025", "year: 二五", "请写四位年份"),
        ("year: 2025", "year: 2020", "“2021”表式用于2021年度及以后，不用于2020年度；2020年度请用“2019”表式"),
        ('form: "2021"', 'form: "2030"', "没有“2030”这个表式；可用的有 2019、2021"),
        ("level: department", "level: 局", "机关类别（level）填的是“局”，不认识；可以填的有 部门（department）"),
        ("reviews:", "review:", "不认识的项目 review；可用的有"),
        ("{fees: {amount: 12.5}}", "{fees: {amount: 12.5, unit: 万元}}", "disclosure.fees中有不认识的项目 unit"),
        ("{fees: {amount: 12.5}}", "{fees: 12.5}", "disclosure.fees 的内容应当是“列: 数值”"),
        ("{all_zero: true}", "{all_zero: false}", "就只能是 all_zero: true"),
        ("level: department", "level: department\nlevel: township", "项目 level 写了两次"),
        (
            "region_rank: city",
            "region_rank: &a [x, x]\ncontact: *a",
            "第5行用了 YAML 的引用（*a），不会读；请把内容写全",
        ),
        ("agency: 示例市水务局", "agency: [", "行不是正确的 YAML"),
        ("agency: 示例市水务局", "agency: " + "长" * 61, "机关名称应当为1至60个字"),
        (GOOD, "- 1\n", "内容应当是“名称: 数值”的列表"),
        (GOOD, "[" * 5000, "层次太深"),
    ],
)
def test_a_broken_file_is_refused_in_one_clear_line(load, old, new, message):
    assert old in GOOD
    with pytest.raises(InputError, match=r"[\u4e00-\u9fff]") as caught:
        load(GOOD.replace(old, new, 1))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "suffix", "message"),
    [
        (b"\xff\xfe\x00", ".yaml", "不是 UTF-8"),
        (b"{", ".json", "第1行不是正确的 JSON"),
        (b"{}", ".json", "缺少 form"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, ".xlsx", "旧的 .xls 格式或者加了密码"),
        (b"PK\x03\x04junk", ".xlsx", "不是完好的 .xlsx"),
        (b"x", ".xls", "另存为 .xlsx"),
        (b"x", ".csv", "不会读"),
        (b" " * 2_500_000, ".yaml", "太大"),
        (b"x" * 50_000_000, ".xlsx", "太大"),
        (b'{"form": 1, "form": 2}', ".json", "项目 form 写了两次"),
        (b"[" * 100_000, ".json", "层次太深"),
    ],
)
def test_what_is_no_statistics_file_is_refused(load, content, suffix, message):
    with pytest.raises(StatisticsError, match=message):
        load(content, suffix)


def test_a_zip_bomb_is_refused_before_it_is_opened(load):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    with pytest.raises(StatisticsError, match="解开后过大"):
        load(content.getvalue(), ".xlsx")


def test_a_zip_that_is_no_workbook_is_refused(load):
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(StatisticsError, match="不是完好的"):
        load(content.getvalue(), ".xlsx")


def test_a_missing_file_is_said_to_be_missing(tmp_path, rules):
    with pytest.raises(StatisticsError, match="找不到统计文件"):
        load_statistics(tmp_path / "无.yaml", rules.forms)


@pytest.mark.parametrize(
    ("raw", "value", "kind"),
    [
        ("１，２００ 件", 1200, "unit"),
        ("１２", 12, "full_width"),
        ("12", 12, "text_number"),
        ("1,024", 1024, "separator"),
        ("+22", 22, "sign"),
        ("/", None, "slash"),
        ("—", None, "slash"),
        ("无", None, "slash"),
        ("", None, ""),
        (None, None, ""),
        ("--253", None, "not_number"),
        ("三十", None, "not_number"),
        ("5元", None, "not_number"),
        ("1,2", None, "not_number"),
        ("300余", None, "not_number"),
        (True, None, "not_number"),
        (7.0, 7, ""),
        (1.5, Decimal("1.5"), ""),
        (-2, -2, ""),
        ("1e9", None, "not_number"),
        (10**13, None, "not_number"),
        (float("inf"), None, "not_number"),
        ("9" * 60, None, "not_number"),
    ],
)
def test_a_value_is_read_as_a_clerk_means_it(rules, raw, value, kind):
    cell = next(
        cell for address, cell in rules.forms["2021"].cells.items() if str(address) == "requests.received.total"
    )
    assert read_value(raw, cell) == (value, kind)


@given(
    st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.binary(max_size=5), st.none(), st.lists(st.none()))
)
@settings(max_examples=300, deadline=None)
def test_no_value_whatever_breaks_the_reader(raw):
    from assistant.report.forms import Address, Cell

    value, _ = read_value(raw, Cell(Address("a", "b", "c"), "格", "件", decimal=False, signed=False))
    assert value is None or isinstance(value, int | Decimal)


def test_odd_cells_of_a_workbook_are_read_and_named(filled, rules):
    from assistant.report.checking.case import Case
    from assistant.report.checking.constraints import run_checks

    statistics = filled({"表三!D6": "１２件", "表三!E6": "/", "表二!B9": "1,024", "表三!F6": "三", "表二!B5": None})
    found = {f.location: f for f in run_checks(Case(rules.rules, statistics)) if f.code in ("W6", "H5")}
    assert statistics.value("requests", "received", "natural_person") == 12
    assert "表三“一、本年新收政府信息公开申请数量”行“自然人”列（表三!D6）填的是“１２件”" in found["表三!D6"].message
    assert found["表三!E6"].message.endswith("填的是“/”，按没有填写处理；没有的请填0。")
    assert (found["表三!F6"].code, found["表三!F6"].severity) == ("H5", "error")
    assert statistics.value("disclosure", "licences", "decisions") == 1024
    assert "表二“规章”行“本年制发件数”列没有填写；没有的请填0。" in [f.message for f in found.values()]


def test_totals_of_the_empty_template_are_formulas_that_add_up_when_filled(rules, load):
    form = rules.forms["2021"]
    book = load_workbook(BytesIO(write_workbook(form)))
    head = book["基本信息"]
    for row, value in ((2, "示例市水务局"), (3, "部门"), (4, "市级"), (5, 2025), (7, 0), (8, 0)):
        head.cell(row, 2, value)
    sheet = book["表三"]
    assert sheet["J6"].value == "=SUM(D6:I6)"
    assert sheet["D29"].value == "=SUM(D8:D28)"
    values = {"D6": 3, "D8": 2, "E6": 1, "E30": 1, "D30": 1}
    for row in range(6, 31):
        for column in "DEFGHI":
            place = f"{column}{row}"
            if row != 29:
                assert sheet[place].value is None
                sheet[place] = values.get(place, 0)
    content = BytesIO()
    book.save(content)
    statistics = load(content.getvalue(), ".xlsx")
    assert statistics.value("requests", "received", "total") == 4
    assert statistics.value("requests", "total", "total") == 2
    assert statistics.value("requests", "carried_out", "total") == 2
    assert statistics.value("reviews", "reconsideration", "total") is None
    assert statistics.remarks == ()


def test_a_wrong_total_survives_in_a_workbook(make, change, load):
    statistics = change(make(3), {"requests.received.total": 77_777})
    assert load(dump_statistics(statistics, ".xlsx"), ".xlsx") == statistics


def test_a_foreign_formula_without_a_result_is_not_guessed(filled):
    statistics = filled({"表二!B9": "=1+1"})
    assert statistics.value("disclosure", "licences", "decisions") is None
    assert [(remark.kind, remark.place) for remark in statistics.remarks] == [("formula", "表二!B9")]


def test_a_note_that_looks_like_a_formula_stays_text(make, with_notes, load):
    statistics = with_notes(make(1), proactive=["=1+1", "+5条", "@某"])
    assert load(dump_statistics(statistics, ".xlsx"), ".xlsx") == statistics


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda book: book["表三"].delete_rows(9), "工作表“表三”第9行应当是"),
        (lambda book: book["表二"].insert_rows(6), "工作表“表二”第6行应当是"),
        (lambda book: book["表四"].delete_cols(2), "工作表“表四”"),
        (
            lambda book: setattr(book["表三"], "title", "申请"),
            "没有工作表“表三”（现有 填写说明、基本信息、表二、申请、表四、文字材料）",
        ),
        (lambda book: book.remove(book["文字材料"]), "没有工作表“文字材料”"),
        (lambda book: book["基本信息"].delete_rows(2), "第2行应当是“机关名称”"),
        (lambda book: book["文字材料"].append(["别的", "文字"]), "类别“别的”不认识"),
        (lambda book: setattr(book["基本信息"]["B5"], "value", None), "缺少 year"),
    ],
)
def test_a_workbook_out_of_shape_is_refused_and_the_place_named(make, load, damage, message):
    book = load_workbook(BytesIO(dump_statistics(make(3), ".xlsx")))
    damage(book)
    content = BytesIO()
    book.save(content)
    with pytest.raises(StatisticsError, match=message):
        load(content.getvalue(), ".xlsx")


def test_the_workbook_keeps_numbers_in_check_by_itself(rules):
    book = load_workbook(BytesIO(write_workbook(rules.forms["2021"])))
    sheet = book["表三"]
    assert {"申请人情况", "法人或其他组织"} <= {str(cell.value) for row in sheet.iter_rows(max_row=5) for cell in row}
    assert "D3:J3" in {str(merged) for merged in sheet.merged_cells.ranges}
    (whole,) = sheet.data_validations.dataValidation
    assert (whole.type, whole.formula1, whole.error) == ("whole", "0", "请填不小于0的整数，没有的填0。")
    assert "D6" in whole.sqref
    assert "J6" not in whole.sqref
    assert sheet["D31"].value.startswith('=IF(D6+D7=D29+D30,"平"')


def test_a_year_outside_the_form_is_refused_also_in_json(load):
    with pytest.raises(FormError, match="2019年度请用“2019”表式"):
        load(json.dumps({"form": "2021", "agency": "甲局", "level": "部门", "year": 2019}), ".json")


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_the_title_of_the_guide_has_room_for_its_larger_letters(rules, form):
    """Looked at as LibreOffice prints it: rows of the usual height cut the second line."""
    from io import BytesIO

    from assistant.report.workbook_writing import write_workbook

    guide = load_workbook(BytesIO(write_workbook(rules.forms[form]))).worksheets[0]
    assert len(guide["A1"].value) * 2 > 55  # two lines
    assert guide.row_dimensions[1].height >= 2 * 14 * 1.25
