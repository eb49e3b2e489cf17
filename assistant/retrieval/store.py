"""The vector store: one vector for every article, paragraph and question line, each leading to its article.

The only file that knows Chroma. The vectors lie in a folder, in Chroma's own files, which one process writes before
anybody reads them; or on a Chroma server, whose collection the folder names, for several processes at once.
"""

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from assistant.errors import (
    IndexMismatchError,
    IndexMissingError,
    IndexStateError,
    SettingsError,
    StoreUnreachableError,
)

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

_COLLECTION = "gongkai"
# In the folder of vectors that lie on a server: {"url": …, "collection": …}.
_ON_SERVER = "server.json"
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


def server_of(folder: Path) -> str | None:
    """Return the URL of the server that holds the vectors of `folder`, None where they lie in it."""
    return str(_named(folder)["url"]) if (folder / _ON_SERVER).is_file() else None


def _named(folder: Path) -> dict[str, str]:
    named: dict[str, str] = json.loads((folder / _ON_SERVER).read_text(encoding="utf-8"))
    return named


def _connect(url: str) -> Any:  # noqa: ANN401  (Chroma's client)
    from chromadb import HttpClient
    from chromadb.config import Settings as ChromaSettings

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise SettingsError(f"GONGKAI_CHROMA_URL 写得不对（{url}），请写成 http://127.0.0.1:8000 的样子。")
    ssl = parts.scheme == "https"
    with _reaching(url):
        return HttpClient(
            parts.hostname,
            parts.port or (443 if ssl else 8000),
            ssl,
            settings=ChromaSettings(anonymized_telemetry=False),
        )


def _hang_up(client: Any) -> None:  # noqa: ANN401
    """Close a client of a server, and its connections, which Chroma leaves open."""
    session = client._server._session
    client.close()
    session.close()


@contextlib.contextmanager
def _reaching(url: str | None) -> Iterator[None]:
    """Tell in words what goes wrong with the server at `url`; for None, nothing is to be told."""
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        if url is None:
            raise
        raise IndexMissingError(f"Chroma 服务器 {url} 上没有这个索引的向量，请运行 gongkai corpus rebuild。") from error
    except (httpx.HTTPError, ChromaError, ValueError) as error:
        if url is None:
            raise
        raise StoreUnreachableError(f"Chroma 服务器 {url} 连不上或者不能用，请检查它是否在运行。") from error


def forget(folder: Path) -> None:
    """Delete the collection of `folder` from its server; nothing where its vectors lie in it.

    Raises:
        StoreUnreachableError: the server does not answer.
    """
    url = server_of(folder)
    if url is not None:
        client = _connect(url)
        try:
            with contextlib.suppress(IndexMissingError), _reaching(url):
                client.delete_collection(_named(folder)["collection"])
        finally:
            _hang_up(client)


