"""Whose report it is and of which year, by titles, lead-ins and signatures as offices word them."""

from pathlib import Path

import pytest

from assistant.documents.blocks import Document, Paragraph
from assistant.report.reading.head import read_head


@pytest.fixture
def head(check_rules):
    """head("title", …, closing=[…]) → what the report says of itself."""

    def head(*lines, closing=(), declared=""):
        body = ["一、总体情况", "本年工作平稳。", *closing]
        blocks = tuple(Paragraph(line) for line in (*lines, *body))
        document = Document(Path("a.txt"), "txt", blocks, {"title": declared} if declared else {})
        return read_head(document, check_rules.words, len(lines))

    return head


BUREAU = "云岭市水务局"


@pytest.mark.parametrize(
    ("lines", "agency", "year"),
    [
        (["云岭市水务局2023年政府信息公开工作年度报告"], BUREAU, 2023),
        (["2023年云岭市水务局政府信息公开工作年度报告"], BUREAU, 2023),
        (["云岭市水务局 2023 年政府信息公开工作年度报告"], BUREAU, 2023),
        (["云岭市水务局2023年度信息公开年报"], BUREAU, 2023),
        (["云岭市水务局关于2023年度政府信息公开工作的年度报告"], BUREAU, 2023),
        (["关于云岭市水务局2023年政府信息公开工作情况的报告"], BUREAU, 2023),
        (["云岭市水务局二〇二三年政府信息公开工作年度报告"], BUREAU, 2023),
        (["云岭市水务局政府信息公开工作年度报告（2023年）"], BUREAU, 2023),
        (["云岭市水务局", "政府信息公开工作年度报告", "（2023年度）"], BUREAU, 2023),
        (["云岭市水务局2023年", "政府信息公开工作年度报告"], BUREAU, 2023),
        (["云岭市水务局关于", "2023年政府信息公开工作年度报告"], BUREAU, 2023),
        (["正文", "云岭市水务局2023年政府信息公开工作年度报告"], BUREAU, 2023),
        (["首页 > 政务公开 > 政府信息公开年报", "云岭市水务局2023年政府信息公开工作年度报告"], BUREAU, 2023),
        (["来源：云岭市水务局 发布时间：2024-01-20", "云岭市水务局2023年政务公开工作年度报告"], BUREAU, 2023),
        (["青石县人民政府2021年政府信息公开工作年度报告"], "青石县人民政府", 2021),
        (["2021年青石县人民政府信息公开年度报告"], "青石县人民政府", 2021),
        (["柳湾镇人民政府2020年政府信息公开年度报告"], "柳湾镇人民政府", 2020),
        (["2022年迎春路街道政府信息公开工作年度报告"], "迎春路街道", 2022),
        (["云岭市人民政府办公室2022年政府信息公开工作年度报告"], "云岭市人民政府办公室", 2022),
    ],
)
def test_a_title_names_the_body_and_the_year(head, lines, agency, year):
    read = head(*lines)
    assert (read.agency, read.year) == (agency, year)
    assert read.title


@pytest.mark.parametrize(
    ("lines", "closing", "agency", "year"),
    [
        (["2023年政府信息公开工作年度报告"], ["云岭市水务局", "2024年1月20日"], BUREAU, 2023),
        (
            ["本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"],
            ["云岭市水务局", "2023年1月20日"],
            BUREAU,
            2022,
        ),
        (["本报告由云岭市水务局根据《条例》编制，统计期限为2022年1月1日至12月31日。"], [], BUREAU, 2022),
        (["现公布云岭市水务局2022年政府信息公开工作年度报告。"], [], BUREAU, 2022),
        (["现将有关情况报告如下。"], ["云岭市水务局2023年1月20日"], BUREAU, 2022),
        (["现将有关情况报告如下。"], [], "", 0),
    ],
)
def test_without_a_title_the_lead_in_or_the_signature_tells(head, lines, closing, agency, year):
    read = head(*lines, closing=closing)
    assert (read.agency, read.year) == (agency, year)


def test_a_web_page_may_have_its_title_outside_the_article(head):
    read = head("现将有关情况报告如下。", declared="云岭市水务局2023年政府信息公开工作年度报告")
    assert (read.agency, read.year) == (BUREAU, 2023)


@pytest.mark.parametrize(
    ("agency", "level", "rank"),
    [
        ("云岭市水务局", "department", None),
        ("示例省教育厅", "department", None),
        ("青石县人民政府", "government", "county"),
        ("云岭市东港区人民政府", "government", "county"),
        ("云岭市人民政府", "government", None),
        ("示例省人民政府", "government", "province"),
        ("柳湾镇人民政府", "township", "county"),
        ("迎春路街道办事处", "township", "county"),
        ("云岭市人民政府办公室", "", None),
        ("云岭高新技术产业开发区管理委员会", "", None),
        ("国家林草总局", "", None),
    ],
)
def test_the_name_tells_the_level_only_where_it_is_sure(head, agency, level, rank):
    read = head(f"{agency}2023年政府信息公开工作年度报告")
    assert (read.agency, read.level, read.region_rank) == (agency, level, rank)
