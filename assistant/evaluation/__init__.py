"""Measures over questions with known articles: deterministic, no judge model."""

from assistant.evaluation.measures import evaluate, measure, run
from assistant.evaluation.questions import Question, load_questions, rank_of

__all__ = ["Question", "evaluate", "load_questions", "measure", "rank_of", "run"]
