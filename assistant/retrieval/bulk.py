"""The bundled model in torch, for many texts at once; the vectors are those of the bundled engine."""

import importlib.util
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import EmbedderError
from assistant.retrieval.embedders import SentenceTransformerEmbeddings
from assistant.retrieval.embeddings import TextEmbeddings, clean_text

# Loading torch and the weights takes as long as the engine needs for some hundred texts; writing them out, once, more.
_WORTH_LOADING = 200
_WORTH_WRITING = 600
_ROOM = 1_000_000_000
_UNKNOWN = 3
_LONGEST = 512

_Embed = Callable[[list[str]], list[list[float]]]


def may_use_torch(folder: Path, count: int) -> bool:
    """Whether torch is to embed `count` texts: it is installed, it pays, and the weights are there or have room."""
    written = (folder / "modules.json").is_file()
    if count < (_WORTH_LOADING if written else _WORTH_WRITING):
        return False
    if any(importlib.util.find_spec(name) is None for name in ("torch", "sentence_transformers")):
        return False
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return written or shutil.disk_usage(existing).free > _ROOM


class BulkEmbeddings(TextEmbeddings):
    """The bundled model in torch.

    A text that torch would take otherwise goes to the engine: one longer than the model's 512 tokens, which the engine
    reads in windows, and one with signs that the tokenizers tell apart (unknown characters, the names of special ones).
    """

    def __init__(self, folder: Path, engine: TextEmbeddings) -> None:
        from assistant.retrieval.weights import bundled_file, read_model, write_folder

        if not (folder / "modules.json").is_file():
            try:
                write_folder(read_model(bundled_file()), folder)
            except OSError as error:
                raise EmbedderError(f"写不了 {folder}（{error.strerror}）；请检查数据目录的权限和空间。") from error
        self.name, self._engine = engine.name, engine
        self._torch = SentenceTransformerEmbeddings(folder, "multilingual-e5-small", {})

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of questions, in order."""
        return self._embed(texts, "query: ", self._torch.embed_queries, self._engine.embed_queries)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages, in order."""
        return self._embed(texts, "passage: ", self._torch.embed_documents, self._engine.embed_documents)

    def _embed(self, texts: Sequence[str], prompt: str, by_torch: _Embed, by_engine: _Embed) -> list[list[float]]:
        tokenizer = self._torch.model.tokenizer
        vectors: dict[int, list[float]] = {}
        ids = tokenizer([prompt + clean_text(text) for text in texts], truncation=False)["input_ids"] if texts else []
        special = {*tokenizer.all_special_ids, _UNKNOWN}
        other = [i for i, row in enumerate(ids) if len(row) > _LONGEST or special & {*row[1:-1]}]
        usual = sorted({*range(len(texts))} - {*other})
        for places, embed in ((usual, by_torch), (other, by_engine)):
            vectors |= zip(places, embed([texts[i] for i in places]), strict=True) if places else ()
        return [vectors[i] for i in range(len(texts))]
