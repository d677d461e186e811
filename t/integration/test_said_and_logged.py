# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""What clients and admins get to read: whole, on its own line, and without what others slip in."""
import re
import shutil

import pytest

from harness.logs import wait_for
from test_controls import ask, with_controls

ALERT = b"\x15\x03\x01\x00\x02\x02\x28"
GARBAGE = b"this is not TLS at all\r\n"
CLEAN_LINES = re.compile(rb"(425[- ][\x20-\x7e]+\r\n)+")


def raw_reply(ftp, code: bytes) -> bytes:
    """Everything up to the last line of a reply, as it came."""
    got = b""
    while not re.search(rb"^" + code + rb" .*\n", got, re.M):
        data = ftp.stream.recv()
        assert data, got
        got += data
    return got


@pytest.mark.parametrize("sent", (ALERT, GARBAGE), ids=("alert", "garbage"))
def test_a_failed_data_handshake_is_told_in_clean_lines(daemon, sent):
    server = daemon("TLSRequired off")
    with server.ftps() as ftp:
        transfer = ftp.begin("NLST", handshake=False)
        transfer.sock.sendall(sent)
        reply = raw_reply(ftp, b"425")
        transfer.sock.close()
        assert CLEAN_LINES.fullmatch(reply), reply
        assert b"error:" not in reply and b"routines" not in reply
        assert ftp.names() == []
    server.tls_log.wait_for("unable to open data connection: TLS negotiation failed")


def test_a_data_handshake_that_times_out_is_told_in_clean_lines(daemon):
    server = daemon("TLSRequired off", "TLSTimeoutHandshake 1")
    with server.ftps() as ftp:
        transfer = ftp.begin("NLST", handshake=False)
        reply = raw_reply(ftp, b"425")
        transfer.sock.close()
        assert CLEAN_LINES.fullmatch(reply), reply


@pytest.mark.parametrize("command", (
    b"\x1b[31mFOO\x08 bar", b"AUTH \x1b[31mFOO\x07", b"AUTH \x1b]0;title\x07",
    b"RETR \x1b[31mfile", b"PROT \x1b[31mP"))
def test_bytes_of_clients_cannot_act_on_the_terminal_of_the_admin(daemon, command):
    server = daemon("TLSRequired on")
    with server.ftp() as ftp:
        ftp.raw_send(command + b"\r\n")
        assert ftp.reply().code >= 500
        ftp.expect("SYST", 215)
    with server.ftps() as ftp:
        ftp.raw_send(command + b"\r\n")
        assert ftp.reply().code >= 500
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", server.tls_log.text())


def test_an_unknown_verb_is_logged_readably(daemon):
    server = daemon("TLSRequired on")
    with server.ftp() as ftp:
        ftp.raw_send(b"\x1b[31mFOO bar\r\n")
        assert ftp.reply().code == 550
    server.tls_log.wait_for("denying ?[31MFOO command")


def test_a_long_verb_is_one_line_of_limited_length(daemon):
    server = daemon("TLSRequired on")
    with server.ftp() as ftp:
        ftp.raw_send(b"Q" * 3000 + b"\r\n")
        ftp.reply()
        assert str(ftp.cmd("NOOP")).startswith("550 ")
    server.tls_log.wait_for("denying NOOP")
    assert max(len(line) for line in server.tls_log.text().splitlines()) < 1100


# --- SIGHUP ---------------------------------------------------------------------------------------


def move_key_to(server, pki, key) -> str:
    """Makes the configuration name another key file; that file's name."""
    target = server.folder / "moved.key"
    shutil.copy(key, target)
    target.chmod(0o600)
    server.rewrite(lambda text: text.replace(f"KeyFile {pki.ec.key}", f"KeyFile {target}"))
    return str(target)


def test_a_reload_with_a_key_that_does_not_fit_says_why_it_ends(daemon, pki):
    server = daemon("TLSRequired off")
    target = move_key_to(server, pki, pki.ec2.key)
    said = server.check()
    assert said.status == 1 and target in said.stderr
    server.hangup()
    wait_for(lambda: not server.is_running(), "the end of the daemon")
    server.pid = 0
    log = server.system_log.text()
    assert target in log[log.rindex("SIGHUP"):]


def test_a_reload_with_the_same_key_elsewhere_is_fine(daemon, pki):
    server = daemon("TLSRequired off")
    move_key_to(server, pki, pki.ec.key)
    assert server.check().status == 0
    server.reload()
    with server.ftps() as ftp:
        assert ftp.store("file", b"x").code == 226


# --- debugging ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ("1.2", "1.3"))
def test_each_session_says_what_it_works_with(daemon, pki, version):
    server = daemon(certificate="ec_chained")
    with server.ftps(version=version) as ftp:
        assert ftp.store("a", b"x").code == 226
    server.tls_log.wait_for(f"added 1 certs from '{pki.chain_file}' to SSL_CTX certificate chain")


def test_sessions_and_their_tickets_are_told_to_the_curious(daemon):
    server = daemon.prepare("TLSSessionTicketKeys age 61s count 3", "TLSSessionCache off")
    said = server.check(debug=10).stderr
    assert "TLSSessionCache off, disabling TLS session caching and setting " \
        "NoSessionReuseRequired TLSOption" in said
    assert "generating initial TLS session ticket key" in said
    assert "scheduling new TLS session ticket key every 60 secs" in said


# --- ftpdctl --------------------------------------------------------------------------------------


@pytest.mark.needs_root("ftpdctl asks as root")
@pytest.mark.differs_from_original("quirk Q74: the provider stays selected there")
def test_q74_a_cache_that_could_not_be_opened_is_none_to_ftpdctl(daemon):
    server = with_controls(daemon, "TLSControlsACLs all allow user root",
                           "TLSSessionCache shm:nonsense", modules=("mod_tls_shmcache.c",))
    for words in (("info",), ("info", "-v"), ("clear",), ("remove",), ("info",)):
        answer = ask(server, "sesscache", *words)
        assert answer and not answer[0].startswith("Shared memory"), answer
    assert ask(server, "sesscache", "info") == ["No TLSSessionCache configured"]
    with server.ftps() as ftp:
        assert ftp.store("a", b"x").code == 226
    assert server.is_running()
