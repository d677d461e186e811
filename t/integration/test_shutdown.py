# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""How connections end: the server always says close_notify before FIN and never resets what the
client has not read; clients end in all the ways they do in practice.
"""
import time

import pytest

from harness.stream import CLOSE_NOTIFY, FIN, RST

VERSIONS = ("1.2", "1.3")
DATA = bytes(range(256)) * 2000
LINGER = 2.0  # TimeoutLinger of the test servers


@pytest.fixture(scope="module")
def server(shared_daemon):
    server = shared_daemon("TLSRequired on")
    (server.home / "file").write_bytes(DATA)
    (server.home / "file").chmod(0o644)
    return server


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("RETR file", "LIST", "NLST", "MLSD"))
@pytest.mark.parametrize("mode", ("epsv", "port"))
def test_server_says_close_notify_and_then_fin_on_data(server, version, command, mode):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin(command, mode=mode)
        transfer.read_all()
        assert transfer.stream.ending == CLOSE_NOTIFY
        assert transfer.stream.after_close_notify() == FIN
        assert transfer.finish().code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_server_answers_close_notify_of_an_upload(server, version):
    """Clients that wait for the alert before they believe in their upload."""
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR up")
        transfer.write(DATA)
        transfer.stream.end_writing(CLOSE_NOTIFY)
        assert transfer.read_all() == b""
        assert transfer.stream.ending == CLOSE_NOTIFY
        assert transfer.stream.after_close_notify() == FIN
        assert transfer.finish().code == 226
        assert (server.home / "up").read_bytes() == DATA


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", (CLOSE_NOTIFY, FIN))
def test_upload_ended_by_alert_or_fin_is_complete(server, version, end):
    with server.ftps(version=version) as ftp:
        assert ftp.store("ended", DATA, end=end).code == 226
        assert (server.home / "ended").read_bytes() == DATA
        assert ftp.store("next", b"x").code == 226


def test_upload_without_close_notify_is_logged(daemon):
    server = daemon()
    with server.ftps() as ftp:
        assert ftp.store("a", DATA, end=FIN).code == 226
    server.tls_log.wait_for_match("close_notify|SSL_shutdown error|unexpected eof")


@pytest.mark.parametrize("version", VERSIONS)
def test_upload_ended_by_rst_is_an_error(server, version):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR reset")
        transfer.write(DATA)
        time.sleep(0.1)
        assert transfer.finish(RST).code == 426
        assert ftp.store("next", b"x").code == 226


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", (CLOSE_NOTIFY, FIN, RST))
def test_client_leaves_a_download_early(server, version, end):
    (server.home / "long").write_bytes(DATA * 40)
    (server.home / "long").chmod(0o644)
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR long")
        assert transfer.stream.recv()
        assert transfer.finish(end).code == 426
        assert ftp.retrieve("file") == DATA


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", (FIN, RST))
def test_client_that_never_says_close_notify_after_a_download(server, version, end):
    with server.ftps(version=version) as ftp:
        for _ in range(3):
            transfer = ftp.begin("RETR file")
            assert transfer.read_all() == DATA
            assert transfer.finish(end).code == 226
        assert ftp.cmd("NOOP").code == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_3094_3419_client_that_waits_for_226_before_it_closes_gets_it(server, version):
    """Costs the host's TimeoutLinger at most; better is not to wait at all."""
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR file")
        assert transfer.read_all() == DATA
        started = time.monotonic()
        assert ftp.reply().code == 226
        assert time.monotonic() - started < LINGER + 2
        transfer.stream.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_1634_1825_a_slow_reader_never_sees_a_reset(server, version):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("RETR file")
        time.sleep(0.7)  # the server has long since sent everything
        assert transfer.read_all() == DATA
        assert transfer.stream.ending == CLOSE_NOTIFY
        assert transfer.finish().code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_empty_files_are_closed_in_order_too(server, version):
    with server.ftps(version=version) as ftp:
        assert ftp.store("empty", b"").code == 226
        transfer = ftp.begin("RETR empty")
        assert transfer.read_all() == b""
        assert transfer.stream.ending == CLOSE_NOTIFY
        assert transfer.finish().code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_2697_quit_ends_with_close_notify(server, version):
    with server.ftps(version=version) as ftp:
        assert ftp.quit() == CLOSE_NOTIFY
        assert ftp.stream.after_close_notify() == FIN


@pytest.mark.differs_from_original("the original loses the 421")
@pytest.mark.parametrize("version", VERSIONS)
def test_idle_timeout_says_421_and_close_notify(daemon, version):
    server = daemon("TimeoutIdle 1")
    with server.ftps(version=version) as ftp:
        assert ftp.reply().code == 421
        assert ftp.ending() == CLOSE_NOTIFY


def test_login_attempts_run_out(daemon):
    server = daemon("MaxLoginAttempts 1")
    with server.ftp() as ftp:
        ftp.auth()
        ftp.expect("USER alice", 331)
        assert ftp.cmd("PASS wrong").code == 530
        assert ftp.ending() == CLOSE_NOTIFY


@pytest.mark.parametrize("end", (CLOSE_NOTIFY, FIN, RST))
def test_client_leaves_the_control_connection(daemon, end):
    """The session process goes, too, and at once."""
    server = daemon()
    ftp = server.ftps()
    assert len(server.session_pids()) == 1
    ftp.close(end)
    server.system_log.wait_for("FTP session closed.", timeout=3)


@pytest.mark.parametrize("version", VERSIONS)
def test_client_vanishes_in_the_middle_of_everything(daemon, version):
    server = daemon()
    (server.home / "long").write_bytes(DATA * 40)
    (server.home / "long").chmod(0o644)
    for step in ("download", "upload", "before the handshake"):
        ftp = server.ftps(version=version)
        command = "STOR half" if step == "upload" else "RETR long"
        transfer = ftp.begin(command, handshake=step != "before the handshake")
        if step == "upload":
            transfer.write(DATA)
        transfer.sock.close()
        ftp.close(RST)
    server.system_log.wait_for("FTP session closed.", count=3, timeout=15)
    with server.ftps() as ftp:
        assert ftp.retrieve("long") == DATA * 40


def test_the_daemon_stops_with_sessions_open(daemon):
    server = daemon()
    with server.ftps() as ftp:
        transfer = ftp.begin("STOR open")
        transfer.write(b"some")
        assert server.stop() == []
        server.pid = 0
