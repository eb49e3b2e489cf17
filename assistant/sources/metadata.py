"""Reads out of a text what it says of itself: title, number, issuer, and the days of issue, effect and end.

What the text does not say stays "" or None; what it says of an earlier version is not taken for this one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import yaml

from assistant.documents.blocks import Document, RawTable
from assistant.documents.characters import close_gaps
from assistant.errors import CorpusFileError
from assistant.numbers import parse_chinese_numeral
from assistant.sources.dates import DAY, add_years, parse_day
from assistant.sources.titles import find_title

_HEAD = 25
# A text that says more is damaged, or ours to misread: the day stays open for a person to enter.
_MOST_DAYS, _MOST_YEARS = 3650, 100
_TAIL = 8
_NUMERAL = "[零〇一二三四五六七八九十百千]{1,9}"
_FILE_NUMBER = re.compile(
    r"(?P<sign>[\u4e00-\u9fff]{1,15})[〔\[［（(【](?P<year>(?:19|20)\d\d)[〕\]］）)】]第?(?P<serial>\d{1,5})号"
)
_ORDER = re.compile(
    rf"(?:中华人民共和国)?(?P<body>[\u4e00-\u9fff]{{2,16}}?)(?P<kind>令|公告)[（(]?第?(?P<serial>\d{{1,9}}|{_NUMERAL})号"
)
_EVENT = re.compile(
    rf"(?P<day>{DAY})(?P<what>[^。]*?)(?P<verb>通过|公布|发布|修订|修正|批准|印发)(?=[）)\s]|$|[，,；;\u3000]|并|根据|自|\d|施行)"
)
_SINCE = r"公布之日|发布之日|印发之日|下发之日|颁布之日|通过之日"
_EFFECT = re.compile(
    rf"(?P<self>本[\u4e00-\u9fff]{{1,8}}?|[，,。；]|^)\s*自(?:(?P<day>{DAY})|(?P<since>{_SINCE}))起(?P<later>{_NUMERAL}|\d{{1,9}})?(?:个?日后|日)?"
    r"(?:正式)?(?:施行|实施|执行|生效|试行)"
)
_NOTED_EFFECT = re.compile(rf"(?:自)?(?P<day>{DAY})(?:起)?(?:施行|实施|生效)")
_UNTIL = re.compile(rf"有效期(?:限)?(?:截?至|到)(?P<day>{DAY})")
_YEARS = re.compile(rf"有效期(?:限)?(?:为)?(?P<years>\d{{1,3}}|{_NUMERAL})年")
_CLAUSE_ENDS = re.compile("[。；]")
_REPEALED = re.compile("(?:同时|即行|自行)废止")
_NAMED = re.compile(r"《([^《》]+(?:《[^《》]+》[^《》]*)*)》")
_CONGRESS = re.compile(r"全国人民代表大会(?:常务委员会)?(?=第[\u4e00-\u9fff]{1,5}次会议)")
_LABELS = {
    "标题": "title", "名称": "title", "文件名称": "title", "发文字号": "number", "文号": "number", "发布文号": "number",
    "发文机关": "issuer", "发文机构": "issuer", "发布机构": "issuer", "制定机关": "issuer", "成文日期": "issued",
    "公布日期": "issued", "印发日期": "issued", "施行日期": "from", "实施日期": "from", "生效日期": "from",
    "失效日期": "until", "废止日期": "until",
}  # fmt: skip
_LABELLED = re.compile(r"^[【\[]?(?P<label>[\u4e00-\u9fff]{2,6})[】\]]?[:：]\s*(?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class TextMetadata:
    """What a text says of itself.

    Attributes:
        document_number: 「国务院令第711号」 or 「国办发〔2019〕14号」; of several orders the one of this version.
        issuer: the body that made it, also where another amended it.
        issued_on: day of this version.
        in_force_from: first day this version is in force; None also where the text names only an earlier version's.
        in_force_until: last day in force, where the text sets one.
        repeals: titles that it puts out of force.
        notes: Chinese lines on what a person should enter or check.
    """

    title: str
    document_number: str
    issuer: str
    issued_on: date | None
    in_force_from: date | None
    in_force_until: date | None
    repeals: tuple[str, ...]
    notes: tuple[str, ...]


def load_issuers(path: Path) -> dict[str, str]:
    """Return the issuers by the beginning of their documents' numbers.

    Raises:
        CorpusFileError: no mapping of text to text.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not all(isinstance(key, str) and isinstance(data[key], str) for key in data):
        raise CorpusFileError(path, 1, "应当是“代字: 机关”的列表。")
    return dict(data)


def read_metadata(document: Document, issuers: Mapping[str, str]) -> TextMetadata:
    """Return what `document` says of itself.

    Args:
        issuers: the issuing bodies by the beginning of their documents' numbers.
    """
    lines = [close_gaps(paragraph.text) for paragraph in document.paragraphs]
    labelled = _labelled(document)
    head = _head(lines)
    events = [event for line in head for event in _EVENT.finditer(line)]
    number, body = _number(labelled.get("number") or document.declared.get("number", ""), head)
    signed_by, signed_on = _signature(lines)
    issuer = (
        labelled.get("issuer")
        or next((match[0] for event in events for match in [_CONGRESS.search(event["what"])] if match), "")
        or body
        or _by_sign(number, issuers)
        or _issuer_of(events)
        or signed_by
        or document.declared.get("issuer", "")
    )
    dated = [day for event in events if (day := parse_day(event["day"])) is not None]
    issued = parse_day(labelled.get("issued", "")) or max(dated, default=signed_on)
    start, notes = _effect(lines, head, labelled.get("from", ""), issued)
    if not issuer:
        notes.append("没有找到发文机关，可用 --issuer 填写。")
    return TextMetadata(
        title=labelled.get("title") or find_title(document, lines),
        document_number=number,
        issuer=issuer,
        issued_on=issued,
        in_force_from=start,
        in_force_until=parse_day(labelled.get("until", "")) or _end(lines, start),
        repeals=_repeals(lines),
        notes=tuple(notes),
    )


