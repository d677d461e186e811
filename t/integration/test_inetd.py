# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""ServerType inetd: one process per connection does everything, from reading files to TLS."""
import socket
import subprocess
import threading

import pytest

from harness import settings

DATA = b"inetd" * 10_000


class Inetd:
    """A tiny inetd: runs proftpd on each connection to the server's port."""

    def __init__(self, server) -> None:
        server.rewrite(lambda text: text.replace("standalone", "inetd"))
        self._server = server
        self._processes: list[subprocess.Popen] = []
        self._listener = socket.create_server((server.address, server.port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, open(self._server.run / "stderr", "a", encoding="utf-8") as stderr:
                self._processes.append(subprocess.Popen(
                    [settings.PROFTPD, "-c", str(self._server.config_file)], stdin=connection,
                    stdout=connection, stderr=stderr,
                    env=settings.daemon_environment(self._server.run)))

    def stop(self) -> list[int]:
        """Ends it; the exit status of each session."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        return [process.wait(10) for process in self._processes]


@pytest.fixture
def inetd():
    started = []

    def start(server) -> Inetd:
        started.append(Inetd(server))
        return started[-1]
    yield start
    for each in started:
        assert all(status in (0, 1) for status in each.stop())


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_transfers(daemon, inetd, version):
    server = daemon.prepare("TLSRequired on")
    inetd(server)
    for name in ("first", "second"):
        with server.ftps(version=version) as ftp:
            assert ftp.store(name, DATA).code == 226
            assert ftp.retrieve(name) == DATA
            assert name in ftp.names()
            ftp.cmd("QUIT")


def test_the_reuse_rule_holds(daemon, inetd):
    server = daemon.prepare("TLSRequired on")
    inetd(server)
    with server.ftps() as ftp:
        assert ftp.store("a", DATA, session=None).code == 425
        assert ftp.store("a", DATA).code == 226
        ftp.cmd("QUIT")


def test_a_renewed_certificate_is_served(daemon, inetd, pki, run_folder):
    credential = pki.ec.copy_to(run_folder / "inetd")
    server = daemon.prepare(certificate=credential)
    inetd(server)
    seen = set()
    for source in (pki.ec, pki.ec2):
        credential.certificate.write_bytes(source.certificate.read_bytes())
        credential.key.write_bytes(source.key.read_bytes())
        with server.ftps() as ftp:
            seen.add(ftp.stream.peer_certificate)
            ftp.cmd("QUIT")
    assert len(seen) == 2
