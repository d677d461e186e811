# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Implicit FTPS (TLSOptions UseImplicitSSL): TLS before the banner, PROT P from the start."""
import socket
import time

import pytest

from harness.logs import wait_for
from harness.stream import CLOSE_NOTIFY

VERSIONS = ("1.2", "1.3")
DATA = bytes(range(256)) * 400
IMPLICIT = "TLSOptions UseImplicitSSL"


def connect(server, login: bool = True, **options):
    """An implicit client; as such clients do, it sends neither PBSZ nor PROT."""
    ftp = server.ftp(greet=False, **options)
    ftp.handshake()
    ftp.banner = ftp.reply()
    ftp.protected_data = True
    if login:
        ftp.login()
    return ftp


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired on", IMPLICIT)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("pasv", "epsv", "port", "eprt"))
def test_upstream_3437_prot_p_from_the_start(server, version, mode):
    with connect(server, version=version) as ftp:
        assert ftp.banner.code == 220
        transfer = ftp.begin("STOR up", mode=mode)
        assert transfer.stream.resumed
        transfer.write(DATA)
        assert transfer.finish().code == 226
        assert ftp.retrieve("up", mode=mode) == DATA
        assert "up" in ftp.names(mode=mode)
        assert ftp.quit() == CLOSE_NOTIFY
    server.tls_log.wait_for("TLSOption UseImplicitSSL in effect, starting SSL/TLS handshake")


def test_the_reuse_rule_is_in_force(server):
    with connect(server) as ftp:
        assert ftp.store("thief", DATA, session=None).code == 425
        assert ftp.store("owner", DATA).code == 226


def test_auth_pbsz_and_prot(daemon):
    server = daemon("TLSRequired off", IMPLICIT)
    with connect(server, login=False) as ftp:
        assert str(ftp.cmd("AUTH TLS")) == "503 Unwilling to accept second AUTH"
        ftp.expect("PBSZ 0", 200)
        ftp.login()
        ftp.prot("C")
        assert ftp.store("clear", DATA).code == 226
        ftp.prot("P")
        assert ftp.store("private", DATA).code == 226
        features = [line.strip() for line in ftp.cmd("FEAT").lines]
        assert {"AUTH TLS", "CCC", "PBSZ", "PROT"} <= set(features)


def test_data_starts_in_the_clear_where_protection_is_refused(daemon):
    server = daemon("TLSRequired ctrl+!data", IMPLICIT)
    with connect(server) as ftp:
        assert ftp.cmd("PROT P").code == 534
        ftp.protected_data = False
        assert ftp.store("clear", DATA).code == 226
        assert ftp.retrieve("clear") == DATA


def test_sendfile_does_not_uncover_files(daemon):
    server = daemon("TLSRequired off", IMPLICIT, "UseSendfile on")
    (server.home / "file").write_bytes(DATA * 20)
    (server.home / "file").chmod(0o644)
    with connect(server) as ftp:
        transfer = ftp.begin("RETR file")
        seen = transfer.stream.record_raw()
        assert transfer.read_all() == DATA * 20
        assert DATA[:64] not in seen
        assert transfer.finish().code == 226


def test_ccc_on_an_implicit_connection(daemon):
    server = daemon("TLSRequired auth", IMPLICIT)
    with connect(server) as ftp:
        tls = ftp.stream
        ftp.expect("CCC", 200)
        tls.send_close_notify()
        assert tls.recv() == b""
        ftp.go_on_in_the_clear()
        assert ftp.cmd("PWD").code == 257
        assert ftp.store("up", DATA).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_r7_implicit_beside_explicit(daemon, pki, tmp_path, version):
    """Recipe: a virtual host on a port of its own."""
    server = daemon("TLSRequired on", "<VirtualHost {address}>", "  Port {port1}",
                    "  TLSEngine on", "  TLSLog {dir}/run/implicit.log", "  TLSRequired on",
                    f"  {IMPLICIT}", "  TLSECCertificateFile {certificate}",
                    "  TLSECCertificateKeyFile {key}", "</VirtualHost>")
    implicit_port = server.ports.listening[1]
    with connect(server, port=implicit_port, version=version) as implicit, \
            server.ftps(version=version) as explicit:
        assert implicit.store("a", DATA).code == 226
        assert explicit.retrieve("a") == DATA
        assert explicit.store("b", DATA).code == 226
        assert implicit.retrieve("b") == DATA
    assert server.log("implicit.log").count("UseImplicitSSL in effect") == 1
    assert "UseImplicitSSL" not in server.tls_log


# --- clients that mean something else -------------------------------------------------------------


@pytest.mark.differs_from_original("the 421 is lost to a reset there")
def test_q64_plain_text_gets_a_421(server):
    with server.ftp(greet=False) as ftp:
        ftp.sock.sendall(b"USER alice\r\nPASS secret\r\n" * 100)
        answer = ftp.stream.read_all()
        assert answer.endswith(b"421 TLS handshake failed\r\n")
    server.tls_log.wait_for("implicit SSL/TLS negotiation failed on control channel")


def test_a_health_check_that_connects_and_leaves(daemon):
    server = daemon(IMPLICIT)
    for _ in range(3):
        socket.create_connection((server.address, server.port)).close()
    server.tls_log.wait_for("implicit SSL/TLS negotiation failed on control channel", count=3)
    wait_for(lambda: not server.session_pids(), "the end of the sessions", 5)
    with connect(server) as ftp:
        assert ftp.store("a", b"x").code == 226


def test_a_silent_client_is_bounded(daemon):
    server = daemon(IMPLICIT, "TLSTimeoutHandshake 1")
    with server.ftp(greet=False) as ftp:
        started = time.monotonic()
        assert ftp.stream.read_all().endswith(b"\r\n421 TLS handshake failed\r\n")
        assert 0.5 < time.monotonic() - started < 4
    server.tls_log.wait_for("TLS negotiation timed out (1 seconds)")


def test_host_after_implicit_tls_without_sni(daemon):
    server = daemon(IMPLICIT, "<VirtualHost {address}>", "  Port {port}", "  ServerAlias b.test",
                    "</VirtualHost>")
    with connect(server, login=False) as ftp:
        assert str(ftp.cmd("HOST b.test")) == "503 Bad sequence of commands"
        ftp.login()


# --- clients --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_curl_over_implicit_tls(server, tmp_path, version):
    source = tmp_path / "source"
    source.write_bytes(DATA * 30)
    server.curl("curl", "-T", str(source), version=version, scheme="ftps").ok()
    assert (server.home / "curl").read_bytes() == DATA * 30
    server.curl("curl", "-o", str(tmp_path / "back"), version=version, scheme="ftps").ok()
    assert (tmp_path / "back").read_bytes() == DATA * 30


def test_lftp_over_implicit_tls(server, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(DATA * 30)
    server.lftp(f"put {source} -o lftp\nget lftp -o {tmp_path}/back\n", scheme="ftps").ok()
    assert (tmp_path / "back").read_bytes() == DATA * 30
