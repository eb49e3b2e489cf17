"""The statute splitter on made texts: what is a heading, what is only a reference, and how parts are addressed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.blocks import Paragraph, RawTable
from assistant.numbers import write_chinese_numeral
from assistant.sources.splitting import split_statute


def split(*lines):
    return split_statute([line if isinstance(line, RawTable) else Paragraph(line) for line in lines])


MADE = (
    "某市公开工作办法",
    "（2024年1月5日某市人民政府令第12号公布）",
    "目 录",
    "第一章 总 则",
    "第二章 受理",
    "第一章 总 则",
    "第一条 为了规范公开工作，制定本办法。",
    "第二条 本办法适用于本市各部门。",
    "部门的派出机构依照本办法",
    "第二条 第一款的规定办理。",
    "第二章 受理",
    "第一节 登记",
    "第三条 申请应当写明下列内容：",
    "（一）姓名；",
    "（二）内容，按照下列顺序写明：",
    "1.名称；",
    "2.年份；",
    "（三）方式。",
    "第三条和第五条所列内容不齐的，一次告知补正。",
    "第三条之一 当场能够答复的，当场答复。",
    "第二节 答复",
    "第四条",
    "答复采用书面形式。",
    "第三章",
    "附 则",
    "第五条　本办法自2024年3月1日起施行。",
    "附件：1.申请表",
    "第一项 姓名",
)


def test_articles_are_found_and_references_at_the_head_of_a_line_are_not():
    statute = split(*MADE)
    assert [a.name for a in statute.articles] == ["第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条"]
    assert statute.find("第二条") == "本办法适用于本市各部门。\n部门的派出机构依照本办法\n第二条第一款的规定办理。"


def test_contents_stay_outside_and_headings_stay_with_their_articles():
    statute = split(*MADE)
    assert statute.preamble == (*(re.sub(r"\s", "", line) for line in MADE[:3]), "第一章总则", "第二章受理")
    assert [(a.name, a.path) for a in statute.articles] == [
        ("第一条", ("第一章 总则",)),
        ("第二条", ("第一章 总则",)),
        ("第三条", ("第二章 受理", "第一节 登记")),
        ("第三条之一", ("第二章 受理", "第一节 登记")),
        ("第四条", ("第二章 受理", "第二节 答复")),
        ("第五条", ("第三章 附则",)),
    ]
    assert statute.annex == ("附件：1.申请表", "第一项姓名")


def test_clauses_items_and_points_are_addressed():
    statute = split(*MADE)
    assert statute.find("第三条第一款第二项") == "（二）内容，按照下列顺序写明：\n1.名称；\n2.年份；"
    assert statute.find("第三条第（三）项") == "（三）方式。"
    assert statute.find("第三条第二款") == "第三条和第五条所列内容不齐的，一次告知补正。"
    assert statute.find("第三条之一") == "当场能够答复的，当场答复。"
    assert [statute.find(a) for a in ("第九条", "第三条第九款", "第三条第九项", "第二款", "附件")] == [None] * 5
    assert [a for a, _ in statute.article(3).parts()] == [
        "第三条第一款", "第三条第一款第一项", "第三条第一款第二项", "第三条第一款第三项", "第三条第二款",
    ]  # fmt: skip
    assert [a for a, _ in statute.article(4).parts()] == ["第四条"]


def test_items_run_together_in_one_paragraph_are_parted_and_references_to_items_are_not():
    statute = split(
        "第一条 下列情形之一的：（一）甲；（二）乙。",
        "第二条 依照前条第（一）项、第（二）项办理；（三）不在此列。",
    )
    assert [item.text for item in statute.article(1).clause(1).items] == ["（一）甲；", "（二）乙。"]
    assert statute.article(2).clause(1).items == ()


def test_a_table_stays_in_its_article():
    table = RawTable((("档次", "标准"), ("一", "10元")))
    statute = split("第一条 收费标准如下：", table, "第二条 本办法自公布之日起施行。")
    assert statute.article(1).clause(1).tables == (table,)
    assert statute.find("第一条") == "收费标准如下：\n档次 | 标准\n一 | 10元"


def test_articles_without_a_space_after_their_number_are_found():
    statute = split(
        "第一条为了规范工作，制定本办法。",
        "第二条申请人依照第一条提出。",
        "第一条所称工作，是指公开。",
        "第三条本办法即日施行。",
    )
    assert [a.name for a in statute.articles] == ["第一条", "第二条", "第三条"]
    assert statute.article(2).clause(2).text == "第一条所称工作，是指公开。"


def test_headings_that_begin_with_a_number_or_a_connective_are_headings():
    statute = split(
        "第一章 第一审程序",
        "第一条 甲。",
        "第二章 与他人的关系",
        "第二条 乙。",
        "第二章和第三章的规定另行解释。",
        "第三条 丙。",
    )
    assert statute.headings == ("第一章 第一审程序", "第二章 与他人的关系")
    assert statute.article(2).clause(2).text == "第二章和第三章的规定另行解释。"


def test_books_and_parts_make_the_path():
    statute = split(
        "第一编 总则",
        "第一分编 通则",
        "第一章 规定",
        "第一条 甲。",
        "第二编 分则",
        "第二条 乙。",
        "附 则",
        "第三条 丙。",
    )
    assert [a.path for a in statute.articles] == [
        ("第一编 总则", "第一分编 通则", "第一章 规定"),
        ("第二编 分则",),
        ("附则",),
    ]


def test_a_second_statute_in_the_file_is_not_taken_into_the_first():
    statute = split("甲办法", "第一条 一。", "第二条 二。", "乙办法", "第一条 三。", "第二条 四。")
    assert [a.text for a in statute.articles] == ["一。", "二。"]
    assert statute.annex[0] == "乙办法"


def test_a_signature_is_no_clause_of_the_last_article():
    statute = split("第一条 甲。", "第二条 本办法自印发之日起施行。", "某市人民政府办公室", "2024年1月5日")
    assert statute.articles[-1].text == "本办法自印发之日起施行。"
    assert statute.annex == ("某市人民政府办公室", "2024年1月5日")


def test_a_text_without_articles_is_all_preamble():
    statute = split("关于做好工作的通知", "各单位：", "一、提高认识。")
    assert statute.articles == ()
    assert statute.preamble == ("关于做好工作的通知", "各单位：", "一、提高认识。")


WORDS = st.text(alphabet="公开申请答复登记工作机关办理期限", min_size=4, max_size=30)


@given(
    st.lists(
        st.tuples(st.lists(WORDS, min_size=1, max_size=3), st.integers(0, 3), st.booleans()), min_size=2, max_size=30
    ),
    st.sampled_from([" ", "\u3000", "  "]),
)
def test_whatever_the_articles_are_they_come_back(articles, gap):
    lines, wanted = [], []
    for number, (clauses, items, chapter) in enumerate(articles, start=1):
        if chapter:
            lines.append(f"第{write_chinese_numeral(number)}章 {clauses[0][:6]}")
        texts = [f"{clause}。" for clause in clauses]
        texts += [f"（{write_chinese_numeral(n)}）{clauses[0]}；" for n in range(1, items + 1)]
        wanted.append("\n".join(texts))
        lines += [f"第{write_chinese_numeral(number)}条{gap}{texts[0]}", *texts[1:]]
    statute = split(*lines)
    assert [a.text for a in statute.articles] == wanted
    assert [a.number for a in statute.articles] == list(range(1, len(articles) + 1))


def test_a_number_without_end_begins_no_article_and_names_none():
    for numeral in ("九" * 500, "9" * 5000, "一 " * 500 + "一"):
        statute = split(
            "第一条 为了规范工作，制定本办法。", f"第{numeral}条 没有这一条。", "第二条 本办法自公布之日起施行。"
        )
        assert [article.name for article in statute.articles] == ["第一条", "第二条"]
        assert statute.find(f"第{numeral}条") is None
