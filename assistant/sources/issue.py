"""Who issued a text, when, and under which number: letterheads, orders, announcements, signatures, notes of issue."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from assistant.sources.dates import DAY, parse_day
from assistant.sources.envelope import is_day

_NUMERAL = "[零〇一二三四五六七八九十百千]{1,9}"
_TAIL = 8
_LONGEST_HEAD_LINE = 45
_FILE_NUMBER = re.compile(
    r"(?P<sign>[\u4e00-\u9fff]{1,15})[〔\[［（(【](?P<year>(?:19|20)\d\d)[〕\]］)）】]第?(?P<serial>\d{1,5})号"
)
# 令第45号, 令（第45号）, 令2024年第9号, 公告（十四届第31号）
_ORDER = re.compile(
    r"(?P<body>[\u4e00-\u9fff、]{2,60}?)(?P<kind>令|公告)"
    rf"(?:(?P<bracket>[（(〔\[](?P<term>[\u4e00-\u9fff\d]{{2,6}}届)[）)〕\]]?第?)|[（(]?(?P<year>(?:19|20)\d\d年)?第?)"
    rf"(?P<serial>\d{{1,9}}|{_NUMERAL})号[）)]?"
)
EVENT = re.compile(
    rf"(?P<day>{DAY})(?P<what>[^。]*?)(?P<verb>通过|公布|发布|修订|修正|批准|印发)(?=[）)\s]|$|[，,；;\u3000]|并|的|根据|自|\d|施行)"
)
"""What happened to a text on a day: 2019年4月3日 中华人民共和国国务院令第711号 修订."""
_CONGRESS = re.compile(
    r"(?P<before>[\u4e00-\u9fff]{0,14}?)第[\u4e00-\u9fff]{1,4}届(?P<after>[\u4e00-\u9fff]{0,6}?)"
    r"人民代表大会(?P<standing>常务委员会)?(?=第[\u4e00-\u9fff]{1,5}次会议)"
)
_TERM = re.compile(r"第[零〇一二三四五六七八九十]{1,4}届(?=(?:全国)?人民代表大会)")
_BODY = re.compile(
    r"[\u4e00-\u9fff（）()]{2,40}(?:政府|局|厅|委|委员会|办公室|办公厅|办|部|院|署|会|中心|处|行|组|所|总站|校|大学|学院|社|馆|总队|支队|大队|公司|集团)"
)
_OFFICE_OF_PERSON = re.compile(r"(?:长|主任|总理|主席|书记)[:：]?[\u4e00-\u9fff]{1,4}$")
_BEFORE_MATTER = re.compile(r"^(?P<bodies>[\u4e00-\u9fff（）()、\s]{3,120}?)(?:关于|转发|印发|批转)")
BETWEEN_BODIES = re.compile(r"(?<=[局厅部委会署院])\s+(?=[\u4e00-\u9fff]{3,20}(?:局|厅|部|委员会|署|院|办公室))")
"""The gap between the bodies of a joint text."""
_ANNEX = re.compile(r"附\s?件\s?[一二三四五六七八九十\d]{0,2}\s?[:：]?$")


def find_number(stated: str, heads: Iterable[Sequence[str]]) -> tuple[str, str]:
    """Return the document's number and the body that an order names: ("示府令第9号", "示例市人民政府").

    Args:
        stated: a number that the page states apart, or "".
        heads: what stands above the text and above the letters that bring it, the nearest first; the lines as
            printed, single spaces between bodies kept. The first that has a number gives it.
    """
    for lines in ([stated], *heads):
        if found := _number_of(lines):
            return found
    return stated, ""


def _number_of(lines: Sequence[str]) -> tuple[str, str] | None:
    file_numbers, orders = [], []
    for line in _unbroken(lines):
        # A number inside 《…》 or after 根据 is another document's.
        own = re.sub("《[^《》]*》|〈[^〈〉]*〉", "", line)
        if "，" not in line and "。" not in line and not own.startswith(("根据", "依据", "按照")):
            file_numbers += [f"{m['sign']}〔{m['year']}〕{int(m['serial'])}号" for m in _FILE_NUMBER.finditer(own)]
        orders += list(_ORDER.finditer(re.sub(rf"{DAY}|根据", " ", own)))
    if file_numbers and (not orders or orders[-1]["kind"] == "公告"):
        return file_numbers[0], ""
    if not orders:
        return None
    # Of several orders the last is this version's.
    last = orders[-1]
    body = "、".join(part.removeprefix("中华人民共和国") for part in last["body"].split("、") if part)
    serial = f"（{last['term']}第{last['serial']}号）" if last["term"] else f"{last['year'] or ''}第{last['serial']}号"
    return f"{body}{last['kind']}{serial}", "" if body.endswith("主席") else _TERM.sub("", body)


def _unbroken(lines: Sequence[str]) -> list[str]:
    """Return lines with closed gaps, and a letterhead over several lines as one: 某部 / 某某部 / 令 / 第17号."""
    closed: list[str] = []
    for line in lines:
        text = re.sub(r"\s", "", BETWEEN_BODIES.sub("、", line))
        if (
            re.fullmatch(
                rf"[（(]?(?:(?:19|20)\d\d年|[\u4e00-\u9fff]{{2,4}}届)?第(?:\d{{1,9}}|{_NUMERAL})号[）)]?|令|公告", text
            )
            and closed
        ):
            if text in ("令", "公告"):
                bodies: list[str] = []
                while closed and re.fullmatch(_BODY, closed[-1].replace("、", "")):
                    bodies.insert(0, closed.pop())
                closed.append("、".join(bodies) + text)
            else:
                closed[-1] += text
        else:
            closed.append("、".join(bodies_in(line)) or text)
    return closed


def bodies_in(line: str) -> list[str]:
    """Return the bodies that a line of a letterhead or a signature names, [] where it is something else.

    Args:
        line: as printed; several bodies are parted by spaces, a body's own characters may be spread by them.
    """
    parts = re.split(r"[\s、]+", line.strip())
    if len(parts) > 1 and all(len(part) >= 3 and _BODY.fullmatch(part) for part in parts):
        return parts
    whole = re.sub(r"\s", "", line)
    if _BODY.fullmatch(whole) and not _OFFICE_OF_PERSON.search(whole):
        return [whole]
    return []


def find_signature(lines: Sequence[str], reach: int = _TAIL) -> tuple[list[str], date | None]:
    """Return the bodies and the day of the last signature: a line that is a day, the bodies on the lines before.

    Args:
        lines: as printed; what follows the word 附件 alone on a line is not looked at.
        reach: how many lines from the end it may stand.
    """
    end = next((place for place, line in enumerate(lines) if place and _ANNEX.fullmatch(line)), len(lines))
    for place in range(end - 1, max(-1, end - 1 - reach), -1):
        text = re.sub(r"\s", "", lines[place])
        day = re.search(rf"{DAY}$", text)
        if is_day(text):
            bodies: list[str] = []
            above = place - 1
            while above >= 0 and (more := bodies_in(lines[above])):
                bodies = [*more, *bodies]
                above -= 1
            return bodies, parse_day(text.strip("（("))
        if day and (bodies := bodies_in(text[: day.start()])):
            return bodies, parse_day(day[0])
    return [], None


def bodies_of_title(lines: Sequence[str]) -> list[str]:
    """Return the bodies before 关于 in the title of a notice: 「某市财政局 某市教育局关于印发…的通知」."""
    short = [line for line in lines if len(line) <= 2 * _LONGEST_HEAD_LINE and not re.search("[。；：:]", line)]
    for place in range(len(short)):
        for more in (1, 2, 3):
            if match := _BEFORE_MATTER.match(" ".join(short[place : place + more])):
                return bodies_in(match["bodies"])
    return []


def body_of_letterhead(lines: Sequence[str]) -> str:
    """Return the body of a line 「某市人民政府办公室文件」, "" where there is none."""
    heads = (re.sub(r"\s", "", line) for line in lines)
    return next((head.removesuffix("文件") for head in heads if head.endswith("文件") and bodies_in(head[:-2])), "")


def body_of_congress(events: Sequence[re.Match[str]]) -> str:
    """Return the congress or its standing committee that passed the text, "" where none did."""
    for event in events:
        for match in _CONGRESS.finditer(event["what"]):
            # 第十四届全国人民代表大会, 示例市第十六届人民代表大会
            return f"{match['before']}{match['after']}人民代表大会{match['standing'] or ''}"
    return ""


def body_of_events(events: Sequence[re.Match[str]]) -> str:
    """Return the body that passed or published the text, as its note of issue names it."""
    for event in events:
        match = re.match(
            r"(?P<body>[\u4e00-\u9fff、]{2,30}?)(?:审判委员会|第?\d+次|第[\u4e00-\u9fff]{1,6}次|公告|$)", event["what"]
        )
        if (
            match
            and event["verb"] in ("公布", "发布", "印发", "通过")
            and not match["body"].startswith("中共中央政治局会议")
        ):
            return match["body"]
    return ""


def body_of_sign(number: str, issuers: Mapping[str, str]) -> str:
    """Return the issuer of documents whose number begins so, "" where `issuers` does not know it."""
    sign = re.split("[〔\\[]", number)[0]
    return next((issuers[known] for known in sorted(issuers, key=len, reverse=True) if sign == known), "")
