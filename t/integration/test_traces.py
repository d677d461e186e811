# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""TLSOptions EnableDiags and the Trace directive: much to read, nothing that must not be read."""
import re
import ssl

import pytest

from harness.ftps import make_context
from harness.stream import TlsStream

VERSIONS = ("1.2", "1.3")


def tracing(daemon, *directives: str):
    server = daemon.prepare(*directives)
    server.rewrite(lambda text: text.replace("Trace binding:8", "Trace binding:8 tls:30 timing:10"))
    server.start()
    return server


@pytest.mark.parametrize("version", VERSIONS)
def test_enable_diags_tells_every_message(daemon, version):
    server = daemon("TLSOptions EnableDiags")
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"x").code == 226
        ftp.quit()
    log = server.tls_log
    log.wait_for("TLSOption EnableDiags enabled, setting diagnostics callback")
    log.wait_for("(HANDSHAKE_START)", count=2)
    log.wait_for("[info] accepting: SSLv3/TLS read client hello")
    log.wait_for_match(rf"\[msg\] received TLSv1\.\d 'ClientHello' Handshake message "
                       r"\(\d+ bytes\)")
    log.wait_for_match(rf"\[msg\] sent TLSv{version} 'ServerHello' Handshake message \(\d+ bytes\)")
    log.wait_for(f"[msg] sent TLSv{version} ChangeCipherSpec message (1 byte)")
    log.wait_for(f"[msg] received TLSv{version} warning 'close_notify' Alert message (2 bytes)")
    log.wait_for("[info] reading: SSL/TLS alert warning: close notify")
    log.wait_for("ClientHello:")
    log.wait_for_match(r"\[stat\]: SSL/TLS sessions attempted: \d")
    assert log.count("[stat]: ") == 9


@pytest.mark.differs_from_original("the original writes tickets and more into the log")
@pytest.mark.parametrize("version", VERSIONS)
def test_enable_diags_tells_no_secrets(daemon, version):
    server = tracing(daemon, "TLSOptions EnableDiags")
    with server.ftps(version=version) as ftp:
        ftp.store("a", b"x")
        ftp.quit()
    said = server.tls_log.text() + server.log("trace.log").text()
    long_hex = set(re.findall(r"\b[0-9a-fA-F]{65,}\b", said))
    assert not long_hex and "secret" not in said.lower().replace("master_secret", "")


@pytest.mark.parametrize("sent", (
    b"\x01\x00\x00\x02\x03\x03",
    b"\x01\x00\x00\x30\x03\x03" + bytes(32) + b"\xff" + bytes(13),
    b"\x01\x00\x00\x2b\x03\x03" + bytes(32) + b"\x00\xff\xff" + bytes(6),
    b"\x01\x00\x00\x30\x03\x03" + bytes(32) + b"\x00\x00\x02\x13\x02\x01\x00\xff\xff" + bytes(5)))
def test_q21_messages_of_liars_are_read_within_their_bounds(daemon, sent):
    server = tracing(daemon, "TLSOptions EnableDiags")
    with server.ftp() as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.sock.sendall(b"\x16\x03\x01" + len(sent).to_bytes(2, "big") + sent)
        ftp.stream.read_all()
    server.tls_log.wait_for("negotiation failed on control channel")
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226


@pytest.mark.differs_from_original("the original prints what is behind the name")
@pytest.mark.parametrize("version", VERSIONS)
def test_q73_names_of_protocols_end_where_they_end(daemon, version):
    server = tracing(daemon)
    context = make_context(server.pki.ca, version)
    context.set_alpn_protocols(["http/1.1", "ftp"])
    with server.ftp(context=context) as ftp:
        ftp.auth()
        assert ftp.stream.tls.selected_alpn_protocol() == "ftp"
    server.log("trace.log").wait_for("<tls:9>: client offers by ALPN: 'http/1.1', 'ftp'\n")
    server.log("trace.log").wait_for("<tls:9>: server selected by ALPN: 'ftp'\n")


@pytest.mark.parametrize("version", VERSIONS)
def test_traces_of_a_session(daemon, version):
    server = tracing(daemon)
    with server.ftps(version=version, server_name="ftp.example") as ftp:
        assert ftp.store("a", b"x").code == 226
    trace = server.log("trace.log")
    trace.wait_for_match(r'<tls:6>: \[tls.tlsext\] TLS client extension "server.name" \(ID 0, ')
    trace.wait_for_match(r"<timing:4>: Time before TLS ctrl handshake: \d+ ms")
    trace.wait_for_match(r"<timing:4>: TLS ctrl handshake duration: \d+ ms")
    trace.wait_for_match(r"<timing:4>: TLS data handshake duration: \d+ ms")
    trace.wait_for_match(rf"<tls:27>: received TLSv1\.\d ")


def test_nothing_is_told_without_being_asked(daemon):
    server = daemon()
    with server.ftps() as ftp:
        ftp.quit()
    assert "[msg]" not in server.tls_log and "[stat]" not in server.tls_log
    assert "<tls:" not in server.log("trace.log")


@pytest.mark.differs_from_original("there the trace does not have it")
def test_a_failure_is_in_the_trace_as_in_the_log(daemon):
    server = tracing(daemon, "TLSProtocol TLSv1.3")
    with server.ftp(version="1.2") as ftp:
        ftp.expect("AUTH TLS", 234)
        ftp.failing_handshake()
    line = "perhaps client requested disabled TLS protocol version: TLSv1.2; "
    server.tls_log.wait_for(line)
    server.log("trace.log").wait_for(f"<tls:3>: unable to accept TLS connection: {line}")


@pytest.mark.differs_from_original("there the client hears of a failed handshake only")
def test_the_421_has_the_reason(daemon):
    server = daemon("TLSProtocol TLSv1.3")
    with server.ftp(version="1.2") as ftp:
        ftp.expect("AUTH TLS", 234)
        _, rest = ftp.failing_handshake()
    assert rest.endswith(b"421-TLS version TLSv1.2 is not allowed on this server\r\n"
                         b"421 TLS handshake failed\r\n")


@pytest.mark.differs_from_original("there it is lost when input was left unread")
@pytest.mark.parametrize("version", VERSIONS)
def test_q64_the_421_arrives_although_the_client_still_sends(daemon, version):
    """What is unread when a socket is closed turns the close into a reset."""
    server = daemon(certificate="self_signed")
    with server.ftp(version=version) as ftp:
        ftp.expect("AUTH TLS", 234)
        tls = TlsStream(ftp.sock, ftp.context)
        with pytest.raises(ssl.SSLError):
            tls.handshake()
        for _ in range(20):
            ftp.sock.sendall(bytes(10000))
        rest = tls.unread() + ftp.stream.read_all()
        assert ftp.stream.ending == "fin"
        assert rest.endswith(b"421 TLS handshake failed\r\n")


@pytest.mark.differs_from_original("there nothing tells what happened")
def test_r28_ftps_to_the_explicit_port_is_told(daemon):
    """FileZilla, ftps:// to port 21: TLS begins where FTP commands are expected."""
    server = daemon("TLSRequired on")
    outcome = server.curl("--tlsv1.2", "--url", f"ftps://127.0.0.1:{server.port}/")
    assert outcome.status != 0
    server.tls_log.wait_for("client began with TLS where FTP commands are expected: implicit FTPS")
    assert server.tls_log.count("client began with TLS") == 1
    with server.ftps() as ftp:  # ftpes://
        assert ftp.store("a", b"x").code == 226
