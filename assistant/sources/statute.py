"""A statute as its articles: 条 with their 编/章/节 path, 款 and 项 that can be addressed, tables kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.documents.blocks import RawTable
from assistant.numbers import parse_chinese_numeral, write_chinese_numeral

_NUMERAL = "[零〇一二三四五六七八九十百千]{1,9}"
_ADDRESS = re.compile(
    rf"(?:第(?P<article>{_NUMERAL}|\d{{1,9}})条(?:之(?P<branch>{_NUMERAL}))?)?(?:第(?P<clause>{_NUMERAL})款)?"
    rf"(?:第[（(]?(?P<item>{_NUMERAL})[）)]?项)?"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One 项: its number as counted, and its text with the printed number 「（一）」; 目 stand in it a line each."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One 款: its own text, the 项 under it, and the tables that follow it."""

    number: int
    text: str
    items: tuple[Item, ...] = ()
    tables: tuple[RawTable, ...] = ()

    @property
    def full_text(self) -> str:
        """The text with its 项 and tables, a line each."""
        return "\n".join([self.text, *(item.text for item in self.items), *(table.text for table in self.tables)])


@dataclass(frozen=True, slots=True)
class StatuteArticle:
    """One 条.

    Attributes:
        number: 33 in 第三十三条; None for a unit that is not numbered as an article (`label` then names it).
        branch: 1 in 第十七条之一, else 0.
        path: headings from 编 to 节 under which it stands, as 「第三章 依申请公开」.
        clauses: its 款 in order.
        page: 1-based page of its beginning, or None.
        label: how the source names it where it is no 条.
    """

    number: int | None
    branch: int
    path: tuple[str, ...]
    clauses: tuple[Clause, ...]
    page: int | None = None
    label: str = ""

    @property
    def name(self) -> str:
        """第三十三条, 第十七条之一, or the label."""
        if self.number is None:
            return self.label
        branch = f"之{write_chinese_numeral(self.branch)}" if self.branch else ""
        return f"第{write_chinese_numeral(self.number)}条{branch}"

    @property
    def text(self) -> str:
        """The whole article without its number, a line each 款, 项 and row."""
        return "\n".join(clause.full_text for clause in self.clauses)

    def clause(self, number: int) -> Clause | None:
        """Return the 款 of that number, or None."""
        return next((clause for clause in self.clauses if clause.number == number), None)

    def parts(self) -> Iterator[tuple[str, str]]:
        """Yield (address, text) of every 款 and 项: 第三十三条第二款, 第二十条第一项.

        In an article of one 款 its number is left out, as citations do.
        """
        for clause in self.clauses:
            address = self.name + (f"第{write_chinese_numeral(clause.number)}款" if len(self.clauses) > 1 else "")
            yield address, clause.text
            for item in clause.items:
                yield f"{address}第{write_chinese_numeral(item.number)}项", item.text


@dataclass(frozen=True, slots=True)
class Statute:
    """A statute as split.

    Attributes:
        preamble: what stands before the first heading of the body: title, notes of issue, contents, an opening.
        articles: in order.
        annex: what stands after the last article: annexes, signature.
        headings: every 编/章/节 heading of the body in order.
        tables: those of the preamble and the annex.
    """

    preamble: tuple[str, ...]
    articles: tuple[StatuteArticle, ...]
    annex: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    tables: tuple[RawTable, ...] = ()

    def find(self, address: str) -> str | None:
        """Return the text at 「第三十三条」, 「第三十三条第二款」 or 「第二十条第（一）项」, or None.

        In 「第N条第M项」 without a 款 the first 款 that has 项 is meant.
        """
        match = _ADDRESS.fullmatch("".join(address.split()))
        if match is None or not match["article"]:
            return None
        article = self.article(_value(match["article"]), _value(match["branch"] or "零"))
        if article is None:
            return None
        if match["clause"] is None and match["item"] is None:
            return article.text
        clause = (
            article.clause(_value(match["clause"]))
            if match["clause"]
            else next((clause for clause in article.clauses if clause.items), None)
        )
        if clause is None or match["item"] is None:
            return clause.full_text if clause else None
        return next((item.text for item in clause.items if item.number == _value(match["item"])), None)

    def article(self, number: int, branch: int = 0) -> StatuteArticle | None:
        """Return the article of that number, or None."""
        return next((a for a in self.articles if (a.number, a.branch) == (number, branch)), None)


def _value(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else parse_chinese_numeral(numeral)
