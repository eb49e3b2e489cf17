"""What the tabs of the office's tools share: result boxes, a file to download, the office's own day."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from html import escape
from typing import Any

import gradio as gr

from assistant.errors import InputError


def office_day() -> date:
    """Return the office's own day."""
    return datetime.now().astimezone().date()


def show_lines(lines: Sequence[str]) -> str:
    """Return `lines` as HTML, the first one standing out, every text escaped."""
    first, *others = (escape(line) for line in lines)
    rest = "".join(f'<p style="margin:4px 0">{line}</p>' for line in others)
    return f'<div class="source" role="status" style="line-height:1.8"><p><b>{first}</b></p>{rest}</div>'


def show_error(error: InputError) -> str:
    """Return the Chinese line of `error` as HTML."""
    style = "border:1px solid #b3261e;border-left-width:5px;border-radius:4px;padding:12px 16px;line-height:1.8"
    return f'<div role="alert" style="{style}"><b>请核对：</b>{escape(str(error))}</div>'


def show_empty(text: str) -> str:
    """Return what a result area says before there is a result."""
    return f'<div class="sources-empty">{escape(text)}</div>'


def offer_file(path: str | None) -> dict[str, Any]:
    """Return the update of a download button: `path` to download, or the button hidden."""
    update: dict[str, Any] = gr.update(value=path, visible=path is not None)
    return update


def download_on_click(button: gr.Button, make: Callable[..., Any], inputs: Any, elem_id: str) -> None:  # noqa: ANN401
    """Let `button` write a file, by `make` from `inputs`, and have the browser take it: one click does both.

    A DownloadButton alone would hand over what was there before the click.
    """
    made = gr.DownloadButton(button.value, visible="hidden", elem_id=elem_id)
    take = f"() => {{ setTimeout(() => document.getElementById('{elem_id}').click(), 200); }}"
    button.click(make, inputs, made, api_visibility="private", concurrency_limit=None).success(
        None, None, None, js=take, api_visibility="private"
    )
