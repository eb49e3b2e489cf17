"""The SQLite file of what an office holds."""

import os

import pytest

from assistant.errors import LibraryError
from assistant.logged_file import LoggedFile

TABLES = "CREATE TABLE IF NOT EXISTS one (a TEXT);"


def test_a_new_file_is_for_its_owner_only(tmp_path):
    before = os.umask(0o022)
    try:
        held = LoggedFile(tmp_path / "data" / "held.sqlite", TABLES, "资料库", LibraryError)
        with held.changing() as connection:
            connection.execute("INSERT INTO one VALUES ('x')")
    finally:
        os.umask(before)
    assert held.path.stat().st_mode & 0o777 == 0o600
    assert held.read("SELECT a FROM one") == [("x",)]


def test_one_whose_place_is_no_folder_to_write_in_is_told_in_a_line(tmp_path):
    (tmp_path / "held.sqlite").mkdir()
    held = LoggedFile(tmp_path / "held.sqlite", TABLES, "资料库", LibraryError)
    with pytest.raises(LibraryError, match="没有改动"), held.changing():
        pass
