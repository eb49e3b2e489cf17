import pytest

from assistant.answering.mentions import find_mentions, find_unknown_law


@pytest.fixture(scope="module")
def sources(assistant):
    return {article.source.id: article.source for article in assistant.index.articles}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("条例第三十三条怎么规定", [("disclosure-regulation-2019", 33)]),
        ("第99条说什么", [("disclosure-regulation-2019", 99)]),
        ("复议法23条", [("reconsideration-law-2023", 23)]),
        ("《行政诉讼法》第四十六条", [("litigation-law-2017", 46)]),
        ("保密法实施条例第五条", [("secrets-implementation-2024", 5)]),
        ("保密法第六十四条和条例第十六条", [("secrets-law-2024", 64), ("disclosure-regulation-2019", 16)]),
        ("第三十二条和第三十四条有什么不同", [("disclosure-regulation-2019", 32), ("disclosure-regulation-2019", 34)]),
        ("一共申请了35条信息吗", []),
        ("几天内要回话", []),
        ("32条和34条不答复有啥区别", [("disclosure-regulation-2019", 32), ("disclosure-regulation-2019", 34)]),
        ("711号令第41条", [("disclosure-regulation-2019", 41)]),
        ("109号文第四条", [("processing-fee-2020", 4)]),
        ("这个月来了35条申请", []),
        ("第" + "九" * 50 + "条怎么说", []),
        ("第" + "9" * 1900 + "条怎么说", []),
    ],
)
def test_articles_named_in_a_question_are_found_with_their_law(sources, question, expected):
    found = find_mentions(question, sources.values(), sources["disclosure-regulation-2019"])
    assert [(mention.source.id, mention.number) for mention in found] == expected


@pytest.mark.parametrize(
    ("question", "label"),
    [("条例33条第2款讲啥", "第二款"), ("复议法第23条第1款第4项", "第一款第四项"), ("条例44条", "")],
)
def test_the_paragraph_named_is_read_with_the_article(sources, question, label):
    [mention] = find_mentions(question, sources.values(), sources["disclosure-regulation-2019"])
    assert mention.label == label


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("《政府采购法》第十条怎么规定", "政府采购法"),
        ("土地管理法第四十七条怎么规定", "土地管理法"),
        ("《政府信息公开条例》第十条怎么规定", ""),
        ("711号令第十条", ""),
        ("依法第三条行吗", ""),
        ("《告知书》里要写什么", ""),
        ("几天内要回话", ""),
    ],
)
def test_a_law_that_the_corpus_does_not_hold_is_told(sources, question, title):
    assert find_unknown_law(question, tuple(sources.values())) == title
