"""The chat model, any OpenAI-compatible server that the settings name: Ollama, vLLM, Xinference, DeepSeek, Qwen.

The only place (beside the embeddings) that knows `langchain_openai`. A model is never a precondition.
"""

from typing import TYPE_CHECKING

from assistant.errors import ModelError, SettingsError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_SECONDS, _RETRIES = 120, 1


def build_chat_model(settings: Settings) -> "BaseChatModel | None":
    """Return the chat model that `settings` name, None where none is set.

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
        timeout=_SECONDS,
        max_retries=_RETRIES,
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
