"""Lexical search: BM25 over Chinese words and character pairs."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assistant.numbers import fold_figures

if TYPE_CHECKING:
    import jieba
    from bm25s import BM25

_CHINESE_RUNS = re.compile(r"[一-鿿]+")
REMEMBERED = 4096
K1, B = 1.5, 0.75
_PUNCTUATION_ONLY = re.compile(r"[\W_]+")
# jieba keeps every beginning of a word in memory: one of 70,000 letters would take 2.5 GB. A longer run of letters is
# found all the same: jieba joins what is in no dictionary.
LONGEST_WORD = 100


def load_synonyms(path: Path) -> dict[str, str]:
    """Return word → the first word of its line in `synonyms.txt` (words parted by blanks, `#` begins a comment)."""
    table: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        table.update(dict.fromkeys(words[1:], words[0]) if words else {})
    return table


def write_dictionary(path: Path, texts: Iterable[str], names: Iterable[str]) -> None:
    """Write the words that jieba finds in `texts`, with their counts, and `names` as words of their own.

    A word that stands in no text can match none, so this small dictionary serves as well as jieba's own of 349,000
    words and loads in milliseconds instead of a second.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    counts = Counter(word for text in texts for word in jieba.cut(fold(text), HMM=False))
    words = {word: count for word, count in counts.items() if not _PUNCTUATION_ONLY.fullmatch(word) and word.strip()}
    words |= {fold(name): 50 for name in names if " " not in name}
    lines = [f"{word} {count}\n" for word, count in sorted(words.items()) if len(word) <= LONGEST_WORD]
    path.write_text("".join(lines), encoding="utf-8")


def fold(text: str) -> str:
    """Return `text` as it is cut into words: folded in width, figures and case."""
    return fold_figures(text).lower()


def open_jieba(dictionary: IO[bytes]) -> "jieba.Tokenizer":
    """Return a jieba of the words and counts in `dictionary`.

    Filled by hand: `Tokenizer(dictionary=…)` would write a cache into the machine's temporary folder.
    """
    import jieba

    jieba.setLogLevel(logging.WARNING)
    opened = jieba.Tokenizer()
    opened.FREQ, opened.total = opened.gen_pfdict(dictionary)
    opened.initialized = True
    return opened


class Tokenizer:
    """Cuts Chinese text into words (jieba) and character pairs; a synonym adds the word it stands for.

    Args:
        words: a file that `write_dictionary` wrote, or a jieba that knows the synonyms already.
        synonyms: everyday word → term.
    """

    def __init__(self, words: "Path | jieba.Tokenizer", synonyms: dict[str, str]) -> None:
        if isinstance(words, Path):
            self._jieba = open_jieba(words.open("rb"))
            for word in sorted({*synonyms, *synonyms.values()}):
                self._jieba.add_word(word)
        else:
            self._jieba = words
        self._synonyms = synonyms

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of `text`, folded in width and figures; [] when it has none."""
        folded = fold(text)
        pairs = [f"·{run[i : i + 2]}" for run in _CHINESE_RUNS.findall(folded) for i in range(len(run) - 1)]
        return [*self._cut(folded), *pairs]

    def words(self, text: str) -> list[str]:
        """Return the words of `text`, and the terms that they stand for."""
        return self._cut(fold(text))

    def _cut(self, folded: str) -> list[str]:
        words = [word for word in self._jieba.cut(folded, HMM=False) if not _PUNCTUATION_ONLY.fullmatch(word)]
        return [*words, *self._terms(words)]

    def _terms(self, words: Iterable[str]) -> list[str]:
        return [self._synonyms[word] for word in words if word in self._synonyms]

    def widened(self, question: str) -> str:
        """Return `question` folded, with the terms that its words stand for behind it; "" where it has no word."""
        words = self.words(question)
        return " ".join([fold(question), *self._terms(words)]) if words else ""


def weigh(count: int, held: Sequence[int]) -> float:
    """Return the sum of the inverse document frequencies of words that `held` of `count` texts have."""
    have = np.array(held, dtype=float)
    return float(np.log1p((count - have + 0.5) / (have + 0.5)).sum())


class KeywordIndex:
    """BM25 scores over texts, in their order."""

    def __init__(self, bm25: "BM25", tokenizer: Tokenizer) -> None:
        self._bm25, self._tokenizer = bm25, tokenizer
        # The same paragraphs are asked about again and again, and to cut one takes longer than all the rest.
        self._words = lru_cache(maxsize=REMEMBERED)(lambda text: frozenset(tokenizer.tokens(text)))

    @classmethod
    def of(cls, texts: Sequence[str], tokenizer: Tokenizer) -> "KeywordIndex":
        """Return the index of `texts`."""
        from bm25s import BM25

        bm25 = BM25(k1=K1, b=B)
        bm25.index([tokenizer.tokens(text) for text in texts], show_progress=False)
        return cls(bm25, tokenizer)

    @classmethod
    def load(cls, folder: Path, tokenizer: Tokenizer) -> "KeywordIndex":
        """Return the index that `save` wrote to `folder`."""
        from bm25s import BM25

        return cls(BM25.load(str(folder)), tokenizer)

    def save(self, folder: Path) -> None:
        """Write the index to `folder`."""
        self._bm25.save(str(folder), show_progress=False)

    def length(self, question: str) -> int:
        """Return the number of tokens of `question`."""
        return len(self._tokenizer.tokens(question))

    def attainable(self, question: str) -> float:
        """Return what the words of `question` weigh here together: the sum of their inverse document frequencies."""
        return self._weigh(self._words(question))

    def _weigh(self, tokens: AbstractSet[str]) -> float:
        starts = self._bm25.scores["indptr"]
        known = [self._bm25.vocab_dict.get(token) for token in tokens]
        return weigh(
            int(self._bm25.scores["num_docs"]),
            [0 if place is None else starts[place + 1] - starts[place] for place in known],
        )

    def share(self, question: str, text: str) -> float:
        """Return what part of the weight of `question` the words of `text` carry, 0 to 1."""
        own, asked = self._words(text), self._words(question)
        whole = self.attainable(question)
        return self._weigh(asked & own) / whole if whole else 0.0

    def close(self) -> None:
        """Release nothing: all is in memory."""

    def scores(self, question: str, without: Sequence[str] = ()) -> NDArray[np.float32]:
        """Return the score of every text for `question`, those of `without` too, 0 where nothing matches."""
        tokens = self._tokenizer.tokens(question)
        if not tokens:
            return np.zeros(self._bm25.scores["num_docs"], dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(tokens)
        return scores
