"""The command line: `gongkai`. Parses, calls one use case, prints; nothing heavy is imported before a command runs."""

import errno
import json
import os
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from assistant.cli_corpus import add_corpus_commands
from assistant.cli_entries import JsonOption, print_json
from assistant.cli_office import add_office_commands
from assistant.cli_people import people_app
from assistant.cli_report import add_report_commands
from assistant.cli_upkeep import add_upkeep_commands
from assistant.cli_usage import explain_usage
from assistant.errors import GongkaiError, InputError

if TYPE_CHECKING:
    from assistant.answering.citations import Answer
    from assistant.app import Assistant

app = typer.Typer(
    name="gongkai", help="公开助手：政府信息公开的问答与年报助手。", no_args_is_help=True, add_completion=False
)
app.add_typer(people_app, name="people")

OnOption = Annotated[
    str | None, typer.Option("--as-of", metavar="日期", help="按哪一天有效的规定回答，如 2026-11-22。")
]

# Full, over quota, read-only, not allowed, broken: for the office to mend, wherever it is met.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
_STATUS = {"verified": "已核验", "unsupported": "未核验", "unknown": "未核验"}


def read_day(text: str | None) -> date:
    """Return the day that an option names, today where it names none.

    Raises:
        InputError: no such day.
    """
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"日期 {text} 不对，请写成 2026-11-22 的样子。") from None


