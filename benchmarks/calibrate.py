"""Learns when to decline and writes `corpus/calibration.yaml`: `python -m benchmarks.calibrate`.

Learnt from the corpus itself (`assistant/retrieval/learning.py` says how); the threshold is the higher of the samples'
own and of what parts the tuning half of the golden questions best; the reporting half is not read. For an embedder
other than the bundled one, every rebuild learns both from the corpus.
"""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import yaml

from assistant.app import build_assistant
from assistant.evaluation import load_questions
from assistant.retrieval.doors import doors_of
from assistant.retrieval.embeddings import BundledEmbeddings, PreparedVectors, embed_texts
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import Index
from assistant.retrieval.learning import choose_threshold, fit, measure_cosines, sample
from assistant.settings import Settings, quiet_libraries
from assistant.sources.digests import load_digests

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 11, 22)


def main() -> None:
    """Write the calibration and print how it parts the tuning questions."""
    quiet_libraries()
    with tempfile.TemporaryDirectory() as folder:
        # The shipped corpus alone, whatever the office of this machine holds.
        index = build_assistant(ON, Settings(data_dir=Path(folder))).index
        learn_from(index)
        index.close()


def learn_from(index: Index) -> None:
    """Write the calibration that `index` teaches."""
    # As they were indexed: the index itself has the law's own words in the place of some.
    doors = doors_of(load_digests(index.folder / "texts" / "regulations"), index.topics)
    prepared = PreparedVectors.load(ROOT / "corpus" / "vectors.npz", BundledEmbeddings.name)
    rows = embed_texts([(door.text, door.is_question) for door in doors], index.embeddings, prepared)
    seen = sample(doors, np.array(rows), index.lines_by_words)
    learnt = fit(seen)
    golden = [
        ROOT / f"tests/golden/{name}.yaml"
        for name in ("questions", "questions_unseen", "questions_fresh", "questions_wide")
    ]
    questions = [q for path in golden for q in load_questions(path, half="tuning") if not q.history]
    probability = np.array([learnt.probability(search(index, q.question, ON)) for q in questions])
    answerable = np.array([float(q.answerable) for q in questions])
    # Lines were written around what the tuning questions lack, so that they part more easily than what nobody foresaw;
    # and a wrong answer weighs more than a refusal. The higher of the two thresholds holds.
    tuned = choose_threshold(probability, answerable, np.ones(len(questions)))
    threshold = max(tuned, learnt.threshold)
    for p, q in sorted(zip(probability, questions, strict=True), key=lambda pair: pair[0]):
        if (p < threshold) == q.answerable:
            print(f"{p:.2f} {'answerable' if q.answerable else 'to decline'} {q.question}")
    data = {"embedder": BundledEmbeddings.name} | learnt.as_data() | {"threshold": threshold}
    data["cosines"] = [round(value, 4) for value in measure_cosines(seen)]
    (ROOT / "corpus" / "calibration.yaml").write_text(
        "# When to decline: learnt by `python -m benchmarks.calibrate` (its docstring says from what).\n"
        "# cosines: of the bundled embedder; those of others are put on its scale.\n"
        + yaml.safe_dump(data, sort_keys=False),
        encoding="utf-8",
    )
    print(f"the threshold by the tuning questions is {tuned}, by the samples themselves {learnt.threshold}")
    print(data)


if __name__ == "__main__":
    main()
