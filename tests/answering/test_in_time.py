"""A chat model's server that does not answer as one: however it hangs, the extractive answer is there in time."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from assistant.answering.llm import build_chat_model, complete
from assistant.app import build_assistant
from assistant.errors import ModelError
from assistant.settings import load_settings
from tests.conftest import TODAY

QUESTION = "人家来要材料，几天内要回话？"
SECONDS, SPARE = 2, 1
OPENED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def chunk(text):
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    body = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n".encode()


def silent(send, over):
    over.wait(60)


def one_token_now_and_then(send, over):
    send(OPENED)
    while not over.wait(0.3):
        send(chunk("行"))


def headers_and_nothing(send, over):
    send(OPENED)
    over.wait(60)


def half_a_header(send, over):
    send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not over.wait(0.3):
        send(b"a")


def comments_for_ever(send, over):
    send(OPENED)
    while not over.wait(0.05):
        send(b": still there\n\n")


def thoughts_for_ever(send, over):
    send(OPENED)
    for _ in range(1_000_000):
        if over.is_set():
            return
        send(chunk(""))


def no_http_at_all(send, over):
    send(b"\x16\x03\x01\x00\xff\x00 garbage\r\n\r\n" * 3)


def answer_later(send, over):
    send(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 50\r\nContent-Length: 2\r\n\r\n{}")


def breaks_off(send, over):
    length = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9000\r\n\r\n"
    send(length + chunk("行政"))


WAYS = [
    silent, one_token_now_and_then, headers_and_nothing, half_a_header, comments_for_ever, thoughts_for_ever,
    no_http_at_all, answer_later,
]  # fmt: skip


@contextmanager
def serve(way):
    """Serve `way(send, over)` to whoever connects; yield the address and the requests that came."""
    over, requests = Event(), []

    def answer(connection):
        with connection:
            try:
                requests.append(connection.recv(1_000_000))
                way(connection.sendall, over)
            except OSError:
                return

    def accept(listening):
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=accept, args=(listening,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1", requests
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)


def speaking_to(url, **chosen):
    return build_assistant(TODAY, load_settings(llm_base_url=url, llm_model="hangs", llm_timeout=SECONDS, **chosen))


@pytest.fixture(scope="module")
def plain(assistant):
    return assistant.ask(QUESTION, TODAY).answer


def timed(assistant, question=QUESTION, history=()):
    begun = time.monotonic()
    answer = assistant.ask(question, TODAY, history)
    return answer, time.monotonic() - begun


@pytest.mark.parametrize("way", WAYS)
def test_however_the_server_hangs_the_extractive_answer_arrives_in_time_and_its_thread_ends(way, plain):
    with serve(way) as (url, requests):
        answer, taken = timed(speaking_to(url))
        assert taken < SECONDS + SPARE
        assert answer.answerer == "extractive"
        assert answer.answer.split("\n\n", 1)[1] == plain
        assert requests
        until = time.monotonic() + 2 * SECONDS + 3
        # These end later: at the client's bound of a header, and when it has waited as long as it was told to.
        while way not in (half_a_header, answer_later) and any(
            "(run)" in thread.name for thread in threading.enumerate()
        ):
            assert time.monotonic() < until, threading.enumerate()
            time.sleep(0.05)
        if way is silent:
            tried = len(requests)
            time.sleep(1)
            assert len(requests) == tried


def test_a_stream_that_breaks_off_is_known_at_once(plain):
    with serve(breaks_off) as (url, _):
        answer, taken = timed(build_assistant(TODAY, load_settings(llm_base_url=url, llm_model="m", llm_timeout=20)))
    assert taken < 10
    assert answer.answer.endswith(plain)


def test_a_follow_up_that_the_model_is_to_rewrite_has_no_more_time_than_another_question(assistant):
    with serve(silent) as (url, _):
        answer, taken = timed(speaking_to(url), "那要是对方不回呢？", ["征求第三方意见给对方几天时间？"])
    assert taken < SECONDS + SPARE
    assert answer.citations[0].article == 32


def test_what_a_slow_machine_needs_before_it_asks_the_model_is_part_of_the_time(monkeypatch):
    with serve(silent) as (url, requests):
        speaking = speaking_to(url)
        slow = speaking.asking._ask_without_chain
        monkeypatch.setattr(speaking.asking, "_ask_without_chain", lambda *a: (time.sleep(SECONDS * 0.75), slow(*a))[1])
        answer, taken = timed(speaking)
        assert taken < SECONDS + SPARE
        assert answer.answerer == "extractive"
        assert requests
        monkeypatch.setattr(speaking.asking, "_ask_without_chain", lambda *a: (time.sleep(SECONDS), slow(*a))[1])
        requests.clear()
        answer, taken = timed(speaking)
        assert taken < SECONDS + SPARE
        assert not requests


@pytest.mark.parametrize("way", [silent, headers_and_nothing, one_token_now_and_then, half_a_header])
def test_a_chapter_that_is_to_be_polished_waits_no_longer_either(way, monkeypatch):
    monkeypatch.setattr("assistant.answering.llm._SECONDS", 1)
    with serve(way) as (url, _):
        model = build_chat_model(load_settings(llm_base_url=url, llm_model="hangs"))
        begun = time.monotonic()
        with pytest.raises(ModelError, match="1秒没有回答"):
            complete(model, "润色")
        assert time.monotonic() - begun < 1 + SPARE
