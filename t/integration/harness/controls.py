# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Servers that answer ftpdctl, and what the caches say of themselves."""
import itertools
import os
import re
import socket
import struct
import subprocess
from pathlib import Path

ALLOW = "TLSControlsACLs all allow user root"
CTRLS_OFF = "ControlsEngine off"
CTRLS_ON = """ControlsEngine on
  ControlsSocket {dir}/run/ctrls.sock
  ControlsInterval 1
  ControlsACLs all allow user root
  ControlsSocketACL allow user *
  ControlsSocketOwner root root"""

SHM_SESSIONS = r"""Shared memory (shm) SSL session cache provided by mod_tls_shmcache/3.0.0

Shared memory segment ID: \d+
Shared memory segment size: 1574912 bytes
Shared memory cache created on: DATE
Shared memory attach count: \d+

Max session cache size: \d+ bytes
Current session cache size: 1

Cache lifetime hits: 2
Cache lifetime misses: 0

Cache lifetime sessions stored: 1
Cache lifetime sessions deleted: 0
Cache lifetime sessions expired: 0
Cache lifetime sessions evicted: 0

Cache lifetime errors handling sessions in cache: 0
Cache lifetime sessions exceeding max entry size: 0"""
SHM_RESPONSES = (SHM_SESSIONS.replace("SSL session", "OCSP response")
                 .replace("session", "response"))
# The lines of "sesscache info" above the counters, where it is no shared memory.
HEADS = {
    "memcache": r"""Memcache SSL session cache provided by mod_tls_memcache/3.0.0

Memcache servers: 127.0.0.1:\d+""",
    "redis": r"""Redis SSL session cache provided by mod_tls_redis/3.0.0

Redis server: 127.0.0.1:\d+""",
    "fs": r"""Filesystem \(fs\) SSL session cache provided by mod_tls_fscache/3.0.0

Current SSL sessions cached: 1
""",
}
_CLIENTS = itertools.count()
LISTED_SESSION = r"""  -----BEGIN SSL SESSION PARAMETERS-----
    Protocol: VERSION
    Started: DATE
    Expires: DATE \(1800 secs\)
  -----END SSL SESSION PARAMETERS-----
"""
DATE = r"\w{3} \w{3} \d\d \d\d:\d\d:\d\d \d{4}"


def any_counts(pattern: str) -> str:
    """The pattern with any number where it has one of a single digit."""
    return re.sub(r": \d$", r": \\d+", pattern, flags=re.M)


def start_with_controls(server):
    block = CTRLS_ON.replace("{dir}", str(server.folder))
    server.rewrite(lambda text: text.replace(CTRLS_OFF, block))
    server.start()
    return server


def with_controls(daemon, *directives, **options):
    return start_with_controls(daemon.prepare(*directives, **options))


def ask(server, *words, user=None) -> list[str]:
    done = subprocess.run(["/usr/bin/ftpdctl", "-s", f"{server.run}/ctrls.sock", "tls", *words],
                          capture_output=True, text=True, timeout=30, check=False, user=user)
    return [line.removeprefix("ftpdctl: ") for line in done.stdout.splitlines()]


def status_of(server, *words: str) -> int:
    """What the daemon says besides its lines: from 1.3.9 on ftpdctl ends with its amount. Numbers
    are those of the machine, texts have their length before them; a client is known by the owner
    of its own socket."""
    name = f"/tmp/ftp.cl{os.getpid()}-{next(_CLIENTS)}"
    texts = [text.encode() for text in ("tls", *words)]
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.bind(name)
            os.chmod(name, 0o700)
            client.settimeout(10)
            client.connect(f"{server.run}/ctrls.sock")
            client.sendall(struct.pack("=iI", 0, len(texts)) +
                           b"".join(struct.pack("=I", len(text)) + text for text in texts))
            answer = client.recv(4, socket.MSG_WAITALL)
        finally:
            Path(name).unlink(missing_ok=True)  # the daemon does it as well
    return struct.unpack("=i", answer)[0]


def assert_reads(lines: list[str], pattern: str) -> None:
    """Line by line, so that a failure shows which one differs."""
    wanted = pattern.replace("DATE", DATE).split("\n")
    for line, expected in zip(lines, wanted):
        assert re.fullmatch(expected.replace("(shm)", r"\(shm\)"), line), (line, expected)
    assert len(lines) == len(wanted), lines
