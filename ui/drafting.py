"""The tab 年报: the place in the page where its own script (ui/wizard) builds the wizard."""

import gradio as gr

from ui.draft_routes import PLACE

# A module runs once the page is there, and finds its place whenever the tab is built. The styles are linked, as
# Gradio rewrites those that it is given and breaks selectors with commas in brackets.
HEAD = (
    f'<link rel="stylesheet" href="{PLACE}/wizard/wizard.css">'
    f'<script type="module" src="{PLACE}/wizard/desk.js"></script>'
)


def build_tab() -> None:
    """Put the tab's place into the page that is being built."""
    gr.HTML('<div id="draft-desk"></div>', elem_id="draft")
