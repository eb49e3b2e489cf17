"""`gongkai people token`: the tokens by which other programs call the interface of the web app."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli_entries import JsonOption, print_json

if TYPE_CHECKING:
    from assistant.office.records import Records

token_app = typer.Typer(help="管理给其他系统用的接口令牌。")


def _open() -> "Records":
    from assistant.configured import open_records
    from assistant.settings import load_settings

    return open_records(load_settings())


def _now() -> datetime:
    return datetime.now().astimezone()


def _note(records: "Records", action: str, owner: str, label: str) -> None:
    from assistant.office.audit import Entry

    records.audit.note(Entry(_now(), "命令行", "people", {"操作": action, "用户": owner, "令牌": label}, "", ""))


@token_app.command("add")
def add(
    owner: Annotated[str, typer.Argument(metavar="用户名", help="令牌以哪个账户的名义使用。")],
    label: Annotated[str, typer.Option(metavar="用途", help="给哪个系统用。")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="多少天后失效；不写就一直有效。")] = None,
    may: Annotated[
        list[str] | None, typer.Option(metavar="权限", help="只许做什么，可以写几次，如 --may ask；不写就都可以。")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """建立令牌；令牌只显示这一次，库里只存它的摘要。"""
    records = _open()
    token, secret = records.tokens.make(owner, label, _now(), may or (), days)
    _note(records, "建立令牌", owner, token.label)
    if as_json:
        print_json({**token.plain(_now()), "token": secret})
        return
    until = f"{token.expires:%Y-%m-%d} 失效" if token.expires else "不会自动失效"
    typer.echo(f"已建立令牌 {token.id}（{owner}，{token.label}，{until}），只显示这一次：\n{secret}")


@token_app.command("list")
def list_tokens(as_json: JsonOption = False) -> None:
    """列出令牌：编号、账户、用途、权限、最近使用。"""
    from assistant.office.tokens import USES

    now, tokens = _now(), _open().tokens.list_tokens()
    if as_json:
        print_json([token.plain(now) for token in tokens])
        return
    for token in tokens:
        state = "在用" if token.serves(now) else "已撤销" if token.revoked else "已失效"
        may = "全部" if len(token.uses) == len(USES) else "、".join(USES[use] for use in token.uses if use in USES)
        used = f"最近使用 {token.used:%Y-%m-%d %H:%M}" if token.used else "还没有用过"
        typer.echo(f"{token.id}　{token.owner}　{token.label}　{may}　{state}　{used}")
    if not tokens:
        typer.echo("还没有令牌。用 gongkai people token add 用户名 --label 用途 建立。")


@token_app.command("revoke")
def revoke(identity: Annotated[str, typer.Argument(metavar="编号", help="token list 列出的编号。")]) -> None:
    """撤销令牌，立即生效。"""
    records = _open()
    token = records.tokens.revoke(identity, _now())
    _note(records, "撤销令牌", token.owner, token.label)
    typer.echo(f"令牌 {token.id}（{token.owner}，{token.label}）已撤销。")
