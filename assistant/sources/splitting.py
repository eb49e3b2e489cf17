"""Splits a legal text into its articles, exactly: nothing lost, nothing taken for a heading that is a reference.

Lines that may begin an article are weighed together: the chain of articles that counts up best is taken, so that
「第十四条」 at the head of a line inside a sentence, an article quoted in another, and a table of contents are told
from the articles themselves.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.blocks import Block, Paragraph, RawTable
from assistant.documents.characters import close_gaps
from assistant.numbers import parse_chinese_numeral
from assistant.sources.clauses import split_clauses
from assistant.sources.dates import DAY
from assistant.sources.statute import Statute, StatuteArticle

_DIGITS = "零〇一二三四五六七八九十百千"
_NUMERAL = rf"(?:[{_DIGITS}](?:\s?[{_DIGITS}]){{0,8}}|\d{{1,9}})"
_ARTICLE = re.compile(
    rf"^第\s?(?P<number>{_NUMERAL})\s?条(?:\s?之\s?(?P<branch>[{_DIGITS}]{{1,3}})(?![{_DIGITS}]))?(?P<gap>\s+|[:：]\s*|(?=[【（(〔])|$)?"
)
_HEADING = re.compile(rf"^第\s?(?P<number>{_NUMERAL})\s?(?P<kind>分编|编|章|节)(?P<gap>\s*)(?P<title>.*)$")
ARTICLE_NUMBER = re.compile(rf"第(?P<number>[{_DIGITS}]+)条(?:之(?P<branch>[{_DIGITS}]+))?")
"""The name of an article alone: 第三十三条, 第十七条之一."""
_RANK = {"编": 1, "分编": 2, "章": 3, "节": 4}
_LONGEST_HEADING = 45
# Headings that stand without a number, of the highest rank.
_UNNUMBERED = re.compile(r"^(?:总\s*则|分\s*则|附\s*则)$")
_NO_TITLE = re.compile(r"[。；：！？;!?]|^第[一二三四五六七八九十百]+[条款项]")
# Without a space after its number, a line that goes on so is a reference: 第三章和第四章 …, 第二节的规定.
_GOES_ON = re.compile(r"[的之和与及或至、，]|规定|所列|所称")
_REFERENCE = re.compile(
    r"^(?:规定|所列|所称|所指|的|和|或|及|与|至|、|，|第[一二三四五六七八九十]+[款项]|[一二三四五六七八九十]+款|）|》|”)"
)
_LEADER = re.compile(r"(?:[.．·…]{3,}|\s)\s*[（(]?\d{1,4}[）)]?$")
_ENDED = "。；：！？”’）)】》…;:!?"
_IMPRINT = re.compile(
    r"[（(].{2,30}[）)]$|责任编辑|扫一扫|来源|(?:抄送|分送|主送|主题词|校对|承办单位|公开方式|信息公开选项)[:：]|共印\d+份"
)
_ANNEX = re.compile(r"^附\s?[件表录]?\s?(?:[一二三四五六七八九十\d]{1,3})?\s?(?:[：:]|$|\s)|^附[件表录]")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line that may begin an article, and how much speaks for it."""

    position: int
    number: int
    branch: int
    weight: int


def split_statute(blocks: Iterable[Block]) -> Statute:
    """Return the articles of a legal text; a text without articles is all preamble.

    Equal for every format a text comes in: white space beside Chinese characters is dropped, nothing else changed.
    """
    lines = list(blocks)
    chain = _best_chain(_candidates(lines), len(lines))
    if not chain:
        return Statute(tuple(_flat(lines)), (), tables=_tables(lines))
    first = _start_of_headings(lines, chain[0].position)
    end = _start_of_annex(lines, chain[-1].position)
    articles, headings = _build(lines, chain, first, end)
    outside = [*lines[:first], *lines[end:]]
    return Statute(
        preamble=tuple(_flat(lines[:first])),
        articles=tuple(articles),
        annex=tuple(_flat(lines[end:])),
        headings=tuple(headings),
        tables=_tables(outside),
    )


def _flat(lines: Sequence[Block]) -> list[str]:
    return [close_gaps(line.text) for line in lines if isinstance(line, Paragraph)]


def _tables(lines: Sequence[Block]) -> tuple[RawTable, ...]:
    return tuple(line for line in lines if isinstance(line, RawTable))


