"""A short form of `python -m tests.fuzz`: `make soak` sends five thousand of each."""

import subprocess
import sys
import time
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.fuzz.messages import SAYINGS, complaint
from tests.fuzz.mutations import EVIL_TEXTS


def test_mutated_files_end_with_0_1_or_2_one_chinese_line_and_within_time_and_memory():
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--files", "30"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("30 files: ")


_piece = st.sampled_from(SAYINGS + EVIL_TEXTS).map(lambda text: text[:200]) | st.text(max_size=40)


@given(st.lists(st.lists(_piece, min_size=1, max_size=3).map("，".join), min_size=1, max_size=4))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
def test_whatever_is_written_to_the_chat_is_answered(assistant, messages):
    from ui.running import Memory, Run
    from ui.talk import work_out

    memory, asked = Memory(), []
    for message in messages:
        began = time.process_time()
        answer, memory = work_out(assistant, message, date(2026, 11, 22), asked, memory, Run())
        assert complaint(answer, time.process_time() - began) == "", message
        asked.append(message)
