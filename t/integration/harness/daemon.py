# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""One private proftpd: started, looked at, stopped, and examined for accidents."""
import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness import clients, config, ftps, ports, process, settings
from harness.logs import LogFile, wait_for

_CRASH = re.compile(r"signal (4|5|6|7|8|11)\b|BEGIN STACK TRACE", re.M)
# A session of ProFTPD 1.3.8c that ends during a transfer (QUIT, a time-out, SIGTERM) reads a reply
# that it has freed; so it does with ProFTPD's own module, and with none.
_FAULT_OF_THE_HOST = re.compile(
    "-{5}BEGIN STACK TRACE-{5}(?:(?!-{5}END).)*pr_response_set_pool(?:(?!-{5}END).)*"
    r"pr_session_disconnect.*?ProFTPD terminating \(signal 11\)", re.S)
_OPENED = re.compile(r"proftpd\[(\d+)\].*: FTP session opened", re.M)
_CLOSED = re.compile(r"proftpd\[(\d+)\].*: FTP session closed", re.M)
_SANITIZER = re.compile(r"runtime error:|ERROR: \w+Sanitizer")


class StartFailed(Exception):
    """proftpd refused to start; the text is what it said on standard error."""


@dataclass(frozen=True)
class ConfigCheck:
    """What `proftpd -t` says about a configuration."""

    status: int
    stderr: str


