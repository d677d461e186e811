# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Data connections belong to their control connection: the session-reuse rule.

By default a data connection must resume a session of its own control connection, whichever one of
them, once or many times. Anything else is refused with 425 on the control connection, which lives
on, before a byte of the file is moved. NoSessionReuseRequired and `TLSSessionCache off` relax it.
"""
import ftplib
import ssl
import time

import pytest

from harness.stream import PATIENT

VERSIONS = ("1.2", "1.3")
NOT_REUSED = ("client did not reuse TLS session, rejecting data connection "
              "(see the NoSessionReuseRequired TLSOptions parameter)")
OTHER_SESSION = ("client did not reuse TLS session from control channel, rejecting data connection "
                 "(see the NoSessionReuseRequired TLSOptions parameter)")
SUMMARY = "unable to open data connection: TLS negotiation failed"
DATA = b"sixteen bytes..." * 64
COMMANDS = ("RETR file", "STOR new", "APPE file", "LIST", "NLST", "MLSD")


def logged(server, line: str) -> None:
    """The first word is written in both cases by one or the other release."""
    server.tls_log.wait_for(line.removeprefix("client ") + "\n")


@pytest.fixture(scope="module")
def server(shared_daemon):
    return shared_daemon("TLSRequired on")


# --- accepted -------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("which", ("first", "newest"))
@pytest.mark.parametrize("mode", ("epsv", "port"))
def test_one_session_used_many_times(server, version, which, mode):
    with server.ftps(version=version) as ftp:
        session = ftp.sessions[0 if which == "first" else -1]
        for i in range(12):
            transfer = ftp.begin("STOR many", session=session, mode=mode)
            assert transfer.stream.resumed
            transfer.write(DATA)
            assert transfer.finish().code == 226
            assert ftp.retrieve("many", session=session, mode=mode) == DATA


def test_every_ticket_of_the_handshake_is_good(server):
    with server.ftps(version="1.3") as ftp:
        assert len(ftp.sessions) >= 2
        for session in list(ftp.sessions):
            assert ftp.store("tickets", DATA, session=session).code == 226


@pytest.mark.differs_from_original("the original gives a new ticket only when time runs out")
def test_a_client_that_uses_each_ticket_once_never_runs_dry(server):
    with server.ftps(version="1.3") as ftp:
        used = set()
        for i in range(10):
            ftp.cmd("NOOP")  # fresh tickets come with the replies
            fresh = [session for session in ftp.sessions if session.id not in used]
            assert fresh, f"no unused ticket for transfer {i}"
            used.add(fresh[0].id)
            assert ftp.store("once", DATA, session=fresh[0]).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_session_given_on_a_data_connection_is_good_too(server, version):
    with server.ftps(version=version) as ftp:
        ftp.store("a", DATA)
        assert ftp.retrieve("a") == DATA
        if ftp.data_sessions:
            assert ftp.retrieve("a", session="data") == DATA


def test_no_tickets_where_the_client_only_writes(server):
    """An unread ticket can turn the end of an upload into a reset."""
    with server.ftps(version="1.3") as ftp:
        for _ in range(3):
            transfer = ftp.begin("STOR upload")
            transfer.write(DATA)
            transfer.stream.end_writing()
            assert transfer.stream.read_all() == b""
            assert not [s for s in transfer.stream.sessions if s.id not in known(ftp)]
            assert transfer.finish().code == 226


def known(ftp) -> set[bytes]:
    return {session.id for session in ftp.sessions}


@pytest.mark.parametrize("version", VERSIONS)
def test_control_connection_that_was_itself_resumed(server, version):
    with server.ftps(version=version) as first:
        session, context = first.sessions[-1], first.context
    with server.ftp(context=context) as second:
        second.auth(session=session)
        second.login()
        second.protect()
        for _ in range(3):
            assert second.store("resumed", DATA).code == 226
            assert second.retrieve("resumed") == DATA


@pytest.mark.differs_from_original("there all ends with the lifetime of the first session")
@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_of_any_length_never_runs_dry(daemon, version):
    """Longer than the lifetime of what the handshake gave the client."""
    server = daemon("TLSSessionCache internal: 2")
    with server.ftps(version=version) as ftp:
        for _ in range(5):
            assert ftp.store("long", DATA).code == 226
            ftp.cmd("NOOP")
            time.sleep(1)
        assert ftp.retrieve("long") == DATA


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_session_is_refused_and_the_control_connection_lives_on(daemon, version, command):
    server = daemon()
    with server.ftps(version=version) as ftp:
        ftp.store("file", DATA)
        transfer = ftp.begin(command, session=None)
        assert transfer.read_all() == b""
        reply = transfer.finish()
        assert reply.code == 425
        assert reply.text.startswith("Unable to build data connection")
        assert (server.home / "file").read_bytes() == DATA
        assert ftp.retrieve("file") == DATA
    logged(server, NOT_REUSED)
    server.tls_log.wait_for(SUMMARY)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ("pasv", "epsv", "port", "eprt"))
def test_refusal_in_every_mode(server, version, mode):
    with server.ftps(version=version) as ftp:
        assert ftp.store("refused", DATA, session=None, mode=mode).code == 425
        assert ftp.store("accepted", DATA, mode=mode).code == 226
        assert ftp.retrieve("accepted", mode=mode) == DATA


@pytest.mark.differs_from_original("there it takes long, and the reason is in the log only")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ("STOR refused", "NLST"))
def test_a_refusal_says_why_and_at_once(server, version, command):
    with server.ftps(version=version) as ftp:
        transfer = ftp.begin(command, session=None)
        started = time.monotonic()
        reply = ftp.reply()  # while the client's data connection is still open
        assert time.monotonic() - started < 1
        assert reply.code == 425
        assert "session" in " ".join(reply.lines).lower()
        transfer.stream.close()
        assert ftp.names(session="newest") is not None


def test_refused_again_and_again(server):
    with server.ftps() as ftp:
        for _ in range(5):
            assert ftp.store("stubborn", DATA, session=None).code == 425
        assert ftp.store("stubborn", DATA).code == 226


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_of_a_refused_upload_is_kept(server, version):
    with server.ftps(version=version) as ftp:
        assert ftp.store(f"thief-{version}", DATA, session=None).code == 425
    path = server.home / f"thief-{version}"
    assert not path.exists() or path.stat().st_size == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_of_a_refused_download_is_sent(server, version):
    with server.ftps(version=version) as ftp:
        ftp.store("treasure", DATA)
        transfer = ftp.begin("RETR treasure", session=None)
        assert transfer.read_all() == b""
        assert transfer.finish().code == 425


@pytest.mark.parametrize("which", ("first", "newest"))
def test_upstream_968_session_of_another_control_connection_is_refused(daemon, which):
    server = daemon()
    with server.ftps(version="1.3") as mine:
        with server.ftps(context=mine.context) as theirs:
            session = theirs.sessions[0 if which == "first" else -1]
            assert mine.store("stolen", DATA, session=session).code == 425
            assert mine.store("honest", DATA).code == 226
            assert theirs.store("theirs", DATA).code == 226
    logged(server, OTHER_SESSION)


def test_session_of_another_control_connection_is_refused_with_tls12(server):
    with server.ftps(version="1.2") as mine:
        with server.ftps(context=mine.context) as theirs:
            assert mine.store("stolen", DATA, session=theirs.sessions[-1]).code == 425
            assert mine.store("honest", DATA).code == 226


def test_session_of_a_resumed_control_connections_ancestor_is_refused(server):
    """The ancestor's tickets bind to the ancestor, even if this connection resumed one of them."""
    with server.ftps(version="1.3") as first:
        ancestor, context = list(first.sessions), first.context
        with server.ftp(context=context) as second:
            second.auth(session=ancestor[-1])
            second.login()
            second.protect()
            assert second.store("own", DATA).code == 226
            assert first.store("other", DATA, session=second.sessions[-1]).code == 425


