"""Breaks files: bytes at random, and what their format consists of (members, elements, nodes, numbers)."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from copy import deepcopy
from random import Random

import yaml
from lxml import etree

EVIL_NUMBERS = (
    "-1", "0", "1", "2", "255", "65536", "1048576", "16777216", "2147483647", "2147483648",
    "999999999999", "1e9", "1e400", "-0.0", "NaN", "inf", "", "x", "½", "①", "１２", "0x10", "1_000", " 7 ", "7.5",
    "十二", "१२",
)  # fmt: skip
EVIL_TEXTS = (
    "", " ", "\u3000", "\u202e倒", "\ufeff", "=1+1", "=HYPERLINK(\"http://127.0.0.1:9/\",\"x\")",
    "@SUM(A1)", "<script>alert(1)</script>",
    "{{ 7*7 }}", "{% for x in y %}", "%s%n", "../../etc/passwd", "a" * 70000, "一" * 5000,
    "第" * 300, "（" * 2000,
    "1" * 5000,    "第一条" * 800, "2025年" * 500, "|" * 3000, "\t".join("1" * 40), "一、" * 400, "㍿", "𠮷" * 50,
    "0/0", "/", "——", "１２３",
    "-5件",
)  # fmt: skip


def mutate(data: bytes, suffix: str, chance: Random, others: list[bytes]) -> bytes:
    """Return `data` broken one to four times, in its structure where the format has one, else in its bytes."""
    structured = STRUCTURED.get(suffix)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if structured is not None and chance.random() < 0.7:
            data = structured(data, chance)
        else:
            data = _bytes(data, chance, others)
    return data


def _bytes(data: bytes, chance: Random, others: list[bytes]) -> bytes:
    if not data:
        return chance.randbytes(20)
    start = chance.randrange(len(data))
    length = min(chance.choice((1, 2, 8, 64, 1024, 20000)), len(data) - start)
    piece, how = data[start : start + length], chance.randrange(7)
    if how == 0:
        return data[:start] + bytes(b ^ (1 << chance.randrange(8)) for b in piece) + data[start + length :]
    if how == 1:
        return data[:start] + data[start + length :]
    if how == 2:
        return data[:start] + piece * chance.choice((2, 3, 50)) + data[start + length :]
    if how == 3:
        return data[:start]
    if how == 4:
        return data[:start] + chance.randbytes(length) + data[start + length :]
    if how == 5:
        other = chance.choice(others)
        return data[:start] + other[chance.randrange(len(other) or 1) :][:length]
    return data[:start] + bytes(length) + data[start + length :]


def _archive(data: bytes, chance: Random) -> bytes:
    """One member of a zip archive broken, dropped, doubled, renamed, or blown up."""
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            warnings.simplefilter("ignore")
            members = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError, zlib.error):
        return data
    if not members:
        return data
    big = [m for m in members if m[0].startswith(("word/document", "xl/worksheets", "xl/workbook", "xl/sharedStrings"))]
    name, content = chance.choice(big if big and chance.random() < 0.6 else members)
    place, how = members.index((name, content)), chance.randrange(12)
    if how < 7 and name.endswith((".xml", ".rels")):
        members[place] = (name, _xml(content, chance))
    elif how == 7:
        del members[place]
    elif how == 8:
        members.append((name, members[chance.randrange(len(members))][1]))
    elif how == 9:
        named = chance.choice(("../../escaped.xml", "/etc/x", "con", "word/\u202e.xml", name.upper()))
        members[place] = (named, content)
    elif how == 10:
        members[place] = (name, content + bytes(chance.choice((0, 10**5, 3 * 10**7))))
    else:
        members[place] = (name, _bytes(content, chance, [other for _, other in members]))
    written = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for own, held in members:
            archive.writestr(own, held)
    return written.getvalue()


def _xml(data: bytes, chance: Random) -> bytes:
    """One element moved, doubled, wrapped, dropped, or its attributes and text made evil."""
    if chance.random() < 0.08:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
        bomb = f'<!DOCTYPE r [<!ENTITY e0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd">{entities}]>'.encode()
        return re.sub(rb"(<\?xml[^>]*\?>)?", lambda m: m[0] + bomb, data, count=1).replace(b"</", b"&e8;&x;</", 1)
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except (etree.XMLSyntaxError, ValueError):
        return _bytes(data, chance, [data])
    _tree(root, chance)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _html(data: bytes, chance: Random) -> bytes:
    from lxml import html

    try:
        root = html.fromstring(data)
    except (etree.ParserError, ValueError):
        return _bytes(data, chance, [data])
    _tree(root, chance)
    return etree.tostring(root, method="html", encoding="utf-8")


def _tree(root: etree._Element, chance: Random) -> None:
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    for _ in range(chance.choice((1, 1, 3, 20))):
        element = chance.choice(elements)
        parent, how = element.getparent(), chance.randrange(8)
        if how <= 2:
            _attribute(element, elements, chance)
        elif how == 3:
            element.text = _written(chance.choice(EVIL_TEXTS + EVIL_NUMBERS))
        elif parent is None:
            continue
        elif how == 4:
            parent.remove(element)
        elif how == 5:
            for _ in range(chance.choice((1, 2, 30))):
                parent.append(deepcopy(element))
        elif how == 6:
            whole = element
            for _ in range(chance.choice((2, 50, 400))):
                outer = etree.Element(element.tag)
                whole.addprevious(outer)
                outer.append(whole)
                whole = outer
        else:
            other = chance.choice(elements)
            if other is not element and element not in other.iterancestors():
                other.append(element)


def _attribute(element: etree._Element, elements: list[etree._Element], chance: Random) -> None:
    marked = [e for e in elements if e.attrib]
    chosen = element if element.attrib or not marked else chance.choice(marked)
    if chosen.attrib:
        key = chance.choice(list(chosen.attrib))
        chosen.set(key, _written(chance.choice(EVIL_NUMBERS + EVIL_NUMBERS + EVIL_TEXTS)))
    else:
        chosen.set(chance.choice(("colspan", "rowspan", "class", "style", "id", "val")), chance.choice(EVIL_NUMBERS))


def _written(text: str) -> str:
    return re.sub("[\x00-\x08\x0b-\x1f\ufeff]", "", text)


def _nodes(data: bytes, chance: Random) -> bytes:
    """One node of a YAML text made another, dropped, doubled, nested; or a line of it moved."""
    if chance.random() < 0.35:
        lines = data.splitlines() or [b""]
        place = chance.randrange(len(lines))
        tag = b"!!python/object/apply:os.system [id]"
        evil = (b"\t- x", b"? {a: b}", b"&a [*a]", tag, b"<<: *x", b"---", b": :", b"- - - -")
        lines[place] = chance.choice((b"  " + lines[place], lines[place] + lines[place - 1], *evil))
        return b"\n".join(lines)
    try:
        tree = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return _bytes(data, chance, [data])
    for _ in range(chance.choice((1, 1, 3, 10))):
        tree = _node(tree, chance)
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode()


def _evil_node(chance: Random) -> object:
    return chance.choice((
        None, True, -1, 10**40, 1.5, float("nan"), float("inf"), [], {}, [[]], {"total": 1}, {1: 2}, {None: None},
        *EVIL_TEXTS, *EVIL_NUMBERS,
    ))  # fmt: skip


def _node(tree: object, chance: Random, depth: int = 0) -> object:
    if not isinstance(tree, dict | list) or not tree or (depth and chance.random() < 0.2):
        return _evil_node(chance)
    if isinstance(tree, list):
        changed = list(tree)
        place = chance.randrange(len(changed))
        changed[place] = _node(changed[place], chance, depth + 1)
        return changed * chance.choice((1, 1, 1, 40))
    copy, key = dict(tree), chance.choice(list(tree))
    how = chance.randrange(8)
    if how == 0:
        del copy[key]
    elif how == 1:
        copy[chance.choice(("x", key if isinstance(key, int) else f"{key} ", 2, ""))] = copy.pop(key)
    else:
        copy[key] = _node(copy[key], chance, depth + 1)
    return copy


def _objects(data: bytes, chance: Random) -> bytes:
    """Numbers, names and references of a PDF made others."""
    kinds: tuple[Callable[[bytes], list[re.Match[bytes]]], ...] = tuple(
        (lambda d, p=pattern: list(re.finditer(p, d)))
        for pattern in (rb"-?\d+\.?\d*", rb"/[A-Za-z][\w-]*", rb"\d+ 0 R", _MARKS)
    )
    for _ in range(chance.choice((1, 2, 6))):
        found = chance.choice(kinds)(data)
        if not found:
            continue
        match, other = chance.choice(found), chance.choice(found)
        evil = (chance.choice(EVIL_NUMBERS).encode(), b"[" * 300, b"/Kids [2 0 R]")
        new = chance.choice((other[0], b"", match[0] * 2, *evil))
        data = data[: match.start()] + new + data[match.end() :]
    return data


_MARKS = rb"<<|>>|\[|\]|endobj|stream|obj|xref|trailer"
STRUCTURED: dict[str, Callable[[bytes, Random], bytes]] = {
    ".docx": _archive, ".xlsx": _archive, ".html": _html, ".yaml": _nodes, ".json": _nodes, ".pdf": _objects,
}  # fmt: skip