class Daemon:
    """A server on a reserved port with its own folder; use the `daemon` fixture to get one."""

    def __init__(self, folder: Path, pki, *, address: str = "127.0.0.1", modules=()) -> None:
        self.folder, self.pki, self.address = folder, pki, address
        self.ports = ports.reserve()
        self.port = self.ports.listening[0]
        self.home = folder / "home"
        self.run = folder / "run"
        self.config_file = folder / "proftpd.conf"
        self.tls_log = LogFile(self.run / "tls.log")
        self.system_log = LogFile(self.run / "system.log")
        self.chrooted = config.CHROOTED  # then "/" is the user's home
        self.environment: dict[str, str] = {}  # more than the usual
        self.arguments: tuple[str, ...] = ()  # for every start and check
        self.values = config.values(folder, self.ports, address, modules)
        self.pid = 0
        self._foreground: subprocess.Popen | None = None
        self._prepare_folder()

    def _prepare_folder(self) -> None:
        self.run.mkdir(parents=True)
        if settings.SANITIZED:
            (self.run / "asan").mkdir()
            (self.run / "asan").chmod(0o1777)
        config.write_accounts(self.folder)

    # --- running it ---------------------------------------------------------------------------

    def configure(self, directives: str) -> None:
        """Writes the configuration; takes effect at start() or reload()."""
        self.config_file.write_text(config.server_text(directives, self.values))

    def rewrite(self, change) -> None:
        """Applies a function to the text of the configuration."""
        self.config_file.write_text(change(self.config_file.read_text()))

    def check(self, debug: int = 0) -> ConfigCheck:
        """Runs `proftpd -t` on the configuration."""
        done = self._proftpd("-t", f"-d{debug}")
        return ConfigCheck(done.returncode, done.stderr)

    def start(self) -> None:
        """Starts it as a daemon; in the foreground with sanitizers, whose reports need stderr."""
        (self.run / "pid").unlink(missing_ok=True)  # of an earlier start
        if settings.SANITIZED:
            self._start_foreground()
        else:
            done = self._proftpd("-q")
            if done.returncode != 0:
                raise StartFailed(done.stderr)
        self.pid = int(wait_for(self._pid_text, "the PID file", 20))
        wait_for(lambda: process.listener(self.port) or not self.is_running(), "a listener")

    def _pid_text(self) -> str:
        if self._foreground and self._foreground.poll() is not None:
            raise StartFailed((self.run / "stderr").read_text())
        path = self.run / "pid"
        return path.read_text().strip() if path.exists() else ""

    def _start_foreground(self) -> None:
        with open(self.run / "stderr", "w", encoding="utf-8") as stderr:
            self._foreground = subprocess.Popen(
                [settings.PROFTPD, "-n", "-q", *self.arguments, "-c", str(self.config_file)],
                stdout=stderr,
                stderr=stderr, stdin=subprocess.DEVNULL,
                env=settings.daemon_environment(self.run) | self.environment)

    def _proftpd(self, *args: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [settings.PROFTPD, *args, *self.arguments, "-c", str(self.config_file)],
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env=settings.daemon_environment(self.run) | self.environment, timeout=60, check=False,
            start_new_session=True)  # no terminal to ask on

    def hangup(self) -> None:
        """Sends SIGHUP and no more."""
        os.kill(self.pid, signal.SIGHUP)

    def reload(self) -> None:
        """Sends SIGHUP and waits until the daemon serves with the new configuration."""
        bound = f"{self.address}#{self.port}, server"  # the last that a restart writes
        trace = self.log("trace.log")
        before = trace.count(bound)
        self.hangup()
        trace.wait_for(bound, count=before + 1)

    def stop(self) -> list[str]:
        """Stops it with all its sessions; returns what must not have happened."""
        problems = []
        sessions = self.session_pids()
        if self.pid and not self.is_running():
            problems.append("the daemon has died")
        elif self.pid and not self._end():
            problems.append("the daemon did not stop on SIGTERM")
        for pid in sessions:
            if process.alive(pid) and not process.end(pid, 5):
                problems.append(f"session {pid} did not stop on SIGTERM")
        self.ports.release()
        return problems + self._accidents()

    def _end(self) -> bool:
        if not self._foreground:
            return process.end(self.pid)
        self._foreground.terminate()
        try:
            self._foreground.wait(10)
        except subprocess.TimeoutExpired:
            self._foreground.kill()
            return False
        return True

    def _accidents(self) -> list[str]:
        log = self.system_log.text()
        if settings.HOST == "1.3.8c":
            log = _FAULT_OF_THE_HOST.sub("", log)
        found = [f"crash: {match.group(0)}" for match in _CRASH.finditer(log)]
        lost = set(_OPENED.findall(log)) - set(_CLOSED.findall(log))
        found += [f"session {pid} ended without closing" for pid in sorted(lost)]
        reports = [*(self.run / "asan").glob("report*"), self.run / "stderr"]
        for report in (path for path in reports if path.exists()):
            text = report.read_text(errors="replace")
            if _SANITIZER.search(text):
                found.append(f"sanitizer report {report}:\n{text[:6000]}")
        return found

    # --- looking at it ------------------------------------------------------------------------

    def is_running(self) -> bool:
        return bool(self.pid) and process.alive(self.pid)

    def session_pids(self) -> list[int]:
        return process.children(self.pid) if self.pid else []

    def descriptors(self, pid: int) -> int:
        """How many files and sockets a process has open."""
        return len(process.open_files(pid))

    def log(self, name: str) -> LogFile:
        """Another log file in {dir}/run."""
        return LogFile(self.run / name)

    def report(self) -> list[tuple[str, str]]:
        """What helps to understand a failed test."""
        sections = [("proftpd.conf", self.config_file.read_text() if self.config_file.exists()
                     else "")]
        for path in sorted(self.run.glob("*.log")) + [self.run / "stderr"]:
            sections.append((path.name, LogFile(path).tail()))
        return [(title, text) for title, text in sections if text]

    # --- talking to it ------------------------------------------------------------------------

    def ftp(self, **options) -> ftps.FtpsClient:
        """A connection in the clear, banner read, nothing sent yet."""
        options = {"address": self.address, "port": self.port, "ca": self.pki.ca} | options
        return ftps.FtpsClient(**options)

    def ftps(self, user: str = config.USER, password: str = config.PASSWORD,
             **options) -> ftps.FtpsClient:
        """A connection after AUTH TLS, login, PBSZ 0 and PROT P."""
        client = self.ftp(**options)
        try:
            client.auth()
            client.login(user, password)
            client.protect()
        except BaseException:
            client.close()
            raise
        return client

    def curl(self, *args: str, **options) -> clients.Outcome:
        return clients.curl(self, *args, **options)

    def lftp(self, script: str, **options) -> clients.Outcome:
        return clients.lftp(self, script, **options)

    def s_client(self, *args: str, **options) -> clients.Outcome:
        return clients.s_client(self, *args, **options)

    def s_client_dialogue(self, *args: str, **options) -> clients.Outcome:
        return clients.s_client_dialogue(self, *args, **options)
