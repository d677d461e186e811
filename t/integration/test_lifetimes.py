# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""A control connection of any length keeps its data connections resumable.

Lifetimes are shortened to a second, so that some seconds are as long as a day with the default of
15840 seconds. Session ids, tickets of TLS 1.2, and TLS 1.3.
"""
import ssl
import time

import pytest

from harness.stream import RST

DATA = b"sixteen bytes..." * 64
# how the client can resume, its TLS version, and what the server is told
KINDS = {"ids": ("1.2", ()), "tickets": ("1.2", ("TLSSessionTickets on",)), "tls13": ("1.3", ())}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def start(daemon, kind, *directives: str):
    version, more = kind
    return daemon(*directives, *more), version


@pytest.mark.differs_from_original("there all ends with the lifetime of the first session")
@pytest.mark.parametrize("which", ("first", "newest"))
def test_upstream_3210_3580_3869_a_day_never_loses_a_transfer(daemon, kind, which):
    """Clients of TLS 1.3 drop tickets that are too old themselves."""
    server, version = start(daemon, kind, "TLSSessionCache internal: 1")
    with server.ftps(version=version) as ftp:
        for hour in range(24):
            session = "newest" if version == "1.3" else which
            assert ftp.store("a", DATA, session=session).code == 226, hour
            assert ftp.retrieve("a", session=session) == DATA
            ftp.cmd("NOOP")
            time.sleep(0.25)
    assert "did not reuse" not in server.tls_log


@pytest.mark.differs_from_original("there the session has expired by then")
def test_upstream_1931_idle_for_longer_than_the_lifetime(daemon, kind):
    server, version = start(daemon, kind, "TLSSessionCache internal: 1")
    with server.ftps(version=version) as ftp:
        for _ in range(2):
            time.sleep(2.5)
            assert ftp.store("a", DATA).code == 226
            assert ftp.retrieve("a") == DATA


@pytest.mark.differs_from_original("there the session has expired by then")
def test_a_transfer_longer_than_the_lifetime(daemon, kind):
    """Recipe: an upload of hours, then a 425."""
    server, version = start(daemon, kind, "TLSSessionCache internal: 1")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR slow")
        for _ in range(5):
            transfer.write(DATA)
            time.sleep(0.5)
        assert transfer.finish().code == 226
        ftp.cmd("NOOP")
        assert ftp.retrieve("slow") == DATA * 5


def test_an_expired_session_of_another_control_connection_is_a_full_handshake(daemon, kind):
    server, version = start(daemon, kind, "TLSSessionCache internal: 1")
    with server.ftps(version=version) as ftp:
        session, context = ftp.sessions[-1], ftp.context
    time.sleep(2.5)
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        assert not ftp.stream.resumed
        ftp.login()
        ftp.protect()
        assert ftp.store("a", DATA).code == 226


def test_q39_a_failed_data_handshake_leaves_no_traces(daemon, kind):
    """No timer fires later, and the next data connection resumes as if nothing had been."""
    server, version = start(daemon, kind, "TLSTimeoutHandshake 2")
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin("STOR a", handshake=False)
        transfer.sock.sendall(b"this is not TLS\r\n")
        assert transfer.finish().code == 425
        transfer = ftp.begin("STOR a", handshake=False)
        transfer._make_stream()
        transfer.stream.start_handshake()
        transfer.stream.close(RST)
        transfer.stream = None
        assert transfer.finish().code == 425
        for _ in range(3):
            assert ftp.store("a", DATA).code == 226
            time.sleep(1)
        assert ftp.retrieve("a") == DATA
    assert "negotiation timed out" not in server.tls_log


def test_the_hint_of_a_ticket_is_the_lifetime(daemon):
    server = daemon("TLSSessionCache internal: 1234", "TLSSessionTickets on")
    for version in ("1.2", "1.3"):
        with server.ftps(version=version) as ftp:
            assert ftp.sessions[-1].ticket_lifetime_hint == 1234
            assert isinstance(ftp.sessions[-1], ssl.SSLSession)
