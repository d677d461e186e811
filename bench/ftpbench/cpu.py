# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""CPU time and memory of a tree of processes, exited ones included.

All figures are exact sums of scheduler run time, in seconds. The kernel charges the split into
user and system time by sampling, so only their total is used.
"""
import ctypes
import os
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def become_subreaper() -> None:
    """Sessions whose server has gone become our children, so that their time is not lost."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _parents() -> dict[int, int]:
    """Parent of every process that is not a zombie."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            found[int(entry)] = int(fields[1])
    return found


def descendants() -> set[int]:
    """Every live process below this one."""
    parents = _parents()
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return below - {os.getpid()}


def run_time(pids: set[int]) -> float:
    """CPU seconds used so far by live processes."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def settled_run_time(deadline: float = 5.0) -> tuple[set[int], float]:
    """The processes below this one and their CPU seconds, once they do nothing any more."""
    end = time.monotonic() + deadline
    pids = descendants()
    last = (pids, run_time(pids))
    while time.monotonic() < end:
        time.sleep(0.05)
        pids = descendants()
        now = (pids, run_time(pids))
        if now == last:
            return now
        last = now
    raise TimeoutError("the server does not come to rest")


def wait_for_exit(pids: set[int], deadline: float = 15.0) -> None:
    """Waits until only `pids` are left below this process."""
    end = time.monotonic() + deadline
    while extra := descendants() - pids:
        if time.monotonic() > end:
            raise TimeoutError(f"processes {sorted(extra)} do not exit")
        time.sleep(0.02)


def reap_all() -> float:
    """Waits for all children; their CPU seconds, with those of the children they waited for."""
    total = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return total
        total += usage.ru_utime + usage.ru_stime


def pss_kib(pids: set[int]) -> int:
    """Proportional set size of live processes."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total
