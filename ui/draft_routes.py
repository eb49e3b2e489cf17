"""The doors of the tab 年报: JSON in and out for the page's own script, and the script itself.

Who comes in has passed the gate (ui/site.py); a cookie names the person, and the gate refuses other sites' requests.
"""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Body, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from assistant.app import Assistant
from assistant.errors import GongkaiError
from assistant.office.people import Person
from assistant.office.worksheets import StaleWorksheetError
from ui.draft_desk import DraftDesk
from ui.gate import Gate, now

PLACE = "/drafting"
_LARGEST = 20_000_000
_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
    ".yaml": "application/yaml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}


def add_drafting(app: FastAPI, assistant: Assistant, gate: Gate) -> None:
    """Add the doors to `app`."""
    desk = DraftDesk(assistant)
    app.mount(f"{PLACE}/wizard", StaticFiles(directory=Path(__file__).with_name("wizard")))

    def visitor(request: Request) -> Person:
        person = gate.visitor(request)
        if person is None:
            raise HTTPException(401, "请先登录。")
        return person

    Visitor = Annotated[Person, Depends(visitor)]  # noqa: N806
    reports = f"{PLACE}/reports"

    @app.get(reports)
    def list_reports(person: Visitor) -> Response:
        return _answer(lambda: {**desk.start(now().date()), "reports": desk.list_reports(person.name)})

    @app.post(reports)
    def begin(person: Visitor, head: Annotated[dict[str, str], Body()]) -> Response:
        return _answer(lambda: desk.begin(person.name, head, now()))

    @app.get(f"{reports}/{{report}}")
    def open_report(person: Visitor, report: str) -> Response:
        return _answer(lambda: desk.open(person.name, report))

    @app.put(f"{reports}/{{report}}")
    def save(person: Visitor, report: str, data: Annotated[dict[str, Any], Body()]) -> Response:
        version = data.get("version")
        return _answer(
            lambda: desk.save(
                person.name, report, version if isinstance(version, int) else 0, data.get("content"), now()
            )
        )

    @app.delete(f"{reports}/{{report}}")
    def delete(request: Request, person: Visitor, report: str) -> Response:
        name = desk.delete(person.name, report)
        if name is not None:
            gate.note(request, person.name, "draft_delete", 年报=name)
        return JSONResponse({"deleted": name is not None})

    @app.post(f"{reports}/{{report}}/register")
    def count_register(person: Visitor, report: str) -> Response:
        return _answer(lambda: desk.count_register(person.name, report, now()))

    @app.delete(f"{reports}/{{report}}/last-year")
    def drop_last_year(person: Visitor, report: str) -> Response:
        return _answer(lambda: desk.drop_last_year(person.name, report, now()))

    @app.post(f"{reports}/files")
    async def begin_from_file(person: Visitor, request: Request) -> Response:
        return await _with_file(request, lambda path: desk.begin_from_file(person.name, path, path.name, now()))

    @app.post(f"{reports}/{{report}}/files/{{which}}")
    async def take_file(person: Visitor, report: str, which: str, request: Request) -> Response:
        last = which == "last-year"
        return await _with_file(request, lambda path: desk.take_file(person.name, report, path, path.name, last, now()))

    @app.get(f"{reports}/{{report}}/draft")
    def draft(person: Visitor, report: str) -> Response:
        return _answer(lambda: desk.draft(person.name, report))

    @app.post(f"{reports}/{{report}}/chapters/{{key}}/polish")
    def polish(person: Visitor, report: str, key: str) -> Response:
        return _answer(lambda: desk.polish(person.name, report, key))

    @app.get(f"{reports}/{{report}}/files/{{kind}}")
    def write(request: Request, person: Visitor, report: str, kind: str) -> Response:
        try:
            name, content = desk.write(person.name, report, f".{kind}")
        except GongkaiError as error:
            return JSONResponse({"detail": str(error)}, 400)
        gate.note(request, person.name, "draft", 文件=name)
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content, media_type=_TYPES[f".{kind}"], headers={"Content-Disposition": disposition})


async def _with_file(request: Request, work: Callable[[Path], dict[str, Any]]) -> JSONResponse:
    """Do `work` with the file that the body of a request is; its name stands in a header."""
    from starlette.concurrency import run_in_threadpool

    named = Path(unquote(request.headers.get("x-file-name", "")).replace("\\", "/")).name
    name = re.sub(r"[\x00-\x1f]", "", named)[-100:].strip(". ") or "file"
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > _LARGEST:
            return JSONResponse({"detail": f"{name} 太大，上限 {_LARGEST // 1_000_000} MB。"}, 400)

    def take() -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            return work(path)

    return await run_in_threadpool(_answer, take)


def _answer(work: Callable[[], dict[str, Any]]) -> JSONResponse:
    """What `work` returns, or the one line that a user meets."""
    try:
        return JSONResponse(work())
    except StaleWorksheetError as error:
        return JSONResponse({"detail": str(error)}, 409)
    except GongkaiError as error:
        return JSONResponse({"detail": str(error)}, 400)
