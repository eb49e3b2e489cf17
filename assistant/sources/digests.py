"""Reads `corpus/regulations/*.md`: legal texts as digests in our own words, one section an article.

The format is told in `corpus/README.md`. Whatever breaks it is refused with file and line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import CorpusFileError
from assistant.numbers import parse_chinese_numeral, write_chinese_numeral
from assistant.sources.front_matter import read_front_matter

# Stands for "from when is not known": the text counts as in force, and no day is shown.
NOT_KNOWN = date.min
OPEN_POINT = "没有明文规定："

_HEADING = re.compile(r"^第(?P<number>[零〇一二三四五六七八九十百千]+)条\s+(?P<heading>\S.*)$")
_LABEL = re.compile(r"^【(?P<label>(?:第[一二三四五六七八九十]+款)?(?:第[一二三四五六七八九十]+项)?)】\s*")
_REFERENCE = re.compile(r"^(?:(?P<stem>[a-z0-9-]+)\s+)?(?P<part>\S.*)$")
_ARTICLE = re.compile(r"^第([零〇一二三四五六七八九十百千]+)条$")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the corpus and its provenance.

    Attributes:
        kind: `digest` (our own words) or `verbatim`.
        articles: how many articles the official text has (the digest may hold fewer), None where that is not known.
        in_force_until: the last day in force, None while it runs.
        asked_by: words in a question that ask for this text although it is out of force.
        about: words of which a question on this text has one as a rule; without any it starts lower. () for none.
        preferred: the text that an officer cites first where two say the same.
        versioned: other versions of the text are held, so that an answer has to say which it cites.
        day_stated: nobody has said from when the text is in force where this is False; `in_force_from` is its day of
            issue then, or `NOT_KNOWN`: good to put versions in order, not to be shown as what it is not.
    """

    id: str
    title: str
    short_titles: tuple[str, ...]
    document_number: str
    issuer: str
    kind: str
    articles: int | None
    in_force_from: date
    in_force_until: date | None
    asked_by: tuple[str, ...]
    about: tuple[str, ...]
    preferred: bool
    official_url: str
    path: Path
    versioned: bool = False
    day_stated: bool = True

    @property
    def begins(self) -> date | None:
        """The first day in force, None where it is not stated."""
        return self.in_force_from if self.day_stated else None

    @property
    def dated(self) -> date | None:
        """The day of issue of an added text whose first day in force is not stated, None where that is not known."""
        known = self.kind == "verbatim" and self.in_force_from != NOT_KNOWN
        return self.in_force_from if known and not self.day_stated else None

    @property
    def shown_path(self) -> str:
        """Where the text is, as people are told: from the top of the project, or the name of the file added."""
        return f"corpus/regulations/{self.path.name}" if self.kind == "digest" else self.path.name

    def in_force_on(self, day: date) -> bool:
        """Whether the text is in force on `day`."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One 款 or 项 of a digest: a statement that can be shown alone, and the ways people ask for it.

    Attributes:
        label: 「第二款第一项」, or "" in an article of one paragraph.
        questions: the `问:` lines.
        see_also: ids of the articles that `另见:` names.
        verbatim: `text` is the law's own words.
        lead: what the law says before a 项 that stands alone, shown before it; "" where the text needs none.
        gloss: the digest's statement, where the law's words stand in its place and it says more than they do; else "".
    """

    label: str
    text: str
    questions: tuple[str, ...]
    see_also: tuple[str, ...]
    verbatim: bool = False
    lead: str = ""
    gloss: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One section of a digest.

    Attributes:
        id: `source#33`, `source#33/heading` for a point left open, `source#heading` without a number.
        number: of the article (条), or None in a text without articles.
        open_point: the section says that the law is silent.
        chapter: heading of the chapter it stands in, or "".
        line: 1-based line of its heading.
        branch: 1 in 第十七条之一, else 0.
        whole: all of the law's own 款 in order, where they are held; else () and `paragraphs` is all there is.
        words_from: the file that the law's own words come from, or "".
    """

    id: str
    source: Source
    number: int | None
    heading: str
    open_point: bool
    chapter: str
    paragraphs: tuple[Paragraph, ...]
    line: int
    branch: int = 0
    whole: tuple[Paragraph, ...] = ()
    words_from: str = ""

    @property
    def name(self) -> str:
        """How the part is cited: 第三十三条, 第十七条之一, or its heading where there is no number."""
        if self.number is None:
            return self.heading
        branch = f"之{write_chinese_numeral(self.branch)}" if self.branch else ""
        return f"第{write_chinese_numeral(self.number)}条{branch}"

    @property
    def text(self) -> str:
        """All paragraphs, a line each, without labels."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(slots=True)
class _Draft:
    """A section while it is read."""

    number: int | None
    heading: str
    chapter: str
    line: int
    paragraphs: list[tuple[str, str, list[str], list[tuple[int, str]]]] = field(default_factory=list)


