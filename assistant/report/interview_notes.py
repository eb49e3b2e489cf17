"""The notes that the dialogue of a draft asks for: a chapter at a time, each line put with the kind it belongs to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from assistant.numbers import fold_width
from assistant.report.entry import NOTE_KEYS, clean
from assistant.report.interview_state import Interview
from assistant.report.interview_words import InterviewWords

_LABEL = re.compile(
    r"^(?:[(（]?[\d一二三四五六七八九]+[)）.、]\s*)?[“《]?(?P<label>[^:：]{2,14}?)[”》]?[:：]\s*(?P<rest>.*)$"
)


# A clerk who writes a line for everything: 「问题：……；措施：……」.
_NEXT_LABEL = re.compile(r"[；;。]\s*(?=[^；;。，,:：]{2,10}[:：])")
_NEXT_POINT = re.compile(r"[；;。]\s*(?=[一二三四五六七八九十]是)")
# A draft counts its points itself.
_COUNTED = re.compile(r"^(?:[一二三四五六七八九十]是|[(（]?\d{1,2}[)）.、])\s*(?=\D)")


def next_note(interview: Interview, words: InterviewWords, *, first: bool = False) -> tuple[str, str]:
    """What is to be asked next of the notes: the state and the question; "" where there is nothing.

    Args:
        first: the figures have just become complete, and this is said before the question.
    """
    for index, entry in enumerate(interview.facts.last_year_problems):
        if not entry.done and f"last_year:{index}" not in interview.noted:
            return f"last_year:{index}", words.ask("last_year", problem=entry.problem)
    for chapter in words.chapters:
        missing = _missing_kinds(interview, chapter)
        if missing and f"chapter:{chapter['key']}" not in interview.noted:
            listed = "；".join(f"{kind['label']}（{kind['what']}）" for kind in missing)
            question = words.ask("notes", chapter=chapter["name"], kinds=listed, label=missing[-1]["label"])
            return f"chapter:{chapter['key']}", (words.ask("complete") + "\n" if first else "") + question
    return "", ""


def take_chapter(interview: Interview, message: str, words: InterviewWords) -> tuple[Interview, str]:
    """Take the notes of the chapter that was asked for; return the state, and how many lines went to which kind."""
    chapter = next(chapter for chapter in words.chapters if f"chapter:{chapter['key']}" == interview.awaiting)
    lines = _sort(message, chapter["kinds"], _missing_kinds(interview, chapter))
    told = [f"{kind['label']}{len(lines[kind['key']])}条" for kind in chapter["kinds"] if kind["key"] in lines]
    taken = replace(_with(interview, lines), noted=(*interview.noted, interview.awaiting))
    return taken, words.ask("notes_taken", kinds="，".join(told)) if told else ""


def take_part(interview: Interview, message: str, key: str, words: InterviewWords) -> Interview:
    """Take more notes for a written draft: of kind `key` where no label in front of a line says another."""
    kinds = [kind for chapter in words.chapters for kind in chapter["kinds"]]
    return _with(interview, _sort(message, kinds, [{"key": key}]))


def take_labelled(interview: Interview, message: str, words: InterviewWords) -> tuple[Interview, str]:
    """Take notes that came unasked, each with its label; return the state, and how many lines went to which kind."""
    kinds = [kind for chapter in words.chapters for kind in chapter["kinds"]]
    first = next(key for line in _lines(message, kinds) if (key := _labelled(line, kinds)[0]))
    lines = _sort(message, kinds, [{"key": first}])
    told = [f"{kind['label']}{len(lines[kind['key']])}条" for kind in kinds if kind["key"] in lines]
    return _with(interview, lines), words.ask("notes_taken", kinds="，".join(told)) if told else ""


def _with(interview: Interview, lines: Mapping[str, list[str]]) -> Interview:
    notes = {key: (*interview.facts.of(key), *lines.get(key, ())) for key in NOTE_KEYS}
    return replace(interview, facts=replace(interview.facts, notes=MappingProxyType(notes)))


def asked_all(interview: Interview, words: InterviewWords) -> Interview:
    """Return the interview as if every note had been asked for."""
    chapters = (f"chapter:{chapter['key']}" for chapter in words.chapters)
    problems = (f"last_year:{index}" for index, _ in enumerate(interview.facts.last_year_problems))
    return replace(interview, noted=(*interview.noted, *chapters, *problems))


def is_labelled(message: str, words: InterviewWords) -> bool:
    """Whether a message says of what kind a note in it is."""
    lines = [clean(line) for line in message.splitlines()]
    return any(_labelled(line, chapter["kinds"])[0] for chapter in words.chapters for line in lines)


def _missing_kinds(interview: Interview, chapter: Mapping[str, Any]) -> list[Mapping[str, str]]:
    return [kind for kind in chapter["kinds"] if not interview.facts.told(kind["key"])]


def _sort(
    message: str, kinds: Sequence[Mapping[str, str]], missing: Sequence[Mapping[str, str]]
) -> dict[str, list[str]]:
    """Return the lines of a message by kind.

    A label in front (「平台建设：」) holds for its line, and for those below it where it stands alone; a line without
    one goes by its words, and else to the first kind that is missing.
    """
    sorted_lines: dict[str, list[str]] = {}
    heading = ""
    for line in _lines(message, kinds):
        key, text = _labelled(line, kinds)
        if key and not text:
            heading = key
            continue
        folded = fold_width(text)
        by_words = (kind["key"] for kind in missing if kind.get("when") and re.search(kind["when"], folded))
        key = key or heading or next(by_words, missing[0]["key"])
        sorted_lines.setdefault(key, []).extend(_COUNTED.sub("", point) for point in _NEXT_POINT.split(text))
    return sorted_lines


def _lines(message: str, kinds: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The lines of a message, also parted where a label stands within one."""
    for line in filter(None, map(clean, message.splitlines())):
        start = 0
        for match in _NEXT_LABEL.finditer(line):
            if _labelled(line[match.end() :], kinds)[0]:
                yield line[start : match.start()]
                start = match.end()
        yield line[start:]


def _labelled(line: str, kinds: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """The kind that the label in front of a line names and what follows it; "" and the line where there is none."""
    if found := _LABEL.match(line):
        for kind in kinds:
            if re.fullmatch(kind["called"], found["label"].strip()):
                return kind["key"], found["rest"].strip()
    return "", line
