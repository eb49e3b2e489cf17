"""A drawing of measurements over sizes, as SVG: panels side by side, both axes logarithmic."""

import math
from collections.abc import Sequence

WIDE, HIGH, LEFT, TOP = 300, 260, 48, 40
PLOT_WIDE, PLOT_HIGH = WIDE - LEFT - 16, HIGH - TOP - 40
# Told apart without colour, too: by the mark and the line.
STYLES = (("#8c1d18", "circle", ""), ("#1d4e89", "square", "6 3"), ("#3d6b35", "triangle", "2 3"))

Series = dict[str, dict[int, float]]


def panels(drawn: Sequence[tuple[str, Series]]) -> str:
    """Return the SVG of panels (title, name of a series → size → value)."""
    wide = WIDE * len(drawn)
    body = "".join(f'<g transform="translate({WIDE * i} 0)">{_panel(*one)}</g>' for i, one in enumerate(drawn))
    names = list(drawn[0][1])
    key = "".join(
        f'<g transform="translate({LEFT + 180 * i} {HIGH + 10})">{_mark(i, 0, 0)}<text x="10" y="4">{name}</text></g>'
        for i, name in enumerate(names)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {HIGH + 30}" width="{wide}" '
        'font-family="sans-serif" font-size="11" fill="#333"><rect width="100%" height="100%" fill="#fff"/>'
        f"{body}{key}</svg>\n"
    )


def _panel(title: str, series: Series) -> str:
    sizes = sorted({size for one in series.values() for size in one})
    values = [max(value, 0.01) for one in series.values() for value in one.values()]
    left, right = math.floor(math.log10(sizes[0])), math.ceil(math.log10(sizes[-1]))
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    right, high = max(right, left + 1), max(high, low + 1)

    def x(size: float) -> float:
        return LEFT + PLOT_WIDE * (math.log10(size) - left) / (right - left)

    def y(value: float) -> float:
        return TOP + PLOT_HIGH * (1 - (math.log10(max(value, 0.01)) - low) / (high - low))

    parts = [f'<text x="{LEFT}" y="20" font-size="13" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(
            f'<line x1="{LEFT}" x2="{LEFT + PLOT_WIDE}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>'
            f'<text x="{LEFT - 4}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
        )
    for power in range(left, right + 1):
        parts.append(
            f'<text x="{x(10.0**power):.1f}" y="{TOP + PLOT_HIGH + 16}" text-anchor="middle">{10**power:,}</text>'
        )
    for number, one in enumerate(series.values()):
        points = [(x(size), y(value)) for size, value in sorted(one.items())]
        colour, _, dashes = STYLES[number]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dashes}"/>'
        )
        parts.extend(_mark(number, *point) for point in points)
    return "".join(parts)


def _mark(number: int, x: float, y: float) -> str:
    colour, mark, _ = STYLES[number]
    if mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if mark == "square":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    return f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="{colour}"/>'
