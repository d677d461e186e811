# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The samples of a run: kept as CSV, condensed to medians and spread."""
import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from ftpbench.rows import Outcome, Row

FIELDS = ("repetition", "row", "column", "figure", "unit", "bytes", "data_connections", "resumed")


@dataclass(frozen=True)
class Cell:
    """All repetitions of one row in one column."""

    figures: tuple[float, ...]
    data_connections: int
    resumed: int

    @property
    def median(self) -> float:
        return statistics.median(self.figures)

    @property
    def spread(self) -> tuple[float, float]:
        return min(self.figures), max(self.figures)

    @property
    def resumption(self) -> str:
        """Whether TLS data connections resumed a session."""
        if not self.data_connections:
            return "-"
        if self.resumed in (0, self.data_connections):
            return "yes" if self.resumed else "no"
        return f"{self.resumed}/{self.data_connections}"


class Results:
    """Samples in the order in which they were taken; `columns` in that of the table."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._samples: list[tuple[int, Row, str, Outcome]] = []

    def add(self, repetition: int, row: Row, column: str, outcome: Outcome) -> None:
        self._samples.append((repetition, row, column, outcome))

    def rows(self) -> list[Row]:
        return list(dict.fromkeys(row for _, row, _, _ in self._samples))

    def cell(self, row: str, column: str) -> Cell | None:
        found = [o for _, r, c, o in self._samples if (r.name, c) == (row, column)]
        if not found:
            return None
        return Cell(tuple(o.figure for o in found), sum(len(o.resumed) for o in found),
                    sum(sum(o.resumed) for o in found))

    def medians(self, row: str) -> dict[str, float]:
        """Median of each column that has the row."""
        cells = {column: self.cell(row, column) for column in self._columns}
        return {column: cell.median for column, cell in cells.items() if cell}

    def write_csv(self, path: Path) -> None:
        with path.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(FIELDS)
            for repetition, row, column, outcome in self._samples:
                writer.writerow([repetition, row.name, column, f"{outcome.figure:.4f}", row.unit,
                                 outcome.moved, len(outcome.resumed), sum(outcome.resumed)])
