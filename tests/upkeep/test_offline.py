"""In a network namespace without any network the service and the commands work; nowhere is another host asked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.report.drafting.draft import load_report_rules
from assistant.report.statistics_files import dump_statistics
from benchmarks.report_files import make_statistics

ROOT = Path(__file__).parents[2]
# Written down by the server's own process, whatever asks: names that are looked up, places that are connected to.
SPY = """
import os, sys
def spy(event, args):
    if event == "socket.getaddrinfo" and args[0] not in (None, "127.0.0.1", "localhost", b"127.0.0.1", "::1"):
        open(os.environ["SPY"], "a").write(f"{event} {args[0]}\\n")
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in ("127.0.0.1", "::1"):
        open(os.environ["SPY"], "a").write(f"{event} {args[1]}\\n")
sys.addaudithook(spy)
"""
VISIT = """
import fcntl, json, socket, struct, subprocess, sys, time, urllib.request
lo = socket.socket()
up = struct.pack("16sh14x", b"lo", 0x1 | 0x40)
fcntl.ioctl(lo, 0x8914, up)  # SIOCSIFFLAGS: the loopback of a new namespace is down
run = [sys.executable, "-c", "from assistant.cli import main; main()", "serve", "--port", "7869", "--no-auth"]
server = subprocess.Popen(run)
try:
    for _ in range(600):
        try:
            health = json.load(urllib.request.urlopen("http://127.0.0.1:7869/healthz", timeout=5))
            break
        except OSError:
            assert server.poll() is None
            time.sleep(0.2)
    page = urllib.request.urlopen("http://127.0.0.1:7869/", timeout=30).read()
    asked = urllib.request.Request(
        "http://127.0.0.1:7869/api/v1/ask", json.dumps({"question": "几天内要答复？"}).encode(),
        {"Content-Type": "application/json"},
    )
    answer = json.load(urllib.request.urlopen(asked, timeout=30))
    gongkai = [*run[:3]]
    for arguments in (["ask", "收费吗"], ["draft", "统计.yaml", "--output", "年报.docx"], ["check", "年报.docx"]):
        done = subprocess.run([*gongkai, *arguments], capture_output=True, text=True, cwd=sys.argv[1])
        assert done.returncode in (0, 1), done.stderr
    print(json.dumps([health["status"], len(page), answer["citations"][0]["article"]]))
finally:
    server.terminate()
    server.wait(timeout=20)
"""


def alone(*arguments, **options):
    return subprocess.run(["unshare", "-rn", *arguments], capture_output=True, text=True, **options)


@pytest.mark.skipif(
    shutil.which("unshare") is None or alone("true").returncode != 0,
    reason="no network namespaces on this machine (unshare -rn)",
)
def test_the_service_starts_and_answers_without_a_network(assistant, data_folder, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SPY, encoding="utf-8")
    shutil.copytree(data_folder / "index", tmp_path / "data" / "index")
    told = tmp_path / "asked.txt"
    told.touch()
    ours = {"GONGKAI_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": f"{tmp_path}:{ROOT}", "SPY": str(told)}
    rules = load_report_rules(ROOT / "corpus")
    (tmp_path / "统计.yaml").write_bytes(dump_statistics(make_statistics(1, rules.forms["2021"]), ".yaml"))
    done = alone(sys.executable, "-c", VISIT, tmp_path, cwd=ROOT, timeout=200, env={**os.environ, **ours})
    assert done.returncode == 0, done.stderr
    status, length, article = json.loads(done.stdout)
    assert (status, article) == ("ok", 33)
    assert length > 10_000
    assert told.read_text() == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_the_unit_is_one_that_systemd_takes(tmp_path):
    unit = (ROOT / "deploy" / "gongkai.service").read_text(encoding="utf-8")
    # The program of the unit is not installed here; another one in its place.
    (tmp_path / "gongkai.service").write_text(unit.replace("/opt/gongkai/.venv/bin/gongkai", "/bin/true"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "gongkai.service"], capture_output=True, text=True
    )
    ours = [line for line in done.stderr.splitlines() if "gongkai" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
