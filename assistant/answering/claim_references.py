"""What a sentence names: laws, articles, document numbers and quotations, against the passages that it cites."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.numbers import fold_figures, fold_width, parse_chinese_numeral
from assistant.sources.digests import Article, Paragraph

ARTICLE = re.compile(r"第(\d{1,9}|[零〇一二三四五六七八九十百千]{1,9})条((?:第[一二三四五六七八九十\d]+[款项])*)")
_TITLE = re.compile(r"《([^》]+)》")
_NAMED = re.compile(
    r"([一-鿿]{2,20}?(?:条例|法|办法|规定|解释|通知|格式))(?=第[零〇一二三四五六七八九十百千\d]+条|[》」”])"
)
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{2,})[”」』\"]")
_ITEM = re.compile(r"[（(]([一二三四五六七八九十]{1,3})[)）]\s*([^（(，,；;。、：:]+)")
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{0,8}〔\d{4}〕\d+号|第\d+号令?")
# 适用条例第三十一条: what governs a name is no part of it, and 条例 alone names none.
_GOVERNING = re.compile("适用|对应|依据|根据|按照|依照|违反|参照|统计")
_KINDS = {"条例", "法", "办法", "规定", "解释", "通知", "格式"}
# 根据该法第十四条，… names what the sentence itself rests on.
_BASIS = re.compile("^(?:根据|依据|依照|按照|按)(?:该|本|这)?[一-鿿]{0,4}$")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph that may be cited."""

    article: Article
    paragraph: Paragraph

    @property
    def around(self) -> str:
        """What names the passage: it may be said, but proves no rule."""
        source = self.article.source
        return " ".join(
            (source.title, *source.short_titles, source.document_number, self.article.name, self.article.heading)
        )


def wrong_reference(claim: str, text: str, cited: Sequence[Passage]) -> str:
    """Return why a law, an article or a document number that the claim names is not the one cited."""
    names = {name for p in cited for name in _names(p)}
    plain = fold_width(text)
    for title in _TITLE.findall(claim):
        if fold_width(title).removeprefix("中华人民共和国") not in names and f"《{fold_width(title)}》" not in plain:
            return f"《{title}》不是所引的文件"
    for name in (_GOVERNING.split(named)[-1] for named in _NAMED.findall(claim)):
        if (
            name not in _KINDS
            and not any(fold_width(name).endswith(known) for known in names)
            and fold_width(name) not in plain
        ):
            return f"“{name}”不是所引的文件"
    for number in _DOCUMENT_NUMBER.findall(fold_figures(claim)):
        if not any(number in fold_figures(p.article.source.document_number) for p in cited) and (
            number not in fold_figures(text)
        ):
            return f"文号“{number}”不是所引的文件"
    said = {_number(match[1]) for match in ARTICLE.finditer(text)}
    for match in ARTICLE.finditer(claim):
        number = _number(match[1])
        own = [p for p in cited if p.article.number == number]
        if not own and number not in said:
            return f"所引的不是{match.group()}"
        # 第二款 of the article cited is checked; of an article that the text itself names, the text must say it.
        if not own and _BASIS.search(claim[: match.start()]) and claim[match.end() :].startswith(("，", ",", "的规定")):
            return f"所引的不是{match.group()}"
        if (
            match[2]
            and own
            and match.group() not in text
            and not any(p.paragraph.label.startswith(match[2]) for p in own)
        ):
            return f"所引的不是{match.group()}"
        if match[2] and not own and match.group() not in text:
            return f"所引内容里没有{match.group()}"
        if not own and not _said_of_same_law(claim, match.start(), text, number):
            return f"所引内容里的第{number}条是另一部法规的"
    return ""


def _said_of_same_law(claim: str, start: int, text: str, number: int) -> bool:
    """Whether the text names this article of the law that the claim names right before it."""
    law = re.search(r"([一-鿿]{2,12}(?:条例|法|办法|规定|解释))[》」”]?$", claim[:start])
    if law is None:
        return True
    heard = [text[: m.start()] for m in ARTICLE.finditer(text) if _number(m[1]) == number]
    return any(law[1][-3:] in before[-20:] for before in heard)


def _names(passage: Passage) -> set[str]:
    source = passage.article.source
    return {fold_width(name).removeprefix("中华人民共和国") for name in (source.title, *source.short_titles)}


def _number(written: str) -> int:
    return int(written) if written.isdigit() else parse_chinese_numeral(written)


def wrong_quotation(claim: str, text: str, cited: Sequence[Passage]) -> str:
    """Return what the claim quotes and the cited text does not hold, with why, or ""."""
    held = fold_width(text) + fold_width(" ".join(passage.around for passage in cited))
    for quotation in _QUOTED.findall(claim):
        if fold_width(quotation).strip("。，；") not in held:
            return f"引文“{quotation}”不在所引内容里"
    return ""


def wrong_item(claim: str, text: str) -> str:
    """Return why an item of a list (（三）不予公开) is not the one that has this mark in the text."""
    held: dict[str, list[str]] = {}
    for mark, words in _ITEM.findall(text):
        held.setdefault(mark, []).append(fold_width(words))
    for mark, words in _ITEM.findall(claim):
        said = fold_width(words)
        if mark in held and not any(said in item or item in said for item in held[mark]):
            return f"“（{mark}）{words}”不是所引内容里的那一项"
    return ""
