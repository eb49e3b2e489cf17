"""Writes a paper as a web page: one file, no script, nothing loaded from elsewhere."""

from pathlib import Path

from assistant.documents.writing.paper import Paper


def write_web(paper: Paper) -> bytes:
    """Return the HTML of a paper; whatever was entered is shown as text, never as markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html").render(paper=paper).encode()
