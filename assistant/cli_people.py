"""`gongkai people`: the accounts of those who sign in to the web app."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli_entries import JsonOption, print_json
from assistant.cli_tokens import token_app

if TYPE_CHECKING:
    from assistant.office.people import People
    from assistant.office.records import Records

people_app = typer.Typer(help="管理网页的账户和接口令牌。")
people_app.add_typer(token_app, name="token")
NameArgument = Annotated[str, typer.Argument(metavar="用户名", help="登录用的名字。")]
RoleOption = Annotated[str, typer.Option(metavar="角色", help="经办、审核或者管理员。")]


def _open() -> "Records":
    from assistant.configured import open_records
    from assistant.settings import load_settings

    return open_records(load_settings())


def _people() -> "People":
    return _open().people


def _say(action: str, name: str, line: str) -> None:
    from assistant.office.audit import Entry

    _open().audit.note(Entry(datetime.now().astimezone(), "命令行", "people", {"操作": action, "用户": name}, "", ""))
    typer.echo(line)


@people_app.command("add")
def add(name: NameArgument, role: RoleOption = "经办") -> None:
    """建立账户，给出一次性密码。"""
    password = _people().add_person(name, role, datetime.now().astimezone())
    _say("建立", name, f"已建立{role}账户 {name}，一次性密码 {password}（只显示这一次，首次登录时修改）。")


@people_app.command("list")
def list_people(as_json: JsonOption = False) -> None:
    """列出账户。"""
    people = _people().list_people()
    if as_json:
        print_json([{"name": p.name, "role": p.role, "active": p.active, "must_change": p.must_change} for p in people])
        return
    for person in people:
        state = "停用" if not person.active else "一次性密码还没有换" if person.must_change else ""
        typer.echo(f"{person.name}　{person.role}　{state}".rstrip("　"))
    if not people:
        typer.echo("还没有账户。用 gongkai people add 用户名 --role 管理员 建立第一个。")


@people_app.command("role")
def role(
    name: NameArgument, role: Annotated[str, typer.Argument(metavar="角色", help="经办、审核或者管理员。")]
) -> None:
    """换一个角色。"""
    _people().change_role(name, role)
    _say(f"改为{role}", name, f"{name} 现在是{role}。")


@people_app.command("reset")
def reset(name: NameArgument) -> None:
    """重置密码，给出新的一次性密码。"""
    password = _people().reset_password(name)
    _say("重置密码", name, f"{name} 的一次性密码 {password}（只显示这一次，登录时修改）。")


@people_app.command("close")
def close(name: NameArgument) -> None:
    """停用账户；做过的事仍留在审计里。"""
    _people().close_account(name)
    _say("停用", name, f"{name} 已停用。")


@people_app.command("reopen")
def reopen(name: NameArgument) -> None:
    """恢复停用的账户。"""
    _people().reopen_account(name)
    _say("恢复", name, f"{name} 已恢复。")
