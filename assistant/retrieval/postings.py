"""BM25 over postings that grow: texts come and go, and only the words of those that come are cut.

The scores are those of bm25s (Lucene's formula); what a word weighs is worked out when it is asked for, so that nothing
that is kept of one text depends on another.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.keyword import K1, REMEMBERED, B, Tokenizer, weigh


@dataclass(frozen=True, slots=True)
class Postings:
    """Which texts have which words, and how often.

    Attributes:
        words: the hashes of the words, ascending; shape (words,).
        starts: where the entries of each word begin, and the end; shape (words + 1,).
        texts: for every entry the place of its text; shape (entries,).
        counts: for every entry how often the word stands there; shape (entries,).
        lengths: how many words each text has, repeated ones too; shape (texts,).
    """

    words: NDArray[np.uint64]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def empty(cls) -> "Postings":
        """Return those of no texts."""
        none = np.zeros(0, dtype=np.int32)
        return cls(np.zeros(0, dtype=np.uint64), np.zeros(1, dtype=np.int64), none, none, none)

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Return what `save` wrote to `folder`."""
        return cls(*(np.load(folder / f"{field.name}.npy", allow_pickle=False) for field in fields(cls)))

    def save(self, folder: Path) -> None:
        """Write the postings to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    def changed(self, moved: Mapping[int, int], new: Mapping[int, Sequence[str]]) -> "Postings":
        """Return the postings of other texts: those that stay, and new ones.

        Args:
            moved: place → new place of the texts that stay.
            new: place → words of the others; both together are all places from 0 on.
        """
        places = np.full(len(self.lengths), -1, dtype=np.int32)
        places[list(moved)] = list(moved.values())
        stays = places[self.texts] >= 0
        words = np.repeat(self.words, np.diff(self.starts))[stays]
        told = [(place, Counter(tokens)) for place, tokens in new.items()]
        hashes = {token: _hash(token) for _, counter in told for token in counter}
        added = np.array([hashes[token] for _, counter in told for token in counter], dtype=np.uint64)
        order = added.argsort(kind="stable")
        texts = np.repeat([place for place, _ in told], [len(counter) for _, counter in told]).astype(np.int32)
        counts = np.array([count for _, counter in told for count in counter.values()], dtype=np.int32)
        all_words = np.concatenate([words, added[order]])
        # Of two runs that are sorted, a stable sort only merges.
        merged = all_words.argsort(kind="stable")
        unique, starts = np.unique(all_words[merged], return_index=True)
        lengths = np.zeros(len(moved) + len(new), dtype=np.int32)
        lengths[places[places >= 0]] = self.lengths[places >= 0]
        lengths[list(new)] = [len(tokens) for tokens in new.values()]
        return Postings(
            unique,
            np.append(starts, len(merged)).astype(np.int64),
            np.concatenate([places[self.texts][stays], texts[order]])[merged],
            np.concatenate([self.counts[stays], counts[order]])[merged],
            lengths,
        )

    def entries(self, word: str) -> slice:
        """Return where the entries of `word` stand; an empty slice where no text has it."""
        wanted = _hash(word)
        place = int(self.words.searchsorted(np.uint64(wanted)))
        if place == len(self.words) or int(self.words[place]) != wanted:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))

    def held_of(self, words: Sequence[str]) -> set[str]:
        """Return those of `words` that a text has."""
        there = np.isin(np.array([_hash(word) for word in words], dtype=np.uint64), self.words)
        return {word for word, held in zip(words, there, strict=True) if held}


def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")


class PostingWords:
    """Texts found by words (`rows.Words`)."""

    def __init__(self, postings: Postings, tokenizer: Tokenizer) -> None:
        self._postings = postings
        mean = postings.lengths.mean() if len(postings.lengths) else 1.0
        self._slowed = (K1 * (1 - B + B * postings.lengths / mean)).astype(np.float32)
        self._tokens = tokenizer.tokens
        # The same paragraphs are asked about again and again, and to cut one takes longer than all the rest.
        self._words = lru_cache(maxsize=REMEMBERED)(lambda text: frozenset(tokenizer.tokens(text)))

    def scores(self, question: str, without: Sequence[str] = ()) -> NDArray[np.float32]:
        """Return the score of every text for `question`, those of `without` too, 0 where nothing matches."""
        scores = np.zeros(len(self._slowed), dtype=np.float32)
        for word, times in Counter(self._tokens(question)).items():
            entries = self._postings.entries(word)
            texts = self._postings.texts[entries]
            counts = self._postings.counts[entries].astype(np.float32)
            weight = np.float32(times * weigh(len(scores), [len(texts)]))
            scores[texts] += weight * counts / (counts + self._slowed[texts])
        return scores

    def attainable(self, question: str) -> float:
        """Return the sum of the inverse document frequencies of the words of `question`."""
        return self._weigh(self._words(question))

    def share(self, question: str, text: str) -> float:
        """Return what part of the weight of `question` the words of `text` carry, 0 to 1."""
        own, asked = self._words(text), self._words(question)
        whole = self.attainable(question)
        return self._weigh(asked & own) / whole if whole else 0.0

    def _weigh(self, tokens: AbstractSet[str]) -> float:
        found = [self._postings.entries(token) for token in tokens]
        return weigh(len(self._slowed), [entries.stop - entries.start for entries in found])

    def close(self) -> None:
        """Release nothing: all is in memory."""
