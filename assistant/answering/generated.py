"""What a chat model writes, read while it comes: claims with the numbers of the passages they cite."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_IDS = re.compile(r"[\[【［](?:id|编号|资料)?[:：]?\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)[\]】］]", re.IGNORECASE)
_LEAD = re.compile(r"^\s*(?:[-*•]|\d+[.、)])\s*")
_OBJECT = re.compile(r"\{[^{}]*\}")
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_DECLINED = re.compile(r"^\W*(?:资料不足|无法回答)\W*$")
_LONGEST = 12_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence and the numbers it cites; `declined` where the model says that it cannot answer."""

    text: str
    ids: tuple[int, ...]
    declined: bool = False


def read_claims(pieces: Iterable[str]) -> Iterator[Claim]:
    """Yield each claim as soon as it is complete: an object of JSON, or a line that ends with [1][2].

    A half object, a half line without marker and whatever is no claim is left out; endless text is cut.
    """
    written, taken = "", 0
    for piece in pieces:
        written += piece
        whole = _THOUGHT.sub(lambda match: " " * len(match.group()), written)
        structured = whole.lstrip().removeprefix("```json").lstrip().startswith(("{", "["))
        for end, claim in _complete(whole, taken, structured):
            taken = end
            yield claim
        if len(written) > _LONGEST:
            return
    whole = _THOUGHT.sub(lambda match: " " * len(match.group()), written)
    if not whole.lstrip().removeprefix("```json").lstrip().startswith(("{", "[")):
        yield from (claim for _, claim in _complete(whole + "\n", taken, structured=False))


def _complete(whole: str, taken: int, structured: bool) -> Iterator[tuple[int, Claim]]:
    if structured:
        for match in _OBJECT.finditer(whole, taken):
            if claim := _from_object(match.group()):
                yield match.end(), claim
        return
    for match in re.finditer(r"[^\n]*\n", whole[taken:]):
        yield from ((taken + match.end(), claim) for claim in _from_line(match.group()))


def _from_object(text: str) -> Claim | None:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return None
    said, ids = value.get("text"), value.get("ids", [])
    if value.get("declined") is True:
        return Claim("", (), declined=True)
    if not isinstance(said, str) or not said.strip() or not isinstance(ids, list):
        return None
    return Claim(_plain(said), tuple(i for i in ids if isinstance(i, int)))


def _from_line(line: str) -> Iterator[Claim]:
    """Yield the claims of a line: each sentence with the markers behind it."""
    text = _LEAD.sub("", line).strip()
    if not text:
        return
    if _DECLINED.match(text):
        yield Claim("", (), declined=True)
        return
    start = 0
    for group in re.finditer(rf"(?:{_IDS.pattern}\s*)+[。．.]?", text, re.IGNORECASE):
        ids = tuple(int(n) for m in _IDS.finditer(group.group()) for n in re.findall(r"\d+", m[1]))
        if said := _plain(text[start : group.start()]):
            yield Claim(said, ids)
        start = group.end()
    if rest := _plain(text[start:]):
        yield Claim(rest, ())


def _plain(text: str) -> str:
    """Return the sentence without markers, marks of layout and anything that could pass for a link or a heading."""
    return (
        re.sub(r"[*_`#<>|\\]|\[|\]|!\(", "", _IDS.sub("", text)).strip(" 。\t\r\n") + "。" if text.strip(" 。") else ""
    )
