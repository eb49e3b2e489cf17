"""A chat model that lies as a script says: an OpenAI-compatible server over HTTP on this machine, streaming."""

import json
import re
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@contextmanager
def liar_server(play):
    """Serve `play(passages, prompt, request)`; yield the address.

    What it returns: a text (streamed in small pieces), texts that it yields one by one, a number (an HTTP error), or
    one of `hang`, `drip`, `close`, `garbage`, `half`. passages: number → text, as the prompt gives them.
    """
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = "\n".join(str(message["content"]) for message in request["messages"])
            passages = {int(n): text for n, text in re.findall(r"^\[(\d+)\] (.+)$", prompt, re.MULTILINE)}
            said = play(passages, prompt, request)
            if isinstance(said, int):
                self._send(said, json.dumps({"error": {"message": "no", "type": "error"}}).encode())
            elif said == "hang":
                over.wait(30)
            elif said == "close":
                self.connection.close()
            else:
                self._stream(said, request["model"])

        def _send(self, status, content):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _stream(self, said, model):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            if said == "garbage":
                self.wfile.write(b"data: {{{\n\ndata: \xff\xfe nothing\n\n")
                return
            text = "啊" * 2000 if said == "drip" else said
            size = 1 if said == "drip" else 40
            pieces = (
                (text[start : start + size] for start in range(0, len(text), size)) if isinstance(text, str) else text
            )
            for piece in pieces:
                delta = {"role": "assistant", "content": piece}
                chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": model,
                         "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}  # fmt: skip
                try:
                    self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                    self.wfile.flush()
                except OSError:
                    return
                if said == "drip" and over.wait(0.05):
                    return
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        time.sleep(0.05)
