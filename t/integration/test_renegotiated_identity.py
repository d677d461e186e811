# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Who the client is outlives a renegotiation (TLS 1.2), and no renegotiation makes it another one.

The new session has the client's certificate as the first one had: for logins, for variables, for
data connections that resume nothing, and for those who resume it."""
import contextlib
import select
import ssl

import pytest

from harness.client_pki import Authority, presenting

ASKED = "requesting TLS renegotiation on control channel (1 sec renegotiation interval)"
DONE = "control channel TLS session renegotiated"
OTHER = "not the certificate that the connection began with"
DATA = bytes(range(256)) * 2000


@pytest.fixture(name="ca", scope="module")
def make_ca(tmp_path_factory):
    class Ca:
        root = Authority(tmp_path_factory.mktemp("renegotiated"), "client root")
        alice = root.issue("alice")
        bob = root.issue("bob")
    return Ca


@pytest.fixture(name="server_with")
def make_server(daemon, ca):
    def start(*directives, verify="on"):
        return daemon(f"TLSCACertificateFile {ca.root.certificate}", f"TLSVerifyClient {verify}",
                      "TLSUserName CommonName", "TLSOptions NoSessionReuseRequired StdEnvVars",
                      "TLSSessionTickets on", *directives)
    return start


@contextlib.contextmanager
def logged_in(server, credential):
    """A session of TLS 1.2 whose certificate was its login."""
    with server.ftp(context=presenting(server, credential, "1.2")) as ftp:
        ftp.auth()
        ftp.expect("USER alice", 232)
        yield ftp


def change_to(ftp, server, credential) -> None:
    """From the next handshake on, the client's certificate is another one."""
    ftp.stream.tls.context = presenting(server, credential, "1.2")


def renegotiate(server, ftp) -> None:
    """Lets the server ask, and the client answer, which it does when it looks."""
    server.tls_log.wait_for(ASKED)
    for _ in range(5):
        ftp.expect("NOOP", 200)
        if DONE in server.tls_log:
            return
    raise AssertionError("no renegotiation")


@pytest.mark.differs_from_original("TLSRenegotiate asks with AllowClientRenegotiations only there")
def test_the_identity_outlives_a_renegotiation(server_with, ca):
    server = server_with("TLSRenegotiate ctrl 1", 'LogFormat who "%m %{note:TLS_CLIENT_S_DN_CN}"',
                         "ExtendedLog {dir}/run/who.log ALL who")
    with server.ftp(context=presenting(server, ca.alice, "1.2")) as ftp:
        ftp.auth()
        renegotiate(server, ftp)
        ftp.expect("USER alice", 232)
        ftp.expect("TYPE I", 200)
        ftp.protect()
        assert ftp.store("mine", DATA, session=None).code == 226
        for credential in (ca.bob, None):
            ftp.context = presenting(server, credential, "1.2")
            assert ftp.store("theirs", DATA, session=None).code == 425
        ftp.context = presenting(server, ca.alice, "1.2")
        assert ftp.retrieve("mine", session=None) == DATA
    server.log("who.log").wait_for("TYPE alice")


@pytest.mark.differs_from_original("TLSRenegotiate asks with AllowClientRenegotiations only there")
def test_what_a_renegotiation_gave_is_good_for_the_next_session(server_with, ca):
    server = server_with("TLSRenegotiate ctrl 1")
    context = presenting(server, ca.alice, "1.2")
    with server.ftp(context=context) as ftp:
        ftp.auth()
        renegotiate(server, ftp)
        ftp.expect("NOOP", 200)
        assert len(ftp.sessions) > 1
        session = ftp.sessions[-1]
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        ftp.expect("USER alice", 232)


@pytest.mark.differs_from_original("the client is not asked again there")
def test_another_certificate_ends_the_session(server_with, ca):
    server = server_with("TLSRenegotiate ctrl 1")
    with logged_in(server, ca.alice) as ftp:
        change_to(ftp, server, ca.bob)
        server.tls_log.wait_for(ASKED)
        with pytest.raises((ConnectionError, ssl.SSLError)):
            for _ in range(5):
                ftp.cmd("NOOP")
    server.tls_log.wait_for(OTHER)
    assert DONE not in server.tls_log


@pytest.mark.differs_from_original("the client is not asked again there")
def test_no_certificate_any_more_ends_the_session(server_with, ca):
    server = server_with("TLSRenegotiate ctrl 1", verify="optional")
    with logged_in(server, ca.alice) as ftp:
        change_to(ftp, server, None)
        server.tls_log.wait_for(ASKED)
        while (reply := ftp.cmd("NOOP")).code == 200:
            pass
        assert str(reply) == "421 the client's certificate is another one than before"
        assert ftp.ending() == "close_notify"
    server.tls_log.wait_for("client has changed its certificate in a renegotiation, ending")


@pytest.mark.differs_from_original("TLSRenegotiate asks with AllowClientRenegotiations only there")
def test_who_never_had_one_needs_none(server_with, ca):
    server = server_with("TLSRenegotiate ctrl 1", verify="optional")
    with server.ftps(version="1.2") as ftp:
        renegotiate(server, ftp)
        assert ftp.store("file", DATA, session=None).code == 226


@pytest.mark.differs_from_original("the client is not asked again there")
def test_a_renegotiation_by_the_client_keeps_the_identity(server_with, ca):
    server = server_with("TLSOptions AllowClientRenegotiations")
    outcome = server.s_client_dialogue(
        "-tls1_2", "-crlf", "-cert", str(ca.alice.certificate), "-key", str(ca.alice.key),
        steps=("R\n", "USER alice\n", "QUIT\n"), pause=0.3)
    assert "RENEGOTIATING" in outcome.stderr
    assert "232 User alice logged in" in outcome.stdout


def look(transfer) -> None:
    """A client that only writes answers a renegotiation when it looks."""
    try:
        while select.select([transfer.sock], [], [], 0.3)[0] and transfer.stream._feed():
            try:
                transfer.stream.tls.read(1)
            except ssl.SSLWantReadError:
                transfer.stream._flush()
    except (ssl.SSLError, ConnectionError) as error:
        transfer.error = error


@pytest.mark.differs_from_original("the client is not asked again there")
def test_another_certificate_ends_an_upload(server_with, ca):
    """The control connection had nothing to do with it, and goes on."""
    server = server_with("TLSRenegotiate data 256")
    with logged_in(server, ca.alice) as ftp:
        ftp.expect("TYPE I", 200)
        ftp.protect()
        for credential, codes in ((ca.alice, (226,)), (ca.bob, (426, 451))):
            transfer = ftp.begin("STOR up")
            transfer.stream.tls.context = presenting(server, credential, "1.2")
            for _ in range(2):
                transfer.write(DATA)
                look(transfer)
            assert transfer.finish().code in codes
        ftp.expect("NOOP", 200)
    server.tls_log.wait_for(OTHER)
