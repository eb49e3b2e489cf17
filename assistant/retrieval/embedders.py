"""Embedders that a setting names: models of sentence-transformers, and models on an OpenAI-compatible server."""

import contextlib
import fnmatch
import hashlib
import importlib.util
import math
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from assistant.errors import EmbedderError
from assistant.retrieval.embeddings import BundledEmbeddings, TextEmbeddings, clean_text

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_WHOLE = 1_000_000
_BATCH = 64
_TRIES = 3
_SECONDS = 60.0
_TOO_BUSY = (429, 500, 502, 503, 504)


def open_embeddings(model: str, base_url: str | None, key: str | None, corpus: Path, data: Path) -> TextEmbeddings:
    """Return the embedder that the settings name; nothing is loaded or asked before the first text.

    Args:
        model: `bundled`, a folder, or the name of a model that lies in this machine's cache; with `base_url` the name
            of a model there.
        corpus: holds the prompts of models that do not tell their own.
    Raises:
        EmbedderError: it cannot work.
    """
    if base_url:
        if model == "bundled":
            raise EmbedderError(
                "设置了 GONGKAI_EMBEDDING_BASE_URL，还要用 GONGKAI_EMBEDDING_MODEL 写明那台服务器上的模型名称。"
            )
        return ServerEmbeddings(base_url, model, key, _known_prompts(corpus, model))
    if model == "bundled":
        return BundledEmbeddings(data / "models" / "multilingual-e5-small")
    folder = find_model(model, "GONGKAI_EMBEDDING_MODEL")
    return SentenceTransformerEmbeddings(folder, model, _known_prompts(corpus, model))


def find_model(name: str, setting: str) -> Path:
    """Return the folder of a sentence-transformers model: `name` itself, or where the cache of this machine has it.

    Raises:
        EmbedderError: the packages are not installed, or there is no such model here.
    """
    if importlib.util.find_spec("sentence_transformers") is None:
        raise EmbedderError(
            f"{setting} 指定的模型要用 sentence-transformers，目前没有安装；请不带 LIGHT=1 重新运行 make run。"
        )
    folder = Path(name).expanduser()
    if not folder.exists() and "/" in name and not name.startswith((".", "/", "~")):
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        try:
            folder = Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError) as error:
            raise EmbedderError(
                f"{setting}：本机没有模型 {name}，程序运行时不下载；请先在能联网的机器上下载，再填模型文件夹的路径。"
            ) from error
    if not (folder / "config.json").is_file():
        raise EmbedderError(f"{setting}：{name} 不是模型文件夹（里面没有 config.json）；请检查路径。")
    return folder


def name_of_folder(folder: Path, called: str) -> str:
    """Return a name that changes with the model: its own, and a hash over its files (of large ones both ends)."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if not path.is_file() or path.suffix == ".md" or any(part.startswith(".") for part in place.parts):
            continue
        size = path.stat().st_size
        digest.update(f"{place.as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            digest.update(file.read(_WHOLE))
            if size > _WHOLE:
                file.seek(max(_WHOLE, size - _WHOLE))
                digest.update(file.read())
    return f"sentence-transformers:{Path(called).name}@{digest.hexdigest()[:12]}"


def _known_prompts(corpus: Path, model: str) -> dict[str, str]:
    rows = yaml.safe_load((corpus / "embedding_prompts.yaml").read_text(encoding="utf-8"))
    name = Path(model).name.lower()
    row = next((row for row in rows if fnmatch.fnmatch(name, row["name"])), {"query": "", "passage": ""})
    return {"query": row["query"], "passage": row["passage"]}


@contextlib.contextmanager
def loading(folder: Path) -> Iterator[None]:
    """Load a model; whatever is wrong with its files becomes an `EmbedderError`."""
    import transformers
    from safetensors import SafetensorError

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        yield
    # Each layer beneath has an error of its own for a file that is missing, cut short or of another kind.
    except (
        OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, ImportError, SafetensorError
    ) as error:  # fmt: skip
        raise EmbedderError(
            f"模型文件夹 {folder} 读不出来，可能不完整，或者不是 sentence-transformers 的模型；请重新复制一份。"
        ) from error


class SentenceTransformerEmbeddings(TextEmbeddings):
    """A model of sentence-transformers, with its own prompts for questions and passages; vectors of length 1."""

    def __init__(self, folder: Path, called: str, prompts: dict[str, str]) -> None:
        import threading

        self.folder, self._prompts = folder, prompts
        self.name = name_of_folder(folder, called)
        self._lock = threading.Lock()  # its tokenizer may not be used by two threads at once

    @cached_property
    def model(self) -> "SentenceTransformer":
        """The model, loaded when it is first asked for.

        Raises:
            EmbedderError: the folder holds no model, or a broken one.
        """
        import torch
        from sentence_transformers import SentenceTransformer

        with loading(self.folder):
            model = SentenceTransformer(str(self.folder), local_files_only=True, model_kwargs={"dtype": torch.float32})
        if not any(model.prompts.values()):
            model.prompts |= {"query": self._prompts["query"], "document": self._prompts["passage"]}
        elif not model.prompts.get("document"):
            # An empty one goes before the `passage` that the model tells.
            model.prompts["document"] = model.prompts.get("passage") or model.prompts.get("corpus") or ""
        return model

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of questions, in order."""
        return self._encode(texts, self.model.encode_query)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages, in order; what is beyond the model's length is cut off by it."""
        return self._encode(texts, self.model.encode_document)

    def _encode(self, texts: Sequence[str], encode: Any) -> list[list[float]]:  # noqa: ANN401  # a method of theirs
        if not texts:
            return []
        # On processors a large batch leaves their caches: 8 texts at a time go twice as fast as the usual 32.
        batch = 8 if self.model.device.type == "cpu" else 32
        words = [clean_text(text) for text in texts]
        with self._lock:
            vectors = encode(words, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)
        return [[float(value) for value in row] for row in vectors]


