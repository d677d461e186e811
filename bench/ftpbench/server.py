# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A server in the foreground below this process, for one measurement."""
import os
import signal
import subprocess
import time
from pathlib import Path

from ftpbench import cpu

LISTEN = "0A"


def _listens(port: int) -> bool:
    """Looks without connecting: a connection would be a session, and cost the server time."""
    suffix = f":{port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        if state == LISTEN and local.endswith(suffix):
            return True
    return False


class Server:
    """Runs `argv` from construction to finish()."""

    def __init__(self, argv: list[str], port: int, log: Path, env: dict[str, str]) -> None:
        self.port, self._log, self.idle_cpu = port, log, 0.0
        with log.open("wb") as output:  # vsftpd writes its errors to descriptor 0
            self._daemon = subprocess.Popen(argv, stdin=output, stdout=output,
                                            stderr=subprocess.STDOUT, env={**os.environ, **env})
        try:
            self._wait_until_listening()
            self.idle_pids, self.idle_cpu = cpu.settled_run_time()
        except BaseException:
            self.finish()
            raise

    def _wait_until_listening(self) -> None:
        end = time.monotonic() + 15
        while not _listens(self.port):
            if self._daemon.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"server did not start: {self._log.read_text(errors='replace')}")
            time.sleep(0.02)

    def finish(self) -> float:
        """Ends the server without giving it time for a farewell; CPU seconds since it was ready."""
        for pid in cpu.descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        total = cpu.reap_all()
        self._daemon.returncode = 0  # reaped above
        return total - self.idle_cpu
