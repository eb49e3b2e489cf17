"""Whole conversations through the chat: a letter to its Word file, a draft from figures that were said, corrections."""

from datetime import date
from pathlib import Path

import docx
import pytest
import yaml

from assistant.office.ledger_records import RequestRecord
from assistant.report.command import draft_files
from tests.conftest import ROOT, TODAY
from ui.dropped import in_order, take_file
from ui.running import Memory, Run
from ui.talk import work_out


@pytest.fixture
def say(assistant):
    """say(memory, message, …) → (memory, the last answer, the files that came with it)."""

    def say(memory, *messages):
        answer, asked = {}, []
        for message in messages:
            answer, memory = work_out(assistant, message, TODAY, asked, memory, Run())
            asked.append(message)
        return memory, answer["answer"], answer.get("files")

    return say


def test_a_letter_is_asked_for_field_by_field_and_handed_over_as_word(say):
    memory, answer, _ = say(Memory(), "帮我写个补正告知书")
    assert "本机关全称" in answer
    messages = ("示例市水务局", "示水公开〔2026〕12号", "张某", "2026年1月5日", "验收报告")
    memory, answer, files = say(memory, *messages, "写明工程名称", "2026年1月28日", "2026年1月12日", "生成")
    assert "政府信息公开申请补正告知书" in answer
    (path,) = files
    text = "\n".join(paragraph.text for paragraph in docx.Document(path).paragraphs)
    assert "张某：" in text
    assert "写明工程名称" in text
    assert Path(path).name == "补正告知书.docx"


def test_a_letter_of_a_registered_request_is_noted_once_however_often_it_is_corrected(say, assistant):
    desk = assistant.desk
    number = desk.ledger.next_number(2026)
    record = RequestRecord(number, date(2026, 1, 5), "post", "张某", "natural_person", "验收报告")
    desk.ledger.add_requests([record], TODAY)
    memory, _, _ = say(Memory(), f"给{number}写个补正告知书")
    messages = ("示例市水务局", "示水公开〔2026〕12号", "写明工程名称", "2026年1月28日", "2026年1月12日", "生成")
    memory, answer, _ = say(memory, *messages)
    assert f"已记入台账{number}" in answer
    memory, answer, files = say(memory, "把发文字号改成示水公开〔2026〕15号")
    assert files
    (sent,) = desk.ledger.get(number).letters
    assert (sent.kind, sent.document_number) == ("correction_notice", "示水公开〔2026〕15号")


def test_a_date_is_asked_back_computed_and_cited(say):
    memory, answer, _ = say(Memory(), "我们刚收到一个申请，最晚哪天答复")
    assert "从哪一天起算" in answer
    memory, answer, _ = say(memory, "2026年1月5日")
    assert "最晚2026年2月2日" in answer
    assert "第三十三条第二款 [" in answer
    memory, answer, _ = say(memory, "那延期呢")
    assert "最晚2026年3月6日" in answer


def test_a_question_in_between_is_answered_from_the_corpus_and_the_letter_goes_on(say):
    memory, _, _ = say(Memory(), "帮我写个补正告知书", "示例市水务局")
    memory, answer, _ = say(memory, "补正告知几个工作日内要发出？")
    assert "7个工作日" in answer
    memory, answer, _ = say(memory, "示水公开〔2026〕12号")
    assert "发文字号：示水公开〔2026〕12号" in answer


def test_a_draft_from_figures_that_were_said(say):
    messages = (
        "帮我起草示例市水务局2025年年报",
        "新收：自然人12，企业3，其余都是0；上年结转没有",
        "予以公开：自然人10，企业3；不掌握2件，都是自然人；其余都是0",
        "是",
        "没有",
        "没有规章，规范性文件制发2件，废止1件，现行有效15件",
        "行政许可120件，行政处罚8件，没有行政强制，行政事业性收费12.5万元",
        "没有",
        "起草",
    )
    memory, answer, files = say(Memory(), *messages)
    assert "新收政府信息公开申请15件" in answer
    assert [Path(path).suffix for path in files] == [".docx", ".yaml"]
    memory, answer, files = say(memory, "1月5日收到的申请，最晚哪天答复？")
    assert "答复政府信息公开申请：最晚" in answer
    memory, answer, files = say(memory, "把新收自然人改成13", "予以公开自然人改成11")
    assert "新收政府信息公开申请16件" in answer
    assert len(docx.Document(files[0]).tables) == 3
    memory, answer, _ = say(memory, "润色一下")
    assert "没有设置聊天模型" in answer


