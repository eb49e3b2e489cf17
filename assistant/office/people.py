"""Accounts of the office: names, roles and passwords (argon2id); an account of none is that of one person alone."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from assistant.errors import PeopleError

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from sqlalchemy import Engine, MetaData

# What each role may do beyond asking, drafting and checking stands where it is asked: `may_manage`, `may_review`.
ROLES = ("经办", "审核", "管理员")
ADMINISTRATOR = "管理员"
# The name under which one person without sign-in works.
ALONE = "本机"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
_NAME = re.compile(r"[\w一-鿿.-]{2,32}")
# Failures within the window after which a name from one address, or an address, or a name, must wait.
_WINDOW = timedelta(minutes=15)
_LIMITS = {"both": 5, "address": 20, "name": 30}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Person:
    """One account.

    Attributes:
        epoch: sessions begun under an earlier one have ended.
    """

    name: str
    role: str
    must_change: bool = False
    active: bool = True
    epoch: int = 0

    @property
    def may_manage(self) -> bool:
        """Accounts, corpus, audit, retention."""
        return self.role == ADMINISTRATOR

    @property
    def may_review(self) -> bool:
        """See the overview of the whole office."""
        return self.role in ("审核", ADMINISTRATOR)


class People:
    """The accounts. Every refusal is a `PeopleError` with a Chinese line."""

    def __init__(self, engine: "Engine", tables: "MetaData") -> None:
        self._engine, self._accounts, self._audit = engine, tables.tables["accounts"], tables.tables["audit"]

    def list_people(self) -> list[Person]:
        """Return every account by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(self._accounts.select().order_by(self._accounts.c.name))
            return [_person(row) for row in rows]

    def person(self, name: str) -> Person | None:
        """Return the account `name`, None where there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(self._accounts.select().where(self._accounts.c.name == name)).first()
        return _person(row) if row else None

    def add_person(self, name: str, role: str, now: datetime) -> str:
        """Open an account; return its one-time password, to be changed at the first sign-in."""
        from sqlalchemy.exc import IntegrityError

        if not _NAME.fullmatch(name):
            raise PeopleError("用户名用汉字、字母、数字、点和横线，2至32个字。")
        if name == ALONE:
            raise PeopleError(f"“{ALONE}”留给不登录的使用者，请换一个用户名。")
        if role not in ROLES:
            raise PeopleError(f"角色只有{'、'.join(ROLES)}。")
        password = make_password()
        row = {
            "name": name, "role": role, "password_hash": _hasher().hash(password), "must_change": True,
            "active": True, "epoch": 1, "created": now.isoformat(),
        }  # fmt: skip
        try:
            with self._engine.begin() as connection:
                connection.execute(self._accounts.insert(), row)
        except IntegrityError:
            raise PeopleError(f"用户名{name}已经有了，请换一个。") from None
        return password

    def begin(self, now: datetime) -> tuple[str, str] | None:
        """Make the first administrator where there is no account; return name and one-time password, else None."""
        if self.list_people():
            return None
        try:
            return "admin", self.add_person("admin", ADMINISTRATOR, now)
        except PeopleError:
            # Another process that began at the same moment was first, and says the password.
            return None

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> Person:
        """Return the person whose name and password these are.

        Raises:
            PeopleError: they are not; or too many failures within a quarter of an hour.
        """
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        if self._failed_too_often(name, address, now):
            raise PeopleError("登录失败次数太多，请15分钟后再试；忘了密码请找管理员重置。")
        with self._engine.connect() as connection:
            row = connection.execute(self._accounts.select().where(self._accounts.c.name == name)).first()
        try:
            # An unknown name takes as long as a known one.
            _hasher().verify(row.password_hash if row else _NOBODY, password[:LONGEST_PASSWORD])
            known = row is not None and row.active
        except (VerifyMismatchError, InvalidHashError):
            known = False
        if not known or row is None:
            raise PeopleError("用户名或者密码不对。")
        return _person(row)

    def change_password(self, name: str, old: str, new: str) -> Person:
        """Set the password of `name`, who knows the old one; sessions begun before end."""
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        with self._engine.connect() as connection:
            row = connection.execute(self._accounts.select().where(self._accounts.c.name == name)).first()
        try:
            _hasher().verify(row.password_hash if row else _NOBODY, old[:LONGEST_PASSWORD])
        except (VerifyMismatchError, InvalidHashError):
            raise PeopleError("原来的密码不对。") from None
        if new == old:
            raise PeopleError("新密码和原来的一样，请换一个。")
        if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
            raise PeopleError(f"新密码要{SHORTEST_PASSWORD}至{LONGEST_PASSWORD}位。")
        if name.lower() in new.lower() or len(set(new)) < 5:
            raise PeopleError("新密码太容易猜，请不要用用户名，也不要总是同几个字。")
        return self._change(name, password_hash=_hasher().hash(new), must_change=False)

    def reset_password(self, name: str) -> str:
        """Return a new one-time password of `name`; sessions begun before end."""
        password = make_password()
        self._change(name, password_hash=_hasher().hash(password), must_change=True)
        return password

    def change_role(self, name: str, role: str) -> Person:
        """Give `name` another role; the last administrator stays one."""
        if role not in ROLES:
            raise PeopleError(f"角色只有{'、'.join(ROLES)}。")
        if role != ADMINISTRATOR:
            self._keep_an_administrator(name)
        return self._change(name, role=role)

    def close_account(self, name: str) -> Person:
        """Close the account: it cannot sign in, its sessions end, what it did stays in the audit."""
        self._keep_an_administrator(name)
        return self._change(name, active=False)

    def reopen_account(self, name: str) -> Person:
        """Open a closed account again."""
        return self._change(name, active=True)

    def _change(self, name: str, **values: Any) -> Person:  # noqa: ANN401  (columns)
        with self._engine.begin() as connection:
            changed = connection.execute(
                self._accounts.update()
                .where(self._accounts.c.name == name)
                .values(**values, epoch=self._accounts.c.epoch + 1)
            )
            if changed.rowcount == 0:
                raise PeopleError(f"没有用户{name}。")
            row = connection.execute(self._accounts.select().where(self._accounts.c.name == name)).one()
        return _person(row)

    def _keep_an_administrator(self, name: str) -> None:
        others = [p for p in self.list_people() if p.may_manage and p.active and p.name != name]
        if not others:
            raise PeopleError("至少要留一个管理员，请先给别人这个角色。")

    def _failed_too_often(self, name: str, address: str, now: datetime) -> bool:
        from sqlalchemy import func, select

        table = self._audit.c
        recent = (table.action == "sign_in_failed") & (table.at >= (now - _WINDOW).isoformat())
        ways = {
            "both": recent & (table.who == name) & (table.address == address),
            "address": recent & (table.address == address),
            "name": recent & (table.who == name),
        }
        with self._engine.connect() as connection:
            return any(
                (connection.execute(select(func.count()).where(way)).scalar() or 0) >= _LIMITS[key]
                for key, way in ways.items()
            )


def make_password() -> str:
    """Return a one-time password, four groups of four characters that are not mistaken for each other (79 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    # OWASP's second choice: 19 MiB and two passes, so that thirty at once fit into an office machine.
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


# The hash of a password that nobody knows.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43


def _person(row: Any) -> Person:  # noqa: ANN401  (a row of the table)
    return Person(row.name, row.role, row.must_change, row.active, row.epoch)
