"""The FastAPI application: the page at /, the interface at /api/v1, /healthz; no request to any other host."""

from importlib.metadata import version
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.service import build_api
from assistant.app import Assistant
from assistant.office.records import load_secret
from ui.draft_routes import add_drafting
from ui.drafting import HEAD
from ui.dressing import dress
from ui.gate import API, METRICS, Gate, add_gate
from ui.page import build_page
from ui.watching import Numbers, Watch
from ui.windows import keep_little

# Gradio's page names a script on another host; the browser is told not to ask anybody but us.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'self'; "
    "base-uri 'self'; form-action 'self'; object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# A browser that has come by https once comes by nothing else for a year.
_ENCRYPTED = {"Strict-Transport-Security": "max-age=31536000"}
# What the interface answers is kept by no proxy and no browser.
_PRIVATE = {"Cache-Control": "no-store"}
# A file that is handed in, and all that one request may bring.
LARGEST_UPLOAD = 30 * 2**20
LARGEST_REQUEST = 100 * 2**20
_TOO_LARGE = f"一次发来的内容太大，上限 {LARGEST_REQUEST // 2**20} MB；请一次少传几份，或者压缩图片后再传。"


class Doorway:
    """Middleware: the gate before everything, and headers that keep the browser to ourselves; streams pass."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app, self._gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "websocket":
            # The page uses none, and the gate looks at requests.
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if scope["scheme"] == "https":
                    headers.update(_ENCRYPTED)
                if scope["path"].startswith(API):
                    headers.update(_PRIVATE)
            await send(message)

        request = Request(scope)
        refusal = self._gate.refusal(request)
        length = request.headers.get("content-length", "0")
        if refusal is None and (not length.isdecimal() or int(length[:12]) > LARGEST_REQUEST):
            refusal = JSONResponse({"detail": _TOO_LARGE}, 413)
        receive = _counting(receive)
        if refusal is None and scope["path"] == "/":
            await self._app(scope, receive, _dressing(send_with_headers))
            return
        await (refusal or self._app)(scope, receive, send_with_headers)


def _counting(receive: Receive) -> Receive:
    """Return what receives a request, and hangs up on one that says no length and does not end."""
    received = 0

    async def count() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return message if received <= LARGEST_REQUEST else {"type": "http.disconnect"}

    return count


def _dressing(send: Send) -> Send:
    """Return what sends a page on once it is whole, made ours."""
    start: Message = {}
    body = b""

    async def collect(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            body = dress(body.decode("utf-8")).encode()
            headers["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return collect


def build_site(assistant: Assistant, alone: bool = True) -> FastAPI:
    """Return the application that serves `assistant`.

    Args:
        alone: nobody signs in, and only this machine is served.
    """
    settings = assistant.settings
    keep = {
        "conversations": settings.conversation_days, "drafts": settings.draft_days, "audit": settings.audit_days,
    }  # fmt: skip
    gate = Gate(assistant.records, load_secret(settings.data_folder), alone, keep, settings.file_days)
    app = FastAPI(title="gongkai", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        """Say that the index is open, with versions and counts."""
        status = assistant.status
        counts = {key: status[key] for key in ("sources", "articles", "questions", "vectors")}
        return {
            "status": "ok",
            "version": version("gongkai"),
            "gradio": gr.__version__,
            "embedder": status["embedder"],
            "corpus": status["corpus"],
            **counts,
        }

    api = build_api(assistant, alone)
    app.mount(API, api)

    def counts() -> dict[str, int]:
        return {key: int(str(assistant.status[key])) for key in ("sources", "articles", "questions", "vectors")}

    numbers = Numbers(counts)

    @app.get(METRICS)
    def metrics() -> Response:
        return Response(numbers.as_text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    routes = frozenset(f"{API}/{path.split('/')[1]}" for path in api.openapi()["paths"])
    app.add_middleware(Doorway, gate=gate)
    # Added last, it stands around the gate: what is refused counts, too.
    app.add_middleware(Watch, numbers=numbers, routes=routes)
    add_gate(app, gate)
    add_drafting(app, assistant, gate)

    def name_of(request: Request) -> str | None:
        person = gate.visitor(request)
        return person.name if person else None

    page = build_page(assistant, gate)
    site: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        auth_dependency=name_of,
        theme=_theme(),
        head="".join(f"<script>{path.read_text(encoding='utf-8')}</script>" for path in _own("*.js")) + HEAD,
        css_paths=_own("*.css"),
        footer_links=[],
        max_file_size=LARGEST_UPLOAD,
        ssr_mode=False,
        # What goes wrong is told in our own words; the window of the program has the rest.
        show_error=False,
        enable_monitoring=False,
        run_history=False,
    )
    keep_little(site)
    return site


def _own(pattern: str) -> list[Path]:
    """Return our own scripts or styles, by name."""
    return sorted(Path(__file__).parent.glob(pattern))


# The red of an official letterhead.
_RED = gr.themes.Color(
    name="letterhead", c50="#fbf3f2", c100="#f6e3e1", c200="#ecc6c2", c300="#dfa09a", c400="#cc6f67", c500="#b3261e",
    c600="#a02019", c700="#a3221b", c800="#8c1d18", c900="#6f1712", c950="#4a0f0c",
)  # fmt: skip


def _theme() -> gr.themes.Base:
    fonts = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
    theme = gr.themes.Base(
        primary_hue=_RED,
        neutral_hue=gr.themes.colors.stone,
        font=[gr.themes.Font(name) for name in fonts],
        font_mono=[gr.themes.Font("monospace")],
        radius_size=gr.themes.sizes.radius_sm,
    )
    return theme.set(
        button_primary_background_fill=_RED.c800,
        button_primary_background_fill_hover=_RED.c700,
        button_primary_background_fill_dark=_RED.c800,
        button_primary_text_color="#ffffff",
        button_large_text_size="*text_md",
        button_large_text_weight="500",
        button_large_padding="8px 16px",
        block_label_text_color="#44403c",
        block_title_text_color="#44403c",
        block_label_text_color_dark="#e7e5e4",
        block_title_text_color_dark="#e7e5e4",
        input_background_fill="#ffffff",
        input_border_width="1px",
        input_border_color="#8a847e",
        input_placeholder_color="#6b6560",
        input_placeholder_color_dark="#b5afa9",
        body_background_fill_dark="*neutral_900",
        block_background_fill_dark="*neutral_800",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary_dark="*neutral_800",
    )
