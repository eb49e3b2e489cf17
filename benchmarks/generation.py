"""What of a liar's sentences is shown, and what of an honest model's is not: `python -m benchmarks.generation`.

2,000 generations: to a golden question (tuning half) a scripted model says one to four sentences, lies among true
ones, in JSON, in JSON cut off, with markers, or with garbage around. Each lie is false by the way it is made
(benchmarks/lies.py), so none may be shown, whatever the checking code thinks of it. An honest model says what the
golden facts are, in three phrasings. Writes `benchmarks/generation.md`.
"""

import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from langchain_core.messages import AIMessageChunk

from assistant.answering.chain import Found
from assistant.answering.citations import Answer
from assistant.answering.claim_references import Passage
from assistant.answering.generation import LLMAnswerer
from assistant.app import build_assistant
from assistant.evaluation import Question, load_questions
from assistant.evaluation.measures import nearest_rank
from assistant.numbers import fold_figures
from assistant.settings import load_settings
from assistant.sources.digests import load_digests
from benchmarks.honest import OPENINGS, WAYS, reworded
from benchmarks.judging import shown_sentences
from benchmarks.lies import LIES, Lie, Passages, sentences

ROOT = Path(__file__).resolve().parent.parent
ON = date(2026, 11, 22)
GENERATIONS, QUESTIONS, SEED = 2000, 150, 20261122
# Drawn anew each: the rules were mended on what SEED showed.
FURTHER = (1, 2, 3, 4, 5)


class Scripted:
    """A chat model that writes what it is given; what it was asked stands in `prompt`."""

    def __init__(self) -> None:
        self.said = ""
        self.prompt = ""

    def stream(self, prompt: str, **wanted: Any) -> Iterator[AIMessageChunk]:  # noqa: ANN401
        """Yield what it says in pieces, as `BaseChatModel.stream` does."""
        del wanted
        self.prompt = prompt
        for start in range(0, len(self.said), 40):
            yield AIMessageChunk(self.said[start : start + 40])


@dataclass
class Stage:
    """Questions made ready: what was found for each, and the passages as the prompt numbers them."""

    answerer: LLMAnswerer
    model: Scripted
    found: list[tuple[Question, Found, Passages]] = field(default_factory=list)
    replaced: str = ""

    def play(self, found: Found, said: str) -> Answer:
        """Return the answer to what was found where the model says `said`."""
        self.model.said = said
        return self.answerer.invoke(found)


def build_stage(count: int) -> Stage:
    """Return the first `count` answerable golden questions of the tuning half, with what is found for them."""
    assistant = build_assistant(ON, load_settings(llm_base_url="http://127.0.0.1:9/v1", llm_model="scripted"))
    look, branch = assistant.chain.steps  # type: ignore[attr-defined]
    model = Scripted()
    answerer = branch.default
    answerer.model = model
    words = yaml.safe_load((ROOT / "corpus/claims.yaml").read_text(encoding="utf-8"))["words"]
    stage = Stage(answerer, model, replaced=words["unproved"])
    for question in load_questions(ROOT / "tests/golden/questions.yaml", "tuning"):
        if len(stage.found) == count:
            break
        if not question.answerable or not question.facts or question.history:
            continue
        # Each generation has its own time: with that of the inquiry all after half a minute would be cut off unread.
        inquiry = replace(assistant.asking.inquiry(question.question, ON, ()), until=None)
        found = look.invoke(inquiry)
        if found.refusal:
            continue
        stage.play(found, "")
        # Each with the name of its article: what a lie must not hit by chance.
        passages = {
            n: f"{p.paragraph.lead}{p.paragraph.text}\n{p.paragraph.gloss}\n{p.article.name}"
            for n, p in enumerate(answerer.passages(found), start=1)
        }
        stage.found.append((question, found, passages))
    return stage


