"""What each part of finding adds, over the golden questions: `python -m benchmarks.retrieval`.

Prints the table and writes it to `benchmarks/retrieval.md`. Vectors of the corpus come from `corpus/vectors.npz`; only
the questions, and the question lines as passages, are embedded here. The last row is the shipped search itself.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from assistant.app import build_assistant
from assistant.conversation import read_message
from assistant.evaluation import Question, load_questions, rank_of
from assistant.retrieval.doors import doors_of
from assistant.retrieval.embeddings import BundledEmbeddings, PreparedVectors
from assistant.retrieval.hits import Hit
from assistant.retrieval.hybrid import fuse, search
from assistant.retrieval.index import Index
from assistant.retrieval.keyword import KeywordIndex, Tokenizer, load_synonyms
from assistant.retrieval.store import Door
from assistant.settings import Settings, quiet_libraries
from assistant.sources.digests import load_digests

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 11, 22)
HALVES = ("tuning", "reporting")
CUTS = (1, 5, 10)
NEIGHBOURS = 300
RRF_K = 60

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A golden question made ready as `Assistant.search` does it.

    Attributes:
        whole: the message after the earlier questions that it leans on.
        vector: its embedding, shape (384,).
    """

    question: Question
    text: str
    context: str
    whole: str
    vector: Scores


def read_questions(half: str, embeddings: BundledEmbeddings) -> list[Asked]:
    """Return the answerable questions of `half` with their vectors."""
    rows = []
    for question in load_questions(ROOT / "tests/golden/questions.yaml", half):
        if not question.answerable or not question.articles:
            continue
        read = read_message(question.question, question.history)
        context = read.context if read.leans else ""
        whole = f"{context} {read.text}".strip()
        vector = np.array(embeddings.embed_query(whole))
        if context:
            vector = vector + np.array(embeddings.embed_query(read.text))
            vector = vector / np.linalg.norm(vector)
        rows.append(Asked(question, read.text, context, whole, vector))
    return rows


class Ablation:
    """Scores of every article for a question, by one part of the search or several."""

    def __init__(self, index: Index, embeddings: BundledEmbeddings) -> None:
        self.index = index
        tokenizer = Tokenizer(index.folder / "dictionary.txt", load_synonyms(index.folder / "texts/synonyms.txt"))
        # As they were indexed: the index itself has the law's own words in the place of some.
        digests = load_digests(index.folder / "texts" / "regulations")
        self._plain_words = KeywordIndex.of([f"{a.source.title}\n{a.heading}\n{a.text}" for a in digests], tokenizer)
        prepared = PreparedVectors.load(ROOT / "corpus/vectors.npz", embeddings.name)
        doors = doors_of(digests, index.topics)
        self._lines = _matrix(doors, prepared, embeddings)
        self._owners = np.array([door.article for door in doors])
        self._is_line = np.array([door.is_question for door in doors])
        self._is_whole = np.array([door.paragraph < 0 and door.article >= 0 for door in doors])
        own = [door for door in doors if door.article >= 0 and door.is_question]
        self._passages = np.array(
            [
                vector
                for start in track(
                    range(0, len(own), 64), description="lines as passages", console=Console(stderr=True)
                )
                for vector in embeddings.embed_documents([door.text for door in own[start : start + 64]])
            ]
        )
        self._own_lines = self._is_line & (self._owners >= 0)

    def _best(self, vector: Scores, chosen: NDArray[np.bool_], neighbours: int | None = None) -> Scores:
        """Return the best cosine of the `chosen` doors of each article; none is below the last neighbour."""
        similarity = self._lines[chosen] @ vector
        owners = self._owners[chosen]
        floor = float(np.sort(similarity)[-neighbours]) if neighbours else -1.0
        best = np.full(self.index.digested, floor)
        np.maximum.at(best, owners[owners >= 0], similarity[owners >= 0])
        return best

    def words_plain(self, asked: Asked) -> Scores:
        """BM25 over title, heading and text."""
        return _words(self._plain_words, asked)

    def words_lines(self, asked: Asked) -> Scores:
        """BM25 over title, heading, text and question lines."""
        return _words(self.index.articles_by_words, asked)

    def dense_whole(self, asked: Asked) -> Scores:
        """Cosine of the article as a whole."""
        return self._best(asked.vector, self._is_whole)

    def dense_plain(self, asked: Asked) -> Scores:
        """Best cosine of article and paragraphs."""
        return self._best(asked.vector, ~self._is_line)

    def dense_lines(self, asked: Asked) -> Scores:
        """Best cosine of article, paragraphs and question lines (lines embedded as questions), as shipped."""
        return self._best(asked.vector, np.ones(len(self._owners), dtype=bool), NEIGHBOURS)

    def dense_passages(self, asked: Asked) -> Scores:
        """Best cosine of article, paragraphs and question lines, the lines embedded as passages."""
        best = self.dense_plain(asked)
        np.maximum.at(best, self._owners[self._own_lines], self._passages @ asked.vector)
        return best

    def reciprocal(self, asked: Asked) -> Scores:
        """Reciprocal rank fusion of dense and words, with lines."""
        ranks = [(-scores).argsort(kind="stable").argsort() for scores in self._pair(asked)]
        total: Scores = np.sum([1 / (RRF_K + rank + 1) for rank in ranks], axis=0)
        return total

    def standard(self, asked: Asked) -> Scores:
        """Sum of the standard scores of dense and words, with lines."""
        return fuse(self._pair(asked))

    def standard_plain(self, asked: Asked) -> Scores:
        """Sum of the standard scores of dense and words, without lines."""
        return fuse([self.dense_plain(asked), self.words_plain(asked)])

    def _pair(self, asked: Asked) -> list[Scores]:
        return [self.dense_lines(asked), self.words_lines(asked)]

    def hits(self, scores: Scores, whole: str) -> list[Hit]:
        """Return the best ten articles in force, or asked for by their old names."""
        articles = self.index.articles[: self.index.digested]
        order = (
            int(i)
            for i in (-scores).argsort(kind="stable")
            if articles[i].source.in_force_on(ON) or any(word in whole for word in articles[i].source.asked_by)
        )
        return [Hit(articles[i], float(scores[i]), 0.0, {}) for i, _ in zip(order, range(CUTS[-1]), strict=False)]


