"""A line between browser and server that can be cut and mended: what passes is not touched."""

import socket
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """A port of its own that leads to another one of this machine."""

    def __init__(self, port):
        self._port, self._open, self._cut, self._mark = port, set(), False, None
        self._lock, self._go_on = threading.Lock(), threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Break every connection off, and every new one until it is mended."""
        with self._lock:
            self._cut = True
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        # Only now: what was held back is not to pass before it is cut.
        self._go_on.set()

    def hold_at(self, mark):
        """Let no more pass on a connection once a message with these bytes has, until it is let go or cut."""
        self._go_on.clear()
        self._mark = mark

    def let_go(self):
        self._go_on.set()

    def mend(self):
        with self._lock:
            self._cut = False

    def close(self):
        self.cut()
        self._listening.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                near = self._listening.accept()[0]
                with self._lock:
                    if self._cut:
                        near.close()
                        continue
                    far = socket.create_connection(("127.0.0.1", self._port))
                    self._open |= {near, far}
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, one, other):
        with suppress(OSError):
            while piece := one.recv(65536):
                if self._mark and self._mark in piece:
                    # The message that the mark stands in, and no more: a slow line brings several at once.
                    whole = piece.find(b"\n\n", piece.index(self._mark)) + 2
                    self._mark = None
                    other.sendall(piece[:whole])
                    self._go_on.wait()
                    piece = piece[whole:]
                other.sendall(piece)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {one, other}
        one.close()


@contextmanager
def line_to(url):
    """Yield a line to the server at `url`."""
    line = Line(urlsplit(url).port)
    try:
        yield line
    finally:
        line.close()
