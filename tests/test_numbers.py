import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.numbers import fold_figures, fold_width, parse_chinese_numeral, write_chinese_numeral


@given(st.integers(0, 9999))
def test_a_written_numeral_reads_back_as_the_same_number(value):
    assert parse_chinese_numeral(write_chinese_numeral(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("二十", 20), ("十五", 15), ("一百零九", 109), ("两千", 2000), ("二〇一九", 2019), ("三万五千", 35000)],
)
def test_numerals_of_official_prose_are_read(numeral, value):
    assert parse_chinese_numeral(numeral) == value


@pytest.mark.parametrize("numeral", ["", "abc", "十元", "九" * 50, "万" * 5000])
def test_what_is_no_numeral_is_refused(numeral):
    with pytest.raises(ValueError, match="not a Chinese numeral"):
        parse_chinese_numeral(numeral)


def test_a_number_beyond_the_range_is_refused():
    with pytest.raises(ValueError, match="out of range"):
        write_chinese_numeral(10_000)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("二十个工作日", "20个工作日"),
        ("第三十三条第二款", "第33条第2款"),
        ("二十 个工作日", "20个工作日"),
        ("２０个工作日", "20个工作日"),
        ("一次性告知", "一次性告知"),
        ("三需要", "三需要"),
        ("统一平台", "统一平台"),
        ("12.5万元", "12.5万元"),
        ("三万元", "30000元"),
        ("四个栏目", "4个栏目"),
    ],
)
def test_only_counted_numerals_become_digits(text, folded):
    assert fold_figures(text) == folded


def test_width_and_white_space_are_folded():
    assert fold_width("（一） ２０　日\n") == "(一)20日"


@pytest.mark.parametrize("numeral", ["一二三四五六七八九十百千万" * 100, "万" * 3000])
def test_a_run_of_numerals_that_nobody_can_read_stays_as_it_is(numeral):
    for text in (f"第{numeral}条", f"{numeral}个工作日", f"收到{numeral}件"):
        assert fold_figures(text) == text