def load_digests(folder: Path) -> tuple[Article, ...]:
    """Return every article of every `*.md` in `folder`, in the order of file names and of the files.

    Raises:
        CorpusFileError: broken front matter, an unknown key, a duplicate article, a `问:` line without a paragraph
            or that stands twice, a reference that leads nowhere.
    """
    articles: list[Article] = []
    references: list[tuple[Path, int, str]] = []
    for path in sorted(folder.glob("*.md")):
        if path.name != "README.md":
            articles.extend(_load_file(path, references))
    known = {article.id for article in articles}
    for path, line, target in references:
        if target not in known:
            raise CorpusFileError(path, line, f"另见的条文不存在（{target}）。")
    _refuse_repeated_questions(articles)
    return tuple(articles)


def _refuse_repeated_questions(articles: list[Article]) -> None:
    """Refuse a `问:` line that stands under two articles of law in force: it would lead two ways at once."""
    seen: dict[str, Article] = {}
    for article in articles:
        for question in (q for paragraph in article.paragraphs for q in paragraph.questions):
            other = seen.setdefault(question, article)
            if other is not article:
                raise CorpusFileError(
                    article.source.path, article.line, f"问句与《{other.source.title}》{other.name}重复：{question}"
                )


def _load_file(path: Path, references: list[tuple[Path, int, str]]) -> Iterator[Article]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise CorpusFileError(path, 1, "不是 UTF-8 编码，请另存为 UTF-8。") from error
    data, start = read_front_matter(path, lines)
    source = _source(path, data)
    seen: dict[str, int] = {}
    for draft in _read_sections(path, lines, start):
        article = _finish(source, draft, references)
        if article.id in seen:
            raise CorpusFileError(path, draft.line, f"条文重复，第{seen[article.id]}行已有同一条。")
        seen[article.id] = draft.line
        yield article


def _source(path: Path, data: dict[str, Any]) -> Source:
    return Source(
        id=path.stem,
        title=str(data["title"]),
        short_titles=tuple(str(title) for title in data.get("short_titles") or ()),
        document_number=str(data.get("document_number") or ""),
        issuer=str(data["issuer"]),
        kind=str(data["kind"]),
        articles=data.get("articles"),
        in_force_from=data["in_force_from"],
        in_force_until=data.get("in_force_until"),
        asked_by=tuple(str(word) for word in data.get("asked_by") or ()),
        about=tuple(str(word) for word in data.get("about") or ()),
        preferred=data.get("preferred") is True,
        day_stated=data.get("day_stated", True),
        official_url=str(data.get("official_url") or ""),
        path=path,
    )


def _read_sections(path: Path, lines: list[str], start: int) -> Iterator[_Draft]:
    chapter, draft = "", None
    for number, raw in enumerate(lines[start:], start=start + 1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("# "):
            chapter = line[2:].strip()
            continue
        if line.startswith("## "):
            if draft:
                yield _checked(path, draft)
            match = _HEADING.match(line[3:].strip())
            draft = _Draft(
                number=parse_chinese_numeral(match["number"]) if match else None,
                heading=match["heading"].strip() if match else line[3:].strip(),
                chapter=chapter,
                line=number,
            )
            continue
        if draft is None:
            raise CorpusFileError(path, number, "正文之前缺少“## 第N条 标题”。")
        if line.startswith(("问:", "问：", "另见:", "另见：")):
            if not draft.paragraphs:
                raise CorpusFileError(path, number, "“问:”和“另见:”要写在所属段落之后。")
            content = re.split("[:：]", line, maxsplit=1)[1].strip()
            if not content:
                raise CorpusFileError(path, number, "“问:”或“另见:”后面是空的。")
            if line.startswith("问"):
                draft.paragraphs[-1][2].append(content)
            else:
                draft.paragraphs[-1][3].append((number, content))
            continue
        label = _LABEL.match(line)
        text = line[label.end() :] if label else line
        draft.paragraphs.append((label["label"] if label else "", text, [], []))
    if draft:
        yield _checked(path, draft)


def _checked(path: Path, draft: _Draft) -> _Draft:
    if not draft.paragraphs:
        raise CorpusFileError(path, draft.line, "这一条没有正文。")
    return draft


def _finish(source: Source, draft: _Draft, references: list[tuple[Path, int, str]]) -> Article:
    open_point = draft.heading.startswith(OPEN_POINT)
    if draft.number is None:
        identity = f"{source.id}#{draft.heading}"
    else:
        identity = f"{source.id}#{draft.number}" + (f"/{draft.heading}" if open_point else "")
    paragraphs = []
    verbatim = source.kind == "verbatim"
    for label, text, questions, see_also in draft.paragraphs:
        targets = []
        for line, reference in see_also:
            target = _resolve(source, reference)
            references.append((source.path, line, target))
            targets.append(target)
        paragraphs.append(Paragraph(label, text, tuple(dict.fromkeys(questions)), tuple(targets), verbatim))
    return Article(
        id=identity,
        source=source,
        number=draft.number,
        heading=draft.heading,
        open_point=open_point,
        chapter=draft.chapter,
        paragraphs=tuple(paragraphs),
        line=draft.line,
        words_from=f"corpus/regulations/{source.path.name}" if verbatim else "",
    )


def _resolve(source: Source, reference: str) -> str:
    """Return the article id that 「第三十四条」 or 「reconsideration-law-2023 第二十三条」 names."""
    match = _REFERENCE.match(reference)
    if match is None:
        return reference
    stem, part = match["stem"] or source.id, match["part"]
    article = _ARTICLE.match(part)
    return f"{stem}#{parse_chinese_numeral(article[1]) if article else part}"
