"""May this be answered? A logistic model over what a search saw.

Its weights stand in `corpus/calibration.yaml` for the bundled embedder, beside the index for any other.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.retrieval.hits import Search

# Chosen on the tuning halves of the golden questions and of those that only statutes answer: of what is to be declined
# nothing reaches it, of what is to be answered nearly all.
_NEAR = 0.915
_NAMED = 0.03
_WORDS = 0.1


def embedder_of(path: Path) -> str:
    """Return the name of the embedder whose cosines the calibration in `path` was learnt from."""
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["embedder"])


def features(search: Search) -> dict[str, float]:
    """Return what the decision is made from.

    line, text: best cosine of a question line and of a statement of the corpus; foreign: mean of the best three cosines
    of questions to decline; words, foreign_words: best BM25 of a question line of either kind, by length.
    """
    lines = [door.similarity for door in search.nearby if door.article >= 0 and door.is_question]
    texts = [door.similarity for door in search.nearby if door.article >= 0 and not door.is_question]
    foreign = [door.similarity for door in search.nearby if door.article < 0][:3]
    floor = search.nearby[-1].similarity if search.nearby else 0.0
    return {
        "line": lines[0] if lines else floor,
        "text": texts[0] if texts else floor,
        "foreign": sum(foreign) / len(foreign) if foreign else floor,
        "words": search.lexical_known,
        "foreign_words": search.lexical_foreign,
    }


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights learnt by `learning`; a question less probable than `threshold` is declined."""

    intercept: float
    weights: dict[str, float]
    threshold: float

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Return the calibration in `path`."""
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(data["intercept"], data["weights"], data["threshold"])

    @classmethod
    def of_index(cls, folder: Path, corpus: Path) -> "Calibration":
        """Return what was learnt when the index in `folder` was built, else what `corpus` ships."""
        own = folder / "calibration.yaml"
        return cls.load(own if own.is_file() else corpus / "calibration.yaml")

    def as_data(self) -> dict[str, object]:
        """Return it as `load` reads it."""
        return {"intercept": self.intercept, "weights": self.weights, "threshold": self.threshold}

    def probability(self, search: Search) -> float:
        """Return the probability (0 to 1) that the corpus holds the answer."""
        values = features(search)
        return 1 / (1 + math.exp(-(self.intercept + sum(self.weights[name] * values[name] for name in self.weights))))

    def declines(self, search: Search) -> bool:
        """Whether the question is to be declined."""
        return self.probability(search) < self.threshold and not _added_speaks(search)


def _added_speaks(search: Search) -> bool:
    """Whether an article of the library, which has no question lines to go by, answers the question itself.

    A statute that came with the program gives way to a topic to decline that lies nearer; what the office added of such
    a topic is there to be asked for.
    """
    added = search.added
    if added is None:
        return False
    if added.named:
        return added.similarity >= _NEAR - _NAMED
    foreign = max((door.similarity for door in search.nearby if door.article < 0), default=0.0)
    return added.similarity >= _NEAR and (added.similarity >= foreign or (added.by_office and added.words >= _WORDS))
