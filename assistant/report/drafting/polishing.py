"""A chapter rewritten by somebody else (a model, say) is taken only if it says the same; else the plain text stays.

The rewriter is a callable; this wing knows no model.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.errors import GongkaiError, ModelSilentError
from assistant.numbers import fold_width
from assistant.numerals import Numeral, find_numerals
from assistant.report.drafting.provenance import verify_draft
from assistant.report.drafting.sections import Draft, Paragraph, Section
from assistant.report.drafting.texts import Figure, Text
from assistant.report.tables import Statistics

# Chapter and most characters → its new text; raises a GongkaiError where there is none.
Rewrite = Callable[[Section, int], str]
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"^```\w*\s*|\s*```$")
_SHORTEST, _LONGEST = 0.6, 1.3
_CLAUSE = re.compile("[，。；：、\n（）“”]")
_TITLE = re.compile(r"《[^》]*》|〔[^〕]*〕[^号]{0,6}号")
_GAP = re.compile("【[^】]*】")


@dataclass(frozen=True, slots=True)
class Polish:
    """What became of one chapter: the section to use, and why a rewritten text was not taken (empty: it was)."""

    section: Section
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Polished:
    """A draft after polishing.

    Attributes:
        refused: why a chapter kept its plain text, by heading.
        taken: headings of the chapters that have new words.
    """

    draft: Draft
    refused: Mapping[str, tuple[str, ...]]
    taken: tuple[str, ...]

    def plain(self) -> list[dict[str, Any]]:
        """What became of each chapter, as JSON."""
        told = [{"heading": heading, "taken": True, "reasons": []} for heading in self.taken]
        return told + [{"heading": h, "taken": False, "reasons": list(reasons)} for h, reasons in self.refused.items()]

    def lines(self) -> list[str]:
        """What became of each chapter, a line each."""
        told = [f"已润色：{heading}" for heading in self.taken]
        return told + [f"保留原文：{heading}（{'；'.join(reasons)}）" for heading, reasons in self.refused.items()]


def polish_draft(
    draft: Draft, rewrite: Rewrite, demands: Mapping[str, Any], previous: Statistics | None = None
) -> Polished:
    """Return the draft with every chapter that was rewritten well; every number of it is traced again.

    A chapter that cannot be rewritten keeps its plain text, with the reason. A model that is silent once is asked no
    more: the chapters left keep theirs for the same reason.

    Args:
        demands: `polishing` of wording.yaml.
        previous: the statistics of the year before that the draft compares with.
    """
    refused: dict[str, tuple[str, ...]] = {}
    taken: list[str] = []
    for index, section in enumerate(draft.sections):
        if section.table:
            continue
        try:
            polish = polish_chapter(draft, section, rewrite, demands)
            changed = replace(draft, sections=(*draft.sections[:index], polish.section, *draft.sections[index + 1 :]))
            verify_draft(changed, previous)
        except ModelSilentError as error:
            left = [other.chapter.title for other in draft.sections[index:] if not other.table]
            refused |= dict.fromkeys(left, (str(error),))
            break
        except GongkaiError as error:
            refused[section.chapter.title] = (str(error),)
            continue
        if polish.reasons:
            refused[section.chapter.title] = polish.reasons
        else:
            draft = changed
            taken.append(section.chapter.title)
    return Polished(draft, refused, tuple(taken))


def polish_chapter(draft: Draft, section: Section, rewrite: Rewrite, demands: Mapping[str, Any]) -> Polish:
    """Return one chapter of the draft rewritten, or as it was with the reasons; its numbers are those it had.

    Raises:
        GongkaiError: there is no new text.
    """
    limit = draft.statistics.form.overview_limit if section.chapter.key == "overview" else None
    return polish_section(section, rewrite(section, limit or int(section.length * _LONGEST)), demands, limit)


def polish_section(section: Section, rewritten: str, demands: Mapping[str, Any], limit: int | None = None) -> Polish:
    """Return the section in its new words, or as it was with the reasons."""
    said = _FENCE.sub("", _THOUGHT.sub("", rewritten).strip())
    text = "\n".join(line.strip() for line in said.strip().splitlines() if line.strip())
    reasons = tuple(_reasons(section, text, demands, limit))
    return Polish(section, reasons) if reasons else Polish(_reworded(section, text), ())


def _reasons(section: Section, text: str, demands: Mapping[str, Any], limit: int | None) -> Iterator[str]:
    plain = section.text.text
    yield from _shape(section, text)
    yield from _numbers(plain, text, demands)
    for group in demands["negations"]:
        if _count(plain, group) != _count(text, group):
            yield f"“{'、'.join(group)}”这类词的次数变了，意思可能相反"
    for found in sorted(set(_TITLE.findall(text)) - set(_TITLE.findall(plain))):
        yield f"多出文件名或文号“{found}”"
    for kind, ends in (("机关名称", demands["agencies"]), ("文件名或文号", demands["documents"])):
        for name in (name for end in ends for name in sorted(set(re.findall(rf"[\u4e00-\u9fff]{{2}}{end}", text)))):
            if name not in plain:
                yield f"多出{kind}“{name}”"
    for claim in demands["claims"]:
        if claim in text and claim not in plain:
            yield f"多出原文没有的说法“{claim}”"
    length, before = len(fold_width(text)), len(fold_width(plain))
    if not _SHORTEST * before <= length <= _LONGEST * before:
        yield f"篇幅由{before}字变为{length}字"
    elif limit and length > max(limit, before):
        yield f"篇幅{length}字，超过{limit}字"


def _shape(section: Section, text: str) -> Iterator[str]:
    lines = text.split("\n")
    if len(lines) != len(section.paragraphs):
        yield f"段落由{len(section.paragraphs)}段变为{len(lines)}段"
        return
    for paragraph, line in zip(section.paragraphs, lines, strict=True):
        if paragraph.heading and line != paragraph.text.text:
            yield f"标题“{paragraph.text.text}”被改动"
        if _GAP.findall(paragraph.text.text) != _GAP.findall(line):
            yield "【待填】的位置被改动"


def _numbers(plain: str, text: str, demands: Mapping[str, Any]) -> Iterator[str]:
    before, after = _figures(plain), _figures(text)
    if [_key(numeral) for numeral in before] != [_key(numeral) for numeral in after]:
        lost = Counter(map(_key, before)) - Counter(map(_key, after))
        new = Counter(map(_key, after)) - Counter(map(_key, before))
        if not lost and not new:
            yield "数字的先后顺序变了"
        for text_, unit in lost:
            yield f"少了数字“{text_}{'' if unit == '%' else unit}”"
        for text_, unit in new:
            yield f"多了数字“{text_}{'' if unit == '%' else unit}”"
        return
    contexts, others = _contexts(plain, before), _contexts(text, after)
    for index, numeral in enumerate(after):
        if not _same_matter(index, contexts, others, demands["verbs"]):
            yield f"数字“{numeral.text}{'' if numeral.unit == '%' else numeral.unit}”所说的事项变了"


def _same_matter(index: int, before: Sequence[str], after: Sequence[str], verbs: Sequence[str]) -> bool:
    """Whether a number is still said of the same thing: by the verb nearest to it, and by the words around it."""
    if _nearest(before[index], verbs) != _nearest(after[index], verbs):
        return False
    own = _likeness(before[index], after[index])
    return all(own >= _likeness(other, after[index]) for other in before) and (own > 0 or not before[index])


def _contexts(text: str, numerals: Sequence[Numeral]) -> list[str]:
    """What stands before each number: its clause back to the number before it; a bare list item takes more."""
    contexts = []
    for index, numeral in enumerate(numerals):
        start = numerals[index - 1].end if index else 0
        lead = text[start : numeral.start]
        clause = _CLAUSE.split(lead)[-1]
        contexts.append(clause if len(clause) > 1 else lead.split("\n")[-1])
    return contexts


def _nearest(context: str, verbs: Sequence[str]) -> str:
    """The verb that ends last in a context; of two that end alike, the longer one."""
    found = [(context.rfind(verb) + len(verb), len(verb), verb) for verb in verbs if verb in context]
    return max(found)[2] if found else ""


def _likeness(one: str, two: str) -> float:
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} or {text} for text in (one, two)]
    return len(pairs[0] & pairs[1]) / max(min(len(pairs[0]), len(pairs[1])), 1)


def _figures(text: str) -> list[Numeral]:
    return [numeral for numeral in find_numerals(text) if numeral.figure]


def _key(numeral: Numeral) -> tuple[str, str]:
    return numeral.text, numeral.unit


def _count(text: str, group: Sequence[str]) -> int:
    return sum(text.count(word) for word in group)


def _reworded(section: Section, text: str) -> Section:
    """Return the section in new words, its figures in their new places."""
    sources = [figure for paragraph in section.paragraphs for figure in paragraph.text.figures]
    position, paragraphs = 0, []
    for paragraph, line in zip(section.paragraphs, text.split("\n"), strict=True):
        numerals = find_numerals(line)
        figures: list[Figure] = []
        wording = []
        for numeral in numerals:
            source = sources[position] if position < len(sources) else None
            if numeral.figure and source and numeral.text.startswith(source.text):
                figures.append(replace(source, start=numeral.start))
                rest = numeral.text[len(source.text) :].rstrip("%％‰")
                wording += [(rest, numeral.start + len(source.text))] if rest else []
                position += 1
            else:
                wording.append((numeral.text, numeral.start))
        paragraphs.append(Paragraph(Text(line, tuple(figures), tuple(wording)), paragraph.heading))
    return replace(section, paragraphs=tuple(paragraphs))
