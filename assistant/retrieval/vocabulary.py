"""The words of the library: how a text is cut does not depend on what else is held.

jieba takes the cut whose words are most frequent together, by its own dictionary of 349,000 words. Kept are, of these,
the words that stand in a text: with the same frequencies they cut that text the same, as the best cut of all is still
among the cuts; and they load in milliseconds instead of a second.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.retrieval.keyword import LONGEST_WORD, fold, open_jieba

if TYPE_CHECKING:
    import jieba

DICTIONARY = "dictionary.json"
# How frequent the title of a text is taken to be: enough to be cut as one word.
_NAME = 50
# Signs that folding may change.
_CHANGED = re.compile(r"[^一-鿿]|[〇零一二两三四五六七八九十百千万]")


def whole_vocabulary(synonyms: Mapping[str, str], names: Iterable[str]) -> "jieba.Tokenizer":
    """Return jieba's whole dictionary, with the words of `synonyms`, and with `names` as words of their own."""
    import jieba

    opened = open_jieba(jieba.get_dict_file())
    for word in sorted({*synonyms, *synonyms.values()}):
        opened.add_word(word)
    # Not by `add_word`, which raises the sum of all frequencies: every text would be cut by another measure.
    for name in map(fold, names):
        if len(name) <= LONGEST_WORD:
            _put(opened.FREQ, name, _NAME)
    return opened


def write_vocabulary(
    path: Path, whole: "jieba.Tokenizer", held_of: Callable[[Sequence[str]], set[str]], always: Iterable[str]
) -> None:
    """Write the words of `whole` that stand in a text, and `always`.

    Args:
        held_of: returns those of some words that stand in a text.
    """
    known = [word for word, count in whole.FREQ.items() if count]
    kept = held_of(known) | {fold(word) for word in always}
    words = {word: whole.FREQ[word] for word in known if word in kept}
    path.write_text(json.dumps({"total": whole.total, "words": words}, ensure_ascii=False), encoding="utf-8")


def read_vocabulary(path: Path) -> "jieba.Tokenizer":
    """Return a jieba of the words that `write_vocabulary` wrote."""
    import jieba

    told = json.loads(path.read_text(encoding="utf-8"))
    opened = jieba.Tokenizer()
    opened.FREQ, opened.total, opened.initialized = {}, told["total"], True
    for word, count in told["words"].items():
        _put(opened.FREQ, word, count)
    return opened


def _put(counts: dict[str, int], word: str, count: int) -> None:
    counts[word] = count
    for end in range(1, len(word)):
        counts.setdefault(word[:end], 0)


def may_name(text: str, name: str) -> bool:
    """Whether `text` has `name`, as both are folded."""
    # Folding leaves the Chinese characters that are no numerals as they are, and takes long.
    return all(sign in text for sign in _CHANGED.sub("", name)) and fold(name) in fold(text)
