"""Reports written by somebody who did not know the words of the checks: nothing is found in sound ones.

What the check found in them at first sight, before its words were mended on them, stands in benchmarks/checking.md.
"""

import pytest
import yaml

from assistant.report.checked import check_report
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "golden" / "reports" / "others"
SOUND = sorted(path for path in FOLDER.iterdir() if path.suffix != ".yaml")
DEFECTS = yaml.safe_load((FOLDER / "defects.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_a_sound_report_raises_nothing(path, check_rules):
    assert [finding.message for finding in check_report(path, None, check_rules).findings] == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect['of']} {'+'.join(defect['finds'])}")
def test_one_thing_wrong_is_found(defect, check_rules, tmp_path):
    lines = (FOLDER / defect["of"]).read_text(encoding="utf-8").splitlines()
    for edit in reversed(defect["edits"]):
        first, last = edit["lines"]
        lines[first - 1 : last] = edit["now"]
    path = tmp_path / defect["of"]
    path.write_text("\n".join(lines), encoding="utf-8")
    previous = FOLDER / defect["previous"] if "previous" in defect else None
    assert set(defect["finds"]) <= {finding.code for finding in check_report(path, previous, check_rules).findings}
