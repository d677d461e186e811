# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The host's time limits hold while TLS waits: no client can keep a session by doing nothing."""
import time

import pytest

from harness import process
from harness.logs import wait_for

VERSIONS = ("1.2", "1.3")


def session_ends(server, within: float) -> None:
    """Waits for the end of the only session."""
    pid = server.session_pids()[0]
    wait_for(lambda: not process.alive(pid), "the end of the session", within)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stalled_upload(daemon, version):
    server = daemon("TimeoutStalled 2")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR stalled")
        transfer.write(b"some and then nothing")
        session_ends(server, 15)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stalled_download(daemon, version):
    server = daemon("TimeoutStalled 2")
    with open(server.home / "huge", "wb") as file:
        file.truncate(400_000_000)
    (server.home / "huge").chmod(0o644)
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR huge")
        assert transfer.stream.recv()
        session_ends(server, 15)


def test_a_stalled_data_handshake(daemon):
    server = daemon("TimeoutStalled 2")
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR stalled", handshake=False)
        session_ends(server, 15)
        transfer.sock.close()


def test_login_timeout_inside_tls(daemon):
    server = daemon("TimeoutLogin 2")
    with server.ftp() as ftp:
        ftp.auth()
        session_ends(server, 15)


def test_login_timeout_during_the_handshake(daemon):
    server = daemon("TimeoutLogin 2")
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        session_ends(server, 15)


@pytest.mark.parametrize("version", VERSIONS)
def test_session_timeout(daemon, version):
    server = daemon("TimeoutSession 2")
    with server.ftps(version=version) as ftp:
        ftp.store("a", b"x")
        session_ends(server, 15)


@pytest.mark.parametrize("version", VERSIONS)
def test_transfers_push_the_idle_timeout_away(daemon, version):
    server = daemon("TimeoutIdle 2", "TimeoutNoTransfer 2")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR slow")
        for _ in range(8):
            transfer.write(b"still here")
            time.sleep(0.5)
        assert transfer.finish().code == 226
        assert ftp.cmd("NOOP").code == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_a_waiting_session_uses_no_processor(daemon, version):
    """Neither an idle control connection nor a silent data connection is polled busily."""
    server = daemon()
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR silent")
        transfer.write(b"x")
        pid = server.session_pids()[0]
        time.sleep(0.3)
        before = process.cpu_seconds(pid)
        time.sleep(1.5)
        assert process.cpu_seconds(pid) - before < 0.1
        assert transfer.finish().code == 226
        before = process.cpu_seconds(pid)
        time.sleep(1)
        assert process.cpu_seconds(pid) - before < 0.1
