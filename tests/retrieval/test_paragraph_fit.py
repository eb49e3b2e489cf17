"""Which paragraph of an article is said first."""

from datetime import date

import numpy as np
import pytest

from assistant.retrieval.paragraph_fit import best_lines


def test_every_paragraph_has_the_best_score_of_its_own_lines():
    scores = np.array([0.2, 0.9, 0.4, 1.0, 0.1], dtype=np.float32)
    assert best_lines(scores, [2, 0, 3]) == pytest.approx([0.9, 0.0, 1.0])
    assert best_lines(scores[:0], [0, 0]) == [0.0, 0.0]


# By vectors alone a neighbour was said first: the local authority for the national one, 不存在 for 不属于本机关.
@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("行政规范性文件要公开吗", "第二十条第一项"),
        ("全国主管部门", "第三条第二款"),
        ("不归我们管的事，答复里写什么", "第三十六条第五项"),
        ("市局的信息公开答复，复议找谁", "第二十四条第一款第一项"),
    ],
)
def test_words_that_only_one_paragraph_has_tell_it_from_its_neighbours(assistant, question, clause):
    assert assistant.ask(question, date(2026, 11, 22)).citations[0].clause == clause