def open_assistant() -> "Assistant":
    """Return the assistant; progress and notices go to standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from assistant.app import build_assistant

    console = Console(stderr=True)
    with Progress(
        TextColumn("正在建立索引"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn(),
        console=console, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("", total=None, visible=False)
        assistant = build_assistant(
            read_day(None), progress=lambda done, total: bar.update(task, completed=done, total=total, visible=True)
        )
    if assistant.notice:
        console.print(assistant.notice, style="yellow", soft_wrap=True)
    return assistant


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(metavar="问题", help="要问的事。", show_default=False)] = None,
    as_of: OnOption = None,
    session: Annotated[str | None, typer.Option(metavar="名称", help="接着这个名称下先前的问题问。")] = None,
    batch: Annotated[Path | None, typer.Option(metavar="JSONL", help="成批提问：每行一个 id 和 question。")] = None,
    output: Annotated[Path | None, typer.Option(metavar="JSONL", help="成批回答写到这里。")] = None,
    as_json: JsonOption = False,
) -> None:
    """回答一个政府信息公开的问题，并给出条文依据。"""
    if batch is not None:
        if question is not None or output is None:
            raise InputError("成批提问请用：gongkai ask --batch 问题.jsonl --output 回答.jsonl。")
        _ask_batch(batch, output, as_of)
        return
    if question is None:
        raise InputError('请写下要问的事，例如：gongkai ask "收到申请后几天内要答复？"')
    from assistant.sessions import Session

    day = read_day(as_of)
    earlier = Session.open(session) if session else None
    assistant, asked = open_assistant(), earlier.questions if earlier else ()
    # Without a model the answer is there at once; a model is read along while it writes.
    drafted = assistant.talk_of_draft(question, asked)
    if drafted and not earlier:
        typer.echo("要一句一句接着说，请加 --session 名称；有填好的统计表，请用 gongkai draft 统计表。", err=True)
    follow = assistant.writes and not as_json and drafted is None
    answer = drafted or (_follow_answer if follow else _ask_once)(assistant, question, day, asked)
    if earlier:
        earlier.add(question)
    if as_json:
        print_json(answer.as_json())
    else:
        _print_answer(answer, day, written=follow)


def _ask_once(assistant: "Assistant", question: str, day: date, asked: Sequence[str]) -> "Answer":
    return assistant.ask(question, day, asked)


def _ask_batch(batch: Path, output: Path, as_of: str | None) -> None:
    rows = []
    if not batch.is_file():
        raise InputError(f"找不到文件 {batch}。")
    for number, line in enumerate(batch.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append((row["id"], str(row["question"]), row.get("history") or [], read_day(row.get("as_of", as_of))))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{batch.name} 第{number}行不是问题：每行应当是有 id 和 question 的 JSON。") from error
    from rich.console import Console
    from rich.progress import track

    assistant = open_assistant()
    part = output.with_name(output.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        for identity, question, history, day in track(rows, description="回答", console=Console(stderr=True)):
            answer = {"id": identity, **assistant.ask(question, day, history).as_json()}
            file.write(json.dumps(answer, ensure_ascii=False) + "\n")
    part.replace(output)


def _follow_answer(assistant: "Assistant", question: str, day: date, asked: Sequence[str]) -> "Answer":
    """Print the verified pieces of an answer as they come; return the answer."""
    answer = None
    for step in assistant.ask_stream(question, day, asked):
        sys.stdout.write(step.text.replace("**", ""))
        sys.stdout.flush()
        answer = step.answer or answer
    assert answer is not None
    sys.stdout.write("\n")
    return answer


def _print_answer(answer: "Answer", day: date, *, written: bool = False) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    # The few marks that an answer uses; rich's own Markdown would take a quarter of a second to start.
    for line in () if written else answer.answer.splitlines():
        # The terminal wraps: rich takes a Chinese sentence for one long word and breaks before it.
        text = escape(re.sub("^- ", "• ", line))
        console.print(re.sub(r"\*\*(.+?)\*\*", r"[bold]\1[/bold]", text), soft_wrap=True)
    console.print()
    for citation in answer.citations:
        state = "已失效" if citation.expired_on(day) else _STATUS[citation.status]
        kind = "原文" if citation.verbatim else "要点"
        title = f"{citation.document.removeprefix('中华人民共和国')}　{citation.document_number}".strip()
        console.print(f"[{citation.marker}] {title}　{citation.clause}　{kind}·{state}", style="dim", markup=False)


@app.command()
def search(
    words: Annotated[str, typer.Argument(metavar="词", help="要找的事。")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="几条。")] = 10,
    as_of: OnOption = None,
    as_json: JsonOption = False,
) -> None:
    """在资料库里查找条文。"""
    day = read_day(as_of)
    hits = open_assistant().search(words, day, k)
    rows = [hit.plain(rank) for rank, hit in enumerate(hits, start=1)]
    if as_json:
        print_json(rows)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("", "条文", "标题", "内容", show_lines=True)
    for hit, row in zip(hits, rows, strict=True):
        title = hit.article.source.title.removeprefix("中华人民共和国")
        part = hit.article.name if hit.article.number is not None else ""
        table.add_row(str(row["rank"]), f"《{title}》{part}", hit.article.heading, hit.article.text)
    Console().print(table if rows else "没有找到。请换个说法再查。")


@app.command()
def evaluate(
    questions: Annotated[
        list[Path] | None, typer.Option(metavar="文件", help="问题文件（.jsonl 或 .yaml），可以写几次。")
    ] = None,
    half: Annotated[str | None, typer.Option(metavar="名称", help="只用标为 tuning 或 reporting 的一半。")] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="文件", help="与之比较的结果（以前的 scores.json 或 evaluation.json）。")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="文件夹", help="把逐题的结果写到这里：evaluation.html、evaluation.json、scores.json。"),
    ] = None,
    as_of: OnOption = None,
    as_json: JsonOption = False,
) -> int:
    """用已知答案的问题衡量检索、回答和拒答；比基线下降超过抽样误差时，退出状态是 1。"""
    if not questions:
        raise InputError("请用 --questions 指定问题文件，例如：--questions tests/golden/questions.yaml。")
    from rich.console import Console
    from rich.progress import Progress

    from assistant.evaluation import load_questions
    from assistant.evaluation.comparison import load_run
    from assistant.evaluation.page import tell, write_run
    from assistant.evaluation.quality import measure_quality

    rows = [row for path in questions for row in load_questions(path, half)]
    if not rows:
        raise InputError(f"{'、'.join(path.name for path in questions)} 里没有可用的问题。")
    before = load_run(baseline) if baseline else None
    assistant = open_assistant()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("正在评测", total=len(rows))
        result = measure_quality(
            assistant, rows, read_day(as_of), before, lambda done, total: bar.update(task, completed=done)
        )
    files = write_run(result, output) if output else []
    if as_json:
        print_json({**result["measures"], **({"comparison": result["comparison"]} if before else {})})
    else:
        sys.stdout.write(tell(result))
        sys.stdout.writelines(f"{path}\n" for path in files)
    return 1 if before and result["comparison"]["fell"] else 0


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口。")] = 7860,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="不登录，只给一个人在本机用。")] = False,
    sign_in: Annotated[bool, typer.Option("--sign-in", help="在本机也要登录，例如前面有反向代理。")] = False,
) -> None:
    """打开网页；在本机且还没有账户时不用登录，其他情况都要登录。"""
    flags = ["--no-auth"] * no_auth + ["--sign-in"] * sign_in
    # The web side is a door of its own; this one only shows the way to it.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "ui", "--host", host, "--port", str(port), *flags])


@app.command()
def mcp() -> None:
    """给支持 MCP 的智能体程序用：ask、search、check、deadline、fee，由那个程序在标准输入输出上启动。"""
    from assistant.mcp import build_server

    build_server(open_assistant()).run("stdio")


# The corpus; the office: deadlines, fees, letters, the register; the annual report; keeping an installation.
add_corpus_commands(app)
add_office_commands(app)
add_report_commands(app)
add_upkeep_commands(app)


def main() -> None:
    """Run the command line; whatever is wrong becomes one Chinese line on standard error and status 2."""
    try:
        status = app(standalone_mode=False, prog_name="gongkai")
    except GongkaiError as error:
        # A name out of a file may hold line breaks; the message stays one line.
        sys.stderr.write(" ".join(error.told_at_the_shell().split()) + "\n")
        sys.exit(2)
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        where = f" {error.filename} " if error.filename else ""
        sys.stderr.write(f"文件{where}读写不成（{error.strerror}），请检查磁盘空间和权限后再试。\n")
        sys.exit(2)
    except TyperException as error:
        # Without any word the help has been shown, and nothing is wrong with what was said.
        if "NoArgs" not in type(error).__name__:
            sys.stderr.write(explain_usage(error) + "\n")
        sys.exit(2)
    except typer.Abort:
        sys.exit(130)
    sys.exit(status or 0)
