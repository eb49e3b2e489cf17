"""How the stores grow: `python -m benchmarks.stores --sizes 1000 10000 100000`. Writes `stores.md` and `stores.svg`.

Vectors of the bundled embedder's width, turned from 300 of the shipped corpus, and texts mixed from sentences of the
national laws go straight into each store through the interface that the program uses: no reading, no embedding. Asked
are 100 vectors for their 60 nearest and 100 questions for their best words, alone and by 8 threads at once. Every store
and size runs in a process of its own; what is done lies in `artefacts/stores/`, `--anew` begins again. A million rows
(`--sizes 1000000`) need hours and, for Milvus Lite, some 23 GB of memory; without them they are extrapolated in the
table, and said to be so.
"""

import argparse
import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation import load_questions
from assistant.retrieval.keyword import Tokenizer, load_synonyms, write_dictionary
from assistant.retrieval.rows import Row
from assistant.retrieval.store import UNIT, open_rows
from assistant.retrieval.words import open_texts, write_texts
from assistant.settings import quiet_libraries
from assistant.sources.statutes import find_database, read_current

ROOT = Path(__file__).resolve().parent.parent
DONE = ROOT / "artefacts" / "stores"
STORES = {"embedded": "Chroma in the folder", "server": "Chroma server", "milvus": "Milvus Lite"}
SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
WIDTH, SEEDS, SPREAD = 384, 300, 0.35
ASKED, NEAREST, THREADS = 100, 60, 8
BATCH = 10_000
MEASURES = {
    "vectors_s": "vectors in, s",
    "words_s": "words in, s",
    "disk_mb": "disk MB",
    "memory_mb": "memory MB",
    "vector_p50_ms": "nearest p50 ms",
    "vector_p95_ms": "p95 ms",
    "words_p50_ms": "words p50 ms",
    "words_p95_ms": "p95 ms",
    "per_s": f"searches/s, {THREADS} threads",
    "missed": "missed of 60",
}
# What grows with the rows, and so may be extrapolated from the two largest sizes.
GROWING = ("vectors_s", "words_s", "disk_mb", "memory_mb")


class Width:
    """Tells a store how long its vectors are."""

    def embed_query(self, text: str) -> list[float]:
        """Return a vector of that length."""
        return [0.0] * WIDTH


