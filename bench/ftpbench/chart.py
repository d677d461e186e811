# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The table as a drawing: one panel per row, one bar per column, a line at the tightest bar."""
from collections.abc import Iterable
from html import escape

from ftpbench.budgets import FINAL, OURS
from ftpbench.report import number
from ftpbench.results import Results

WIDTH, LEFT, RIGHT, STEP, HEAD, FOOT = 720, 130, 90, 22, 34, 26
COLOURS = {OURS: "#1769aa", "core": "#9aa5b1", "core-nosendfile": "#9aa5b1"}
OTHER = "#d9a441"
STYLE = ("text{font:13px sans-serif;fill:#222;stroke:#fff;stroke-width:3px;paint-order:stroke}"
         ".title{font-weight:bold}"
         ".limit{stroke:#b3261e;stroke-width:2;stroke-dasharray:4 3}.note{fill:#b3261e}")


def svg(results: Results, caption: str) -> str:
    """A complete SVG document."""
    parts, top = [], 30
    for row in results.rows():
        medians = results.medians(row.name)
        parts += _panel(f"{row.title}, {row.unit}", medians, _limit(row.name, medians), top)
        top += HEAD + STEP * len(medians) + FOOT
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        f'viewBox="0 0 {WIDTH} {top}">',
        f"<style>{STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>',
        text(10, 20, caption), *parts, "</svg>", ""])


def _limit(row: str, medians: dict[str, float]) -> float | None:
    limits = [bar.limit(medians) for bar in FINAL if bar.row == row and bar.column in medians]
    return min(limits, default=None)


def _panel(title: str, medians: dict[str, float], limit: float | None, top: int) -> Iterable[str]:
    scale = (WIDTH - LEFT - RIGHT) / max([*medians.values(), limit or 0.0])
    yield text(10, top + 22, title, "title")
    bottom = top + HEAD + STEP * len(medians)
    for i, (column, value) in enumerate(medians.items()):
        y = top + HEAD + STEP * i
        yield (f'<rect x="{LEFT}" y="{y + 2}" width="{value * scale:.1f}" height="{STEP - 6}" '
               f'fill="{COLOURS.get(column, OTHER)}"/>')
    if limit is not None:
        x = LEFT + limit * scale
        yield f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{top + HEAD}" y2="{bottom}"/>'
        yield text(x - 4, bottom + 14, f"goal {number(limit)}", "note")
    for i, (column, value) in enumerate(medians.items()):
        y = top + HEAD + STEP * i + 14
        yield text(10, y, column)
        yield text(LEFT + value * scale + 6, y, number(value))


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words at a place, of a class of STYLE."""
    attribute = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y}"{attribute}>{escape(words)}</text>'
