# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What our module must reach, as limits made from other columns of the same run."""
from collections.abc import Mapping
from dataclasses import dataclass

OURS = "ours"


@dataclass(frozen=True)
class Bar:
    """ours <= factor * median of `column` + plus."""

    row: str
    column: str
    factor: float = 1.0
    plus: float = 0.0

    def limit(self, medians: Mapping[str, float]) -> float:
        return self.factor * medians[self.column] + self.plus

    def __str__(self) -> str:
        factor = f"{self.factor:g} x " if self.factor != 1.0 else ""
        plus = f" + {self.plus:g}" if self.plus else ""
        return f"<= {factor}{self.column}{plus}"


FOUNDATION = (
    Bar("session", "core", plus=1.5),
    Bar("retr", "debian", factor=0.7),
    Bar("stor", "debian", factor=0.8),
    Bar("idle", "core", plus=200),
)
FINAL = (
    Bar("session", "core", plus=1.2),
    Bar("small", "core", plus=0.20),
    Bar("retr", "debian", factor=0.55),
    Bar("retr", "pure-ftpd"),
    Bar("retr", "vsftpd"),
    Bar("stor", "debian", factor=0.65),
    Bar("stor", "core", plus=0.35),
    Bar("idle", "core", plus=120),
)
