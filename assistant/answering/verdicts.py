"""Plain words for a yes-or-no question, where a rule decides it: 「不是15个工作日，是20个工作日。」

The rules are data (`corpus/verdicts.yaml`), each bound to a paragraph of the corpus; what is not listed there gets no
verdict. A number is compared only where the question names exactly one, as what is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.errors import CorpusFileError
from assistant.numbers import fold_figures
from assistant.retrieval.hits import Hit
from assistant.sources.digests import Article, Paragraph

_KEYS = {"document", "clause", "words", "not", "value", "wrong", "holds", "says"}
_YES_OR_NO = re.compile(
    r"是不是|是否|还是|(?P<word>[一-鿿])不(?P=word)|吗[？?，,。；;]"
    r"|(?:吗|么|吧|没错|嘛|对的|不)[？?。！!]?$|[？?]$"
)
_ASKS_FOR_MORE = re.compile(r"几|多少|多久|什么|啥|怎么|咋|哪|谁|如何|为何")
_FIGURE = re.compile(r"\d+(?:个工作日|个?月\d+日|日|天|个月|年)")
# 「已经15天了」, 「第25个工作日」 tell what happened; they are not what is asked.
_TOLD = re.compile(r"(?:已经?|都|过了?|超过|拖了?|等了?|第|晚了?|前|才过)$")
_TOLD_AFTER = re.compile(r"^(?:前|之前|以前)(?!公|提交|上|报|发布|完成|公布)|^(?:了|过去)")
# 「听说改成30天了」 asks, though 了 follows.
_CHANGED = re.compile(r"(?:改成|改为|变成|变为)了?$")
_STORY = re.compile(r"超期|还没(?:收到|答|回|有)|至今|没人理|拖了")
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file; see its head for what the keys mean."""

    document: str
    clause: str
    words: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    value: str
    wrong: dict[str, str]
    holds: str
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say first, and the paragraph that it rests on."""

    text: str
    hit: Hit
    paragraph: Paragraph


def load_verdicts(path: Path) -> tuple[Rule, ...]:
    """Return the rules in `path`.

    Raises:
        CorpusFileError: no list, an unknown key, or a rule without document, clause, words, and either value or says.
    """
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if not isinstance(data, list):
        raise CorpusFileError(path, 1, "应当是一个列表。")
    rules = []
    for number, item in enumerate(data, start=1):
        if not {"document", "clause", "words"} <= set(item) <= _KEYS or ("value" in item) == ("says" in item):
            raise CorpusFileError(path, 1, f"第{number}项应当有 document、clause、words，以及 value 或者 says。")
        rules.append(
            Rule(
                document=item["document"],
                clause=item["clause"],
                words=tuple(map(tuple, item["words"])),
                unless=tuple(item.get("not", ())),
                value=fold_figures(item.get("value", "")),
                wrong={fold_figures(wrong): why for wrong, why in item.get("wrong", {}).items()},
                holds=item.get("holds", ""),
                says=item.get("says", ""),
            )
        )
    return tuple(rules)


def find_verdict(question: str, hits: Sequence[Hit], rules: Sequence[Rule]) -> Verdict | None:
    """Return the verdict on a yes-or-no question, or None where no rule decides it with certainty."""
    text = fold_figures(question)
    if not _YES_OR_NO.search(text) or _ASKS_FOR_MORE.search(text):
        return None
    for rule in rules:
        if not all(any(word in text for word in group) for group in rule.words):
            continue
        if any(word in text for word in rule.unless):
            continue
        said = rule.says or _compared(text, rule)
        if not said:
            continue
        for hit in hits[:_ENOUGH]:
            if paragraph := paragraph_of(rule, hit.article):
                return Verdict(said, hit, paragraph)
    return None


def paragraph_of(rule: Rule, article: Article) -> Paragraph | None:
    """Return the paragraph of `article` that `rule` rests on, or None where it is another article."""
    title = article.source.title
    if rule.document not in (title, title.removeprefix("中华人民共和国")) or article.open_point:
        return None
    for paragraph in article.paragraphs:
        if rule.clause == article.name + (paragraph.label if article.number is not None else ""):
            words = fold_figures(f"{paragraph.text}\n{paragraph.gloss}")
            if rule.value in words and rule.holds in words:
                return paragraph
    return None


def _compared(text: str, rule: Rule) -> str:
    """Return whether the figure in `text` is the rule's, or which of two is; "" where there are others of its kind."""
    found = list(_FIGURE.finditer(text))
    figures = list(dict.fromkeys(figure.group() for figure in found))
    if len(figures) == 2 and "还是" in text[found[0].end() : found[-1].start()] and rule.value in figures:
        other = next(figure for figure in figures if figure != rule.value)
        return f"是{rule.value}，不是{other}。" + rule.wrong.get(other, "")
    if len(figures) != 1 or _STORY.search(text):
        return ""
    before, after = text[: found[0].start()], text[found[-1].end() :]
    if _TOLD.search(before) or (_TOLD_AFTER.search(after) and not _CHANGED.search(before)):
        return ""
    asked = figures[0]
    if _is_date(asked) != _is_date(rule.value):
        return ""
    plain = asked.replace("天", "日")
    if plain == rule.value:
        return f"是{rule.value}。"
    if plain.replace("日", "个工作日") == rule.value:
        return f"是{rule.value}，按工作日计算，不含法定节假日。"
    if plain == rule.value.replace("日", "个工作日"):
        return f"不是{asked}，是{rule.value}，不按工作日计算。"
    return f"不是{asked}，是{rule.value}。" + rule.wrong.get(asked, "")


def _is_date(figure: str) -> bool:
    return re.fullmatch(r"\d+个?月\d+日", figure) is not None
