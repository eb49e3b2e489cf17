"""The list of one's own conversations."""

from collections.abc import Sequence
from html import escape

from assistant.office.conversations import Conversation

_PINNED = "置顶"


def show_history(conversations: Sequence[Conversation], current: str, words: str) -> str:
    """Return the list as HTML, pinned ones first, then newest first by day; `current` is the open one."""
    if not conversations:
        empty = f"没有找到含“{escape(words)}”的会话。" if words.strip() else "问过的事会列在这里，下次可以接着问。"
        return f'<p class="note">{empty}</p>'
    items, day = [], ""
    for conversation in conversations:
        if (here := _PINNED if conversation.pinned else f"{conversation.changed:%Y-%m-%d}") != day:
            day = here
            items.append(f'<li class="day">{day}</li>')
        mark = ' aria-current="page"' if conversation.id == current else ""
        title = escape(conversation.title)
        items.append(
            f'<li><a href="?c={conversation.id}" data-talk="{conversation.id}" title="{title}"{mark}>{title}</a></li>'
        )
    return f'<nav aria-label="会话记录"><ul class="talks">{"".join(items)}</ul></nav>'
