"""A short form of `python -m tests.killing`, and the real web service killed while people ask."""

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import httpx
import pytest

from assistant.office.records import Records
from benchmarks.latency import QuestionBox
from tests.conftest import ROOT
from ui.transcript import UNFINISHED, as_messages

QUESTION = "收到申请后几天内要答复？（第{}问）"


@pytest.mark.parametrize("moments", [7, pytest.param(200, marks=pytest.mark.soak)])
def test_what_is_killed_while_it_writes_leaves_the_old_or_the_new(moments):
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing", "--moments", str(moments)],
        cwd=ROOT, capture_output=True, text=True, timeout=120 * moments,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(f"{moments} moments: 0 broke a promise\n")


def start(data):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "ui", "--port", str(port), "--no-auth"],
        env={**os.environ, "GONGKAI_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    for _ in range(1200):
        with suppress(httpx.TransportError):
            if client.get("/healthz").json()["status"] == "ok":
                return server, client
        assert server.poll() is None, "the service did not start by itself"
        time.sleep(0.1)
    raise TimeoutError


@pytest.mark.parametrize("kills", [1, pytest.param(12, marks=pytest.mark.soak)])
def test_the_web_service_killed_while_people_ask_starts_by_itself_with_every_question(
    assistant, data_folder, tmp_path, kills
):
    shutil.copytree(data_folder / "index", tmp_path / "data" / "index")
    chance, asked, said = random.Random(8), [], set()
    for kill in range(kills + 1):
        server, client = start(tmp_path / "data")
        box, stop, answered = QuestionBox.of_page(client), threading.Event(), threading.Semaphore(0)

        def ask(who, box=box, stop=stop, client=client, answered=answered):
            with suppress(httpx.HTTPError, json.JSONDecodeError, ValueError):
                while not stop.is_set():
                    question = QUESTION.format(len(asked))
                    asked.append(question)
                    for event in box.events(client, question, f"{who}{len(asked)}"):
                        if event["msg"] == "process_completed" and event["success"]:
                            said.add(question)
                    answered.release()

        people = [threading.Thread(target=ask, args=(n,)) for n in range(3)]
        for one in people:
            one.start()
        assert answered.acquire(timeout=120)
        if kill == kills:
            stop.set()
        else:
            time.sleep(chance.uniform(0, 1.5))
            server.send_signal(signal.SIGKILL)
        for one in people:
            one.join(120)
        client.close()
        server.terminate()
        server.wait(30)
        with closing(sqlite3.connect(tmp_path / "data" / "office.sqlite")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with closing(Records(tmp_path / "data" / "office.sqlite")) as records:
            talks = records.conversations.list_conversations("本机", limit=10**6)
            turns = [turn for talk in talks for turn in records.conversations.turns("本机", talk.id)]
            noted = [entry.detail["问题"] for entry in records.audit.entries(limit=10**6)]
        answers = {turn.question: turn.answer for turn in turns}
        assert set(answers) <= set(asked)
        # What a person saw complete is kept with its citation and noted; what was cut off says so.
        assert all(answers[question]["citations"] for question in said)
        assert said <= set(noted)
        assert all(UNFINISHED in as_messages([turn])[1]["content"] for turn in turns if turn.answer is None)
    assert said