class ServerEmbeddings(TextEmbeddings):
    """A model on an OpenAI-compatible server (`POST /embeddings`); vectors made of length 1."""

    def __init__(self, base_url: str, model: str, key: str | None, prompts: dict[str, str]) -> None:
        self._url, self._model, self._key = base_url.rstrip("/") + "/embeddings", model, key
        self._prompts = prompts
        self.name = f"server:{model}"

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of questions, in order.

        Raises:
            EmbedderError: the server does not answer, or not with vectors.
        """
        return self._embed([self._prompts["query"] + clean_text(text) for text in texts])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages, in order.

        Raises:
            EmbedderError: the server does not answer, or not with vectors.
        """
        return self._embed([self._prompts["passage"] + clean_text(text) for text in texts])

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        batches = (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))
        return [vector for batch in batches for vector in self._read(self._ask(batch), len(batch))]

    def _ask(self, texts: Sequence[str]) -> object:
        """Return what the server answers; asked again where it is busy or cannot be reached."""
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        body = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        problem = ""
        for attempt in range(_TRIES):
            time.sleep(attempt)
            try:
                response = httpx.post(self._url, json=body, headers=headers, timeout=_SECONDS)
            except (httpx.TransportError, httpx.InvalidURL) as error:
                problem = f"连不上（{type(error).__name__}）"
                continue
            if response.status_code in _TOO_BUSY:
                problem = f"状态码 {response.status_code}"
                continue
            if response.status_code != httpx.codes.OK:
                raise self._wrong(f"状态码 {response.status_code}")
            try:
                return response.json()
            except ValueError as error:
                raise self._wrong("回答不是 JSON") from error
        raise self._wrong(problem)

    def _read(self, answer: object, count: int) -> list[list[float]]:
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])  # type: ignore[index]
            vectors = [[float(value) for value in row["embedding"]] for row in rows]
        except (TypeError, KeyError, ValueError) as error:
            raise self._wrong("回答里没有向量") from error
        lengths = [math.sqrt(math.fsum(value * value for value in vector)) for vector in vectors]
        if len(vectors) != count or not all(math.isfinite(n) and n > 0 for n in lengths):
            raise self._wrong("向量的个数或数值不对")
        return [[v / length for v in vector] for vector, length in zip(vectors, lengths, strict=True)]

    def _wrong(self, problem: str) -> EmbedderError:
        return EmbedderError(
            f"向量服务 {self._url}（模型 {self._model}）用不了：{problem}；"
            "请检查 GONGKAI_EMBEDDING_BASE_URL、GONGKAI_EMBEDDING_MODEL 和那台服务器。"
        )
