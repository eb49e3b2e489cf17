"""What a text says of itself: title, number, issuer, days; and what it does not say stays open."""

from datetime import date
from pathlib import Path

import pytest

from assistant.documents.blocks import Document, Paragraph, RawTable
from assistant.errors import CorpusFileError
from assistant.sources.dates import parse_day
from assistant.sources.metadata import load_issuers, read_metadata

ISSUERS = load_issuers(Path(__file__).parents[2] / "corpus" / "issuers.yaml")

ORDER, CONGRESS = "中华人民共和国国务院令", "全国人民代表大会"


def read(*lines, kind="txt", name="文件.txt", **declared):
    blocks = tuple(line if isinstance(line, RawTable) else Paragraph(line) for line in lines)
    return read_metadata(Document(Path(name), kind, blocks, declared), ISSUERS)


def test_a_regulation_with_its_history_is_the_latest_version():
    found = read(
        "某某管理条例",
        f"（2012年3月1日{ORDER}第601号公布 2020年5月6日{ORDER}第702号修订）",
        "第一条 为了规范工作，制定本条例。",
        "第二条 本条例自2020年7月1日起施行。",
    )
    assert (found.title, found.document_number, found.issuer) == ("某某管理条例", "国务院令第702号", "国务院")
    assert (found.issued_on, found.in_force_from, found.notes) == (date(2020, 5, 6), date(2020, 7, 1), ())


def test_a_law_amended_by_decision_leaves_its_day_of_effect_open():
    found = read(
        "中华人民共和国某某法",
        f"1995年2月3日 第八届{CONGRESS}第三次会议通过",
        f"2018年4月5日 第十三届{CONGRESS}常务委员会第二次会议《关于修改〈中华人民共和国某某法〉的决定》修正",
        "第一条 为了规范工作，制定本法。",
        "第二条 本法自1995年5月1日起施行。1990年6月7日国务院发布的《某某条例》同时废止。",
    )
    assert found.issuer == "全国人民代表大会"
    assert (found.issued_on, found.in_force_from) == (date(2018, 4, 5), None)
    assert "--in-force-from" in found.notes[0]
    assert "1995-05-01）是更早的版本的" in found.notes[0]
    assert "按2018-04-05起算" in found.notes[0]
    assert found.repeals == ("某某条例",)


def test_a_notice_has_its_number_issuer_signature_and_end():
    found = read(
        "某市人民政府办公室文件",
        "某政办发〔2024〕7号",
        "某市人民政府办公室关于印发",
        "《公开工作规定》的通知",
        "各区县人民政府：",
        "根据国办发〔2017〕47号文件，制定本规定，请认真执行。",
        "本规定自印发之日起施行，有效期5年。《旧规定》（某政办发〔2015〕3号）同时废止。",
        "某市人民政府办公室",
        "2024年1月5日",
    )
    assert found.title == "某市人民政府办公室关于印发《公开工作规定》的通知"
    assert (found.document_number, found.issuer) == ("某政办发〔2024〕7号", "某市人民政府办公室")
    assert (found.in_force_from, found.in_force_until) == (date(2024, 1, 5), date(2029, 1, 4))
    assert found.repeals == ("旧规定",)


def test_the_box_above_a_text_on_a_site_is_read():
    box = RawTable(
        (
            ("发文机关：", "国务院办公厅", "成文日期：", "2019年4月3日"),
            ("发文字号：", "国办发〔2019〕99号", "标 题：", "关于某事的通知"),
        )
    )
    found = read(box, "正文如下，请遵照执行。", kind="html", title="某页")
    assert (found.title, found.document_number) == ("关于某事的通知", "国办发〔2019〕99号")
    assert (found.issuer, found.issued_on) == ("国务院办公厅", date(2019, 4, 3))


@pytest.mark.parametrize(
    ("last", "day"),
    [
        ("本办法自二〇二四年三月一日起施行。", date(2024, 3, 1)),
        ("本办法自公布之日起施行。", date(2024, 1, 31)),
        ("本办法自公布之日起三十日后施行。", date(2024, 3, 1)),
        ("本办法由某局负责解释，自2024年3月1日起实施。", date(2024, 3, 1)),
    ],
)
def test_every_usual_wording_of_effect_is_read(last, day):
    found = read("某某办法", "（2024年1月31日某市人民政府令第9号公布）", "第一条 甲。", f"第二条 {last}")
    assert found.in_force_from == day
    assert (found.document_number, found.issuer) == ("某市人民政府令第9号", "某市人民政府")


def test_a_day_of_another_text_in_the_body_is_not_taken():
    found = read(
        "某某办法", "第一条 依照自2019年5月15日起施行的规定办理，有关事项由各部门负责。", *["第二条 甲。"] * 9, "末。"
    )
    assert found.in_force_from is None
    assert found.notes == ("没有找到施行日期，请用 --in-force-from 填写。", "没有找到发文机关，可用 --issuer 填写。")


def test_the_number_s_first_characters_name_the_issuer():
    assert read("关于某事的解释", "国办公开办函〔2016〕1号", "甲。").issuer == "国务院办公厅政府信息与政务公开办公室"


def test_a_text_without_title_is_called_as_its_file():
    assert read("甲。", name="某某规定(2019-05-15).txt").title == "某某规定"


@pytest.mark.parametrize(
    ("text", "day"),
    [("2019年5月15日", date(2019, 5, 15)), ("二〇一九年十二月三十一日", date(2019, 12, 31)),
     ("2019-05-15", date(2019, 5, 15)), ("2023年2月30日", None), ("五月", None)],
)  # fmt: skip
def test_days_are_read_and_impossible_ones_are_none(text, day):
    assert parse_day(text) == day


def test_a_list_of_issuers_that_is_none_is_refused(tmp_path):
    path = tmp_path / "issuers.yaml"
    path.write_text("- a", encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"issuers\.yaml 第1行"):
        load_issuers(path)


def test_a_line_without_end_is_read_in_time_and_what_it_repeals_is_found():
    import time

    from assistant.sources.metadata import _repeals

    began = time.process_time()
    assert _repeals(["字" * 300_000, "一" * 100_000 + "，《旧办法》同时废止，《新办法》施行"]) == ("旧办法",)
    assert _repeals(["《甲》；《乙》同时废止，《丙》自行废止。《丁》不废止。"]) == ("乙", "丙")
    assert time.process_time() - began < 5


@pytest.mark.parametrize("count", ["九" * 9, "9" * 9, "九千九百", "一二三四五六七八九十" * 30, "9" * 5000])
def test_a_count_of_days_or_years_that_cannot_be_leaves_the_day_open(count):
    lines = (
        "某某管理办法",
        "（2020年5月6日某某市人民政府公布）",
        f"某某市人民政府令第{count}号",
        f"第{count}条 为了规范工作，制定本办法。",
    )
    assert read(*lines, f"本办法自公布之日起{count}日后施行。").in_force_from is None
    ends = read(*lines, f"本办法自2020年7月1日起施行，有效期{count}年。")
    assert (ends.in_force_from, ends.in_force_until) == (date(2020, 7, 1), None)


def test_a_line_of_days_without_end_is_read_in_time():
    import time

    began = time.process_time()
    assert read("某某办法", "2024年1月1日" * 30_000, "自公布之日起" * 40_000).title == "某某办法"
    assert time.process_time() - began < 20
