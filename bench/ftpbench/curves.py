# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Cost by number of entries as a drawing: one panel per operation, one curve per number of
processes, a line at the goal."""
import dataclasses
import math
from collections.abc import Iterable

from ftpbench.chart import STYLE, text

WIDTH, LEFT, RIGHT, PANEL, HEAD, FOOT = 720, 60, 110, 130, 34, 34
COLOURS = ("#1769aa", "#d9a441", "#5b8c5a", "#9aa5b1")


@dataclasses.dataclass(frozen=True)
class Point:
    """What one operation took: the median, in microseconds."""
    entries: int
    processes: int
    operation: str
    median: float


def svg(points: list[Point], goal: float, caption: str) -> str:
    """A complete SVG document."""
    operations = list(dict.fromkeys(point.operation for point in points))
    most = max([goal, *(point.median for point in points)]) * 1.1
    height = 30 + (HEAD + PANEL + FOOT) * len(operations)
    parts: list[str] = []
    for i, operation in enumerate(operations):
        some = [point for point in points if point.operation == operation]
        parts += _panel(operation, some, goal, most, 30 + (HEAD + PANEL + FOOT) * i)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}">',
        f"<style>{STYLE}polyline{{fill:none;stroke-width:2}}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>', text(10, 20, caption), *parts, "</svg>",
        ""])


def _panel(operation: str, points: list[Point], goal: float, most: float,
           top: int) -> Iterable[str]:
    bottom = top + HEAD + PANEL
    sizes = sorted({point.entries for point in points})
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def place(entries: int, cost: float) -> tuple[float, float]:
        share = (math.log10(entries) - first) / ((last - first) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT), bottom - cost / most * PANEL

    yield text(10, top + 22, f"{operation}, microseconds by number of entries", "title")
    yield (f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}" '
           'stroke="#9aa5b1"/>')
    for size in sizes:
        yield text(place(size, 0)[0] - 20, bottom + 18, f"{size:,}")
    y = place(sizes[0], goal)[1]
    yield f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    yield text(10, round(y + 4), f"{goal:g}", "note")
    for colour, processes in zip(COLOURS, sorted({point.processes for point in points})):
        curve = sorted((point.entries, point.median) for point in points
                       if point.processes == processes)
        places = " ".join("{:.1f},{:.1f}".format(*place(*pair)) for pair in curve)
        yield f'<polyline stroke="{colour}" points="{places}"/>'
    for i, (colour, processes) in enumerate(
            zip(COLOURS, sorted({point.processes for point in points}))):
        y = top + HEAD + 16 + 20 * i
        yield f'<rect x="{WIDTH - RIGHT + 8}" y="{y - 10}" width="10" height="10" fill="{colour}"/>'
        yield text(WIDTH - RIGHT + 22, y, f"{processes} process{'es' * (processes > 1)}")
