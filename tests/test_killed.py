"""`gongkai corpus …` killed with SIGKILL at random moments: nothing is half there, and the next run completes it.

Real processes with the real embedder and real Chroma over a small shipped folder, so that what is killed is the work
and not the start. Nearly all vectors are there beforehand, as an earlier run that was broken off leaves them (drawn at
random: what they say is no matter here); the others are computed. `make soak` kills at 20 moments instead of a few.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest

from assistant.answering.chain import Inquiry, build_chain
from assistant.holdings import Holdings
from assistant.numbers import write_chinese_numeral
from assistant.retrieval.added import units_of
from assistant.retrieval.building import build_index
from assistant.retrieval.calibration import Calibration
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.folders import left_over
from assistant.retrieval.hybrid import search
from assistant.retrieval.index import open_index
from assistant.retrieval.vector_cache import VectorCache
from assistant.sources.intake import Told
from assistant.sources.library import Library
from tests.conftest import ROOT, TODAY
from tests.small import write_small_corpus

NAME = BundledEmbeddings.name
STATUTES, ARTICLES = 10, 50
COMPUTED = 20  # one vector in so many has to be computed
# `main` with another folder of what is shipped; otherwise the command as it is.
LAUNCH = (
    "import sys; from pathlib import Path; from assistant.settings import Settings;"
    "Settings.shipped_folder = Path(sys.argv.pop(1)); from assistant.cli import main; main()"
)


def statute(number):
    """A made-up statute whose every article says something of its own."""
    lines = [f"第{write_chinese_numeral(number)}示例区车辆停放办法", "第一章 总则"]
    lines += [
        f"第{write_chinese_numeral(n)}条 第{number}区第{n}号停车场每小时收费{number * 100 + n}元。"
        for n in range(1, ARTICLES)
    ]
    return "\n".join([*lines, f"第{write_chinese_numeral(ARTICLES)}条 本办法自2023年5月1日起施行。"]) + "\n"


class Office:
    """A shipped folder, the files to be added, and the data folder as it is before and after they are added."""

    def __init__(self, folder):
        self.folder, self.files = folder, folder / "文件"
        corpus = write_small_corpus(folder / "shipped" / "corpus")
        (corpus / "sources.toml").write_text("", encoding="utf-8")
        shutil.copyfile(ROOT / "corpus" / "issuers.yaml", corpus / "issuers.yaml")
        self.files.mkdir()
        for number in range(1, STATUTES + 1):
            (self.files / f"{number:02}.txt").write_text(statute(number), encoding="utf-8")
        self.embeddings = BundledEmbeddings()
        self.before, self.after = folder / "before", folder / "after"
        build_index(corpus, self.before, self.embeddings, NAME, "2026-11-22")
        self.whole = self._texts(folder / "read")
        self.keep_vectors(self.before)
        shutil.copytree(self.before, self.after)
        self.adding = self.measure(self.after, "add", self.files)
        assert {text.id for text in Library(self.after / "corpus.sqlite").texts()} == set(self.whole)

    def _texts(self, data):
        """Return what the files say, by id, without an index."""
        holdings = self.holdings(data)
        with holdings._working(TODAY, lambda doing, done, total: None) as ingest:
            outcomes = ingest.add_files([self.files], Told(), lambda *taken: holdings._take_in(TODAY, *taken))
        assert [(o.state, o.articles) for o in outcomes] == [("added", ARTICLES)] * STATUTES
        return {text.id: text for text in holdings.library.texts()}

    def holdings(self, data):
        return Holdings(self.folder / "shipped" / "corpus", data, self.embeddings, NAME)

    def keep_vectors(self, data):
        """Put most of the vectors where a run that was broken off leaves them."""
        chance = np.random.default_rng(4)
        keys = [unit.key for n, unit in enumerate(units_of(list(self.whole.values()))) if n % COMPUTED]
        vectors = chance.standard_normal((len(keys), 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        cache = VectorCache(data / "index" / "vectors.sqlite", NAME)
        known = cache.get(keys)
        cache.put({key: row for key, row in zip(keys, vectors, strict=True) if key not in known})

    def start(self, data, *arguments):
        command = [sys.executable, "-c", LAUNCH, self.folder / "shipped", "corpus", *arguments]
        environment = {"GONGKAI_DATA_DIR": str(data), "OMP_WAIT_POLICY": "PASSIVE"}
        return subprocess.Popen(
            [str(part) for part in command], env=environment, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def measure(self, data, *arguments):
        """Return after how many seconds the command takes up its work, and how long it takes in all."""
        lock, start = data / "index" / "added" / "lock", time.monotonic()
        lock.unlink(missing_ok=True)
        began = 0.0
        with self.start(data, *arguments) as process:
            while process.poll() is None:
                began = began or (time.monotonic() - start if lock.exists() else 0.0)
                time.sleep(0.01)
            assert process.returncode == 0, process.stderr.read().decode()
        return began, time.monotonic() - start

    def run(self, data, *arguments):
        with self.start(data, *arguments) as process:
            said = process.communicate(timeout=120)[1]
        assert process.returncode == 0, said.decode()

    def kill(self, data, moment, *arguments):
        """Run the command and kill it after `moment` seconds; return whether it was still at work."""
        with self.start(data, *arguments) as process:
            try:
                process.wait(timeout=moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()
        assert process.returncode in (0, -signal.SIGKILL)
        return process.returncode != 0

    def answers_whole(self, data):
        """Assert that what is held is whole, found and quoted; return the ids that are held."""
        holdings = self.holdings(data)
        holdings.catch_up(TODAY)
        texts = {text.id: text for text in holdings.library.texts()}
        assert all(text.same_content(self.whole[identity]) for identity, text in texts.items())
        with closing(open_index(data, self.embeddings, NAME)) as index:
            units = index.added.count if index.added else 0
            assert units == len(texts) * ARTICLES
            assert not index.added or {text.id for text in index.added.texts} == set(texts)
            assert not index.added or len(index.added.rows) == units - holdings.status()["waiting"]
            chain = build_chain(index, Calibration(1000.0, {}, 0.5))
            # The shipped text always answers; a text of the office's does where it is held, and else is not cited.
            assert search(index, "几天内要回话", TODAY).hits[0].article.source.title == "示例规定"
            for identity in (min(self.whole), max(self.whole)):
                title = self.whole[identity].title
                answer = chain.invoke(Inquiry(f"{title}第三条怎么规定", TODAY))
                cited = {citation.document for citation in answer.citations}
                assert (title in cited) == (identity in texts)
                assert all(citation.status == "verified" for citation in answer.citations)
        assert left_over(data) == []
        return set(texts)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("killed"))


def moments(count, began, ended, seed):
    """Return moments over the work, one in each of `count` equal stretches, so that none of its parts is missed."""
    chance, length = random.Random(seed), (ended - 0.9 * began) / count
    return [0.9 * began + length * (place + chance.random()) for place in range(count)]


FEW_AND_MANY = pytest.mark.parametrize("count", [2, pytest.param(20, marks=pytest.mark.soak)])


@FEW_AND_MANY
def test_an_add_that_is_killed_leaves_whole_texts_and_is_completed_by_the_next(office, tmp_path, count):
    killed, held = 0, []
    for number, moment in enumerate(moments(count, *office.adding, seed=4)):
        data = tmp_path / f"data{number}"
        shutil.copytree(office.before, data)
        killed += office.kill(data, moment, "add", office.files)
        held.append(len(office.answers_whole(data)))
        office.keep_vectors(data)  # searching drops vectors of texts that are not held; spares computing them again
        office.run(data, "add", office.files)
        assert office.answers_whole(data) == set(office.whole)
        assert office.holdings(data).status()["waiting"] == 0
        assert [row["action"] for row in office.holdings(data).library.log()] == ["added"] * STATUTES
        shutil.rmtree(data)
    assert killed >= count / 2, held


@pytest.mark.parametrize("count", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_a_remove_that_is_killed_has_removed_all_or_nothing(office, tmp_path, count):
    gone, data = max(office.whole), tmp_path / "data"
    shutil.copytree(office.after, data)
    begun = office.measure(data, "remove", gone) if count > 1 else office.adding
    for moment in moments(count, *begun, seed=5):
        shutil.rmtree(data)
        shutil.copytree(office.after, data)
        office.kill(data, moment, "remove", gone)
        held = office.answers_whole(data)
        assert set(office.whole) - held <= {gone}
        if gone in held:
            office.run(data, "remove", gone)
        assert office.answers_whole(data) == set(office.whole) - {gone}
        used = (data / "index" / "added").rglob("*.json")
        assert not any(gone in json.dumps(json.loads(p.read_text("utf-8")), ensure_ascii=False) for p in used)


@pytest.mark.parametrize("count", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_a_rebuild_that_is_killed_loses_nothing(office, tmp_path, count):
    data = tmp_path / "data"
    shutil.copytree(office.after, data)
    begun = office.measure(data, "rebuild") if count > 1 else office.adding
    for moment in moments(count, *begun, seed=6):
        office.kill(data, moment, "rebuild")
        assert office.answers_whole(data) == set(office.whole)
        assert office.holdings(data).status()["waiting"] == 0
    office.run(data, "rebuild")
    assert office.answers_whole(data) == set(office.whole)
