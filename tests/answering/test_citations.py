from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.citations import Answer, cite, parts_of, verify_citations
from assistant.sources.digests import load_digests


@pytest.fixture
def articles(small_corpus):
    return load_digests(small_corpus / "regulations")


def status(articles, citation):
    answer = Answer("问", "答 [1]", False, None, (citation,), "test")
    return verify_citations(answer, parts_of(articles)).citations[0].status


@pytest.fixture
def citation(articles):
    article = next(a for a in articles if a.id == "rule#2")
    return cite(article, article.paragraphs[1], 1)


def test_a_true_citation_is_verified(articles, citation):
    assert citation.clause == "第二条第二款"
    assert status(articles, citation) == "verified"


def test_width_and_spaces_do_not_matter_in_a_quotation(articles, citation):
    assert status(articles, replace(citation, quote="可以收取 信息处理费。")) == "verified"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"quote": "应当收取信息处理费"}, "unsupported"),
        ({"quote": ""}, "unsupported"),
        ({"quote": "提供信息不收取费用。"}, "unsupported"),
        ({"article": 3, "clause": "第三条第二款"}, "unknown"),
        ({"clause": "第二条第三款"}, "unknown"),
        ({"clause": "第二条", "article": 1}, "unknown"),
        ({"document": "没有的规定"}, "unknown"),
        ({"in_force_from": date(2011, 1, 1)}, "unknown"),
    ],
)
def test_an_untrue_citation_is_not_verified(articles, citation, change, expected):
    assert status(articles, replace(citation, **change)) == expected


def test_a_stated_status_is_computed_anew(articles, citation):
    assert status(articles, replace(citation, quote="编造", status="verified")) == "unsupported"


def test_the_json_form_has_iso_dates(citation):
    value = Answer("问", "答", False, None, (citation,), "test").as_json()
    assert value["citations"][0]["in_force_from"] == "2020-01-01"
    assert value["citations"][0]["in_force_until"] is None
