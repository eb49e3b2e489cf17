"""Rows and words in Milvus: a cluster for a province, or Milvus Lite, which speaks the same API from a folder `….db`.

A collection is shared by the generations of an index, so that adding one text to a
million writes one text; `held.json` in a generation's folder says which rows are its own.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import IndexMissingError
from assistant.retrieval.milvus_server import BATCH, SECONDS, connect, delete, reaching
from assistant.retrieval.rows import (
    MILVUS,
    Row,
    check_place,
    collection_of,
    name_collection,
    public,
    server_of,
)

_LONGEST_ID, _LONGEST_TEXT = 2048, 65535  # bytes of UTF-8 in a field, the second being Milvus's own bound
# As exact as Chroma's graph is made (`chroma.GRAPH`).
_GRAPH = {"index_type": "HNSW", "metric_type": "COSINE", "params": {"M": 32, "efConstruction": 200}}
_SEARCH = 1000
# The same numbers as those of bm25s (`keyword.py`).
K1, B = 1.5, 0.75
_BY_WORDS = {
    "index_type": "SPARSE_INVERTED_INDEX",
    "metric_type": "BM25",
    "params": {"bm25_k1": K1, "bm25_b": B},
}
_ANALYZER = {"tokenizer": "jieba"}


def _bounded(text: str) -> str:
    return text.encode()[:_LONGEST_TEXT].decode(errors="ignore")


def _without(sources: Sequence[str]) -> str:
    return f"source not in [{', '.join(map(_quoted, sources))}]" if sources else ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class MilvusTable:
    """A collection, made where `folder` names none, or the one of the generation before.

    Args:
        place: `milvus:` and a URI.
        expected: how many rows there should be at least, None while they are being added.
        before: the folder of the generation before.
    Raises:
        IndexMissingError: Milvus does not have them, or not all.
        StoreUnreachableError: it does not answer.
    """

    in_place = True

    def __init__(self, folder: Path, place: str, expected: int | None, before: Path | None) -> None:
        check_place(folder, place)
        self.place, self._client, self._changed = place, connect(place), False
        with contextlib.ExitStack() as opened:
            opened.callback(self._client.close)
            if server_of(folder) is None:
                shared = before is not None and server_of(before) == public(place) and self._has(collection_of(before))
                self.name = name_collection(folder, place, collection_of(before) if before and shared else "")
            else:
                self.name = collection_of(folder)
            with reaching(place):
                if expected is None and not self._has(self.name):
                    self._make()
                self._client.load_collection(self.name)
            held = self.count()
            if expected is not None and held < expected:
                raise IndexMissingError(
                    f"Milvus（{public(place).removeprefix(MILVUS)}）上的向量不全（{held}/{expected}），"
                    "请运行 gongkai corpus rebuild。"
                )
            opened.pop_all()

    def _has(self, name: str) -> bool:
        with reaching(self.place):
            return bool(self._client.has_collection(name))

    def follows(self, folder: Path) -> bool:
        """Whether the rows of `folder` lie in this very collection."""
        return server_of(folder) == public(self.place) and collection_of(folder) == self.name

    def _make(self) -> None:
        raise NotImplementedError

    def insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows in, in the place of those with their ids."""
        self._changed = self._changed or bool(rows)
        for start in range(0, len(rows), BATCH):
            with reaching(self.place):
                self._client.upsert(self.name, [dict(row) for row in rows[start : start + BATCH]], timeout=SECONDS)

    def find(
        self, asked: list[float] | str, field: str, count: int, parameters: dict[str, Any], without: Sequence[str]
    ) -> list[tuple[str, float]]:
        """Return (id, distance) of the `count` rows that fit best."""
        with reaching(self.place):
            [found] = self._client.search(
                self.name, [asked], anns_field=field, limit=count, search_params=parameters, filter=_without(without),
                output_fields=["id"], timeout=SECONDS,
            )  # fmt: skip
        return [(hit["id"], hit["distance"]) for hit in found]

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows; an id that is not there is no error."""
        delete(self._client, self.place, self.name, ids)

    def count(self) -> int:
        """Return how many rows there are."""
        with reaching(self.place):
            return int(self._client.query(self.name, filter="", output_fields=["count(*)"])[0]["count(*)"])

    def close(self) -> None:
        """Release the connection; what was added is sealed first, so that its index is built, once for all of it."""
        try:
            if self._changed:
                with reaching(self.place):
                    self._client.flush(self.name)
        finally:
            self._client.close()


class MilvusRows(MilvusTable):
    """Rows with vectors.

    Args:
        dimension: of the vectors.
        fields: what is known of every row beside its text.
    """

    def __init__(
        self, folder: Path, place: str, dimension: int, fields: Mapping[str, type],
        expected: int | None = None, before: Path | None = None,
    ) -> None:  # fmt: skip
        self._dimension, self._fields = dimension, dict(fields)
        super().__init__(folder, place, expected, before)

    def _make(self) -> None:
        from pymilvus import DataType, MilvusClient

        schema = _schema()
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dimension)
        schema.add_field("text", DataType.VARCHAR, max_length=_LONGEST_TEXT)
        kinds = {int: DataType.INT64, bool: DataType.BOOL, str: DataType.VARCHAR}
        for name, kind in self._fields.items():
            schema.add_field(name, kinds[kind], **({"max_length": _LONGEST_ID} if kind is str else {}))
        index = MilvusClient.prepare_index_params()
        index.add_index("vector", **_GRAPH)
        self._client.create_collection(self.name, schema=schema, index_params=index, consistency_level="Strong")

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows, or put them in the place of those with their ids."""
        self.insert([{"id": r.id, "vector": r.vector, "text": _bounded(r.text), **r.fields} for r in rows])

    def nearest(self, vector: Sequence[float], count: int, without: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Return (id, cosine) of the `count` nearest rows, best first, none whose `source` is in `without`."""
        parameters = {"metric_type": "COSINE", "params": {"ef": max(_SEARCH, count)}}
        return self.find(list(vector), "vector", count, parameters, without)

    def get(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows with these ids that there are, in any order."""
        with reaching(self.place):
            return self._rows(self._client.get(self.name, ids=list(ids), output_fields=self._told, timeout=SECONDS))

    def read(self) -> Iterator[list[Row]]:
        """Yield every row, a batch at a time."""
        with reaching(self.place):
            rows = self._client.query_iterator(self.name, batch_size=BATCH, output_fields=self._told)
        try:
            while True:
                with reaching(self.place):
                    batch = rows.next()
                if not batch:
                    return
                yield self._rows(batch)
        finally:
            rows.close()

    @property
    def _told(self) -> list[str]:
        return ["id", "vector", "text", *self._fields]

    def _rows(self, told: Iterable[Mapping[str, Any]]) -> list[Row]:
        return [
            Row(
                row["id"],
                row["text"],
                np.array(row["vector"], dtype=np.float32),
                {name: row[name] for name in self._fields},
            )
            for row in told
        ]


class MilvusTexts(MilvusTable):
    """Texts that Milvus cuts into words (jieba) and ranks by its own BM25."""

    def _make(self) -> None:
        from pymilvus import DataType, Function, FunctionType, MilvusClient

        schema = _schema()
        schema.add_field(
            "text", DataType.VARCHAR, max_length=_LONGEST_TEXT, enable_analyzer=True, analyzer_params=_ANALYZER
        )
        schema.add_field("source", DataType.VARCHAR, max_length=_LONGEST_ID)
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25",
                function_type=FunctionType.BM25,
                input_field_names=["text"],
                output_field_names=["words"],
            )
        )
        index = MilvusClient.prepare_index_params()
        index.add_index("words", **_BY_WORDS)
        self._client.create_collection(self.name, schema=schema, index_params=index, consistency_level="Strong")

    def add(self, texts: Sequence[tuple[str, str, str]]) -> None:
        """Add texts as (id, text, source)."""
        self.insert([{"id": i, "text": _bounded(text), "source": source} for i, text, source in texts])

    def ranked(self, words: str, count: int, without: Sequence[str] = ()) -> list[tuple[str, float]]:
        """Return (id, BM25 score) of the `count` best, best first."""
        found = self.find(_bounded(words), "words", count, {"metric_type": "BM25"}, without)
        # Milvus Lite gives a distance, the score with a minus; and Milvus counts k1 + 1 times what bm25s counts.
        return [(identity, abs(score) / (K1 + 1)) for identity, score in found]


def _schema() -> Any:  # noqa: ANN401  (Milvus's own)
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=_LONGEST_ID)
    return schema
