"""Building the index anew through the interface: begun by one call, followed by others."""

import threading
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from assistant.api.files import as_json
from assistant.api.guard import Caller, Guard, Refusal, may
from assistant.errors import GongkaiError

if TYPE_CHECKING:
    from assistant.app import Assistant

_RUNS = "正在重建索引，做完以后再试；做到哪里用 GET 同一个地址看。"
_BROKE = "重建时出了错，没有完成，旧索引照常使用；请管理员看运行窗口里的记录。"


class Rebuild(BaseModel):
    """How far the last rebuild of this process has come."""

    state: Literal["none", "running", "done", "failed"] = Field(description="none 是本次启动以来没有重建过。")
    doing: str = Field(default="", description="正在做什么；failed 时是原因。")
    done: int = 0
    total: int = Field(default=0, description="0 是还不知道有多少。")
    started: str | None = None
    ended: str | None = None


class Rebuilding:
    """The rebuilds of one process, one after the other."""

    def __init__(self, assistant: "Assistant") -> None:
        self._assistant, self._lock = assistant, threading.Lock()
        self._at = Rebuild(state="none")

    @property
    def at(self) -> Rebuild:
        """How far the last one has come."""
        return self._at

    def begin(self, today: date) -> Rebuild:
        """Begin one in a thread; what is in use serves until it is done.

        Raises:
            Refusal: one runs already.
        """
        with self._lock:
            if self._at.state == "running":
                raise Refusal(409, _RUNS, 30)
            begun = self._at = Rebuild(state="running", doing="开始", started=_now())
        threading.Thread(target=self._run, args=[today], name="rebuild", daemon=True).start()
        return begun

    def _run(self, today: date) -> None:
        from assistant.building import rebuild_index

        def tell(doing: str, done: int, total: int) -> None:
            self._at = self._at.model_copy(update={"doing": doing, "done": done, "total": total})

        ended: dict[str, str | None] = {"state": "failed", "doing": _BROKE}
        try:
            rebuild_index(self._assistant.settings, today, tell)
            ended = {"state": "done", "doing": ""}
        except GongkaiError as error:
            ended["doing"] = str(error)
        finally:
            self._at = self._at.model_copy(update={**ended, "ended": _now()})


def rebuild_routes(assistant: "Assistant", guard: Guard) -> APIRouter:
    """Return the routes."""
    routes, rebuilding = APIRouter(tags=["资料库"]), Rebuilding(assistant)

    def keeper(caller: Annotated[Caller, Depends(may(guard, "corpus_change"))]) -> Caller:
        if not caller.person.may_manage:
            raise Refusal(403, "重建索引由管理员办理；请用管理员账户的令牌。")
        return caller

    Keeper = Annotated[Caller, Depends(keeper)]  # noqa: N806

    @routes.post("/corpus/rebuild", summary="重建索引", responses={200: {"model": Rebuild}})
    def begin(caller: Keeper) -> Response:
        """开始重建，马上回答；要几分钟，完成之前旧索引照常使用。已经在重建的回答 409。同 `gongkai corpus rebuild`。"""
        at = rebuilding.begin(datetime.now().astimezone().date())
        guard.note(caller, "corpus_rebuild")
        return as_json(at.model_dump())

    @routes.get("/corpus/rebuild", summary="重建做到哪里", responses={200: {"model": Rebuild}})
    def look(caller: Keeper) -> Response:
        """本进程最近一次重建：在做什么，做了多少，做完没有，没有做成是为什么。"""
        return as_json(rebuilding.at.model_dump())

    return routes


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
