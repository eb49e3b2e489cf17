"""What the settings choose, opened: the embedder, the reranker, the chat model, the records."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings, quiet_libraries

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from assistant.answering.citations import Answer
    from assistant.office.records import Records
    from assistant.retrieval.embeddings import TextEmbeddings
    from assistant.retrieval.index import Index
    from assistant.retrieval.reranking import Reranker

# A follow-up, the earlier questions and the seconds there are; the question made whole, or "".
Rewriter = Callable[[str, Sequence[str], float], str]


def open_embedder(settings: Settings) -> "tuple[TextEmbeddings, str]":
    """Return the embedder that `settings` name, and the name by which an index remembers it.

    Raises:
        EmbedderError: it cannot work.
    """
    from assistant.retrieval.embedders import open_embeddings

    quiet_libraries()
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    # The key of the chat model's server goes to no other server.
    shared = settings.llm_base_url in (None, settings.embedding_base_url)
    embeddings = open_embeddings(
        settings.embedding_model, settings.embedding_base_url, key if shared else None,
        settings.shipped_folder / "corpus", settings.data_folder,
    )  # fmt: skip
    return embeddings, embeddings.name


def open_reranker(settings: Settings) -> "Reranker | None":
    """Return the reranker that `settings` name, if any.

    Raises:
        EmbedderError: it cannot work.
    """
    if settings.reranker_model is None:
        return None
    from assistant.retrieval.embedders import find_model
    from assistant.retrieval.reranking import Reranker

    return Reranker(find_model(settings.reranker_model, "GONGKAI_RERANKER_MODEL"))


def open_chat_model(settings: Settings, index: "Index") -> "tuple[Runnable[Any, Answer] | None, Rewriter | None]":
    """Return the answerer and the rewriter of the chat model that `settings` name, (None, None) without one."""
    if not settings.llm_base_url and not settings.llm_model:
        return None, None
    from assistant.answering.chain import extractive_answerer
    from assistant.answering.citations import parts_of
    from assistant.answering.claim_words import ClaimWords
    from assistant.answering.claims import Verifier
    from assistant.answering.generation import LLMAnswerer
    from assistant.answering.llm import build_chat_model
    from assistant.answering.rewriting import rewrite_question

    model = build_chat_model(settings, settings.llm_timeout)
    assert model is not None
    chat, words = model, ClaimWords(settings.shipped_folder / "corpus" / "claims.yaml")
    prompts = settings.shipped_folder / "prompts"
    rewrite = (prompts / "rewrite.md").read_text(encoding="utf-8")
    answerer = LLMAnswerer(
        model=chat,
        name=settings.llm_model or "",
        template=(prompts / "answer.md").read_text(encoding="utf-8"),
        verifier=Verifier(words),
        fallback=extractive_answerer(index),
        parts=parts_of(index.articles),
        seconds=settings.llm_timeout,
        max_tokens=settings.llm_max_tokens,
    )
    return answerer, lambda message, history, seconds: rewrite_question(chat, rewrite, message, history, seconds, words)


def open_records(settings: Settings) -> "Records":
    """Return the accounts, conversations and audit that `settings` name, by default a file in the data folder."""
    from assistant.office.records import Records
    from assistant.upkeep.versions import bring_up

    bring_up(settings)
    return Records(settings.database_url or settings.data_folder / "office.sqlite")
