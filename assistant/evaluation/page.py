"""A run as files: `evaluation.json`, `scores.json` (what a later run is compared with) and `evaluation.html`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.documents.writing.whole import write_whole
from assistant.errors import OutputError


def write_run(run: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write `run` into `folder`, over the files of an earlier run; return the paths.

    Args:
        run: `measures`, `questions` (the rows) and, where two runs are compared, `comparison`.
    Raises:
        OutputError: the folder cannot be written.
    """
    scores = {
        "measures": run["measures"],
        "questions": [{"id": row["id"], "scores": row["scores"]} for row in run["questions"]],
    }
    files = {
        "evaluation.json": json.dumps(run, ensure_ascii=False, indent=1),
        "scores.json": _compact(scores),
        "evaluation.html": render(run),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"写不了 {folder}（{error.strerror}）；请换一个文件夹。") from error
    write_whole({folder / name: text.encode("utf-8") for name, text in files.items()}, force=True)
    return [folder / name for name in files]


def _compact(scores: Mapping[str, Any]) -> str:
    """Return JSON with a question a line, so that a change of the baseline can be read."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in scores["questions"])
    return f'{{"measures": {json.dumps(scores["measures"], ensure_ascii=False)},\n"questions": [\n{lines}\n]}}\n'


def render(run: Mapping[str, Any]) -> str:
    """Return the page: measures, the comparison, every question; one file, nothing loaded from elsewhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=templates, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html").render(run=run)


def tell(run: Mapping[str, Any]) -> str:
    """Return the measures as lines for people, and with a comparison what fell or rose."""
    words = {"fell": "下降", "rose": "上升", "same": "没有超出误差的变化"}
    changes = run["comparison"]["measures"] if run["comparison"] else {}
    lines = []
    for key, label, _ in run["labels"]:
        change = changes.get(key)
        against = f"（基线 {change['before']}，{words[change['verdict']]}）" if change else ""
        lines.append(f"{label}：{run['measures'][key]}{against}\n")
    missed = sum(bool(row["missed"]) for row in run["questions"])
    lines.append(f"共 {len(run['questions'])} 题，{missed} 题有缺失。\n")
    return "".join(lines)