def _number(numeral: str) -> int:
    compact = re.sub(r"\s", "", numeral)
    return int(compact) if compact.isdigit() else parse_chinese_numeral(compact)


def _candidates(lines: Sequence[Block]) -> list[_Candidate]:
    found = []
    for position, line in enumerate(lines):
        match = _ARTICLE.match(line.text) if isinstance(line, Paragraph) else None
        if match is None or not match["number"]:
            continue
        rest = line.text[match.end() :]
        weight = 4 if match["gap"] is not None else 0
        weight += 2 if position == 0 or _may_end(lines[position - 1]) else -2
        weight -= 6 if match["gap"] is None and _REFERENCE.match(rest) else 0
        weight -= (
            8 if _LEADER.search(line.text) and not line.text.endswith("。") and len(line.text) < _LONGEST_HEADING else 0
        )
        weight -= 3 if _REFERENCE.match(rest) else 0
        found.append(
            _Candidate(position, _number(match["number"]), _number(match["branch"]) if match["branch"] else 0, weight)
        )
    return found


def _may_end(line: Block) -> bool:
    """Whether an article may begin after this line: a table, a heading, or a sentence that is complete."""
    if isinstance(line, RawTable) or line.level or _HEADING.match(line.text):
        return True
    return line.text[-1:] in _ENDED or len(line.text) < 20


def _best_chain(candidates: list[_Candidate], lines: int) -> list[_Candidate]:
    """Return the candidates that count up best from the first to the last (the heaviest increasing chain)."""
    best: list[tuple[int, int]] = []
    for index, candidate in enumerate(candidates):
        start = candidate.weight + (4 if (candidate.number, candidate.branch) == (1, 0) else -2)
        value, before = start, -1
        for earlier in range(index):
            step = _step(candidates[earlier], candidate)
            if step is not None and best[earlier][0] + candidate.weight + step > value:
                value, before = best[earlier][0] + candidate.weight + step, earlier
        best.append((value, before))
    if not best:
        return []
    # The first of equals: what follows the end of a statute (another one in the same file) does not count up to it.
    index = max(range(len(best)), key=lambda i: (best[i][0], -i))
    chain = []
    while index >= 0:
        chain.append(candidates[index])
        index = best[index][1]
    chain.reverse()
    return chain if len(chain) > 1 or chain[0].weight >= 4 else []


def _step(before: _Candidate, after: _Candidate) -> int | None:
    """Return how well `after` follows: the next number or branch best, a gap worse, None for counting down."""
    if (after.number, after.branch) <= (before.number, before.branch):
        return None
    if after.number == before.number:
        return 4 if after.branch == before.branch + 1 else -2
    missing = after.number - before.number - 1
    if after.branch > 1:
        return -6
    return (4 if not after.branch else -1) - 5 * min(missing, 3) if missing else (4 if not after.branch else 1)


def heading_of(text: str) -> str:
    """Return a 编/章/节 heading as it is kept: one space after its number, none in its title (第一章 总则)."""
    match = _HEADING.match(text.strip())
    if match is None:
        return close_gaps(text.strip())
    return f"第{''.join(match['number'].split())}{match['kind']} {close_gaps(match['title'])}".strip()


def _heading(line: Block) -> tuple[int, str] | None:
    """Return (rank, text) of a 编/章/节 heading, or None."""
    if not isinstance(line, Paragraph) or len(line.text) > _LONGEST_HEADING:
        return None
    if _UNNUMBERED.match(line.text):
        return 1, close_gaps(line.text)
    match = _HEADING.match(line.text)
    if match is None or _LEADER.search(line.text):
        return None
    title = close_gaps(match["title"])
    close = bool(title) and not match["gap"] and not line.level
    if _NO_TITLE.search(title) or (close and (len(title) > 25 or _GOES_ON.match(title))):
        return None
    return _RANK[match["kind"]], heading_of(line.text)


def _start_of_headings(lines: Sequence[Block], first_article: int) -> int:
    """Return where the headings of the first article begin; those of a table of contents before them stay out."""
    start, lowest = first_article, 5
    while start > 0:
        heading = _heading(lines[start - 1])
        if heading is None and start > 1 and _is_title_of(lines, start - 1):
            heading = _heading(lines[start - 2])
            if heading is not None and heading[0] < lowest:
                lowest, start = heading[0], start - 2
                continue
            break
        if heading is None or heading[0] >= lowest:
            break
        lowest, start = heading[0], start - 1
    return start


