"""A map of characters in the form that `tokenizers` reads: a double array over UTF-8 and the texts it points into."""

import struct
from collections.abc import Mapping

_LEAF_FOLLOWS = 1 << 8
_LEAF = 1 << 31


def write_charsmap(replacements: Mapping[str, str]) -> bytes:
    """Return `replacements` (one character → its text, "" deletes) as `tokenizers.normalizers.Precompiled` takes it.

    The array is that of darts-clone: a unit holds its label, whether a leaf follows, and the distance to its children;
    the child for byte c of a node with base b stands at b ^ c, the leaf at b.
    """
    texts, places = bytearray(), {}
    for text in sorted(set(replacements.values())):
        places[text] = len(texts)
        texts += text.encode() + b"\0"
    tree: dict[int, object] = {}
    for character, text in replacements.items():
        node = tree
        for byte in character.encode():
            node = node.setdefault(byte, {})  # type: ignore[assignment]
        node[0] = places[text]  # no character but NUL has the byte 0, and NUL ends a text here
    units: dict[int, int] = {0: 0}
    bases: set[int] = set()
    _place(tree, 0, units, bases)
    size = (max(units) | 0xFF) + 1
    array = struct.pack(f"<{size}I", *(units.get(i, 0) for i in range(size)))
    return struct.pack("<I", len(array)) + array + bytes(texts)


def _place(node: Mapping[int, object], position: int, units: dict[int, int], bases: set[int]) -> None:
    """Give the children of the node at `position` their places; no two nodes share a base, so labels never mislead."""
    base = next(b for b in range(1, 1 << 21) if b not in bases and all(b ^ label not in units for label in node))
    bases.add(base)
    units[position] |= (position ^ base) << 10 | (_LEAF_FOLLOWS if 0 in node else 0)
    for label, below in node.items():
        units[base ^ label] = below | _LEAF if isinstance(below, int) else label
    for label, below in node.items():
        if isinstance(below, dict):
            _place(below, base ^ label, units, bases)
