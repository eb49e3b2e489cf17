"""Answers in the making go on alone; whoever comes back follows them; what breaks is told in words."""

import threading
from itertools import pairwise

from ui.running import BROKEN, Memory, Runs, spoken
from ui.transcript import write_answer


def test_an_answer_is_kept_though_nobody_follows_it():
    runs, kept, gate = Runs(), [], threading.Event()
    run = runs.start(1, lambda run: (gate.wait(5), spoken("好"))[1], kept.append)
    assert runs.find(1) is run
    gate.set()
    assert run.done.wait(5)
    assert kept == [spoken("好")]
    for _ in range(100):
        if runs.find(1) is None:
            break
        threading.Event().wait(0.01)
    assert runs.find(1) is None


def test_two_followers_see_the_same_text_grow():
    runs, gate = Runs(), threading.Event()

    def work(run):
        run.stage, run.text = "writing", "二十个"
        gate.wait(5)
        return spoken("二十个工作日" * 20)

    run = runs.start(1, work, lambda answer: None)
    first, second = run.follow(), run.follow()
    seen = next(first)
    while seen[1] != "二十个":
        seen = next(first)
    gate.set()
    for follower in (first, second):
        texts = [text for _, text in follower]
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


def test_what_breaks_is_told_in_words_and_kept(monkeypatch):
    runs, kept, told = Runs(), [], []
    monkeypatch.setattr(threading, "excepthook", told.append)
    run = runs.start(1, lambda run: 1 // 0, kept.append)
    assert run.done.wait(5)
    assert kept[0]["answer"] == BROKEN
    for _ in range(200):
        if told:
            break
        threading.Event().wait(0.01)
    assert told[0].exc_type is ZeroDivisionError


def test_the_longest_unused_memory_is_forgotten():
    runs = Runs()
    memories = [Memory() for _ in range(1001)]
    for number, memory in enumerate(memories):
        runs.remember(str(number), memory)
    assert runs.recall("0") is not memories[0]
    assert runs.recall("1000") is memories[1000]


def test_only_markers_with_a_citation_become_links():
    answer = {"answer": "二十个工作日 [1]，见 [7]。", "citations": [{"marker": 1, "status": "verified"}]}
    text = write_answer(answer, 12)
    assert r"[\[1\]](#s-12-1)" in text
    assert r"\[7\]" in text
    assert "#s-12-7" not in text
    assert "1/1 处已核验" in text
