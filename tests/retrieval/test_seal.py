"""The seal tells every byte that is not as it was written, and takes what Chroma itself writes for no damage."""

import random
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from assistant.errors import IndexDamagedError
from assistant.retrieval import chroma
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.generations import current_folder
from assistant.retrieval.index import open_index
from assistant.retrieval.seal import SEAL, _Pages, check_seal, is_sound
from assistant.retrieval.vector_cache import VectorCache
from tests.small import write_small_corpus

NAME = BundledEmbeddings.name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An index whose graph is written down, as that of more than a thousand vectors is."""
    folder, whole = tmp_path_factory.mktemp("sealed"), chroma.GRAPH["hnsw"]
    chroma.GRAPH["hnsw"] = {**whole, "batch_size": 2, "sync_threshold": 4}
    try:
        build_index(write_small_corpus(folder / "corpus"), folder / "data", BundledEmbeddings(), NAME, "2026-11-22")
        yield folder / "data"
    finally:
        chroma.GRAPH["hnsw"] = whole


@pytest.fixture
def data(made, tmp_path):
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def files(data):
    return [path for path in sorted(current_folder(data).rglob("*")) if path.is_file()]


def test_an_index_stays_sound_however_often_it_is_opened(data):
    embeddings = BundledEmbeddings()
    for _ in range(4):
        with closing(open_index(data, embeddings, NAME)) as index:
            assert index.store.nearest(embeddings.embed_query("几天内要回话"), 1)
    database = current_folder(data) / "chroma" / "chroma.sqlite3"
    # As after thousands of starts: the table by which Chroma tries its lock fills many pages, and shrinks again.
    for statement in (
        "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 90000) "
        "INSERT INTO acquire_write SELECT i, 1 FROM n",
        "DELETE FROM acquire_write WHERE id > 50000",
    ):
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(statement)
        check_seal(current_folder(data))


def test_a_byte_that_changed_in_any_file_is_told(data):
    chance, told = random.Random(9), 0
    assert any(path.name == "index_metadata.pickle" for path in files(data))
    database = current_folder(data) / "chroma" / "chroma.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        [(tried,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'acquire_write'")
    first_free = int.from_bytes(database.read_bytes()[32:36], "big")
    unused = {tried} | _Pages(database, 4096).free(first_free)
    for path in files(data):
        whole = path.read_bytes()
        for place in (0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(12))) if whole else ():
            if path == database and (24 <= place < 100 or place // 4096 + 1 in unused):
                continue  # what Chroma itself writes, and what holds nothing
            path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
            assert not is_sound(current_folder(data)), (path.name, place)
            told += 1
        path.write_bytes(whole)
    assert told > 150
    assert is_sound(current_folder(data))


def test_a_file_that_is_gone_or_cut_is_told_and_so_is_a_folder_without_a_seal(data):
    folder = current_folder(data)
    for path in files(data):
        whole = path.read_bytes()
        for cut in (whole[:-1], whole[: len(whole) // 2], b"") if whole else ():
            path.write_bytes(cut)
            assert not is_sound(folder), path.name
        path.unlink()
        assert not is_sound(folder), path.name
        path.write_bytes(whole)
    for seal in ("{}", "[]", '{"seal.json": "x"}', '"', "[1"):
        (folder / SEAL).write_text(seal)
        with pytest.raises(IndexDamagedError, match=r"seal\.json.*corpus rebuild"):
            open_index(data, BundledEmbeddings(), NAME)


def test_a_kept_vector_that_changed_is_left_out_and_a_damaged_file_begun_anew(tmp_path):
    path, key = tmp_path / "vectors.sqlite", b"k" * 8
    VectorCache(path, NAME).put({key: np.ones(384, np.float32), b"other": np.zeros(384, np.float32)})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE checked SET vector = ? WHERE key = ?", (np.zeros(384, np.float32).tobytes(), key))
    assert list(VectorCache(path, NAME).get([key, b"other"])) == [b"other"]
    with path.open("r+b") as file:
        file.write(b"no database")
    assert VectorCache(path, NAME).get([b"other"]) == {}
    VectorCache(path, NAME).put({key: np.ones(384, np.float32)})
    assert list(VectorCache(path, NAME).get([key])) == [key]


def test_vectors_that_a_release_without_sums_kept_are_taken_over(tmp_path):
    path = tmp_path / "vectors.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE vectors (embedder TEXT, key BLOB, vector BLOB, PRIMARY KEY (embedder, key))")
        connection.execute("INSERT INTO vectors VALUES (?, ?, ?)", (NAME, b"k", np.ones(3, np.float32).tobytes()))
    assert VectorCache(path, NAME).get([b"k"])[b"k"].tolist() == [1, 1, 1]
