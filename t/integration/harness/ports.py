# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Reserves blocks of ports, so that servers of parallel test processes never meet.

A block belongs to whoever holds the lock on its file; the lock goes with the process. The blocks
lie below the kernel's range for outgoing connections.
"""
import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

FIRST_PORT, LAST_PORT, BLOCK = 20000, 32700, 128
LISTENING = 6  # of each block; the rest is for passive data connections


class PortBlock:
    """A reserved range: `listening[i]` for servers, `passive` = (first, last) for PASV."""

    def __init__(self, first: int, lock) -> None:
        self.listening = range(first, first + LISTENING)
        self.passive = (first + LISTENING, first + BLOCK - 1)
        self._lock = lock

    def release(self) -> None:
        self._lock.close()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _try_block(folder: Path, first: int) -> PortBlock | None:
    lock = open(folder / str(first), "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    if all(_is_free(port) for port in range(first, first + LISTENING)):
        return PortBlock(first, lock)
    lock.close()
    return None


def reserve() -> PortBlock:
    """Takes a free block; it stays ours until release() or the end of this process."""
    folder = Path(tempfile.gettempdir()) / f"mod_tls-test-ports.{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    blocks = list(range(FIRST_PORT, LAST_PORT - BLOCK, BLOCK))
    random.shuffle(blocks)
    for first in blocks:
        block = _try_block(folder, first)
        if block:
            return block
    raise RuntimeError("no free block of ports between 20000 and 32700")
