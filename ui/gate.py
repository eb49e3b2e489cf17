"""Who may come in: signed cookies, the pages to sign in and to change a password, and one person alone on loopback."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from assistant.errors import PeopleError
from assistant.office.audit import Entry
from assistant.office.people import ADMINISTRATOR, ALONE, SHORTEST_PASSWORD, Person
from assistant.office.records import KEPT, Records
from ui import LOOPBACK
from ui.leftovers import clear_leftovers

if TYPE_CHECKING:
    from jinja2 import Template

COOKIE = "gongkai_session"
_HOURS = 12
# What is served to anybody.
_HEALTH = "/healthz"
# Served to this machine, and to whoever shows a token.
METRICS = "/metrics"
_OPEN = ("/sign-in",)
# A window that was left open overnight asks on: what was written in it stays.
_STRANGER = "请先登录。登录过期的，请另开一个窗口登录，再回到这里接着办；已经写下的还在。"
# The interface for other programs has tokens of its own.
API = "/api/v1"
_LONGEST_FORM = 8192


def now() -> datetime:
    """Return the office's own time."""
    return datetime.now().astimezone()


@dataclass
class Gate:
    """The gate of one site.

    Attributes:
        secret: signs the cookies.
        alone: nobody signs in; only requests addressed to this machine itself are served.
        keep: days after which conversations, reports in hand and audit lines are deleted, by KEPT; None keeps them.
        keep_files: days after which files in passing are deleted.
        tidied: the day on which that was last done.
    """

    records: Records
    secret: str
    alone: bool
    keep: Mapping[str, int | None] = field(default_factory=dict)
    keep_files: int = 7
    tidied: date | None = None

    def tidy(self) -> None:
        """Delete what has been kept long enough, once a day."""
        at = now()
        if self.tidied == at.date():
            return
        self.tidied = at.date()
        clear_leftovers(at, self.keep_files)
        if gone := self.records.forget(at, self.keep):
            detail = {KEPT[kind]: str(count) for kind, count in gone.items()}
            self.records.audit.note(Entry(at, "系统", "forget", detail, "", ""))

    def visitor(self, request: Request) -> Person | None:
        """Return who sends `request`, None for a stranger, an expired session or a closed account."""
        if self.alone:
            return Person(ALONE, ADMINISTRATOR)
        try:
            name, epoch = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=_HOURS * 3600)
        except (BadSignature, ValueError, TypeError):
            return None
        person = self.records.people.person(str(name))
        return person if person and person.active and person.epoch == epoch else None

    def person(self, request: gr.Request) -> Person:
        """Return who sends an event of the page.

        Raises:
            gr.Error: nobody who may.
        """
        person = self.visitor(request.request) if request.request else None
        if person is None or person.must_change:
            raise gr.Error(_STRANGER, title="请登录")
        return person

    def administrator(self, request: gr.Request) -> Person:
        """Return the administrator who sends an event of the page.

        Raises:
            gr.Error: somebody else.
        """
        person = self.person(request)
        if not person.may_manage:
            raise gr.Error("这一页只给管理员用。", title="没有权限")
        return person

    def _may_watch(self, request: Request) -> bool:
        if address_of(request) in LOOPBACK and "x-forwarded-for" not in request.headers:
            return True
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and self.records.tokens.holder(secret, now()) is not None

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="session")

    def admit(self, request: Request, person: Person, response: Response) -> Response:
        """Return `response` with the session of `person` in it."""
        response.set_cookie(
            COOKIE,
            self._signer.dumps([person.name, person.epoch]),
            max_age=_HOURS * 3600,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def note(self, request: Request | gr.Request, who: str, action: str, corpus: str = "", **detail: str) -> None:
        """Write one line of the audit."""
        self.records.audit.note(self.entry(request, who, action, corpus, **detail))

    def entry(self, request: Request | gr.Request, who: str, action: str, corpus: str = "", **detail: str) -> Entry:
        """Return a line of the audit, to be written together with what it tells of."""
        return Entry(now(), who, action, dict(detail), corpus, address_of(request))

    def refusal(self, request: Request) -> Response | None:
        """Return what is answered in place of the page, None where the request may pass."""
        if request.url.path == _HEALTH:
            return None
        if request.url.path == METRICS:
            return None if self._may_watch(request) else _say(request, 403, "请在本机读取，或者出示接口令牌。")
        if self.alone and not _addressed_to_this_machine(request):
            return _say(request, 403, "没有登录的服务只能在本机打开。要给别人用，请让管理员建立账户。")
        if request.method not in ("GET", "HEAD", "OPTIONS") and _from_elsewhere(request):
            return _say(request, 403, "这个请求来自别的网站，没有执行。")
        if request.url.path in _OPEN or request.url.path.startswith(f"{API}/"):
            return None
        person = self.visitor(request)
        page = "text/html" in request.headers.get("accept", "")
        if person is None:
            return RedirectResponse("/sign-in", 303) if page else _say(request, 401, _STRANGER)
        if person.must_change and request.url.path not in ("/password", "/sign-out"):
            return RedirectResponse("/password", 303) if page else _say(request, 403, "请先修改密码。")
        return None


def address_of(request: Request | gr.Request) -> str:
    """Return the address that the request comes from."""
    return request.client.host if request.client else ""


def _addressed_to_this_machine(request: Request) -> bool:
    """Whether the request names this machine as its host and no proxy passed it on: neither rebinding nor a relay."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return host in LOOPBACK and "x-forwarded-for" not in request.headers and address_of(request) in LOOPBACK


def _from_elsewhere(request: Request) -> bool:
    """Whether a page of another site sends the request."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")