def lying_generation(draw: random.Random, passages: Passages) -> tuple[str, list[tuple[str, Lie]]]:
    """Return what a liar writes, and its lies by kind."""
    lies: list[tuple[str, Lie]] = []
    while not lies:
        for _ in range(draw.randint(1, 3)):
            kind = draw.choice(list(LIES))
            if lie := LIES[kind](draw, passages):
                lies.append((kind, lie))
    number = draw.choice(list(passages))
    told_already = {lie for _, (lie, _) in lies}
    true = [(said, (number,)) for said in sentences(passages[number]) if said not in told_already]
    true = draw.sample(true, 1) if true and draw.random() < 0.5 else []
    told = [*(lie for _, lie in lies), *true]
    draw.shuffle(told)
    if draw.random() < 0.5:
        written = json.dumps({"claims": [{"text": t, "ids": list(ids)} for t, ids in told]}, ensure_ascii=False)
        return (written[: draw.randint(len(written) // 2, len(written))] if draw.random() < 0.3 else written), lies
    lines = [f"{text}{''.join(f'[{i}]' for i in ids)}" for text, ids in told]
    if draw.random() < 0.2:
        lines.insert(
            draw.randint(0, len(lines)), draw.choice(["```", "\x00\ufffd{{{", "[[1]](http://example.org)", "{}"])
        )
    return "\n".join(lines) + draw.choice(["", "\n"]), lies


def run_liars(stage: Stage, generations: int, seed: int) -> tuple[Counter[str], list[tuple[str, str]], Counter[str]]:
    """Return lies told by kind, lies shown with their kind, and answers by answerer."""
    draw = random.Random(seed)
    told: Counter[str] = Counter()
    answerers: Counter[str] = Counter()
    through = []
    for n in range(generations):
        _, found, passages = stage.found[n % len(stage.found)]
        written, lies = lying_generation(draw, passages)
        answer = stage.play(found, written)
        answerers[answer.answerer.split(":")[0]] += 1
        shown = {_bare(sentence) for sentence, _ in shown_sentences(answer, stage.replaced)}
        for kind, (lie, _) in lies:
            told[kind] += 1
            if _bare(lie) in shown:
                through.append((kind, lie))
    return told, through, answerers


def _bare(text: str) -> str:
    return re.sub(r"[^\w一-鿿]", "", text)


def honest_sentences(question: Question, passages: Passages, draw: random.Random) -> Iterator[tuple[str, str, int]]:
    """Yield phrasing, sentence and the passage for each golden fact that a passage tells."""
    for fact in question.facts:
        for number, text in passages.items():
            said = next((s for s in sentences(text) if any(fold_figures(one) in fold_figures(s) for one in fact)), "")
            if not said:
                continue
            yield "word for word", said, number
            yield "with an opening", draw.choice(OPENINGS) + said, number
            yield "in other words", reworded(said, draw), number
            break


def run_honest(stage: Stage, seed: int) -> tuple[Counter[str], Counter[str], list[tuple[str, str, str]]]:
    """Return sentences told and shown by phrasing, and what was not shown with the reason."""
    draw = random.Random(seed)
    told: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    hurt = []
    for question, found, passages in stage.found:
        for phrasing, sentence, number in honest_sentences(question, passages, draw):
            told[phrasing] += 1
            answer = stage.play(found, f"{sentence}[{number}]\n")
            shown = {_bare(said) for said, _ in shown_sentences(answer, stage.replaced)}
            if _bare(sentence) in shown:
                passed[phrasing] += 1
            else:
                why = answer.answer.split("\n")[0]
                hurt.append((phrasing, sentence, f"{passages[number]} | {why}"))
    return told, passed, hurt


def passages_of(chunk: str, name: str) -> list[Passage]:
    """Return what a golden sentence cites: one paragraph, and in claims_third.yaml all of the article it names."""
    law, part, *word = chunk.split(" ")
    found = [
        Passage(article, paragraph)
        for article in load_digests(ROOT / "corpus" / "regulations")
        for paragraph in article.paragraphs
        if law in (article.source.title.removeprefix("中华人民共和国"), *article.source.short_titles)
        and article.name + paragraph.label == part
        and (not word or word[0] in paragraph.text)
    ]
    now = [p for p in found if p.article.source.in_force_until is None and not p.article.open_point] or found
    return now if name == "claims_third" else now[:1]


def run_ways(stage: Stage, seed: int) -> tuple[Counter[str], Counter[str]]:
    """Return sentences told and proved by way, of every paragraph of the digests, said again in WAYS."""
    draw = random.Random(seed)
    told: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for article in load_digests(ROOT / "corpus" / "regulations"):
        for paragraph in article.paragraphs:
            for sentence in sentences(paragraph.text):
                for way, say in WAYS.items():
                    if said := say(sentence, draw):
                        told[way] += 1
                        passed[way] += not stage.answerer.verifier.fault(said, [Passage(article, paragraph)])
    return told, passed


def sentences_of_others(stage: Stage) -> list[str]:
    """Return a table of the golden sentences that people wrote as a model would, by file and half."""
    rows = ["| sentences written by people | half | honest | shown | lies | shown |", "|---|---|---|---|---|---|"]
    for name in ("claims_unseen", "claims_third", "claims_fourth", "claims_fifth"):
        cases = yaml.safe_load((ROOT / "tests" / "golden" / f"{name}.yaml").read_text(encoding="utf-8"))
        for half in ("tuning", "reporting"):
            of_half = [case for case in cases if case.get("half", "tuning") == half]
            if not of_half:
                continue
            own = [(case, passages_of(case["chunk"], name)) for case in of_half]
            fault = stage.answerer.verifier.fault
            true = [not fault(claim, cited) for case, cited in own for claim in case["如实"]]
            lies = [not fault(lie["claim"], cited) for case, cited in own for lie in case["不实"]]
            rows.append(f"| {name}.yaml | {half} | {len(true)} | {sum(true)} | {len(lies)} | {sum(lies)} |")
    return rows


def verification_times(stage: Stage, seed: int, answers: int = 300) -> list[float]:
    """Return milliseconds that checking takes in an answer of up to six sentences, with nothing kept from before."""
    draw = random.Random(seed)
    spent = []
    inner = stage.answerer.verifier
    for n in range(answers):
        _, found, passages = stage.found[n % len(stage.found)]
        number = draw.choice(list(passages))
        told = [f"{draw.choice(OPENINGS)}{said}[{number}]" for said in sentences(passages[number])[:3]]
        told += [lying_generation(draw, passages)[0] for _ in range(3)]
        timed = _Timed(inner)
        inner.forget()
        stage.answerer.verifier = timed  # type: ignore[assignment]
        stage.play(found, "\n".join(told))
        spent.append(1000 * timed.seconds)
    stage.answerer.verifier = inner
    return sorted(spent)


class _Timed:
    def __init__(self, verifier: Any) -> None:  # noqa: ANN401
        self._verifier = verifier
        self.words = verifier.words
        self.seconds = 0.0

    def fault(self, *arguments: Any) -> str:  # noqa: ANN401
        started = time.thread_time()
        fault: str = self._verifier.fault(*arguments)
        self.seconds += time.thread_time() - started
        return fault


def main() -> None:
    """Measure, print and write; exit status 1 where a lie was shown."""
    stage = build_stage(QUESTIONS)
    started = time.perf_counter()
    told, through, answerers = run_liars(stage, GENERATIONS, SEED)
    further = [run_liars(stage, GENERATIONS, seed)[:2] for seed in FURTHER]
    honest, passed, hurt = run_honest(stage, SEED)
    ways, proved = run_ways(stage, SEED)
    spent = verification_times(stage, SEED)
    lines = [
        "# Liars, and an honest model",
        "",
        f"`python -m benchmarks.generation`: {len(stage.found)} golden questions of the tuning half, law of {ON},"
        f" seed {SEED}; {time.perf_counter() - started:.0f} s.",
        "",
        f"{GENERATIONS} generations of a liar with {told.total()} lies, **{len(through)} shown**. Answers that kept a"
        f" sentence of the model: {answerers['llm']}; that fell back to the text: {answerers['extractive']}.",
        "",
        "| lie | told | shown |",
        "|---|---|---|",
        *(f"| {kind} | {told[kind]} | {sum(k == kind for k, _ in through)} |" for kind in LIES),
        "",
        f"With the further seeds {', '.join(map(str, FURTHER))}: {sum(told.total() for told, _ in further)} lies,"
        f" {sum(len(shown) for _, shown in further)} shown.",
        "",
        "| honest sentence with a golden fact | told | shown | share |",
        "|---|---|---|---|",
        *(f"| {name} | {honest[name]} | {passed[name]} | {passed[name] / honest[name]:.3f} |" for name in honest),
        f"| all | {honest.total()} | {passed.total()} | {passed.total() / honest.total():.3f} |",
        "",
        "| honest, from every paragraph of the digests | told | shown | share |",
        "|---|---|---|---|",
        *(f"| {way} | {ways[way]} | {proved[way]} | {proved[way] / ways[way]:.3f} |" for way in WAYS if ways[way]),
        f"| all | {ways.total()} | {proved.total()} | {proved.total() / ways.total():.3f} |",
        "",
        *sentences_of_others(stage),
        "",
        "Checking an answer of up to six sentences, passages not read before, in processor time:"
        f" p50 {statistics.median(spent):.1f} ms,"
        f" p95 {nearest_rank(spent):.1f} ms, longest {spent[-1]:.1f} ms.",
        "",
        "The checks are by words, places and order. A lie whose every word, number and turn one place of the text has"
        " passes; an honest sentence in words of its own is not proved, and gives way to the text.",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    through += [lie for _, shown in further for lie in shown]
    for kind, lie in through[:40]:
        print(f"SHOWN {kind}: {lie}", file=sys.stderr)
    for phrasing, sentence, passage in hurt[:40]:
        print(f"HURT {phrasing}: {sentence} | {passage}", file=sys.stderr)
    (ROOT / "benchmarks" / "generation.md").write_text(text, encoding="utf-8")
    sys.exit(1 if through else 0)


if __name__ == "__main__":
    main()
