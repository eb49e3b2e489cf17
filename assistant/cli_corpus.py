"""The commands of the corpus: `corpus add`, `list`, `remove`, `rebuild`, `migrate`, `status`, `log`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli_entries import JsonOption, print_json, read_optional_day, today
from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.holdings import Holdings
    from assistant.ingest import Outcome, Steps

_KINDS = {"digest": "要点", "verbatim": "原文", "report": "年报"}
_STATES = {"added": "已添加", "changed": "已更新", "unchanged": "没有变化", "refused": "没有添加"}


def add_corpus_commands(app: typer.Typer) -> None:
    """Register the commands on the command line's application."""
    corpus = typer.Typer(help="资料库：添加、查看、删除本单位的文件，重建索引。")
    corpus.command("add")(add)
    corpus.command("list")(list_texts)
    corpus.command("remove")(remove)
    corpus.command("rebuild")(rebuild)
    corpus.command("migrate")(migrate)
    corpus.command("status")(status)
    corpus.command("log")(log)
    app.add_typer(corpus, name="corpus")


@contextmanager
def _progress() -> "Iterator[Steps]":
    """Yield what shows a bar, with the time left, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    # Outside a terminal nothing moves, and an empty bar would leave a blank line before the message.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def step(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = bar.add_task(doing, total=total)
            bar.update(tasks[doing], completed=done, total=total)

        yield step


def _holdings() -> "Holdings":
    from assistant.holdings import open_holdings
    from assistant.settings import load_settings

    return open_holdings(load_settings())


def add(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="文件或文件夹", help="docx、pdf、html、xlsx、md、txt、图片，或整个文件夹。"),
    ] = None,
    title: Annotated[str, typer.Option(help="标题；不给就从正文里找，下同。")] = "",
    number: Annotated[str, typer.Option(help="文号。")] = "",
    issuer: Annotated[str, typer.Option(help="发文机关。")] = "",
    in_force_from: Annotated[str | None, typer.Option(metavar="日期", help="施行日期，如 2024-01-01。")] = None,
    in_force_until: Annotated[str | None, typer.Option(metavar="日期", help="有效的最后一天。")] = None,
    level: Annotated[
        str, typer.Option(metavar="类别", help="添加年报时，看不出的机关类别：部门、政府，或者乡镇、街道。")
    ] = "",
    law: Annotated[
        list[str] | None,
        typer.Option(metavar="名称", help="随程序附带的法律全文库里的法律，可以多次；「全部」为所有现行法律。"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同名同版本的文件内容大不相同时，也替换。")] = False,
    as_json: JsonOption = False,
) -> None:
    """添加官方文本、本地规定、以往年报；回答从此引用原文。"""
    from assistant.ingest import plain_outcomes
    from assistant.report.tables import read_level
    from assistant.sources.intake import Told

    told = Told(
        title,
        number,
        issuer,
        read_optional_day(in_force_from, "施行日期"),
        read_optional_day(in_force_until, "失效日期"),
        read_level(level),
    )
    if bool(paths) == bool(law):
        raise InputError(
            "请写明要添加的文件或文件夹，例如：gongkai corpus add 条例.docx；法律全文库里的用 --law 名称。"
        )
    if told != Told() and (law or len(paths or []) != 1 or (paths or [Path()])[0].is_dir()):
        raise InputError("标题、文号、日期只能给一份文件填写，请一次添加一份。")
    holdings = _holdings()
    with _progress() as steps:
        if law:
            outcomes = holdings.add_laws([] if "全部" in law else law, today(), steps)
        else:
            outcomes = holdings.add(paths or [], told, today(), steps, sure=yes)
    if not outcomes:
        raise InputError("没有找到可以添加的文件；支持 docx、pdf、html、xlsx、md、txt 和图片。")
    if as_json:
        print_json(plain_outcomes(outcomes))
    else:
        sys.stdout.write(_tell(outcomes))
    if as_json or all(outcome.state == "refused" for outcome in outcomes):
        sys.stderr.write("".join(f"{o.file}：{o.remark}\n" for o in outcomes if o.state == "refused"))
    if all(outcome.state == "refused" for outcome in outcomes):
        raise typer.Exit(2)


def _tell(outcomes: "list[Outcome]") -> str:
    lines = []
    for outcome in outcomes:
        if outcome.state == "refused":
            if any(other.state != "refused" for other in outcomes):
                lines.append(f"没有添加　{outcome.file}：{outcome.remark}")
            continue
        held = f"年报，{outcome.figures}个数" if outcome.figures else f"{outcome.articles}条"
        lines.append(f"{_STATES[outcome.state]}　{outcome.id}　{held}　（{outcome.file}）")
        if outcome.remark:
            lines.append(f"　　请核对：{outcome.remark}")
    counts = [(name, sum(o.state == state for o in outcomes)) for state, name in _STATES.items()]
    lines.append("，".join(f"{name}{count}份" for name, count in counts if count) + "。")
    return "\n".join(lines) + "\n"


def list_texts(
    kind: Annotated[str | None, typer.Option(metavar="类别", help=f"只列一类：{'、'.join(_KINDS.values())}。")] = None,
    as_json: JsonOption = False,
) -> None:
    """列出全部文件：名称、内容、效力、条数、编号。"""
    from assistant.inventory import list_documents
    from assistant.settings import load_settings

    if kind is not None and kind not in (*_KINDS, *_KINDS.values()):
        raise InputError(f"没有“{kind}”这一类，可用的有{'、'.join(_KINDS.values())}。")
    rows = list_documents(load_settings(), today())
    # A digest whose official wording is held is both.
    shown = [row for row in rows if kind is None or kind in _names_of_kind(row)]
    if as_json:
        print_json(shown)
    elif shown:
        _print_documents(shown)
    else:
        sys.stdout.write("这一类还没有文件；用 gongkai corpus add 添加。\n")


def _names_of_kind(row: dict[str, Any]) -> set[str]:
    kinds = {row["kind"], "verbatim"} if row["wording"] else {row["kind"]}
    return kinds | {_KINDS[kind] for kind in kinds}


def _print_documents(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from assistant.sources.titles import plain_title

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("名称和编号", ratio=1, overflow="fold")
    for heading in ("内容", "效力"):
        table.add_column(heading, no_wrap=True)
    table.add_column("条数", justify="right", no_wrap=True)
    for row in rows:
        kind = "要点＋原文" if row["wording"] else _KINDS[row["kind"]]
        # What `remove` takes: the id of the text that is held, not of the digest it belongs to.
        name = f"{escape(plain_title(row['title']))}\n[dim]{escape(row['wording'] or row['id'])}[/dim]"
        table.add_row(name, kind, _force(row), str(row["articles"]))
    Console(highlight=False).print(table)


def _force(row: dict[str, Any]) -> str:
    if row["in_force"]:
        if row["in_force_from"]:
            return f"{row['in_force_from']} 起"
        return "有效" if row["kind"] == "report" else "施行日不明"
    until = row["in_force_until"]
    if until and until < today().isoformat():
        return f"{until} 失效"
    return f"{row['in_force_from']} 起（未到）" if row["in_force_from"] else "还没有施行"


def remove(
    name: Annotated[str, typer.Argument(metavar="编号", help="gongkai corpus list 列出的编号。")],
    as_json: JsonOption = False,
) -> None:
    """删除一份添加的文件：正文、词语索引、向量都删干净。"""
    holdings = _holdings()
    with _progress() as steps:
        gone = holdings.remove(name, today(), steps)
    if as_json:
        print_json({"removed": gone.id, "title": gone.title, "file": gone.file, "articles": gone.articles})
    else:
        held = f"{gone.articles}条" if gone.articles else "年报"
        sys.stdout.write(f"已删除 {gone.id}（{held}）。\n")


def rebuild(as_json: JsonOption = False) -> None:
    """重新建立索引；完成之前旧索引照常使用。"""
    from assistant.building import rebuild_index
    from assistant.inventory import read_status
    from assistant.settings import load_settings

    settings = load_settings()
    with _progress() as steps:
        rebuild_index(settings, today(), steps)
    found = read_status(settings, today())
    if as_json:
        print_json(found)
    else:
        sys.stdout.write(
            "索引已重建：{articles} 条，{vectors} 个向量；本单位文件 {added[texts]} 份。\n".format(**found)
        )


def migrate(
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="地址", help="原来的地方要密码时，它的完整地址；Milvus 的以 milvus: 开头。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """把索引搬到设置所写的地方（数据目录、Chroma 服务器、Milvus），向量不重新计算，逐个核对以后才换。"""
    from assistant.retrieval.moving import move
    from assistant.settings import load_settings

    settings = load_settings()
    with _progress() as steps:
        moved = move(settings.data_folder, settings.store_place, steps, source)
    place = (settings.store_place or "").removeprefix("milvus:").rpartition("@")[2] or "本机的数据目录"
    if as_json:
        print_json({"to": place, "shipped": moved.shipped, "added": moved.library})
    elif moved.shipped + moved.library:
        told = f"{moved.shipped} 个法规向量、{moved.library} 个添加的向量已搬到{place}，逐个核对一致；原来的已经删除。"
        sys.stdout.write(f"{told}正在运行的网页请重新启动。\n")
    else:
        sys.stdout.write(f"索引已经在{place}，没有要搬的。\n")


def status(as_json: JsonOption = False) -> None:
    """资料库的现状：有多少法规、条文、问句，由哪个模型建立，哪些已失效。"""
    from assistant.inventory import read_status
    from assistant.settings import load_settings

    found = read_status(load_settings(), today())
    if as_json:
        print_json(found)
        return
    _print_documents(found["documents"])
    sys.stdout.write(
        "{sources} 个要点文件，{articles} 条，{paragraphs} 段，{questions} 个问句，{vectors} 个向量；"
        "添加的文本 {added[texts]} 份，{added[articles]} 条，其中 {added[waiting]} 条还没有向量；"
        "模型 {embedder}；{built_on} 建立，占 {megabytes} MB。\n".format(**found)
    )
    if found["added"]["waiting"]:
        sys.stdout.write("还没有向量的条文只按词语查找；运行 gongkai corpus rebuild 补齐。\n")


def log(as_json: JsonOption = False) -> None:
    """添加、更新、删除的记录，连同每份文件的 SHA-256。"""
    holdings = _holdings()
    rows = holdings.changes()
    if as_json:
        print_json(rows)
        return
    names = {"added": "添加", "replaced": "更新", "removed": "删除"}
    for row in rows:
        before = f"，原文件 {row['sha256_before'][:12]}" if row["sha256_before"] else ""
        sys.stdout.write(
            f"{row['day']}　{names[row['action']]}　{row['text_id']}　{row['file']} {row['sha256'][:12]}{before}"
            f"{'　' + row['remark'] if row['remark'] else ''}\n"
        )
    if not rows:
        sys.stdout.write("还没有添加过文件。\n")