class _Collection:
    """A Chroma collection, made where there is none in `folder`; cosine distance is set when it is made.

    Args:
        server: URL of the Chroma server that holds it, None for the folder itself.
        expected: how many vectors there should be, None while it is being made.
    Raises:
        IndexMismatchError: the vectors lie elsewhere than `server` says.
        IndexMissingError: the server does not have them, or not all.
        StoreUnreachableError: the server does not answer.
    """

    def __init__(
        self,
        folder: Path,
        embeddings: Embeddings,
        cosines: Cosines = _AS_IT_IS,
        server: str | None = None,
        expected: int | None = None,
    ) -> None:
        from langchain_chroma import Chroma

        self.cosines, self._server, self._name = cosines, server, _COLLECTION
        if folder.is_dir() and bool(server) != (server_of(folder) is not None):
            place = f"Chroma 服务器（{server_of(folder)}）上" if server is None else "本机的数据目录里"
            raise IndexMismatchError(
                f"索引的向量在{place}，与 GONGKAI_CHROMA_URL 不符；请运行 gongkai corpus rebuild。"
            )
        self._client: Any = self._open_folder(folder) if server is None else self._open_server(folder, server, expected)
        with _reaching(server):
            Chroma(
                collection_name=self._name,
                embedding_function=embeddings,
                client=self._client,
                collection_configuration=GRAPH,
            )
            self._collection = self._client.get_collection(self._name)

    def _open_folder(self, folder: Path) -> Any:  # noqa: ANN401  (Chroma's client)
        from chromadb import PersistentClient
        from chromadb.config import Settings as ChromaSettings

        return PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))

    def _open_server(self, folder: Path, server: str, expected: int | None) -> Any:  # noqa: ANN401
        client = _connect(server)
        if server_of(folder) is None:
            # Named before it is made, so that what a killed process leaves on the server can be found and deleted.
            self._name = f"{_COLLECTION}-{secrets.token_hex(8)}"
            folder.mkdir(parents=True)
            named = {"url": server, "collection": self._name}
            (folder / _ON_SERVER).write_text(json.dumps(named), encoding="utf-8")
            return client
        self._name = _named(folder)["collection"]
        try:
            with _reaching(server):
                held = client.get_collection(self._name).count()
        except IndexStateError:
            _hang_up(client)
            raise
        if expected is not None and held != expected:
            _hang_up(client)
            raise IndexMissingError(
                f"Chroma 服务器 {server} 上的向量不全（{held}/{expected}），请运行 gongkai corpus rebuild。"
            )
        return client

    def _nearest(self, vector: Sequence[float], count: int) -> list[tuple[str, float]]:
        """Return (id, cosine) of the `count` nearest, best first.

        Asked of Chroma's own collection: LangChain's door has every text and all that is noted of it fetched too, which
        takes twice as long as the search itself; we hold those.
        """
        with _reaching(self._server):
            found = self._collection.query(
                query_embeddings=np.array([vector], dtype=np.float32), n_results=count, include=["distances"]
            )
        return [(name, 1.0 - distance) for name, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def close(self) -> None:
        """Release the files, or the connection."""
        if self._server is None:
            self._client.close()
        else:
            _hang_up(self._client)


class VectorStore(_Collection):
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
        super().__init__(folder, embeddings, cosines, server, len(doors) or None)
        self._doors = doors

    def add(
        self,
        doors: Sequence[Door],
        embed: Callable[[Sequence[Door]], list[list[float]]],
        progress: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Add `doors` with the vectors that `embed` gives; `progress` is told how many are in after every batch."""
        # Through Chroma's own collection: LangChain's door would embed every text as a passage, and a question line
        # compares better with questions as a question (benchmarks/retrieval.py).
        for start in range(0, len(doors), _BATCH):
            batch = doors[start : start + _BATCH]
            vectors = np.array(embed(batch), dtype=np.float32)
            with _reaching(self._server):
                self._collection.add(
                    ids=[str(start + offset) for offset in range(len(batch))],
                    embeddings=vectors,
                    documents=[door.text for door in batch],
                    metadatas=[
                        {"article": door.article, "paragraph": door.paragraph, "is_question": door.is_question}
                        for door in batch
                    ],
                )
            progress(start + len(batch))

    def nearest(self, vector: Sequence[float], count: int) -> list[Nearby]:
        """Return the `count` doors nearest to `vector`, best first."""
        found = [(self._doors[int(place)], cosine) for place, cosine in self._nearest(vector, count)]
        return [
            Nearby(door.article, door.paragraph, self.cosines.of(cosine), door.text, door.is_question)
            for door, cosine in found
        ]


class UnitVectors(_Collection):
    """One vector for every article of the library, by its own id."""

    def add(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Add vectors, or put them in the place of those with their ids."""
        ids = list(vectors)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            # The words are the library's; the store knows the id alone, and LangChain's door wants a document.
            with _reaching(self._server):
                self._collection.upsert(ids=batch, embeddings=np.array([vectors[i] for i in batch]), documents=batch)

    def nearest(self, vector: Sequence[float], count: int) -> list[tuple[str, float]]:
        """Return (id, cosine) of the `count` nearest, best first."""
        return self._nearest(vector, count)
