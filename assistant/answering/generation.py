"""Answers in a chat model's words: each sentence is checked by code before anybody sees it.

What is not proved is left out or replaced by the text itself, visibly; with nothing proved, the extractive answer
stands.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import Runnable, RunnableConfig

from assistant.answering.chain import Found
from assistant.answering.citations import Answer, Citation, Parts, cite, verify_citations
from assistant.answering.claim_references import Passage
from assistant.answering.claims import Verifier
from assistant.answering.extractive import choose, reference, refuse, said
from assistant.answering.generated import Claim, read_claims
from assistant.answering.replacing import best_sentence
from assistant.errors import AnswerStoppedError, ModelError, SchemaRefusedError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_PASSAGES, _CLAIMS = 10, 6
_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "claims": {
            "type": "array",
            "maxItems": _CLAIMS,
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "ids": {"type": "array", "items": {"type": "integer"}}},
                "required": ["text", "ids"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["claims"],
    "additionalProperties": False,
}
_FORM = '\n服务要求 JSON 时写成：{"claims": [{"text": "一句话", "ids": [1]}]}；资料不足时 claims 为空。\n'


@dataclass
class LLMAnswerer(Runnable[Found, Answer]):
    """An answerer that lets a chat model say what was found.

    Attributes:
        name: of the model, as it stands in `Answer.answerer` behind `llm:`.
        template: `prompts/answer.md`.
        fallback: the extractive answerer.
        parts: as `parts_of` gives them, to verify citations.
        seconds: for the whole answer.
        structured: whether the server is still asked for JSON; a refusal turns it off.
    """

    model: "BaseChatModel"
    name: str
    template: str
    verifier: Verifier
    fallback: Runnable[Found, Answer]
    parts: Parts
    seconds: float
    max_tokens: int
    structured: bool = True

    def invoke(self, input: Found, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: ANN401
        """Return the answer to what was found."""
        *_, answer = self.stream(input, config)
        assert isinstance(answer, Answer)
        return answer

    def stream(  # type: ignore[override]
        self,
        input: Found,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[str | Answer]:
        """Yield the verified pieces of the answer as they are proved, then the answer whose text they are."""
        found = input
        yield ""
        chosen, _ = choose(found.hits, found.parts, found.verdict)
        speech = _Speech(found, self.passages(found), len(chosen), self.verifier)
        stopped = ""
        try:
            for claim in read_claims(self._write(found, speech.passages)):
                if claim.declined and not speech.proved:
                    yield self._decline(found)
                    return
                yield from speech.add(claim)
                if speech.heard >= _CLAIMS:
                    break
        except AnswerStoppedError:
            stopped = "stopped"
        except ModelError:
            stopped = "broken_off" if speech.proved else "silent"
        if not speech.proved and stopped == "stopped":
            yield Answer(
                found.inquiry.question, self.verifier.words.shown["stopped_early"], False, None, (), self._named
            )
            return
        if not speech.proved:
            yield from self._fall_back(found, stopped or "nothing_proved")
            return
        yield speech.end(stopped)
        yield verify_citations(
            Answer(
                found.inquiry.question,
                speech.text,
                declined=False,
                reason=None,
                citations=tuple(speech.citations),
                answerer=self._named,
            ),
            self.parts,
        )

    def passages(self, found: Found) -> list[Passage]:
        """Return what the model is given, in the order of its numbers: what the extractive answer says first."""
        chosen, _ = choose(found.hits, found.parts, found.verdict)
        near = [
            Passage(hit.article, paragraph)
            for hit in found.hits[:5]
            for paragraph in hit.article.paragraphs
            if (hit.article, paragraph) not in chosen
        ]
        return [*(Passage(*one) for one in chosen), *near][: max(_PASSAGES, len(chosen))]

    def _write(self, found: Found, passages: Sequence[Passage]) -> Iterator[str]:
        from assistant.answering.llm import stream_text

        until, stopped = found.inquiry.until, found.inquiry.stopped
        ends = time.monotonic() + self.seconds if until is None else until
        prompt = self._prompt(found, passages)
        if self.structured:
            try:
                yield from stream_text(self.model, prompt, ends - time.monotonic(), self.max_tokens, _SCHEMA, stopped)
                return
            except SchemaRefusedError:
                self.structured = False
                prompt = self._prompt(found, passages)
        yield from stream_text(self.model, prompt, ends - time.monotonic(), self.max_tokens, None, stopped)

    def _prompt(self, found: Found, passages: Sequence[Passage]) -> str:
        lines = [f"[{n}] {_with_gloss(passage).paragraph.text}" for n, passage in enumerate(passages, start=1)]
        return self.template.format(
            most=_CLAIMS,
            form=_FORM if self.structured else "",
            on=found.inquiry.on.isoformat(),
            question=found.inquiry.rewritten or f"{found.inquiry.context} {found.inquiry.question}".strip(),
            passages="\n".join(lines),
        )

    def _decline(self, found: Found) -> Answer:
        answer = refuse(found.inquiry.question, self.verifier.words.shown["declined"], found.hits)
        return replace(answer, answerer=self._named)

    @property
    def _named(self) -> str:
        return f"llm:{self.name}"

    def _fall_back(self, found: Found, why: str) -> Iterator[str | Answer]:
        answer = self.fallback.invoke(found)
        text = f"{self.verifier.words.shown[why]}\n\n{answer.answer}"
        yield text
        yield replace(answer, answer=text)


def _with_gloss(passage: Passage) -> Passage:
    """The passage with everything that may be said from it: the words before a 项, the text, the digest beside it."""
    paragraph = passage.paragraph
    text = "\n".join(part for part in (paragraph.lead + paragraph.text, paragraph.gloss) if part)
    return replace(passage, paragraph=replace(paragraph, text=text))


@dataclass
class _Speech:
    """An answer while it is made."""

    found: Found
    passages: list[Passage]
    chosen: int
    verifier: Verifier
    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    proved: int = 0
    heard: int = 0
    dropped: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def add(self, claim: Claim) -> Iterator[str]:
        """Yield what is shown for a claim; a replaced one waits until another is proved."""
        self.heard += 1
        known = [self.passages[i - 1] for i in dict.fromkeys(claim.ids) if 0 < i <= len(self.passages)]
        fault = self.verifier.fault(claim.text, known) if len(known) == len(set(claim.ids)) else "编号不存在"
        # What the law's words do not prove, the digest beside them may; then both are cited.
        glossed = [passage for passage in known if passage.paragraph.gloss]
        if fault and glossed:
            fault = self.verifier.fault(claim.text, [_with_gloss(passage) for passage in known])
        elif not fault:
            glossed = []
        if not fault:
            self.proved += 1
            markers = [self._marker(passage) for passage in known]
            markers += [self._marker(passage, gloss=True) for passage in glossed]
            self.told.append(claim.text)
            line = f"{self._old(known)}{claim.text} {' '.join(f'[{marker}]' for marker in markers)}"
            # What the model has said by now is not said once more for another sentence.
            lines = [*(one for sentence, one in self.waiting.items() if sentence not in claim.text), line]
            self.waiting = {}
        else:
            passage, sentence = self._instead(claim.text, known)
            if passage is None:
                self.dropped += 1
                return
            self.told.append(sentence)
            note = self.verifier.words.shown["unproved"]
            line = f"{self._old([passage])}{sentence} [{self._marker(passage)}]{note}"
            if not self.proved:
                self.waiting[sentence] = line
                return
            lines = [line]
        verdict = self.found.verdict
        if verdict and not self.text:
            marker = self._marker(Passage(verdict.hit.article, verdict.paragraph))
            lines = [f"**{verdict.text}** [{marker}]", *lines]
        for one in lines:
            piece = ("\n\n" if self.text else "") + one
            self.text += piece
            yield piece

    def _instead(self, claim: str, known: Sequence[Passage]) -> tuple[Passage | None, str]:
        """Return the sentence of what the claim cites that fits it best, with its passage; none that is told already.

        Of passages that the extractive answer would not say, nothing is taken.
        """
        words = self.verifier.words
        fits = [
            (*best_sentence(claim, p.paragraph.lead + p.paragraph.text, words), p)
            for p in known
            if p in self.passages[: self.chosen]
        ]
        fit, sentence, passage = max(fits, key=lambda one: one[0], default=(0.0, "", None))
        if not fit or any(sentence in one for one in self.told):
            return None, ""
        return passage, sentence

    def end(self, stopped: str) -> str:
        """Return and add what follows the sentences: notices, the basis in full, and related rules."""
        shown, on = self.verifier.words.shown, self.found.inquiry.on
        notices = [shown[stopped]] if stopped else []
        if self.dropped:
            notices.append(shown["dropped"].format(count=self.dropped))
        basis = list(self.citations)
        for passage in self.passages[: self.chosen]:
            self._marker(passage)
            if passage.paragraph.gloss:
                self._marker(passage, gloss=True)
        related = self.citations[len(basis) :]
        lines = [*(part for notice in notices for part in ("", notice)), "", "**依据**", ""]
        lines += [f"- {said(c)}（{reference(c, on)}）[{c.marker}]" for c in basis]
        if related:
            lines += ["", "**相关规定**", ""]
            lines += [f"- {said(c)}（{reference(c, on)}）[{c.marker}]" for c in related]
        piece = "\n" + "\n".join(lines)
        self.text += piece
        return piece

    def _cited(self, passage: Passage, *, gloss: bool = False) -> Citation | None:
        own = cite(passage.article, passage.paragraph, 0, gloss=gloss)
        return next((c for c in self.citations if replace(c, marker=0) == own), None)

    def _marker(self, passage: Passage, *, gloss: bool = False) -> int:
        known = self._cited(passage, gloss=gloss)
        if known:
            return known.marker
        self.citations.append(cite(passage.article, passage.paragraph, len(self.citations) + 1, gloss=gloss))
        return len(self.citations)

    def _old(self, passages: Sequence[Passage]) -> str:
        ended = any(
            p.article.source.in_force_until is not None and p.article.source.in_force_until < self.found.inquiry.on
            for p in passages
        )
        return "（这是已经失效的旧规定）" if ended else ""
