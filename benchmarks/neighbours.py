"""What the approximate search of Chroma misses: `python -m benchmarks.neighbours`. Prints a table.

300 vectors near those of the shipped corpus are asked for their 60 nearest, with Chroma's default graph and with ours,
and compared with the exact answer.
"""

import tempfile
import time
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.config import Settings
from numpy.typing import NDArray

from assistant.retrieval.chroma import GRAPH

ROOT = Path(__file__).resolve().parent.parent
ASKED, NEAREST, NOISE, BATCH = 300, 60, 0.02, 256


def main() -> None:
    """Print the table."""
    with np.load(ROOT / "corpus" / "vectors.npz") as file:
        vectors = file["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    random = np.random.default_rng(0)
    asked = vectors[random.choice(len(vectors), ASKED, replace=False)]
    asked = (asked + random.normal(0, NOISE, asked.shape)).astype(np.float32)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :NEAREST]
    print(f"{len(vectors)} vectors, {ASKED} questions, {NEAREST} nearest of each")
    print("| graph | missed | built in s | ms a question |\n| --- | --- | --- | --- |")
    for name, graph in (("Chroma's defaults", {"hnsw": {"space": "cosine"}}), ("ours", GRAPH)):
        print("|", name, "|", " | ".join(_measure(vectors, asked, exact, graph)), "|", flush=True)


def _measure(
    vectors: NDArray[np.float32],
    asked: NDArray[np.float32],
    exact: NDArray[np.int64],
    graph: CreateCollectionConfiguration,
) -> tuple[str, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
        collection = client.create_collection("neighbours", configuration=graph, embedding_function=None)
        started = time.perf_counter()
        for start in range(0, len(vectors), BATCH):
            ids = [str(number) for number in range(start, min(start + BATCH, len(vectors)))]
            collection.add(ids=ids, embeddings=vectors[start : start + BATCH])
        collection.query(query_embeddings=asked[:1], n_results=NEAREST)
        built = time.perf_counter() - started
        started = time.perf_counter()
        found = collection.query(query_embeddings=asked, n_results=NEAREST, include=[])["ids"]
        each = (time.perf_counter() - started) / ASKED * 1000
        client.close()
    missed = sum(
        len(set(right) - {int(each) for each in ids}) for ids, right in zip(found, exact.tolist(), strict=True)
    )
    return f"{missed} of {ASKED * NEAREST}", f"{built:.1f}", f"{each:.2f}"


if __name__ == "__main__":
    main()
