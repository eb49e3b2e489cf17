"""Reads `corpus/out_of_scope.yaml`: what people ask that the corpus cannot answer, why not, and where to turn."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.errors import CorpusFileError


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of question that is declined; `reason` is shown, `questions` are examples of it."""

    name: str
    reason: str
    questions: tuple[str, ...]


def load_topics(path: Path) -> tuple[Topic, ...]:
    """Return the topics in `path`.

    Raises:
        CorpusFileError: no YAML list of topics, or a topic without name, reason or questions.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusFileError(path, 1 + (mark.line if mark else 0), "不是正确的 YAML。") from error
    if not isinstance(data, list):
        raise CorpusFileError(path, 1, "应当是一个列表，每项有 topic、reason、questions。")
    topics = []
    for number, item in enumerate(data, start=1):
        if not isinstance(item, dict) or set(item) != {"topic", "reason", "questions"} or not all(item.values()):
            raise CorpusFileError(path, 1, f"第{number}项应当有 topic、reason、questions 三个内容，且都不为空。")
        topics.append(Topic(str(item["topic"]), str(item["reason"]), tuple(str(q) for q in item["questions"])))
    return tuple(topics)
