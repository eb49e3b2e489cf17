"""A cross-encoder that reads question and article together and puts the best of a search into its last order."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import EmbedderError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# So many of the articles that were found are read again; more cost time and seldom change the first ones.
CANDIDATES = 20


class Reranker:
    """A `CrossEncoder` of sentence-transformers in `folder`, loaded when it is first asked."""

    def __init__(self, folder: Path) -> None:
        import threading

        self.folder = folder
        self._lock = threading.Lock()  # its tokenizer may not be used by two threads at once

    @cached_property
    def model(self) -> "CrossEncoder":
        """The model.

        Raises:
            EmbedderError: the folder holds none that gives one number for a pair.
        """
        from sentence_transformers import CrossEncoder

        from assistant.retrieval.embedders import loading

        with loading(self.folder):
            model: CrossEncoder = CrossEncoder(str(self.folder), local_files_only=True)
        if model.num_labels != 1:
            raise EmbedderError(
                f"GONGKAI_RERANKER_MODEL：{self.folder} 对一对文字给出 {model.num_labels} 个数，不能排序；请换一个。"
            )
        return model

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers `question`; comparable with each other only."""
        if not texts:
            return []
        with self._lock:
            found = self.model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in found]
