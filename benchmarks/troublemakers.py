"""Trouble for a server that others use: who reads slowly, who sends too much, who opens a line and says nothing."""

import asyncio
import time

import httpx

from benchmarks.visitors import Visitor

HUGE = "公开" * 250_000  # characters; 1.5 MB
TOO_LONG = "问题太长"
# Seconds of a question that the page has to answer while a thousand connections stand open.
_HURRY = 10.0


async def read_slowly(visitor: Visitor, address: str, seconds: float) -> None:
    """Ask, and read the answer a few bytes at a time, as over a bad line; it has to come whole."""
    with visitor.seen.timing("a slow reader"):
        assert visitor.box
        body = {
            "data": [{"text": visitor.questions[0], "files": []}, ""],
            "fn_index": visitor.box.number,
            "trigger_id": visitor.box.trigger,
            "session_hash": visitor.session,
        }
        assert (await visitor.client.post("/gradio_api/queue/join", json=body)).status_code == 200
        host, port = address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
        path = f"/gradio_api/queue/data?session_hash={visitor.session}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookies}\r\n\r\n".encode())
        await writer.drain()
        got, until = b"", time.monotonic() + seconds
        while b"process_completed" not in got:
            slow = time.monotonic() < until
            piece = await asyncio.wait_for(reader.read(256 if slow else 65536), 30)
            assert piece, "the line was cut"
            got += piece
            await asyncio.sleep(0.05 if slow else 0)
        writer.close()


async def send_huge(visitor: Visitor) -> None:
    """Send what is far too long: it has to be refused in words, at once."""
    with visitor.seen.timing("a message of 1.5 MB to the page"):
        assert visitor.box
        values: dict[str, object] = {"question": {"text": HUGE, "files": []}, "route": ""}
        last = [told async for told in visitor.events(visitor.box, values)][-1]
        assert not last["success"]
        assert TOO_LONG in str(last["output"]), str(last["output"])[:200]
    with visitor.seen.timing("a message of 1.5 MB to the interface"):
        answer = await visitor.api.post("/ask", json={"question": HUGE})
        assert answer.status_code == httpx.codes.BAD_REQUEST, answer.status_code
        assert "detail" in answer.json()


async def open_connections(visitor: Visitor, address: str, count: int) -> None:
    """Open `count` connections that begin a request and say no more; whoever asks meanwhile is answered."""
    host, port = address.removeprefix("http://").split(":")
    lines = []
    try:
        with visitor.seen.timing(f"{count} connections opened"):
            for _ in range(count):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.write(b"GET / HTTP/1.1\r\nHost: ")
                lines.append(writer)
        with visitor.seen.timing("ask beside them"):
            await asyncio.wait_for(visitor.ask("ask", visitor.questions[1]), _HURRY)
            assert (await visitor.client.get("/healthz")).status_code == 200
    finally:
        for writer in lines:
            writer.close()
