# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Session tickets: who gets them, which keys seal them, and how long those are good.

TLS 1.3 always has tickets, TLS 1.2 with `TLSSessionTickets on`. Keys survive reloads, and with
`TLSSessionTicketKeys file` they are shared by hosts. A ticket that cannot be opened is never an
error: the handshake is a full one.
"""
import pytest

from harness import config, settings
from harness.session_file import SessionFile

VERSIONS = ("1.2", "1.3")
DATA = b"sixteen bytes..." * 64
REUSED = "reused previous TLS session for control connection"


def first_session(server, version: str):
    """A session of a control connection that has ended, and the context that knows it."""
    with server.ftps(version=version) as ftp:
        ftp.cmd("NOOP")
        return ftp.sessions[-1], ftp.context


def reconnect(server, session, context) -> bool:
    """Whether the session is resumed; the connection must work either way."""
    with server.ftp(context=context) as ftp:
        ftp.auth(session=session)
        resumed = ftp.stream.resumed
        ftp.login()
        ftp.protect()
        assert ftp.store("a", DATA).code == 226
        assert ftp.retrieve("a") == DATA
    return resumed


# --- who gets tickets -----------------------------------------------------------------------------


@pytest.mark.differs_from_original("there TLS 1.2 gets tickets as soon as TLS 1.3 is on")
@pytest.mark.parametrize("directives", ((), ("TLSSessionTickets off",)))
def test_q4_off_means_off_for_tls12(daemon, directives):
    server = daemon(*directives)
    with server.ftps(version="1.2") as ftp:
        assert not ftp.sessions[-1].has_ticket
        for session in ("first", "newest"):
            assert ftp.store("by-id", DATA, session=session).code == 226
    with server.ftps(version="1.3") as ftp:
        assert ftp.sessions[-1].has_ticket
        assert ftp.store("by-ticket", DATA).code == 226


def test_on_gives_tickets_to_tls12(daemon):
    server = daemon("TLSSessionTickets on")
    with server.ftps(version="1.2") as ftp:
        assert ftp.sessions[-1].has_ticket
        for session in ("first", "newest", "first"):
            assert ftp.store("by-ticket", DATA, session=session).code == 226
            assert ftp.retrieve("by-ticket", session=session) == DATA
        assert ftp.store("nothing", DATA, session=None).code == 425
        assert ftp.store("again", DATA).code == 226


def test_a_tls12_ticket_of_another_control_connection_is_refused(daemon):
    server = daemon("TLSSessionTickets on")
    with server.ftps(version="1.2") as mine:
        with server.ftps(context=mine.context) as theirs:
            assert mine.store("stolen", DATA, session=theirs.sessions[-1]).code == 425
            assert mine.store("honest", DATA).code == 226


def test_on_in_global_and_off_in_a_virtual_host(daemon):
    server = daemon(after="""
<VirtualHost {address}>
  Port {port1}
  TLSEngine on
  TLSECCertificateFile {certificate}
  TLSECCertificateKeyFile {key}
  TLSSessionTickets off
</VirtualHost>
<Global>
  TLSSessionTickets on
</Global>
""")
    with server.ftps(version="1.2") as ftp:
        assert ftp.sessions[-1].has_ticket
    with server.ftps(version="1.2", port=server.values["port1"]) as ftp:
        assert not ftp.sessions[-1].has_ticket


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_is_good_for_the_next_control_connection(daemon, version):
    server = daemon("TLSSessionTickets on")
    session, context = first_session(server, version)
    assert reconnect(server, session, context)
    server.tls_log.wait_for(REUSED)


@pytest.mark.parametrize("version", VERSIONS)
def test_q16_keys_survive_reloads(daemon, version):
    """However many: with two keys at most, each reload could push out the one in use."""
    server = daemon("TLSSessionTickets on", "TLSSessionTicketKeys age 1h count 2")
    session, context = first_session(server, version)
    for _ in range(4):
        server.reload()
    assert reconnect(server, session, context)


@pytest.mark.differs_from_original("there the oldest key seals for as long as it lives")
@pytest.mark.parametrize("version", VERSIONS)
def test_q16_the_newest_key_seals_and_the_oldest_goes(daemon, tmp_path, version):
    """Keys are changed by other secrets here: their name stands in front of each ticket."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"1" * 64)
    secret.chmod(0o600)
    server = daemon("TLSSessionTickets on", f"TLSSessionTicketKeys file {secret} count 3")
    tickets = []
    for generation in range(3):
        secret.write_bytes(bytes([generation]) * 64)
        server.reload()
        tickets.append(SessionFile(server, tmp_path / f"session-{generation}", version))
        assert tickets[-1].resumed(tickets[-1].der)
    assert len({ticket.key_name for ticket in tickets}) == 3
    assert not tickets[0].resumed(tickets[0].der)  # pushed out by newer ones
    assert tickets[2].resumed(tickets[2].der)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ticket_of_a_daemon_that_has_ended_means_a_full_handshake(daemon, version):
    server = daemon("TLSSessionTickets on")
    session, context = first_session(server, version)
    other = daemon("TLSSessionTickets on")
    assert not reconnect(other, session, context)


