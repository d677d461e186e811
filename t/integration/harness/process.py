# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What /proc tells about processes that are not our children."""
import os
import signal
from pathlib import Path

from harness.logs import wait_for


def alive(pid: int) -> bool:
    """Whether the process runs (one that nobody has reaped yet does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def open_files(pid: int) -> dict[int, str]:
    """Descriptor -> what it refers to ("socket:[1234]", "/a/file")."""
    found = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[int(entry.name)] = os.readlink(entry)
        except FileNotFoundError:
            continue
    return found


def end(pid: int, timeout: float = 10.0) -> bool:
    """Asks the process to end, then makes it; whether asking was enough."""
    try:
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not alive(pid), f"the end of process {pid}", timeout)
        return True
    except ProcessLookupError:
        return True
    except AssertionError:
        os.kill(pid, signal.SIGKILL)
        return False


def listener(port: int) -> str:
    """The inode of the socket that listens on `port`; empty if there is none."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for row in Path(table).read_text().splitlines()[1:]:
            words = row.split()
            if words[3] == "0A" and words[1].endswith(f":{port:04X}"):
                return words[9]
    return ""


def cpu_seconds(pid: int) -> float:
    """Processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def holds(pid: int, wanted: bytes) -> bool:
    """Whether these bytes are anywhere in the memory that the process can write to."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, mode = line.split()[:2]
            if not mode.startswith("rw") or "[v" in line:
                continue
            begin, end = (int(part, 16) for part in span.split("-"))
            memory.seek(begin)
            if wanted in memory.read(end - begin):
                return True
    return False


def status(pid: int) -> dict[str, list[str]]:
    """The lines of /proc/PID/status: name -> words."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: words.split() for name, _, words in (line.partition(":") for line in lines)}
