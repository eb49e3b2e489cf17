"""The chat: a question and its answer with what it rests on, or the dialogue that leads to a draft report."""

import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import gradio as gr

from assistant.app import Assistant
from assistant.errors import GongkaiError
from assistant.office.dialogue import DeskTalk, Said
from assistant.report.interview_state import Interview
from ui.sources import EMPTY, show_sources

_EXAMPLES = (
    "人家来要材料，几天内要回话？",
    "企业不同意公开，还能给申请人吗？",
    "不予公开的答复书，救济途径怎么写？",
    "1月5日收到的申请，最晚哪天答复？",
    "这个人本月申请了35件，收多少？",
    "帮我起草2025年年报",
)
_WELCOME = (
    "### 用平常的话问就行\n\n每个结论都带条文，程序逐条核对；没有依据的，直接说没有。也可以算期限、算费用、起草年报。"
)
_NOTE = "内容为法规要点，供办理时参考；正式文书请核对官方文本。本机运行，问题不会发往别处。"
_STATISTICS = [".xlsx", ".yaml", ".yml", ".json", ".docx", ".pdf", ".html"]
_STEP = 0.012
_PIECES = re.compile(r"[^。；\n]*[。；\n]?")

Message = dict[str, str]
Shown = tuple[object, ...]


@dataclass(frozen=True)
class Talk:
    """What one conversation remembers: the questions asked, the dialogue of a draft, and that of the desk."""

    asked: tuple[str, ...] = ()
    interview: Interview | None = None
    desk: DeskTalk | None = None


def build_chat(assistant: Assistant) -> None:
    """Build the chat inside the page or the tab that is open."""
    with gr.Row(elem_id="desk"):
        with gr.Column(scale=3, min_width=320):
            chat = gr.Chatbot(
                elem_id="chat",
                label="对话",
                show_label=False,
                height="calc(100dvh - 300px)",
                min_height=320,
                placeholder=_WELCOME,
                examples=[{"text": example} for example in _EXAMPLES],
                buttons=["copy"],
                feedback_options=None,
                layout="panel",
                group_consecutive_messages=False,
            )
            box = gr.Textbox(
                elem_id="question",
                label="问题",
                show_label=False,
                placeholder="写下要问的事，回车发送",
                lines=1,
                max_lines=6,
                max_length=2000,
                autofocus=True,
                submit_btn="发送",
            )
            with gr.Row(elem_id="below"):
                upload = gr.UploadButton(
                    "上传统计表起草年报", file_types=_STATISTICS, size="sm", scale=0, min_width=170, elem_id="upload"
                )
                template = gr.DownloadButton("下载统计表模板", size="sm", scale=0, min_width=140, elem_id="template")
                clear = gr.Button("新的对话", size="sm", scale=0, min_width=96, elem_id="clear")
            files = gr.File(
                label="写好的文件", visible=False, interactive=False, file_count="multiple", elem_id="files"
            )
            gr.HTML(f'<p class="note">{_NOTE}</p>')
        with gr.Column(scale=2, min_width=300, elem_id="side"):
            gr.HTML("<h2>依据</h2>")
            panel = gr.HTML(EMPTY, elem_id="sources")
    talk = gr.State(Talk())

    def reply(message: str, shown: list[Message], memory: Talk) -> Iterator[Shown]:
        yield from _reply(assistant, message, shown, memory)

    def reply_to_example(chosen: gr.SelectData, shown: list[Message], memory: Talk) -> Iterator[Shown]:
        yield from _reply(assistant, chosen.value["text"], shown, memory)

    def take_upload(path: str, shown: list[Message], memory: Talk) -> Shown:
        return _take_upload(assistant, Path(path), shown, memory)

    outputs = [box, chat, panel, talk, files]
    box.submit(reply, [box, chat, talk], outputs, show_progress="hidden", api_visibility="private")
    chat.example_select(reply_to_example, [chat, talk], outputs, show_progress="hidden", api_visibility="private")
    upload.upload(take_upload, [upload, chat, talk], outputs, api_visibility="private")
    template.click(lambda: _write_template(assistant), None, template, api_visibility="private")
    for begin_anew in (clear.click, chat.clear):
        begin_anew(
            lambda: ("", [], EMPTY, Talk(), gr.update(value=None, visible=False)),
            None,
            outputs,
            show_progress="hidden",
            api_visibility="private",
        )


