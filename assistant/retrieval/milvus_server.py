"""The connection to Milvus: a cluster, or Milvus Lite in a folder `….db`; what goes wrong with it, in words."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.errors import IndexMissingError, SettingsError, StoreUnreachableError
from assistant.retrieval.rows import MILVUS, public

if TYPE_CHECKING:
    from pymilvus import MilvusClient

BATCH = 256
SECONDS = 60.0
_NOT_FOUND = 100
# The client pings every ten seconds, and Milvus Lite, unlike a server, hangs up on one that pings an idle connection.
_QUIET = {"grpc.keepalive_time_ms": 2**31 - 1, "grpc.keepalive_permit_without_calls": 0}


def connect(place: str) -> "MilvusClient":
    """Return a client of the Milvus at `place`, `milvus:` and a URI.

    Raises:
        SettingsError: the URI is none, or Milvus is not installed.
        StoreUnreachableError: it does not answer.
    """
    uri = place.removeprefix(MILVUS)
    parts = urlsplit(uri)
    local = not parts.scheme
    if not (uri.endswith(".db") if local else parts.scheme in ("http", "https") and parts.hostname):
        raise SettingsError(
            f"GONGKAI_MILVUS_URI 写得不对（{public(uri)}），"
            "请写成 http://127.0.0.1:19530，或者本机文件夹 /路径/向量.db。"
        )
    try:
        from pymilvus import MilvusClient

        if local:
            _start_lite(uri)
    except ImportError as error:
        raise SettingsError("用 Milvus 需要另装：pip install 'gongkai[milvus]'。") from error
    with reaching(place):
        return MilvusClient(uri, timeout=SECONDS, **({"grpc_options": _QUIET} if local else {}))


def _start_lite(folder: str) -> None:
    """Start Milvus Lite over `folder`, as the client would, but tell why it does not start.

    Raises:
        ImportError: it is not installed.
        StoreUnreachableError: another process has the folder open, or it cannot be read or written.
    """
    from milvus_lite.server_manager import server_manager_instance

    Path(folder).parent.mkdir(parents=True, exist_ok=True)
    # What it logs of a folder that is in use is a traceback.
    logging.getLogger("milvus_lite.server_manager").setLevel(logging.CRITICAL)
    if server_manager_instance.start_and_get_uri(folder) is None:
        raise StoreUnreachableError(
            f"Milvus Lite 的文件夹 {folder} 打不开：另一个程序（比如网页服务）正在用它，或者没有权限、磁盘已满；"
            "它一次只能由一个程序打开，请先停掉那个程序。几个程序要同时用的，请用 Milvus 服务器。"
        )


@contextlib.contextmanager
def reaching(place: str) -> Iterator[None]:
    """Tell in words what goes wrong with the server at `place`."""
    import grpc
    from pymilvus.exceptions import MilvusException

    shown = public(place).removeprefix(MILVUS)
    try:
        yield
    except MilvusException as error:
        if error.code == _NOT_FOUND:
            raise IndexMissingError(
                f"Milvus（{shown}）上没有这个索引的向量，请运行 gongkai corpus rebuild。"
            ) from error
        raise StoreUnreachableError(
            f"Milvus（{shown}）连不上或者不能用，请检查它是否在运行、是否被别的程序占用。"
        ) from error
    except (grpc.RpcError, ValueError) as error:
        raise StoreUnreachableError(f"Milvus（{shown}）连不上或者不能用，请检查它是否在运行。") from error


def drop_collection(place: str, name: str) -> None:
    """Delete a collection; nothing where it is not there.

    Raises:
        StoreUnreachableError: Milvus does not answer.
    """
    with contextlib.closing(connect(place)) as client, reaching(place):
        client.drop_collection(name)


def delete_rows(place: str, name: str, ids: Sequence[str]) -> None:
    """Delete rows of a collection; one that is not there is no error.

    Raises:
        StoreUnreachableError: Milvus does not answer.
    """
    if ids:
        with contextlib.closing(connect(place)) as client, contextlib.suppress(IndexMissingError):
            delete(client, place, name, ids)


def delete(client: "MilvusClient", place: str, name: str, ids: Sequence[str]) -> None:
    """Delete rows of a collection, a batch at a time."""
    for start in range(0, len(ids), BATCH):
        with reaching(place):
            client.delete(name, ids=list(ids[start : start + BATCH]))
