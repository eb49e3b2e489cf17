"""The service as a whole: routes, guard, errors in words, and a page that describes it without any other host."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from assistant.api.corpus import corpus_routes
from assistant.api.files import BodyLimit, fault
from assistant.api.guard import Guard, Refusal
from assistant.api.law import law_routes
from assistant.api.office import office_routes
from assistant.api.rebuilding import rebuild_routes
from assistant.api.reports import report_routes
from assistant.api.shapes import Fault
from assistant.errors import GongkaiError, IndexStateError, InputError

if TYPE_CHECKING:
    from assistant.app import Assistant

_ABOUT = (
    '公开助手给其他系统用的接口。回答的 JSON 与命令行 --json 相同；出错时是 {"detail": "一行中文"}。'
    "每次调用带令牌 Authorization: Bearer 令牌（gongkai people token add 建立）；"
    "不登录、一个人在本机使用时不用令牌。"
)
_STATUSES = {400: "内容不对", 401: "没有有效的令牌", 403: "没有权限", 413: "内容太大", 429: "太频繁", 503: "稍候再试"}
_FAULTS = {404: "没有这个地址。", 405: "这个地址不支持这种请求方法。"}


def build_api(assistant: "Assistant", alone: bool) -> FastAPI:
    """Return the service over `assistant`, to be mounted.

    Args:
        alone: nobody signs in, no token is asked for; whoever mounts it lets only this machine in.
    """
    service = FastAPI(
        title="公开助手接口",
        version=version("gongkai"),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        responses={status: {"model": Fault, "description": what} for status, what in _STATUSES.items()},
    )
    guard = Guard(assistant, alone)
    for routes in (law_routes, rebuild_routes, corpus_routes, report_routes, office_routes):
        service.include_router(routes(assistant, guard))

    @service.get("/docs", include_in_schema=False)
    def docs(request: Request) -> Response:
        from jinja2 import Environment, FileSystemLoader

        pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
        page = pages.get_template("page.html").render(api=service.openapi(), base=request.scope["root_path"])
        return Response(page, media_type="text/html; charset=utf-8")

    service.add_middleware(BodyLimit)
    service.add_exception_handler(Refusal, _refused)
    service.add_exception_handler(GongkaiError, _not_done)
    service.add_exception_handler(RequestValidationError, _not_understood)
    service.add_exception_handler(HTTPException, _not_there)
    return service


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return fault(error.status, error.line, error.wait)


async def _not_done(_request: Request, error: Exception) -> Response:
    if isinstance(error, IndexStateError):
        return fault(503, str(error), 30)
    return fault(400 if isinstance(error, InputError) else 502, str(error))


async def _not_understood(_request: Request, error: Exception) -> Response:
    """What does not fit the description, by the place of the first fault; nothing of what was sent is repeated."""
    assert isinstance(error, RequestValidationError)
    places = [".".join(str(part) for part in item["loc"][1:]) for item in error.errors()]
    named = "、".join(dict.fromkeys(place for place in places if place)) or "内容"
    return fault(400, f"{named} 缺少、多余或者写得不对；写法见 docs 页面。")


async def _not_there(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return fault(error.status_code, _FAULTS.get(error.status_code, "请求的写法不对。"))
