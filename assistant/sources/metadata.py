"""Reads out of a text what it says of itself: title, number, issuer, and the days of issue, effect and end.

What the text does not say stays "" or None; what it says of an earlier version is not taken for this one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import yaml

from assistant.documents.blocks import Document, RawTable
from assistant.documents.characters import close_gaps
from assistant.errors import CorpusFileError
from assistant.sources.dates import parse_day
from assistant.sources.effect import Effect, find_effect
from assistant.sources.envelope import NAMED, Envelope, open_envelope
from assistant.sources.issue import (
    EVENT,
    bodies_of_title,
    body_of_congress,
    body_of_events,
    body_of_letterhead,
    body_of_sign,
    find_number,
    find_signature,
)
from assistant.sources.titles import close_title, find_title

_HEAD = 25
_LONG_SENTENCE = 40
_LONGEST_LINE = 5000
_CLAUSE_ENDS = re.compile("[。；]")
_REPEALED = re.compile("(?:同时|即行|自行)废止")
_AMENDED = re.compile(r"修正|修订")
_FORWARDED = re.compile("转发|批转")
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
    printed = [paragraph.text for paragraph in document.paragraphs]
    lines = [close_gaps(line) for line in printed]
    # A paragraph without end is no letterhead and no closing article; the search for days in it would take minutes.
    envelope = open_envelope([line[:_LONGEST_LINE] for line in printed])
    letters = envelope.letters[::-1]
    rule = [close_gaps(line) for line in envelope.rule]
    head = _head(rule)
    labelled = _labelled(document)
    events = [event for line in head for event in EVENT.finditer(line)]
    heads = [envelope.rule[: len(head)], *([line for line in letter if "。" not in line] for letter in letters)]
    number, body = find_number(labelled.get("number") or document.declared.get("number", ""), heads)
    signed_by, signed_on = _signature(envelope)
    issuer = (
        labelled.get("issuer")
        or body
        or body_of_congress(events)
        or body_of_sign(number, issuers)
        or "、".join(signed_by)
        or next((found for one in heads if (found := "、".join(bodies_of_title(one)))), "")
        or next((found for one in heads if (found := body_of_letterhead(one))), "")
        or body_of_events(events)
        or document.declared.get("issuer", "")
    )
    issued = parse_day(labelled.get("issued", "")) or _issued(events, envelope, signed_on)
    effect = (
        Effect(day, find_effect(rule, head, letters, issued, "").ends)
        if (day := parse_day(labelled.get("from", "")))
        else find_effect(rule, head, [[*map(close_gaps, letter)] for letter in letters], issued, _amended(events, head))
    )
    notes = [effect.note] if effect.note else []
    if not issuer:
        notes.append("没有找到发文机关，可用 --issuer 填写。")
    if envelope.others:
        others = "、".join(f"《{title}》" for title in envelope.others)
        notes.append(f"文件里还有{others}，只按第一个文本分条；请把其余的另存为单独的文件添加。")
    return TextMetadata(
        title=envelope.title or labelled.get("title") or find_title(document, [close_title(line) for line in printed]),
        document_number=number,
        issuer=issuer,
        issued_on=issued,
        in_force_from=effect.begins,
        in_force_until=parse_day(labelled.get("until", "")) or effect.ends,
        repeals=_repeals(lines),
        notes=tuple(notes),
    )


def _signature(envelope: Envelope) -> tuple[list[str], date | None]:
    """Return bodies and day of the signature of the nearest letter that has one, else of the text itself."""
    for letter in reversed(envelope.letters):
        bodies, day = find_signature(letter, len(letter))
        if day:
            return bodies, day
    return find_signature(envelope.rule)


def _issued(events: Sequence[re.Match[str]], envelope: Envelope, signed_on: date | None) -> date | None:
    """Return the day of this version: the last that its note of issue or the letter that publishes it has."""
    dated = [day for event in events if (day := parse_day(event["day"])) is not None]
    forwarded = bool(envelope.letters) and any(_FORWARDED.search(line) for line in envelope.letters[-1])
    # Who forwards a published rule does not issue it.
    published = envelope.letters and signed_on is not None and not (dated and forwarded)
    return max([*dated, *([signed_on] if published and signed_on else [])], default=signed_on)


def _amended(events: Sequence[re.Match[str]], head: Sequence[str]) -> str:
    """Return how this version came about, 修正 or 修订; "" for a first version."""
    if events and (match := _AMENDED.search(events[-1]["verb"])):
        return match[0]
    return next((match[0] for line in reversed(head) for match in [*_AMENDED.finditer(line)][-1:] if "第" in line), "")


def _head(lines: Sequence[str]) -> list[str]:
    """Return the lines before the first article or sentence: where title, number and history stand."""
    head = []
    for line in lines[:_HEAD]:
        if re.match(r"第[零〇一二三四五六七八九十百千]{1,9}条", line) or (
            line.endswith("。") and len(line) > _LONG_SENTENCE
        ):
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


def _repeals(lines: Sequence[str]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for clause in (clause for line in lines for clause in _CLAUSE_ENDS.split(line)):
        ends = [match.end() for match in _REPEALED.finditer(clause)]
        if ends:
            names |= dict.fromkeys(NAMED.findall(clause[: ends[-1]]))
    return tuple(names)
