"""The examples of docs/api.md, run as they stand."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from assistant.report.drafting.draft import load_report_rules
from assistant.report.statistics_files import dump_statistics
from tests.api.test_service import FIELDS
from tests.office_texts import rule, write_rule
from tests.report.conftest import _make

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```\n(?:\n```json\n(.*?)```)?", TEXT, re.DOTALL)


def within(part, whole):
    """Whether every name of `part` is in `whole` with that value; of a list, the first so many."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and within(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        if not part:
            return whole == []
        return len(part) <= len(whole) and all(within(a, b) for a, b in zip(part, whole, strict=False))
    return part == whole


@pytest.fixture(scope="module")
def folder(tmp_path_factory, client):
    """The files that the examples name."""
    rules = load_report_rules(ROOT / "corpus")

    def make(year):
        return dump_statistics(_make(Random(17), rules.forms["2021"], year), ".yaml")

    folder = tmp_path_factory.mktemp("examples")
    (folder / "统计.yaml").write_bytes(make(2025))
    (folder / "上年.yaml").write_bytes(make(2024))
    sent = {"statistics": ("统计.yaml", (folder / "统计.yaml").read_bytes())}
    (folder / "年报.docx").write_bytes(client.post("/draft?form=docx", files=sent).content)
    write_rule(folder / "办法.docx", rule())
    (folder / "栏目.json").write_text(json.dumps({"fields": FIELDS}, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine (tests/install-system-parts)")
@pytest.mark.parametrize(("command", "expected"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_does_what_it_says(command, expected, folder, address, secret, keeper):
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60,
        env={**os.environ, "GONGKAI": address, "TOKEN": secret, "ADMIN_TOKEN": keeper, "no_proxy": "*"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if expected:
        assert within(json.loads(expected), json.loads(done.stdout)), done.stdout
    else:
        assert (folder / re.search(r"-o (\S+)", command)[1]).read_bytes()[:2] == b"PK"


def test_there_are_examples():
    assert len(EXAMPLES) >= 10


def test_what_the_examples_did_to_the_corpus_is_logged_audited_and_undone(client, house):
    """After the examples, which ran in order."""
    key = "示例市加装电梯补贴办法@2023-05-01"
    assert [row["action"] for row in client.get("/corpus/log").json() if row["text_id"] == key] == ["added", "removed"]
    assert key not in {row["id"] for row in client.get("/corpus").json()}
    noted = house.records.audit.entries(who="资料同步", actions=["corpus_add", "corpus_remove"])
    assert [(entry.action, entry.detail["编号"]) for entry in noted] == [("corpus_remove", key), ("corpus_add", key)]
