"""The golden questions, asked for real: what the goals say, over the half that is never tuned on."""

from pathlib import Path

import pytest
import yaml

from assistant.evaluation import evaluate, load_questions
from tests.conftest import TODAY

GOLDEN = Path(__file__).parent / "golden"
FILES = (
    GOLDEN / "questions.yaml",
    GOLDEN / "questions_unseen.yaml",
    GOLDEN / "questions_fresh.yaml",
    GOLDEN / "questions_wide.yaml",
)


def every_question(half=None):
    return [question for path in FILES for question in load_questions(path, half)]


@pytest.fixture(scope="module")
def reporting(assistant):
    return evaluate(assistant, load_questions(GOLDEN / "questions.yaml", half="reporting"), TODAY)


@pytest.mark.parametrize(
    ("measure", "goal"),
    [
        ("recall@5", 0.95),
        ("mrr", 0.85),
        ("fact_coverage", 0.90),
        ("refusal_precision", 0.90),
        ("refusal_recall", 0.90),
        ("citations_verified", 1.0),
    ],
)
def test_the_reporting_half_reaches_the_goal(reporting, measure, goal):
    assert reporting[measure] >= goal


def test_there_are_enough_questions_and_none_is_a_line_of_the_corpus(assistant):
    questions = every_question()
    lines = {line for article in assistant.index.articles for p in article.paragraphs for line in p.questions}
    assert len(questions) >= 250
    assert sum(not question.answerable for question in questions) >= 40
    assert len({question.id for question in questions}) == len(questions)
    for path in FILES:
        asked = [(question.question, question.history) for question in load_questions(path)]
        assert len(set(asked)) == len(asked)
    assert not lines & {question.question for question in questions}


def test_every_gold_document_is_in_the_corpus(assistant):
    from assistant.evaluation.questions import plain_name

    names = {
        plain_name(name)
        for article in assistant.index.articles
        for name in (article.source.title, article.source.document_number, *article.source.short_titles)
    }
    for question in every_question():
        assert {plain_name(document) for document, _ in question.articles} <= names, question.id


def test_every_citation_of_every_tuning_answer_is_verified(assistant):
    result = evaluate(assistant, every_question("tuning"), TODAY)
    assert result["citations"] > 500
    assert result["citations_verified"] == 1.0


def without_the_words_of_the_law(answer):
    """The answer with 〔第N条〕 in the place of what it quotes: the law's own text is in no file of the project."""
    text = answer.answer
    for citation in answer.citations:
        if citation.verbatim:
            assert citation.lead + citation.quote in text
            text = text.replace(citation.lead + citation.quote, f"〔{citation.clause}〕")
    return text


@pytest.mark.parametrize(
    "case", yaml.safe_load((GOLDEN / "answers.yaml").read_text(encoding="utf-8")), ids=lambda c: c["question"]
)
def test_whole_answers_are_as_they_were_read_and_approved(assistant, case):
    answer = assistant.ask(case["question"], TODAY, case.get("history", ()))
    assert without_the_words_of_the_law(answer) == case["answer"].rstrip("\n")
