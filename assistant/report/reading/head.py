"""Tells whose report it is and of which year, from the title, the lead-in and the signature."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.blocks import Document, Paragraph
from assistant.numerals import parse_numeral
from assistant.report.reading.wording import ReadingWords, fold

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|\b)|([二][〇○Ｏ零oO0][一二][〇○零一二三四五六七八九])(?=年)")
_PERIOD = re.compile(r"(20\d\d)年(?:度)?1月1日(?:起)?(?:至|到|—|-|~)")
_OF_YEAR = re.compile(r"(20\d\d)年(?:度|全年)?")
_SIGNED = re.compile(r"(20\d\d)年(\d{1,2})月\d{1,2}日$")
_AROUND = re.compile(
    r"^(?:关于|现将|现公布|附件\d*[:：]?|[★●◆■]|【.*?】)|(?:关于|的|单位|机关)$|[《》<>\[\]【】“”\"'（）()]|^\d+[、.]"
)
# Lines of a site around the article, and sentences.
_NO_TITLE = re.compile(
    r"^(?:首页|当前位置|您所?在的?位置|来源|发布|索引号|浏览|字[号体]|打印|分享)|[。；:：>|]|http|www"
)
_FIRST_LINES = 14
_LONGEST_TITLE = 70


@dataclass(frozen=True, slots=True)
class Head:
    """What the report says of itself.

    Attributes:
        title: as printed, "" where there is none; in several lines put together.
        agency: "" where nothing tells it.
        year: 0 where nothing tells it.
        level: "" where the name does not tell it.
        blocks: those of the title.
    """

    title: str
    agency: str
    year: int
    level: str
    region_rank: str | None
    blocks: frozenset[int]


def read_head(document: Document, words: ReadingWords, first_heading: int) -> Head:
    """Return the head of the report.

    Args:
        first_heading: the block of the first chapter heading.
    """
    lines = [
        (number, block.text)
        for number, block in enumerate(document.blocks)
        if isinstance(block, Paragraph) and number < first_heading
    ]
    title, blocks = _title(lines[:_FIRST_LINES], words)
    declared = document.declared.get("title", "")
    named = title or (declared if words.title_sign.search(fold(declared)) else "")
    lead_in = [text for number, text in lines if number not in blocks]
    closing = [block.text for block in document.paragraphs[-8:]]
    year = _year(named, declared, lead_in, document, closing)
    agency = _agency(named, words) or _agency_in_text(lead_in, closing, words)
    level, rank = _level(agency, words)
    return Head(named, agency, year, level, rank, frozenset(blocks))


def _title(lines: Sequence[tuple[int, str]], words: ReadingWords) -> tuple[str, list[int]]:
    """Return the title and its blocks; one of several lines is put together."""
    folded = [fold(text) for _, text in lines]
    for count in (1, 2, 3):
        for position in range(len(lines) - count + 1):
            part = folded[position : position + count]
            whole = "".join(part)
            if not words.title_sign.search(whole) or len(whole) > _LONGEST_TITLE or any(map(_NO_TITLE.search, part)):
                continue
            first, last = _widen(folded, position, position + count, words)
            return "".join(folded[first:last]), [number for number, _ in lines[first:last]]
    return "", []


def _widen(folded: Sequence[str], first: int, last: int, words: ReadingWords) -> tuple[int, int]:
    """Take in the lines above that name the body or the year, and a year in a line of its own below."""
    while first and not _agency("".join(folded[first:last]), words):
        above = folded[first - 1]
        ends = re.search(f"(?:{words.body_ends.pattern}|年|年度|关于)$", above)
        if not ends or len(above) > _LONGEST_TITLE // 2 or _NO_TITLE.search(above):
            break
        first -= 1
    if last < len(folded) and re.fullmatch(r"\(?(?:20\d\d|二[〇○零][一二].)年?度?\)?", folded[last]):
        last += 1
    return first, last


def _year(title: str, declared: str, lead_in: Sequence[str], document: Document, closing: Sequence[str]) -> int:
    for text in (title, declared):
        match = _YEAR.search(fold(text))
        if match:
            return _as_year(match[1] or match[2])
    head = fold("".join(lead_in))
    match = _PERIOD.search(head) or _OF_YEAR.search(head)
    if match:
        return int(match[1])
    for text in reversed(closing):
        signed = _SIGNED.search(fold(text))
        if signed:
            return int(signed[1]) - 1
    named = Counter(_OF_YEAR.findall(fold(document.text)))
    return int(named.most_common(1)[0][0]) if named else 0


def _as_year(text: str) -> int:
    value = parse_numeral(unicodedata.normalize("NFKC", re.sub("[○Ｏ零oO0]", "〇", text)) if "二" in text else text)
    return int(value) if value is not None else 0


def _agency(title: str, words: ReadingWords) -> str:
    """Return the body that a title names: before the year, or between the year and what is reported."""
    text = fold(title)
    match = words.title_sign.search(text)
    if match is None:
        return ""
    core = re.sub(r"(?:20\d\d|二[〇○零][一二].)年?(?:度|全年)?", "", text[: match.start()])
    core = re.sub(r"\(?(?:年度|工作)?(?:政府|政务)?$", "", core)
    # 「某县人民政府信息公开年报」 says 政府 once where it is meant twice.
    return _trimmed(core + "政府" if core.endswith("人民") else core, words)


def _trimmed(core: str, words: ReadingWords) -> str:
    before = None
    while before != core:
        before, core = core, _AROUND.sub("", core)
    return core if 2 < len(core) <= 40 and words.body_ends.search(core[-8:]) else ""


def _agency_in_text(lead_in: Sequence[str], closing: Sequence[str], words: ReadingWords) -> str:
    """Return the body that signs the report or, failing that, that the lead-in says made it."""
    for text in reversed(closing):
        folded = fold(text)
        date = _SIGNED.search(folded)
        name = folded[: date.start()] if date else folded
        if 3 < len(name) <= 25 and not re.search("[，。、：:；]", name):
            agency = _trimmed(name, words)
            if agency and re.search(words.body_ends.pattern + "$", agency):
                return agency
    head = fold("".join(lead_in))
    for pattern in (
        r"由(?P<name>[\u4e00-\u9fff]{3,25}?)(?:根据|依据|编制|负责)",
        r"(?:现公布|现将|特编制|编制|公开|公布)(?P<name>[\u4e00-\u9fff]{3,25}?)(?:20\d\d年|政府信息公开)",
    ):
        match = re.search(pattern, head)
        if match:
            agency = _trimmed(match["name"], words)
            if agency and agency[0] not in "本我":
                return agency
    return ""


def _level(agency: str, words: ReadingWords) -> tuple[str, str | None]:
    for body in words.bodies:
        if agency and body.sign.search(agency):
            return body.level, body.region_rank
    return "", None
