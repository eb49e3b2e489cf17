"""Rows in Chroma: in a folder, which one process writes before anybody reads it, or on a Chroma server.

The only file that knows Chroma.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.errors import IndexMissingError, IndexStateError, SettingsError, StoreUnreachableError
from assistant.retrieval.rows import Row, collection_of, name_collection, server_of

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

_COLLECTION = "gongkai"
_BATCH = 256
# With Chroma's defaults a neighbour is missed now and then, and another one at every build (it builds in threads): an
# answer would change from one machine to the next (`python -m benchmarks.neighbours`).
# Rows that are not in the graph on the disk yet are put into it at every start: by default up to a thousand, which
# takes a second and more.
GRAPH: "CreateCollectionConfiguration" = {
    "hnsw": {
        "space": "cosine",
        "ef_search": 1000,
        "ef_construction": 200,
        "max_neighbors": 32,
        "batch_size": 64,
        "sync_threshold": 64,
    }
}


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


@contextlib.contextmanager
def _writing(folder: Path | None) -> Iterator[None]:
    """Tell in words that Chroma cannot write its own files in `folder`; for None, nothing is to be told."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError) as error:
        if folder is None:
            raise
        raise IndexStateError(
            f"索引 {folder.parent.name} 的文件不能写（磁盘已满、没有权限或者只读），请检查数据目录的空间和权限。"
        ) from error


def drop_collection(url: str, name: str) -> None:
    """Delete a collection from a server; nothing where it is not there.

    Raises:
        StoreUnreachableError: the server does not answer.
    """
    client = _connect(url)
    try:
        with contextlib.suppress(IndexMissingError), _reaching(url):
            client.delete_collection(name)
    finally:
        _hang_up(client)


def _source(name: str, note: Mapping[str, object] | None) -> object:
    """Return what a row belongs to; earlier releases noted nothing, and the id of an article begins with its text's."""
    return note["source"] if note and "source" in note else name.rpartition("#")[0]


class ChromaRows:
    """A Chroma collection, made where there is none in `folder`; cosine distance is set when it is made.

    Args:
        server: URL of the Chroma server that holds it, None for the folder itself.
        expected: how many rows there should be, None while it is being made.
    Raises:
        IndexMissingError: the server does not have them, or not all.
        StoreUnreachableError: the server does not answer.
    """

    in_place = False

    def __init__(self, folder: Path, embeddings: Embeddings, server: str | None, expected: int | None) -> None:
        from langchain_chroma import Chroma

        self._server, self._name = server, _COLLECTION
        self._folder = folder if server is None else None
        self._client: Any = self._open_folder(folder) if server is None else self._open_server(folder, server, expected)
        with _reaching(server), _writing(self._folder):
            Chroma(
                collection_name=self._name,
                embedding_function=embeddings,
                client=self._client,
                collection_configuration=GRAPH,
            )
            # Through Chroma's own collection: LangChain's door would embed every text as a passage, and a question line
            # compares better with questions as a question (benchmarks/retrieval.py).
            self._collection = self._client.get_collection(self._name)

    def _open_folder(self, folder: Path) -> Any:  # noqa: ANN401  (Chroma's client)
        from chromadb import PersistentClient
        from chromadb.config import Settings as ChromaSettings

        # Opening writes, too: Chroma tries its lock.
        with _writing(folder):
            return PersistentClient(str(folder), ChromaSettings(anonymized_telemetry=False))

    def _open_server(self, folder: Path, server: str, expected: int | None) -> Any:  # noqa: ANN401
        client = _connect(server)
        if server_of(folder) is None:
            self._name = name_collection(folder, server)
            return client
        self._name = collection_of(folder)
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

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows, or put them in the place of those with their ids."""
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            with _reaching(self._server), _writing(self._folder):
                self._collection.upsert(
                    ids=[row.id for row in batch],
                    embeddings=np.array([row.vector for row in batch], dtype=np.float32),
                    # LangChain's door passes over a row without a document.
                    documents=[row.text or row.id for row in batch],
                    metadatas=[dict(row.fields) for row in batch],
                )

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows; an id that is not there is no error."""
        for start in range(0, len(ids), _BATCH):
            with _reaching(self._server):
                self._collection.delete(ids=list(ids[start : start + _BATCH]))

    def nearest(self, vector: Sequence[float], count: int, without: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Return (id, cosine) of the `count` rows nearest to `vector`, best first, none whose `source` is in `without`.

        Asked of Chroma's own collection: LangChain's door has every text and all that is noted of it fetched too, which
        takes twice as long as the search itself.
        """
        # Chroma's own filter reads what is noted of every row first; few are left out, so more are asked for.
        asked, out = count, set(without)
        while True:
            with _reaching(self._server):
                found = self._collection.query(
                    query_embeddings=np.array([vector], dtype=np.float32),
                    n_results=asked,
                    include=["distances", "metadatas"] if out else ["distances"],
                )
            names, distances = found["ids"][0], found["distances"][0]
            notes = found["metadatas"][0] if out else [None] * len(names)
            kept = [
                (name, 1.0 - distance)
                for name, distance, note in zip(names, distances, notes, strict=True)
                if _source(name, note) not in out
            ]
            if len(kept) >= count or len(names) < asked:
                return kept[:count]
            asked *= 2

    def count(self) -> int:
        """Return how many rows there are."""
        with _reaching(self._server):
            return int(self._collection.count())

    def get(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows with these ids that there are, in any order."""
        return self._get(ids=list(ids))

    def read(self) -> Iterator[list[Row]]:
        """Yield every row, a batch at a time."""
        for start in range(0, self.count(), _BATCH):
            yield self._get(limit=_BATCH, offset=start)

    def _get(self, **which: object) -> list[Row]:
        with _reaching(self._server):
            found = self._collection.get(**which, include=["embeddings", "documents", "metadatas"])
        return [
            Row(identity, text, np.array(vector, dtype=np.float32), fields or {})
            for identity, text, vector, fields in zip(
                found["ids"], found["documents"], found["embeddings"], found["metadatas"], strict=True
            )
        ]

    def close(self) -> None:
        """Release the files, or the connection."""
        if self._server is None:
            self._client.close()
        else:
            _hang_up(self._client)
