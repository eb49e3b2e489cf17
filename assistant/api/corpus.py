"""What the corpus holds, and for administrators adding to it and taking out of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi import Path as InPath

from assistant.api import shapes
from assistant.api.files import as_json, laid_down
from assistant.api.guard import Caller, Guard, Refusal, may

if TYPE_CHECKING:
    from assistant.app import Assistant

Text = Annotated[UploadFile, File(description="法规原文、本地规定、往年年报：docx、pdf、网页、xlsx、md、txt、图片。")]
_SHORT = 200


def _said(what: str) -> object:
    return Form(max_length=_SHORT, description=what)


def corpus_routes(assistant: "Assistant", guard: Guard) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["资料库"])
    holdings = assistant.holdings

    def keeper(caller: Annotated[Caller, Depends(may(guard, "corpus_change"))]) -> Caller:
        if not caller.person.may_manage:
            raise Refusal(403, "增删资料库的文件由管理员办理；请用管理员账户的令牌。")
        return caller

    Keeper = Annotated[Caller, Depends(keeper)]  # noqa: N806

    @routes.get(
        "/corpus",
        summary="资料库清单",
        responses={200: {"model": list[shapes.Document]}},
        dependencies=[Depends(may(guard, "corpus"))],
    )
    def corpus() -> Response:
        """列出资料库的全部文件：名称、文号、效力、条数。同 `gongkai corpus list --json`。"""
        from assistant.inventory import list_documents

        return as_json(list_documents(assistant.settings, _today()))

    @routes.get(
        "/corpus/log",
        summary="资料库的变更记录",
        responses={200: {"model": list[shapes.CorpusChange]}},
        dependencies=[Depends(may(guard, "corpus"))],
    )
    def log() -> Response:
        """添加、更新、删除的记录，早的在前，连同每份文件的 SHA-256。同 `gongkai corpus log --json`。"""
        return as_json(holdings.changes())

    @routes.post("/corpus", summary="添加文件", responses={200: {"model": shapes.Added}})
    def add(
        text: Text,
        caller: Keeper,
        title: Annotated[str, _said("标题；不给就从正文里找，下同。")] = "",
        number: Annotated[str, _said("文号。")] = "",
        issuer: Annotated[str, _said("发文机关。")] = "",
        in_force_from: Annotated[str, _said("施行日期，如 2024-01-01。")] = "",
        in_force_until: Annotated[str, _said("有效的最后一天。")] = "",
        level: Annotated[str, _said("添加年报时，看不出的机关类别：部门、政府，或者乡镇、街道。")] = "",
        replace: Annotated[bool, Query(description="同名同版本的文件内容大不相同时，也替换。")] = False,
    ) -> Response:
        """添加一份文件，办完才回答：几条的办法一两秒，上千条的要几分钟。同 `gongkai corpus add --json`。

        没有添加的回答 400，说明原因。
        """
        from assistant.clock.dates import parse_date
        from assistant.ingest import plain_outcomes
        from assistant.report.tables import read_level
        from assistant.sources.intake import Told

        begins, ends = (
            parse_date(day, name) if day.strip() else None
            for day, name in ((in_force_from, "施行日期"), (in_force_until, "失效日期"))
        )
        told = Told(title.strip(), number.strip(), issuer.strip(), begins, ends, read_level(level.strip()))
        with guard.work(), laid_down(text) as (path,):
            assert path is not None
            [outcome] = holdings.add([path], told, _today(), sure=replace)
        guard.note(caller, "corpus_add", 文件=outcome.file, 编号=outcome.id, 结果=outcome.state)
        if outcome.state == "refused":
            raise Refusal(400, f"{outcome.file}：{outcome.remark}")
        return as_json(plain_outcomes([outcome]))

    @routes.delete("/corpus/{id:path}", summary="删除文件", responses={200: {"model": shapes.Removed}})
    def remove(id: Annotated[str, InPath(description="清单里的编号或者名称。")], caller: Keeper) -> Response:
        """删除一份添加的文件：正文、词语索引、向量都删干净。随程序安装的删不掉。同 `gongkai corpus remove --json`。"""
        with guard.work():
            gone = holdings.remove(id, _today())
        guard.note(caller, "corpus_remove", 编号=gone.id, 名称=gone.title, 文件=gone.file)
        return as_json({"removed": gone.id, "title": gone.title, "file": gone.file, "articles": gone.articles})

    return routes


def _today() -> date:
    return datetime.now().astimezone().date()
