"""Finds ruled tables on a picture: levels the page, follows the lines, and cuts every cell into its lines of text."""

from dataclasses import dataclass
from typing import Any

_LEAST_CELLS = 4
_STEEPEST = 5.0
_ANGLE_WIDTH = 900
_BORDER, _LEAST_HEIGHT = 20, 760


@dataclass(frozen=True, slots=True)
class PictureCell:
    """One cell; `lines` are pictures of its lines of text from the top, none in an empty cell. Unit: pixels."""

    x0: float
    top: float
    x1: float
    bottom: float
    lines: tuple[Any, ...]


def level(pixels: Any) -> Any:
    """Return the page turned so that its long level lines (rules, rows of text) are level; within 5 degrees."""
    import cv2
    import numpy

    # A small picture tells the angle as well, in a tenth of the time.
    shrink = min(1.0, _ANGLE_WIDTH / pixels.shape[1])
    small = cv2.resize(_ink(pixels), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    smeared = cv2.morphologyEx(
        (small > 60).astype(numpy.uint8) * 255, cv2.MORPH_CLOSE, numpy.ones((1, 15), numpy.uint8)
    )
    edges = cv2.morphologyEx(smeared, cv2.MORPH_GRADIENT, numpy.ones((2, 1), numpy.uint8))
    segments = cv2.HoughLinesP(edges, 1, numpy.pi / 1800, 120, minLineLength=small.shape[1] // 4, maxLineGap=10)
    if segments is None:
        return pixels
    ends = segments.reshape(-1, 4).astype(float)
    angles = numpy.degrees(numpy.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0]))
    angles = angles[abs(angles) < _STEEPEST]
    angle = float(numpy.median(angles)) if len(angles) else 0.0
    if abs(angle) < 0.05:
        return pixels
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def find_tables(pixels: Any) -> list[list[PictureCell]]:
    """Return the cells of every ruled table; a region of fewer than four cells is a frame and no table."""
    import cv2

    ink = _ink(pixels)
    rules = _rules(ink)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rules, connectivity=8)
    tables = []
    for index in range(1, count):
        x, y, width, height, _ = (int(value) for value in stats[index])
        if width < pixels.shape[1] * 0.15 or height < 30:
            continue
        own = (labels[y : y + height, x : x + width] == index).astype("uint8") * 255
        cells = _cells(own, ink[y : y + height, x : x + width], pixels[y : y + height, x : x + width], x, y)
        if len(cells) >= _LEAST_CELLS:
            tables.append(cells)
    return sorted(tables, key=lambda cells: min(cell.top for cell in cells))


def without_tables(pixels: Any, tables: list[list[PictureCell]]) -> Any:
    """Return the page with the tables painted white."""
    out = pixels.copy()
    for cells in tables:
        top, bottom = int(min(c.top for c in cells)) - 4, int(max(c.bottom for c in cells)) + 5
        left, right = int(min(c.x0 for c in cells)) - 4, int(max(c.x1 for c in cells)) + 5
        out[max(0, top) : bottom, max(0, left) : right] = 255
    return out


def printed_strip(pixels: Any) -> tuple[Any, int] | None:
    """Return the part of the page from its first to its last printed row, and where it begins; None for a blank page.

    It is filled up with white to a height that the detector does not have to enlarge.
    """
    import cv2
    import numpy

    rows = numpy.flatnonzero(_ink(pixels).sum(axis=1) >= 255 * 4)
    if not len(rows):
        return None
    top, bottom = max(0, int(rows[0]) - _BORDER), min(pixels.shape[0], int(rows[-1]) + _BORDER)
    below = max(0, min(_LEAST_HEIGHT, pixels.shape[1]) - (bottom - top))
    white = (255, 255, 255)
    return cv2.copyMakeBorder(pixels[top:bottom], 0, below, 0, 0, cv2.BORDER_CONSTANT, value=white), top


def _ink(pixels: Any) -> Any:
    """Return what is printed (255) on the paper (0): darker than its surroundings, and plainly darker than the paper.

    The paper is smoothed first, so that the grain of a scan is no ink.
    """
    import cv2
    import numpy

    grey = cv2.bilateralFilter(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), 5, 40, 3)
    local = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    paper = float(numpy.median(grey))
    return cv2.bitwise_and(local, (grey < paper - 45).astype(numpy.uint8) * 255)


def _rules(ink: Any) -> Any:
    """Return the lines of tables alone: strokes much longer than a character's, small breaks closed."""
    import cv2
    import numpy

    width = ink.shape[1]
    length = max(28, width // 45)
    thick = numpy.ones((3, 3), numpy.uint8)
    grown = cv2.dilate(ink, thick)
    level_lines = cv2.morphologyEx(grown, cv2.MORPH_OPEN, numpy.ones((1, length), numpy.uint8))
    plumb_lines = cv2.morphologyEx(grown, cv2.MORPH_OPEN, numpy.ones((length, 1), numpy.uint8))
    return cv2.morphologyEx(cv2.bitwise_or(level_lines, plumb_lines), cv2.MORPH_CLOSE, numpy.ones((7, 7), numpy.uint8))


def _cells(rules: Any, ink: Any, pixels: Any, x: int, y: int) -> list[PictureCell]:
    """Return the white regions that the lines enclose, each a cell; merged cells come out as one."""
    import cv2

    count, _, stats, _ = cv2.connectedComponentsWithStats(255 - rules, connectivity=4)
    height, width = rules.shape
    cells = []
    for index in range(1, count):
        left, top, across, down, area = (int(value) for value in stats[index])
        touches = left == 0 or top == 0 or left + across == width or top + down == height
        if touches or across < 10 or down < 10 or area < 0.6 * across * down:
            continue
        lines = _text_lines(ink[top : top + down, left : left + across], pixels[top : top + down, left : left + across])
        cells.append(PictureCell(x + left, y + top, x + left + across, y + top + down, tuple(lines)))
    return cells


def _text_lines(ink: Any, pixels: Any) -> list[Any]:
    """Return the pictures of the lines of text in a cell, cut where rows of pixels are empty."""
    import cv2
    import numpy

    ink = ink.copy()
    # What remains of a rule at the edge is no text.
    ink[:2], ink[-2:], ink[:, :2], ink[:, -2:] = 0, 0, 0, 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    for index in range(1, count):
        if stats[index][4] < 6:
            ink[labels == index] = 0
    rows = numpy.flatnonzero(ink.any(axis=1))
    if not len(rows):
        return []
    runs = [[int(rows[0]), int(rows[0])]]
    for row in rows[1:]:
        if row - runs[-1][1] <= 2:
            runs[-1][1] = int(row)
        else:
            runs.append([int(row), int(row)])
    tallest = max(end - start + 1 for start, end in runs)
    lines: list[list[int]] = []
    for start, end in runs:
        # A thin run (the stroke of 一, a dot) belongs to its neighbour when both together are one line high.
        if lines and end - lines[-1][0] + 1 <= tallest * 1.25:
            lines[-1][1] = end
        else:
            lines.append([start, end])
    crops = []
    for start, end in lines:
        if end - start + 1 < 3 and len(lines) > 1:
            continue
        columns = numpy.flatnonzero(ink[start : end + 1].any(axis=0))
        margin = max(4, (end - start + 1) // 4)
        crop = pixels[start : end + 1, columns[0] : columns[-1] + 1]
        crops.append(
            cv2.copyMakeBorder(crop, margin, margin, margin * 2, margin * 2, cv2.BORDER_CONSTANT, value=(255, 255, 255))
        )
    return crops
