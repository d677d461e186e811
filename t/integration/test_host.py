# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""HOST (RFC 7151): the virtual host that a client names before AUTH brings its own TLS settings."""

import pytest

from harness.config import named_host
from harness.pki import der

DATA = b"host" * 1000
VERSIONS = pytest.mark.parametrize("version", ("1.2", "1.3"))


@pytest.fixture(scope="module")
def server(shared_daemon, pki):
    return shared_daemon(
        *named_host("rsa.test", "TLSEngine on", "TLSRequired on", "TLSProtocol TLSv1.2",
               *pki.rsa.directives().split("\n")),
        *named_host("new.test", "TLSEngine on", *pki.rsa2.directives().split("\n")),
        *named_host("off.test", "TLSEngine off"))


def test_without_host_the_main_server_answers(server, pki):
    with server.ftps() as ftp:
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)


@pytest.mark.differs_from_original("there the certificates of the first server stay")
def test_host_before_auth_chooses_certificate_and_policy(server, pki):
    with server.ftp() as ftp:
        assert ftp.cmd("USER alice").code == 331
        ftp.expect("HOST rsa.test", 220)
        assert ftp.cmd("USER alice").code == 550
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)
        assert ftp.stream.version == "TLSv1.2"
        ftp.login()
        ftp.protect()
        assert ftp.store("named", DATA).code == 226
        assert ftp.retrieve("named") == DATA
        assert ftp.store("refused", DATA, session=None).code == 425


def test_host_to_a_server_without_tls(server):
    with server.ftp() as ftp:
        ftp.expect("HOST off.test", 220)
        assert str(ftp.cmd("AUTH TLS")) == "500 AUTH not understood"
        ftp.login()
        assert ftp.store("clear", DATA).code == 226


@pytest.mark.differs_from_original("there the certificates of the first server stay")
def test_host_may_be_sent_several_times(server, pki):
    with server.ftp() as ftp:
        for name in ("rsa.test", "off.test", "rsa.test"):
            ftp.expect(f"HOST {name}", 220)
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.rsa.certificate)


def test_unknown_host(server):
    with server.ftp() as ftp:
        assert ftp.cmd("HOST nowhere.test").code == 504
        ftp.auth()


def test_host_after_auth_is_too_late(server):
    with server.ftp() as ftp:
        ftp.auth()
        assert ftp.cmd("HOST rsa.test").code == 503
        ftp.login()


# --- HOST behind the handshake --------------------------------------------------------------------


@pytest.fixture(name="apart", scope="module")
def make_apart(shared_daemon, pki):
    """A server of two addresses, on the first of which another one has a name."""
    server = shared_daemon.prepare(
        *named_host("rsa.test", "TLSEngine on", "TLSVerifyClient on",
                    f"TLSCACertificateFile {pki.ca}", *pki.rsa.directives().split("\n")))
    server.rewrite(lambda text: text.replace("DefaultAddress 127.0.0.1",
                                             "DefaultAddress 127.0.0.1 127.0.0.2"))
    server.start()
    return server


@VERSIONS
@pytest.mark.differs_from_original("the session goes on there")
def test_host_that_leads_to_another_server_ends_the_session(apart, pki, version):
    with apart.ftp(address="127.0.0.2", server_name="rsa.test", version=version) as ftp:
        ftp.auth()
        assert ftp.stream.peer_certificate == der(pki.ec.certificate)
        reply = ftp.cmd("HOST rsa.test")
        assert str(reply) == ("421 HOST names another server than the one that held the TLS "
                              "handshake")
        assert ftp.ending() == "close_notify"
    text = "HOST names another server than the one that held the TLS handshake, ending the session"
    apart.tls_log.wait_for(text)
    apart.system_log.wait_for(text)


@VERSIONS
def test_host_that_names_the_same_server_goes_on(server, version):
    with server.ftp(server_name="new.test", version=version) as ftp:
        ftp.auth()
        for _ in range(2):
            ftp.expect("HOST new.test", 220)
        ftp.login()
        ftp.protect()
        assert ftp.store("same", DATA).code == 226


@VERSIONS
def test_where_the_name_counts_the_handshake_is_of_its_server(apart, version):
    with apart.ftp(server_name="rsa.test", version=version) as ftp:
        ftp.expect("AUTH TLS", 234)
        with pytest.raises((OSError, ConnectionError)):  # it asks for a certificate
            ftp.handshake()
            ftp.cmd("NOOP")