def _matrix(doors: Sequence[Door], prepared: PreparedVectors, embeddings: BundledEmbeddings) -> Scores:
    """Return the vectors of `doors`, shape (doors, 384), from the prepared ones where they are known."""
    rows = []
    for door in doors:
        row = prepared.get(door.text, door.is_question)
        if row is None:
            row = embeddings.embed_query(door.text) if door.is_question else embeddings.embed_documents([door.text])[0]
        rows.append(row)
    return np.array(rows)


def _words(index: KeywordIndex, asked: Asked) -> Scores:
    scores = index.scores(asked.whole).astype(np.float64)
    return scores + index.scores(asked.text) if asked.context else scores


def measure(rows: Sequence[Asked], find: Callable[[Asked], Sequence[Hit]]) -> list[float]:
    """Return recall at every cut (each gold article counts) and MRR (by the first gold article, within ten)."""
    ranks = []
    for asked in rows:
        hits = find(asked)
        ranks.append([rank_of(gold, hits) for gold in asked.question.articles])
    recalls = [float(np.mean([np.mean([r is not None and r < k for r in row]) for row in ranks])) for k in CUTS]
    firsts = [max((1 / (r + 1) for r in row if r is not None), default=0.0) for row in ranks]
    return [*recalls, float(np.mean(firsts))]


def main() -> None:
    """Print the table and write it."""
    quiet_libraries()
    started = time.perf_counter()
    embeddings = BundledEmbeddings()
    halves = {half: read_questions(half, embeddings) for half in HALVES}
    with tempfile.TemporaryDirectory() as folder:
        index = build_assistant(ON, Settings(data_dir=Path(folder))).index
        parts = Ablation(index, embeddings)
        methods: list[tuple[str, Callable[[Asked], Scores]]] = [
            ("BM25, article texts without question lines", parts.words_plain),
            ("dense, one vector an article, without lines", parts.dense_whole),
            ("dense, best of article and paragraphs, without lines", parts.dense_plain),
            ("both fused (standard scores), without lines", parts.standard_plain),
            ("BM25 with lines", parts.words_lines),
            ("dense with lines, lines embedded as passages", parts.dense_passages),
            ("dense with lines, lines embedded as questions", parts.dense_lines),
            (f"reciprocal rank fusion (k={RRF_K}), with lines", parts.reciprocal),
            ("sum of standard scores, with lines", parts.standard),
        ]

        def found_by(score: Callable[[Asked], Scores]) -> Callable[[Asked], Sequence[Hit]]:
            return lambda asked: parts.hits(score(asked), asked.whole)

        finders: list[tuple[str, Callable[[Asked], Sequence[Hit]]]] = [(name, found_by(s)) for name, s in methods]
        finders.append(("+ head start (shipped)", lambda a: search(index, a.text, ON, CUTS[-1], a.context).hits))
        table = ["| | " + " | ".join(f"{half} {m}" for half in HALVES for m in ("R@1", "R@5", "R@10", "MRR")) + " |"]
        table.append("|---" * (1 + 4 * len(HALVES)) + "|")
        for name, find in finders:
            numbers = [value for half in HALVES for value in measure(halves[half], find)]
            table.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in numbers) + " |")
        counts = index.manifest
        index.close()
    reporting = len(halves["reporting"])
    text = f"""# Finding, part by part

`python -m benchmarks.retrieval`, {time.perf_counter() - started:.0f} s.
Law in force on {ON}; corpus {str(counts["corpus"])[:12]}: {counts["articles"]} articles, {counts["paragraphs"]} \
paragraphs, {counts["questions"]} question lines; embedder {counts["embedder"]}.
Answerable golden questions: {len(halves["tuning"])} tuning, {reporting} reporting.

{chr(10).join(table)}

R@k: share of a question's gold articles among the first k articles, averaged. MRR: by the first gold article, 0 beyond
the tenth. All rows cut words with the same dictionary and synonyms. The last row is the search of the product, which
finds the statutes held beside the digests, too; the others know the digests alone. Limits: one reporting question is
{1 / reporting:.3f}, so differences of a question or two between rows say nothing. Weights were chosen, and lines added,
while looking at the tuning half, never at the reporting half.
"""
    (ROOT / "benchmarks/retrieval.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
