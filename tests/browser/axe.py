"""axe-core, the checker of accessibility: fetched once from the npm registry where that may be, into artefacts/."""

import shutil
import subprocess
from functools import cache

import pytest

from tests.browser.conftest import ARTEFACTS

VERSION = "4.14.1"
FOLDER = ARTEFACTS / "axe"
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"


@cache
def script():
    """Return the script, or skip the test with the reason."""
    if not SCRIPT.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("no npm on this machine to fetch axe-core with")
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(FOLDER), "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run([*command, f"axe-core@{VERSION}"], capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not fetch axe-core within a minute")
        if done.returncode or not SCRIPT.is_file():
            pytest.skip(f"npm could not fetch axe-core: {done.stderr.strip().splitlines()[-1:]}")
    return SCRIPT.read_text(encoding="utf-8")


def violations(page):
    """Return what is serious or critical on the page as it is now, a line each."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(script())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{entry['impact']} {entry['id']}: {node['target']} {node['failureSummary']}"
        for entry in found
        if entry["impact"] in ("serious", "critical")
        for node in entry["nodes"]
    ]