def _head(lines: Sequence[str]) -> list[str]:
    """Return the lines before the first article or sentence: where title, number and history stand."""
    head = []
    for line in lines[:_HEAD]:
        if re.match(rf"第{_NUMERAL}条", line) or (line.endswith("。") and len(line) > 40):
            break
        head.append(line)
    return head


def _labelled(document: Document) -> dict[str, str]:
    """Return what the box above a text on a government site states: 「发文字号：…」, a line or two cells each."""
    found: dict[str, str] = {}

    def note(label: str, value: str) -> None:
        key = _LABELS.get(re.sub(r"\s", "", label).strip("：:"))
        if key and value.strip():
            found.setdefault(key, close_gaps(value.strip()))

    for block in document.blocks[:_HEAD]:
        if isinstance(block, RawTable):
            for row in block.rows:
                for label, value in pairwise(row):
                    note(label, value)
                for cell in row:
                    if match := _LABELLED.match(close_gaps(cell)):
                        note(match["label"], match["value"])
        elif match := _LABELLED.match(close_gaps(block.text)):
            note(match["label"], match["value"])
    return found


def _number(stated: str, head: Sequence[str]) -> tuple[str, str]:
    """Return the document's number and the body that an order names; of several orders the last is this version's."""
    file_numbers, orders = [], []
    for line in [stated, *head]:
        plain = "，" not in line and "。" not in line
        # A number inside 《…》 or after 根据 is another document's.
        own = re.sub("《[^》]*》", "", line)
        if plain and not own.startswith(("根据", "依据", "按照")):
            file_numbers += [f"{m['sign']}〔{m['year']}〕{int(m['serial'])}号" for m in _FILE_NUMBER.finditer(own)]
        orders += list(_ORDER.finditer(re.sub(rf"{DAY}", " ", own)))
    if file_numbers and not orders:
        return file_numbers[0], ""
    if orders:
        last = orders[-1]
        body = "" if last["body"].endswith("主席") else last["body"]
        return f"{last['body']}{last['kind']}第{last['serial']}号", body
    return (stated, "")


def _by_sign(number: str, issuers: Mapping[str, str]) -> str:
    sign = re.split("[〔\\[]", number)[0]
    return next((issuers[known] for known in sorted(issuers, key=len, reverse=True) if sign == known), "")


def _issuer_of(events: Sequence[re.Match[str]]) -> str:
    """Return the body that passed or published the text, as its note of issue names it."""
    for event in events:
        match = re.match(
            r"(?P<body>[\u4e00-\u9fff、]{2,30}?)(?:审判委员会|第?\d+次|第[\u4e00-\u9fff]{1,6}次|公告|$)", event["what"]
        )
        if (
            match
            and event["verb"] in ("公布", "发布", "印发", "通过")
            and not match["body"].startswith(("中共中央政治局会议",))
        ):
            return match["body"]
    return ""


def _signature(lines: Sequence[str]) -> tuple[str, date | None]:
    """Return body and day of the signature at the end: a line that is a day, the body on the line before."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - _TAIL), -1):
        if re.fullmatch(rf"[（(]?{DAY}[）)]?", lines[index]):
            before = lines[index - 1] if index else ""
            body = before if re.fullmatch(r"[\u4e00-\u9fff（）()]{3,30}", before) else ""
            return body, parse_day(lines[index].strip("（("))
    return "", None


def _effect(
    lines: Sequence[str], head: Sequence[str], stated: str, issued: date | None
) -> tuple[date | None, list[str]]:
    """Return the first day in force, and what a person should check."""
    if day := parse_day(stated):
        return day, []
    found: date | None = None
    for line in [line for line in lines if "起" in line]:
        for match in _EFFECT.finditer(line):
            last = line is lines[-1] or match["self"].startswith("本")
            if not last and line not in lines[-_TAIL:]:
                continue
            start = parse_day(match["day"]) if match["day"] else issued
            days = _count(match["later"] or "0")
            start = start + timedelta(days=days) if start is not None and days <= _MOST_DAYS else None
            found = start or found
    noted = [parse_day(match["day"]) for line in head for match in _NOTED_EFFECT.finditer(line)]
    if noted and noted[-1] is not None:
        return noted[-1], []
    if found is not None and issued is not None and found < issued:
        return None, [
            f"文中的施行日期（{found.isoformat()}）早于本版的日期（{issued.isoformat()}），是最初版本的；"
            "请用 --in-force-from 填写本版的施行日期。"
        ]
    return found, [] if found else ["没有找到施行日期，请用 --in-force-from 填写。"]


def _count(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else parse_chinese_numeral(numeral)


def _end(lines: Sequence[str], start: date | None) -> date | None:
    for line in lines[-_TAIL:]:
        if match := _UNTIL.search(line):
            return parse_day(match["day"])
        if start is not None and (match := _YEARS.search(line)) and (years := _count(match["years"])) <= _MOST_YEARS:
            return add_years(start, years) - timedelta(days=1)
    return None


def _repeals(lines: Sequence[str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for clause in (clause for line in lines for clause in _CLAUSE_ENDS.split(line)):
        ends = [match.end() for match in _REPEALED.finditer(clause)]
        if ends:
            names |= dict.fromkeys(_NAMED.findall(clause[: ends[-1]]))
    return tuple(names)
