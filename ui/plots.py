"""Plots that hold in light and dark, and the same figures as a table for who does not see them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ui.tables import html_table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Values = Sequence[int | Decimal | None]

# Each at 3:1 or better on the light ground and on the dark one; patterns and signs tell them apart without colour.
_COLOURS = ("#4f7fb5", "#c4554d", "#a8781c", "#4f8a5b", "#8a6fb0", "#7f7a74", "#2f8f8f", "#b0608f", "#6b7f2a")
_PATTERNS = ("", "/", "x", ".", "\\", "-", "+", "|", "/")
_SIGNS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "hexagon", "triangle-down")
_HEIGHT = 320
# The name is put in by plotly: in the template itself, 「%{…}」 in it would be read as one of its own.
_HOVER = "%{x}　%{fullData.name}：%{y}<extra></extra>"
# Invisible; without it, plotly makes links and line breaks of tags, and letters of entities.
_APART = "\u200b"


def plot_bars(names: Sequence[str], series: Mapping[str, Values]) -> "Figure":
    """Return stacked bars, one for each of `names`; values are numbers of cases."""
    from plotly.graph_objects import Bar, Figure

    tops = [float(sum(value or 0 for value in column)) for column in zip(*series.values(), strict=True)]
    shown = [as_text(name) for name in names]
    bars = [
        Bar(
            name=as_text(name), x=shown, y=_numbers(values), hovertemplate=_HOVER,
            marker={"color": _COLOURS[n % 9], "pattern": {"shape": _PATTERNS[n % 9], "fgcolor": "#fff", "size": 5}},
        )
        for n, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    return Figure(bars, _layout(names, tops, barmode="stack"))


def plot_lines(names: Sequence[str], series: Mapping[str, Values]) -> "Figure":
    """Return a line for each of `series`, over `names`; where a value is not known the line is broken."""
    from plotly.graph_objects import Figure, Scatter

    shown = [as_text(name) for name in names]
    lines = [
        Scatter(
            name=as_text(name), x=shown, y=_numbers(values), mode="lines+markers", connectgaps=False,
            line={"color": _COLOURS[n % 9]}, marker={"symbol": _SIGNS[n % 9], "size": 9},
            hovertemplate=_HOVER,
        )
        for n, (name, values) in enumerate(series.items())
    ]  # fmt: skip
    return Figure(lines, _layout(names, [float(value or 0) for values in series.values() for value in values]))


def as_text(name: str) -> str:
    """Return a name so that plotly shows it as it is written; it draws labels with tags of its own."""
    return name.replace("<", f"<{_APART}").replace("&", f"&{_APART}")


def _numbers(values: Values) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _layout(names: Sequence[str], heights: Sequence[float], **more: Any) -> dict[str, Any]:  # noqa: ANN401  (of plotly)
    # Cases are whole: a low plot has no steps between them.
    whole = {"dtick": 1} if max(heights, default=0) <= 6 else {}
    return {
        "height": _HEIGHT,
        "margin": {"l": 44, "r": 12, "t": 8, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif", "size": 13},
        # The names as they are: plotly would write dates and numbers in English.
        "xaxis": {"type": "category", "gridcolor": "#85807a44", "fixedrange": True, "nticks": min(len(names), 16)},
        "yaxis": {"rangemode": "tozero", "gridcolor": "#85807a44", "fixedrange": True, "tickformat": "d", **whole},
        "legend": {"orientation": "h", "y": -0.16, "traceorder": "normal"},
        "dragmode": False,
        **more,
    }


def as_table(caption: str, first: str, names: Sequence[str], series: Mapping[str, Values], opened: bool = False) -> str:
    """Return the figures of a plot as a table that opens below it; 「未填」 for what is not known."""
    rows = [
        (name, *("未填" if values[n] is None else f"{values[n]}" for values in series.values()))
        for n, name in enumerate(names)
    ]
    table = html_table(caption, (first, *series), rows, "")
    state = " open" if opened else ""
    return f"<details{state}><summary>看数字（{caption}）</summary>{table}</details>"
