"""Whether an installation is well: what is set, what is missing, what to do. Nothing is changed."""

import contextlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.errors import DataBusyError, GongkaiError
from assistant.row_digests import accept_rows, damaged_rows, last_link, tell_changed
from assistant.settings import Settings
from assistant.upkeep.data_folder import is_database, keeping, serving
from assistant.upkeep.versions import DATA_VERSION, data_version

GOOD, WARNING, BAD = "好", "注意", "有问题"
_LITTLE, _TOO_LITTLE = 2 * 2**30, 200 * 2**20
_SECONDS = 5.0
_TOLD = 300  # signs of the rows that the audit names


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: `GOOD`, `WARNING` or `BAD`.
        remedy: what to do, "" where nothing is to be done.
    """

    name: str
    state: str
    message: str
    remedy: str = ""

    def plain(self) -> dict[str, Any]:
        """The finding as `gongkai doctor --json` prints it."""
        return asdict(self)


def examine(settings: Settings, today: date) -> Iterator[Finding]:
    """Yield what is found, one thing after the other."""
    for name, look in _LOOKS.items():
        try:
            yield from look(settings, today)
        except GongkaiError as error:
            yield Finding(name, BAD, str(error), "按上面说的做。")
        except OSError as error:
            yield Finding(name, BAD, f"读不出来（{error.strerror or error}）。", "请检查文件的权限和磁盘。")


def _program(settings: Settings, today: date) -> Iterator[Finding]:
    yield Finding("程序", GOOD, f"公开助手 {version('gongkai')}，语料在 {settings.shipped_folder}。")


def _data(settings: Settings, today: date) -> Iterator[Finding]:
    data = settings.data_folder
    existing = next(folder for folder in (data, *data.parents) if folder.is_dir())
    if not os.access(existing, os.W_OK):
        yield Finding("数据目录", BAD, f"{data} 不能写。", "请改权限，或者用 GONGKAI_DATA_DIR 另指一个目录。")
        return
    if data_version(data) > DATA_VERSION:
        yield Finding("数据目录", BAD, f"{data} 由更新的版本写过。", "请升级程序。")
        return
    yield Finding("数据目录", GOOD, f"{data}，可以写。")
    free = shutil.disk_usage(existing).free
    state = BAD if free < _TOO_LITTLE else WARNING if free < _LITTLE else GOOD
    yield Finding("磁盘", state, f"还有 {free / 2**30:.1f} GB。", "" if state == GOOD else "请腾出空间，至少留2GB。")
    open_to_others = [
        path.name for path in data.glob("*.sqlite") if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if open_to_others:
        told = f"{'、'.join(sorted(open_to_others))} 别的用户也能读，里面可能有个人信息。"
        yield Finding("权限", WARNING, told, f"chmod 600 {data}/*.sqlite")


def _databases(settings: Settings, today: date) -> Iterator[Finding]:
    bad, good = [], 0
    for path in sorted(settings.data_folder.glob("*.sqlite")):
        if not path.stat().st_size:
            continue
        sound = _is_sound(path)
        good += sound
        bad += [] if sound else [path.name]
        if sound and (changed := _changed_rows(path)):
            good -= 1
            yield Finding("数据库", BAD, tell_changed(path.name, changed), "按上面说的做。")
    if bad:
        yield Finding("数据库", BAD, f"{'、'.join(bad)} 已经损坏。", "停掉网页，用 gongkai restore 恢复最近的备份。")
    else:
        yield Finding("数据库", GOOD, f"{good} 个完好。")
    if link := _last_link(settings.data_folder / "office.sqlite"):
        told = "抄下来以后可以对照：以前的审计有改动，以后就得不出这个值"
        yield Finding("审计", GOOD, f"最新一行的校验值 {link[:16]}（{told}）。")


def accept_changed_rows(settings: Settings) -> dict[str, list[str]]:
    """Take the rows that are not what was written for right; return them by file. The audit keeps that it was done.

    Raises:
        DataBusyError: a service runs over the data folder.
    """
    from assistant.office.audit import Entry
    from assistant.office.records import Records

    own, accepted = settings.data_folder / "office.sqlite", {}
    with serving(settings.data_folder), keeping(settings.data_folder, "核对数据库"):
        for path in sorted(settings.data_folder.glob("*.sqlite")):
            if path.stat().st_size and _is_sound(path) and (changed := _changed_rows(path)):
                with contextlib.closing(sqlite3.connect(path, timeout=_SECONDS)) as database:
                    accept_rows(database)
                accepted[path.name] = changed
        if accepted and own.is_file():
            told = {name: "、".join(rows)[:_TOLD] for name, rows in accepted.items()}
            with contextlib.closing(Records(own)) as records:
                records.audit.note(Entry(datetime.now().astimezone(), "命令行", "accept_rows", told, "", ""))
    return accepted


def _changed_rows(path: Path) -> list[str]:
    with _read_only(path) as database:
        return damaged_rows(database)


def _last_link(path: Path) -> str:
    if not path.is_file() or not path.stat().st_size or not _is_sound(path):
        return ""
    with _read_only(path) as database:
        return last_link(database, "audit")


@contextlib.contextmanager
def _read_only(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_SECONDS)) as database:
        yield database


def _is_sound(path: Path) -> bool:
    try:
        with _read_only(path) as database:
            return is_database(path) and database.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False


def _index(settings: Settings, today: date) -> Iterator[Finding]:
    from assistant.building import open_index_of
    from assistant.inventory import read_status
    from assistant.retrieval.generations import current_folder

    if current_folder(settings.data_folder) is None:
        yield Finding("索引", WARNING, "还没有建立。", "第一次启动时自动建立，也可以运行 gongkai corpus rebuild。")
        return
    with contextlib.closing(open_index_of(settings)):
        found = read_status(settings, today)
    told = "{articles} 条，{vectors} 个向量，{built_on} 建立，模型 {embedder}。".format(**found)
    yield Finding("索引", GOOD, told)
    if waiting := found["added"]["waiting"]:
        yield Finding("索引", WARNING, f"{waiting} 条添加的条文还没有向量，只按词语查找。", "gongkai corpus rebuild")


def _calendar(settings: Settings, today: date) -> Iterator[Finding]:
    from assistant.clock.calendar import load_calendar

    shipped = settings.shipped_folder / "corpus" / "calendar"
    calendar = load_calendar((shipped, settings.data_folder / "calendar"))
    # The arrangements of a year are announced in November of the year before.
    needed = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    missing = [year for year in needed if not calendar.covers(date(year, 6, 1))]
    if missing:
        told = f"没有{'、'.join(map(str, missing))}年的放假安排，涉及的期限不能推算。"
        place = settings.data_folder / "calendar" / f"{missing[0]}.yaml"
        yield Finding("放假安排", WARNING, told, f"按国务院办公厅的放假通知写 {place}，或者升级程序。")
    else:
        yield Finding("放假安排", GOOD, f"{'、'.join(map(str, needed))}年都有。")


def _people(settings: Settings, today: date) -> Iterator[Finding]:
    from assistant.office.records import Records

    own = settings.data_folder / "office.sqlite"
    if not settings.database_url and not own.is_file():
        yield Finding("账户", GOOD, "还没有，只能一个人在本机用。")
        return
    if not settings.database_url and not _is_sound(own):
        return  # told with the databases
    with contextlib.closing(Records(settings.database_url or own)) as records:
        people, tokens = records.people.list_people(), records.tokens.list_tokens()
    active = [person for person in people if person.active]
    serving_tokens = sum(token.revoked is None for token in tokens)
    yield Finding("账户", GOOD, f"在用 {len(active)} 个，接口令牌 {serving_tokens} 个。")
    if waiting := [person.name for person in active if person.must_change]:
        yield Finding("账户", WARNING, f"{len(waiting)} 个账户的一次性密码还没有换。", "请他们登录，不用的请停用。")


def _models(settings: Settings, today: date) -> Iterator[Finding]:
    if not settings.llm_base_url and not settings.llm_model:
        yield Finding("聊天模型", GOOD, "没有设置，不需要；回答由条文要点组成。")
        return
    import httpx

    url = (settings.llm_base_url or "").rstrip("/")
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    try:
        answer = httpx.get(f"{url}/models", headers={"Authorization": f"Bearer {key}"}, timeout=_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        yield Finding("聊天模型", BAD, f"{url} 连不上。", "请检查 GONGKAI_LLM_BASE_URL 和那台服务器。")
        return
    if answer.status_code in (401, 403):
        yield Finding("聊天模型", BAD, f"{url} 不接受密钥。", "请检查 GONGKAI_LLM_API_KEY。")
    elif settings.llm_model and answer.is_success and settings.llm_model not in answer.text:
        yield Finding("聊天模型", BAD, f"{url} 上没有模型 {settings.llm_model}。", "请检查 GONGKAI_LLM_MODEL。")
    else:
        yield Finding("聊天模型", GOOD, f"{url} 在运行。")


def _parts(settings: Settings, today: date) -> Iterator[Finding]:
    parts = {
        "扫描件和图片": (("rapidocr", "onnxruntime"), "pip install 'gongkai[ocr]'"),
        "其他向量模型、重排模型": (("torch", "sentence_transformers"), "pip install 'gongkai[sentence-transformers]'"),
        "Milvus": (("pymilvus", "milvus_lite"), "pip install 'gongkai[milvus]'"),
        "PostgreSQL": (("psycopg",), "pip install 'gongkai[postgresql]'"),
    }
    for what, (modules, remedy) in parts.items():
        if all(find_spec(module) for module in modules):
            yield Finding("可选部分", GOOD, f"{what}：已安装。")
        else:
            yield Finding("可选部分", GOOD, f"{what}：没有安装。", f"需要时：{remedy}")


def _service(settings: Settings, today: date) -> Iterator[Finding]:
    if not settings.data_folder.is_dir():
        return
    try:
        with serving(settings.data_folder):
            yield Finding("网页服务", GOOD, "没有在这个数据目录上运行。")
    except DataBusyError as error:
        yield Finding("网页服务", GOOD, f"正在运行：{str(error).partition('，')[0]}。")


_LOOKS: dict[str, Callable[[Settings, date], Iterator[Finding]]] = {
    "程序": _program, "数据目录": _data, "数据库": _databases, "索引": _index, "放假安排": _calendar, "账户": _people,
    "聊天模型": _models, "可选部分": _parts, "网页服务": _service,
}  # fmt: skip