def _say(request: Request, status: int, line: str) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page("notice.html").render(line=line), status)
    return JSONResponse({"detail": line}, status)


@cache
def _page(name: str) -> "Template":
    from jinja2 import Environment, FileSystemLoader

    folder = Path(__file__).with_name("pages")
    return Environment(loader=FileSystemLoader(folder), autoescape=True).get_template(name)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; {} for one that is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_FORM:
            return {}
    return {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}


def add_gate(app: FastAPI, gate: Gate) -> None:
    """Add the pages of the gate to `app`; the gate itself stands in the site's middleware."""
    from starlette.concurrency import run_in_threadpool

    def show(template: str, line: str = "", status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(_page(template).render(line=line, shortest=SHORTEST_PASSWORD, **values), status)

    @app.get("/sign-in")
    def ask_name(request: Request) -> Response:
        return RedirectResponse("/", 303) if gate.visitor(request) else show("sign_in.html")

    @app.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        form = await _form(request)
        name, password = form.get("name", "").strip(), form.get("password", "")
        try:
            person = await run_in_threadpool(gate.records.people.sign_in, name, password, address_of(request), now())
        except PeopleError as error:
            gate.note(request, name, "sign_in_failed")
            return show("sign_in.html", str(error), 401, name=name)
        gate.note(request, name, "sign_in")
        return gate.admit(request, person, RedirectResponse("/password" if person.must_change else "/", 303))

    @app.post("/sign-out")
    def sign_out(request: Request) -> Response:
        if person := gate.visitor(request):
            gate.note(request, person.name, "sign_out")
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(COOKIE)
        return response

    @app.get("/password")
    def ask_password(request: Request) -> Response:
        person = gate.visitor(request)
        if person is None or gate.alone:
            return RedirectResponse("/", 303)
        return show("password.html", person=person)

    @app.post("/password")
    async def change_password(request: Request) -> Response:
        form, person = await _form(request), gate.visitor(request)
        if person is None or gate.alone:
            return RedirectResponse("/", 303)
        new = form.get("new", "")
        try:
            if new != form.get("again", ""):
                raise PeopleError("两次写的新密码不一样。")
            person = await run_in_threadpool(gate.records.people.change_password, person.name, form.get("old", ""), new)
        except PeopleError as error:
            return show("password.html", str(error), 400, person=person)
        gate.note(request, person.name, "password")
        return gate.admit(request, person, RedirectResponse("/", 303))
