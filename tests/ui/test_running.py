"""Answers in the making go on alone; whoever comes back follows them; what breaks is told in words."""

import asyncio
import threading
from itertools import pairwise

from tests.conftest import apart
from ui import running
from ui.running import BROKEN, Memory, Run, Runs, spoken
from ui.transcript import in_the_making, write_answer


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
        run.show("writing", "二十个")
        gate.wait(5)
        return spoken("二十个工作日" * 20)

    async def follow(run, seen):
        async for _, text in run.follow():
            seen.append(text)
            # What is there so far is seen before the rest is.
            if text == "二十个" and all("二十个" in others for others in texts):
                gate.set()

    async def follow_twice():
        run = runs.start(1, work, lambda answer: None)
        await asyncio.gather(*(follow(run, seen) for seen in texts))

    texts = ([], [])
    apart(asyncio.run, asyncio.wait_for(follow_twice(), 10))
    assert gate.is_set()
    for seen in texts:
        assert all(later.startswith(earlier) for earlier, later in pairwise(seen))
        assert len(set(seen)) > 2


def test_those_behind_are_told_their_place_and_are_served_in_turn(monkeypatch):
    monkeypatch.setattr(running, "_OWN", 1)
    monkeypatch.setattr(running, "_PATIENCE", 0.05)
    runs, gate, served = Runs(), threading.Event(), []

    def work(turn):
        gate.wait(5)
        served.append(turn)
        return spoken("好")

    async def follow(run):
        seen = []
        async for stage, text in run.follow():
            seen.append((stage, text))
            if seen.count(("waiting", running.WAITING.format(ahead=2))):
                gate.set()
        return seen

    async def follow_all():
        started = [runs.start(turn, lambda _, turn=turn: work(turn), lambda answer: None) for turn in range(4)]
        return await asyncio.gather(*(follow(run) for run in started))

    seen = apart(asyncio.run, asyncio.wait_for(follow_all(), 10))
    assert served == [0, 1, 2, 3]
    assert not [stage for stage, _ in seen[0] if stage == "waiting"]
    assert ("waiting", running.NEXT) in seen[1]
    assert ("waiting", running.WAITING.format(ahead=1)) in seen[2]
    assert "现在提问的人较多，稍候" in in_the_making("问", "waiting", running.NEXT)[1]["content"]


def test_a_question_waits_for_no_file_and_for_nothing_that_broke(monkeypatch):
    monkeypatch.setattr(running, "_OWN", 1)
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    runs, gate = Runs(), threading.Event()
    files = [
        runs.start(n, lambda run: (gate.wait(5), spoken("读完"))[1], lambda answer: None, file=True) for n in (1, 2)
    ]
    runs.start(3, lambda run: 1 // 0, lambda answer: None)
    assert runs.start(4, lambda run: spoken("好"), lambda answer: None).done.wait(5)
    assert not any(run.done.is_set() for run in files)
    gate.set()
    assert all(run.done.wait(5) for run in files)


def test_a_text_flows_for_one_and_is_shown_at_once_where_others_wait():
    async def follow(crowded):
        run = Run(answer=spoken("二十个工作日" * 60), crowded=lambda: crowded)
        run.done.set()
        return [text async for _, text in run.follow()]

    assert len(apart(asyncio.run, follow(crowded=False))) > 5
    assert apart(asyncio.run, follow(crowded=True)) == []


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


def test_an_answer_that_is_stopped_ends_with_what_it_has():
    runs, kept, told = Runs(), [], threading.Event()

    def work(run):
        run.show("writing", "第一句。")
        told.set()
        assert run.stopped.wait(5)
        return spoken("第一句。\n\n已按要求停止。")

    run = runs.start(1, work, kept.append)
    assert told.wait(5)
    assert runs.stop(1)
    assert run.done.is_set()
    assert kept == [spoken("第一句。\n\n已按要求停止。")]
    assert runs.stop(1)  # twice, or too late, is no fault
    assert len(kept) == 1


def test_what_does_not_look_whether_it_is_wanted_is_left_behind_and_says_nothing_later(monkeypatch):
    monkeypatch.setattr(running, "_GRACE", 0.05)
    runs, kept, read = Runs(), [], threading.Event()
    run = runs.start(1, lambda run: (read.wait(5), spoken("读完"))[1], kept.append, file=True)
    assert runs.stop(1)
    assert run.done.is_set()
    read.set()
    for _ in range(200):
        if runs.find(1) is None:
            break
        threading.Event().wait(0.01)
    assert kept == [spoken(running.STOPPED)]


def test_one_that_is_stopped_while_it_waits_is_not_begun(monkeypatch):
    monkeypatch.setattr(running, "_OWN", 1)
    runs, gate, begun, kept = Runs(), threading.Event(), [], []
    first = runs.start(1, lambda run: (gate.wait(5), spoken("好"))[1], kept.append)
    second = runs.start(2, lambda run: (begun.append(2), spoken("好"))[1], kept.append)
    assert runs.stop(2)
    assert second.done.is_set()
    assert kept == [spoken(running.STOPPED)]
    gate.set()
    assert first.done.wait(5)
    for _ in range(200):
        if runs.find(2) is None:
            break
        threading.Event().wait(0.01)
    assert begun == []


def test_what_must_be_done_whole_is_not_stopped():
    runs, gate, firm = Runs(), threading.Event(), threading.Event()

    def work(run):
        run.firm = True
        firm.set()
        gate.wait(5)
        return spoken("已添加。")

    run = runs.start(1, work, lambda answer: None)
    assert firm.wait(5)
    assert not runs.stop(1)
    gate.set()
    assert run.done.wait(5)
    assert run.answer == spoken("已添加。")
