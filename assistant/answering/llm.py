"""The chat model, any OpenAI-compatible server that the settings name: Ollama, vLLM, Xinference, DeepSeek, Qwen.

The only place (beside the embeddings) that knows `langchain_openai`. A model is never a precondition.
"""

import time
from collections.abc import Iterator
from queue import Empty
from threading import Event
from typing import TYPE_CHECKING

from assistant.answering.in_time import cut_off, in_time, not_too_late
from assistant.errors import ModelError, ModelSilentError, SchemaRefusedError, SettingsError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_SECONDS = 120
# What servers that know no schema answer to one.
_TAKES_NO_SCHEMA = (400, 404, 415, 422, 501)


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
    from openai import DefaultHttpxClient

    return ChatOpenAI(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        # A server in the office often wants no key, the client always does.
        api_key=settings.llm_api_key or (lambda: "none"),
        temperature=0,
        timeout=seconds,
        max_retries=settings.llm_retries,
        http_client=DefaultHttpxClient(event_hooks={"request": [not_too_late], "response": [cut_off]}),
    )


def complete(model: "BaseChatModel", prompt: str) -> str:
    """Return what the model answers to `prompt`.

    Raises:
        ModelSilentError: no connection, or no answer in time.
        ModelError: an error of the server, or an empty answer; the message says why.
    """

    def answer() -> Iterator[str]:
        said = model.invoke(prompt)
        yield said.content if isinstance(said.content, str) else said.text

    try:
        text = "".join(in_time(answer, time.monotonic() + _SECONDS, _client_errors))
    except Empty:
        raise _silent() from None
    except _client_errors() as error:
        raise _as_ours(error) from error
    if not text.strip():
        raise ModelError("聊天模型没有给出文字。")
    return text


def _silent() -> ModelSilentError:
    return ModelSilentError(f"聊天模型{_SECONDS}秒没有回答。")


def _as_ours(error: Exception) -> ModelError:
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if isinstance(error, APITimeoutError):
        return _silent()
    if isinstance(error, APIConnectionError):
        return ModelSilentError("聊天模型的服务连不上，请检查 GONGKAI_LLM_BASE_URL。")
    if isinstance(error, APIStatusError):
        return ModelError(f"聊天模型的服务返回错误（{error.status_code}）。")
    return ModelError("聊天模型的回答读不懂。")


def stream_text(
    model: "BaseChatModel",
    prompt: str,
    seconds: float,
    max_tokens: int,
    schema: dict[str, object] | None = None,
    stopped: Event | None = None,
) -> Iterator[str]:
    """Yield what the model writes to `prompt`, piece by piece; after `seconds` in all it ends with an error.

    Args:
        schema: of the JSON that the answer is to be, for a server that can hold to one.
        stopped: set when the rest is not wanted any more.
    Raises:
        AnswerStoppedError: it was set.
        SchemaRefusedError: the server takes no schema; nothing was written yet.
        ModelError: no connection, an error of the server, a broken stream, or no more time.
    """
    if seconds <= 0:
        raise ModelError("聊天模型没有剩下的时间。")
    extra = {"response_format": {"type": "json_schema", "json_schema": {"name": "claims", "schema": schema}}}

    def write() -> Iterator[str]:
        wanted = extra if schema else {}
        for chunk in model.stream(prompt, max_tokens=max_tokens, timeout=seconds, extra_body=wanted):
            yield str(chunk.text)

    try:
        yield from in_time(write, time.monotonic() + seconds, _client_errors, stopped)
    except Empty:
        raise ModelError(f"聊天模型{seconds:.0f}秒内没有答完。") from None
    except _client_errors() as error:
        if schema and getattr(error, "status_code", None) in _TAKES_NO_SCHEMA:
            raise SchemaRefusedError("聊天模型的服务不支持结构化输出。") from error
        raise ModelError("聊天模型的服务出错或者回答读不懂。") from error


def _client_errors() -> tuple[type[Exception], ...]:
    """Return what a garbled answer makes of the client: its own errors, or those of reading what is not there."""
    import httpx2
    from openai import OpenAIError

    return OpenAIError, httpx2.HTTPError, ValueError, TypeError, KeyError, IndexError, AttributeError
