"""Named conversations of the command line: the earlier questions, kept in the data folder."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import InputError
from assistant.settings import load_settings

_NAME = re.compile(r"[\w一-鿿.-]{1,64}")
_KEPT = 20


@dataclass
class Session:
    """The questions asked under one name, oldest first."""

    path: Path
    questions: tuple[str, ...]

    @classmethod
    def open(cls, name: str) -> "Session":
        """Return the session `name`, empty where it is new.

        Raises:
            InputError: a name with other characters than letters, digits, Chinese, dot and dash.
        """
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise InputError("会话名称只能用汉字、字母、数字、点和横线，最长64个字。")
        path = load_settings().data_folder / "sessions" / f"{name}.json"
        return cls(path, tuple(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else ())

    def add(self, question: str) -> None:
        """Keep `question` as the newest; the file appears whole or not at all."""
        self.questions = (*self.questions, question)[-_KEPT:]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.questions, ensure_ascii=False), encoding="utf-8")
        part.replace(self.path)
