"""What the chat does for one visitor: ask, follow, open, rename, export, delete; every step checks whose it is."""

import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio.to_thread import run_sync

from assistant.app import Assistant
from assistant.errors import GongkaiError
from assistant.office.conversations import Turn
from assistant.office.people import Person
from ui.draft_desk import DraftDesk
from ui.dropped import in_order, take_file, take_offer
from ui.gate import Gate, now
from ui.history import show_history
from ui.running import Run, Runs
from ui.sources import show_sources, suggest
from ui.talk import work_out
from ui.transcript import as_messages, feedback_of, in_the_making, write_transcript

if TYPE_CHECKING:
    from assistant.retrieval.index import Index

Shown = tuple[object, ...]
SEND = "发送"
PIN, UNPIN = "置顶", "取消置顶"
_LONGEST = 2000
_UPLOADED = "上传了 {name}"
_AN_UPLOAD = re.compile(r"上传了 .+\.[a-z]{2,5}", re.IGNORECASE)
_FILE_GONE = "那份文件已经不在了，请把它再拖进来一次。"
# The button beside the question: it stops the answer that is being made.
_BUSY: dict[str, Any] = {"submit_btn": False, "stop_btn": "停止"}
_READY: dict[str, Any] = {"submit_btn": SEND, "stop_btn": False}
_FIRM = "正在加入资料库，不能停在半路，办完就显示。"


