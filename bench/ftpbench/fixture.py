# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Files every server of a run shares: certificate, account, home; all on tmpfs."""
import os
import random
import shutil
import socket
import ssl
import subprocess
import tempfile
from pathlib import Path

USER, PASSWORD = "bench", "secret"
UID = GID = 65534  # nobody: owns nothing, needs no account of its own
PASSIVE_PORTS = 120  # pure-ftpd admits half as many sessions
SMALL_SIZE = 1024
MIB = 1024 * 1024


class Fixture:
    """A folder on tmpfs that goes when the context ends."""

    def __init__(self, big_mib: int) -> None:
        self.dir = Path(tempfile.mkdtemp(prefix="ftps-bench-", dir="/dev/shm"))
        self.dir.chmod(0o755)
        self.home, self.run = self.dir / "home", self.dir / "run"
        self.cert, self.key = self.dir / "cert.pem", self.dir / "key.pem"
        self.big_size = big_mib * MIB
        self.port, self.passive = _free_ports()
        self._make_certificate()
        self._make_home()

    def __enter__(self) -> "Fixture":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.dir)

    def _make_certificate(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost", "-keyout", str(self.key), "-out", str(self.cert)],
            check=True, capture_output=True)

    def _make_home(self) -> None:
        self.home.mkdir()
        self.run.mkdir()
        uploads = self.home / "up"
        uploads.mkdir()
        uploads.chmod(0o777)  # the servers run sessions as different users
        (self.home / "small").write_bytes(os.urandom(SMALL_SIZE))
        with (self.home / "big").open("wb") as big:
            for _ in range(self.big_size // MIB):
                big.write(os.urandom(MIB))

    @property
    def password_hash(self) -> str:
        """MD5-crypt for every server, so that the hash does not decide the comparison."""
        return subprocess.run(["openssl", "passwd", "-1", "-salt", "ftpbench", PASSWORD],
                              check=True, capture_output=True, text=True).stdout.strip()

    def client_context(self) -> ssl.SSLContext:
        """A new context: TLS 1.3 only, trusts the certificate, knows no session."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.cert)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    def stored(self) -> int:
        """Size of the uploads, which are removed."""
        total = 0
        for path in (self.home / "up").iterdir():
            total += path.stat().st_size
            path.unlink()
        return total


def _free_ports() -> tuple[int, tuple[int, int]]:
    """A control port and a range of data ports right behind it, all free now."""
    for first in random.sample(range(21100, 32000), 100):  # another run may look at the same time
        if all(_is_free(port) for port in range(first, first + PASSIVE_PORTS + 1)):
            return first, (first + 1, first + PASSIVE_PORTS)
    raise RuntimeError("no block of free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