def _is_title_of(lines: Sequence[Block], position: int) -> bool:
    """Whether this line is the title of a heading that stands alone on the line before (第一章 / 总则)."""
    line, before = lines[position], lines[position - 1] if position else None
    if not isinstance(line, Paragraph) or before is None:
        return False
    heading = _heading(before)
    alone = heading is not None and re.fullmatch(r"第\S{1,8}[编章节]", heading[1]) is not None
    short = len(line.text) <= 25 and not re.search("[。；：，]", line.text)
    return alone and short and not _ARTICLE.match(line.text) and not _HEADING.match(line.text)


def _start_of_annex(lines: Sequence[Block], last_article: int) -> int:
    """Return where the last article ends: before an annex, the title of what follows, or a signature with its date."""
    for position in range(last_article + 1, len(lines)):
        line = lines[position]
        if isinstance(line, Paragraph) and (_ANNEX.match(line.text) or _opens_another(lines, position)):
            return position
    end = len(lines)
    while end > last_article + 1 and is_imprint(lines[end - 1]):
        end -= 1
    return end


def _opens_another(lines: Sequence[Block], position: int) -> bool:
    """Whether another statute's title stands here: short lines without a sentence, then a heading or 第一条."""
    for line in lines[position : position + 8]:
        if not isinstance(line, Paragraph):
            return False
        match = _ARTICLE.match(line.text)
        if match is not None and match["gap"] is not None and _number(match["number"]) == 1 and not match["branch"]:
            return True
        if line.text.endswith(("。", "；", "：")):
            return False
    return False


def is_imprint(line: Block) -> bool:
    """Whether a line is a signature, its day, or what is printed below: 抄送, who printed it when, the site's foot."""
    if not isinstance(line, Paragraph):
        return False
    text = close_gaps(line.text)
    dated = re.fullmatch(rf"[（(]?{DAY}[）)]?", text)
    body = re.fullmatch(r".{2,30}(?:局|厅|委|委员会|办公室|政府|部|院|会|署|中心|处)", text)
    return bool(dated or body or _IMPRINT.match(text) or re.fullmatch(rf".{{0,40}}{DAY}印发", text))


def _build(
    lines: Sequence[Block], chain: list[_Candidate], first: int, end: int
) -> tuple[list[StatuteArticle], list[str]]:
    begins = {candidate.position: candidate for candidate in chain}
    path: list[tuple[int, str]] = []
    headings: list[str] = []
    articles: list[StatuteArticle] = []
    current: _Candidate | None = None
    under: tuple[str, ...] = ()
    held: list[Block] = []

    def close() -> None:
        if current is not None:
            page = lines[current.position].page
            articles.append(StatuteArticle(current.number, current.branch, under, split_clauses(held), page))

    position = first
    while position < end:
        line = lines[position]
        heading = None if position in begins else _heading(line)
        if heading is not None and _stands_as_heading(lines, position, end, begins):
            close()
            current, held = None, []
            rank, text = heading
            if position + 1 < end and position + 1 not in begins and _is_title_of(lines, position + 1):
                text = f"{text} {close_gaps(lines[position + 1].text)}"
                position += 1
            path = [(known, name) for known, name in path if known < rank] + [(rank, text)]
            headings.append(text)
        elif position in begins and isinstance(line, Paragraph):
            close()
            current, under = begins[position], tuple(name for _, name in path)
            match = _ARTICLE.match(line.text)
            rest = line.text[match.end() :] if match else line.text
            held = [Paragraph(rest, page=line.page)] if rest.strip() else []
        else:
            held.append(line)
        position += 1
    close()
    return articles, headings


def _stands_as_heading(lines: Sequence[Block], position: int, end: int, begins: dict[int, _Candidate]) -> bool:
    """Whether a 编/章/节 line is one: only further headings (and their titles) part it from the next article."""
    following = position + 1
    while following < end and following not in begins:
        if _heading(lines[following]) is None and not _is_title_of(lines, following):
            return False
        following += 1
    return following < end
