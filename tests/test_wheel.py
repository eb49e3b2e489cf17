"""The wheel, installed into an empty environment, answers from another directory."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UV = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options)


@pytest.mark.skipif(not Path(UV).exists(), reason="uv is not installed (the Makefile installs it)")
def test_a_wheel_answers_from_any_directory_and_keeps_its_data_where_it_is_told(tmp_path):
    run(UV, "build", "--wheel", "--quiet", "--out-dir", str(tmp_path / "dist"), str(ROOT))
    [wheel] = (tmp_path / "dist").glob("*.whl")
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv"))
    run(
        UV,
        "pip",
        "install",
        "--quiet",
        "--python",
        str(python),
        "--constraint",
        str(ROOT / "constraints.txt"),
        str(wheel),
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = run(
        str(python.with_name("gongkai")), "ask", "人家来要材料，几天内要回话？", "--json", cwd=elsewhere,
        env={**os.environ, "GONGKAI_DATA_DIR": str(tmp_path / "data")},
    )  # fmt: skip
    assert json.loads(done.stdout)["citations"][0]["article"] == 33
    assert list(elsewhere.iterdir()) == []
