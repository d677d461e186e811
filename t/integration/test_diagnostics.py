# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A failed handshake is told once, in one line with cause and remedy; the client hears the same."""
import re
import socket
import time

import pytest

from harness.stream import TlsStream

BEGIN = "unable to accept TLS connection: "

pytestmark = pytest.mark.differs_from_original("there the log has no remedy, the client no reason")


def told_once(server, line: str) -> None:
    """The line is there, once, with a remedy behind a semicolon."""
    server.tls_log.wait_for("negotiation failed")
    found = re.findall(rf"^.*{re.escape(line)}.*; .+$", server.tls_log.text(), re.M)
    assert len(found) == 1, server.tls_log.text()


def failing(server, **options) -> None:
    with server.ftp(**options) as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.failing_handshake()


def after_auth(server, sent: bytes) -> bytes:
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.sendall(sent)
        return ftp.stream.read_all()


@pytest.mark.parametrize("ciphers, line", (
    ("ECDHE-ECDSA-AES128-GCM-SHA256", "client does not support any cipher from 'TLSCipherSuite "),
    ("ECDHE-RSA-AES256-GCM-SHA384",
     "ciphers in common need a certificate of type RSA, but there is only EC")))
def test_r18_no_shared_cipher_says_which_of_its_causes_it_is(daemon, ciphers, line):
    """A restrictive TLSCipherSuite, or a certificate of the wrong type."""
    server = daemon("TLSCipherSuite ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384")
    failing(server, version="1.2", ciphers=ciphers)
    told_once(server, BEGIN + line)


def test_r18_a_virtual_host_without_certificate_says_so(daemon):
    """The certificates stand in the main server only, the client is on a virtual host."""
    server = daemon(after="""
<VirtualHost 127.0.0.1>
  Port {port1}
  TLSEngine on
  TLSLog {dir}/run/vhost.log
</VirtualHost>
""")
    with server.ftp(port=server.values["port1"]) as ftp:
        assert str(ftp.cmd("AUTH TLS")) == "431 Necessary security resource unavailable"
    server.log("vhost.log").wait_for("Unable to accept AUTH TLS due to lack of certificates")


def test_r19_a_disabled_version_is_named(daemon):
    server = daemon("TLSProtocol TLSv1.1 TLSv1.2", certificate="rsa")
    failing(server, version="1.0", ciphers="ALL:@SECLEVEL=0")
    told_once(server, BEGIN + "perhaps client requested disabled TLS protocol version: TLSv1")


@pytest.mark.parametrize("sent", (b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"))
def test_r21_a_middlebox_is_hinted_at(daemon, sent):
    server = daemon()
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.sendall(sent)
        ftp.sock.shutdown(socket.SHUT_WR)
        ftp.stream.read_all()
    told_once(server, BEGIN + "usually this indicates an FTP-aware router, NAT, or firewall")


def test_r36_a_client_with_weak_ciphers_only_is_told_apart(daemon):
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x00\x09" + b"\x01\x00"
    hello = b"\x01" + len(body).to_bytes(3, "big") + body
    server = daemon(certificate="rsa")
    after_auth(server, b"\x16\x03\x01" + len(hello).to_bytes(2, "big") + hello)
    told_once(server, "only weak ones (none that the library still knows)")


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_r35_the_accepted_line_has_cipher_and_bits(daemon, version):
    server = daemon()
    with server.ftps(version=version) as ftp:
        assert f"using cipher {ftp.stream.cipher} (256 bits)" in server.tls_log


@pytest.mark.parametrize("sent, line", (
    (b"GET / HTTP/1.0\r\n\r\n", "client sent an HTTP request instead of starting TLS"),
    (b"USER alice\r\n", "perhaps client sent plain text instead of starting TLS")))
def test_other_causes_in_plain_words(daemon, sent, line):
    server = daemon()
    after_auth(server, sent)
    told_once(server, BEGIN + line)


@pytest.mark.parametrize("alert, line", (
    (40, "client found nothing acceptable in what the server offers"),
    (42, "perhaps client does not trust the server's certificate; "),
    (44, "does not trust the server's certificate: to the client it is revoked"),
    (45, "does not trust the server's certificate: to the client it has expired"),
    (90, "TLS connection closed")))
def test_alerts_of_the_client_in_plain_words(daemon, alert, line):
    server = daemon()
    with server.ftp(version="1.2") as ftp:
        ftp.expect("AUTH TLS", 234)
        TlsStream(ftp.sock, ftp.context).start_handshake()
        ftp.sock.sendall(b"\x15\x03\x03\x00\x02\x02" + bytes([alert]))
        ftp.stream.read_all()
    told_once(server, line.rstrip("; "))
    assert line in server.tls_log


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_an_unknown_issuer_is_named(daemon, version):
    server = daemon(certificate="self_signed")
    failing(server, version=version)
    told_once(server, "does not trust the server's certificate: it does not know the issuer")


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_r5_a_client_that_does_not_reuse_sessions(daemon, version):
    """425 "Operation not permitted": the log names the option, and with it the client works."""
    server = daemon("TLSRequired on")
    with server.ftps(version=version) as ftp:
        started = time.monotonic()
        reply = ftp.begin("LIST", session=None).finish()
        assert reply.code == 425 and time.monotonic() - started < 1
        assert "NoSessionReuseRequired" in reply.lines[0]
        assert "Operation not permitted" in reply.text
        assert ftp.store("a", b"x").code == 226
    server.tls_log.wait_for("(see the NoSessionReuseRequired TLSOptions parameter)")
    relaxed = daemon("TLSRequired on", "TLSOptions NoSessionReuseRequired")
    with relaxed.ftps(version=version) as ftp:
        assert ftp.store("a", b"x", session=None).code == 226
        assert ftp.names("NLST", session=None) == ["a"]


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_a_data_handshake_gives_its_reason_with_the_425(daemon, pki, version):
    server = daemon("TLSOptions NoSessionReuseRequired")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("NLST", handshake=False)
        transfer.sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        reply = ftp.reply()
        transfer.sock.close()
        assert reply.code == 425
        assert reply.lines[0] == "HTTP request sent to an FTPS server"
        assert ftp.cmd("NOOP").code == 200
    server.tls_log.wait_for("client sent an HTTP request instead of starting TLS; ")
