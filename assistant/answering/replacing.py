"""What stands in for a sentence that is not proved: the one sentence of the cited text that fits it best."""

import re
from collections.abc import Iterator

from assistant.answering.claim_words import ClaimWords

_SENTENCE = re.compile("[^。！？!?\n]+[。！？!?]?[”」』）)]*")
# What leans on the sentence before it says nothing alone.
_LEANS = re.compile(
    "^(?:但|而|其(?!他)|该|此|上述|前款|前项|同时|并|且|还|也|又|否则|因此|所以|这|逾期|期满|到期|情节严重|[^，。]{2,12}(?:还|也|并)(?:应当|可以|不得))"
)
# What takes something back belongs to the sentence that it takes it from.
_TAKES_BACK = re.compile("^(?:但|例外|除外|不过|然而|不适用|前款|上述|除)|除外[。；]?$")


def best_sentence(claim: str, text: str, words: ClaimWords) -> tuple[float, str]:
    """Return how well the best sentence of `text` fits `claim`, and that sentence; (0, "") where none shares a word.

    A sentence that leans on the one before it comes with it, and one that an exception follows comes with that. The fit
    is the number of words shared, and between equals the share of the sentence that they are.
    """
    said = words.told_in(words.fold(claim))
    best = (0.0, "")
    for sentence, group in _sentences(text):
        own = words.told_in(words.fold(sentence))
        shared = len(said & own)
        fit = shared + shared / len(own) if own else 0.0
        # Of equals the first.
        if fit > best[0]:
            best = (fit, group)
    return best


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence of a text, and what it is shown with."""
    found = [match.group().strip() for match in _SENTENCE.finditer(text) if match.group().strip()]
    for n, sentence in enumerate(found):
        first = last = n
        while first and (_LEANS.search(found[first]) or _TAKES_BACK.search(found[first])):
            first -= 1
        while last + 1 < len(found) and _TAKES_BACK.search(found[last + 1]):
            last += 1
        yield sentence, "".join(found[first : last + 1])
