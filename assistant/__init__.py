"""gongkai (公开助手): answers with the article that says so, and reports whose figures add up.

The whole of the assistant for other programs: `build_assistant(today)` opens or builds the index and returns an
`Assistant`, whose `ask` gives an `Answer` with verified `Citation`s.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answering.citations import Answer, Citation
    from assistant.app import Assistant, build_assistant
    from assistant.errors import GongkaiError
    from assistant.settings import Settings, load_settings

__version__ = "0.1.0"

__all__ = ["Answer", "Assistant", "Citation", "GongkaiError", "Settings", "build_assistant", "load_settings"]

_HOMES = {
    "Answer": "assistant.answering.citations",
    "Assistant": "assistant.app",
    "Citation": "assistant.answering.citations",
    "GongkaiError": "assistant.errors",
    "Settings": "assistant.settings",
    "build_assistant": "assistant.app",
    "load_settings": "assistant.settings",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
