"""Every wrong writing of every command is one Chinese line and status 2."""

import re
import sys

import pytest
import typer

from assistant.cli import app, main


@pytest.fixture
def wrong(monkeypatch, capsys, tmp_path):
    """Call `gongkai …` wrongly in an empty folder; return its one line."""
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["gongkai", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        assert (stop.value.code, out, err.count("\n")) == (2, "", 1), (arguments, out, err)
        return err.strip()

    return call


def commands(command, path=()):
    """Every command below `command` with its path; groups too."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


TREE = list(commands(typer.main.get_command(app)))
LEAVES = [(path, command) for path, command in TREE if not hasattr(command, "commands")]
GROUPS = [path for path, command in TREE if hasattr(command, "commands") and path]


def in_chinese(line, arguments):
    """Hold that the line has no English word but names of commands and options and what was written."""
    allowed = {"gongkai", "help", "json", "yaml", "xlsx", "docx", "pdf", "jsonl", "md", "txt", "sqlite", "html"}
    allowed |= set(re.findall(r"[A-Za-z]+", " ".join(arguments)))
    allowed |= {word for path, _ in TREE for name in path for word in name.split("-")}
    written = re.sub(r"(?<![\w-])--?[a-z][a-z-]*", "", line)
    assert set(re.findall(r"[A-Za-z]{2,}", written)) <= allowed, line
    assert line.startswith("命令写法不对：")
    assert "--help 查看写法" in line
    assert "有写错的地方" not in line


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_each_command_says_in_chinese_what_is_written_wrong(wrong, path, command):
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    places = [p for p in command.params if p.param_type_name == "argument"]
    values = ["x" for place in places if place.required]
    values += [v for option in options if option.required for v in (option.opts[0], "x")]
    calls = [(*path, "--colour", "red")]
    calls += [(*path, option.opts[0]) for option in options if not option.is_flag]
    calls += [(*path, f"{option.opts[0]}=3") for option in options if option.is_flag and option.opts[0][:2] == "--"]
    if values:
        calls.append(path)
    if all(place.nargs == 1 for place in places):
        calls.append((*path, *["x"] * len(places), "还有"))
    for call in calls:
        in_chinese(wrong(*call), call)


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_a_group_without_a_command_names_its_commands(wrong, path):
    line = wrong(*path)
    in_chinese(line, path)
    assert all(name in line for below, _ in TREE if below[: len(path)] == path for name in below[len(path) :][:1])
    in_chinese(wrong(*path, "nonsense"), (*path, "nonsense"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fee", "--request", "3"], "没有 --request 这个选项，是不是 --requests"),
        (["fee", "3"], "多写了“3”"),
        (["fee", "--json=3"], "--json 后面不写内容"),
        (["fee", "--requests"], "--requests 后面要写内容"),
        (["ledger", "showw"], "没有 showw 这个命令，是不是 show"),
        (["ledger", "show"], "缺少“登记编号”"),
        (["ledger", "list", "--year", "二〇二六"], "--year 的“二〇二六”不是整数"),
        (["ledger", "list", "--year", "3.5"], "--year 的“3.5”不是整数"),
        (["search", "期限", "-k", "0"], "-k 的“0”不行，不能小于1"),
        (["serve", "--port", "99999"], "--port 的“99999”不行，不能大于65535"),
        (["statistics", "template"], "缺少 --output"),
    ],
)
def test_the_line_names_what_is_wrong(wrong, arguments, says):
    assert says in wrong(*arguments)
