import pytest

from assistant.answering.mentions import find_mentions


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
    ],
)
def test_articles_named_in_a_question_are_found_with_their_law(sources, question, expected):
    found = find_mentions(question, sources.values(), sources["disclosure-regulation-2019"])
    assert [(mention.source.id, mention.number) for mention in found] == expected