class ChatDesk:
    """The chat of one site; its methods yield (box, route, chat, panel, history, files, controls, title, pin).

    Whoever follows an answer waits in the loop, and holds no thread: a hundred may. The database is asked in threads.
    """

    def __init__(self, assistant: Assistant, gate: Gate) -> None:
        self._assistant, self._gate, self._runs = assistant, gate, Runs(assistant.writes)
        self._talks, self._drafts = assistant.records.conversations, DraftDesk(assistant)

    async def send(self, request: gr.Request, talk: str, message: str, files: Sequence[Path]) -> AsyncIterator[Shown]:
        """Take a message, or files that were dropped in, and follow the answer."""
        person = await run_sync(self._gate.person, request)
        if not message.strip() and not files:
            yield tuple(gr.skip() for _ in range(9))
            return
        if len(message) > _LONGEST:
            raise gr.Error(f"问题太长（{len(message)}字）。请只留下要问的事，不超过{_LONGEST}字。", title="没有发送")
        for item in await run_sync(in_order, self._assistant, message, files):
            said, file = (item, None) if isinstance(item, str) else (_UPLOADED.format(name=item.name), item)
            talk, run, turns = await run_sync(self._begin, request, person, talk, said, file)
            async for shown in self._follow(person, talk, turns, run):
                yield shown

    async def ask_again(
        self, request: gr.Request, talk: str, position: int, message: str | None
    ) -> AsyncIterator[Shown]:
        """Ask the question at `position` again, or `message` in its place; what followed it goes.

        A file that was handed in is taken again, as long as it is kept.
        """
        person = await run_sync(self._gate.person, request)
        turns = await run_sync(self._talks.turns, person.name, talk)
        if not 0 <= position < len(turns):
            async for shown in self.open(request, talk):
                yield shown
            return
        asked = turns[position]
        question = asked.question if message is None else message.strip()
        files = _handed_in(asked) if question == asked.question else []
        if not question:
            yield gr.skip(), *await run_sync(self._whole, person, talk)
            return
        if not files and question == asked.question and _AN_UPLOAD.fullmatch(question):
            raise gr.Error(_FILE_GONE, title="没有重试")
        await run_sync(self._talks.cut, person.name, talk, asked.id)
        self._runs.forget(talk)
        async for shown in self.send(request, talk, "" if files else question, files):
            yield shown

    async def open(self, request: gr.Request, talk: str, *, first: bool = False) -> AsyncIterator[Shown]:
        """Open one's own conversation, a new one where there is none such, and follow an answer in the making.

        Args:
            first: the page has just come; whoever is quick may have asked already, and that is then to be stopped.
        """
        person = await run_sync(self._gate.person, request)
        if talk and await run_sync(self._talks.find, person.name, talk) is None:
            talk = ""
        yield gr.skip() if first else gr.update(**_READY), *await run_sync(self._whole, person, talk)
        turns = await run_sync(self._talks.turns, person.name, talk) if talk else []
        if turns and turns[-1].answer is None and (run := self._runs.find(turns[-1].id)):
            async for shown in self._follow(person, talk, turns, run, sent=False):
                yield shown

    def stop(self, request: gr.Request, talk: str) -> None:
        """End the answer that is being made with what it has; whoever follows it is shown that."""
        person = self._gate.person(request)
        turns = self._talks.turns(person.name, talk)
        if turns and turns[-1].answer is None and not self._runs.stop(turns[-1].id):
            gr.Info(_FIRM, title="请稍候")

    def give_feedback(self, request: gr.Request, talk: str, position: int, word: str | None) -> None:
        """Store what a visitor says of an answer."""
        person = self._gate.person(request)
        turns = self._talks.turns(person.name, talk)
        if 0 <= position < len(turns):
            self._talks.give_feedback(person.name, turns[position].id, word)

    def find(self, words: str, talk: str, request: gr.Request) -> str:
        """Return the list of conversations that hold `words`."""
        person = self._gate.person(request)
        return show_history(self._talks.list_conversations(person.name, words), talk, words)

    def rename(self, title: str, talk: str, words: str, request: gr.Request) -> str:
        """Give the conversation another name; return the list."""
        person = self._gate.person(request)
        try:
            self._talks.rename(person.name, talk, title)
        except GongkaiError as error:
            raise gr.Error(str(error), title="没有改名") from None
        return self.find(words, talk, request)

    def pin(self, talk: str, words: str, request: gr.Request) -> tuple[str, str]:
        """Put the conversation at the head of the list, or back by its day; return the list and the button's word."""
        person = self._gate.person(request)
        head = self._talks.find(person.name, talk)
        if head is None:
            return self.find(words, talk, request), PIN
        self._talks.pin(person.name, talk, not head.pinned)
        return self.find(words, talk, request), PIN if head.pinned else UNPIN

    def export(self, talk: str, request: gr.Request) -> dict[str, Any]:
        """Return the update of a file: the conversation with its citations in Word."""
        person = self._gate.person(request)
        head = self._talks.find(person.name, talk)
        if head is None:
            raise gr.Error("先问一个问题，才有可以导出的会话。", title="没有导出")
        name = re.sub(r'[\\/:*?"<>|\s]+', " ", head.title).strip(" .") or "会话"
        path = Path(tempfile.mkdtemp()) / f"{name}.docx"
        write_transcript(head.title, self._talks.turns(person.name, talk), path)
        self._gate.note(request, person.name, "export", 会话=head.title, 文件=path.name)
        update: dict[str, Any] = gr.update(value=str(path), visible=True)
        return update

    def delete(self, talk: str, request: gr.Request) -> Shown:
        """Delete the conversation and open a new one."""
        person = self._gate.person(request)
        head = self._talks.find(person.name, talk)
        if head and self._talks.delete(person.name, talk):
            self._runs.forget(talk)
            self._gate.note(request, person.name, "delete", 会话=head.title)
        return gr.update(**_READY), *self._whole(person, "")

    def _begin(
        self, request: gr.Request, person: Person, talk: str, message: str, file: Path | None
    ) -> tuple[str, Run, list[Turn]]:
        """Write the question down and begin its answer in the background; return the turns with this one, the last."""
        assistant, at = self._assistant, now()
        corpus = str(assistant.status["corpus"])
        before = self._talks.turns(person.name, talk) if talk else []
        talk, turn = self._talks.ask(person.name, talk, message, corpus, at)
        asked, memory, today = [turn.question for turn in before], self._runs.recall(talk), at.date()

        def work(run: Run) -> dict[str, Any]:
            if file is not None:
                answer, after = take_file(assistant, file, memory, person.may_manage)
                if answer.get("statistics") and not run.done.is_set():
                    answer["report"] = self._drafts.begin_from_file(person.name, file, file.name, now())["id"]
            elif person.may_manage and (taken := take_offer(assistant, message, memory, today, run)):
                answer, after = taken
                if added := answer.get("added"):
                    self._gate.note(request, person.name, "corpus_add", corpus, 编号=added)
            else:
                answer, after = work_out(assistant, message, today, asked, memory, run)
            if not run.done.is_set():
                self._runs.remember(talk, after)
            return answer

        def keep(answer: dict[str, Any]) -> None:
            if file is not None:
                answer["uploaded"] = str(file)
            cited = "、".join(f"{c['document']}{c['clause']}" for c in answer["citations"])
            detail = {"问题": message[:300], "回答": str(answer["answer"])[:300], "引用": cited}
            entry = self._gate.entry(request, person.name, "ask", corpus, **detail)
            assistant.records.keep_answer(turn, answer, entry)

        run = self._runs.start(turn, work, keep, file=file is not None)
        return talk, run, [*before, Turn(turn, message, None, corpus, at, None)]

    async def _follow(
        self, person: Person, talk: str, turns: Sequence[Turn], run: Run, *, sent: bool = True
    ) -> AsyncIterator[Shown]:
        """Yield what is shown while the answer of the last of `turns` is made, then the whole.

        Args:
            sent: it was asked here and now, so the box is emptied; else what is being written in it stays.
        """
        empty: dict[str, Any] = {"value": None} if sent else {}
        before, question = as_messages(turns[:-1]), turns[-1].question
        rest = tuple(gr.skip() for _ in range(6))
        first = True
        async for stage, text in run.follow():
            box, route = (gr.update(**empty, **_BUSY), talk) if first else (gr.skip(), gr.skip())
            yield box, route, [*before, *in_the_making(question, stage, text)], *rest
            first = False
        yield gr.update(**(empty if first else {}), **_READY), *await run_sync(self._whole, person, talk)

    def _whole(self, person: Person, talk: str) -> Shown:
        """(route, chat, panel, history, files, controls, title, pin) of a conversation, or of a new one."""
        turns = self._talks.turns(person.name, talk) if talk else []
        head = self._talks.find(person.name, talk) if talk else None
        index = self._assistant.index
        listed = show_history(self._talks.list_conversations(person.name), talk, "")
        chat = gr.update(
            value=as_messages(turns, _options(turns[-1], index) if turns else ()), feedback_value=feedback_of(turns)
        )
        files = _files(turns)
        return (
            talk,
            chat,
            show_sources(turns, index),
            listed,
            gr.update(value=files or None, visible=bool(files)),
            gr.update(visible=bool(turns)),
            head.title if head else "",
            UNPIN if head and head.pinned else PIN,
        )


def _handed_in(turn: Turn) -> list[Path]:
    """The file that the turn is about, where it is still there."""
    path = Path((turn.answer or {}).get("uploaded") or "/")
    return [path] if path.is_file() else []


def _options(turn: Turn, index: "Index") -> list[str]:
    """What may be said next: what was asked back, or the questions that may follow."""
    return (turn.answer or {}).get("options") or suggest(turn, index)


def _files(turns: Sequence[Turn]) -> list[str]:
    """The files that the last turn with any made, those that are still there."""
    for turn in reversed(turns):
        if made := (turn.answer or {}).get("files"):
            return [path for path in made if Path(path).is_file()]
    return []
