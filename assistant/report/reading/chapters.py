"""Finds the chapters of a report by their headings, and gives every paragraph of prose its chapter."""

import re
from collections.abc import Iterable, Iterator, Mapping

from assistant.documents.blocks import Document, Paragraph, RawTable
from assistant.report.forms import Form
from assistant.report.published import LEAD_IN, Heading, Passage
from assistant.report.reading.wording import ReadingWords, fold, fold_label, numbering

_LONGEST_HEADING = 45
_FEWEST_CONTENTS = 4
_PROSE = {LEAD_IN, "overview", "problems", "other"}
_SENTENCE = re.compile("[。；;!！?？]|，.*，")
_GLUED = re.compile(
    r"^\s*(?P<heading>[一二三四五六七八九十]{1,2}\s*[、.．]\s*[^。，：:；\s]{2,34})[。：:\s]\s*(?P<rest>\S.*)$"
)
# A recognizer now and then loses the mark behind the number: 一总体情况.
_UNMARKED = re.compile(r"\s*(?P<number>[一二三四五六七八九十])\s*(?P<heading>\S{2,40})\s*")


def find_headings(document: Document, form: Form, words: ReadingWords) -> tuple[Heading, ...]:
    """Return the chapter headings in the order of the document.

    An official heading is one wherever it stands; another one counts when it is numbered as a chapter and follows in
    order, so that a list numbered 一、二、三、 inside a chapter is none.
    """
    official = {key: texts | _form_headings(form, key) for key, texts in words.headings.items()}
    labels = _row_labels(form)
    known = frozenset().union(*official.values())
    candidates = [(text, block) for text, block in _candidates(document, known) if fold_label(text) not in labels]
    candidates = _without_contents(candidates)
    named = [(text, block, _named(text, official)) for text, block in candidates]
    sure = [(text, block, key) for text, block, key in named if key and numbering(text)[0] == "chapter"]
    keys = {key for _, _, key in sure}
    others = {block: key for text, block, key in named if key and key not in keys and not _inside_part(text, named)}
    return tuple(_in_order(candidates, {block: key for _, block, key in sure} | others, form, words))


def _row_labels(form: Form) -> frozenset[str]:
    """The folded labels of rows, which are numbered as chapters are: 三、本年度办理结果."""
    nodes = [node for table in form.tables.values() for block in table.blocks for node in block.rows]
    return frozenset(fold_label(inner.label) for node in nodes for inner in node.walk())


def _without_contents(candidates: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Leave out a table of contents: headings one after the other that come again below."""
    start = 0
    for end in range(1, len(candidates) + 1):
        if end < len(candidates) and candidates[end][1] == candidates[end - 1][1] + 1:
            continue
        below = {fold_label(text) for text, _ in candidates[end:]}
        if sum(1 for text, _ in candidates[start:end] if fold_label(text) in below) >= _FEWEST_CONTENTS:
            return candidates[:start] + candidates[end:]
        start = end
    return candidates


def _candidates(document: Document, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    for number, block in enumerate(document.blocks):
        if isinstance(block, RawTable):
            for row in block.rows[:1] + block.rows[-1:]:
                texts = {text for text in row if text.strip()}
                if len(texts) == 1 and numbering(text := texts.pop())[0] == "chapter" and len(fold(text)) < 40:
                    yield text, number
            continue
        text = heading_of(block, known)
        if text:
            yield text, number


def heading_of(paragraph: Paragraph, known: frozenset[str]) -> str:
    """Return the heading that a paragraph is or begins with, "" for neither; `known` are folded headings."""
    folded = fold(paragraph.text)
    unmarked = _UNMARKED.fullmatch(paragraph.text)
    if unmarked and fold_label(unmarked["heading"]) in known:
        return f"{unmarked['number']}、{unmarked['heading']}"
    begins = _GLUED.match(paragraph.text)
    if begins and fold_label(begins["heading"]) in known:
        return begins["heading"]
    if 2 < len(folded) <= _LONGEST_HEADING and not _SENTENCE.search(folded.rstrip("。;；")):
        return paragraph.text
    return begins["heading"] if begins else ""


def _form_headings(form: Form, key: str) -> frozenset[str]:
    return frozenset(fold_label(chapter.heading) for chapter in form.chapters if chapter.key == key)


def _named(text: str, official: Mapping[str, frozenset[str]]) -> str:
    folded = fold_label(text)
    return next((key for key, texts in official.items() if folded in texts), "")


def _inside_part(text: str, named: Iterable[tuple[str, int, str]]) -> bool:
    """Whether a heading numbered as a part （一） names a chapter only by chance: there are chapters numbered 一、."""
    return numbering(text)[0] in {"part", "item"} and any(
        key and numbering(other)[0] == "chapter" for other, _, key in named
    )


def _in_order(
    candidates: Iterable[tuple[str, int]], known: Mapping[int, str], form: Form, words: ReadingWords
) -> Iterator[Heading]:
    order = [chapter.key for chapter in form.chapters]
    found = set(known.values())
    last, seen = 0, set[str]()
    for text, block in candidates:
        kind, value = numbering(text)
        key = known.get(block, "")
        if key:
            yield Heading(text, key, block)
            seen.add(key)
            last = value if kind == "chapter" else last + 1
            continue
        if kind != "chapter" or value != last + 1:
            continue
        key = next((chapter for chapter, sign in words.heading_signs if sign.search(fold(text))), "")
        if not key or key in found or key in seen:
            key = order[value - 1] if 0 < value <= len(order) and order[value - 1] not in found | seen else ""
        if not key and (last == 0 or value <= len(order)):
            continue
        last = value
        seen.add(key)
        yield Heading(text, key, block)


def find_passages(
    document: Document, headings: Iterable[Heading], used: frozenset[int], title: frozenset[int]
) -> Iterator[Passage]:
    """Yield the prose with the chapter of each paragraph.

    Args:
        used: blocks that belong to tables; scraps of labels between them are no prose either.
        title: blocks of the title.
    """
    begins = {heading.block: heading for heading in headings}
    first, last = min(used, default=0), max(used, default=-1)
    chapter = LEAD_IN
    for number, block in enumerate(document.blocks):
        if number in begins:
            chapter = begins[number].chapter or chapter
            rest = _rest(block, begins[number])
            if rest:
                yield Passage(chapter, rest, number, block.page)
            continue
        if not isinstance(block, Paragraph) or number in used or number in title or not block.text.strip("|｜ "):
            continue
        if not (first < number < last and chapter not in _PROSE and _is_scrap(block.text)):
            yield Passage(chapter, block.text, number, block.page)


def _is_scrap(text: str) -> bool:
    return len(fold(text)) <= _LONGEST_HEADING and not _SENTENCE.search(text)


def _rest(block: object, heading: Heading) -> str:
    """What follows a heading in its own paragraph."""
    if not isinstance(block, Paragraph) or fold(block.text) == fold(heading.text):
        return ""
    glued = _GLUED.match(block.text)
    return block.text if glued and glued["rest"].strip() else ""
