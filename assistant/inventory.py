"""What is held, told without opening the index: the texts, the state of the index, the law's own words."""

from datetime import date
from typing import TYPE_CHECKING, Any

from assistant.holdings import open_holdings
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.office.letter_text import Quotation
    from assistant.sources.digests import Source


def list_documents(settings: Settings, today: date) -> list[dict[str, Any]]:
    """Return every text that is held: the digests, and what was added, with their dates in force and articles.

    Before the first index is built the digests are those that it will be built of.
    """
    from assistant.retrieval.generations import current_folder
    from assistant.sources.digests import load_digests
    from assistant.sources.versions import put_together

    folder = current_folder(settings.data_folder)
    digests = folder / "texts" if folder else settings.shipped_folder / "corpus"
    texts = {text.id: text for text in open_holdings(settings).library.texts()}
    corpus = put_together(load_digests(digests / "regulations"), list(texts.values()))
    counts: dict[Source, int] = {}
    for article in corpus.articles:
        counts[article.source] = counts.get(article.source, 0) + 1
    wording = {digest: texts[identity] for identity, digest in corpus.matched.items()}
    rows = []
    for source, count in counts.items():
        text = wording.get(source.id) or texts.get(source.id)
        rows.append(
            {
                "id": source.id,
                "title": source.title,
                "document_number": source.document_number,
                "issuer": source.issuer,
                "kind": source.kind,
                "in_force_from": source.begins.isoformat() if source.begins else None,
                "in_force_until": source.in_force_until.isoformat() if source.in_force_until else None,
                "in_force": source.in_force_on(today),
                "articles": count,
                "wording": text.id if source.id in wording and text else None,
                "file": text.file if text else source.shown_path,
                "sha256": text.sha256 if text else "",
                "added_on": text.added_on if text else None,
                "revision": text.revision if text else None,
                "notes": list(text.notes) if text else [],
            }
        )
    return rows + _list_reports(settings)


def _list_reports(settings: Settings) -> list[dict[str, Any]]:
    """Return the annual reports held, in the shape of `list_documents`; `articles` counts the passages."""
    from assistant.holdings import open_reports

    return [
        {
            "id": report.id,
            "title": report.title,
            "document_number": "",
            "issuer": report.statistics.agency,
            "kind": "report",
            "in_force_from": None,
            "in_force_until": None,
            "in_force": True,
            "articles": len(report.passages),
            "wording": None,
            "file": report.file,
            "sha256": report.sha256,
            "added_on": report.added_on or None,
            "revision": None,
            "notes": [f"{report.entered}个数"],
        }
        for report in open_reports(settings.shipped_folder / "corpus", settings.data_folder).reports()
    ]


def read_status(settings: Settings, today: date) -> dict[str, Any]:
    """Return the manifest of the index in use, where its vectors lie, the MB held here, what was added, the documents.

    Raises:
        IndexMissingError: none has been built.
    """
    from assistant.errors import IndexMissingError
    from assistant.retrieval.generations import current_folder, read_manifest
    from assistant.retrieval.rows import server_of

    folder = current_folder(settings.data_folder)
    if folder is None:
        raise IndexMissingError("还没有索引：第一次提问时自动建立，也可以现在运行 gongkai corpus rebuild。")
    kept = (settings.data_folder / name for name in ("corpus.sqlite", "reports.sqlite"))
    files = [*(settings.data_folder / "index").rglob("*"), *kept]
    return {
        **read_manifest(folder),
        "store": server_of(folder / "chroma"),
        "megabytes": round(sum(f.stat().st_size for f in files if f.is_file()) / 1e6, 1),
        "added": open_holdings(settings).status(),
        "documents": list_documents(settings, today),
    }


def held_wording(settings: Settings) -> "Quotation | None":
    """Return what gives the official wording of an article from the index in use, None where there is no index."""
    # Looked for before the import: what reads an index takes a second to load.
    if not (settings.data_folder / "index").is_dir():
        return None
    from assistant.answering.wording import official_wording
    from assistant.retrieval.added import added_texts
    from assistant.retrieval.generations import current_folder
    from assistant.sources.digests import load_digests
    from assistant.sources.versions import put_together

    folder = current_folder(settings.data_folder)
    if folder is None:
        return None
    texts = added_texts(settings.data_folder)
    articles = put_together(load_digests(folder / "texts" / "regulations"), texts).articles
    return lambda title, clause: official_wording(articles, title, clause)
