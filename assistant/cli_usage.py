"""What is wrong with a call of the command line, in one Chinese line: typer says it in English.

Typer keeps its classes of usage errors in a private module, so they are told apart by what they carry; only where
they carry nothing is their sentence read.
"""

import re
import sys
from typing import Any

from typer.exceptions import TyperException

_COMMAND = re.compile(r"No such command '(?P<name>.*?)'\.(?: Did you mean (?P<near>.*)\?)?$", re.DOTALL)
_EXTRA = re.compile(r"Got unexpected extra argument\(s\) \((?P<extra>.*)\)$", re.DOTALL)
_QUOTED = re.compile(r"'([^']+)'")
# What pydantic names a value that is not of the option's type.
_LIMITS = {
    "greater_than_equal": ("ge", "不能小于"),
    "greater_than": ("gt", "要大于"),
    "less_than_equal": ("le", "不能大于"),
    "less_than": ("lt", "要小于"),
}


def explain_usage(error: TyperException) -> str:
    """Return one Chinese line: what is wrong with the call, and where its writing is explained."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else _called()
    return f"命令写法不对：{' '.join(_fault(error, context).split())}；请用 {command} --help 查看写法。"


def _fault(error: TyperException, context: Any) -> str:  # noqa: ANN401  (typer's context is private to it)
    message = error.format_message()
    option = getattr(error, "option_name", None)
    if hasattr(error, "possibilities"):
        near = f"，是不是 {'、'.join(sorted(error.possibilities))}" if error.possibilities else ""
        return f"没有 {option} 这个选项{near}"
    if option is not None:
        return f"{option} 后面不写内容" if "does not take" in message else f"{option} 后面要写内容"
    if (parameter := getattr(error, "param", None)) is not None:
        return _fault_of_value(error, parameter)
    if found := _COMMAND.match(message):
        near = f"，是不是 {'、'.join(_QUOTED.findall(found['near']))}" if found["near"] else ""
        return f"没有 {found['name']} 这个命令{near}"
    if found := _EXTRA.match(message):
        return f"多写了“{found['extra']}”"
    if message.startswith("Missing command"):
        return f"后面要写明做什么，可用的有 {'、'.join(context.command.list_commands(context))}"
    return "有写错的地方"


def _fault_of_value(error: TyperException, parameter: Any) -> str:  # noqa: ANN401
    written = parameter.param_type_name == "argument"
    name = f"“{parameter.metavar or parameter.name}”" if written else max(parameter.opts, key=len)
    if hasattr(error, "param_type"):
        meaning = (getattr(parameter, "help", None) or "").rstrip("。；")
        name = f"{name}（{meaning}）" if meaning else name
        return f"缺少{name if written else f' {name}'}"
    cause = error.__cause__
    told = cause.errors()[0] if cause is not None and hasattr(cause, "errors") else {}
    value = f"“{told['input']}”" if "input" in told else "所写的"
    if (kind := told.get("type", "")) in _LIMITS:
        key, words = _LIMITS[kind]
        return f"{name} 的{value}不行，{words}{told['ctx'][key]}"
    if kind.startswith("int"):
        return f"{name} 的{value}不是整数"
    if kind.startswith(("float", "decimal")):
        return f"{name} 的{value}不是数"
    return f"{name} 的{value}不行"


def _called() -> str:
    """The command as it was called, up to the first option or value: a wrong option does not know its command."""
    words = [word for word in sys.argv[1:3] if re.fullmatch(r"[a-z][a-z-]*", word)]
    return " ".join(["gongkai", *words[:1]])
