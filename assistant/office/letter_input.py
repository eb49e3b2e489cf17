"""Where the fields of a letter come from: a YAML file, the register, and the office's own standing entries."""

from pathlib import Path
from typing import Any

import yaml

from assistant.errors import LetterError
from assistant.office.ledger_records import RequestRecord
from assistant.office.letter_kinds import LetterKind

_OFFICE_FIELDS = (
    "agency",
    "agency_kind",
    "government",
    "superior",
    "seat_government",
    "review_channel",
    "court",
    "contact",
)
_TEMPLATE = "letter_template"


def read_data(path: Path) -> dict[str, Any]:
    """Return the fields that `path` (YAML) fills in.

    Raises:
        LetterError: there is no such file, or it is no list of 「名称: 内容」.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LetterError(f"没有文件 {path}，请核对；用 gongkai letter 种类 --example 可以得到样例。") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LetterError(f"{path.name} 不能读取，请确认是 UTF-8 编码的文本文件。") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第{mark.line + 1}行附近" if mark else ""
        raise LetterError(f"{path.name} {line}不是正确的 YAML，请检查冒号和缩进。") from error
    except ValueError as error:  # a date that does not exist, which YAML itself makes a date of
        raise LetterError(f"{path.name} 里有不存在的日期，请核对年、月、日。") from error
    if data is None:
        raise LetterError(f"{path.name} 是空的；用 gongkai letter 种类 --example 可以得到样例。")
    if not isinstance(data, dict):
        raise LetterError(f"{path.name} 应当一行一个“栏目: 内容”。")
    return {str(key): value for key, value in data.items()}


def office_fields(folder: Path) -> dict[str, Any]:
    """Return what `office.yaml` in the data folder says of the office itself; {} where there is none.

    Raises:
        LetterError: it names a field that is not the office's own.
    """
    return {key: value for key, value in _read_office(folder).items() if key != _TEMPLATE}


def office_template(folder: Path) -> Path | None:
    """Return the letter template that `office.yaml` names (a file beside it, or a whole path), None for none.

    Raises:
        LetterError: there is no such file.
    """
    name = _read_office(folder).get(_TEMPLATE)
    if name is None:
        return None
    path = folder / str(name)
    if not path.is_file():
        raise LetterError(f"office.yaml 写的文书模板 {path} 不存在；请放到那里，或者改正 {_TEMPLATE} 一行。")
    return path


def _read_office(folder: Path) -> dict[str, Any]:
    path = folder / "office.yaml"
    data = read_data(path) if path.is_file() else {}
    known = (*_OFFICE_FIELDS, _TEMPLATE)
    if unknown := sorted(set(data) - set(known)):
        raise LetterError(f"office.yaml 不能写 {'、'.join(unknown)}；可以写的有 {'、'.join(known)}。")
    return data


def fields_of_request(record: RequestRecord, kind: LetterKind) -> dict[str, Any]:
    """Return the fields of a letter of `kind` that the register knows; what it does not know is left out."""
    known = {
        "applicant": record.applicant,
        "applicant_kind": record.applicant_kind,
        "received": record.received,
        "channel": record.channel,
        "request": record.asked,
        "request_number": record.number,
        "corrected": record.corrected,
        "extended": record.extended_on is not None,
        "pauses": [{"from": item.first, "until": item.until} for item in record.consultations if item.until],
        "notified": record.correction_notified,
        "correction_deadline": record.correction_deadline,
        "fee_notice_received": record.fee_notice_received,
        "closed": record.closed,
    }
    return {key: value for key, value in known.items() if key in kind.fields and value not in (None, [])}


def example_fields(kind: LetterKind) -> str:
    """Return a filled example as YAML: required and own fields first, the others commented out, each with its label."""
    lines = [f"# {kind.name}：改成实际内容，再用 gongkai letter {kind.key} --data 这个文件 --output 文书.docx"]
    remedy = ("agency_kind", "government") if kind.remedy else ()
    optional = []
    for key, field in kind.fields.items():
        if field.example is None:
            continue
        text = yaml.safe_dump({key: field.example}, allow_unicode=True, sort_keys=False, width=1000).rstrip()
        choices = f"（{'、'.join(f'{k} {n}' for k, n in field.options.items())}）" if field.options else ""
        if field.required or key in kind.own or key in remedy:
            lines += [f"# {field.label}{choices}", text]
        else:
            optional += [f"# {field.label}{choices}", *(f"# {line}" for line in text.splitlines())]
    return "\n".join([*lines, "# 以下可以不写", *optional]) + "\n"
