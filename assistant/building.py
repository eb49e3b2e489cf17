"""How the index comes to be there: built where it is missing or old, repaired where it is damaged, and opened."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from assistant.configured import open_chat_model, open_embedder, open_reranker
from assistant.errors import CorpusFileError, IndexDamagedError
from assistant.index_in_use import Opened, folders_in_use
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.ingest import Steps
    from assistant.retrieval.index import Index

_REBUILT = "{}，已经自动重建。"
Progress = Callable[[int, int], None]


class Building:
    """Brings the data folder to this release and has a sound index in it.

    Attributes:
        notice: what the user should know of it, in Chinese, or "".

    Raises:
        EmbedderError: a model that the settings name is not there.
        IndexMismatchError: another embedder built the index.
        CorpusFileError: a corpus file is broken and there is no earlier index to go on with.
    """

    def __init__(self, settings: Settings, today: date, progress: Progress) -> None:
        from assistant.holdings import open_holdings
        from assistant.upkeep.versions import bring_up

        self._settings, self._today, self._progress = settings, today, progress
        self._corpus, self._data = settings.shipped_folder / "corpus", settings.data_folder
        kept = bring_up(settings)
        self.notice = f"数据目录已经升级；升级前的备份在 {kept}。" if kept else ""
        self._embeddings, self._name = open_embedder(settings)
        # Before anything is built: a model that is not there is told at once.
        self._reranker = open_reranker(settings)
        self._bring_in_step()
        self._holdings = open_holdings(settings)
        self._holdings.catch_up(today)

    def open_sound(self) -> Opened:
        """Open the index; each part of it that is damaged is made anew from what it was made of."""
        from assistant.retrieval.generations import current_folder

        for _ in ("the index", "its words", "its vectors"):
            try:
                return self._open()
            except IndexDamagedError as error:
                self.notice += _REBUILT.format(error.what)
                if error.folder == current_folder(self._data):
                    self._build()
                else:
                    self._holdings.repair(error.folder, self._today)
        return self._open()

    def _bring_in_step(self) -> None:
        """Build the index where there is none, or not of this release and corpus."""
        from assistant.retrieval.building import corpus_hash
        from assistant.retrieval.generations import current_folder, is_of_this_release, read_manifest

        folder = current_folder(self._data)
        try:
            manifest = read_manifest(folder) if folder else None
        except IndexDamagedError as error:
            manifest = None
            self.notice += _REBUILT.format(error.what)
        ours = manifest is not None and is_of_this_release(manifest)
        # That of another embedder is left as it is: opening it refuses, and names the command that rebuilds it.
        if manifest is not None and manifest["embedder"] != self._name:
            return
        if manifest is not None and ours and manifest["corpus"] == corpus_hash(self._corpus):
            return
        try:
            self._build()
        except CorpusFileError as error:
            if not ours:
                raise
            self.notice += f"资料库有错，仍使用原来的索引：{error}"

    def _build(self) -> None:
        from assistant.retrieval.building import build_index

        build_index(
            self._corpus, self._data, self._embeddings, self._name, self._today.isoformat(), self._progress,
            self._settings.store_place,
        )  # fmt: skip

    def _open(self) -> Opened:
        from assistant.answering.chain import build_chain
        from assistant.answering.verdicts import load_verdicts
        from assistant.retrieval.calibration import Calibration
        from assistant.retrieval.index import open_index

        folders = folders_in_use(self._data)
        index = open_index(self._data, self._embeddings, self._name, self._reranker, self._settings.store_place)
        answerer, rewriter = open_chat_model(self._settings, index)
        rules = load_verdicts(self._corpus / "verdicts.yaml")
        chain = build_chain(index, Calibration.of_index(index.folder, self._corpus), rules, answerer)
        return Opened(index, chain, folders, rewriter)


def open_index_of(settings: Settings) -> "Index":
    """Open the index in use, as it is; nothing is built.

    Raises:
        IndexStateError: there is none, or it does not fit the settings.
    """
    from assistant.retrieval.index import open_index

    embeddings, name = open_embedder(settings)
    return open_index(settings.data_folder, embeddings, name, open_reranker(settings), settings.store_place)


def rebuild_index(settings: Settings, today: date, steps: "Steps" = lambda doing, done, total: None) -> None:
    """Build the index of the shipped corpus and of the office's texts anew, and put it in the place of the old one."""
    from assistant.holdings import open_holdings
    from assistant.retrieval.building import build_index

    embeddings, name = open_embedder(settings)
    build_index(
        settings.shipped_folder / "corpus", settings.data_folder, embeddings, name, today.isoformat(),
        lambda done, total: steps("建立索引", done, total), settings.store_place,
    )  # fmt: skip
    open_holdings(settings).rebuild(today, steps)
