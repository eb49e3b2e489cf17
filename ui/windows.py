"""What the server keeps of each open window: little, for the server runs for a year and windows are opened all day."""

from copy import copy
from types import SimpleNamespace
from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.blocks import Block
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.routing import Mount


class Window(SessionState):
    """What one window has changed of the page.

    Gradio 6 describes the whole page for every window besides, and describes each part again whenever it changes, for
    links that lead to a page as it stood. We have none, and it is most of the time and the memory of a window: 20 ms
    and 360 kB.
    """

    def __init__(self, page: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=copy(page.default_config), blocks={}))  # type: ignore[arg-type]

    def __setitem__(self, key: int, value: Any) -> None:  # noqa: ANN401  (a component, or the value of a state)
        """Keep a part as it is now, or the value of a state."""
        if isinstance(value, Block):
            self.blocks_config.blocks[key] = value
        else:
            super().__setitem__(key, value)

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:  # noqa: ANN401
        pass


class Windows(StateHolder):
    """The open windows of a page."""

    def __getitem__(self, session_id: str) -> SessionState:
        """Return what is kept of a window, from now on where nothing was."""
        if session_id not in self.session_data:
            self.session_data[session_id] = Window(self.blocks)
        return super().__getitem__(session_id)


def keep_little(site: FastAPI) -> None:
    """Let the page that is mounted in `site` keep no more of a window than `Window` does."""
    [app] = [route.app for route in site.routes if isinstance(route, Mount) and isinstance(route.app, App)]
    app.state_holder = Windows()  # type: ignore[no-untyped-call]
    app.state_holder.set_blocks(app.get_blocks())
