"""Tells the letter that brings a rule (an order, an announcement, a notice) from the rule that it brings.

An office rarely gets a rule alone: it comes behind an order with the mayor's name, behind the announcement of a
congress, or behind a notice to the offices below, sometimes one inside the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.characters import close_gaps
from assistant.sources.dates import DAY

NAMED = re.compile(r"《([^《》]+(?:《[^《》]+》[^《》]*)*)》")
"""A title in its marks, one more inside it allowed."""
_BRINGS = re.compile(
    r"现予|予以(?:公布|发布|印发)|现将|现(?:印发|转发|公布|发布)|(?:印发|转发|下发)(?:给|至)|重新(?:公布|发布)|制定了《"
    r"|关于(?:印发|转发|批转|公布|发布)|^转发|^批转"
)
# Without marks: 关于印发某某办法的通知, 转发市水利局某某办法的通知.
_OF_NOTICE = re.compile(r"(?:印发|转发|批转|公布|发布)(?P<name>[^《》，。]{4,80})的(?:通知|公告|通告)$")
_FIRST_ARTICLE = re.compile(r"第\s?一\s?条(?!第|规定|所|的|和|、|至)")
_SENTENCE = re.compile("[：:。，；;]|^[0-9]")
_MOST_LETTERS, _REACH, _LINES_OF_TITLE = 3, 80, 4
_SHORTEST_NAME, _LONGEST_NAME = 6, 90


@dataclass(frozen=True, slots=True)
class Envelope:
    """A text taken out of the letters it came in; a text without a letter is all rule.

    Attributes:
        letters: the outermost first, each its lines.
        rule: the lines of the rule, its title first.
        title: of the rule; "" where there is no letter.
        others: titles of the further texts that the last letter brings in the same file.
    """

    letters: tuple[Sequence[str], ...]
    rule: Sequence[str]
    title: str = ""
    others: tuple[str, ...] = ()


def open_envelope(lines: Sequence[str]) -> Envelope:
    """Return the rule in `lines` (as printed) and the letters before it."""
    letters: list[Sequence[str]] = []
    envelope = Envelope((), lines)
    while len(letters) < _MOST_LETTERS and (found := _enclosed(envelope.rule, envelope.title)):
        start, after, end, title, others = found
        letters.append(envelope.rule[:start])
        envelope = Envelope(tuple(letters), [title, *envelope.rule[after:end]], title, others)
    return envelope


def _enclosed(printed: Sequence[str], own: str) -> tuple[int, int, int, str, tuple[str, ...]] | None:
    """Return where the enclosed rule's title begins and ends, where its text ends, the title, and what else there is.

    Args:
        own: title of `printed` itself, where it came in a letter, too.
    """
    lines = [close_gaps(line) for line in printed]
    articles = next((i for i, line in enumerate(lines) if _FIRST_ARTICLE.match(line)), len(lines))
    names: dict[str, None] = {}
    since = -1
    for place, line in enumerate(lines[: min(_REACH, articles)]):
        # A long title is set in two lines, the marks opened in one and closed in the other.
        whole = line + lines[place + 1] if line.count("《") > line.count("》") and place + 1 < len(lines) else line
        if _BRINGS.search(whole):
            unmarked = _OF_NOTICE.search(whole)
            names |= dict.fromkeys([*NAMED.findall(whole), *([unmarked["name"]] if unmarked else [])])
            since = place if since < 0 else since
    names = {name: None for name in names if plain_name(name) != plain_name(own)}
    found = sorted(at for name in names if (at := _place_of(lines, name, since + 1)))
    if found:
        start, after, title = found[0]
        beside = [place for place in found if place[0] >= after and not _reopens(lines, start, place[0])]
        end = beside[0][0] if beside else len(lines)
        return start, after, end, title, tuple(dict.fromkeys(other for _, _, other in beside))
    if len(names) == 1 and articles < len(lines):
        # The letter names the rule and goes over into its articles without its title.
        days = [place for place in range(since, articles) if is_day(lines[place])]
        start = days[-1] + 1 if days else articles
        return start, start, len(lines), next(iter(names)), ()
    return None


def _reopens(lines: Sequence[str], start: int, place: int) -> bool:
    """Whether the text at `start` is itself a letter that brings the one at `place`, which is within it then."""
    return not any(_FIRST_ARTICLE.match(line) for line in lines[start:place]) and any(
        _BRINGS.search(line) for line in lines[start:place]
    )


def _place_of(lines: Sequence[str], name: str, since: int) -> tuple[int, int, str] | None:
    """Return where a title stands as lines of its own: (first line, line after it, title as printed)."""
    wanted = plain_name(name)
    exact, alike = [], []
    for start in range(since, len(lines)):
        whole = ""
        for end in range(start, min(start + _LINES_OF_TITLE, len(lines))):
            whole += lines[end]
            plain = plain_name(whole)
            if plain == wanted:
                exact.append((start, end + 1, whole))
            elif end == start and _same_but_for_the_body(plain, wanted):
                alike.append((start, end + 1, whole))
            if not wanted.startswith(plain):
                break
    # A list of annexes may name it before; the rule itself is followed by its text, and stands last.
    last_sentence = max((i for i in range(len(lines)) if lines[i].endswith("。")), default=-1)
    places = [place for place in exact or alike if place[1] <= last_sentence]
    first_article = next((i for i in range(since, len(lines)) if _FIRST_ARTICLE.match(lines[i])), len(lines))
    return next((place for place in reversed(places) if place[0] < first_article), next(iter(places), None))


def _same_but_for_the_body(one: str, other: str) -> bool:
    """Whether one title is the other with the name of a body before it: 示例市取水办法, 市水利局示例市取水办法."""
    short, long = sorted((one, other), key=len)
    # 「附件：某某办法」 and a sentence that ends so are no titles.
    return (
        len(short) >= _SHORTEST_NAME
        and len(long) <= _LONGEST_NAME
        and long.endswith(short)
        and not _SENTENCE.search(long)
    )


def plain_name(title: str) -> str:
    """Return a title by its characters alone: no marks, no white space, brackets in full width."""
    bare = re.sub(r"[\s《》〈〉<>]", "", title).replace("(", "（").replace(")", "）")
    return bare.removeprefix("中华人民共和国")


def is_day(line: str) -> bool:
    """Whether a line is a day and nothing else."""
    return re.fullmatch(rf"[（(]?{DAY}[）)]?", line) is not None
