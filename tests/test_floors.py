"""The house: imports go down only, and each outside library stays in its room."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "errors": -1, "numerals": -1, "numbers": 0, "locks": 0, "settings": 0, "spelling": 0, "logged_file": 0,
    "row_digests": -1,
    "documents": 1, "prompts": 1,
    "sources": 2, "report": 2, "clock": 2,
    "retrieval": 3,
    "answering": 4, "office": 4,
    "conversation": 5, "evaluation": 5, "sessions": 5, "polisher": 5, "ingest": 5, "holdings": 5, "app": 5,
    "asking": 5, "building": 5, "index_in_use": 5, "parts": 5, "configured": 5, "inventory": 5, "upkeep": 5,
    "cli": 6, "cli_corpus": 6, "cli_office": 6, "cli_report": 6, "cli_ledger": 6, "cli_entries": 6, "cli_people": 6,
    "cli_tokens": 6, "cli_upkeep": 6, "cli_usage": 6, "api": 6, "mcp": 6,
}  # fmt: skip
HOMES = {
    "chromadb": {"retrieval/chroma.py"},
    "langchain_chroma": {"retrieval/chroma.py"},
    "pymilvus": {"retrieval/milvus.py", "retrieval/milvus_server.py"},
    "milvus_lite": {"retrieval/milvus_server.py"},
    "gradio": set(),
    "langchain_openai": {"answering/llm.py", "retrieval/embeddings.py"},
    "langchain_community": set(),
    "langchain_classic": set(),
}
FILES = sorted((ROOT / "assistant").rglob("*.py"))


def room(path: Path) -> str:
    part = path.relative_to(ROOT / "assistant").parts[0]
    return part.removesuffix(".py")


def imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down_and_wings_on_one_floor_do_not_know_each_other(path):
    if path.name == "__init__.py" and path.parent.name == "assistant":
        return
    own = room(path)
    assert own in FLOORS, f"{own} has no floor"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "assistant" or len(parts) == 1 or parts[1] == own:
            continue
        allowed = FLOORS[parts[1]] < FLOORS[own] or FLOORS[own] == FLOORS[parts[1]] >= 5
        assert allowed, f"{own} (floor {FLOORS[own]}) imports {name} (floor {FLOORS[parts[1]]})"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_each_library_stays_in_its_room_and_nobody_imports_the_web_side(path):
    where = path.relative_to(ROOT / "assistant").as_posix()
    for name in imports(path):
        top = name.split(".")[0]
        assert top != "ui"
        assert where in HOMES.get(top, {where}), f"{where} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_doors_print_and_only_the_settings_read_the_environment(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            assert room(path).startswith("cli")
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
            assert room(path) == "settings"
        if isinstance(node, ast.ExceptHandler) and not room(path).startswith("cli"):
            assert node.type is not None
            assert getattr(node.type, "id", "") not in ("Exception", "BaseException")


@pytest.mark.parametrize("path", [p for p in FILES if FLOORS.get(room(p), 9) <= 2], ids=lambda p: p.name)
def test_the_lower_floors_do_not_read_the_clock(path):
    text = path.read_text(encoding="utf-8")
    assert ".today()" not in text
    assert ".now(" not in text
    assert "time.time" not in text
