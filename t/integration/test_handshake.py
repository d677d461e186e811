# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""The handshake on the control connection: what succeeds, what fails, and what the log says.

Log lines are compared word by word: howtos and log watchers know them. A handshake that fails
ends with 421 in the clear and costs nobody else anything.
"""
import re
import socket
import ssl
import time
from pathlib import Path

import pytest

from harness import config, process, settings

STAMP = rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d,\d{{3}} {re.escape(settings.VERSION)}\[\d+\]: "
GOODBYE = b"421 TLS handshake failed\r\n"
FAILED = "TLS/TLS-C negotiation failed on control channel"
CIPHERS = {("1.2", "rsa"): "ECDHE-RSA-AES256-GCM-SHA384",
           ("1.2", "ec"): "ECDHE-ECDSA-AES256-GCM-SHA384",
           ("1.3", "rsa"): "TLS_AES_256_GCM_SHA384", ("1.3", "ec"): "TLS_AES_256_GCM_SHA384"}


@pytest.mark.parametrize("certificate", ("rsa", "ec"))
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_success_and_its_log_lines(daemon, pki, version, certificate):
    server = daemon(certificate=certificate)
    cipher = CIPHERS[version, certificate]
    with server.ftp(version=version) as ftp:
        ftp.auth()
        assert (ftp.stream.version, ftp.stream.cipher) == (f"TLSv{version}", cipher)
        expected = ssl.PEM_cert_to_DER_cert(getattr(pki, certificate).certificate.read_text())
        assert ftp.stream.peer_certificate == expected
    server.tls_log.wait_for("connection accepted")
    lines = [re.sub(f"^{STAMP}", "", line) for line in server.tls_log.text().splitlines()]
    assert lines[:3] == [
        "TLS/TLS-C requested, starting TLS handshake", "client supports secure renegotiations",
        f"TLSv{version} connection accepted, using cipher {cipher} (256 bits)"]
    assert re.match(STAMP, server.tls_log.text())


@pytest.mark.parametrize("version", ("1.2", "1.3"))
@pytest.mark.parametrize("key, signature", (("RSA", "RSA-PSS+SHA256"), ("EC", "ECDSA+SHA256")))
def test_two_certificates_serve_both_kinds_of_clients(daemon, pki, version, key, signature):
    """Recipe: an RSA and an EC certificate side by side."""
    server = daemon(certificate=(pki.rsa, pki.ec))
    outcome = server.s_client(f"-tls{version.replace('.', '_')}", "-sigalgs", signature).ok()
    assert "Verify return code: 0 (ok)" in outcome.stdout
    assert f"Peer signature type: {'ECDSA' if key == 'EC' else 'RSA-PSS'}" in outcome.stdout
    assert "221" in outcome.stdout


@pytest.mark.parametrize("certificate", ("rsa_chained", "ec_chained"))
@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_the_chain_is_sent(daemon, version, certificate):
    server = daemon(certificate=certificate)
    with server.ftps(version=version) as ftp:  # the client knows only the root
        assert ftp.store("a", b"x").code == 226


@pytest.mark.differs_from_original("the original gives the chain to one certificate only")
def test_both_chains_are_sent(daemon, pki):
    server = daemon(certificate=(pki.ec_chained, pki.rsa_chained))
    for cipher in ("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"):
        with server.ftps(version="1.2", ciphers=cipher) as ftp:
            assert ftp.stream.cipher == cipher


def test_key_and_certificate_in_one_file(daemon):
    server = daemon(certificate="combined")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


def test_s_client_sees_no_names_of_client_cas(daemon, pki):
    """Recipe: looking with openssl s_client."""
    server = daemon(f"TLSCACertificateFile {pki.ca}")
    outcome = server.s_client("-showcerts").ok()
    assert "No client certificate CA names sent" in outcome.stdout
    assert "221" in outcome.stdout


def test_server_chooses_the_cipher(daemon):
    server = daemon("TLSCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
    with server.ftp(version="1.2", ciphers="ECDHE-ECDSA-AES256-GCM-SHA384:"
                                           "ECDHE-ECDSA-AES128-GCM-SHA256") as ftp:
        ftp.auth()
        assert ftp.stream.cipher == "ECDHE-ECDSA-AES128-GCM-SHA256"


def test_tls13_suites(daemon):
    server = daemon("TLSCipherSuite TLSv1.3 TLS_CHACHA20_POLY1305_SHA256")
    with server.ftps(version="1.3") as ftp:
        assert ftp.stream.cipher == "TLS_CHACHA20_POLY1305_SHA256"
        assert ftp.store("a", b"x").code == 226


def failing(server, **options) -> Exception:
    """A client that must fail, be told so in the clear, and be let go."""
    with server.ftp(**options) as ftp:
        ftp.expect("AUTH TLS", 234)
        error, rest = ftp.failing_handshake()
        assert rest.endswith(GOODBYE)
        return error


@pytest.mark.parametrize("suites, shown", (
    ((), "'TLSCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384:!EXPORT'"),
    (("TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384",),
     "'TLSCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384:!EXPORT' or "
     "'TLSCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384' (see `openssl ciphers` for full list)")))
def test_no_shared_cipher(daemon, suites, shown):
    server = daemon("TLSCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384", *suites)
    error = failing(server, version="1.2", ciphers="ECDHE-ECDSA-AES128-GCM-SHA256")
    assert "HANDSHAKE_FAILURE" in str(error)
    server.tls_log.wait_for(FAILED)
    server.tls_log.wait_for("unable to accept TLS connection: protocol error: \n"
                            "  (1) error:0A0000C1:SSL routines::no shared cipher")
    server.tls_log.wait_for(f"client does not support any cipher from {shown}")


@pytest.mark.differs_from_original("with OpenSSL 3 the original no longer finds out")
@pytest.mark.parametrize("allowed, asked", (("1.3", "1.2"), ("1.2", "1.3")))
def test_disabled_version_is_named(daemon, allowed, asked):
    server = daemon(f"TLSProtocol TLSv{allowed}")
    assert "PROTOCOL_VERSION" in str(failing(server, version=asked))
    server.tls_log.wait_for(FAILED)
    server.tls_log.wait_for(f"unable to accept TLS connection: perhaps client requested disabled "
                            f"TLS protocol version: TLSv{asked}")
    with server.ftps(version=allowed):
        pass


@pytest.mark.differs_from_original("the original allows TLS 1.0 and 1.1 by default")
@pytest.mark.parametrize("version", ("1.0", "1.1"))
def test_old_versions_are_off_by_default(daemon, version):
    server = daemon()
    failing(server, version=version, ciphers="ALL:@SECLEVEL=0")
    server.tls_log.wait_for(f"disabled TLS protocol version: TLSv{version.replace('1.0', '1')}")


@pytest.mark.differs_from_original("the original only names them; the library's policy wins")
@pytest.mark.parametrize("version, word", (("1.0", "TLSv1"), ("1.1", "TLSv1.1")))
def test_old_versions_work_when_named(daemon, version, word):
    """Recipe: the oldest howto. What the configuration names is what is spoken."""
    server = daemon(f"TLSProtocol {word}", certificate="rsa")
    with server.ftps(version=version, ciphers="ALL:@SECLEVEL=0") as ftp:
        assert ftp.stream.version == word


def test_versions_with_a_gap(daemon):
    server = daemon("TLSProtocol ALL -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2")
    with server.ftps(version="1.3"):
        pass
    failing(server, version="1.2")


@pytest.mark.differs_from_original("with OpenSSL 3 the original no longer recognises it")
@pytest.mark.parametrize("sent", (b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"))
def test_eof_inside_the_handshake_hints_at_middleboxes(daemon, sent):
    """Recipe: a middlebox breaks the handshake."""
    server = daemon()
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.sendall(sent)
        ftp.sock.shutdown(socket.SHUT_WR)
        ftp.stream.read_all()
    server.tls_log.wait_for(FAILED)
    server.tls_log.wait_for("unable to accept TLS connection: received EOF that violates protocol")
    server.tls_log.wait_for("usually this indicates an FTP-aware router, NAT, or firewall "
                            "interfering with the TLS handshake")


@pytest.mark.parametrize("sent", (b"USER alice\r\nPASS secret\r\n", b"GET / HTTP/1.0\r\n\r\n"))
def test_plain_text_instead_of_a_client_hello(daemon, sent):
    server = daemon()
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.sendall(sent)
        answer = ftp.stream.read_all()
        assert answer.endswith(GOODBYE)
        assert b"331" not in answer
    server.tls_log.wait_for("unable to accept TLS connection: protocol error: \n  (1) error:")
    server.tls_log.wait_for(FAILED)


def test_a_client_that_rejects_our_certificate(daemon):
    server = daemon(certificate="self_signed")
    error = failing(server)
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    server.tls_log.wait_for("unable to accept TLS connection: protocol error: ")
    server.tls_log.wait_for("unknown ca")


def test_a_silent_client_is_let_go_after_tlstimeouthandshake(daemon):
    server = daemon("TLSTimeoutHandshake 1")
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        started = time.monotonic()
        assert ftp.stream.read_all() == b"421-TLS negotiation timed out\r\n" + GOODBYE
        assert 0.5 < time.monotonic() - started < 4
    server.tls_log.wait_for("TLS negotiation timed out (1 seconds)")
    server.tls_log.wait_for(FAILED)


def test_a_dripping_client_is_let_go_as_well(daemon):
    server = daemon("TLSTimeoutHandshake 1")
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.settimeout(0.2)
        started = time.monotonic()
        for byte in b"\x16\x03\x01\x02\x00" + bytes(60):
            ftp.sock.sendall(bytes([byte]))
            try:
                if not ftp.sock.recv(100) or time.monotonic() - started > 6:
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() - started < 5
    server.tls_log.wait_for("TLS negotiation timed out (1 seconds)")


def test_a_client_hello_in_many_segments(daemon):
    server = daemon()
    with server.ftp(version="1.3") as ftp:
        ftp.expect("AUTH TLS", 234)
        send = ftp.sock.sendall
        real, ftp.sock = ftp.sock, Dripping(ftp.sock, send)
        tls = ftp.handshake()
        tls.sock = ftp.sock = real
        ftp.login()


class Dripping:
    """A socket that sends byte by byte."""

    def __init__(self, sock, send) -> None:
        self._sock, self._send = sock, send

    def sendall(self, data: bytes) -> None:
        for byte in data:
            self._send(bytes([byte]))

    def __getattr__(self, name):
        return getattr(self._sock, name)


@pytest.mark.parametrize("after", (0, 1, 5, 50))
def test_clients_that_vanish_leave_the_daemon_well(daemon, after):
    server = daemon()
    for _ in range(3):
        with server.ftp() as ftp:
            ftp.expect("AUTH TLS", 234)
            ftp.sock.sendall((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60))[:after])
            ftp.close("rst")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


def test_alpn_ftp_is_confirmed(daemon):
    server = daemon()
    outcome = server.s_client("-alpn", "http/1.1,ftp").ok()
    assert "ALPN protocol: ftp" in outcome.stdout


def test_a_control_session_may_be_resumed_by_the_next_connection(daemon):
    server = daemon()
    with server.ftps(version="1.3") as first:
        session, context = first.sessions[-1], first.context
    with server.ftp(context=context) as second:
        second.auth(session=session)
        assert second.stream.resumed
        second.login()
        second.protect()
        assert second.store("a", b"x").code == 226
    server.tls_log.wait_for("connection accepted, using cipher TLS_AES_256_GCM_SHA384 "
                            "(256 bits, resumed session)")
    server.tls_log.wait_for("client reused previous TLS session for control connection")


def test_an_unknown_session_just_means_a_full_handshake(daemon):
    first, second = daemon(), daemon()
    with first.ftps(version="1.2") as ftp:
        session, context = ftp.sessions[-1], ftp.context
    with second.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed
        ftp.login()
        ftp.protect()
        assert ftp.store("a", b"x").code == 226


@pytest.mark.differs_from_original("there TLS 1.2 clients get tickets although they are off")
def test_tls12_clients_get_no_tickets(daemon):
    server = daemon()
    with server.ftps(version="1.2") as ftp:
        assert not ftp.sessions[-1].has_ticket and ftp.sessions[-1].id
        assert ftp.store("a", b"x").code == 226


def test_client_renegotiation_is_refused(daemon):
    server = daemon()
    outcome = server.s_client_dialogue("-tls1_2", steps=("R\n", "Q\n"))
    assert "RENEGOTIATING" in outcome.stderr
    assert "renegotiation accepted" not in server.tls_log
    assert outcome.stdout.count("depth=0") + outcome.stderr.count("depth=0") == 1
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


def test_key_updates_by_the_client(daemon):
    """K asks the server to update its keys as well, k does not."""
    server = daemon()
    outcome = server.s_client_dialogue(
        "-tls1_3", "-crlf", steps=("K\n", "NOOP\n", "k\n", "SYST\n", "Q\n"))
    assert outcome.stderr.count("KEYUPDATE") == 2
    assert "200 NOOP" in outcome.stdout and "215 " in outcome.stdout


@pytest.mark.needs_root("descriptors of the server's processes")
def test_sessions_hold_no_key_or_certificate_file_open(daemon, pki):
    server = daemon()
    with server.ftps():
        names = process.open_files(server.session_pids()[0]).values()
        assert not [name for name in names if str(pki.folder) in name]


def test_a_session_runs_as_its_user(daemon):
    server = daemon()
    with server.ftps() as ftp:
        ftp.store("a", b"x")
        status = (Path("/proc") / str(server.session_pids()[0]) / "status").read_text()
        assert re.search(rf"^Uid:\s+\d+\s+{config.UID}\b", status, re.M)