def test_last_years_report_as_word_is_a_start(assistant, say, tmp_path):
    memory, _, files = say(
        Memory(), "帮我起草示例市水务局2024年年报", "新收：自然人2，其余都是0；上年结转没有",
        "予以公开自然人1；其余都是0", "是", "没有", "没有", "没有", "没有", "起草",
    )  # fmt: skip
    before = next(path for path in files if path.endswith(".docx"))
    memory, _, _ = say(Memory(), "帮我起草示例市水务局2025年年报")
    answer, memory = take_file(assistant, Path(before), memory)
    assert "已收到2024年度的数据，作为上年数据" in answer["answer"]
    assert "上年结转按上年的“结转下年度”填：自然人1、总计1" in answer["answer"]
    assert memory.interview.year == 2025


def test_a_report_that_was_dropped_is_checked_and_what_is_asked_about_a_finding_is_answered(assistant, say, tmp_path):
    lines = [
        "示例市水务局2025年政府信息公开工作年度报告",
        "根据《中华人民共和国政府信息公开条例》（国务院令第771号）编制。",
        *("一、总体情况", "全年主动公开信息12条。", "二、主动公开政府信息情况"),
    ]
    path = tmp_path / "年报.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    answer, memory = take_file(assistant, path, Memory())
    assert "不像政府信息公开工作年度报告" in answer["answer"]
    assert memory.checked is None
    lines += [
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    answer, memory = take_file(assistant, path, memory)
    assert "【错误】" in answer["answer"]
    assert "为什么 " in answer["answer"]
    memory, answer, _ = say(memory, "为什么 N5 不对？")
    assert "771" in answer
    assert "711" in answer
    assert "依据" in answer
    _, answer, _ = say(memory, "收到申请后几个工作日内答复？")
    assert "20" in answer


@pytest.mark.parametrize(
    ("message", "taken"),
    [
        ("", ["统计.xlsx", "年报.docx"]),
        ("这是去年的年报和今年的统计表", ["统计.xlsx", "年报.docx"]),
        ("请核对一下", ["统计.xlsx", "年报.docx"]),
        ("这份年报要哪天前公布？", ["统计.xlsx", "年报.docx", "这份年报要哪天前公布？"]),
        ("公开年报的依据是哪一条", ["统计.xlsx", "年报.docx", "公开年报的依据是哪一条"]),
        ("帮我起草2025年年报", ["帮我起草2025年年报", "年报.docx", "统计.xlsx"]),
    ],
)
def test_a_message_beside_files_is_taken_as_it_is_meant(assistant, message, taken):
    order = in_order(assistant, message, [Path("统计.xlsx"), Path("年报.docx")])
    assert [item if isinstance(item, str) else item.name for item in order] == taken


def test_a_wish_its_figures_and_last_years_report_in_one_message_make_the_draft(assistant, say, tmp_path):
    """The figures are not lost to the wish that came with them, and last year's report is no report to check."""
    head = {"agency": "示例市水务局", "level": "department", "form": "2021"}
    tables = {"reviews": {"all_zero": True}, "processing_fee": {"cases": 0, "amount": 0}}
    paths = []
    for year, requests in ((2024, {"all_zero": True}), (2025, requests_of(2))):
        path = tmp_path / f"{year}.yaml"
        data = {**head, **tables, "year": year, "disclosure": {"all_zero": True}, "requests": requests}
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        paths.append(path)
    report = tmp_path / "年报.docx"
    draft_files(assistant.settings.shipped_folder / "corpus", paths[0], None, report, None, None, force=False)
    memory, files = Memory(), []
    for item in in_order(assistant, "帮我起草2025年年报", [paths[1], report]):
        if isinstance(item, str):
            memory, answer, _ = say(memory, item)
        else:
            taken, memory = take_file(assistant, item, memory)
            answer, files = taken["answer"], taken["files"]
    assert "新收政府信息公开申请由零增至2件" in answer
    assert any(Path(file).suffix == ".docx" for file in files)


def requests_of(granted):
    """表三 of a body that granted all it was asked for, by persons."""
    form = yaml.safe_load((ROOT / "corpus/forms/2021.yaml").read_text(encoding="utf-8"))["tables"]["requests"]
    kinds = [row for top in form["blocks"][0]["rows"] for row in walk(top)]
    columns = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
    told = {"received", "granted", "total"}
    return {
        row: {key: granted if row in told and key in ("natural_person", "total") else 0 for key in columns}
        for row in kinds
    }


def walk(row):
    if "children" in row:
        return [key for child in row["children"] for key in walk(child)]
    return [row["key"]]