# --- relaxed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("directive", ("TLSOptions NoSessionReuseRequired", "TLSSessionCache off"))
def test_relaxed(daemon, version, directive):
    """Recipe: listing fails with 425 for a client that never reuses."""
    server = daemon(directive)
    with server.ftps(version=version) as ftp:
        assert ftp.store("free", DATA, session=None, end=PATIENT).code == 226
        assert ftp.retrieve("free", session=None) == DATA
        assert ftp.store("free", DATA, session="newest").code == 226
        assert "free" in ftp.names("NLST", session=None)


@pytest.mark.differs_from_original("there an unread ticket may reset the upload")
def test_relaxed_uploads_meet_no_tickets_either(daemon):
    server = daemon("TLSOptions NoSessionReuseRequired")
    with server.ftps(version="1.3") as ftp:
        transfer = ftp.begin("STOR free", session=None)
        transfer.write(DATA)
        transfer.stream.end_writing()
        transfer.read_all()
        assert transfer.stream.sessions == []
        assert transfer.finish().code == 226


def test_session_timeout_becomes_the_lifetime_of_tickets(daemon):
    server = daemon("TLSSessionCache internal: 1234")
    with server.ftps(version="1.3") as ftp:
        assert ftp.sessions[-1].ticket_lifetime_hint == 1234
        assert ftp.store("a", DATA).code == 226


def test_default_lifetime_is_long_enough_for_long_sessions(server):
    with server.ftps(version="1.3") as ftp:
        assert ftp.sessions[-1].ticket_lifetime_hint == 15840


# --- ftplib, which cannot reuse -------------------------------------------------------------------


def ftplib_client(server) -> ftplib.FTP_TLS:
    context = ssl.create_default_context(cafile=str(server.pki.ca))
    context.check_hostname = False
    client = ftplib.FTP_TLS(context=context, timeout=20)
    client.connect(server.address, server.port)
    client.login("alice", "secret")
    client.prot_p()
    return client


def test_ftplib_is_refused_by_default(server):
    client = ftplib_client(server)
    with pytest.raises((ftplib.error_temp, ssl.SSLError, EOFError, ConnectionError)):
        client.retrlines("NLST", lambda line: None)
    client.close()


def test_ftplib_is_welcome_without_the_rule(daemon, tmp_path):
    server = daemon("TLSOptions NoSessionReuseRequired")
    source = tmp_path / "source"
    source.write_bytes(DATA * 100)
    client = ftplib_client(server)
    with open(source, "rb") as file:
        assert client.storbinary("STOR up", file).startswith("226")
    got = []
    assert client.retrbinary("RETR up", got.append).startswith("226")
    assert b"".join(got) == DATA * 100
    assert client.nlst() == ["up"]
    assert client.quit().startswith("221")
