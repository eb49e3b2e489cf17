"""Ask and search."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Response

from assistant.api import asked, shapes
from assistant.api.files import as_json
from assistant.api.guard import Caller, Guard, may

if TYPE_CHECKING:
    from assistant.app import Assistant


def law_routes(assistant: "Assistant", guard: Guard) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["法规"])

    @routes.post("/ask", summary="提问", responses={200: {"model": shapes.Answer}})
    def ask(question: asked.Question, caller: Annotated[Caller, Depends(may(guard, "ask"))]) -> Response:
        """回答一个政府信息公开的问题，每个结论带条文依据；没有依据的不回答，说明原因。同 `gongkai ask --json`。"""
        with guard.answering():
            answer = asked.ask(assistant, question, _today())
        cited = "、".join(f"{c['document']}{c['clause']}" for c in answer["citations"])
        told = {"问题": question.question[:300], "回答": str(answer["answer"])[:300], "引用": cited}
        guard.note(caller, "ask", **told)
        return as_json(answer)

    @routes.get(
        "/search",
        summary="查条文",
        responses={200: {"model": list[shapes.Hit]}},
        dependencies=[Depends(may(guard, "search"))],
    )
    def search(
        words: Annotated[str, Query(max_length=asked.LONGEST_QUESTION, description="要找的事。", examples=["补正"])],
        k: Annotated[int, Query(ge=1, le=100, description="几条。")] = 10,
        as_of: Annotated[str | None, Query(description="按哪一天有效的规定，如 2026-01-05。")] = None,
    ) -> Response:
        """在资料库里查找条文。同 `gongkai search --json`。"""
        with guard.answering():
            return as_json(asked.search(assistant, words, k, as_of, _today()))

    return routes


def _today() -> date:
    return datetime.now().astimezone().date()
