"""Conversations, each of one person: questions, answers with their citations, feedback."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.errors import RecordsError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData

FEEDBACK = ("有用", "引用错误", "数字错误", "未回答")
_TITLE = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer.

    Attributes:
        answer: as `Answer.as_json` gives it, or {"note": text} for what is no answer; None while it is being made.
        corpus: hash of the corpus that it was answered from.
    """

    id: int
    question: str
    answer: dict[str, Any] | None
    corpus: str
    asked: datetime
    feedback: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The head of a conversation."""

    id: str
    title: str
    changed: datetime
    pinned: bool = False


class Conversations:
    """Every method takes the owner and touches nothing of anybody else."""

    def __init__(self, engine: "Engine", tables: "MetaData") -> None:
        self._engine = engine
        self._heads, self._turns = tables.tables["conversations"], tables.tables["turns"]
        self._pins = tables.tables["pins"]

    def list_conversations(self, owner: str, words: str = "", limit: int = 200) -> list[Conversation]:
        """Return the owner's conversations, pinned ones first, then newest first.

        Args:
            words: only those that hold them in title or text.
        """
        from sqlalchemy import String, cast, exists, or_, select

        heads, turns = self._heads, self._turns
        pinned = self._pinned()
        query = select(heads, pinned).where(heads.c.owner == owner).order_by(pinned.desc(), heads.c.changed.desc())
        for word in words.split():
            inside = exists().where(
                turns.c.conversation == heads.c.id,
                or_(
                    turns.c.question.contains(word, autoescape=True),
                    cast(turns.c.answer, String).contains(word, autoescape=True),
                ),
            )
            query = query.where(or_(heads.c.title.contains(word, autoescape=True), inside))
        with self._engine.connect() as connection:
            return [_conversation(row) for row in connection.execute(query.limit(limit))]

    def find(self, owner: str, conversation: str) -> Conversation | None:
        """Return the owner's conversation of this id, None where the owner has none such."""
        from sqlalchemy import select

        heads = self._heads
        query = select(heads, self._pinned()).where(heads.c.id == conversation, heads.c.owner == owner)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _conversation(row) if row else None

    def turns(self, owner: str, conversation: str) -> list[Turn]:
        """Return the turns, oldest first; [] where the owner has no such conversation."""
        turns = self._turns
        with self._engine.connect() as connection:
            if not self._head(connection, owner, conversation):
                return []
            rows = connection.execute(turns.select().where(turns.c.conversation == conversation).order_by(turns.c.id))
            return [
                Turn(row.id, row.question, row.answer, row.corpus, datetime.fromisoformat(row.asked), row.feedback)
                for row in rows
            ]

    def ask(self, owner: str, conversation: str, question: str, corpus: str, now: datetime) -> tuple[str, int]:
        """Write a question down, in a new conversation where `conversation` is ""; return conversation and turn."""
        title = " ".join(question.split())[:_TITLE] or "新的对话"
        with self._engine.begin() as connection:
            if not self._head(connection, owner, conversation):
                conversation = secrets.token_hex(8)
                row = {"id": conversation, "owner": owner, "title": title, "changed": now.isoformat()}
                connection.execute(self._heads.insert(), row)
            else:
                changed = self._heads.update().where(self._heads.c.id == conversation)
                connection.execute(changed.values(changed=now.isoformat()))
            turn = {"conversation": conversation, "question": question, "corpus": corpus, "asked": now.isoformat()}
            key = connection.execute(self._turns.insert(), turn).inserted_primary_key
        return conversation, int(key[0]) if key else 0

    def answer(self, turn: int, answer: dict[str, Any]) -> None:
        """Write the answer of a turn down."""
        with self._engine.begin() as connection:
            self.write_answer(connection, turn, answer)

    def write_answer(self, connection: "Connection", turn: int, answer: dict[str, Any]) -> None:
        """Write the answer of a turn down within what `connection` has begun."""
        connection.execute(self._turns.update().where(self._turns.c.id == turn).values(answer=answer))

    def cut(self, owner: str, conversation: str, turn: int) -> None:
        """Delete the turn and those after it, as when a question is edited or asked again."""
        with self._engine.begin() as connection:
            if self._head(connection, owner, conversation):
                turns = self._turns
                gone = turns.delete().where(turns.c.conversation == conversation, turns.c.id >= turn)
                connection.execute(gone)

    def give_feedback(self, owner: str, turn: int, feedback: str | None) -> None:
        """Store what the owner says of an answer; None takes it back.

        Raises:
            RecordsError: no such word.
        """
        from sqlalchemy import select

        if feedback is not None and feedback not in FEEDBACK:
            raise RecordsError(f"反馈只有{'、'.join(FEEDBACK)}。")
        own = select(self._heads.c.id).where(self._heads.c.owner == owner)
        with self._engine.begin() as connection:
            said = self._turns.update().where(self._turns.c.id == turn, self._turns.c.conversation.in_(own))
            connection.execute(said.values(feedback=feedback))

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give the owner's conversation another title.

        Raises:
            RecordsError: an empty title.
        """
        title = " ".join(title.split())[:_TITLE]
        if not title:
            raise RecordsError("名称不能是空的。")
        heads = self._heads
        with self._engine.begin() as connection:
            own = heads.update().where(heads.c.id == conversation, heads.c.owner == owner)
            connection.execute(own.values(title=title))

    def pin(self, owner: str, conversation: str, pinned: bool) -> None:
        """Keep the owner's conversation at the head of the list, or no longer."""
        pins = self._pins
        with self._engine.begin() as connection:
            if self._head(connection, owner, conversation):
                connection.execute(pins.delete().where(pins.c.conversation == conversation))
                if pinned:
                    connection.execute(pins.insert(), {"conversation": conversation})

    def delete(self, owner: str, conversation: str) -> bool:
        """Delete the owner's conversation with its turns; False where there was none."""
        heads = self._heads
        with self._engine.begin() as connection:
            return bool(
                connection.execute(heads.delete().where(heads.c.id == conversation, heads.c.owner == owner)).rowcount
            )

    def delete_before(self, day: datetime) -> int:
        """Delete every conversation not changed since `day`; return how many."""
        with self._engine.begin() as connection:
            return connection.execute(self._heads.delete().where(self._heads.c.changed < day.isoformat())).rowcount

    def _pinned(self) -> Any:  # noqa: ANN401  (a column)
        """Whether a head has a pin, 1 or 0, in the words of any database."""
        from sqlalchemy import case, exists

        pins = self._pins
        return case((exists().where(pins.c.conversation == self._heads.c.id), 1), else_=0).label("pinned")

    def _head(self, connection: "Connection", owner: str, conversation: str) -> Any:  # noqa: ANN401  (a row or None)
        heads = self._heads
        return connection.execute(heads.select().where(heads.c.id == conversation, heads.c.owner == owner)).first()


def _conversation(row: Any) -> Conversation:  # noqa: ANN401  (a row)
    return Conversation(row.id, row.title, datetime.fromisoformat(row.changed), bool(row.pinned))