@pytest.mark.differs_from_original("the original knows no shared keys")
@pytest.mark.parametrize("version", VERSIONS)
def test_upstream_470_hosts_with_one_secret_open_each_others_tickets(daemon, tmp_path, version):
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(range(64)))
    secret.chmod(0o600)
    directives = ("TLSSessionTickets on", f"TLSSessionTicketKeys file {secret} age 2h")
    one, two = daemon(*directives), daemon(*directives)
    session, context = first_session(one, version)
    assert reconnect(two, session, context)
    session, context = first_session(two, version)
    assert reconnect(one, session, context)


@pytest.mark.differs_from_original("the original knows no shared keys")
def test_another_secret_opens_nothing(daemon, tmp_path):
    servers = []
    for name in ("one", "two"):
        secret = tmp_path / name
        secret.write_bytes(name.encode() * 32)
        secret.chmod(0o600)
        servers.append(daemon(f"TLSSessionTicketKeys file {secret}"))
    session, context = first_session(servers[0], "1.3")
    assert not reconnect(servers[1], session, context)
    assert reconnect(servers[0], session, context)


@pytest.mark.differs_from_original("the original knows no shared keys")
def test_a_reload_that_switches_to_shared_keys_keeps_old_tickets(daemon, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"s" * 32)
    secret.chmod(0o600)
    server = daemon("TLSSessionTicketKeys age 2h")
    session, context = first_session(server, "1.3")
    server.configure(daemon.text(f"TLSSessionTicketKeys age 2h file {secret}"))
    server.reload()
    assert reconnect(server, session, context)


@pytest.mark.differs_from_original("the original knows no shared keys")
@pytest.mark.parametrize("content, mode, reason", (
    (b"short", 0o600, "holds less than 32 bytes"),
    (b"x" * 64, 0o644, "others may read or change it"),
    (None, 0, "No such file or directory")))
def test_secrets_that_cannot_serve_stop_the_start(check_config, tmp_path, content, mode, reason):
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
        secret.chmod(mode)
    outcome = check_config(f"TLSSessionTicketKeys file {secret}")
    assert outcome.status == 1
    assert "TLSSessionTicketKeys" in outcome.stderr and reason in outcome.stderr
    assert str(secret) in outcome.stderr


@pytest.mark.parametrize("words, reason", (
    ("age", "wrong number of parameters"), ("age 59", "max key age must be at least 60sec"),
    ("age x", "error parsing age value 'x': Invalid argument"),
    ("count 1", "max key count must be at least"), ("days 3", "unknown parameter: days")))
def test_q59_bad_key_settings_are_told(check_config, words, reason):
    outcome = check_config(f"TLSSessionTicketKeys {words}")
    assert outcome.status == 1
    assert reason in outcome.stderr


@pytest.mark.needs_root("descriptors and memory of the server's processes")
@pytest.mark.skipif(settings.SANITIZED, reason="a sanitizer has a memory of its own")
def test_keys_are_locked_in_memory(daemon):
    """Best effort; as root it works."""
    server = daemon()
    with server.ftps() as ftp:
        ftp.store("a", DATA)
        for pid in (server.pid, *server.session_pids()):
            status = open(f"/proc/{pid}/status", encoding="ascii").read()
            locked = [line.split()[1] for line in status.splitlines() if line.startswith("VmLck")]
            assert int(locked[0]) > 0, pid
    assert config.AS_ROOT
