"""Closed network, a data folder of its own, and one assistant over the shipped corpus for the whole run."""

import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

import pytest

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 22)


def apart(work, *arguments):
    """Return what `work` returns, called in a thread of its own: a browser of other tests leaves a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *arguments).result()


_connect = socket.socket.connect


def _connect_to_this_machine_only(self, address):
    host = address[0] if isinstance(address, tuple) else "local"
    if self.family in (socket.AF_INET, socket.AF_INET6) and host not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"the tests are closed to the network: {address}")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _closed_network():
    socket.socket.connect = _connect_to_this_machine_only
    yield
    socket.socket.connect = _connect


@pytest.fixture(autouse=True, scope="session")
def _what_gradio_leaves_behind():
    """Drop what pyproject.toml ignores before it is told: telling it parses Python, and where the collector finds it
    in the middle of another parse, Python 3.11 takes that for a fault of the parser.
    """
    hook = sys.unraisablehook

    def tell_others(unraisable):
        if not repr(unraisable.object).startswith(("<function BaseEventLoop", "<socket.socket")):
            hook(unraisable)

    # Until the process ends: what is told after the last test parses, too. pytest puts its own hook away itself.
    sys.unraisablehook = tell_others


@pytest.fixture(autouse=True, scope="session")
def data_folder(tmp_path_factory):
    for name in [name for name in os.environ if name.startswith("GONGKAI_")]:
        del os.environ[name]
    folder = tmp_path_factory.mktemp("data")
    os.environ["GONGKAI_DATA_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def assistant(data_folder):
    from assistant import build_assistant

    return build_assistant(TODAY)


@pytest.fixture
def small_corpus(tmp_path):
    """A corpus folder of two small texts, to be broken and changed."""
    from tests.small import write_small_corpus

    return write_small_corpus(tmp_path / "corpus")
