"""A chat model to test with: an OpenAI-compatible server on this machine that answers as a script says."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def scripted_model(answer):
    """Serve `answer(prompt)` as a chat model: a text, or a number for an HTTP error; yield its address and the prompts.

    The prompts are the texts of all messages of a request, one after the other.
    """
    prompts = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = "\n".join(str(message["content"]) for message in request["messages"])
            prompts.append(prompt)
            said = answer(prompt)
            status = said if isinstance(said, int) else 200
            message = {"role": "assistant", "content": "" if isinstance(said, int) else said}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            body = {"id": "1", "object": "chat.completion", "created": 0, "model": request["model"],
                    "choices": [choice], "usage": usage}  # fmt: skip
            if status != 200:
                body = {"error": {"message": "refused by the script", "type": "server_error"}}
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", prompts
    finally:
        server.shutdown()
        server.server_close()
