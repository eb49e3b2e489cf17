"""Several processes behind nginx, as deploy/city has it: PostgreSQL, a Chroma server, and one process that dies."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack, closing
from datetime import datetime

import pytest
import yaml

from assistant.office.records import Records
from assistant.retrieval.building import build_index
from assistant.retrieval.embeddings import BundledEmbeddings
from tests.browser.conftest import PASSWORD
from tests.conftest import ROOT
from tests.postgres import database, free_port  # noqa: F401  (a fixture)
from tests.retrieval.test_server import chroma
from tests.small import write_small_shipped

CITY = ROOT / "deploy" / "city"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
WEBS = ("web1", "web2")
# A web process over the small folder of what is shipped.
WEB = """
import sys
from pathlib import Path
from assistant.settings import Settings
Settings.shipped_folder = Path(sys.argv.pop(1))
from ui.__main__ import main
main()
"""


class Web:
    """A web process; how many requests it has told of is counted."""

    def __init__(self, shipped, settings):
        self.port, self.lines = free_port(), []
        self.process = subprocess.Popen(
            [sys.executable, "-c", WEB, str(shipped), "--port", str(self.port), "--sign-in"],
            env={**os.environ, **settings}, cwd=ROOT, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stderr.readline, "")))
        self._reader.start()

    def wait(self):
        for _ in range(900):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
                return
            except OSError:
                assert self.process.poll() is None, "".join(self.lines)
                time.sleep(0.1)
        raise AssertionError(f"the web process did not come up: {''.join(self.lines)}")

    def asked(self):
        return sum('"route"' in line and "/healthz" not in line for line in self.lines)

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self._reader.join(timeout=5)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory, database):  # noqa: F811
    """The address of nginx, and the web processes behind it."""
    if NGINX is None:
        pytest.skip("no nginx on this machine (tests/install-system-parts)")
    folder = tmp_path_factory.mktemp("city")
    shipped = write_small_shipped(folder)
    with ExitStack() as running:
        url = running.enter_context(chroma(folder / "chroma"))
        build_index(
            shipped / "corpus", folder / "data", BundledEmbeddings(), BundledEmbeddings.name, "2026-11-22", server=url
        )
        settings = {
            "GONGKAI_DATA_DIR": str(folder / "data"), "GONGKAI_CHROMA_URL": url, "GONGKAI_DATABASE_URL": database,
            "GONGKAI_LOG_REQUESTS": "true",
        }  # fmt: skip
        webs = [Web(shipped, settings) for _ in WEBS]
        for web in webs:
            running.callback(web.end)
        with closing(Records(database)) as records:
            given = records.people.add_person("张三", "经办", datetime.now().astimezone())
            records.people.change_password("张三", given, PASSWORD)
        for web in webs:
            web.wait()
        yield running.enter_context(nginx(folder, webs)), webs


class nginx:  # noqa: N801  (a context)
    """The shipped configuration, with addresses of this machine in the place of the names of containers."""

    def __init__(self, folder, webs):
        text = (CITY / "nginx.conf").read_text(encoding="utf-8")
        for name, web in zip(WEBS, webs, strict=True):
            text = text.replace(f"{name}:7860", f"127.0.0.1:{web.port}")
        text = re.sub(r"\n *server web\d.*", "", text)
        self.port = free_port()
        text = text.replace("listen 8080", f"listen 127.0.0.1:{self.port}")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        text = text.replace("http {", f"http {{\n{places}", 1).replace("worker_processes auto", "worker_processes 1")
        # As root it would give its work to another user, who does not reach pytest's folders.
        self._file = folder / "nginx.conf"
        self._file.write_text(f"{'user root;' if os.getuid() == 0 else ''}\n{text}", encoding="utf-8")
        self._call = [NGINX, "-p", folder, "-e", "stderr", "-c", self._file]
        self._call += ["-g", f"daemon off; pid {folder}/nginx.pid;"]

    def __enter__(self):
        self._process = subprocess.Popen(self._call, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)
        return f"http://127.0.0.1:{self.port}"

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=20)


def ask(page, question, answer):
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(f"document.querySelector('#chat')?.innerText.includes('{answer}')", timeout=30_000)
    # The words are on the page before the answer is stored; the button comes back when it is.
    page.wait_for_selector("#question .submit-button", timeout=30_000)


def test_a_process_dies_and_the_conversation_goes_on_with_another(city, visit, database):  # noqa: F811
    url, webs = city
    page = visit(url)
    page.fill("#name", "张三")
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector("#question textarea", timeout=30_000)
    ask(page, "几天内要回话", "7个工作日")
    serving = max(webs, key=Web.asked)
    other = next(web for web in webs if web is not serving)
    # The page stays with one process.
    assert other.asked() <= 2 < serving.asked()
    serving.process.send_signal(signal.SIGKILL)
    serving.process.wait(timeout=20)
    page.reload()
    page.wait_for_selector("#question textarea", timeout=30_000)
    page.wait_for_function("document.querySelector('#chat')?.innerText.includes('7个工作日')", timeout=30_000)
    ask(page, "要不要交钱", "不收取费用")
    with closing(Records(database)) as records:
        [talk] = records.conversations.list_conversations("张三")
        asked = [(turn.question, turn.answer["declined"]) for turn in records.conversations.turns("张三", talk.id)]
    assert asked == [("几天内要回话", False), ("要不要交钱", False)]


def test_the_parts_of_the_compose_file_fit_each_other():
    compose = yaml.safe_load((CITY / "compose.yaml").read_text(encoding="utf-8"))
    conf = (CITY / "nginx.conf").read_text(encoding="utf-8")
    webs = {name for name in compose["services"] if name.startswith("web")}
    assert webs == set(re.findall(r"server (web\d):7860", conf))
    assert set(compose["services"]) == webs | {"chroma", "postgres", "prepare", "nginx"}
    from assistant.settings import Settings

    settings = compose["services"]["web1"]["environment"]
    known = {f"GONGKAI_{name.upper()}" for name in Settings.model_fields} | {"FORWARDED_ALLOW_IPS"}
    assert set(settings) <= known
    assert all(compose["services"][name]["environment"] == settings for name in webs | {"prepare"})
    [port] = compose["services"]["nginx"]["ports"]
    assert f"listen {port.partition(':')[2]};" in conf
