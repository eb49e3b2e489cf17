"""Terms put right that are spelled by their sound, typed in pinyin or said in a dialect.

The words are data: `corpus/terms.txt` (terms of the field), `corpus/pinyin.txt` (everyday words), `corpus/spoken.txt`
(dialect). A window of a question that sounds like a term and is spelled otherwise is read as the term (「行政复意」 for
行政复议); one or two wrong characters, never all of them. Letters are read where all of them are pinyin of known words.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_SHORTEST = 3
_LETTERS = re.compile(r"[a-z][a-z ']*[a-z]", re.IGNORECASE)
# Fewer letters are an abbreviation (EMS, OA) rather than a word.
_FEWEST_LETTERS = 4


@dataclass(frozen=True)
class Spelling:
    """The terms by their sound.

    Attributes:
        terms: sound (syllables without tones, as `_sound` folds them) → the term.
        letters: pinyin written as one word → the word.
        spoken: (what is said, what is meant), the longest first.
    """

    terms: dict[tuple[str, ...], str]
    letters: dict[str, str]
    spoken: tuple[tuple[str, str], ...]

    @classmethod
    def load(cls, folder: Path) -> "Spelling":
        """Return the words of the corpus in `folder`; `#` begins a comment in each of the files.

        Raises:
            ValueError: a term of fewer than three characters, which would sound like too many words.
        """
        terms = {}
        for line in _lines(folder / "terms.txt"):
            if len(line) < _SHORTEST:
                raise ValueError(f"too short: {line}")
            terms[_sound(line)] = line
        words = [word for line in _lines(folder / "pinyin.txt") for word in line.split()]
        letters = {_letters(word): word for word in (*terms.values(), *words)}
        said = {
            other: first
            for first, *others in (line.split() for line in _lines(folder / "spoken.txt"))
            for other in others
        }
        return cls(terms, letters, tuple(sorted(said.items(), key=lambda pair: -len(pair[0]))))

    def correct(self, text: str) -> str:
        """Return `text` in the words of the field."""
        text = _LETTERS.sub(self._read_letters, text)
        for said, meant in self.spoken:
            text = text.replace(said, meant)
        return self._correct_sounds(text)

    def _correct_sounds(self, text: str) -> str:
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

    def _read_letters(self, match: re.Match[str]) -> str:
        """Return the words whose pinyin the letters are, or the letters where some are none's."""
        typed = re.sub(r"[ ']", "", match[0]).lower()
        if len(typed) < _FEWEST_LETTERS:
            return match[0]
        # The fewest words that make up the first so many letters.
        best: list[tuple[str, ...] | None] = [(), *[None] * len(typed)]
        for end in range(1, len(typed) + 1):
            for start in range(end):
                before, word = best[start], self.letters.get(typed[start:end])
                if before is not None and word is not None:
                    longer = (*before, word)
                    if best[end] is None or len(longer) < len(best[end] or ()):
                        best[end] = longer
        words = best[-1]
        return match[0] if words is None else "".join(words)


def _lines(path: Path) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]


def _letters(word: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(word))


def _sound(text: str) -> tuple[str, ...]:
    """Return a syllable a character; what has no sound stands for itself. n/ng and zh/z are often confused."""
    from pypinyin import lazy_pinyin

    syllables = [syllable for ch in text for syllable in (lazy_pinyin(ch) or [ch])]
    return tuple(_fold(syllable) for syllable in syllables)


def _fold(syllable: str) -> str:
    folded = syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s")
    return folded[:-1] if folded.endswith("ng") else folded
