"""The database of the office: accounts, tokens, conversations, reports in hand, audit.

SQLite through SQLAlchemy, so that a server is a URL.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import RecordsError
from assistant.office.database import connect, make_tables, tell_in_words

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData

    from assistant.office.audit import Audit, Entry
    from assistant.office.conversations import Conversations
    from assistant.office.people import People
    from assistant.office.tokens import Tokens
    from assistant.office.usage import Usage
    from assistant.office.worksheets import Worksheets

# Written once, each line chained to the one before (`row_digests`).
CHAINED = ("audit",)
# What may be kept for a number of days, by its name to a reader.
KEPT = {"conversations": "会话", "drafts": "年报草稿", "audit": "审计"}


class Records:
    """What the office keeps over restarts. Safe for several threads.

    Args:
        place: a file, or the URL of a database.
    Raises:
        RecordsError: the place cannot be opened.
    """

    def __init__(self, place: Path | str) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            self.engine: Engine = connect(place)
            self.tables: MetaData = define_tables()
            make_tables(self.engine, self.tables, CHAINED)
            tell_in_words(self.engine, "人员和会话的数据库", RecordsError)
        except (OSError, SQLAlchemyError) as error:
            raise RecordsError(
                "人员和会话的数据库打不开；请核对 GONGKAI_DATABASE_URL、数据目录的权限和磁盘空间；"
                "文件损坏的，用 gongkai restore 恢复备份。"
            ) from error

    @cached_property
    def people(self) -> "People":
        """The accounts."""
        from assistant.office.people import People

        return People(self.engine, self.tables)

    @cached_property
    def tokens(self) -> "Tokens":
        """The tokens of other programs."""
        from assistant.office.tokens import Tokens

        return Tokens(self.engine, self.tables)

    @cached_property
    def conversations(self) -> "Conversations":
        """The conversations, each of one person."""
        from assistant.office.conversations import Conversations

        return Conversations(self.engine, self.tables)

    @cached_property
    def audit(self) -> "Audit":
        """Who did what."""
        from assistant.office.audit import Audit

        return Audit(self.engine, self.tables)

    @cached_property
    def worksheets(self) -> "Worksheets":
        """The annual reports in hand, each of one person."""
        from assistant.office.worksheets import Worksheets

        return Worksheets(self.engine, self.tables)

    @cached_property
    def usage(self) -> "Usage":
        """How much is asked."""
        from assistant.office.usage import Usage

        return Usage(self.engine, self.tables)

    def forget(self, now: datetime, days: Mapping[str, int | None]) -> dict[str, int]:
        """Delete what is older than the days to keep; return how many went of each kind, of those with any.

        Args:
            days: by `KEPT`; None keeps that kind for ever. A conversation takes its feedback with it.
        """
        delete_before: dict[str, Callable[[datetime], int]] = {
            "conversations": self.conversations.delete_before,
            "drafts": self.worksheets.delete_before,
            "audit": self.audit.delete_before,
        }
        gone = {
            kind: delete_before[kind](now - timedelta(days=kept))
            for kind in KEPT
            if (kept := days.get(kind)) is not None
        }
        return {kind: count for kind, count in gone.items() if count}

    def keep_answer(self, turn: int, answer: dict[str, Any], entry: "Entry") -> None:
        """Write the answer of a turn and its line of the audit down, both or neither."""
        with self.engine.begin() as connection:
            self.conversations.write_answer(connection, turn, answer)
            self.audit.write(connection, entry)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def load_secret(folder: Path) -> str:
    """Return the key that signs sessions, made on first use in `folder` and readable by its owner only."""
    path = folder / "session.key"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".session.{secrets.token_hex(4)}"
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(48), encoding="ascii")
        # Of several processes that begin at once, the first one's key is everybody's.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(part)
        part.unlink()
    return path.read_text(encoding="ascii").strip()


def define_tables() -> "MetaData":
    """Return the tables; times are local, with their offset, as ISO text, so that every database sorts them alike."""
    from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

    tables = MetaData()
    Table(
        "accounts",
        tables,
        Column("name", String(64), primary_key=True),
        Column("role", String(16), nullable=False),
        Column("password_hash", Text, nullable=False),
        Column("must_change", Boolean, nullable=False),
        Column("active", Boolean, nullable=False),
        # Grows when the password changes or the account is closed: sessions of an earlier epoch end.
        Column("epoch", Integer, nullable=False),
        Column("created", String(40), nullable=False),
    )
    Table(
        "tokens",
        tables,
        Column("id", String(16), primary_key=True),
        Column("owner", String(64), ForeignKey("accounts.name"), nullable=False),
        Column("label", Text, nullable=False),
        Column("digest", String(64), nullable=False, unique=True),
        Column("uses", JSON, nullable=False),
        Column("created", String(40), nullable=False),
        Column("expires", String(40)),
        Column("used", String(40)),
        Column("revoked", String(40)),
    )
    Table(
        "conversations",
        tables,
        Column("id", String(32), primary_key=True),
        Column("owner", String(64), nullable=False, index=True),
        Column("title", Text, nullable=False),
        Column("changed", String(40), nullable=False, index=True),
    )
    Table(
        "turns",
        tables,
        Column("id", Integer, primary_key=True),
        Column("conversation", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        Column("question", Text, nullable=False),
        # None while the answer is being made.
        Column("answer", JSON(none_as_null=True)),
        Column("corpus", String(80), nullable=False),
        Column("asked", String(40), nullable=False),
        Column("feedback", String(16)),
        Index("turns_of_conversation", "conversation", "id"),
    )
    # Beside the heads, not in them: the rows that are there stay as they were written.
    Table(
        "pins",
        tables,
        Column("conversation", String(32), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    )
    Table(
        "worksheets",
        tables,
        Column("id", String(32), primary_key=True),
        Column("owner", String(64), nullable=False, index=True),
        Column("content", JSON, nullable=False),
        Column("previous", JSON(none_as_null=True)),
        # Grows with every change, so that a window that is behind is told.
        Column("version", Integer, nullable=False),
        Column("changed", String(40), nullable=False),
    )
    Table(
        "audit",
        tables,
        Column("id", Integer, primary_key=True),
        Column("at", String(40), nullable=False, index=True),
        Column("who", String(64), nullable=False),
        Column("action", String(32), nullable=False),
        Column("detail", JSON, nullable=False),
        Column("corpus", String(80), nullable=False),
        Column("address", String(64), nullable=False),
    )
    return tables