def _reply(assistant: Assistant, message: str, shown: list[Message], memory: Talk) -> Iterator[Shown]:
    """Yield (box, chat, panel, memory, files) as the answer is found and written."""
    from assistant.report.interview import advance, start_interview, wants_draft

    if not message.strip():
        yield "", shown, gr.skip(), memory, gr.skip()
        return
    shown = [*shown, {"role": "user", "content": message}]
    if wants_draft(message):
        interview, said = start_interview(message, assistant.report_rules)
        yield _spoken(said.text, shown, replace(memory, interview=interview))
        return
    if memory.interview is not None and memory.interview.draft is not None and "润色" in message:
        yield _polish(assistant, shown, memory)
        return
    if memory.interview is not None:
        interview, said = advance(memory.interview, message, assistant.report_rules)
        if not said.passed:
            yield _drafted(said.text, shown, replace(memory, interview=interview), new=said.draft is not None)
            return
    today = datetime.now().astimezone().date()
    if taken := assistant.talk_at_desk(message, today, memory.desk):
        yield _from_desk(assistant, message, taken[1], shown, replace(memory, desk=taken[0]), today)
        return
    yield "", [*shown, _from_assistant("*检索依据…*")], gr.skip(), memory, gr.skip()
    answer = assistant.ask(message, today, memory.asked)
    text = answer.answer.replace("[", r"\[")
    written = ""
    for piece in _PIECES.findall(text):
        written += piece
        yield "", [*shown, _from_assistant(written)], gr.skip(), memory, gr.skip()
        time.sleep(_STEP)
    memory = replace(memory, asked=(*memory.asked, message))
    yield "", [*shown, _from_assistant(text)], show_sources(answer, today), memory, gr.skip()


def _polish(assistant: Assistant, shown: list[Message], memory: Talk) -> Shown:
    """Polish the draft of the dialogue with the chat model, and say what became of each chapter."""
    assert memory.interview is not None  # the caller has looked
    assert memory.interview.draft is not None
    try:
        polished = assistant.polish_draft(memory.interview.draft, memory.interview.previous)
    except GongkaiError as error:
        return _spoken(str(error), shown, memory)
    interview = replace(memory.interview, draft=polished.draft)
    return _drafted("\n".join(polished.lines()), shown, replace(memory, interview=interview), new=True)


def _from_desk(
    assistant: Assistant, message: str, said: Said, shown: list[Message], memory: Talk, today: date
) -> Shown:
    """Say what the desk says, with its basis; a letter that is done is shown and offered as Word."""
    answer = assistant.answer_from_lines(message, said.lines)
    text, files = answer.answer, gr.skip()
    if said.letter:
        output = Path(tempfile.mkdtemp()) / f"{said.letter.kind.name}.docx"
        assistant.desk.write_letter(said.letter, output)
        text = f"{text}\n\n---\n\n" + said.letter.text.replace("\n", "  \n")
        files = gr.update(value=[str(output)], visible=True)
    panel = show_sources(answer, today) if answer.citations else EMPTY
    return "", [*shown, _from_assistant(text.replace("[", r"\["))], panel, memory, files


def _take_upload(assistant: Assistant, path: Path, shown: list[Message], memory: Talk) -> Shown:
    """Return what follows an uploaded statistics file: what is missing, what is wrong, or the draft."""
    from assistant.report.interview import advance

    shown = [*shown, {"role": "user", "content": f"上传了 {path.name}"}]
    try:
        figures, published = assistant.read_figures(path)
        interview, said = advance(
            memory.interview or Interview(), "", assistant.report_rules, figures, published=published
        )
    except GongkaiError as error:
        return _spoken(str(error), shown, memory)
    return _drafted(said.text, shown, replace(memory, interview=interview), new=said.draft is not None)


def _drafted(text: str, shown: list[Message], memory: Talk, *, new: bool) -> Shown:
    """Say `text`; where there is a new draft, show it and offer the files."""
    draft = memory.interview.draft if memory.interview else None
    if not new or draft is None:
        return _spoken(text, shown, memory)
    from assistant.report.command import tell_draft
    from assistant.report.writing import statistics_beside, write_draft

    output = Path(tempfile.mkdtemp()) / f"{draft.title.text}.docx"
    write_draft(draft, output, force=True)
    files = [str(output), str(statistics_beside(output))]
    whole = f"{text}\n\n---\n\n{tell_draft(draft, None)}"
    return (*_spoken(whole, shown, memory)[:4], gr.update(value=files, visible=True))


def _spoken(text: str, shown: list[Message], memory: Talk) -> Shown:
    lines = text.replace("[", r"\[").replace("\n", "  \n")
    return "", [*shown, _from_assistant(lines)], EMPTY, memory, gr.skip()


def _from_assistant(text: str) -> Message:
    return {"role": "assistant", "content": text}


def _write_template(assistant: Assistant) -> str:
    """Return the path of a workbook of the newest form, to be filled in."""
    from assistant.report.command import write_template

    form = max(assistant.report_rules.forms)
    output = Path(tempfile.mkdtemp()) / f"政府信息公开统计表（{form}年表式）.xlsx"
    write_template(assistant.settings.shipped_folder / "corpus", form, output, force=True)
    return str(output)
