"""The tab 文书: the seven steps to the right letter, its fields as a form, the draft to read and as a Word file."""

import re
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import InputError, LetterError
from assistant.office.desk import Desk
from assistant.office.letter_input import fields_of_request, office_fields
from assistant.office.remedies import reviewing_bodies
from assistant.office.steps import Outcome, Question, explain_place
from ui.letter_form import read_form, show_form
from ui.results import offer_file, office_day, show_empty, show_error, show_lines

_NO_LETTER = "选一种文书，填好左边的栏目，按“起草”。这里会写出文书全文，可以下载 Word 文件。"
_NO_FIELDS = "先选文书种类，这里列出要填的栏目。"
_NO_CHOICE = "从第1步开始选，直到这里写出该用哪一种文书、计入表三哪一行。"

# The key of a field beside its label.
_KEY = re.compile(r"（[a-z_]+）")
# The form is long: what comes of it stands above, and is brought into sight.
_SHOW_RESULT = "() => window.letters.show()"
_GATHER = "(...given) => [...given.slice(0, -1), window.letters.gather()]"


def open_form(
    desk: Desk, key: str | None, case: str | None = None, entered: str = "", *, case_first: bool = False
) -> str:
    """Return the form of the letter `key` as HTML, filled with what the office and the register know already.

    Args:
        entered: what stands in the form before it, as the page's script gathers it; it is not lost.
        case_first: what the register knows of `case` comes before that.
    """
    if not key:
        return show_empty(_NO_FIELDS)
    kind, bodies = desk.kinds.kind(key), reviewing_bodies(desk.kinds.remedies)
    try:
        kept, registered = read_form(entered), fields_of_request(desk.ledger.get(case), kind) if case else {}
        known = {"signed": office_day(), **office_fields(desk.data)}
        known |= kept | registered if case_first else registered | kept
    except InputError as error:
        return show_error(error) + show_form(kind, {}, bodies)
    return show_form(kind, known, bodies)


def list_cases(desk: Desk) -> dict[str, Any]:
    """Return the update of the choice of requests, newest first; none where the register is empty or broken."""
    try:
        records = sorted(desk.ledger.requests(), key=lambda record: (record.received, record.number), reverse=True)
    except InputError:
        records = []
    named = [(f"{record.number} {record.applicant}：{record.asked[:20]}", record.number) for record in records]
    update: dict[str, Any] = gr.update(choices=[("不填", ""), *named], value="", visible=bool(named))
    return update


def draft(desk: Desk, key: str | None, fields: str) -> tuple[str, str, str | None]:
    """Return what is to be said of the draft as HTML, its text, and the path of its Word file.

    Args:
        fields: as the page's script gathers them, JSON.

    Of an error: its line, "" and None.
    """
    try:
        if not key:
            raise LetterError("请先选一种文书。")
        values = office_fields(desk.data) | read_form(fields)
        letter = desk.letters.draft_letter(key, values, office_day(), desk.quotation)
        path = Path(tempfile.mkdtemp()) / f"{letter.kind.name}.docx"
        desk.write_letter(letter, path)
        noted = desk.note_letter(letter, office_day())
    except InputError as error:
        return show_error(InputError(in_page_words(str(error)))), "", None
    row = f"计入表三：{letter.row_label}" if letter.row_label else "案件还没有办结，不计入表三。"
    notes = [f"注意：{warning}" for warning in letter.warnings]
    return show_lines([f"已起草{letter.kind.name}。", row, *notes, *([noted] if noted else [])]), letter.text, str(path)


def in_page_words(line: str) -> str:
    """Return a line without the keys that a file has for the fields: 「成文日期（signed）」 is 成文日期 on the page."""
    return _KEY.sub("", line)


def take_steps(desk: Desk, answers: list[str]) -> tuple[str, Question | None, str | None]:
    """Return the way taken as HTML, the question that comes next (None at the end), and the letter reached."""
    try:
        way, place = desk.steps.walk(answers)
    except InputError as error:
        return show_error(error), desk.steps.question(), None
    taken = [f"第{question.number}步 {question.step}：{question.ask}——{answer}" for question, answer in way]
    if isinstance(place, Outcome):
        after = desk.steps.question(place.then) if place.then else None
        return show_lines([*explain_place(place), *taken]), after, place.letter
    return (show_lines(["已经选了：", *taken]) if taken else show_empty(_NO_CHOICE)), place, None


