"""What a vector store is to the rest: rows of a text and its vector, found by nearness; and texts found by their words.

    folder without `server.json`    the rows lie in it, in Chroma's own files
    folder with `server.json`       they lie on a server, in the collection that it names
    `held.json` beside it           which rows of a collection that several folders share are this folder's

Two stores fulfil `Rows`: Chroma (`chroma.py`) and Milvus (`milvus.py`). Two fulfil `Words`: bm25s (`keyword.py`) beside
Chroma, and Milvus with its own BM25.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeGuard
from urllib.parse import urlsplit, urlunsplit

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexMismatchError

MILVUS = "milvus:"
_ON_SERVER, _HELD = "server.json", "held.json"
Fields = Mapping[str, int | bool | str]


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its vector, of length 1, and what else is known of it.

    Attributes:
        fields: with `source`, the id of the text that it belongs to, the row can be left out of a search.
    """

    id: str
    text: str
    vector: NDArray[np.float32]
    fields: Fields


class Rows(Protocol):
    """Rows found by nearness; safe for several threads that read.

    Attributes:
        in_place: several generations share one collection, so that a change writes what changed and no more; a row's id
            must then say what its words are.
    """

    in_place: bool

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows, or put them in the place of those with their ids."""

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows; an id that is not there is no error."""

    def nearest(self, vector: Sequence[float], count: int, without: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Return (id, cosine) of the `count` rows nearest to `vector`, best first, none whose `source` is in `without`.

        Nothing else is fetched: what an id stands for is held by who asks.
        """

    def count(self) -> int:
        """Return how many rows there are."""

    def get(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows with these ids that there are, in any order."""

    def read(self) -> Iterator[list[Row]]:
        """Yield every row, a batch at a time."""

    def close(self) -> None:
        """Release the files, or the connection."""


class Words(Protocol):
    """Texts found by the words of a question."""

    def scores(self, question: str, without: Sequence[str] = ()) -> NDArray[np.float32]:
        """Return the BM25 score of every text, 0 where nothing matches or the text is far behind; shape (texts,).

        Args:
            without: sources that may be left out, as they are not asked for.
        """

    def attainable(self, question: str) -> float:
        """Return what the words of `question` weigh here together: the sum of their inverse document frequencies."""

    def share(self, question: str, text: str) -> float:
        """Return what part of the weight of `question` the words of `text` carry, 0 to 1."""

    def close(self) -> None:
        """Release the connection, where there is one."""


def public(place: str) -> str:
    """Return the place of a store without the name and password that may stand in it."""
    scheme = MILVUS if place.startswith(MILVUS) else ""
    parts = urlsplit(place.removeprefix(scheme))
    return scheme + urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def server_of(folder: Path) -> str | None:
    """Return the place that holds the rows of `folder`, without a password; None where they lie in it."""
    return str(_named(folder)["url"]) if (folder / _ON_SERVER).is_file() else None


def collection_of(folder: Path) -> str:
    """Return the name of the collection that holds the rows of `folder`."""
    return str(_named(folder)["collection"])


def _named(folder: Path) -> dict[str, str]:
    named: dict[str, str] = json.loads((folder / _ON_SERVER).read_text(encoding="utf-8"))
    return named


def name_collection(folder: Path, place: str, name: str = "") -> str:
    """Write down, before anything is made, where the rows of `folder` will lie; return the name of the collection.

    So what a killed process leaves on a server can be found and deleted.

    Args:
        name: of a collection that is shared; else it gets a name of its own.
    """
    name = name or f"gongkai_{secrets.token_hex(8)}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _ON_SERVER).write_text(json.dumps({"url": public(place), "collection": name}), encoding="utf-8")
    return name


def held_in(folder: Path) -> set[str]:
    """Return the ids of the rows of a shared collection that are those of `folder`."""
    path = folder / _HELD
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else set()


def hold_in(folder: Path, ids: Sequence[str]) -> None:
    """Write down, before they are added, which rows of a shared collection are those of `folder`."""
    (folder / _HELD).write_text(json.dumps(list(ids), ensure_ascii=False), encoding="utf-8")


def check_place(folder: Path, server: str | None) -> None:
    """Check that the rows of `folder` lie where the settings say.

    Raises:
        IndexMismatchError: they lie elsewhere.
    """
    there = server_of(folder)
    if folder.is_dir() and (there and kind_of(there)) != (server and kind_of(server)):
        wanted = "本机的数据目录" if server is None else f"{kind_of(server)}（{public(server).removeprefix(MILVUS)}）"
        place = "本机的数据目录里" if there is None else f"{kind_of(there)}（{there.removeprefix(MILVUS)}）上"
        raise IndexMismatchError(
            f"索引的向量在{place}，设置的是{wanted}；"
            "请运行 gongkai corpus migrate 搬过去，或者 gongkai corpus rebuild 重建。"
        )


def is_milvus(place: str | None) -> TypeGuard[str]:
    """Whether rows or words lie in Milvus: in one collection that all generations share, changed in place."""
    return place is not None and place.startswith(MILVUS)


def kind_of(place: str) -> str:
    """Return what kind of server a place is, as it is called in messages."""
    return "Milvus" if place.startswith(MILVUS) else "Chroma 服务器"


def row_id(identity: str, key: bytes) -> str:
    """Return the id of a row that says what its words are: another id where they change."""
    return f"{key.hex()}{identity}"
