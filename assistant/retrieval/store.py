"""The vector store: one vector for every article, paragraph and question line, each leading to its article.

The only file that knows Chroma. A `PersistentClient` belongs to one process.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

_COLLECTION = "gongkai"
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Door:
    """A text that leads to an article when a question resembles it.

    Attributes:
        article: index of the article in the corpus.
        paragraph: index of the paragraph in the article, or -1 for the article as a whole.
        text: what is embedded.
        is_question: a `问:` line, not a statement.
    """

    article: int
    paragraph: int
    text: str
    is_question: bool


@dataclass(frozen=True, slots=True)
class Cosines:
    """How the cosines of an embedder are put on the scale of the bundled one's: shift + scale · cosine.

    Embedders differ in how far apart they put texts; every bound on a cosine is meant on this one scale.
    """

    scale: float = 1.0
    shift: float = 0.0

    def of(self, cosine: float) -> float:
        """Return the cosine on the common scale."""
        return self.shift + self.scale * cosine


_AS_IT_IS = Cosines()
# With Chroma's defaults a neighbour is missed now and then, and another one at every build (it builds in threads): an
# answer would change from one machine to the next (`python -m benchmarks.neighbours`).
GRAPH: "CreateCollectionConfiguration" = {
    "hnsw": {"space": "cosine", "ef_search": 1000, "ef_construction": 200, "max_neighbors": 32}
}


@dataclass(frozen=True, slots=True)
class Nearby:
    """A door near a question; `similarity` is the cosine on the common scale, for the bundled embedder the cosine."""

    article: int
    paragraph: int
    similarity: float
    text: str
    is_question: bool


class _Collection:
    """A Chroma collection in `folder`; cosine distance is set when it is made."""

    def __init__(self, folder: Path, embeddings: Embeddings, cosines: Cosines = _AS_IT_IS) -> None:
        from chromadb import PersistentClient
        from chromadb.config import Settings as ChromaSettings
        from langchain_chroma import Chroma

        self.cosines = cosines
        self._client = PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))
        self._chroma = Chroma(
            collection_name=_COLLECTION,
            embedding_function=embeddings,
            client=self._client,
            collection_configuration=GRAPH,
        )

    def close(self) -> None:
        """Release the files."""
        self._client.close()  # type: ignore[attr-defined]  # the class it returns has it, the type it names has not


class VectorStore(_Collection):
    """The doors of the shipped corpus, by their place."""

    def add(
        self,
        doors: Sequence[Door],
        embed: Callable[[Sequence[Door]], list[list[float]]],
        progress: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Add `doors` with the vectors that `embed` gives; `progress` is told how many are in after every batch."""
        # Through Chroma's own collection: LangChain's door would embed every text as a passage, and a question line
        # compares better with questions as a question (benchmarks/retrieval.py).
        collection = self._client.get_collection(_COLLECTION)
        for start in range(0, len(doors), _BATCH):
            batch = doors[start : start + _BATCH]
            collection.add(
                ids=[str(start + offset) for offset in range(len(batch))],
                embeddings=np.array(embed(batch), dtype=np.float32),
                documents=[door.text for door in batch],
                metadatas=[
                    {"article": door.article, "paragraph": door.paragraph, "is_question": door.is_question}
                    for door in batch
                ],
            )
            progress(start + len(batch))

    def nearest(self, vector: Sequence[float], count: int) -> list[Nearby]:
        """Return the `count` doors nearest to `vector`, best first."""
        found: Iterable[tuple[object, float]] = self._chroma.similarity_search_by_vector_with_relevance_scores(
            list(vector), k=count
        )
        return [
            Nearby(
                article=document.metadata["article"],  # type: ignore[attr-defined]
                paragraph=document.metadata["paragraph"],  # type: ignore[attr-defined]
                similarity=self.cosines.of(1.0 - distance),
                text=document.page_content,  # type: ignore[attr-defined]
                is_question=document.metadata["is_question"],  # type: ignore[attr-defined]
            )
            for document, distance in found
        ]


class UnitVectors(_Collection):
    """One vector for every article of the library, by its own id."""

    def add(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Add vectors, or put them in the place of those with their ids."""
        collection = self._client.get_collection(_COLLECTION)
        ids = list(vectors)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            # The words are the library's; the store knows the id alone, which LangChain's door wants as the document.
            collection.upsert(ids=batch, embeddings=np.array([vectors[i] for i in batch]), documents=batch)

    def nearest(self, vector: Sequence[float], count: int) -> list[tuple[str, float]]:
        """Return (id, cosine) of the `count` nearest, best first."""
        found = self._chroma.similarity_search_by_vector_with_relevance_scores(list(vector), k=count)
        return [(document.page_content, 1.0 - distance) for document, distance in found]
