# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The text table at the end of a run."""
import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from ftpbench.budgets import FINAL, FOUNDATION, OURS, Bar
from ftpbench.results import Cell, Results

HEAD = ("column", "median", "min", "max", "/ core", "/ debian", "resumed")


def describe_machine() -> str:
    """Date, processor, kernel, versions, and how busy others keep it: call it before the run."""
    model = next((line.partition(":")[2].strip()
                  for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return "\n".join((
        f"{date.today()}, {model}, {os.cpu_count()} CPUs, Linux {platform.release()}",
        f"load average before the run {os.getloadavg()[0]:.1f}",
        f"{_version('proftpd', '-v')}, {_version('openssl', 'version')}"))


def _version(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0].partition(" (")[0]


def number(value: float) -> str:
    """Three significant digits or a little more."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def table(results: Results) -> str:
    """A block per row, a line per column."""
    blocks = []
    for row in results.rows():
        medians = results.medians(row.name)
        lines = [_cells(column, results.cell(row.name, column), medians) for column in medians]
        blocks.append(f"{row.title}, {row.unit}\n" + "\n".join(_aligned([HEAD, *lines])))
    return "\n\n".join(blocks)


def _cells(name: str, cell: Cell, medians: dict[str, float]) -> tuple[str, ...]:
    low, high = cell.spread
    return (name, number(cell.median), number(low), number(high),
            _ratio(cell.median, medians.get("core")), _ratio(cell.median, medians.get("debian")),
            cell.resumption)


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else "-"


def _aligned(lines: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"  {line[0]:16}" + "".join(f"{cell:>10}" for cell in line[1:]) for line in lines]


def verdicts(results: Results) -> str:
    """Each bar with its limit in this run; empty without our column."""
    blocks = [_verdict_block(title, bars, results)
              for title, bars in (("foundation", FOUNDATION), ("final", FINAL))]
    return "\n\n".join(block for block in blocks if block)


def _verdict_block(title: str, bars: tuple[Bar, ...], results: Results) -> str:
    lines = [_verdict(bar, results.medians(bar.row)) for bar in bars
             if {OURS, bar.column} <= results.medians(bar.row).keys()]
    return f"{title} bars\n" + "\n".join(lines) if lines else ""


def _verdict(bar: Bar, medians: dict[str, float]) -> str:
    limit, ours = bar.limit(medians), medians[OURS]
    word = "reached" if ours <= limit else "MISSED"
    return f"  {bar.row:10}{str(bar):26}{number(limit):>8}   ours {number(ours):>8}   {word}"
