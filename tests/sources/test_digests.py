from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CorpusFileError
from assistant.sources.digests import load_digests
from tests.small import RULE

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture(scope="module")
def articles():
    return load_digests(CORPUS / "regulations")


def test_every_article_of_the_regulation_is_there(articles):
    numbers = {a.number for a in articles if a.source.id == "disclosure-regulation-2019" and not a.open_point}
    assert numbers == set(range(1, 57))


def test_every_article_has_at_least_six_ways_to_ask_for_it(articles):
    few = {a.id: n for a in articles if (n := sum(len(p.questions) for p in a.paragraphs)) < 6}
    assert few == {}


def test_there_are_more_than_1200_question_lines_and_none_stands_twice(articles):
    lines = Counter(q for a in articles for p in a.paragraphs for q in p.questions)
    assert sum(lines.values()) > 1200
    assert [line for line, count in lines.items() if count > 1] == []


def test_points_left_open_say_so(articles):
    open_points = [a for a in articles if a.open_point]
    assert len(open_points) >= 7
    assert all("没有明文规定" in p.text for a in open_points for p in a.paragraphs)


def test_repealed_texts_have_their_last_day(articles):
    ends = {a.source.id: a.source.in_force_until for a in articles if a.source.in_force_until}
    assert ends == {
        "disclosure-regulation-2007": date(2019, 5, 14),
        "annual-report-format-2019": date(2021, 9, 25),
        "judicial-interpretation-2011": date(2025, 5, 31),
    }


def test_a_section_is_read_with_its_paragraphs_lines_and_references(small_corpus):
    [_, first, second] = load_digests(small_corpus / "regulations")
    assert (first.id, first.name, first.chapter) == ("rule#1", "第一条", "第一章 总则")
    assert [p.label for p in second.paragraphs] == ["第一款", "第二款"]
    assert second.paragraphs[0].questions == ("要不要交钱",)
    assert second.paragraphs[0].see_also == ("rule#1",)


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("---\ntitle", "title", 1, "开头缺少"),
        ("official_url:\n---", "official_url:", 1, "没有用 --- 结束"),
        ("issuer: 示例机关", "issuer: [示例机关", 6, "YAML"),
        ("issuer: 示例机关", "isuer: 示例机关", 5, "不认识的项目 isuer"),
        ("issuer: 示例机关\n", "", 2, "缺少 issuer"),
        ("in_force_from: 2020-01-01", "in_force_from: 今年", 8, "不是日期"),
        ("kind: digest", "kind: copy", 2, "digest"),
        ("articles: 9", "articles: 九", 2, "articles"),
        ("## 第二条 收费", "## 第一条 收费", 21, "条文重复"),
        ("## 第一条 答复的期限", "答复的期限", 15, "缺少“## 第N条 标题”"),
        ("行政机关应当自收到申请之日起7个工作日内答复。\n问: 几天", "问: 几天", 17, "写在所属段落之后"),
        ("问: 多久给答复", "问: ", 19, "后面是空的"),
        ("另见: 第一条", "另见: 第八条", 25, "另见的条文不存在"),
        (RULE[RULE.index("【第一款】") :], "", 21, "没有正文"),
        ("问: 要不要交钱", "问: 几天内要回话", 21, "问句与"),
    ],
)  # fmt: skip
def test_what_breaks_the_format_is_refused_with_file_and_line(small_corpus, old, new, line, problem):
    assert old in RULE
    path = small_corpus / "regulations" / "rule.md"
    path.write_text(RULE.replace(old, new), encoding="utf-8")
    with pytest.raises(CorpusFileError, match=problem) as caught:
        load_digests(small_corpus / "regulations")
    assert caught.value.path == path
    assert caught.value.line == line
    assert str(caught.value).startswith(f"rule.md 第{line}行：")


def test_a_file_in_another_encoding_is_refused(small_corpus):
    path = small_corpus / "regulations" / "rule.md"
    path.write_bytes(RULE.encode("gb18030"))
    with pytest.raises(CorpusFileError, match="UTF-8"):
        load_digests(small_corpus / "regulations")
