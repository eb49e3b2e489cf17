"""The annual report: statistics judged and converted, the draft, the check of a finished one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Response, UploadFile

from assistant.api import asked, shapes
from assistant.api.files import as_file, as_json, laid_down, scratch
from assistant.api.guard import Caller, Guard, may

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.report.drafting.sections import Draft

Report = Annotated[UploadFile, File(description="写好的报告：docx、pdf、网页、xlsx、文字、图片。")]
Statistics = Annotated[UploadFile, File(description="统计文件：yaml、json 或 xlsx。")]
LastYear = Annotated[UploadFile | None, File(description="上一年度的统计文件；核对时也可以是报告。")]
NoPrevious = Annotated[bool, Query(description="没有上一年度的文件时，也不用资料库里的上一年度年报。")]


def report_routes(assistant: "Assistant", guard: Guard) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["年度报告"])
    corpus = assistant.settings.shipped_folder / "corpus"

    @routes.post("/check", summary="核对年报", responses={200: {"model": shapes.Checked}})
    def check(
        report: Report, caller: Annotated[Caller, Depends(may(guard, "check"))], previous: LastYear = None
    ) -> Response:
        """逐处说明哪里不对、依据是什么。同 `gongkai check --json`。"""
        with guard.work(), laid_down(report, previous) as (path, before):
            assert path is not None
            found = asked.check(assistant, path, before)
        errors = sum(finding["severity"] == "error" for finding in found["findings"])
        guard.note(caller, "check", 文件=path.name, 错误=str(errors))
        return as_json(found)

    @routes.post("/draft", summary="起草年报", responses={200: {"model": shapes.Draft}})
    def draft(
        statistics: Statistics,
        caller: Annotated[Caller, Depends(may(guard, "draft"))],
        previous: LastYear = None,
        form: Annotated[
            str, Query(pattern="^(json|docx|html)$", description="json，或者 docx、html：报告文件。")
        ] = "json",
        no_previous: NoPrevious = False,
    ) -> Response:
        """由统计数据起草年度报告；数据有错误时不起草，violations 里逐处说明。同 `gongkai draft --json`。

        要报告文件而数据有错误的，回答 409 和同样的 JSON。
        """
        with guard.work(), laid_down(statistics, previous) as (path, before), scratch() as folder:
            assert path is not None
            output = folder / f"年度报告.{form}" if form != "json" else None
            made = _draft(assistant, corpus, path, before, output, no_previous)
            content = output.read_bytes() if output and not made.violations else b""
        guard.note(caller, "draft", 文件=path.name, 错误=str(len(made.violations)))
        if content:
            return as_file(content, f"{made.title.text[:80]}.{form}")
        return as_json(made.plain(), 409 if output else 200)

    @routes.post(
        "/statistics/validate",
        summary="核对统计表",
        responses={200: {"model": shapes.Validated}},
        dependencies=[Depends(may(guard, "statistics"))],
    )
    def validate(statistics: Statistics, previous: LastYear = None, no_previous: NoPrevious = False) -> Response:
        """核对统计表的勾稽关系、与上年的衔接；violations 为空才能起草。"""
        with guard.work(), laid_down(statistics, previous) as (path, before):
            assert path is not None
            made = _draft(assistant, corpus, path, before, None, no_previous)
        head = made.statistics
        judged: dict[str, Any] = {"form": head.form.id, "agency": head.agency, "year": head.year}
        found = made.plain()
        return as_json(judged | {"violations": found["violations"], "warnings": found["warnings"]})

    @routes.post(
        "/statistics/convert",
        summary="转换统计表",
        response_class=Response,
        dependencies=[Depends(may(guard, "statistics"))],
    )
    def convert(
        statistics: Statistics,
        to: Annotated[str, Query(pattern="^(json|yaml|xlsx)$", description="目标格式。")] = "json",
    ) -> Response:
        """在 xlsx、yaml、json 之间转换统计文件。同 `gongkai statistics convert`。"""
        from assistant.report.command import convert_statistics

        with guard.work(), laid_down(statistics) as (path,), scratch() as folder:
            assert path is not None
            target = folder / f"统计.{to}"
            convert_statistics(corpus, path, target, force=False)
            return as_file(target.read_bytes(), target.name)

    @routes.get(
        "/statistics/template",
        summary="待填的统计表",
        response_class=Response,
        dependencies=[Depends(may(guard, "statistics"))],
    )
    def template(form: Annotated[str, Query(description="表式：2021 或 2019。")] = "2021") -> Response:
        """一份待填的统计工作簿，版式与官方表格相同。同 `gongkai statistics template`。"""
        from assistant.report.command import write_template

        with scratch() as folder:
            target = folder / f"统计表-{'2019' if form == '2019' else '2021'}.xlsx"
            write_template(corpus, form, target, force=False)
            return as_file(target.read_bytes(), target.name)

    return routes


def _draft(
    assistant: "Assistant", corpus: Path, path: Path, before: Path | None, output: Path | None, no_previous: bool
) -> "Draft":
    from assistant.report.command import draft_files

    held = asked.find_previous(assistant, not no_previous)
    return draft_files(corpus, path, before, output, None, None, force=False, find_previous=held)
