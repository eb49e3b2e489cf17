"""The vector store: one vector for every article, paragraph and question line, each leading to its article.

Where the vectors lie, in a folder or on a server of one kind or the other, is decided here and known to nobody above.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.retrieval.rows import (
    Row,
    Rows,
    check_place,
    collection_of,
    held_in,
    is_milvus,
    public,
    server_of,
)

_BATCH = 256
DOOR = {"article": int, "paragraph": int, "is_question": bool}
UNIT = {"source": str}


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


@dataclass(frozen=True, slots=True)
class Nearby:
    """A door near a question; `similarity` is the cosine on the common scale, for the bundled embedder the cosine."""

    article: int
    paragraph: int
    similarity: float
    text: str
    is_question: bool


def open_rows(
    folder: Path,
    embeddings: Embeddings,
    server: str | None,
    fields: Mapping[str, type],
    expected: int | None = None,
    before: Path | None = None,
) -> Rows:
    """Return the rows of `folder`, none yet where it is to be made.

    Args:
        server: where they lie: None for the folder, the URL of a Chroma server, or `milvus:` and a URI.
        fields: what is known of every row beside its text.
        expected: how many rows there should be, None while they are being made.
        before: the folder that this one follows; where changes are made in place, both name one collection.
    Raises:
        IndexMismatchError: the rows lie elsewhere than `server` says.
        IndexMissingError: the server does not have them, or not all.
        StoreUnreachableError: the server does not answer.
    """
    check_place(folder, server)
    if is_milvus(server):
        from assistant.retrieval.milvus import MilvusRows

        return MilvusRows(folder, server, len(embeddings.embed_query("问")), fields, expected, before)
    from assistant.retrieval.chroma import ChromaRows

    return ChromaRows(folder, embeddings, server, expected)


def forget(folder: Path, in_use: Sequence[Path] = (), server: str | None = None) -> None:
    """Delete the rows of `folder` from its server; nothing where they lie in it.

    Args:
        in_use: the folders in use; of a collection that they share, only what they do not hold is deleted.
        server: what the settings say, where a password may stand that the folder does not tell.
    Raises:
        StoreUnreachableError: the server does not answer.
    """
    url = server_of(folder)
    if url is None:
        return
    name = collection_of(folder)
    sharing = [used for used in in_use if server_of(used) == url and collection_of(used) == name]
    if not is_milvus(url):
        from assistant.retrieval.chroma import drop_collection

        if not sharing:
            drop_collection(url, name)
        return
    from assistant.retrieval.milvus_server import delete_rows
    from assistant.retrieval.milvus_server import drop_collection as drop

    place = server if server is not None and public(server) == url else url
    if sharing:
        delete_rows(place, name, sorted(held_in(folder).difference(*map(held_in, sharing))))
    else:
        drop(place, name)


class VectorStore:
    """The doors of the shipped corpus, by their place.

    Args:
        doors: those that were added, in that order; a store that is only filled needs none.
    """

    def __init__(
        self,
        folder: Path,
        embeddings: Embeddings,
        cosines: Cosines = _AS_IT_IS,
        server: str | None = None,
        doors: Sequence[Door] = (),
    ) -> None:
        self.cosines, self._doors = cosines, doors
        self._rows = open_rows(folder, embeddings, server, DOOR, len(doors) or None)
        self.close = self._rows.close

    def add(
        self,
        doors: Sequence[Door],
        embed: Callable[[Sequence[Door]], list[list[float]]],
        progress: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Add `doors` with the vectors that `embed` gives; `progress` is told how many are in after every batch."""
        for start in range(0, len(doors), _BATCH):
            batch = doors[start : start + _BATCH]
            vectors = np.array(embed(batch), dtype=np.float32)
            self._rows.add(
                [
                    Row(
                        str(start + offset),
                        door.text,
                        vectors[offset],
                        {"article": door.article, "paragraph": door.paragraph, "is_question": door.is_question},
                    )
                    for offset, door in enumerate(batch)
                ]
            )
            progress(start + len(batch))

    def nearest(self, vector: Sequence[float], count: int) -> list[Nearby]:
        """Return the `count` doors nearest to `vector`, best first."""
        found = [(self._doors[int(place)], cosine) for place, cosine in self._rows.nearest(vector, count)]
        return [
            Nearby(door.article, door.paragraph, self.cosines.of(cosine), door.text, door.is_question)
            for door, cosine in found
        ]
