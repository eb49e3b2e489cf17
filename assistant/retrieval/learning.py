"""When to decline, learnt from the corpus itself; and how the cosines of an embedder compare with the bundled one's.

A question line (answerable) or an example of a topic to decline is asked while it, and a third of the others, are
hidden; half of the topics are hidden altogether, because people ask what nobody foresaw.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from assistant.retrieval.calibration import Calibration, features
from assistant.retrieval.hits import Search
from assistant.retrieval.keyword import KeywordIndex
from assistant.retrieval.store import Cosines, Door, Nearby

Floats = NDArray[np.floating[Any]]

_NEIGHBOURS = 300
_FOLDS = 3
_SAMPLE = 1500
# One question in so many has no answer in the corpus, of those that reach an office.
_FOREIGN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Samples:
    """What was seen: features (samples, features), 1 for answerable (samples,), and the names of the features."""

    features: NDArray[np.float64]
    answerable: NDArray[np.float64]
    names: tuple[str, ...]


def sample(doors: Sequence[Door], vectors: Floats, lines: KeywordIndex) -> Samples:
    """Return what searches would see that ask the question lines themselves.

    Args:
        vectors: of the doors, shape (doors, dimension), length 1.
        lines: BM25 over the question lines, those of articles first.
    """
    chance = random.Random(20261122)
    fold = np.array([chance.randrange(_FOLDS) if door.is_question else -1 for door in doors])
    owner = np.array([door.article for door in doors])
    own = [i for i, door in enumerate(doors) if door.is_question and door.article >= 0]
    foreign = [i for i, door in enumerate(doors) if door.article < 0]
    rows, labels = [], []
    for i in [*chance.sample(own, min(_SAMPLE, len(own))), *foreign]:
        hidden = fold == fold[i]
        if owner[i] < 0 and i % 2:
            hidden |= owner == owner[i]
        rows.append(features(_hidden_search(doors, vectors, lines, len(own), i, hidden)))
        labels.append(float(owner[i] >= 0))
    names = tuple(rows[0])
    return Samples(np.array([[row[name] for name in names] for row in rows]), np.array(labels), names)


def _hidden_search(
    doors: Sequence[Door], vectors: Floats, lines: KeywordIndex, known: int, number: int, hidden: NDArray[np.bool_]
) -> Search:
    """Return what a search for door `number` would see if the doors in `hidden` were not there."""
    similarity = np.where(hidden, -1.0, vectors @ vectors[number])
    order = (-similarity).argsort()[:_NEIGHBOURS]
    nearby = tuple(
        Nearby(doors[i].article, doors[i].paragraph, float(similarity[i]), doors[i].text, doors[i].is_question)
        for i in map(int, order)
    )
    questions = np.array([door.is_question for door in doors])
    scores = np.where(hidden[questions], 0.0, lines.scores(doors[number].text))
    length = max(1, lines.length(doors[number].text)) ** 0.5
    return Search((), nearby, float(scores[:known].max()) / length, float(scores[known:].max()) / length)


def learn(doors: Sequence[Door], vectors: Floats, lines: KeywordIndex, shipped: Path, folder: Path) -> Cosines:
    """Write `calibration.yaml` for the embedder of `vectors` into `folder`; return the scale of its cosines.

    Args:
        shipped: the calibration for the bundled embedder, which holds the scale.
    """
    near, far = yaml.safe_load(shipped.read_text(encoding="utf-8"))["cosines"]
    seen = sample(doors, vectors, lines)
    cosines = compare_cosines(seen, near, far)
    calibration = fit(on_scale(seen, cosines))
    (folder / "calibration.yaml").write_text(yaml.safe_dump(calibration.as_data(), sort_keys=False), encoding="utf-8")
    return cosines


def measure_cosines(samples: Samples) -> tuple[float, float]:
    """Return the mean cosine of an answerable question with the nearest line, and with the nearest foreign ones."""
    rows = samples.features[samples.answerable == 1]
    line, foreign = (rows[:, samples.names.index(name)].mean() for name in ("line", "foreign"))
    return float(line), float(foreign)


def compare_cosines(samples: Samples, near: float, far: float) -> Cosines:
    """Return what brings these cosines onto a scale on which `measure_cosines` would give (`near`, `far`)."""
    line, foreign = measure_cosines(samples)
    scale = (near - far) / max(1e-6, line - foreign)
    return Cosines(scale, near - scale * line)


def on_scale(samples: Samples, cosines: Cosines) -> Samples:
    """Return the samples with their cosines put on the common scale."""
    values = samples.features.copy()
    for column, name in enumerate(samples.names):
        if name in ("line", "text", "foreign"):
            values[:, column] = cosines.shift + cosines.scale * values[:, column]
    return Samples(values, samples.answerable, samples.names)


def fit(samples: Samples) -> Calibration:
    """Return a logistic regression, both classes weighted alike, a little ridge; its threshold is the samples' own."""
    x, y = samples.features, samples.answerable
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    a = np.column_stack([np.ones(len(x)), (x - mean) / spread])
    weight = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    beta = np.zeros(a.shape[1])
    ridge = np.r_[0, np.ones(len(beta) - 1)]
    for _ in range(50):  # Newton's steps; a handful suffice
        p = 1 / (1 + np.exp(-a @ beta))
        hessian = (a * (weight * p * (1 - p))[:, None]).T @ a + np.diag(ridge)
        beta = beta + np.linalg.solve(hessian, a.T @ (weight * (y - p)) - beta * ridge)
    weights = beta[1:] / spread
    probability = 1 / (1 + np.exp(-a @ beta))
    share = np.where(y == 1, (1 - _FOREIGN_SHARE) / y.mean(), _FOREIGN_SHARE / (1 - y.mean())) / len(y)
    return Calibration(
        round(float(beta[0] - weights @ mean), 4),
        dict(zip(samples.names, (round(float(w), 4) for w in weights), strict=True)),
        choose_threshold(probability, y, share),
    )


def choose_threshold(probability: Floats, answerable: Floats, share: Floats) -> float:
    """Return the threshold at which the worse of precision and recall of declining is best.

    Args:
        share: how much of all questions each one stands for, shape (questions,).
    """
    best = (0.0, 0.5)
    for threshold in np.arange(0.02, 0.98, 0.02):
        declined = probability < threshold
        hit = share[declined & (answerable == 0)].sum()
        precision, recall = hit / max(1e-12, share[declined].sum()), hit / share[answerable == 0].sum()
        # Declining too much and too little cost alike.
        best = max(best, (round(float(min(precision, recall)), 6), round(float(threshold), 2)))
    return best[1]
