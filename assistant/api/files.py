"""Files that other programs send, laid down for one call; and the answers, written as the command line writes them."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from fastapi import Response, UploadFile
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A scanned report of a hundred pages fits; what is larger is read with the command line.
LARGEST = 60 * 2**20
_TOO_LARGE = f"内容超过 {LARGEST // 2**20} MB 的上限，请拆分或压缩图片后再发送。"
_KINDS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".yaml": "application/yaml; charset=utf-8",
}
_LONGEST_NAME = 80


class BodyLimit:
    """Middleware that refuses a body of more than `LARGEST` bytes, whatever its length is said to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > LARGEST:
            await fault(413, _TOO_LARGE)(scope, receive, send)
            return
        got, started, over = 0, False, False

        async def count() -> Message:
            nonlocal got, over
            message = await receive()
            got += len(message.get("body", b""))
            if got > LARGEST:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def watch(message: Message) -> None:
            nonlocal started
            if not over:
                started = True
                await send(message)

        try:
            await self._app(scope, count, watch)
        finally:
            if over and not started:
                await fault(413, _TOO_LARGE)(scope, receive, send)


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        yield Path(folder)


@contextmanager
def laid_down(*sent: UploadFile | None) -> Iterator[list[Path | None]]:
    """Yield the paths of the files that were sent, in order, None for one that was not; they go afterwards."""
    with scratch() as folder:
        yield [_lay_down(file, folder / str(place)) for place, file in enumerate(sent)]


def _lay_down(file: UploadFile | None, folder: Path) -> Path | None:
    if file is None:
        return None
    folder.mkdir()
    # The name is told in messages and its end says the format; it leads nowhere else.
    name = re.sub(r'[\x00-\x1f\x7f\\/:*?"<>|]', "_", Path((file.filename or "").replace("\\", "/")).name).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    path = folder / (f"{stem[:_LONGEST_NAME]}.{suffix[:8]}" if dot else name[:_LONGEST_NAME] or "文件")
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)
    return path


def as_json(value: object, status: int = 200) -> Response:
    """Return the answer with `value` as the command line prints it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Response(text, status, media_type="application/json")


def fault(status: int, line: str, wait: int | None = None) -> Response:
    """Return the answer that says in one line what is wrong."""
    answer = as_json({"detail": line}, status)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def as_file(content: bytes, name: str) -> Response:
    """Return the answer that is a file to keep."""
    kept = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=_KINDS[Path(name).suffix], headers={"Content-Disposition": kept})
