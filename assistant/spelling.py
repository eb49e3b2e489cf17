"""Homophones put right: 「行政复意」 for 行政复议, where the sound is that of a term of the field.

The terms are data (`corpus/terms.txt`). A window of a question that sounds like a term and is spelled otherwise is read
as the term; one or two wrong characters, never all of them.
"""

from dataclasses import dataclass
from pathlib import Path

_SHORTEST = 3


@dataclass(frozen=True)
class Spelling:
    """The terms by their sound.

    Attributes:
        terms: sound (syllables without tones, as `_sound` folds them) → the term.
    """

    terms: dict[tuple[str, ...], str]

    @classmethod
    def load(cls, path: Path) -> "Spelling":
        """Return the terms in `path`: one a line, of three characters or more; `#` begins a comment.

        Raises:
            ValueError: a shorter term, which would sound like too many words.
        """
        terms = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            term = line.partition("#")[0].strip()
            if term and len(term) < _SHORTEST:
                raise ValueError(f"too short: {term}")
            if term:
                terms[_sound(term)] = term
        return cls(terms)

    def correct(self, text: str) -> str:
        """Return `text` with terms that are spelled by ear put right; the length stays."""
        sound = _sound(text)
        if len(sound) != len(text):
            return text
        # Longest first, so that a whole term is put right before a part of it.
        for length in sorted({len(key) for key in self.terms}, reverse=True):
            for start in range(len(text) - length + 1):
                term = self.terms.get(sound[start : start + length])
                window = text[start : start + length]
                if term and window != term and any(a == b for a, b in zip(window, term, strict=True)):
                    text = text[:start] + term + text[start + length :]
        return text


def _sound(text: str) -> tuple[str, ...]:
    """Return a syllable a character; what has no sound stands for itself. n/ng and zh/z are often confused."""
    from pypinyin import lazy_pinyin

    syllables = [syllable for ch in text for syllable in (lazy_pinyin(ch) or [ch])]
    return tuple(_fold(syllable) for syllable in syllables)


def _fold(syllable: str) -> str:
    folded = syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s")
    return folded[:-1] if folded.endswith("ng") else folded
