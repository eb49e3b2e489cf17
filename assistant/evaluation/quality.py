"""A whole evaluation: the measures, their labels, every question, and what changed against an earlier run."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from assistant.evaluation.comparison import compare
from assistant.evaluation.measures import describe, measure, run
from assistant.evaluation.questions import Question

if TYPE_CHECKING:
    from assistant.app import Assistant


def measure_quality(
    assistant: "Assistant",
    questions: Sequence[Question],
    on: date,
    baseline: dict[str, Any] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Return `measures`, their `labels`, the rows (`questions`) and, with a `baseline`, the `comparison`, or None."""
    rows = run(assistant, questions, on, progress)
    labels = yaml.safe_load((assistant.settings.shipped_folder / "corpus/evaluation_labels.yaml").read_text("utf-8"))
    return {
        "measures": describe(assistant, measure(rows), on),
        "labels": [(row["key"], row["label"], row["meaning"]) for row in labels],
        "comparison": compare(rows, baseline["questions"]) if baseline else None,
        "questions": rows,
    }
