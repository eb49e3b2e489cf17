"""Articles and laws that a question names itself: 「条例第三十三条第二款」, 「复议法23条」, 「《政府采购法》」."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.numbers import parse_chinese_numeral, write_chinese_numeral
from assistant.sources.digests import Source

_NUMBER = r"(?:[零〇一二三四五六七八九十百千]{1,9}|\d{1,4})"
_PART = rf"第?{_NUMBER}[款项]|第?[（(]{_NUMBER}[）)]项"
_ARTICLE = re.compile(rf"(?:第(?P<number>{_NUMBER})|(?P<bare>\d{{1,4}}))条(?P<parts>(?:的?(?:{_PART})){{0,2}})")
_PIECE = re.compile(rf"(?P<number>{_NUMBER})[）)]?(?P<kind>[款项])")
# 「32条和34条」 names articles, 「申请了35条信息」 does not: a bare number counts at the beginning, after such a word,
# or beside an article already named; never before what is counted.
_BEFORE_BARE = re.compile(r"(?:^|[，,、。；;：:\s（(]|和|与|跟|同|及|或|按|照|据|依|用|查|看|违反)$")
_COUNTED = re.compile(
    r"^(?:的?(?:信息|申请|意见|记录|消息|内容|线索|数据|建议|问题|政策|留言|材料|新闻|短信|公开信息))"
)
_LOOKING_UP = re.compile(
    r"[^一-鿿0-9]|条例|规定|说的?|讲的?|是|什么|啥|怎么|具体|内容|具体内容|意思|写的?|有|哪些|的|了|吗|呢|一下|解释|原文"
    r"|区别|不同|一样|和|与|跟|《[^》]*》|[一-鿿]{0,8}法"
)
_QUOTED_LAW = re.compile(
    r"《(?P<title>[^》]{2,40}(?:法典|法|条例|办法|规定|细则|解释|规则|决定|指引)(?:（[^）]*）)?)》"
    r".{0,6}?(?:第|规定|要求|怎么|说|讲|里|中)"
)
# 「土地管理法第十条」; 「依法第三条」 and 「按办法第三条」 name no law.
_BARE_LAW = re.compile(
    r"(?P<title>[一-鿿]{2,18}(?:法典|(?<![依合违司立执看说做想方无没设旧新办])法)|[一-鿿]{4,18}(?:条例|办法|细则))$"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """An article named in a question.

    Attributes:
        source: the law it is said of.
        law_named: whether that law was named.
        label: the paragraph named, as the corpus labels it (第二款第一项), or "".
    """

    source: Source
    number: int
    law_named: bool
    label: str = ""


def find_mentions(question: str, sources: Iterable[Source], default: Source) -> list[Mention]:
    """Return the articles that `question` names, in its order.

    A number belongs to the law named last before it, or to the only law named, or to `default`.

    Args:
        sources: of two with one name the later is meant.
    """
    covered = _named(question, sources)
    mentions: list[Mention] = []
    end = -1
    for match in _ARTICLE.finditer(question):
        law_before = any(stop == match.start() for _, stop, _ in covered)
        if match["bare"] and not law_before and not _stands_for_an_article(question, match, end):
            continue
        before = [entry for entry in covered if entry[1] <= match.start()]
        if not before and len({source.id for _, _, source in covered}) == 1:
            before = covered
        end = match.end()
        number = _value(match["number"] or match["bare"])
        label = "".join(
            f"第{write_chinese_numeral(_value(piece['number']))}{piece['kind']}"
            for piece in _PIECE.finditer(match["parts"])
        )
        mentions.append(Mention(before[-1][2] if before else default, number, bool(before), label))
    return mentions


def strip_mentions(question: str) -> str:
    """Return `question` without articles, the words of looking one up, and punctuation."""
    return _LOOKING_UP.sub("", _ARTICLE.sub("", question))


def find_unknown_law(question: str, sources: Sequence[Source]) -> str:
    """Return the name of a law that `question` asks about and the corpus does not hold, or "".

    Only where no known law is named beside it: a question that names both is about what the known one says of it.
    """
    if _named(question, sources):
        return ""
    if match := _QUOTED_LAW.search(question):
        return match["title"]
    for article in _ARTICLE.finditer(question):
        if match := _BARE_LAW.search(question[: article.start()]):
            return match["title"]
    return ""


def _stands_for_an_article(question: str, match: re.Match[str], previous: int) -> bool:
    after = question[match.end() :]
    if _COUNTED.match(after):
        return False
    beside = previous >= 0 and re.fullmatch(r"[、，,和与跟同及或到至]*", question[previous : match.start()]) is not None
    return beside or bool(match["parts"]) or _BEFORE_BARE.search(question[: match.start()]) is not None


def _value(number: str) -> int:
    return int(number) if number.isascii() else parse_chinese_numeral(number)


def _named(question: str, sources: Iterable[Source]) -> list[tuple[int, int, Source]]:
    """Return where `question` names which law, in its order; end includes a closing 》."""
    covered: list[tuple[int, int, Source]] = []
    for name, source in _names(sources):  # longest first, so that 保密法实施条例 is not read as 保密法
        if name not in question:
            continue  # spares compiling the patterns of some thousand laws
        for match in re.finditer(re.escape(name) + "》?", question):
            if not any(start < match.end() and match.start() < end for start, end, _ in covered):
                covered.append((match.start(), match.end(), source))
    return sorted(covered, key=lambda entry: entry[0])


def _names(sources: Iterable[Source]) -> list[tuple[str, Source]]:
    """Return every name of every source, longest first; a name shared by two goes to the later of `sources`."""
    names: dict[str, Source] = {}
    for source in sources:
        for name in (source.title, source.title.removeprefix("中华人民共和国"), *source.short_titles):
            names[name] = source
        # 711号令, 109号文: what people say for the document number.
        if match := re.search(r"(?P<decree>令)?(?:第|〕)(?P<number>\d+)号$", source.document_number):
            names[f"{match['number']}号{'令' if match['decree'] else '文'}"] = source
            names[source.document_number] = source
            if len(match["number"]) == 3:
                names[match["number"] + "号"] = source
    return sorted(names.items(), key=lambda item: -len(item[0]))
