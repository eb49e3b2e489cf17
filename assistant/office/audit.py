"""Who asked, what was answered from which corpus, what was exported: written once, never changed.

In SQLite each line is chained to the one before (`row_digests`), and a change of a line is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

# What an entry may tell, and how it is shown.
ACTIONS = {
    "ask": "提问",
    "export": "导出",
    "draft": "起草",
    "check": "核对",
    "letter": "起草文书",
    "corpus_add": "资料入库",
    "corpus_remove": "资料移除",
    "corpus_rebuild": "重建索引",
    "delete": "删除会话",
    "draft_delete": "删除年报草稿",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "password": "修改密码",
    "people": "管理账户",
    "forget": "到期清理",
    "accept_rows": "确认改动的行",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit; `detail` holds short texts by Chinese name."""

    at: datetime
    who: str
    action: str
    detail: dict[str, Any]
    corpus: str
    address: str


class Audit:
    """The audit of the office."""

    def __init__(self, engine: "Engine", tables: "MetaData") -> None:
        self._engine, self._table = engine, tables.tables["audit"]

    def note(self, entry: Entry) -> None:
        """Write one line.

        Raises:
            KeyError: an action that `ACTIONS` does not name.
        """
        with self._engine.begin() as connection:
            self.write(connection, entry)

    def write(self, connection: "Connection", entry: Entry) -> None:
        """Write one line within what `connection` has begun.

        Raises:
            KeyError: an action that `ACTIONS` does not name.
        """
        ACTIONS[entry.action]
        row = {
            "at": entry.at.isoformat(), "who": entry.who[:64], "action": entry.action, "detail": entry.detail,
            "corpus": entry.corpus, "address": entry.address[:64],
        }  # fmt: skip
        connection.execute(self._table.insert(), row)

    def entries(self, who: str = "", actions: Sequence[str] = (), limit: int = 500) -> list[Entry]:
        """Return the newest lines first, those of `who` and of `actions` where they are given."""
        table = self._table
        query = table.select().order_by(table.c.id.desc()).limit(limit)
        if who:
            query = query.where(table.c.who == who)
        if actions:
            query = query.where(table.c.action.in_(actions))
        with self._engine.connect() as connection:
            return [
                Entry(datetime.fromisoformat(row.at), row.who, row.action, row.detail, row.corpus, row.address)
                for row in connection.execute(query)
            ]

    def delete_before(self, day: datetime) -> int:
        """Delete the lines older than `day`; return how many."""
        with self._engine.begin() as connection:
            return connection.execute(self._table.delete().where(self._table.c.at < day.isoformat())).rowcount
