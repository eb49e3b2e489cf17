"""The sentence of a text that stands in for one that was not proved."""

import pytest

from assistant.answering.claim_words import ClaimWords
from assistant.answering.replacing import best_sentence
from tests.conftest import ROOT

WORDS = ClaimWords(ROOT / "corpus" / "claims.yaml")
TEXT = (
    "申请内容不明确的，行政机关应当一次性告知申请人补正。答复期限从补正的申请收到那天算起。"
    "申请人没有正当理由又逾期不补正的，申请视为放弃。但行政机关应当记录。第三方的意见由行政机关征求。"
)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("申请不明确的，三日内通知他补正。", "申请内容不明确的，行政机关应当一次性告知申请人补正。"),
        ("答复期限从补正前算。", "答复期限从补正的申请收到那天算起。"),
        ("第三方的意见由法院征求。", "第三方的意见由行政机关征求。"),
        # An exception is told with its rule, and the rule with it.
        ("逾期不补正的，当作放弃。", "申请人没有正当理由又逾期不补正的，申请视为放弃。但行政机关应当记录。"),
        ("行政机关不必记录。", "申请人没有正当理由又逾期不补正的，申请视为放弃。但行政机关应当记录。"),
        ("The weather is fine.", ""),
    ],
)
def test_the_sentence_that_shares_most_words_stands_in_with_what_belongs_to_it(claim, sentence):
    assert best_sentence(claim, TEXT, WORDS)[1] == sentence
