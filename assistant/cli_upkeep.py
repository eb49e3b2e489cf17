"""`gongkai backup`, `restore`, `move-database`, `doctor`: keeping an installation."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli_entries import ForceOption, JsonOption, print_json

FileArgument = Annotated[Path, typer.Argument(metavar="文件", help="备份文件，如 备份-2026-11-22.gongkai。")]


def add_upkeep_commands(app: typer.Typer) -> None:
    """Register the commands on the command line's application."""
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("move-database")(move_database)
    app.command("doctor")(doctor)


def backup(
    file: FileArgument,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="连同检索索引；不带的小得多，恢复以后第一次启动时重建。")
    ] = True,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """把数据目录备份成一个文件，带校验值；网页开着也可以做。"""
    from assistant.settings import load_settings
    from assistant.upkeep.backup import make_backup
    from assistant.upkeep.versions import bring_up

    settings = load_settings()
    bring_up(settings)
    made = make_backup(
        settings.data_folder, file, datetime.now().astimezone(), index=index and not settings.store_place, force=force
    )
    elsewhere = "账户、会话、台账在 GONGKAI_DATABASE_URL 指定的数据库里，没有包括，请用那个数据库自己的工具备份。"
    notes = [elsewhere] if settings.database_url else []
    if as_json:
        told = {"file": str(file), "made": made.made, "files": len(made.files), "bytes": file.stat().st_size}
        print_json(told | {"notes": notes})
        return
    typer.echo(
        f"已备份到 {file}（{len(made.files)} 个文件，{file.stat().st_size / 1e6:.1f} MB）。里面有个人信息，请妥善保管。"
    )
    for note in notes:
        typer.echo(note)


def move_database(as_json: JsonOption = False) -> None:
    """把数据目录里的账户、会话、审计、台账搬到 GONGKAI_DATABASE_URL 的空数据库；先停网页。"""
    from assistant.errors import SettingsError
    from assistant.office.moving import move_to
    from assistant.settings import load_settings
    from assistant.upkeep.data_folder import serving

    settings = load_settings()
    if not settings.database_url:
        raise SettingsError("请先设置 GONGKAI_DATABASE_URL，如 postgresql://用户:密码@127.0.0.1/gongkai。")
    with serving(settings.data_folder):
        moved = move_to(settings.database_url, settings.data_folder)
    if as_json:
        print_json(moved)
    else:
        told = "、".join(f"{name}（{count} 行）" for name, count in moved.items())
        typer.echo(f"已搬到数据库：{told}；原来的文件改名为 .moved，核对以后请删除。")


def restore(file: FileArgument, force: ForceOption = False, as_json: JsonOption = False) -> None:
    """用备份恢复数据目录：先逐个文件核对校验值，全部相符才换；原来的数据放在 replaced 文件夹。"""
    from assistant.settings import load_settings
    from assistant.upkeep.restoring import restore_backup
    from assistant.upkeep.versions import bring_up

    settings = load_settings()
    backup, aside = restore_backup(file, settings.data_folder, datetime.now().astimezone(), force=force)
    kept = bring_up(settings)
    if as_json:
        told = {"made": backup.made, "files": len(backup.files), "replaced": str(aside) if aside else None}
        print_json(told | {"upgraded_from": backup.data_version if kept else None})
        return
    typer.echo(f"已恢复 {backup.made} 的备份（{len(backup.files)} 个文件）。")
    if aside:
        typer.echo(f"原来的数据在 {aside}；确认不用以后可以删除。")
    if kept:
        typer.echo(f"备份来自以前的版本，已经升级；升级前的备份在 {kept}。")


def doctor(
    accept_rows: Annotated[
        bool,
        typer.Option(
            "--accept-rows", help="先把与写入时不同的数据行当作对的（逐行核对过以后用；记入审计）；先停网页。"
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """检查这套安装：设置了什么，缺什么，该怎么办；有问题时退出状态是 1。"""
    from assistant.settings import load_settings
    from assistant.upkeep.doctor import BAD, accept_changed_rows, examine

    settings, found = load_settings(), []
    if accept_rows:
        for name, rows in accept_changed_rows(settings).items():
            typer.echo(f"{name}：已把 {'、'.join(rows)} 现在的内容当作对的。", err=True)
    for finding in examine(settings, datetime.now().astimezone().date()):
        found.append(finding)
        if not as_json:
            typer.echo(f"{finding.state}　{finding.name}：{finding.message}")
            if finding.remedy:
                typer.echo(f"　　→ {finding.remedy}")
    if as_json:
        print_json([finding.plain() for finding in found])
    raise typer.Exit(1 if any(finding.state == BAD for finding in found) else 0)
