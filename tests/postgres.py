"""A PostgreSQL server of its own for tests that need one; skipped with a reason where there is none."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def database():
    """A PostgreSQL server of its own; yields its URL."""
    if POSTGRES is None:
        pytest.skip("no PostgreSQL on this machine (tests/install-system-parts)")
    pytest.importorskip("psycopg", reason="gongkai[postgresql] is not installed")
    # It does not run as root, and its user does not reach pytest's folders.
    folder, port = Path(tempfile.mkdtemp(prefix="gongkai-postgres-")), free_port()
    become = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if become:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    make = ["initdb", "-D", data, "-U", "gongkai", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([*become, POSTGRES / make[0], *make[1:]], check=True, stdout=subprocess.DEVNULL, cwd="/")
    run = ["-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    server = subprocess.Popen(
        [*become, POSTGRES / "postgres", *run, "-c", "fsync=off"], stderr=subprocess.DEVNULL, cwd="/"
    )
    try:
        ready = [POSTGRES / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        for _ in range(300):
            if subprocess.run(ready, check=False).returncode == 0:
                break
            time.sleep(0.1)
        subprocess.run(
            [POSTGRES / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "gongkai", "gongkai"], check=True
        )
        yield f"postgresql://gongkai@127.0.0.1:{port}/gongkai"
    finally:
        subprocess.run(
            [*become, POSTGRES / "pg_ctl", "stop", "-s", "-m", "immediate", "-D", data], check=False, cwd="/"
        )
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)
