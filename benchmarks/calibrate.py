"""Learns when to decline and writes `corpus/calibration.yaml`: `python -m benchmarks.calibrate`.

Learnt from the corpus itself: a question line (answerable) or an example of a topic to decline is asked while it, and
a third of the others, are hidden; half of the topics are hidden altogether, because people ask what nobody foresaw.
The threshold is chosen on the tuning half of the golden questions; the reporting half is not read.
"""

import random
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from assistant.app import build_assistant
from assistant.evaluation import load_questions
from assistant.retrieval.calibration import Calibration, features
from assistant.retrieval.embeddings import BundledEmbeddings, PreparedVectors
from assistant.retrieval.hybrid import Search, search
from assistant.retrieval.index import Index, doors_of
from assistant.retrieval.store import Nearby

ROOT = Path(__file__).resolve().parent.parent
NEIGHBOURS = 300
FOLDS = 3
SAMPLE = 1500


def hidden_search(index: Index, vectors: NDArray[np.float64], number: int, hidden: NDArray[np.bool_]) -> Search:
    """Return what a search for door `number` would see if the doors in `hidden` were not there."""
    doors = doors_of(index.articles, index.topics)
    similarity = np.where(hidden, -1.0, vectors @ vectors[number])
    order = (-similarity).argsort()[:NEIGHBOURS]
    nearby = tuple(
        Nearby(doors[i].article, doors[i].paragraph, float(similarity[i]), doors[i].text, doors[i].is_question)
        for i in map(int, order)
    )
    lines = [i for i, door in enumerate(doors) if door.is_question]
    scores = np.where(hidden[lines], 0.0, index.lines_by_words.scores(doors[number].text))
    length = max(1, index.lines_by_words.length(doors[number].text)) ** 0.5
    return Search(
        (), nearby, float(scores[: index.known_lines].max()) / length, float(scores[index.known_lines :].max()) / length
    )


def training_set(index: Index) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """Return features (samples, features), labels (1 answerable) and the names of the features."""
    random.seed(20261122)
    doors = doors_of(index.articles, index.topics)
    prepared = PreparedVectors.load(ROOT / "corpus" / "vectors.npz", BundledEmbeddings.name)
    vectors = np.array([prepared.get(door.text, door.is_question) for door in doors], dtype=np.float64)
    fold = np.array([random.randrange(FOLDS) if door.is_question else -1 for door in doors])
    topic = np.array([door.article for door in doors])
    known = random.sample([i for i, door in enumerate(doors) if door.is_question and door.article >= 0], SAMPLE)
    foreign = [i for i, door in enumerate(doors) if door.article < 0]
    rows, labels = [], []
    for i in [*known, *foreign]:
        hidden = fold == fold[i]
        if topic[i] < 0 and i % 2:
            hidden |= topic == topic[i]
        rows.append(features(hidden_search(index, vectors, i, hidden)))
        labels.append(float(topic[i] >= 0))
    names = list(rows[0])
    return np.array([[row[name] for name in names] for row in rows]), np.array(labels), names


def fit(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return intercept and weights of a logistic regression, both classes weighted alike, a little ridge."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    a = np.column_stack([np.ones(len(x)), (x - mean) / spread])
    sample = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    beta = np.zeros(a.shape[1])
    for _ in range(50):  # Newton's steps; a handful suffice
        p = 1 / (1 + np.exp(-a @ beta))
        gradient = a.T @ (sample * (y - p)) - beta * np.r_[0, np.ones(len(beta) - 1)]
        hessian = (a * (sample * p * (1 - p))[:, None]).T @ a + np.diag(np.r_[0, np.ones(len(beta) - 1)])
        beta = beta + np.linalg.solve(hessian, gradient)
    weights = beta[1:] / spread
    return float(beta[0] - weights @ mean), weights


def main() -> None:
    """Write the calibration and print how it parts the tuning questions."""
    assistant = build_assistant(date(2026, 11, 22))
    x, y, names = training_set(assistant.index)
    intercept, weights = fit(x, y)
    table = dict(zip(names, (round(float(w), 4) for w in weights), strict=True))
    calibration = Calibration(round(intercept, 4), table, 0.5)
    questions = [q for q in load_questions(ROOT / "tests/golden/questions.yaml", half="tuning") if not q.history]
    probabilities = np.array(
        [calibration.probability(search(assistant.index, q.question, date(2026, 11, 22))) for q in questions]
    )
    answerable = np.array([q.answerable for q in questions])
    best = (0.0, 0.5)
    for threshold in np.arange(0.2, 0.9, 0.02):
        declined = probabilities < threshold
        hit = (declined & ~answerable).sum()
        precision, recall = hit / max(1, declined.sum()), hit / (~answerable).sum()
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"{threshold:.2f} precision {precision:.3f} recall {recall:.3f} f1 {f1:.3f}")
        best = max(best, (round(float(f1), 6), round(float(threshold), 2)))
    for p, q in sorted(zip(probabilities, questions, strict=True), key=lambda pair: pair[0]):
        if (p < best[1]) == q.answerable:
            print(f"{p:.2f} {'answerable' if q.answerable else 'to decline'} {q.question}")
    (ROOT / "corpus" / "calibration.yaml").write_text(
        "# When to decline: learnt by `python -m benchmarks.calibrate` (its docstring says from what).\n"
        + yaml.safe_dump({"intercept": calibration.intercept, "weights": table, "threshold": best[1]}, sort_keys=False),
        encoding="utf-8",
    )
    print(table, best)


if __name__ == "__main__":
    main()