def show_question(question: Question | None) -> dict[str, Any]:
    """Return the update of the radio choice for `question`, hidden when there is none."""
    if question is None:
        hidden: dict[str, Any] = gr.update(visible=False, choices=[], value=None)
        return hidden
    shown: dict[str, Any] = gr.update(visible=True, value=None, **_as_radio(question))
    return shown


def _as_radio(question: Question) -> dict[str, Any]:
    """The question as label and choices of a radio choice."""
    return {
        "label": f"第{question.number}步 {question.step}：{question.ask}（{question.basis}）",
        "choices": [option.label for option in question.options],
    }


def build_tab(desk: Desk, tab: gr.Tab) -> None:
    """Put the tab's parts into the page that is being built."""
    answers = gr.State([])
    reached = gr.State(None)
    with gr.Accordion("不知道用哪一种文书？按七步判断", open=False, elem_id="letter-steps"), gr.Row():
        with gr.Column(scale=2, min_width=300):
            choice = gr.Radio(**_as_radio(desk.steps.question()), value=None, elem_id="letter-choice")
            with gr.Row():
                back = gr.Button("上一步", size="sm", min_width=96)
                again = gr.Button("从头开始", size="sm", min_width=96)
        with gr.Column(scale=3, min_width=300):
            way = gr.HTML(show_empty(_NO_CHOICE), elem_id="letter-way")
            take = gr.Button("就用这种文书", visible=False, elem_id="letter-take")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            kind = gr.Dropdown(
                [(item.name, item.key) for item in desk.kinds.kinds.values()],
                value=None,
                label="文书种类",
                elem_id="letter-kind",
            )
            case = gr.Dropdown(
                [("不填", "")], value="", label="从台账填入（登记编号）", visible=False, elem_id="letter-case"
            )
            fields = gr.HTML(show_empty(_NO_FIELDS), elem_id="letter-fields")
            # What the page's script gathers from the form.
            gathered = gr.Textbox(visible="hidden", label="栏目", elem_id="letter-gathered")
            start = gr.Button("起草", variant="primary", elem_id="letter-draft")
        with gr.Column(scale=3, min_width=300):
            result = gr.HTML(show_empty(_NO_LETTER), elem_id="letter-result")
            paper = gr.DownloadButton("下载 Word 文件（.docx）", visible=False, elem_id="letter-docx")
            text = gr.Textbox(
                label="文书全文",
                visible=False,
                interactive=False,
                lines=18,
                max_lines=40,
                buttons=["copy"],
                elem_id="letter-text",
            )

    def on_draft(key: str | None, entered: str) -> tuple[object, ...]:
        shown, written, path = draft(desk, key, entered)
        return shown, gr.update(value=written, visible=bool(written)), offer_file(path)

    def on_steps(given: list[str]) -> tuple[object, ...]:
        shown, question, letter = take_steps(desk, given)
        return given, shown, show_question(question), letter, gr.update(visible=letter is not None)

    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    steps = [answers, way, choice, reached, take]
    choice.input(lambda given, label: on_steps([*given, label]), [answers, choice], steps, **quick)
    back.click(lambda given: on_steps(given[:-1]), answers, steps, **quick)
    again.click(lambda: on_steps([]), None, steps, **quick)
    chosen = [kind, case, gathered]
    kind.input(lambda *given: open_form(desk, *given), chosen, fields, js=_GATHER, **quick)
    case.input(lambda *given: open_form(desk, *given, case_first=True), chosen, fields, js=_GATHER, **quick)
    take.click(
        lambda key, *given: (key, open_form(desk, key, *given)), [reached, case, gathered], [kind, fields],
        js=_GATHER, **quick,
    )  # fmt: skip
    start.click(on_draft, [kind, gathered], [result, text, paper], js=_GATHER, **quick).then(
        None, None, None, js=_SHOW_RESULT
    )
    tab.select(lambda: list_cases(desk), None, case, **quick)
