"""The chat model, any OpenAI-compatible server that the settings name: Ollama, vLLM, Xinference, DeepSeek, Qwen.

The only place (beside the embeddings) that knows `langchain_openai`. A model is never a precondition.
"""

import time
from collections.abc import Iterator
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING

from assistant.errors import AnswerStoppedError, ModelError, SchemaRefusedError, SettingsError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_SECONDS = 120
# How often it is looked whether the rest is still wanted.
_LOOK = 0.1


def build_chat_model(settings: Settings, seconds: float = _SECONDS) -> "BaseChatModel | None":
    """Return the chat model that `settings` name, None where none is set.

    Args:
        seconds: how long one request may take.
    Raises:
        SettingsError: an address without a model, or a model without an address.
    """
    if not settings.llm_base_url and not settings.llm_model:
        return None
    if not settings.llm_base_url or not settings.llm_model:
        raise SettingsError("聊天模型要同时设置 GONGKAI_LLM_BASE_URL（服务地址）和 GONGKAI_LLM_MODEL（模型名称）。")
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        # A server in the office often wants no key, the client always does.
        api_key=settings.llm_api_key or (lambda: "none"),
        temperature=0,
        timeout=seconds,
        max_retries=settings.llm_retries,
    )


def complete(model: "BaseChatModel", prompt: str) -> str:
    """Return what the model answers to `prompt`.

    Raises:
        ModelError: no answer, or an empty one; the message says why.
    """
    from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError

    try:
        answer = model.invoke(prompt)
    except APITimeoutError as error:
        raise ModelError(f"聊天模型{_SECONDS}秒没有回答。") from error
    except APIConnectionError as error:
        raise ModelError("聊天模型的服务连不上，请检查 GONGKAI_LLM_BASE_URL。") from error
    except APIStatusError as error:
        raise ModelError(f"聊天模型的服务返回错误（{error.status_code}）。") from error
    except OpenAIError as error:
        raise ModelError("聊天模型的回答读不懂。") from error
    text = answer.content if isinstance(answer.content, str) else answer.text
    if not text.strip():
        raise ModelError("聊天模型没有给出文字。")
    return str(text)


def stream_text(
    model: "BaseChatModel",
    prompt: str,
    seconds: float,
    max_tokens: int,
    schema: dict[str, object] | None = None,
    stopped: Event | None = None,
) -> Iterator[str]:
    """Yield what the model writes to `prompt`, piece by piece; after `seconds` in all it ends with an error.

    The request runs in a thread of its own, so that a server that hangs, or drips, costs no more than that.

    Args:
        schema: of the JSON that the answer is to be, for a server that can hold to one.
        stopped: set when the rest is not wanted any more.
    Raises:
        AnswerStoppedError: it was set.
        SchemaRefusedError: the server takes no schema; nothing was written yet.
        ModelError: no connection, an error of the server, a broken stream, or no more time.
    """
    import httpx
    from openai import APIStatusError, OpenAIError

    extra = {"response_format": {"type": "json_schema", "json_schema": {"name": "claims", "schema": schema}}}
    pieces: Queue[str | Exception | None] = Queue()
    stop = Event()

    def run() -> None:
        try:
            for chunk in model.stream(prompt, max_tokens=max_tokens, extra_body=extra if schema else {}):
                if stop.is_set():
                    return
                pieces.put(str(chunk.text))
            pieces.put(None)
        # What a garbled stream makes of the client: its own errors, or those of reading what is not there.
        except (OpenAIError, httpx.HTTPError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            pieces.put(error)

    ends = time.monotonic() + seconds
    Thread(target=run, daemon=True).start()
    try:
        while True:
            piece = _next(pieces, ends, stopped)
            if piece is None:
                return
            if isinstance(piece, APIStatusError) and schema and piece.status_code in (400, 404, 415, 422, 501):
                raise SchemaRefusedError("聊天模型的服务不支持结构化输出。") from piece
            if isinstance(piece, Exception):
                raise ModelError("聊天模型的服务出错或者回答读不懂。") from piece
            yield piece
    except Empty:
        raise ModelError(f"聊天模型{seconds:.0f}秒内没有答完。") from None
    finally:
        stop.set()


def _next(pieces: "Queue[str | Exception | None]", ends: float, stopped: Event | None) -> str | Exception | None:
    """Return the next piece; `Empty` is raised at `ends`, `AnswerStoppedError` once `stopped` is set."""
    while True:
        if stopped is not None and stopped.is_set():
            raise AnswerStoppedError("按要求停止。")
        left = max(0.0, ends - time.monotonic())
        try:
            return pieces.get(timeout=left if stopped is None else min(left, _LOOK))
        except Empty:
            if left <= _LOOK:
                raise
