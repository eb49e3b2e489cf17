"""Two runs over the same questions: by how much each measure moved, and how much of that is chance of the questions."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import InputError
from assistant.evaluation.measures import MEASURES

_DRAWS = 4000
_SEED = 20261122
_INTERVAL = (2.5, 97.5)


def load_run(path: Path) -> dict[str, Any]:
    """Return a run that `gongkai evaluate --output` wrote (`evaluation.json` or `scores.json`).

    Raises:
        InputError: there is none, or it is of another kind.
    """
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        _ = {row["id"]: dict(row["scores"]) for row in run["questions"]}
    except OSError as error:
        raise InputError(f"找不到文件 {path}。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path.name} 不是评测结果；请用 gongkai evaluate --output 文件夹 得到的 scores.json。"
        ) from error
    return dict(run)


def compare(rows: Sequence[Mapping[str, Any]], baseline: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return, measure by measure, both values over the questions that both runs hold, and whether it fell or rose.

    A change is more than noise where 0 lies outside its 95 % interval: the questions that both runs hold are drawn
    anew, with replacement, 4,000 times, and the change is measured on each draw. Times are of the machine and are
    not compared.
    """
    before = {row["id"]: row for row in baseline}
    now = {row["id"]: row for row in rows if row["id"] in before}
    chance = np.random.default_rng(_SEED)
    draws = chance.multinomial(len(now), np.full(len(now), 1 / len(now)), size=_DRAWS) if now else np.zeros((1, 0))
    changes: dict[str, Any] = {}
    for name in MEASURES:
        new, old = ([runs[i]["scores"].get(name, (0.0, 0.0)) for i in now] for runs in (now, before))
        value, was = _share(new), _share(old)
        if value is None or was is None:
            continue
        moved = _shares(draws, new) - _shares(draws, old)
        low, high = np.percentile(moved[np.isfinite(moved)], _INTERVAL)
        changes[name] = {
            "now": round(value, 4),
            "before": round(was, 4),
            "change": round(value - was, 4),
            "interval": [round(float(low), 4), round(float(high), 4)],
            "verdict": "fell" if high < 0 else "rose" if low > 0 else "same",
        }
    return {
        "questions": len(now),
        "only_here": len(rows) - len(now),
        "only_before": len(before) - len(now),
        "measures": changes,
        "fell": [name for name, change in changes.items() if change["verdict"] == "fell"],
    }


def _share(parts: Sequence[Sequence[float]]) -> float | None:
    whole = sum(part[1] for part in parts)
    return sum(part[0] for part in parts) / whole if whole else None


def _shares(draws: Any, parts: Sequence[Sequence[float]]) -> Any:  # noqa: ANN401  # arrays of numpy
    """Return the measure on every draw, NaN where it says nothing."""
    sums = draws @ np.array(parts, dtype=np.float64).reshape(-1, 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[:, 0] / sums[:, 1]
