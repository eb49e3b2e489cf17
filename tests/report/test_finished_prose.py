"""The prose of finished reports against their tables: what is said wrong is found, what says nothing raises nothing."""

from itertools import count
from random import Random

import pytest

from assistant.report.checked import check_report
from benchmarks.checking import SEEDS, STYLES, assemble, fields_of, sound_lines


@pytest.fixture
def found(check_rules, tmp_path):
    """found(lines) → the findings of a report with these lines."""

    def found(lines):
        path = tmp_path / "年报.md"
        path.write_text("\n".join(lines), encoding="utf-8")
        return check_report(path, None, check_rules).findings

    return found


def manner(rules, name, first=0):
    """A sound report whose prose is of that manner: its lines, its prose and its figures."""
    for seed in count(first):
        lines, prose, values = sound_lines(seed, rules)
        if prose is STYLES[name]:
            return lines, prose, values
    raise AssertionError


@pytest.mark.parametrize("name", STYLES)
def test_every_spoilt_figure_of_a_manner_is_found_with_both_numbers_and_its_place(rules, found, name):
    lines, prose, values = manner(rules, name)
    assert found(assemble(lines, prose, values)) == ()
    for number, field in enumerate(fields_of(prose)):
        code = (field["code"] or "")[:2]
        if code:
            findings = [
                f
                for f in found(assemble(lines, prose, values, (number, 3 if code == "N5" else 1000)))
                if f.code == code
            ]
            assert findings, field.group()
            assert all(f.anchor is not None and f.basis and f.expected != f.actual for f in findings)


@pytest.mark.parametrize("code", SEEDS)
def test_every_kind_of_defect_is_found_in_every_manner(rules, found, code):
    for name in STYLES:
        lines, prose, values = manner(rules, name, first=500)
        for spoil in SEEDS[code]:
            spoilt = assemble(lines, prose, values)
            if spoil(Random(1), spoilt):
                last = str(values["year"] - 1)
                assert code in {f.code for f in found([line.replace("{last}", last) for line in spoilt])}, (name, spoil)


@pytest.mark.parametrize(
    "sentence",
    [
        "收到的申请均按期答复。",
        "全年公开信息1200条，其中通知98条。",
        "受理市长信箱来信56件，办结56件。",
        "12345热线受理工单1280件，按期办结率100%。",
        "全县教育系统共收到政府信息公开申请977件。",
        "收到政府信息公开网络申请977件。",
        "收到政府信息公开申请300余件。",
        "办理人大建议、政协提案977件，全部办结并公开。",
        "召开政府信息公开工作会议3次，培训45人次。",
        "全年办理行政复议案件977件。",
        "主动公开规范性文件解读977件。",
        "审查备案规范性文件977件。",
        "较上年的依申请公开减少977件。",
        "平均办理时长8个工作日，延期答复政府信息公开申请977件。",
        "与2019年相比，公开数量增加。",
        "一一核对公开内容，件件有回音，政务公开公开栏更新4次。",
    ],
)
def test_a_sentence_without_a_claim_about_a_cell_raises_nothing(rules, found, sentence):
    lines, prose, values = manner(rules, "plain")
    told = assemble(lines, {**prose, "overview": [*prose["overview"], sentence]}, values)
    assert [f.message for f in found(told)] == []


@pytest.mark.parametrize(
    ("gap", "chapter", "code"),
    [
        ("【待填：政府信息公开平台建设情况】", "一、", "S4"),
        ("组织培训XX次。", "一、", "S4"),
        ("下一步（待补充）。", "五、", "S5"),
        ("收取信息处理费____元。", "六、", "S5"),
        ("本报告由××年起报送。", "", "P1"),
    ],
)
def test_what_was_left_to_be_filled_in_is_found_where_it_stands(rules, found, gap, chapter, code):
    lines, prose, values = manner(rules, next(iter(STYLES)))
    sound = assemble(lines, prose, values)
    at = next((n for n, line in enumerate(sound) if line.lstrip("# ").startswith(chapter)), 0) + 1
    findings = found([*sound[:at], "", gap, "", *sound[at:]])
    assert [(finding.code, finding.actual in gap) for finding in findings] == [(code, True)]
