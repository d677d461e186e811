# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Command line clients: curl, lftp, openssl s_client."""
import os
import re
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config import PASSWORD, USER


@dataclass(frozen=True)
class Outcome:
    """How a client ended and what it said."""

    status: int
    stdout: str
    stderr: str

    def ok(self) -> "Outcome":
        """Itself, if the client was content."""
        assert self.status == 0, f"status {self.status}\n{self.stdout[-3000:]}{self.stderr[-3000:]}"
        return self


def _run(command: list[str], timeout: float, stdin: str = "", cwd: Path | None = None) -> Outcome:
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout,
                          env=env, cwd=cwd, check=False, errors="replace")
    return Outcome(done.returncode, done.stdout, done.stderr)


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def curl(server, path: str, *args: str, version: str = "", user: str = f"{USER}:{PASSWORD}",
         timeout: float = 60, cwd: Path | None = None, scheme: str = "ftp") -> Outcome:
    """curl with TLS required on both channels; `path` is relative to the login directory."""
    versions = {"": [], "1.2": ["--tls-max", "1.2"], "1.3": ["--tlsv1.3"]}[version]
    url = f"{scheme}://{_host(server.address)}:{server.port}/{path}"
    return _run(["curl", "-q", "-sS", "-v", "--ssl-reqd", "--cacert", str(server.pki.ca),
                 "--user", user, *versions, *args, url], timeout, cwd=cwd)


LFTP_PRIORITY = {"": "NORMAL", "1.2": "NORMAL:-VERS-ALL:+VERS-TLS1.2",
                 "1.3": "NORMAL:-VERS-ALL:+VERS-TLS1.3"}
_LFTP_SETTINGS = """\
set cmd:fail-exit yes
set net:max-retries 1
set net:timeout 20
set net:reconnect-interval-base 1
set ftp:ssl-force yes
set ftp:ssl-protect-data yes
set ftp:ssl-protect-list yes
set ssl:verify-certificate yes
set ssl:ca-file {ca}
set ssl:check-hostname no
set ssl:priority {priority}
set ftp:passive-mode {passive}
"""


def lftp(server, script: str, *, version: str = "", passive: bool = True, timeout: float = 60,
         cwd: Path | None = None, scheme: str = "ftp") -> Outcome:
    """lftp with TLS forced on both channels; `script` runs after login."""
    settings = _LFTP_SETTINGS.format(ca=server.pki.ca, priority=LFTP_PRIORITY[version],
                                     passive="on" if passive else "off")
    login = f"open -u {USER},{PASSWORD} -p {server.port} {scheme}://{_host(server.address)}\n"
    return _run(["lftp", "--norc", "-c", f"{settings}{login}{script}"], timeout, cwd=cwd)


def s_client(server, *args: str, commands: str = "QUIT\r\n", timeout: float = 30) -> Outcome:
    """openssl s_client after AUTH TLS; `commands` are sent inside TLS."""
    outcome = _run(["openssl", "s_client", "-connect", f"{_host(server.address)}:{server.port}",
                    "-starttls", "ftp", "-CAfile", str(server.pki.ca), "-ign_eof", *args], timeout,
                   stdin=commands)
    return replace(outcome, stdout=_in_old_words(outcome.stdout))


def _in_old_words(said: str) -> str:
    """What s_client says since OpenSSL 3.2 (names) and 3.5 (signatures) as 3.0 says it."""
    said = re.sub(r"\b(CN|OU|O|C)=(?=\S)", r"\1 = ", said)
    said = re.sub(r"(Peer signature type: )rsa_pss_\w+", r"\1RSA-PSS", said)
    return re.sub(r"(Peer signature type: )ecdsa_\w+", r"\1ECDSA", said)


def s_client_dialogue(server, *args: str, steps: tuple[str, ...], pause: float = 0.5) -> Outcome:
    """openssl s_client with its own commands (R, K, Q): one step after the other."""
    command = ["openssl", "s_client", "-connect", f"{_host(server.address)}:{server.port}",
               "-starttls", "ftp", "-CAfile", str(server.pki.ca), *args]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as client:
        for step in steps:
            time.sleep(pause)
            try:
                client.stdin.write(step)
                client.stdin.flush()
            except BrokenPipeError:
                break
        stdout, stderr = client.communicate(timeout=30)
    return Outcome(client.returncode, stdout, stderr)
