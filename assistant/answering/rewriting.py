"""A follow-up made whole by the chat model, taken only where it adds nothing to what was asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answering.claim_words import ClaimWords
from assistant.errors import ModelError
from assistant.numbers import fold_figures

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_LONGEST, _TOKENS = 80, 100


def rewrite_question(
    model: "BaseChatModel", template: str, message: str, history: Sequence[str], seconds: float, words: ClaimWords
) -> str:
    """Return `message` as a question that stands alone, or "" where the model gives none that can be taken.

    Args:
        template: `prompts/rewrite.md`.
        history: the earlier questions, oldest first.
    """
    from assistant.answering.llm import stream_text

    prompt = template.format(history="\n".join(f"- {q[:200]}" for q in history[-3:]), message=message)
    try:
        written = "".join(stream_text(model, prompt, seconds, _TOKENS)).strip()
    except ModelError:
        return ""
    return written if adds_nothing(written, [*history[-3:], message], words) else ""


def adds_nothing(written: str, asked: Sequence[str], words: ClaimWords) -> bool:
    """Whether a rewritten question has no word, number or negation that was not asked, and is one line."""
    if not written or "\n" in written or len(written) > _LONGEST:
        return False
    source = words.read("。".join(asked))
    held = words.fold("。".join(asked))
    digits = fold_figures("。".join(asked))
    known = {
        word: frozenset().union(*(c.words[word] for c in source if word in c.words)) for c in source for word in c.words
    }
    for clause in words.read(written):
        if any(value not in digits for value, _ in clause.numbers):
            return False
        for word, signs in clause.words.items():
            if word in words.neutral:
                continue
            if word not in held or (word in known and not signs <= known[word]):
                return False
    return True
