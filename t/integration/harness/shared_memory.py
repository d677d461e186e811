# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Segments of System V shared memory, which outlive the processes and the files they belong to."""
import subprocess
from pathlib import Path


def _segments() -> list[dict[str, int]]:
    head, *rows = Path("/proc/sysvipc/shm").read_text().splitlines()
    return [dict(zip(head.split(), map(int, row.split()))) for row in rows]


def _key(path: Path) -> int:
    """What ftok(3) makes of the file, without the project in the highest byte."""
    status = path.lstat()
    return (status.st_dev & 0xFF) << 16 | (status.st_ino & 0xFFFF)


def remove_of(folder: Path) -> None:
    """Removes the segments nobody uses that are named by files of the folder.

    Inodes return: another file of that number would find the segment, and what is in it."""
    keys = {_key(path) for path in folder.rglob("*")}
    for segment in _segments():
        if segment["nattch"] == 0 and segment["key"] & 0xFFFFFF in keys:
            subprocess.run(["ipcrm", "-m", str(segment["shmid"])], capture_output=True, check=False)
