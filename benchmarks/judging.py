"""Whether a sentence that was shown is supported by what it cites, judged apart from the code that let it through.

Nothing of `assistant.answering.claims` is used. A sentence that stands in the cited text is supported; of any other,
each figure with its unit and each word of duty or denial must stand there, and most pairs of characters. What it calls
unsupported is printed for a person to read.
"""

import re
from collections.abc import Iterable

from assistant.answering.citations import Answer

_MARKERS = re.compile(r"\s*(?:\[\d+\])+(?:\s*\[\d+\])*")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:个工作日|工作日|个月|年|月|日|天|元|件|页|次|号|%|小时)?")
_WEIGHTY = re.compile("应当|必须|可以|不得|不予|不能|无需|无须|不再|没有|未|不|无|非|免|均|一律|全部|任何")
_CHINESE = str.maketrans("０１２３４５６７８９，：；（）％", "0123456789,:;()%")
_NUMERALS = [
    *((f"{'二三四五六七八九'[t - 2] if t > 1 else ''}十{'一二三四五六七八九'[u - 1] if u else ''}", 10 * t + u)
      for t in range(9, 0, -1) for u in range(9, -1, -1)),
    *zip("一二三四五六七八九", range(1, 10), strict=True),
]  # fmt: skip
_COUNTED = "个工作日|工作日|个月|年|月|日|天|元|件|页|次|小时"
_PAIRS = 0.75


def shown_sentences(answer: Answer, replaced: str) -> list[tuple[str, list[str]]]:
    """Return what a model's answer shows in the model's own words, each with the texts that it cites.

    Args:
        replaced: the notice behind a sentence that gave way to the text.
    """
    if not answer.answerer.startswith("llm:") or answer.declined:
        return []
    quotes = {c.marker: f"{c.lead}{c.quote}" for c in answer.citations}
    sentences = []
    for line in answer.answer.split("\n**依据**")[0].splitlines():
        markers = [int(n) for n in re.findall(r"\[(\d+)\]", line)]
        if not markers or replaced in line or line.startswith("**"):
            continue
        said = _MARKERS.sub("", line).removeprefix("（这是已经失效的旧规定）")
        sentences.append((said, [quotes[m] for m in markers if m in quotes]))
    return sentences


def is_supported(sentence: str, cited: Iterable[str]) -> bool:
    """Whether the texts that it cites hold the sentence, by figures, weighty words and pairs of characters."""
    said, held = _plain(sentence), _plain("\n".join(cited))
    if said in held:
        return True
    figures = all(figure in _figures(held) for figure in _figures(said))
    weighty = all(word in held for word in _WEIGHTY.findall(said))
    pairs = [said[i : i + 2] for i in range(len(said) - 1) if re.fullmatch("[一-鿿]{2}", said[i : i + 2])]
    return figures and weighty and bool(pairs) and sum(pair in held for pair in pairs) / len(pairs) >= _PAIRS


def _figures(text: str) -> set[str]:
    return {figure.replace("个工作日", "工作日").replace("天", "日") for figure in _FIGURE.findall(text)}


def _plain(text: str) -> str:
    folded = re.sub(r"\s|[。.]$", "", text.translate(_CHINESE))
    for written, value in _NUMERALS:
        folded = re.sub(rf"(?<![一二三四五六七八九十百千第]){written}(?={_COUNTED})", str(value), folded)
    return folded
