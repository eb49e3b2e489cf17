"""Tokens by which other programs call in the name of an account; the database holds their SHA-256 alone."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from assistant.errors import PeopleError
from assistant.office.people import Person

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData

# What a token may be held to, and how it is shown.
USES = {
    "ask": "提问",
    "search": "查条文",
    "corpus": "资料库清单",
    "corpus_change": "增删资料库的文件",
    "check": "核对年报",
    "draft": "起草年报",
    "statistics": "统计表",
    "deadline": "期限",
    "fee": "费用",
    "letter": "文书",
}
_PREFIX = "gongkai_"
_LONGEST_LABEL = 60
# The last use is written down at most so often, so that a busy caller does not write with every request.
_USED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Token:
    """One token, without its secret.

    Attributes:
        uses: keys of `USES` that it is held to.
        expires, used, revoked: None for never.
    """

    id: str
    owner: str
    label: str
    uses: tuple[str, ...]
    created: datetime
    expires: datetime | None
    used: datetime | None
    revoked: datetime | None

    def serves(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    def plain(self, now: datetime) -> dict[str, Any]:
        """The token as `gongkai people token list --json` prints it."""
        days = {name: getattr(self, name) for name in ("created", "expires", "used", "revoked")}
        return {
            "id": self.id, "owner": self.owner, "label": self.label, "uses": list(self.uses),
            **{name: day.isoformat(timespec="seconds") if day else None for name, day in days.items()},
            "serves": self.serves(now),
        }  # fmt: skip


class Tokens:
    """The tokens. Every refusal is a `PeopleError` with a Chinese line."""

    def __init__(self, engine: "Engine", tables: "MetaData") -> None:
        self._engine, self._tokens, self._accounts = engine, tables.tables["tokens"], tables.tables["accounts"]

    def make(
        self, owner: str, label: str, now: datetime, uses: Sequence[str] = (), days: int | None = None
    ) -> tuple[Token, str]:
        """Make a token that acts as the account `owner`; return it and its secret, which is told only now.

        Args:
            label: what it is for.
            uses: keys of `USES`, () for all.
            days: after which it expires, None for never.
        Raises:
            PeopleError: no such open account, an unknown use, no label.
        """
        label = " ".join(label.split())
        if not 0 < len(label) <= _LONGEST_LABEL:
            raise PeopleError(f"请用 --label 写明这个令牌给哪个系统用，不超过{_LONGEST_LABEL}个字。")
        if unknown := sorted(set(uses) - set(USES)):
            raise PeopleError(
                f"没有“{unknown[0]}”这项权限；可用的有 {'、'.join(f'{k}（{n}）' for k, n in USES.items())}。"
            )
        secret, identity = _PREFIX + secrets.token_urlsafe(32), secrets.token_hex(4)
        row = {
            "id": identity, "owner": owner, "label": label, "digest": _digest(secret),
            "uses": [key for key in USES if key in uses or not uses], "created": now.isoformat(),
            "expires": (now + timedelta(days=days)).isoformat() if days else None,
        }  # fmt: skip
        accounts = self._accounts
        with self._engine.begin() as connection:
            active = connection.execute(accounts.select().where(accounts.c.name == owner, accounts.c.active)).first()
            if active is None:
                raise PeopleError(f"没有在用的账户 {owner}；请先用 gongkai people add {owner} 建立。")
            connection.execute(self._tokens.insert(), row)
            made = connection.execute(self._tokens.select().where(self._tokens.c.id == identity)).one()
        return _token(made), secret

    def list_tokens(self) -> list[Token]:
        """Return every token, the oldest first, the revoked ones too."""
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(self._tokens.select().order_by(self._tokens.c.created))]

    def revoke(self, identity: str, now: datetime) -> Token:
        """End a token at once; once ended, it stays ended.

        Raises:
            PeopleError: there is none of this id.
        """
        tokens = self._tokens
        with self._engine.begin() as connection:
            ended = tokens.update().where(tokens.c.id == identity, tokens.c.revoked.is_(None))
            connection.execute(ended.values(revoked=now.isoformat()))
            row = connection.execute(tokens.select().where(tokens.c.id == identity)).first()
        if row is None:
            raise PeopleError(f"没有编号为 {identity} 的令牌；用 gongkai people token list 查看。")
        return _token(row)

    def holder(self, secret: str, now: datetime) -> tuple[Token, Person] | None:
        """Return the token of this secret and its account; None for one that does not serve, or a closed account."""
        tokens, accounts = self._tokens, self._accounts
        with self._engine.connect() as connection:
            # Found by digest: of 256 random bits, so that neither salt nor slow hashing adds anything.
            row = connection.execute(tokens.select().where(tokens.c.digest == _digest(secret))).first()
            owner = row and connection.execute(accounts.select().where(accounts.c.name == row.owner)).first()
        if row is None or owner is None or not owner.active:
            return None
        token = _token(row)
        if not token.serves(now):
            return None
        if token.used is None or now - token.used > _USED_EVERY:
            with self._engine.begin() as connection:
                connection.execute(tokens.update().where(tokens.c.id == token.id).values(used=now.isoformat()))
        return token, Person(owner.name, owner.role, owner.must_change, owner.active, owner.epoch)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _token(row: Any) -> Token:  # noqa: ANN401  (a row of the table)
    moments = (datetime.fromisoformat(text) if text else None for text in (row.expires, row.used, row.revoked))
    return Token(row.id, row.owner, row.label, tuple(row.uses), datetime.fromisoformat(row.created), *moments)
