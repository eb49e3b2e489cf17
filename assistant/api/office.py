"""Deadlines, fees, letters."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.api import asked, shapes
from assistant.api.files import as_file, as_json, scratch
from assistant.api.guard import Caller, Guard, may

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.office.letters import Letter


class LetterFields(BaseModel):
    """What is filled in."""

    model_config = ConfigDict(extra="forbid")

    fields: Annotated[
        dict[str, Any],
        Field(description="栏目，与 gongkai letter 种类 --example 的样例相同；日期写成文字。"),
    ] = {}
    case: Annotated[str | None, Field(description="台账里的登记编号：取其中的内容。")] = None


def office_routes(assistant: "Assistant", guard: Guard) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["办理"])

    @routes.get(
        "/deadline/rules",
        summary="期限规则",
        responses={200: {"model": list[shapes.DeadlineRule]}},
        dependencies=[Depends(may(guard, "deadline"))],
    )
    def rules() -> Response:
        """列出全部期限规则。同 `gongkai deadline --rules --json`。"""
        listed = assistant.desk.rules.rules.values()
        return as_json([{"rule": rule.key, "name": rule.name, "start_event": rule.start} for rule in listed])

    @routes.post(
        "/deadline",
        summary="推算期限",
        responses={200: {"model": shapes.Deadline}},
        dependencies=[Depends(may(guard, "deadline"))],
    )
    def deadline(facts: asked.DeadlineFacts) -> Response:
        """哪天到期，数了哪些日子，跳过哪些日子，依据是什么。同 `gongkai deadline --json`。"""
        return as_json(asked.deadline(assistant, facts, _today()))

    @routes.post(
        "/fee", summary="计算费用", responses={200: {"model": shapes.Fee}}, dependencies=[Depends(may(guard, "fee"))]
    )
    def fee(facts: asked.FeeFacts) -> Response:
        """计算信息处理费，按件或者按量，写出每一档。同 `gongkai fee --json`。"""
        return as_json(asked.fee(assistant, facts, _today()))

    @routes.get(
        "/letters",
        summary="文书种类",
        responses={200: {"model": list[shapes.LetterKind]}},
        dependencies=[Depends(may(guard, "letter"))],
    )
    def kinds() -> Response:
        """列出能起草的文书。同 `gongkai letter --list --json`。"""
        listed = assistant.desk.kinds.kinds.values()
        return as_json([{"kind": k.key, "name": k.name, "title": k.title, "row": k.row} for k in listed])

    @routes.post("/letters/{kind}", summary="起草文书", responses={200: {"model": shapes.Letter}})
    def letter(
        kind: str,
        filled: LetterFields,
        caller: Annotated[Caller, Depends(may(guard, "letter"))],
        form: Annotated[str, Query(pattern="^(json|docx)$", description="json，或者 docx：Word 文件。")] = "json",
    ) -> Response:
        """核对栏目，推算日期，写明条文和救济途径。同 `gongkai letter --json`；Word 文件同时记在台账那一件名下。"""
        drafted = _draft(assistant, kind, filled, _today())
        if form == "json":
            return as_json(drafted.as_json() | {"output": None, "register": None})
        with scratch() as folder:
            path = folder / f"{drafted.kind.name}.docx"
            assistant.desk.write_letter(drafted, path)
            content = path.read_bytes()
        assistant.desk.note_letter(drafted, _today())
        guard.note(caller, "letter", 文书=drafted.kind.name, 登记编号=filled.case or "")
        return as_file(content, path.name)

    return routes


def _draft(assistant: "Assistant", kind: str, filled: LetterFields, today: date) -> "Letter":
    from assistant.office.letter_input import fields_of_request, office_fields

    desk = assistant.desk
    entered = office_fields(desk.data)
    if filled.case:
        entered |= fields_of_request(desk.ledger.get(filled.case), desk.kinds.kind(kind))
    return desk.letters.draft_letter(kind, entered | filled.fields, today, assistant.official_wording)


def _today() -> date:
    return datetime.now().astimezone().date()
