"""What one message leads to: an answer, the desk's dialogue, or the one that leads to a draft."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.app import Assistant
from assistant.errors import GongkaiError
from assistant.report.interview_state import Interview
from ui.running import Memory, Run, spoken

if TYPE_CHECKING:
    from assistant.office.dialogue import Said
    from assistant.report.checked import CheckedReport

STATISTICS = (".xlsx", ".yaml", ".yml", ".json")


def work_out(
    assistant: Assistant, message: str, today: date, asked: Sequence[str], memory: Memory, run: Run
) -> tuple[dict[str, Any], Memory]:
    """Return the answer to `message` as it is stored, and what the conversation remembers after it.

    Args:
        asked: the earlier questions, oldest first.
        run: told of every step.
    """
    from assistant.report.interview import advance, start_interview
    from assistant.report.interview_wish import wants_draft

    if wants_draft(message):
        interview, said = start_interview(message, assistant.report_rules)
        return spoken(said.text), replace(memory, interview=interview)
    if memory.interview is not None and memory.interview.draft is not None and "润色" in message:
        return _polish(assistant, memory.interview, memory)
    drafting = memory.interview is not None and memory.interview.draft is None
    if memory.checked is not None and not drafting and (lines := _about_findings(assistant, message, memory.checked)):
        return assistant.answer_from_lines(message, lines, today).as_json(), memory
    if memory.interview is not None:
        interview, said = advance(memory.interview, message, assistant.report_rules)
        if not said.passed:
            return _drafted(said.text, interview, new=said.draft is not None), replace(memory, interview=interview)
    if taken := assistant.talk_at_desk(message, today, memory.desk):
        return _from_desk(assistant, message, taken[1], today, memory), replace(memory, desk=taken[0])
    answer: dict[str, Any] = {}
    for step in assistant.ask_stream(message, today, asked, run.stopped):
        if step.name == "text":
            run.show("writing", run.text + step.text)
        elif step.answer is not None:
            answer = step.answer.as_json()
        else:
            run.show(step.name)
    return answer, memory


def _about_findings(assistant: Assistant, message: str, checked: "CheckedReport") -> tuple[str, ...] | None:
    from assistant.report.finding_questions import answer_about_findings

    return answer_about_findings(message, checked, assistant.check_rules.rules)


def take_statistics(assistant: Assistant, path: Path, memory: Memory) -> tuple[dict[str, Any], Memory]:
    """Return what follows a statistics file or last year's report: what is missing, what is wrong, or the draft.

    The answer says whether it was a file of this year's statistics.
    """
    from assistant.report.interview import advance

    try:
        figures, published = assistant.read_figures(path)
        interview, said = advance(
            memory.interview or Interview(), "", assistant.report_rules, figures, published=published
        )
    except GongkaiError as error:
        return spoken(str(error)), memory
    answer = _drafted(said.text, interview, new=said.draft is not None)
    return answer | {"statistics": not published}, replace(memory, interview=interview)


def _polish(assistant: Assistant, interview: Interview, memory: Memory) -> tuple[dict[str, Any], Memory]:
    """Polish the draft of the dialogue with the chat model, and say what became of each chapter."""
    assert interview.draft is not None  # the caller has looked
    try:
        polished = assistant.polish_draft(interview.draft, interview.previous)
    except GongkaiError as error:
        return spoken(str(error)), memory
    interview = replace(interview, draft=polished.draft)
    return _drafted("\n".join(polished.lines()), interview, new=True), replace(memory, interview=interview)


def _from_desk(assistant: Assistant, message: str, said: "Said", today: date, memory: Memory) -> dict[str, Any]:
    """Say what the desk says, with its basis; a letter that is done is noted in the register, shown and offered."""
    answer = assistant.answer_from_lines(message, said.lines, today).as_json()
    if said.letter:
        before = memory.desk.letter.made if memory.desk and memory.desk.letter else None
        if noted := assistant.desk.note_letter(said.letter, today, before):
            answer["answer"] = f"{answer['answer']}\n\n{noted}"
        output = Path(tempfile.mkdtemp()) / f"{said.letter.kind.name}.docx"
        assistant.desk.write_letter(said.letter, output)
        answer["answer"] = f"{answer['answer']}\n\n---\n\n{said.letter.text}"
        answer["files"] = [str(output)]
    return answer


def _drafted(text: str, interview: Interview, *, new: bool) -> dict[str, Any]:
    """Say `text`; where there is a new draft, show it and offer the files."""
    draft = interview.draft
    if not new or draft is None:
        return spoken(text)
    from assistant.report.command import tell_text
    from assistant.report.writing import statistics_beside, write_draft

    output = Path(tempfile.mkdtemp()) / f"{draft.title.text}.docx"
    write_draft(draft, output, force=True)
    return spoken(f"{text}\n\n---\n\n{tell_text(draft)}", (str(output), str(statistics_beside(output))))
