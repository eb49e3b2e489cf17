"""A choice that staff write: its key, its label, or any part of the label that only one choice has."""

import re
from collections.abc import Mapping

from assistant.errors import LedgerError
from assistant.numbers import fold_width

# The number before a label or inside it: （三）, 1.
_NUMBERED = re.compile(r"\([一二三四五六七八九十]+\)|\d+[.、]")
_SIGNS = re.compile(r"[^\w]")


def read_choice(word: str, known: Mapping[str, str], label: str, also: Mapping[str, str] | None = None) -> str:
    """Return the key of `known` that `word` names.

    What counts, the first that fits: the key or the whole label; the label without its numbers, or its last part
    (「重复申请」 of 「（五）不予处理 2.重复申请」); then pieces of one label only, in any order between white space;
    then pieces of other names, all of one key (「信息不存在」 of 「信息不存在答复书」).
    Width, white space, quotation marks and numbers of the label do not matter.

    Args:
        known: label of each key.
        label: what is chosen, for the message.
        also: key of each other name that staff go by.
    Raises:
        LedgerError: nothing fits, or several do; these are listed.
    """
    word = word.strip()
    whole = _bare(word)
    exact = [key for key, name in known.items() if word == key or whole in (_bare(name), _bare(_last(name)))]
    pieces = [bare for piece in word.split() if (bare := _bare(piece))]
    found = exact or [k for k, name in known.items() if pieces and all(p in _bare(name) for p in pieces)]
    if not found and pieces:
        named = {key for name, key in (also or {}).items() if all(p in _bare(name) for p in pieces)}
        found = [key for key in known if key in named]
    if len(found) == 1:
        return found[0]
    offered = "、".join(f"{key}（{known[key]}）" for key in found or known)
    if found:
        raise LedgerError(f"{label}“{word}”不止一项：{offered}；请写得再具体些。")
    raise LedgerError(f"{label}不能是“{word}”；可用的有 {offered}。")


def _last(name: str) -> str:
    """The part of a label after its last number: 「2.重复申请」 → 「重复申请」."""
    return _NUMBERED.split(fold_width(name))[-1]


def _bare(text: str) -> str:
    return _SIGNS.sub("", _NUMBERED.sub("", fold_width(text)))
