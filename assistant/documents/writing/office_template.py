"""Fills an office's own Word template; its placeholders are Jinja's, run in a sandbox."""

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.documents.writing.paper import Grid
from assistant.errors import InputError

if TYPE_CHECKING:
    from docx.document import Document

_MARK = "\ue000table:"


def fill_template(path: Path, values: Mapping[str, Any], grids: Mapping[str, Grid]) -> bytes:
    """Return the template with its placeholders filled.

    Args:
        path: a .docx with {{ name }}, {% for … %} (paragraphs: {%p … %}); names are the keys of `values`.
        grids: tables by name; a paragraph that is only {{ tables.NAME }} is replaced by that table.

    Raises:
        InputError: no .docx, an unknown name, a mistake in a placeholder.
    """
    from docx.opc.exceptions import PackageNotFoundError
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import SandboxedEnvironment

    if path.suffix.lower() != ".docx" or not path.is_file():
        raise InputError(f"模板 {path} 不是 .docx 文件，请在 Word 或 WPS 中另存为 .docx。")
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    marks = {name: f"{_MARK}{name}" for name in grids}
    try:
        template = DocxTemplate(str(path))
        template.render({**values, "tables": marks}, environment, autoescape=True)
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise InputError(f"模板 {path.name} 打不开，请在 Word 或 WPS 中另存为 .docx 再用。") from error
    except SecurityError as error:
        raise InputError(f"模板 {path.name} 中有不允许的写法，请只用 {{{{ 名称 }}}} 和循环。") from error
    except TemplateError as error:
        names = "、".join([*values, "tables"])
        unknown = re.search(r"'([^']*)' is undefined|no (?:attribute|element) '?([^']*)'?", error.message or "")
        problem = (
            f"没有“{unknown[1] or unknown[2]}”这个名称"
            if unknown
            else "花括号或者 for、endfor 没有写全、没有配对"
            if isinstance(error, TemplateSyntaxError)
            else error.message
        )
        raise InputError(f"模板 {path.name} 中的占位符有误：{problem}；可用的名称有 {names}。") from error
    _place_tables(template.docx, grids, path.name)
    content = BytesIO()
    template.docx.save(content)
    return content.getvalue()


def _place_tables(document: "Document", grids: Mapping[str, Grid], name: str) -> None:
    from assistant.documents.writing.word_styles import text_width
    from assistant.documents.writing.word_tables import make_table

    width = text_width(document.sections[0])
    for paragraph in document.paragraphs:
        text = paragraph.text.strip()
        if not text.startswith(_MARK):
            continue
        paragraph._p.addnext(make_table(grids[text.removeprefix(_MARK)], width))
        paragraph._p.getparent().remove(paragraph._p)
    if any(_MARK in (node.text or "") for node in document.element.body.iter() if isinstance(node.tag, str)):
        raise InputError(f"模板 {name} 中的 {{{{ tables.名称 }}}} 要单独成一段。")
