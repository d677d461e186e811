# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Log files that somebody else is still writing."""
import re
import time
from pathlib import Path
from typing import Callable, TypeVar

T = TypeVar("T")


def wait_for(probe: Callable[[], T], what: str, timeout: float = 10.0) -> T:
    """The first true answer of `probe`; fails with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s in vain for {what}")
        time.sleep(0.01)


class LogFile:
    """A log file: what is in it, what will be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self) -> str:
        return self.path.read_text(errors="replace") if self.path.exists() else ""

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.text().splitlines()[-lines:])

    def __contains__(self, text: str) -> bool:
        return text in self.text()

    def count(self, text: str) -> int:
        return self.text().count(text)

    def wait_for(self, text: str, timeout: float = 10.0, count: int = 1) -> None:
        """Waits until `text` was written `count` times."""
        try:
            wait_for(lambda: self.count(text) >= count, text, timeout)
        except AssertionError:
            raise AssertionError(f"{self.path} lacks {text!r} (x{count}):\n{self.tail()}") from None

    def wait_for_match(self, pattern: str, timeout: float = 10.0) -> re.Match:
        """Waits until the regular expression matches somewhere."""
        try:
            return wait_for(lambda: re.search(pattern, self.text(), re.M), pattern, timeout)
        except AssertionError:
            raise AssertionError(f"{self.path} lacks /{pattern}/:\n{self.tail()}") from None
