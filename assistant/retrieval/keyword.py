"""Lexical search: BM25 over Chinese words and character pairs, an article with its question lines as one text."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.numbers import fold_figures

_RUNS = re.compile(r"[一-鿿]+|[a-z]+|\d+")
_PUNCTUATION_ONLY = re.compile(r"[\W_]+")


def load_synonyms(path: Path) -> dict[str, str]:
    """Return word → the first word of its line in `synonyms.txt` (words parted by blanks, `#` begins a comment)."""
    table: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        table.update(dict.fromkeys(words[1:], words[0]) if words else {})
    return table


class Tokenizer:
    """Cuts Chinese text into words (jieba) and character pairs; a synonym adds the word it stands for.

    Args:
        words: terms that jieba must know, so that 补正 or 依申请公开 stays whole.
        synonyms: everyday word → term.
    """

    def __init__(self, words: Iterable[str], synonyms: dict[str, str]) -> None:
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        for word in sorted({*words, *synonyms, *synonyms.values()}):
            self._jieba.add_word(word)
        self._synonyms = synonyms

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of `text`, folded in width and figures; [] when it has none."""
        folded = fold_figures(text).lower()
        words = [word for word in self._jieba.cut(folded) if not _PUNCTUATION_ONLY.fullmatch(word)]
        terms = [self._synonyms[word] for word in words if word in self._synonyms]
        pairs = [run[i : i + 2] for run in _RUNS.findall(folded) if run >= "一" for i in range(len(run) - 1)]
        return [*words, *terms, *(f"·{pair}" for pair in pairs)]


class KeywordIndex:
    """BM25 scores over texts, in their order."""

    def __init__(self, texts: Sequence[str], tokenizer: Tokenizer) -> None:
        import bm25s

        self._tokenizer = tokenizer
        self._count = len(texts)
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6)
        self._bm25.index([tokenizer.tokens(text) for text in texts], show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """Return the score of every text for `question`, 0 where nothing matches; shape (texts,)."""
        tokens = self._tokenizer.tokens(question)
        if not tokens:
            return np.zeros(self._count, dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(tokens)
        return scores