def vectors_of(count: int, chance: np.random.Generator) -> NDArray[np.float32]:
    """Return unit vectors around those of the shipped corpus; shape (count, WIDTH)."""
    with np.load(ROOT / "corpus" / "vectors.npz") as file:
        seeds = file["vectors"][:: len(file["vectors"]) // SEEDS][:SEEDS].astype(np.float32)
    noise = chance.standard_normal((count, WIDTH)).astype(np.float32) * (SPREAD / WIDTH**0.5)
    drawn: NDArray[np.float32] = seeds[chance.integers(len(seeds), size=count)] + noise
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def texts_of(count: int) -> Iterator[str]:
    """Yield texts of three sentences of the laws each."""
    sentences = [
        part
        for law in read_current(find_database())
        for article in law.statute.articles
        for part in article.text.replace("\n", "").split("。")
        if len(part) > 3
    ]
    chance = random.Random(7)
    for _ in range(count):
        yield "。".join(chance.sample(sentences, 3)) + "。"


@contextmanager
def chroma_server(folder: Path, port: int = 0) -> Iterator[tuple[str, int]]:
    """Run a Chroma server over `folder`; yield its URL and process id. `port` 0 takes a free one."""
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from chromadb.cli.cli import app; app()", "run", "--path", str(folder)]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.1)
        yield url, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


@contextmanager
def placed(store: str, folder: Path) -> Iterator[tuple[str | None, int | None]]:
    """Yield the place of a store, as the program takes it, and the process that holds it where that is another one."""
    if store == "server":
        with chroma_server(folder / "server") as (url, process):
            yield url, process
    else:
        yield (f"milvus:{folder / 'milvus.db'}" if store == "milvus" else None), None


def fill(store: str, size: int) -> dict[str, float]:
    """Fill a store with `size` rows and as many texts; return the seconds and the MB on the disk."""
    folder, chance = DONE / f"{store}-{size}", np.random.default_rng(7)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    asked = vectors_of(ASKED, np.random.default_rng(11))
    best: list[list[tuple[float, str]]] = [[] for _ in range(ASKED)]
    with placed(store, folder) as (place, _):
        taken = 0.0
        with closing(open_rows(folder / "chroma", Width(), place, UNIT)) as rows:  # type: ignore[arg-type]
            for start in range(0, size, BATCH):
                vectors = vectors_of(min(BATCH, size - start), chance)
                batch = [
                    Row(f"{start + i:07}", "", vector, {"source": f"text {(start + i) // 100}"})
                    for i, vector in enumerate(vectors)
                ]
                begun = time.perf_counter()
                rows.add(batch)
                taken += time.perf_counter() - begun
                for own, cosines in zip(best, asked @ vectors.T, strict=True):
                    near = np.argsort(-cosines)[:NEAREST]
                    own[:] = sorted([*own, *((float(cosines[i]), batch[i].id) for i in near)], reverse=True)[:NEAREST]
        texts = list(texts_of(size))
        write_dictionary(folder / "dictionary.txt", texts, [])
        tokenizer, ids = tokenizer_of(folder), [f"{i:07}" for i in range(size)]
        begun = time.perf_counter()
        write_texts(folder / "words", texts, tokenizer, place, ids, [f"text {i // 100}" for i in range(size)])
        words = time.perf_counter() - begun
    (folder / "nearest.json").write_text(json.dumps([[name for _, name in own] for own in best]), encoding="utf-8")
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return {"vectors_s": taken, "words_s": words, "disk_mb": disk}


def tokenizer_of(folder: Path) -> Tokenizer:
    """Return the tokenizer that the texts in `folder` were written with."""
    return Tokenizer(folder / "dictionary.txt", load_synonyms(ROOT / "corpus" / "synonyms.txt"))


def search(store: str, size: int) -> dict[str, float]:
    """Search what `fill` made; return the milliseconds, what was missed, and the most memory that the store held."""
    folder, found = DONE / f"{store}-{size}", dict[str, float]()
    asked = [[float(value) for value in vector] for vector in vectors_of(ASKED, np.random.default_rng(11))]
    exact = json.loads((folder / "nearest.json").read_text(encoding="utf-8"))
    questions = [q.question for q in load_questions(ROOT / "tests/golden/questions.yaml", "tuning")][:ASKED]
    before = own_memory()
    with placed(store, folder) as (place, process):
        with closing(open_rows(folder / "chroma", Width(), place, UNIT, size)) as rows:  # type: ignore[arg-type]
            rows.nearest(asked[0], NEAREST)
            found |= {f"vector_{k}": v for k, v in timed(lambda one: rows.nearest(one, NEAREST), asked).items()}
            seen = [{name for name, _ in rows.nearest(one, NEAREST)} for one in asked]
            with ThreadPoolExecutor(THREADS) as threads:
                begun = time.perf_counter()
                list(threads.map(lambda one: rows.nearest(one, NEAREST), asked))
                found["per_s"] = ASKED / (time.perf_counter() - begun)
        ids = [f"{i:07}" for i in range(size)]
        with closing(open_texts(folder / "words", tokenizer_of(folder), place, ids)) as words:
            words.scores(questions[0])
            found |= {f"words_{k}": v for k, v in timed(words.scores, questions).items()}
        found["memory_mb"] = own_memory() - before + (server_memory(process) if process else 0)
    found["missed"] = sum(len(set(own) - near) for own, near in zip(exact, seen, strict=True)) / ASKED
    return found


def own_memory() -> float:
    """Return the most memory, in MB, that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def server_memory(process: int) -> float:
    """Return the most memory, in MB, that a process has held."""
    [line] = [one for one in Path(f"/proc/{process}/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1000


def timed(search: Callable[[Any], object], asked: Sequence[Any]) -> dict[str, float]:
    """Return the median and the 95th percentile of the milliseconds that a search takes."""
    taken = []
    for one in asked:
        begun = time.perf_counter()
        search(one)
        taken.append(1000 * (time.perf_counter() - begun))
    return {"p50_ms": float(np.median(taken)), "p95_ms": float(np.percentile(taken, 95))}


def alone(store: str, size: int) -> dict[str, float]:
    """Return what `fill` and `search` give, each in a process of its own, kept for the next run."""
    kept = DONE / f"{store}-{size}.json"
    if not kept.is_file():
        found: dict[str, float] = {}
        for step in ("fill", "search"):
            print(f"{STORES[store]}, {size:,}: {step} …", file=sys.stderr)
            command = [sys.executable, "-m", "benchmarks.stores", "--step", step, store, str(size)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            found |= json.loads(done.stdout.splitlines()[-1])
        kept.write_text(json.dumps({**found, "load": os.getloadavg()[0]}), encoding="utf-8")
        shutil.rmtree(DONE / f"{store}-{size}")
    result: dict[str, float] = json.loads(kept.read_text(encoding="utf-8"))
    return result


def extrapolated(found: dict[int, dict[str, float]]) -> dict[str, float]:
    """Return what a million rows would take where it grows as between the two largest sizes; {} for one size alone."""
    if len(found) < 2:
        return {}
    small, large = sorted(found)[-2:]
    return {
        name: found[large][name] + (found[large][name] - found[small][name]) / (large - small) * (MILLION - large)
        for name in GROWING
    }


def write(measured: dict[str, dict[int, dict[str, float]]], sizes: Sequence[int]) -> None:
    """Write the table and the drawing of what has been measured so far."""
    lines = []
    for store, found in measured.items():
        for size in sorted(found):
            cells = " | ".join(f"{found[size][name]:,.{0 if found[size][name] >= 100 else 1}f}" for name in MEASURES)
            lines.append(f"| {STORES[store]} | {size:,} | {cells} |")
        if MILLION not in found and (guessed := extrapolated(found)):
            cells = " | ".join(f"≈ {guessed[name]:,.0f}" if name in guessed else "–" for name in MEASURES)
            lines.append(f"| {STORES[store]} | {MILLION:,} *extrapolated* | {cells} |")
    load = max(one["load"] for found in measured.values() for one in found.values())
    text = f"""# Stores

`python -m benchmarks.stores --sizes {" ".join(map(str, sizes))}`, {datetime.now().astimezone():%Y-%m-%d};
{os.cpu_count()} cores, highest load after a step {load:.1f} (above {os.cpu_count()}, others worked on the machine too,
and the times are upper bounds).

| store | rows | {" | ".join(MEASURES.values())} |
|---|---|{"---|" * len(MEASURES)}
{chr(10).join(lines)}

Memory is what a process that only searches came to hold beyond what it held before it opened the store, at its most,
and for Chroma's server the server, too. Words lie in bm25s (in the process) beside Chroma, and in Milvus where that is
the store. Searches: {ASKED}, one after another, and by {THREADS} threads for the rate. Missed: of the {NEAREST} nearest
by exact search, how many a search did not find, on average. Milvus Lite is Milvus's interface over one process in
Python, for trying and testing: a cluster's figures are its own.

![search time and memory against the rows](stores.svg)
"""
    (ROOT / "benchmarks/stores.md").write_text(text, encoding="utf-8")
    (ROOT / "benchmarks/stores.svg").write_text(draw(measured), encoding="utf-8")


def draw(measured: dict[str, dict[int, dict[str, float]]]) -> str:
    """Return an SVG of two panels, both axes logarithmic."""
    from benchmarks.stores_drawing import panels

    wanted = {"vector_p95_ms": "nearest 60, p95, ms", "words_p95_ms": "words, p95, ms", "memory_mb": "memory, MB"}
    return panels(
        [
            (title, {STORES[s]: {n: one[name] for n, one in found.items()} for s, found in measured.items()})
            for name, title in wanted.items()
        ]
    )


def main() -> None:
    """Measure every store at every size and write the table after each."""
    quiet_libraries()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    parser.add_argument("--anew", action="store_true", help="measure again what was measured already")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.step:
        step = {"fill": fill, "search": search}[said.step[0]]
        print(json.dumps(step(said.step[1], int(said.step[2]))))
        return
    if said.anew:
        shutil.rmtree(DONE, ignore_errors=True)
    DONE.mkdir(parents=True, exist_ok=True)
    measured: dict[str, dict[int, dict[str, float]]] = {}
    for size in said.sizes:
        for store in said.stores:
            measured.setdefault(store, {})[size] = alone(store, size)
            write(measured, said.sizes)


if __name__ == "__main__":
    main()
