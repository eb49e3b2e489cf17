"""Which index of words is used: in a folder, or Milvus's BM25 where the vectors lie in Milvus.

In a folder, bm25s for what is written once, and `Postings` for what grows.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.keyword import KeywordIndex, Tokenizer, fold, weigh
from assistant.retrieval.postings import Postings, PostingWords
from assistant.retrieval.rows import Words, check_place, held_in, hold_in, is_milvus

_FREQUENCIES = "frequencies.json"
# Beyond so many a text shares but common words with the question.
_RANKED = 300


class MilvusWords:
    """Words in Milvus; what they weigh is known here, from how many texts have them.

    Args:
        places: id of a text in Milvus → its place.
    """

    def __init__(self, folder: Path, place: str, places: Mapping[str, int], tokenizer: Tokenizer) -> None:
        from assistant.retrieval.milvus import MilvusTexts

        self._places, self._tokenizer = places, tokenizer
        self._held: Counter[str] = Counter(json.loads((folder / _FREQUENCIES).read_text(encoding="utf-8")))
        self._texts = MilvusTexts(folder, place, len(places), None)
        self.close = self._texts.close

    def scores(self, question: str, without: Sequence[str] = ()) -> NDArray[np.float32]:
        """Return the BM25 score of the texts that fit best, 0 for all others; shape (texts,)."""
        scores = np.zeros(len(self._places), dtype=np.float32)
        words = self._tokenizer.widened(question)
        for identity, score in self._texts.ranked(words, _RANKED, without) if words else ():
            # A row of a generation that is being written, or of one that has gone, is no text of ours.
            if (place := self._places.get(identity)) is not None:
                scores[place] = score
        return scores

    def attainable(self, question: str) -> float:
        """Return the sum of the inverse document frequencies of the words of `question`."""
        return self._weigh(set(self._tokenizer.words(question)))

    def share(self, question: str, text: str) -> float:
        """Return what part of the weight of `question` the words of `text` carry, 0 to 1."""
        asked, whole = set(self._tokenizer.words(question)), self.attainable(question)
        return self._weigh(asked & set(self._tokenizer.words(text))) / whole if whole else 0.0

    def _weigh(self, words: set[str]) -> float:
        return weigh(len(self._places), [self._held[word] for word in words])


def write_texts(
    folder: Path,
    texts: Sequence[str],
    tokenizer: Tokenizer,
    server: str | None,
    ids: Sequence[str] | None = None,
    sources: Sequence[str] | None = None,
    before: Path | None = None,
) -> None:
    """Write the words of `texts` to `folder`, or to Milvus where `server` is one.

    Args:
        ids: of the texts, "0", "1" … unless they are given; another one where the words are others.
        sources: what each text belongs to.
        before: the folder that this one follows; of what both have, nothing is written again.
    """
    if not is_milvus(server):
        KeywordIndex.of(texts, tokenizer).save(folder)
        return
    from assistant.retrieval.milvus import MilvusTexts

    ids = [str(place) for place in range(len(texts))] if ids is None else ids
    table = MilvusTexts(folder, server, None, before)
    try:
        hold_in(folder, ids)
        there = held_in(before) if before is not None and table.follows(before) else set()
        rows = zip(ids, texts, sources or [""] * len(texts), strict=True)
        table.add([(identity, fold(text), source) for identity, text, source in rows if identity not in there])
    finally:
        table.close()
    held = Counter(word for text in texts for word in set(tokenizer.words(text)))
    (folder / _FREQUENCIES).write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")


def open_texts(folder: Path, tokenizer: Tokenizer, server: str | None, ids: Sequence[str]) -> Words:
    """Open what `write_texts` wrote.

    Raises:
        IndexMismatchError: it lies elsewhere than `server` says.
    """
    if not is_milvus(server):
        check_place(folder, None)
        return KeywordIndex.load(folder, tokenizer)
    check_place(folder, server)
    return MilvusWords(folder, server, {identity: place for place, identity in enumerate(ids)}, tokenizer)


def write_grown(
    folder: Path, words: Sequence[str], moved: Mapping[int, int], tokenizer: Tokenizer, server: str | None,
    ids: Sequence[str], sources: Sequence[str], before: Path | None,
) -> Callable[[Sequence[str]], set[str]]:  # fmt: skip
    """Write the words of texts, of which some stand in `before`; return what tells which words a text has.

    Args:
        words: of every text.
        moved: place there → place here of the texts that stand there as they are; in Milvus, `ids` tell.
        ids, sources, server: as `write_texts` takes them.
    """
    if is_milvus(server):
        write_texts(folder, words, tokenizer, server, ids, sources, before)
        held = set(json.loads((folder / _FREQUENCIES).read_text(encoding="utf-8")))
        return lambda asked: held.intersection(asked)
    stays = set(moved.values())
    new = {place: tokenizer.tokens(text) for place, text in enumerate(words) if place not in stays}
    postings = (Postings.load(before) if before is not None and moved else Postings.empty()).changed(moved, new)
    postings.save(folder)
    return postings.held_of


def open_grown(folder: Path, tokenizer: Tokenizer, server: str | None, ids: Sequence[str]) -> Words:
    """Open what `write_grown` wrote; as `open_texts`."""
    if is_milvus(server):
        return open_texts(folder, tokenizer, server, ids)
    check_place(folder, None)
    return PostingWords(Postings.load(folder), tokenizer)
