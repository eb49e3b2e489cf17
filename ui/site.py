"""The FastAPI application: the page at /, its health at /healthz, and no request to any other host."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request, Response

from assistant.app import Assistant
from ui.page import build_page

# Gradio's page names a script on another host; the browser is told not to ask anybody but us.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'self'"
)


def build_site(assistant: Assistant) -> FastAPI:
    """Return the application that serves `assistant`."""
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

    @app.middleware("http")
    async def keep_to_ourselves(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    page = build_page(assistant)
    site: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=_theme(),
        css_paths=[Path(__file__).with_name("style.css")],
        footer_links=[],
        ssr_mode=False,
        enable_monitoring=False,
        run_history=False,
    )
    return site


def _theme() -> gr.themes.Base:
    fonts = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
    return gr.themes.Base(
        primary_hue=gr.themes.colors.red,
        neutral_hue=gr.themes.colors.stone,
        font=[gr.themes.Font(name) for name in fonts],
        font_mono=[gr.themes.Font("monospace")],
        radius_size=gr.themes.sizes.radius_sm,
    )
