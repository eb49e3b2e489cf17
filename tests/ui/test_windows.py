"""What a window costs: parts that are left alone cost nothing and stay, and little is kept of each window."""

import asyncio
from copy import deepcopy

import gradio as gr
import pytest
from starlette.routing import Mount

from tests.conftest import apart
from ui.page import Page
from ui.site import build_site
from ui.windows import Window, Windows


@pytest.fixture(scope="module")
def page():
    with Page() as page:
        parts = [gr.Textbox("a"), gr.HTML("<p>b</p>"), gr.Chatbot(), gr.Accordion("c", visible=False)]
        parts[0].change(lambda text: text, parts[0], parts)
        parts[0].submit(lambda text: text, parts[0], parts[1])
    return page


def sent(page, number, predictions, window, way=Page.postprocess_data):
    # Gradio takes the value out of an update that it is given.
    return apart(asyncio.run, way(page, list(page.fns.values())[number], deepcopy(predictions), window))


@pytest.mark.parametrize(
    "predictions",
    [
        (gr.skip(), gr.skip(), gr.skip(), gr.skip()),
        ("x", gr.skip(), [{"role": "user", "content": "问"}], gr.update(visible=True)),
        (None, "", gr.update(value=[], feedback_value=["有用"]), gr.skip()),
    ],
)
def test_a_page_sends_what_gradio_sends(page, predictions):
    # Of a part that is left alone Gradio says this; of a `gr.HTML`, as properties of its template, once more.
    nothing = (gr.skip(), {"__type__": "update", "props": gr.skip()})
    expected = sent(page, 0, predictions, Window(page), gr.Blocks.postprocess_data)
    assert sent(page, 0, predictions, Window(page)) == [gr.skip() if one in nothing else one for one in expected]


def test_an_event_with_one_output_sends_what_gradio_sends(page):
    for value in ("<b>x</b>", gr.update(visible=False)):
        assert sent(page, 1, value, Window(page)) == sent(page, 1, value, Window(page), gr.Blocks.postprocess_data)


def test_a_part_that_is_left_alone_is_not_made_anew(page):
    window = Window(page)
    held = dict(window.blocks_config.blocks)
    sent(page, 0, (gr.skip(),) * 4, window)
    assert all(window.blocks_config.blocks[key] is held[key] for key in held)


def test_what_one_window_changes_another_does_not_see(page):
    one, other = Window(page), Window(page)
    key = next(iter(page.fns.values())).outputs[3]._id
    sent(page, 0, ("x", gr.skip(), [], gr.update(visible=True)), one)
    assert one[key].visible is True
    assert other[key].visible is False
    assert not one.config_values


def test_the_site_keeps_little_of_its_windows(assistant):
    [app] = [route.app for route in build_site(assistant).routes if isinstance(route, Mount) and route.path == ""]
    assert isinstance(app.state_holder, Windows)
    assert app.get_blocks().state_holder is app.state_holder
    window = app.state_holder["one"]
    assert isinstance(window, Window)
    assert app.state_holder["one"] is window
    assert not window.config_values
