"""The first page as Gradio writes it, made ours: Chinese from the first line on, and naming no other host."""

import re
from functools import cache
from pathlib import Path

# What search engines and other sites would be told.
_META = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
# The ground before the styles are there, and which word the switch between light and dark shows.
_GROUND = """<style>
html, html[data-theme=light] body { background: #fff; }
html[data-theme=dark], html[data-theme=dark] body { background: #1c1917; color-scheme: dark; }
html[data-theme=dark] .to-dark, html[data-theme=light] .to-light { display: none; }
</style>"""


def dress(page: str) -> str:
    """Return the page with our language, our first script, and without what is meant for other hosts."""
    page = _META.sub("", page).replace('lang="en"', 'lang="zh-CN"', 1)
    return page.replace("<head>", f"<head>{_GROUND}<script>{_first_script()}</script>", 1)


@cache
def _first_script() -> str:
    return (Path(__file__).parent / "pages" / "first.js").read_text(encoding="utf-8")
