"""The site on a real port, and a client of it with a token."""

import socket
import threading
import time
from copy import copy
from datetime import datetime

import httpx
import pytest

from assistant.office.records import Records
from ui.site import build_site


def moment():
    return datetime.now().astimezone()


@pytest.fixture(scope="module")
def house(assistant, tmp_path_factory):
    """The assistant over accounts of its own: one clerk."""
    records = Records(tmp_path_factory.mktemp("office") / "office.sqlite")
    records.people.add_person("办公系统", "经办", moment())
    office = copy(assistant)
    office.__dict__["records"] = records
    yield office
    records.close()


@pytest.fixture(scope="module")
def address(house):
    """Where the site answers, with sign-in."""
    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_site(house, alone=False), log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()


@pytest.fixture(scope="module")
def secret(house):
    return house.records.tokens.make("办公系统", "收文登记", moment())[1]


@pytest.fixture(scope="module")
def keeper(house):
    """An administrator's token that may change the corpus and nothing else."""
    house.records.people.add_person("资料同步", "管理员", moment())
    return house.records.tokens.make("资料同步", "资料同步", moment(), ("corpus_change",))[1]


@pytest.fixture(scope="module")
def client(address, secret):
    with httpx.Client(
        base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {secret}"}, timeout=60, trust_env=False
    ) as client:
        yield client
